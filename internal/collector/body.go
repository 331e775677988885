package collector

import (
	"bytes"
	"errors"
	"io"
	"net/http"
)

var (
	errOverloaded     = errors.New("overloaded")
	errIncompleteBody = errors.New("the body is incomplete")
)

// readBody reads the body of a request. A large body first acquires its size from the source's bodies; the caller releases it.
func (u *rules) readBody(w http.ResponseWriter, r *http.Request, from *source) (body []byte, acquired int64, err error) {
	reader := http.MaxBytesReader(w, r.Body, u.limits.body)
	if r.ContentLength > u.limits.body {
		_, err := io.Copy(io.Discard, reader) // clients read the response only after they have sent the body
		return nil, 0, bodyError(err)
	}
	var buffer bytes.Buffer
	switch {
	case r.ContentLength > smallBody:
		acquired = r.ContentLength
	case r.ContentLength < 0:
		if _, err := buffer.ReadFrom(io.LimitReader(reader, smallBody)); err != nil || buffer.Len() < smallBody {
			return buffer.Bytes(), 0, bodyError(err)
		}
		acquired = u.limits.body
	}
	if acquired > 0 {
		if from.bodies.Acquire(u.waits.context(), acquired) != nil {
			return nil, 0, errOverloaded
		}
	}
	buffer.Grow(int(max(r.ContentLength, 0)) + bytes.MinRead)
	_, err = buffer.ReadFrom(reader)
	return buffer.Bytes(), acquired, bodyError(err)
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
