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

// stepsOf says how each kind of file but those of debts is applied.
var stepsOf = map[all.Kind]Steps{
	all.Remittance: collections.Steps,
	all.Journal:    journalSteps,
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
