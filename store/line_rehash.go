package store

import (
	"database/sql"
	"database/sql/driver"

	"github.com/duckdb/duckdb-go/v2"

	"callsheet/internal/spool"
)

// registerRehashing defines functions on a connection that migrations use: report_hash() is the content_hash of a stored report, from its
// sent_direction, extra, field_problems and its documented fields in the order of payloadFields, and that of a live event, of which those
// that only reports have are NULL; filled_members() is extra without its empty members; sent_value() is the value of a
// field that is kept in extra.
func registerRehashing(conn *sql.Conn) error {
	text, err := duckdb.NewTypeInfo(duckdb.TYPE_VARCHAR)
	if err != nil {
		return err
	}
	hash, err := duckdb.NewTypeInfo(duckdb.TYPE_UBIGINT)
	if err != nil {
		return err
	}
	err = duckdb.RegisterScalarUDF(conn, "report_hash", &textFunction{
		config: duckdb.ScalarFuncConfig{VariadicTypeInfo: text, ResultTypeInfo: hash, SpecialNullHandling: true},
		call:   func(values [][]byte) any { return reportHash(values[0], values[1], values[2], values[3:]) },
	})
	if err != nil {
		return err
	}
	err = duckdb.RegisterScalarUDF(conn, "sent_value", &textFunction{
		config: duckdb.ScalarFuncConfig{InputTypeInfos: []duckdb.TypeInfo{text, text}, ResultTypeInfo: text},
		call: func(values [][]byte) any {
			var l line
			l.parsePayload(values[0], 0, nil)
			if value := l.values[payloadIndex[string(values[1])]]; len(value) > 0 {
				return string(value)
			}
			return nil
		},
	})
	if err != nil {
		return err
	}
	return duckdb.RegisterScalarUDF(conn, "filled_members", &textFunction{
		config: duckdb.ScalarFuncConfig{InputTypeInfos: []duckdb.TypeInfo{text}, ResultTypeInfo: text},
		call: func(values [][]byte) any {
			if members := joinMembers(membersOf(values[0])); members != nil {
				return string(members)
			}
			return nil
		},
	})
}

func reportHash(direction, extra, problems []byte, fields [][]byte) uint64 {
	l := line{values: make([][]byte, len(payloadFields)), needsEscaping: true}
	for i, field := range payloadFields {
		if !field.identity && !field.undocumented {
			l.values[i], fields = fields[0], fields[1:]
		}
	}
	l.values[directionField] = direction
	return l.hashContent(membersOf(extra), problems)
}

// membersOf returns the members of a JSON object that are not empty.
func membersOf(object []byte) (members []member) {
	if object == nil {
		return nil
	}
	spool.WalkObject(object, 0, func(key []byte, start int) (end int) {
		end = spool.ValueEnd(object, start)
		members = append(members, member{key, object[start:end]})
		return end
	})
	return withoutEmpty(members)
}

// textFunction is a scalar function of texts; NULL is nil.
type textFunction struct {
	config duckdb.ScalarFuncConfig
	call   func(values [][]byte) any
}

func (f *textFunction) Config() duckdb.ScalarFuncConfig { return f.config }

func (f *textFunction) Executor() duckdb.ScalarFuncExecutor {
	return duckdb.ScalarFuncExecutor{RowExecutor: func(arguments []driver.Value) (any, error) {
		values := make([][]byte, len(arguments))
		for i, argument := range arguments {
			if text, ok := argument.(string); ok {
				values[i] = []byte(text)
			}
		}
		return f.call(values), nil
	}}
}
