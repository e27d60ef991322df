package tenants

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"cassacomune/migrations"
)

var (
	errStatement = errors.New("tenants: not a statement that a door lets through")
	errSeveral   = errors.New("tenants: one statement at a time")
	errLeaves    = errors.New("tenants: a statement may not choose its tenant")
	errFact      = errors.New("tenants: a fact is never updated or deleted")
)

// verbs are the statements that a door lets through. The schema is the
// migrations' to change, the transaction the door's to begin and to end.
var verbs = []string{"select", "values", "with", "insert", "replace", "update", "delete", "savepoint", "release", "rollback"}

// oneStatement refuses what no query of a door needs: a second statement, a
// change of the schema, of the transaction or of the connection.
func oneStatement(bones string, several bool) error {
	if several {
		return errSeveral
	}
	verb, rest, _ := strings.Cut(bones, " ")
	if !slices.Contains(verbs, verb) || verb == "rollback" && !strings.HasPrefix(rest, "to ") {
		return fmt.Errorf("%w: %s", errStatement, verb)
	}
	return nil
}

var (
	inserted = regexp.MustCompile(`^(insert (?:or \w+ )?|replace )into (?:\w+ ?\. ?)?(\w+)`)
	written  = regexp.MustCompile(`\b(into|update|from) (?:or \w+ )?(?:\w+ ?\. ?)?(\w+)`)
)

// sparesFacts refuses a statement that would change or remove a fact. It
// stands in for the grants that SQLite does not have.
func sparesFacts(bones string) error {
	if strings.HasPrefix(bones, "select ") {
		return nil
	}
	replaces := func() bool {
		return strings.Contains(bones, "or replace ") || strings.HasPrefix(bones, "replace ") || strings.Contains(bones, "do update ")
	}
	if m := inserted.FindStringSubmatch(bones); m != nil {
		if slices.Contains(migrations.Facts, m[2]) && replaces() {
			return fmt.Errorf("%w: %s", errFact, m[2])
		}
		return nil
	}
	for _, m := range written.FindAllStringSubmatchIndex(bones, -1) {
		word, table := bones[m[2]:m[3]], bones[m[4]:m[5]]
		changes := word == "update" || word == "into" && replaces() || word == "from" && strings.HasSuffix(bones[:m[0]], "delete ")
		if changes && slices.Contains(migrations.Facts, table) {
			return fmt.Errorf("%w: %s", errFact, table)
		}
	}
	return nil
}

// bonesOf is a statement in lower case, without comments, without what stands
// in literals (a reason written by a person is not SQL) and without the quotes
// of names, single spaces between its words. several says that more than one
// statement is in it.
func bonesOf(query string) (bones string, several bool) {
	var b strings.Builder
	b.Grow(min(len(query), 4096))
	ended := false
	put := func(c byte) {
		if c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' {
			if s := b.String(); s != "" && s[len(s)-1] != ' ' {
				b.WriteByte(' ')
			}
			return
		}
		if several = several || ended; c == ';' {
			ended = true
			return
		}
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		b.WriteByte(c)
	}
	for i := 0; i < len(query); i++ {
		switch c := query[i]; {
		case c == '\'':
			i = after(query, i+1, "'")
			put('?')
		case c == '-' && strings.HasPrefix(query[i:], "--"):
			i = after(query, i, "\n")
			put(' ')
		case c == '/' && strings.HasPrefix(query[i:], "/*"):
			i = after(query, i+2, "*/")
			put(' ')
		case c == '"' || c == '`' || c == '[' || c == ']':
		default:
			put(c)
		}
	}
	return strings.TrimSpace(b.String()), several
}

// after is the index of the last byte of the next end at or behind i, or the
// statement's own end.
func after(query string, i int, end string) int {
	if n := strings.Index(query[i:], end); n >= 0 {
		return i + n + len(end) - 1
	}
	return len(query)
}
