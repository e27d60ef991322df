package tenants

import (
	"database/sql/driver"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func TestLift(t *testing.T) {
	for _, c := range []struct {
		query, text string
		values      []driver.Value
	}{
		{`SELECT "a" FROM "x" WHERE ("x".tenant_id = 1234567890123) AND (code = 'D''Aré') LIMIT 51`,
			`SELECT "a" FROM "x" WHERE ("x".tenant_id = $1) AND (code = $2) LIMIT 51`, []driver.Value{int64(1234567890123), "D'Aré"}},
		{`SELECT '' AS a, '''' AS b, ''''''`, `SELECT $1 AS a, $2 AS b, $3`, []driver.Value{"", "'", "''"}},
		{`SELECT "o'k", "1234567890123", "a""b'c" FROM t`, `SELECT "o'k", "1234567890123", "a""b'c" FROM t`, nil},
		{`a1234567890123 = 0195f0001234567890 AND b = 12345.67890123`, `a1234567890123 = 0195f0001234567890 AND b = 12345.67890123`, nil},
		{`id = '\x00ff' AND x = -12345678901`, `id = $1 AND x = -$2`, []driver.Value{`\x00ff`, int64(12345678901)}},
		{`x IN ('a', 'b') AND y = 123456789`, `x IN ($1, $2) AND y = 123456789`, []driver.Value{"a", "b"}},
	} {
		text, values, ok := lift(c.query)
		if !ok || text != c.text || !slices.Equal(values, c.values) {
			t.Errorf("lift(%q) = %q, %q, %v; want %q, %q", c.query, text, values, ok, c.text, c.values)
		}
	}
	for _, query := range []string{`SELECT 'open`, `SELECT "open`, `SELECT E'a\'b'`, `x IN (` + strings.Repeat(`'a', `, mostLifted) + `'a')`} {
		if text, values, ok := lift(query); ok {
			t.Errorf("lift(%q) = %q, %q; want it left alone", query, text, values)
		}
	}
}

// FuzzLift puts the values back where they were taken from: nothing else may
// have changed, and nothing that was a value may have become a statement.
func FuzzLift(f *testing.F) {
	for _, seed := range []string{`a = 'b' AND c = 12345678901 LIMIT 3`, `"a'b" = 'c"d'`, `''''''''`, `'`, `$1'`, `1234567890'x'`, "'è'--'"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, query string) {
		if strings.Contains(query, "$") {
			return
		}
		text, values, ok := lift(query)
		if !ok {
			return
		}
		back := text
		for i := len(values); i > 0; i-- {
			v := fmt.Sprint(values[i-1])
			if _, text := values[i-1].(string); text {
				v = "'" + strings.ReplaceAll(v, "'", "''") + "'"
			}
			back = strings.Replace(back, "$"+strconv.Itoa(i), v, 1)
		}
		if back != query {
			t.Errorf("lift(%q) = %q, %q: put back, %q", query, text, values, back)
		}
		if again, more, _ := lift(text); again != text || len(more) > 0 {
			t.Errorf("lift(%q) = %q leaves %q", query, text, more)
		}
	})
}
