package xlsx

import "hash/crc32"

// combineCRC returns the CRC-32 of two texts in sequence, from the CRC-32 of each and the length of the second. Appending a zero bit
// to a text multiplies its CRC by a matrix over GF(2); squaring the matrix doubles the number of zero bits.
func combineCRC(first, second uint32, length uint64) uint32 {
	type matrix [32]uint32
	times := func(m *matrix, v uint32) (sum uint32) {
		for i := 0; v != 0; i, v = i+1, v>>1 {
			if v&1 != 0 {
				sum ^= m[i]
			}
		}
		return sum
	}
	square := func(m *matrix) (squared matrix) {
		for i := range m {
			squared[i] = times(m, m[i])
		}
		return squared
	}
	zeros := matrix{crc32.IEEE} // appends one zero bit
	for i := 1; i < 32; i++ {
		zeros[i] = 1 << (i - 1)
	}
	for range 3 {
		zeros = square(&zeros) // appends one zero byte
	}
	for ; length > 0; length >>= 1 {
		if length&1 != 0 {
			first = times(&zeros, first)
		}
		zeros = square(&zeros)
	}
	return first ^ second
}
