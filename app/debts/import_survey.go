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
	seed    maphash.Seed
	debts   map[uint64]struct{}
	notices map[uint64]struct{}
	Body    string // codice fiscale of another municipality, whose file it is
	Line    int    // where it stands
}

// NewSurvey begins a first pass for the municipality with a codice fiscale.
func NewSurvey() *Survey {
	return &Survey{seed: maphash.MakeSeed(), debts: map[uint64]struct{}{}, notices: map[uint64]struct{}{}}
}

// Look adds to a group the problems that only the whole file shows. The rows
// of a debt stand together: what comes again later is refused.
func (s *Survey) Look(g *Group, fiscalCode string) {
	if len(g.Rows) == 0 {
		return
	}
	first := g.Rows[0]
	if s.again(s.debts, first.DebtType+"\x00"+first.Position) {
		g.refuse(first.Line, "codice_posizione", first.Position, "posizione non contigua: le righe di una posizione devono stare insieme, e alcune sono già passate")
	}
	notice := ""
	for _, r := range g.Rows {
		if r.Body != "" && r.Body != fiscalCode && s.Body == "" { // an annulment need not say whose
			s.Body, s.Line = r.Body, r.Line
		}
		if r.Notice != "" && r.Notice != notice && s.again(s.notices, r.Notice) {
			g.refuse(r.Line, "numero_avviso", r.Notice, "numero di avviso già usato nel file")
		}
		notice = r.Notice
	}
}

func (s *Survey) again(seen map[uint64]struct{}, text string) bool {
	sum := maphash.String(s.seed, text)
	_, ok := seen[sum]
	seen[sum] = struct{}{}
	return ok
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
