// Package password hashes passwords with argon2id (RFC 9106) and checks them.
//
// A hash is written as the reference implementation writes it, salt and key in base64 without padding:
//
//	$argon2id$v=19$m=47104,t=1,p=1$SALT$KEY
package password

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"

	"golang.org/x/crypto/argon2"
)

// MinLength is the minimum length of a password, in bytes.
const MinLength = 10

// The parameters of new hashes: the first choice of OWASP's cheat sheet for passwords. Checking one takes 46 MiB of memory.
const (
	memory  = 46 << 10 // KiB
	passes  = 1
	threads = 1
	saltLen = 16
	keyLen  = 32
)

// The largest parameters of a hash, so that a mistake in a configuration does not use up the memory.
const (
	maxMemory = 1 << 20 // KiB
	maxPasses = 100
)

// Hash is a parsed hash.
type Hash struct {
	memory, passes uint32
	threads        uint8
	salt, key      []byte
}

// New returns the text of a new hash of a password.
func New(password string) string {
	salt := make([]byte, saltLen)
	rand.Read(salt) // never fails
	h := Hash{memory, passes, threads, salt, nil}
	h.key = h.compute(password, keyLen)
	return h.String()
}

// Parse parses the text of a hash. Its error does not contain the text.
func Parse(text string) (h Hash, err error) {
	var version int
	var salt, key string
	wrong := errors.New("is not an argon2id hash\nhint: callsheet user hash makes one")
	// Sscanf reads a text up to the next space, so the fields are separated by spaces.
	fields := []byte(text)
	for i, c := range fields {
		switch c {
		case '$', ',':
			fields[i] = ' '
		case ' ', '\n', '\t':
			return h, wrong
		}
	}
	if n, err := fmt.Sscanf(string(fields), " argon2id v=%d m=%d t=%d p=%d %s %s", &version, &h.memory, &h.passes, &h.threads, &salt, &key); n != 6 || err != nil {
		return h, wrong
	}
	var errSalt, errKey error
	h.salt, errSalt = base64.RawStdEncoding.DecodeString(salt)
	h.key, errKey = base64.RawStdEncoding.DecodeString(key)
	if errSalt != nil || errKey != nil || len(h.salt) < 8 || len(h.key) < 16 || h.String() != text {
		return h, wrong
	}
	if version != argon2.Version || h.passes < 1 || h.passes > maxPasses || h.threads < 1 || h.memory < 8*uint32(h.threads) || h.memory > maxMemory {
		return h, fmt.Errorf("is an argon2id hash with parameters that are not accepted\nhint: callsheet user hash makes one")
	}
	return h, nil
}

func (h Hash) String() string {
	encode := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, h.memory, h.passes, h.threads, encode(h.salt), encode(h.key))
}

// Matches reports whether the hash is of a password.
func (h Hash) Matches(password string) bool {
	return subtle.ConstantTimeCompare(h.key, h.compute(password, len(h.key))) == 1
}

func (h Hash) compute(password string, length int) []byte {
	return argon2.IDKey([]byte(password), h.salt, h.passes, h.memory, h.threads, uint32(length))
}
