// Package sqlvalue holds the types of query results for which Go has none. An instant (TIMESTAMPTZ) is a time.Time.
package sqlvalue

import "time"

// Date is a DATE: a day in no time zone, kept as its midnight in UTC.
type Date time.Time

func (d Date) String() string               { return time.Time(d).Format(time.DateOnly) }
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// LocalTime is a TIMESTAMP: a date and a time of day in no time zone, kept as if it were in UTC.
type LocalTime time.Time

func (t LocalTime) String() string               { return time.Time(t).Format("2006-01-02T15:04:05.999999") }
func (t LocalTime) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// Wall returns a DATE or a TIMESTAMP of a query as it is, kept as if it were in UTC; the zero time for anything else, such as NULL.
func Wall(v any) time.Time {
	switch v := v.(type) {
	case Date:
		return time.Time(v)
	case LocalTime:
		return time.Time(v)
	}
	return time.Time{}
}
