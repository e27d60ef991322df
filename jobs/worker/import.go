package worker

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"iter"
	"strconv"
	"time"

	"cassacomune/app/fault"
	"cassacomune/app/formats/all"
	"cassacomune/jobs"
	"cassacomune/tenants"
)

// ImportWork is the work of runs of kind jobs.Import: a slice of a pass over a
// stored file.
func ImportWork(ctx context.Context, db *tenants.DB, tenant tenants.ID, run *jobs.Run) (more bool, err error) {
	w := &importer{ctx: ctx, db: db, tenant: tenant, run: run, until: time.Now().Add(Slice)}
	if err := run.Decode(&w.params); err != nil {
		return false, err
	}
	format, file, err := w.open()
	if err != nil {
		return false, err
	}
	if format == nil { // an archive: what was in it comes next
		return true, nil
	}
	w.preview.Format, w.preview.Title, w.preview.Kind = format.Key, format.Title, string(format.Kind)
	cut := stepsOf[format.Key]
	switch {
	case format.Kind == all.Debts && w.params.Phase == jobs.Check:
		return false, w.checkDebts(format, file)
	case format.Kind == all.Debts:
		return w.applyDebts(format, file)
	case cut == nil:
		return false, fault.New(fault.Invalid, "import.kind", "I file «%s» non si caricano qui.", format.Title)
	case w.params.Phase == jobs.Check:
		return false, w.checkFlow(format, file)
	}
	return w.applySteps(cut(w.source(), format.Read(file)))
}

// importer is a slice of a run under way.
type importer struct {
	ctx     context.Context
	db      *tenants.DB
	tenant  tenants.ID
	run     *jobs.Run
	params  jobs.ImportParams
	until   time.Time
	town    tenants.Settings
	preview jobs.Preview

	problems []jobs.Problem // not yet kept
	kept     int64
	beaten   time.Time
}

func (w *importer) source() string { return "file " + w.params.Blob }

// open detects the format of the stored file; an archive is replaced by what
// is in it, and has none.
func (w *importer) open() (*all.Format, io.Reader, error) {
	if err := w.db.Read(w.ctx, w.tenant, func(tx *tenants.Tx) error {
		m, err := tx.Municipality()
		w.town = m.Settings
		return err
	}); err != nil {
		return nil, nil, err
	}
	blob, err := w.db.OpenBlob(w.ctx, w.tenant, w.params.Blob)
	if err != nil {
		return nil, nil, err
	}
	in := bufio.NewReaderSize(blob, all.HeadSize)
	head, _ := in.Peek(all.HeadSize) // a short or failing file shows itself when read
	if archive, err := w.archived(head, in); archive || err != nil {
		return nil, nil, err
	}
	format, file := all.Open(in)
	if format == nil {
		return nil, nil, fault.New(fault.Invalid, "import.format", "Il formato del file non è tra quelli conosciuti.")
	}
	return format, file, nil
}

// within runs a transaction on behalf of who brought the file.
func (w *importer) within(fn func(*tenants.Tx) error) error {
	return w.db.Within(w.ctx, w.tenant, w.params.By, fn)
}

// applySteps runs the steps that are not done yet, one transaction each.
func (w *importer) applySteps(steps iter.Seq2[func(*tenants.Tx) error, error]) (more bool, err error) {
	done, err := cursor(w.run)
	if err != nil {
		return false, err
	}
	at := int64(0)
	for step, err := range steps {
		if err != nil {
			return false, err
		}
		if at++; at <= done {
			continue
		}
		if err := w.within(func(tx *tenants.Tx) error {
			if err := step(tx); err != nil {
				return err
			}
			return w.run.Advance(tx, strconv.FormatInt(at, 10), at, 0)
		}); err != nil {
			return false, fmt.Errorf("step %d: %w", at, err)
		}
		if time.Now().After(w.until) {
			return true, nil
		}
	}
	return false, w.finish()
}

// finish ends the second pass with the preview of the first.
func (w *importer) finish() error {
	return w.within(func(tx *tenants.Tx) error {
		first, err := jobs.Find(tx, w.params.Check)
		if err != nil {
			return err
		}
		if err := first.Outcome(&w.preview); err != nil {
			return err
		}
		if err := tx.Audit("import.applied", w.run.ID.String(), w.params.Blob); err != nil {
			return err
		}
		return w.run.Finish(tx, w.preview)
	})
}

func cursor(run *jobs.Run) (int64, error) {
	if run.Cursor == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(run.Cursor, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("cursor of run %s: %w", run.ID, err)
	}
	return n, nil
}
