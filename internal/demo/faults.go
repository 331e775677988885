package demo

import (
	"bytes"
	"time"
)

// otherEvents returns changes in the vendor's panel, which are sent to the same
// URL.
func otherEvents(o Options, r rng, calls []*call) []Delivery {
	var out []Delivery
	for i := range 2 + min(o.Calls/2500, 4) {
		encoding := []string{"json", "form", "query"}[i%3]
		s := newStyle(r, encoding)
		g := pick(r, calls).group
		out = append(out, encode(r, someTime(r, calls), encoding, s, []field{
			{"type", "add_member", false},
			{"member_name", pick(r, []string{"Ritu", "Manoj", "Lata", "गीता"}), false},
			{"member_num", "92800009" + itoa(10+i), true},
			{"group_id", itoa(70 + g.index), true},
		}))
	}
	return out
}

// brokenDeliveries returns one, in a larger demo two, of each kind of broken
// body. The calls in them have valid reports too.
func brokenDeliveries(o Options, r rng, calls []*call) []Delivery {
	kinds := []func(rng, *call) []byte{truncated, junk, withoutSid, notUTF8}
	if o.Calls >= 2000 {
		kinds = append(kinds, kinds...)
	}
	var out []Delivery
	for _, kind := range kinds {
		c := pick(r, calls)
		for c.unreported || c.picked.IsZero() && r.chance(0.95) {
			c = pick(r, calls)
		}
		out = append(out, Delivery{
			At:          c.end.Add(r.millis(100, 600)),
			Encoding:    "json",
			Method:      "POST",
			ContentType: "application/json",
			Body:        kind(r, c),
			Broken:      true,
		})
	}
	return out
}

func plainReport(r rng, c *call) []byte {
	return jsonText(report(r, c, style{gap: "  "}), style{})
}

// truncated returns an incomplete report.
func truncated(r rng, c *call) []byte {
	body := plainReport(r, c)
	return body[:r.between(len(body)/3, len(body)*2/3)]
}

// junk returns the error message of a proxy or a script.
func junk(r rng, _ *call) []byte {
	return []byte(pick(r, []string{
		"<html><body><h1>502 Bad Gateway</h1></body></html>",
		"Warning: Undefined variable $payload in webhook.php on line 41",
	}))
}

// withoutSid returns a report without a call id.
func withoutSid(r rng, c *call) []byte {
	fields := report(r, c, style{gap: "  "})
	for i := range fields {
		switch fields[i].key {
		case "CallSid", "Uniqueid":
			fields[i].value = ""
		}
	}
	return jsonText(fields, style{})
}

// notUTF8 returns a report with a name in another encoding.
func notUTF8(r rng, c *call) []byte {
	name := []byte(`"receiver_name":"`)
	return bytes.Replace(plainReport(r, c), name, append(name, 0xE9, 0xA0), 1)
}

// someTime draws the time of some call, so that no delivery arrives on a day
// without calls.
func someTime(r rng, calls []*call) time.Time {
	return pick(r, calls).start.Add(r.millis(100, 900))
}

// gather combines some JSON deliveries that are close together into one array,
// as a vendor with a queue does. The array arrives at the time of its last
// payload.
func gather(r rng, sorted []Delivery) []Delivery {
	const window = 2 * time.Minute
	single := func(x Delivery) bool { return x.Encoding == "json" && !x.Broken && x.CallSid != "" }
	out := make([]Delivery, 0, len(sorted))
	for i := 0; i < len(sorted); i++ {
		array := sorted[i]
		if !single(array) || !r.chance(0.03) {
			out = append(out, array)
			continue
		}
		body := append([]byte("["), array.Body...)
		n := 1
		for ; n < 4 && i+1 < len(sorted); n++ {
			next := sorted[i+1]
			if !single(next) || next.At.Sub(array.At) > window {
				break
			}
			body = append(append(body, ','), next.Body...)
			array.At = next.At
			i++
		}
		if n > 1 {
			array.Body = append(body, ']')
		}
		out = append(out, array)
	}
	return out
}
