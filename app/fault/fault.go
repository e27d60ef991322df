// Package fault names the kinds of error that a person or a program outside
// can do something about. Everything else is internal: it is logged with the
// request and shown as "Errore interno".
package fault

import (
	"errors"
	"fmt"
	"slices"
)

// Kind says what sort of answer an error deserves.
type Kind string

// The kinds of fault, mapped to a status and a page in one place, app/web.
const (
	NotFound  Kind = "not_found" // no such thing, or not yours: the two are never told apart
	Invalid   Kind = "invalid"   // the input breaks a rule; Field and Value say where
	Conflict  Kind = "conflict"  // the state does not allow it, or the same key came with other content
	Forbidden Kind = "forbidden" // known, but not allowed to
	TooLarge  Kind = "too_large" // over a limit that a setting holds
	TooMany   Kind = "too_many"  // over a rate; try later
)

// Error is a fault: a kind, and a sentence in Italian for the person who
// caused it. Key is stable and language-free; In says the same in another
// language.
type Error struct {
	Kind  Kind
	Key   string // stable name, "debts.amount"
	Text  string // Italian sentence, complete with the offending value
	Field string // form or file field, when there is one

	format string // of Text
	args   []any
}

func (e *Error) Error() string { return e.Text }

// New makes a fault whose text is formatted as fmt.Sprintf does.
func New(kind Kind, key, format string, args ...any) *Error {
	return &Error{Kind: kind, Key: key, Text: fmt.Sprintf(format, args...), format: format, args: args}
}

// In says the fault in another language: translate knows its sentence as it is
// before it is formatted, and the sentences inside it; what it does not know it
// gives back.
func (e *Error) In(translate func(italian string) string) string {
	if e.format == "" {
		return translate(e.Text)
	}
	args := slices.Clone(e.args)
	for i, a := range args {
		if text, ok := a.(string); ok {
			args[i] = translate(text)
		}
	}
	return fmt.Sprintf(translate(e.format), args...)
}

// On returns a copy of the fault that points at a field.
func (e *Error) On(field string) *Error {
	c := *e
	c.Field = field
	return &c
}

// Of returns the fault inside err, or nil when err is internal.
func Of(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return nil
}

// Is reports whether err holds a fault of that kind.
func Is(err error, kind Kind) bool {
	e := Of(err)
	return e != nil && e.Kind == kind
}
