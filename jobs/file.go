package jobs

import (
	"slices"

	"github.com/google/uuid"

	"cassacomune/app/fault"
	"cassacomune/tenants"
)

// File is a file that was brought in: the run of its check and, once somebody
// has approved it, that of its loading.
type File struct {
	Params  ImportParams // of the check
	Check   Run
	Apply   Run // zero: not approved
	Preview Preview
}

// Stage is how far a file has come.
type Stage string

// The stages of a file.
const (
	Checking    Stage = "Controllo in corso"
	Waiting     Stage = "Da approvare"
	Faulty      Stage = "Da correggere" // as it is, nothing of it may be loaded
	Loading     Stage = "Caricamento in corso"
	Loaded      Stage = "Caricato"
	Rejected    Stage = "Rifiutato"
	Interrupted Stage = "Interrotto"
)

// Files returns the files among so many of the newest imports, the newest
// first; each file has one or two.
func Files(tx *tenants.Tx, imports int) (all []File, err error) {
	runs, err := List(tx, imports, Import)
	if err != nil {
		return nil, err
	}
	ids := make([]uuid.UUID, len(runs))
	for i, r := range runs {
		ids[i] = r.ID
	}
	applied, err := Applied(tx, ids...)
	if err != nil {
		return nil, err
	}
	for _, r := range runs {
		f, err := newFile(r, applied)
		if err != nil {
			return nil, err
		}
		if f.Params.Phase == Check {
			all = append(all, f)
		}
	}
	return all, nil
}

// FindFile returns the file of which a run is one of the two passes; another
// run, or none, is NotFound.
func FindFile(tx *tenants.Tx, id uuid.UUID) (f File, err error) {
	run, err := Find(tx, id)
	if fault.Is(err, fault.NotFound) || err == nil && run.Kind != Import {
		return f, fault.New(fault.NotFound, "missing", "File non trovato.")
	}
	if err != nil {
		return f, err
	}
	var params ImportParams
	if err := run.Decode(&params); err != nil {
		return f, err
	}
	if params.Phase == Apply {
		if run, err = Find(tx, params.Check); err != nil {
			return f, err
		}
	}
	applied, err := Applied(tx, run.ID)
	if err != nil {
		return f, err
	}
	return newFile(run, applied)
}

func newFile(check Run, applied map[uuid.UUID]Run) (File, error) {
	f := File{Check: check, Apply: applied[check.ID]}
	if err := check.Decode(&f.Params); err != nil {
		return f, err
	}
	return f, f.Pass().Outcome(&f.Preview)
}

// Pass is the run that stands for the file now.
func (f File) Pass() Run {
	if f.Apply.ID != uuid.Nil {
		return f.Apply
	}
	return f.Check
}

// Stage says how far the file has come.
func (f File) Stage() Stage {
	approved := f.Apply.ID != uuid.Nil
	switch state := f.Pass().State; {
	case state == Cancelled:
		return Interrupted
	case state == Failed:
		return Rejected
	case state == Done && approved:
		return Loaded
	case state == Done && f.Preview.allows(AllOrNothing) != nil && f.Preview.allows(GoodRows) != nil:
		return Faulty
	case state == Done:
		return Waiting
	case approved:
		return Loading
	}
	return Checking
}

// HoldsDebts reports whether the file is of debts, and so the desk's; the others
// are the treasury's. Nobody knows before it was read.
func (p Preview) HoldsDebts() bool { return p.Kind == "debts" }

// BroughtBy reports whether a person brought the file.
func (f File) BroughtBy(who tenants.Actor) bool {
	return f.Params.By.ID != uuid.Nil && f.Params.By.ID == who.ID
}

// Of reports whether the file is of an actor's offices: who brought it, or
// whose offices hold all those of who did.
func (f File) Of(by tenants.Actor) bool {
	theirs := f.Params.By.Offices
	if f.BroughtBy(by) || len(by.Offices) == 0 {
		return true
	}
	return len(theirs) > 0 && !slices.ContainsFunc(theirs, func(o string) bool { return !slices.Contains(by.Offices, o) })
}
