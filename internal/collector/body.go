package collector

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"slices"
)

var (
	errOverloaded     = errors.New("overloaded")
	errIncompleteBody = errors.New("the body is incomplete")
)

// firstBytes is the memory that a body takes before more of it has come: enough for a report, and little for thousands of slow senders.
const firstBytes = 2 << 10

// readBody reads the body of a request. A large body first acquires its size from the source's bodies; the caller releases it.
func (u *rules) readBody(w http.ResponseWriter, r *http.Request, from *source) (body []byte, acquired int64, err error) {
	length := r.ContentLength
	if length >= 0 && length <= min(smallBody, u.limits.body) {
		body, err = readLength(r.Body, make([]byte, 0, min(length, firstBytes)), int(length))
		return body, 0, bodyError(err)
	}
	reader := http.MaxBytesReader(w, r.Body, u.limits.body)
	if length > u.limits.body {
		_, err := io.Copy(io.Discard, reader) // clients read the response only after they have sent the body
		return nil, 0, bodyError(err)
	}
	var buffer bytes.Buffer
	acquired = length
	if length < 0 {
		if _, err := buffer.ReadFrom(io.LimitReader(reader, smallBody)); err != nil || buffer.Len() < smallBody {
			return buffer.Bytes(), 0, bodyError(err)
		}
		acquired = u.limits.body
	}
	if from.bodies.Acquire(u.waits.context(), acquired) != nil {
		return nil, 0, errOverloaded
	}
	buffer.Grow(int(max(length, 0)) + bytes.MinRead)
	_, err = buffer.ReadFrom(reader)
	return buffer.Bytes(), acquired, bodyError(err)
}

// readLength reads a body of a known length into a buffer that grows with what has come.
func readLength(r io.Reader, body []byte, length int) ([]byte, error) {
	for len(body) < length {
		if len(body) == cap(body) {
			body = slices.Grow(body, min(len(body), length-len(body)))
		}
		n, err := r.Read(body[len(body):min(cap(body), length)])
		body = body[:len(body)+n]
		if err != nil && len(body) < length {
			return nil, err
		}
	}
	return body, nil
}

// bodyError returns the error for the sender if a body cannot be read.
func bodyError(err error) error {
	if err == nil {
		return nil
	}
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return bodyTooLarge(tooLarge.Limit)
	}
	return errIncompleteBody
}
