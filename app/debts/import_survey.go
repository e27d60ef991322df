package debts

import (
	"fmt"
	"hash/maphash"

	"cassacomune/app/formats"
	"cassacomune/app/money"
)

// Survey is what a first pass must remember of the whole file: which debts and
// which printed notice numbers it has seen, a few bytes each.
type Survey struct {
	Line int    // of a row that may not be ours; 0: there is none
	Body string // whose it says it is; "" where it does not say, and nobody guesses

	// Unsigned says that an annulment of this format need not say whose debt it
	// takes back.
	Unsigned bool

	seed      maphash.Seed
	debts     seen
	notices   seen
	scattered map[uint64]bool // debts in several places; false: found in this round
}

// NewSurvey begins a first pass.
func NewSurvey() *Survey {
	return &Survey{seed: maphash.MakeSeed(), scattered: map[uint64]bool{}}
}

// Again returns the survey of a second round, which refuses from the first row
// on the debts whose rows do not stand together; nil when there are none that
// this round did not know.
func (s *Survey) Again() *Survey {
	next := NewSurvey()
	next.seed, next.Unsigned = s.seed, s.Unsigned
	found := false
	for sum, known := range s.scattered {
		found = found || !known
		next.scattered[sum] = true
	}
	if !found {
		return nil
	}
	return next
}

// Look adds to a group the problems that only the whole file shows.
func (s *Survey) Look(g *Group, fiscalCode string) {
	if len(g.Rows) == 0 {
		return
	}
	first := g.Rows[0]
	sum := maphash.String(s.seed, first.DebtType+"\x00"+first.Position)
	if known := s.scattered[sum]; s.debts.add(sum) || known {
		s.scattered[sum] = known
		g.refuse(first.Line, "codice_posizione", first.Position, "posizione non contigua: le sue righe stanno in più punti del file, e devono stare insieme")
	}
	notice := ""
	for _, r := range g.Rows {
		unsigned := r.Body == "" && r.Action == formats.Annul && s.Unsigned
		if s.Line == 0 && r.Body != fiscalCode && !unsigned {
			s.Body, s.Line = r.Body, r.Line
		}
		if r.Notice != "" && r.Notice != notice && s.notices.add(maphash.String(s.seed, r.Notice)) {
			g.refuse(r.Line, "numero_avviso", r.Notice, "numero di avviso già usato nel file")
		}
		notice = r.Notice
	}
}

// Outcome is what a group does, or has done.
type Outcome string

// The outcomes of a group.
const (
	Born     Outcome = "new"
	Altered  Outcome = "changed"
	Same     Outcome = "unchanged"
	Relieved Outcome = "annulled"
	Refused  Outcome = "refused"
)

// Judged is a group and what becomes of it.
type Judged struct {
	Group
	Outcome Outcome
	Cents   money.Cents // due by title, of a debt that is new or changed

	new      New
	existing Debt
	units    []string
	annulled []alias // of a debt that stands
}

func (j *Judged) note(field, value, reason string) {
	j.Problems = append(j.Problems, formats.Problem{Line: j.Rows[0].Line, Field: field, Value: value, Reason: reason, Severity: ChangeNote})
}

// ChangeNote is the severity of what is not wrong: a debt that is there and
// will be changed.
const ChangeNote formats.Severity = "change"

func (j *Judged) fault(err error, field string) {
	line := j.Rows[0].Line
	j.refuse(line, field, "", fmt.Sprint(err))
	j.Outcome = Refused
}
