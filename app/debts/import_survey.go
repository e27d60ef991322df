package debts

import (
	"fmt"
	"hash/maphash"
	"iter"

	"cassacomune/app/formats"
	"cassacomune/app/money"
)

// Survey is what a first pass must remember of a whole file, in memory that
// does not grow with it. Debts and printed notice numbers that stand in it
// twice are found in rounds: the first Look doubts what it may have met before,
// Recount says which doubts are true, and a second Look refuses those from
// their first row on. A file without doubts needs one round only.
type Survey struct {
	Line int    // of a row that may not be ours; 0: there is none
	Body string // whose it says it is; "" where it does not say, and nobody guesses

	// Unsigned says that an annulment of this format need not say whose debt it
	// takes back.
	Unsigned bool

	seed    maphash.Seed
	met     seen
	times   map[uint64]int // of what is doubted, how often it was met
	settled bool           // times is counted
}

// NewSurvey begins a first pass.
func NewSurvey() *Survey { return &Survey{seed: maphash.MakeSeed(), times: map[uint64]int{}} }

// Look adds to a group the problems that only the whole file shows.
func (s *Survey) Look(g *Group, fiscalCode string) {
	for _, r := range g.Rows {
		unsigned := r.Body == "" && r.Action == formats.Annul && s.Unsigned
		if s.Line == 0 && r.Body != fiscalCode && !unsigned {
			s.Body, s.Line = r.Body, r.Line
		}
	}
	for sum, p := range s.unique(g) {
		switch {
		case s.settled && s.times[sum] > 1:
			g.refuse(p.Line, p.Field, p.Value, p.Reason)
		case !s.settled && s.met.add(sum):
			s.times[sum] = 0
		}
	}
}

// Doubtful reports whether something may stand in the file twice, so that it
// must be read again with Recount.
func (s *Survey) Doubtful() bool { return !s.settled && len(s.times) > 0 }

// Recount counts what is doubted.
func (s *Survey) Recount(g *Group) {
	for sum := range s.unique(g) {
		if n, doubted := s.times[sum]; doubted {
			s.times[sum] = n + 1
		}
	}
}

// Settle ends the counting, and reports whether a doubt was true: then the file
// must be looked at again.
func (s *Survey) Settle() (repeated bool) {
	s.settled, s.met = true, nil
	for _, n := range s.times {
		repeated = repeated || n > 1
	}
	return repeated
}

// unique goes through what no other group of the file may have, with what is
// wrong if one has.
func (s *Survey) unique(g *Group) iter.Seq2[uint64, formats.Problem] {
	return func(yield func(uint64, formats.Problem) bool) {
		notice := ""
		for i, r := range g.Rows {
			if i == 0 && !yield(maphash.String(s.seed, r.DebtType+"\x00"+r.Position), formats.Problem{Line: r.Line, Field: "codice_posizione", Value: r.Position,
				Reason: "posizione non contigua: le sue righe stanno in più punti del file, e devono stare insieme"}) {
				return
			}
			if r.Notice != "" && r.Notice != notice && !yield(maphash.String(s.seed, r.Notice), formats.Problem{Line: r.Line, Field: "numero_avviso", Value: r.Notice,
				Reason: "il numero di avviso è usato più volte nel file"}) {
				return
			}
			notice = r.Notice
		}
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
