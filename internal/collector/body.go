package collector

import (
	"bytes"
	"errors"
	"io"
	"net/http"
)

var (
	errOverloaded = errors.New("overloaded")
	errBrokenBody = errors.New("the body did not arrive whole")
)

// readBody reads the body of a request. A large one waits for room first, which the caller gives back.
func (c *Collector) readBody(w http.ResponseWriter, r *http.Request, from *source) (body []byte, room int64, err error) {
	reader := http.MaxBytesReader(w, r.Body, c.options.MaxBody)
	if r.ContentLength > c.options.MaxBody {
		_, err := io.Copy(io.Discard, reader) // a client that cannot send reads no answer
		return nil, 0, bodyError(err)
	}
	var buffer bytes.Buffer
	switch {
	case r.ContentLength > smallBody:
		room = r.ContentLength
	case r.ContentLength < 0:
		if _, err := buffer.ReadFrom(io.LimitReader(reader, smallBody)); err != nil || buffer.Len() < smallBody {
			return buffer.Bytes(), 0, bodyError(err)
		}
		room = c.options.MaxBody
	}
	if room > 0 {
		if from.bodies.Acquire(c.waits.context(), room) != nil {
			return nil, 0, errOverloaded
		}
	}
	buffer.Grow(int(max(r.ContentLength, 0)) + bytes.MinRead)
	_, err = buffer.ReadFrom(reader)
	return buffer.Bytes(), room, bodyError(err)
}

// bodyError says why a body could not be read.
func bodyError(err error) error {
	if err == nil {
		return nil
	}
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return bodyTooLarge(tooLarge.Limit)
	}
	return errBrokenBody
}
