package store

import (
	"encoding/json"
	"fmt"
	"math/big"
	"strconv"
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
		return shortest(v)
	case uint64:
		return bigNumber(new(big.Int).SetUint64(v))
	case *big.Int:
		return bigNumber(v)
	case duckdb.Decimal:
		return decimalNumber(v)
	case time.Time:
		switch {
		case v.Year() > lastYear:
			return "infinity"
		case v.Year() < -lastYear:
			return "-infinity"
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
		if kind == "UUID" && len(v) == 16 {
			return fmt.Sprintf("%x-%x-%x-%x-%x", v[:4], v[4:6], v[6:8], v[8:10], v[10:])
		}
		return fmt.Sprintf("%x", v)
	case duckdb.OrderedMap: // its String is Go's
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

// decimalNumber returns the float64 nearest to a decimal. Dividing integers that float64 holds exactly rounds once, and is much faster
// than the division of big numbers.
func decimalNumber(d duckdb.Decimal) float64 {
	const exact = 1 << 53
	if n := d.Value.Int64(); d.Value.IsInt64() && -exact < n && n < exact && int(d.Scale) < len(powersOfTen) {
		return float64(n) / powersOfTen[d.Scale]
	}
	return d.Float64()
}

// shortest returns the float64 with the same digits: 0.07, and not 0.07000000029802322.
func shortest(v float32) float64 {
	number, _ := strconv.ParseFloat(strconv.FormatFloat(float64(v), 'g', -1, 32), 64)
	return number
}

// lastYear is before the infinity of times and dates, which the driver returns as the last one that it has.
const lastYear = 290_000

// powersOfTen are those that float64 holds exactly.
var powersOfTen = [...]float64{1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22}
