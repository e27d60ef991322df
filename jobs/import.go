package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"cassacomune/app/fault"
	"cassacomune/app/money"
	"cassacomune/tenants"
)

// Phase is one of the two passes of an import.
type Phase string

// The passes: the first writes only problems, the second the rows.
const (
	Check Phase = "check"
	Apply Phase = "apply"
)

// Mode is what a clerk decides about a file that has bad rows.
type Mode string

// The modes: all or nothing; or the good rows, with the bad in quarantine.
const (
	AllOrNothing Mode = "all"
	GoodRows     Mode = "good"
)

// ImportParams are the parameters of a run of kind Import.
type ImportParams struct {
	Blob  string        `json:"blob"` // SHA-256 of the stored file
	Name  string        `json:"name"` // as the clerk calls it
	Phase Phase         `json:"phase"`
	Mode  Mode          `json:"mode,omitempty"`
	Check uuid.UUID     `json:"check,omitzero"` // second pass: the run of the first
	By    tenants.Actor `json:"by"`             // whose offices hold for the rows

	// Archive is the file as it came, where Blob is what was inside.
	Archive string `json:"archive,omitempty"`
}

// Reparam replaces the parameters of a run under way.
func (r *Run) Reparam(tx *tenants.Tx, params any) error {
	p, err := json.Marshal(params)
	if err != nil {
		return fmt.Errorf("parameters of %s: %w", r.Kind, err)
	}
	r.Params = string(p)
	return r.save(tx, "params")
}

// Preview is the result of both passes: what is in the file, and what it does,
// or has done.
type Preview struct {
	Format    string      `json:"format"` // key in the list of formats
	Title     string      `json:"title"`
	Kind      string      `json:"kind"` // "journal", "remittance", "debts"
	Rows      int64       `json:"rows"`
	Debts     int64       `json:"debts"`
	New       int64       `json:"new"`
	Changed   int64       `json:"changed"`
	Unchanged int64       `json:"unchanged"`
	Annulled  int64       `json:"annulled"`
	Rejected  int64       `json:"rejected"` // rows that are refused, or stand with refused ones
	Sum       money.Cents `json:"sum"`      // debts: due by title of those new or changed
	Errors    int64       `json:"errors"`
	Warnings  int64       `json:"warnings"`
	Unlisted  int64       `json:"unlisted"` // problems beyond those kept
	Unusable  bool        `json:"unusable"` // the file as a whole: no mode applies it
}

// Severities of a Problem beyond those of a file's reader.
const (
	SeverityError   = "error"
	SeverityWarning = "warning"
	SeverityChange  = "change" // not wrong: a debt that is there will be changed
)

// Problem is something wrong or odd in a file. Value may hold personal data.
type Problem struct {
	bun.BaseModel `bun:"table:import_problem"`
	tenants.Row

	RunID    uuid.UUID `bun:"run_id,pk"`
	Seq      int64     `bun:"seq,pk"`
	Line     int64
	Field    string
	Value    string
	Reason   string
	Severity string
}

// StartImport stores a file and starts its first pass. A file over the limit
// of the municipality's settings is TooLarge, and nothing is kept of it.
func StartImport(ctx context.Context, db *tenants.DB, tenant tenants.ID, by tenants.Actor, name string, r io.Reader) (run Run, err error) {
	var town tenants.Municipality
	if err := db.Read(ctx, tenant, func(tx *tenants.Tx) (err error) {
		town, err = tx.Municipality()
		return err
	}); err != nil {
		return Run{}, err
	}
	blob, err := db.StoreBlob(ctx, tenant, by, r, town.Settings.Limit())
	if err != nil {
		return Run{}, err
	}
	if blob.Bytes == 0 {
		return Run{}, fault.New(fault.Invalid, "import.empty", "Il file è vuoto.").On("file")
	}
	err = db.Within(ctx, tenant, by, func(tx *tenants.Tx) error {
		if run, err = Start(tx, Import, ImportParams{Blob: blob.SHA256, Name: name, Phase: Check, By: by}); err != nil {
			return err
		}
		return tx.Audit("import.start", run.ID.String(), blob.SHA256)
	})
	return run, err
}

// ApproveImport starts the second pass of a file whose preview somebody has
// seen. All or nothing is a Conflict while the file has errors. The same
// approval twice is one run.
func ApproveImport(ctx context.Context, db *tenants.DB, tenant tenants.ID, by tenants.Actor, check uuid.UUID, mode Mode) (run Run, err error) {
	err = db.Within(ctx, tenant, by, func(tx *tenants.Tx) error {
		params, preview, err := checked(tx, check)
		if err != nil {
			return err
		}
		if err := preview.allows(mode); err != nil {
			return err
		}
		params.Phase, params.Mode, params.Check, params.By = Apply, mode, check, by
		if run, err = StartAt(tx, Import, params, tx.Now(), "apply:"+check.String()); err != nil {
			return err
		}
		return tx.Audit("import.approve", run.ID.String(), string(mode))
	})
	return run, err
}

func checked(tx *tenants.Tx, id uuid.UUID) (params ImportParams, preview Preview, err error) {
	run, err := Find(tx, id)
	if err != nil {
		return params, preview, err
	}
	if run.Kind != Import {
		return params, preview, fault.New(fault.NotFound, "missing", "Lavorazione non trovata.")
	}
	if err := run.Decode(&params); err != nil {
		return params, preview, err
	}
	if params.Phase != Check || run.State != Done {
		return params, preview, fault.New(fault.Conflict, "import.unchecked", "Il file non ha un'anteprima conclusa: non si può ancora caricare.")
	}
	return params, preview, run.Outcome(&preview)
}

func (p Preview) allows(mode Mode) error {
	switch {
	case mode != AllOrNothing && mode != GoodRows:
		return fault.New(fault.Invalid, "import.mode", "Scegli se caricare tutto il file o solo le righe corrette.").On("modo")
	case p.Unusable:
		return fault.New(fault.Conflict, "import.unusable", "Il file non si può caricare: gli errori riguardano il file intero.")
	case p.Errors > 0 && mode == AllOrNothing:
		return fault.New(fault.Conflict, "import.errors", "Il file ha %d errori: correggilo, o scegli di caricare solo le righe corrette.", p.Errors)
	case p.Errors > 0 && !p.HoldsDebts():
		return fault.New(fault.Conflict, "import.errors", "Il file ha %d errori: un giornale o un riversamento si carica intero o per nulla.", p.Errors)
	}
	return nil
}

// AddProblems keeps problems of a run, numbered from the one given on.
func AddProblems(tx *tenants.Tx, run uuid.UUID, from int64, list []Problem) error {
	for i := range list {
		list[i].RunID, list[i].Seq = run, from+int64(i)
	}
	for len(list) > 0 {
		part := list[:min(1000, len(list))]
		if _, err := tx.Insert(&part).Returning("NULL").Exec(tx.Ctx); err != nil {
			return fmt.Errorf("keep problems: %w", err)
		}
		list = list[len(part):]
	}
	return nil
}

// NextProblem is the number that the next problem of a run gets.
func NextProblem(tx *tenants.Tx, run uuid.UUID) (next int64, err error) {
	err = tx.SelectFrom("import_problem").ColumnExpr("COALESCE(MAX(seq), 0) + 1").Where("run_id = ?", run).Scan(tx.Ctx, &next)
	return next, err
}

// DropProblems forgets the problems of a pass that begins again.
func DropProblems(tx *tenants.Tx, run uuid.UUID) error {
	_, err := tx.Delete((*Problem)(nil)).Where("run_id = ?", run).Exec(tx.Ctx)
	return err
}

// Problems returns the problems of a run in the order of the file's lines. A
// limit of 0 means 100.
func Problems(tx *tenants.Tx, run uuid.UUID, offset, limit int) (list []Problem, err error) {
	if limit <= 0 {
		limit = 100
	}
	return list, tx.Select(&list).Where("run_id = ?", run).OrderExpr("line, seq").Offset(int64(offset)).Limit(int64(limit)).Scan(tx.Ctx)
}

// RejectedLines returns which lines from one to another (both included) have
// an error that the first pass has found.
func RejectedLines(tx *tenants.Tx, check uuid.UUID, from, to int) (map[int]bool, error) {
	var lines []int
	err := tx.SelectFrom("import_problem").Distinct().Column("line").Where("run_id = ?", check).
		Where("severity = ?", SeverityError).Where("line BETWEEN ? AND ?", from, to).Scan(tx.Ctx, &lines)
	if err != nil {
		return nil, fmt.Errorf("rejected lines: %w", err)
	}
	bad := make(map[int]bool, len(lines))
	for _, l := range lines {
		bad[l] = true
	}
	return bad, nil
}

// CopyRejected writes the rows in quarantine, each with the reason beside it.
// rows is the writer of the file's format: it calls reason once for each row,
// in the order of the file.
func CopyRejected(ctx context.Context, db *tenants.DB, tenant tenants.ID, check uuid.UUID, w io.Writer,
	rows func(w io.Writer, file io.Reader, reason func(line int) string) error) error {
	var params ImportParams
	if err := db.Read(ctx, tenant, func(tx *tenants.Tx) (err error) {
		params, _, err = checked(tx, check)
		return err
	}); err != nil {
		return err
	}
	file, err := db.OpenBlob(ctx, tenant, params.Blob)
	if err != nil {
		return err
	}
	q := &quarantine{ctx: ctx, db: db, tenant: tenant, run: check}
	if err := rows(w, file, q.reason); err != nil {
		return err
	}
	return q.err
}

// quarantine walks the errors of a run beside the lines of its file, a page of
// them in memory.
type quarantine struct {
	ctx    context.Context
	db     *tenants.DB
	tenant tenants.ID
	run    uuid.UUID
	page   []Problem
	last   Problem
	end    bool
	err    error
}

func (q *quarantine) reason(line int) (why string) {
	for q.fill() && q.page[0].Line <= int64(line) {
		if p := q.page[0]; p.Line == int64(line) {
			if why != "" {
				why += "; "
			}
			if p.Field != "" {
				why += p.Field + ": "
			}
			why += p.Reason
		}
		q.last, q.page = q.page[0], q.page[1:]
	}
	return why
}

func (q *quarantine) fill() bool {
	if len(q.page) > 0 || q.end || q.err != nil {
		return len(q.page) > 0
	}
	const size = 1000
	q.err = q.db.Read(q.ctx, q.tenant, func(tx *tenants.Tx) error {
		return tx.Select(&q.page).Where("run_id = ?", q.run).Where("severity = ?", SeverityError).
			Where("line > ? OR (line = ? AND seq > ?)", q.last.Line, q.last.Line, q.last.Seq).
			OrderExpr("line, seq").Limit(size).Scan(tx.Ctx)
	})
	q.end = len(q.page) < size
	return len(q.page) > 0
}
