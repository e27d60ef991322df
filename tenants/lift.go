package tenants

import (
	"context"
	"database/sql/driver"
	"strconv"
	"strings"
)

type byKey struct{}

// ByKey is the context for a query that finds rows by their keys, with other
// keys each time, and for which the same plan is always the best. PostgreSQL
// then plans it once a connection; of a join that is most of its time. (SQLite
// keeps the plan of whatever can be lifted.) A list
// with filters is no such query: its best plan depends on the values.
func (tx *Tx) ByKey() context.Context { return context.WithValue(tx.Ctx, byKey{}, true) }

// mostLifted is how many values a statement has at the most to be worth
// keeping: one with more of them, in a list, seldom comes again.
const mostLifted = 24

// lift takes the values out of a statement again, into whose text bun has
// written them, and puts parameters in their place: texts, and whole numbers
// that are too long to stand for anything but an id. ok is false for what has
// too many values or is no statement.
func lift(query string) (text string, values []driver.Value, ok bool) {
	var b strings.Builder
	b.Grow(len(query))
	for i := 0; i < len(query); {
		n, value := 1, driver.Value(nil)
		switch c := query[i]; {
		case c == '\'' && i > 0 && inName(query[i-1]): // E'', B'' and their like
			n = 0
		case c == '\'':
			n, value = quoted(query[i:])
		case c == '"':
			n, _ = quoted(query[i:])
		case isDigit(c) && (i == 0 || !inName(query[i-1])):
			for n = 1; i+n < len(query) && inName(query[i+n]); n++ {
			}
			if id, err := strconv.ParseInt(query[i:i+n], 10, 64); err == nil && n > 9 && c != '0' {
				value = id
			}
		}
		if n == 0 {
			return query, nil, false
		}
		if value != nil {
			values = append(values, value)
			b.WriteByte('$')
			b.WriteString(strconv.Itoa(len(values)))
		} else {
			b.WriteString(query[i : i+n])
		}
		i += n
	}
	return b.String(), values, len(values) <= mostLifted
}

// quoted is how long a quoted piece is, and what it quotes; one without an end
// is 0 long.
func quoted(s string) (n int, text string) {
	mark := s[:1]
	for n = 1; ; n += 2 {
		end := strings.Index(s[n:], mark)
		if end < 0 {
			return 0, ""
		}
		if n += end; !strings.HasPrefix(s[n+1:], mark) {
			return n + 1, strings.ReplaceAll(s[1:n], mark+mark, mark)
		}
	}
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// inName reports whether a byte may stand in a name or a number.
func inName(c byte) bool {
	return isDigit(c) || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' || c == '.' || c == '$' || c >= 0x80
}
