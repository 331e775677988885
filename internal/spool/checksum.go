package spool

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"hash/crc32"
)

// castagnoli is the table of every checksum in a spool.
var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// checksumPattern is how a line with a checksum ends; the digits are those of the CRC-32C of the bytes before it.
const checksumPattern = `,"crc":"00000000"}`

const checksumDigits = len(`,"crc":"`) // where they begin in it

// errChecksum is the reason for rejecting a line.
var errChecksum = errors.New("checksum does not match")

// appendChecksum ends an object that begins at begin and has members.
func appendChecksum(dst []byte, begin int) []byte {
	var sum [4]byte
	binary.BigEndian.PutUint32(sum[:], crc32.Checksum(dst[begin:], castagnoli))
	dst = append(dst, checksumPattern[:checksumDigits]...)
	dst = hex.AppendEncode(dst, sum[:])
	return append(dst, `"}`...)
}

// CheckLine returns an error if a line has a checksum that does not match. Lines without one are valid: older collectors and
// other tools write none.
func CheckLine(text []byte) error {
	_, err := checkLine(text)
	return err
}

// checkLine reports as well whether the line has a checksum.
func checkLine(text []byte) (has bool, err error) {
	at := len(text) - len(checksumPattern)
	if at < 0 {
		return false, nil
	}
	switch wrong := unlikeChecksum(text[at:]); {
	case wrong == 0 && (bytes.HasPrefix(text, []byte(idPrefix)) || isEnveloped(text)):
		var sum [4]byte
		hex.Decode(sum[:], text[at+checksumDigits:][:8])
		if crc32.Checksum(text[:at], castagnoli) != binary.BigEndian.Uint32(sum[:]) {
			return true, errChecksum
		}
		return true, nil
	case wrong > 0 && wrong <= 2 && isCollectors(text):
		return true, errChecksum // the damage is in the checksum itself
	}
	return false, nil
}

// unlikeChecksum counts the bytes that cannot be those of a checksum.
func unlikeChecksum(end []byte) (wrong int) {
	for i, c := range end {
		digit := i >= checksumDigits && i < checksumDigits+8
		if digit && !isHex(end[i:i+1]) || !digit && c != checksumPattern[i] {
			wrong++
		}
	}
	return wrong
}

// isEnveloped reports whether a line has members of an envelope, of which damage may have hidden one.
func isEnveloped(text []byte) bool {
	if _, ok := Compact(text); !ok {
		return false
	}
	count := 0
	for key := range Members(text) {
		switch string(key) {
		case "id", "received_at", "source", "kind", "payload", "body_base64":
			count++
		}
	}
	return count >= 2
}

// isCollectors reports whether a line begins as collectors write it, whatever its id is.
func isCollectors(text []byte) bool {
	const id = 26
	return bytes.HasPrefix(text, []byte(idPrefix)) && len(text) > len(idPrefix)+id && bytes.HasPrefix(text[len(idPrefix)+id:], []byte(afterID))
}
