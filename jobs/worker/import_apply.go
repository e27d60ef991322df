package worker

import (
	"io"
	"slices"
	"strconv"
	"time"

	"cassacomune/app/debts"
	"cassacomune/app/fault"
	"cassacomune/app/formats"
	"cassacomune/app/formats/all"
	"cassacomune/jobs"
	"cassacomune/tenants"
)

// applyDebts is the second pass over a debt file: chunks of debts, forward
// only. The cursor is the number of groups that are done.
func (w *importer) applyDebts(format *all.Format, file io.Reader) (more bool, err error) {
	done, err := cursor(w.run)
	if err != nil {
		return false, err
	}
	var total int64
	if err := w.db.Read(w.ctx, w.tenant, func(tx *tenants.Tx) error {
		first, err := jobs.Find(tx, w.params.Check)
		if err != nil {
			return err
		}
		var p jobs.Preview
		if err := first.Outcome(&p); err != nil {
			return err
		}
		total = p.Debts
		return nil
	}); err != nil {
		return false, err
	}
	lines := &lineKeeper{src: file, first: 1}
	at := int64(0)
	var chunk []debts.Group
	for g := range debts.Groups(format.Read(lines), lines.text) {
		if len(g.Rows) == 0 {
			continue
		}
		if at++; at <= done {
			continue
		}
		if chunk = append(chunk, g); len(chunk) < groupsAtOnce {
			continue
		}
		if err := w.apply(chunk, at, total); err != nil {
			return false, err
		}
		if chunk = chunk[:0]; time.Now().After(w.until) {
			return true, nil
		}
	}
	if err := w.apply(chunk, at, total); err != nil {
		return false, err
	}
	return false, w.finish(func(p *jobs.Preview) {})
}

// apply judges a chunk again, for the data may have changed since the preview,
// and writes it with the run's progress in one transaction.
func (w *importer) apply(chunk []debts.Group, at, total int64) error {
	if len(chunk) == 0 {
		return nil
	}
	return w.within(func(tx *tenants.Tx) error {
		good, err := w.good(tx, chunk)
		if err != nil {
			return err
		}
		judged, err := debts.Judge(tx, w.params.By, good, w.source(), true)
		if err != nil {
			return err
		}
		if err := w.late(tx, judged); err != nil {
			return err
		}
		if err := debts.ApplyGroups(tx, judged); err != nil {
			return err
		}
		return w.run.Advance(tx, strconv.FormatInt(at, 10), at, total)
	})
}

// good drops what the first pass has refused.
func (w *importer) good(tx *tenants.Tx, chunk []debts.Group) ([]debts.Group, error) {
	if w.params.Mode == jobs.AllOrNothing {
		return chunk, nil // there was no error
	}
	last := chunk[len(chunk)-1]
	bad, err := jobs.RejectedLines(tx, w.params.Check, chunk[0].Rows[0].Line, last.Rows[len(last.Rows)-1].Line)
	if err != nil || len(bad) == 0 {
		return chunk, err
	}
	var good []debts.Group
	for _, g := range chunk {
		if !slices.ContainsFunc(g.Rows, func(r formats.DebtRow) bool { return bad[r.Line] }) {
			good = append(good, g)
		}
	}
	return good, nil
}

// late deals with what is refused now and was not in the preview: the end of
// an import of all or nothing, one more row in quarantine otherwise.
func (w *importer) late(tx *tenants.Tx, judged []debts.Judged) error {
	var found []jobs.Problem
	for i := range judged {
		j := &judged[i]
		if j.Outcome != debts.Refused {
			continue
		}
		j.Quarantine()
		for _, p := range j.Problems {
			if p.Severity != formats.Error {
				continue
			}
			if w.params.Mode == jobs.AllOrNothing {
				return fault.New(fault.Conflict, "import.late", "Dopo l'anteprima è cambiato qualcosa: alla riga %d %s. Quanto precede è già caricato: ricarica il file per completarlo.", p.Line, p.Reason)
			}
			found = append(found, jobs.Problem{Line: int64(p.Line), Field: w.column(p.Field), Value: p.Value, Reason: p.Reason, Severity: jobs.SeverityError})
		}
	}
	if len(found) == 0 {
		return nil
	}
	from, err := jobs.NextProblem(tx, w.run.ID)
	if err != nil {
		return err
	}
	return jobs.AddProblems(tx, w.run.ID, from, found)
}
