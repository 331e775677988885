package collector

import (
	"bytes"
	"net/http"
	"slices"

	"callsheet/internal/spool"
)

func decodeRequest(r *http.Request, body []byte, l limits) ([]spool.Envelope, error) {
	return decode(r.Header.Get("Content-Type"), r.Header.Get("Content-Encoding"), r.URL.RawQuery, body, l)
}

// decode returns the envelopes of a request, without source. A payload that cannot be decoded is kept as it is; the only error is a
// tooLargeError.
func decode(contentType, contentEncoding, query string, body []byte, l limits) ([]spool.Envelope, error) {
	if int64(len(body)) > l.body {
		return nil, bodyTooLarge(l.body)
	}
	var envelopes, fromQuery []spool.Envelope // none of both is a manual test of the URL
	var err error
	if query != "" {
		if fromQuery, err = decodeForm(spool.EncodingQuery, []byte(query), l.fields); err != nil {
			return nil, err
		}
	}
	if len(bytes.TrimSpace(bytes.TrimPrefix(body, byteOrderMark))) > 0 {
		if envelopes, err = decodeBody(contentType, contentEncoding, body, l); err != nil {
			return nil, err
		}
	}
	for _, one := range fromQuery {
		envelopes = addQuery(envelopes, one)
	}
	return splitWrappers(envelopes, l.deliveries)
}

// maxAdded limits the bytes that the fields of a query string add to an array.
const maxAdded = 1 << 20

// addQuery adds the fields of a query string to each delivery of the body. Where it has none, or they are too long to be repeated, they
// are a delivery of their own.
func addQuery(envelopes []spool.Envelope, query spool.Envelope) []spool.Envelope {
	added := false
	for i, one := range envelopes {
		if one.Payload == nil || query.Payload == nil || len(envelopes)*len(query.Payload) > maxAdded+len(query.Payload) {
			continue
		}
		added = true
		with := query.Payload
		if len(one.Payload) > len("{}") {
			with = slices.Concat(one.Payload[:len(one.Payload)-1], []byte{','}, query.Payload[1:])
		}
		envelopes[i].Payload = with
		if kind := spool.Kind(with); kind != spool.KindOther { // type can be a parameter of the URL
			envelopes[i].Kind = kind
		}
	}
	if !added {
		envelopes = append(envelopes, query)
	}
	return envelopes
}

// splitWrappers replaces a wrapper of several deliveries by a wrapper of each.
func splitWrappers(envelopes []spool.Envelope, maxDeliveries int) ([]spool.Envelope, error) {
	var all []spool.Envelope // nil until the first wrapper
	for i, one := range envelopes {
		payloads, ok := [][]byte(nil), true
		if one.Payload != nil {
			payloads, ok = spool.Split(one.Payload, maxDeliveries)
		}
		if payloads != nil && all == nil {
			all = slices.Clone(envelopes[:i])
		}
		switch {
		case !ok || len(all)+len(payloads) > maxDeliveries:
			return nil, tooManyDeliveries(maxDeliveries)
		case payloads != nil:
			for _, payload := range payloads {
				all = append(all, readable(one.Encoding, payload))
			}
		case all != nil:
			all = append(all, one)
		}
	}
	if all == nil {
		return envelopes, nil
	}
	return all, nil
}

func decodeBody(contentType, contentEncoding string, body []byte, l limits) ([]spool.Envelope, error) {
	plain, ok, err := inflate(contentEncoding, body, l.inflated)
	if err != nil {
		return nil, err
	}
	if !ok {
		return []spool.Envelope{unreadable(spool.EncodingJSON, body)}, nil
	}
	if boundary := multipartBoundary(contentType); boundary != "" && !looksLikeJSON(plain) {
		return decodeMultipart(boundary, plain, l.fields)
	}
	// The Content-Type is often wrong, so the body decides.
	if looksLikeJSON(plain) {
		return decodeJSON(plain, l.deliveries)
	}
	return decodeForm(spool.EncodingForm, plain, l.fields)
}

func unreadable(encoding string, body []byte) spool.Envelope {
	return spool.Envelope{Kind: spool.KindUnreadable, Encoding: encoding, Body: body}
}
