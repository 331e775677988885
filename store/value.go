package store

import (
	"encoding/json"
	"fmt"
	"math/big"
	"strings"
	"time"

	"github.com/duckdb/duckdb-go/v2"

	"callsheet/internal/sqlvalue"
)

// goValue converts a DuckDB value to one of nil, string, bool, int64, float64, time.Time (a TIMESTAMPTZ, in the report zone),
// sqlvalue.Date, sqlvalue.LocalTime or []any of these. A value of any other type becomes JSON text.
func (r *Reader) goValue(value any, kind string) any {
	switch v := value.(type) {
	case nil, string, bool, int64, float64:
		return v
	case int8:
		return int64(v)
	case int16:
		return int64(v)
	case int32:
		return int64(v)
	case uint8:
		return int64(v)
	case uint16:
		return int64(v)
	case uint32:
		return int64(v)
	case float32:
		return float64(v)
	case uint64:
		return bigNumber(new(big.Int).SetUint64(v))
	case *big.Int:
		return bigNumber(v)
	case duckdb.Decimal:
		return v.Float64()
	case time.Time:
		switch {
		case kind == "TIMESTAMPTZ":
			return v.In(r.zone)
		case kind == "TIME":
			return v.Format(time.TimeOnly)
		case kind == "DATE":
			return sqlvalue.Date(v)
		case strings.HasPrefix(kind, "TIMESTAMP"):
			return sqlvalue.LocalTime(v)
		}
		return v
	case []any:
		list := make([]any, len(v))
		for i, item := range v {
			list[i] = r.goValue(item, strings.TrimSuffix(kind, "[]"))
		}
		return list
	case []byte:
		return fmt.Sprintf("%x", v)
	case fmt.Stringer:
		return v.String()
	}
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return string(text)
}

// bigNumber keeps every digit: a number that int64 cannot hold stays text.
func bigNumber(n *big.Int) any {
	if n.IsInt64() {
		return n.Int64()
	}
	return n.String()
}
