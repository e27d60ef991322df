package formats

import (
	"fmt"

	"cassacomune/app/fault"
)

// Refused makes the error of a message that cannot be written out of what was
// found in it; nil if nothing forbids it. A Problem's Line is the payment's
// place in the message.
func Refused(found []Problem, key string) error {
	errors, first := 0, Problem{}
	for _, p := range found {
		if p.Severity == Error {
			if errors++; errors == 1 {
				first = p
			}
		}
	}
	if errors == 0 {
		return nil
	}
	text := "Il messaggio non si può scrivere: "
	if first.Line > 0 {
		text += fmt.Sprintf("operazione %d, ", first.Line)
	}
	text += fmt.Sprintf("%s: %s.", first.Field, first.Reason)
	if errors > 1 {
		text += fmt.Sprintf(" Gli errori sono %d.", errors)
	}
	return fault.New(fault.Invalid, key, "%s", text).On(first.Field)
}
