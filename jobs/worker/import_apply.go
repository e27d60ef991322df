package worker

import (
	"io"
	"slices"
	"time"

	"cassacomune/app/debts"
	"cassacomune/app/fault"
	"cassacomune/app/formats"
	"cassacomune/app/formats/all"
	"cassacomune/jobs"
	"cassacomune/tenants"
)

// applyDebts is the second pass over a debt file: chunks of debts, forward
// only, from the place that the run has reached.
func (w *importer) applyDebts(format *all.Format, file io.Reader) (more bool, err error) {
	done, err := placeOf(w.run)
	if err != nil {
		return false, err
	}
	total, err := w.debtsSeen()
	if err != nil {
		return false, err
	}
	rest, behind, err := resume(file, done)
	if err != nil {
		return false, err
	}
	lines := &lineKeeper{src: rest, first: 1}
	text := func(line int) string { return lines.text(line - behind) }
	at := done
	var chunk []debts.Group
	for g := range debts.Groups(ahead(format.Read(lines), behind), text) {
		if len(g.Rows) == 0 || g.Rows[0].Line <= done.line {
			continue
		}
		at.line = g.Rows[0].Line
		at.groups++
		if chunk = append(chunk, g); len(chunk) < groupsAtOnce {
			continue
		}
		at.offset = lines.offset(at.line - behind)
		if !resumable(lines.header) {
			at.offset = 0
		} else if at.offset > 0 && done.offset > 0 {
			at.offset += done.offset - int64(len(lines.header))
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
	return false, w.finish()
}

// debtsSeen is how many debts the first pass has seen, for the progress bar.
func (w *importer) debtsSeen() (int64, error) {
	var p jobs.Preview
	err := w.db.Read(w.ctx, w.tenant, func(tx *tenants.Tx) error {
		first, err := jobs.Find(tx, w.params.Check)
		if err != nil {
			return err
		}
		return first.Outcome(&p)
	})
	return p.Debts, err
}

// apply judges a chunk again, for the data may have changed since the preview,
// and writes it with the run's progress in one transaction.
func (w *importer) apply(chunk []debts.Group, at place, total int64) error {
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
		return w.run.Advance(tx, at.String(), at.groups, total)
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
