package worker

import (
	"iter"

	"cassacomune/app/accounting"
	"cassacomune/app/collections"
	"cassacomune/app/formats"
	"cassacomune/app/formats/all"
	"cassacomune/app/treasury"
	"cassacomune/tenants"
)

// Steps cuts a file into transactions, always in the same way: so a run goes
// on where it was by passing over those that are done. An error ends them.
type Steps func(source string, events formats.Reader) iter.Seq2[func(*tenants.Tx) error, error]

// stepsOf says how each format but those of debts is applied. One that is not
// here can be looked at and not loaded: nothing says yet whose it is.
var stepsOf = map[string]Steps{
	"pos-csv":     collections.Steps,
	"poste200":    collections.Steps,
	"opi-journal": journalSteps,
}

// journalSteps has one step for each chunk of a cash journal.
func journalSteps(source string, events formats.Reader) iter.Seq2[func(*tenants.Tx) error, error] {
	return func(yield func(func(*tenants.Tx) error, error) bool) {
		for chunk, err := range treasury.Chunks(events, source, accounting.ChunkSize, new(all.JournalCheck)) {
			step := func(tx *tenants.Tx) error {
				_, err := accounting.ImportJournal(tx, chunk)
				return err
			}
			if !yield(step, err) {
				return
			}
		}
	}
}
