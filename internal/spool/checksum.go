package spool

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"hash/crc32"
)

// castagnoli is the table for all checksums in a spool.
var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// checksumPattern is the end of a line with a checksum. The digits are the CRC-32C of the bytes before it, in hex.
const checksumPattern = `,"crc":"00000000"}`

const checksumDigits = len(`,"crc":"`) // offset of the digits in it

// errChecksum is the reason why a line is rejected.
var errChecksum = errors.New("checksum does not match")

// appendChecksum appends the last member, the checksum, to the object that begins at begin and has other members.
func appendChecksum(dst []byte, begin int) []byte {
	sum := crc32.Checksum(dst[begin:], castagnoli)
	dst = append(dst, checksumPattern[:checksumDigits]...)
	return append(appendHex(dst, sum), `"}`...)
}

// sumOf returns a checksum in 8 hex digits.
func sumOf(text []byte) string { return string(appendHex(nil, crc32.Checksum(text, castagnoli))) }

// appendHex appends a checksum in 8 hex digits.
func appendHex(dst []byte, sum uint32) []byte {
	return hex.AppendEncode(dst, binary.BigEndian.AppendUint32(nil, sum))
}

// TrimBOM returns a line without the byte order mark that an export may begin with.
func TrimBOM(text []byte) []byte { return bytes.TrimPrefix(text, []byte("\ufeff")) }

// CheckLine returns an error if a line has a checksum that does not match. Lines without one are valid: older collectors and
// other tools write none.
func CheckLine(text []byte) error {
	_, err := checkLine(text)
	return err
}

// checkLine is CheckLine that also reports whether the line has a checksum.
func checkLine(text []byte) (has bool, err error) {
	text = TrimBOM(text)
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
	case wrong > 0 && wrong <= 2 && isCollectorLine(text):
		return true, errChecksum // the damage is in the checksum itself
	}
	return false, nil
}

// unlikeChecksum counts the bytes that differ from checksumPattern, taking any hex digit for a digit.
func unlikeChecksum(end []byte) (wrong int) {
	for i, c := range end {
		digit := i >= checksumDigits && i < checksumDigits+8
		if digit && !isHex(end[i:i+1]) || !digit && c != checksumPattern[i] {
			wrong++
		}
	}
	return wrong
}

// isEnveloped reports whether a line has at least two members of an envelope: damage may have changed the name of another.
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

// isCollectorLine reports whether a line begins as a collector writes it, with any id.
func isCollectorLine(text []byte) bool {
	const id = 26 // length
	return bytes.HasPrefix(text, []byte(idPrefix)) && len(text) > len(idPrefix)+id && bytes.HasPrefix(text[len(idPrefix)+id:], []byte(afterID))
}
