package spool

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"strings"
	"testing"
	"time"
)

func collectorLine() []byte {
	e := delivery(`{"CallSid":"C1","Coins":12.50,"type":"call_report"}`)
	e.ID = "01M0R4WQ6DHWPD9RX0K3SY1Y3A"
	return bytes.TrimSuffix(e.AppendLine(nil), []byte("\n"))
}

// importedLine is the line of an imported payload.
func importedLine(t *testing.T, payload string) []byte {
	t.Helper()
	i, err := NewImport(t.TempDir(), time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC), time.Date(2026, 10, 31, 18, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	line, err := i.AppendLine(nil, "main", []byte(payload))
	if err := errors.Join(err, i.Abort()); err != nil {
		t.Fatal(err)
	}
	return line
}

func TestEveryChangedByteIsDetected(t *testing.T) {
	for name, line := range map[string][]byte{
		"a collector's line": collectorLine(),
		"an imported line":   importedLine(t, `{"CallSid":"C1","Coins":12.50}`),
	} {
		if has, err := checkLine(line); !has || err != nil {
			t.Fatalf("%s: has a checksum %v, %v", name, has, err)
		}
		for i := range line {
			for _, bit := range []byte{1, 2, 4, 8} {
				damaged := bytes.Clone(line)
				damaged[i] ^= bit
				if json.Valid(damaged) && CheckLine(damaged) == nil {
					t.Errorf("%s: not found in byte %d: %s", name, i, damaged)
				}
			}
		}
	}
}

func TestLinesWithoutAChecksumAreValid(t *testing.T) {
	for _, line := range []string{
		``, `{}`, `{"crc":"00000000"}`, `{"CallSid":"1","crc":"00000000"}`, `{"kind":"x","crc":"00000000"}`,
		`{"id":"01M0R4WQ6DHWPD9RX0K3SY1Y3A","received_at":"2026-10-05T10:15:52.123456+05:30","source":"main","kind":"other","encoding":"json","payload":{"crc":"00000000"}}`,
		`{"id":"01M0R4WQ6DHWPD9RX0K3SY1Y3A","received_at":"2026-10-05T10:15:52.123456+05:30","source":"main","kind":"unreadable","encoding":"json","body_base64":"abcdefabcdef"}`,
	} {
		if has, err := checkLine([]byte(line)); has || err != nil {
			t.Errorf("%s: has a checksum %v, %v", line, has, err)
		}
	}
}

// Another program may write the members in another order.
func TestChecksumOfAnotherToolIsVerified(t *testing.T) {
	line := `{"kind":"other","source":"main","payload":{"n":1}`
	sum := crc32.Checksum([]byte(line), crc32.MakeTable(crc32.Castagnoli))
	if has, err := checkLine(fmt.Appendf(nil, `%s,"crc":"%08X"}`, line, sum)); !has || err != nil {
		t.Errorf("has a checksum %v, %v", has, err)
	}
	if err := CheckLine(fmt.Appendf(nil, `%s,"crc":"%08x"}`, line, sum+1)); err == nil {
		t.Error("a wrong checksum was not found")
	}
}

// A payload that CompactPayload accepts can be read from its line.
func TestPayloadAtTheNestingLimitCanBeReadBack(t *testing.T) {
	nested := func(depth int) []byte {
		return []byte(strings.Repeat(`{"a":`, depth-1) + "{}" + strings.Repeat("}", depth-1))
	}
	payload, ok := CompactPayload(nested(MaxDepth - 1))
	if !ok {
		t.Fatal("refused")
	}
	e := delivery(string(payload))
	for _, line := range [][]byte{e.AppendLine(nil), importedLine(t, string(payload))} {
		if _, ok := Compact(line); !ok || !json.Valid(line) {
			t.Error("the line cannot be read")
		}
	}
	if _, ok := CompactPayload(nested(MaxDepth)); ok {
		t.Error("a payload that its line makes too deep was taken")
	}
}
