package reconcile

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"cassacomune/app/collections"
	"cassacomune/app/day"
	"cassacomune/app/money"
	"cassacomune/app/treasury"
)

var second = day.New(2026, 3, 2)

func oneBatch(flow, account, reference string, on day.Date, cents money.Cents) batch {
	return batch{collections.Remittance{ID: uuid.New(), Channel: "vpos", Flow: flow, Account: account, Reference: reference, RemittedOn: on, Gross: cents}, cents}
}

func oneCredit(number, text string, on day.Date, cents money.Cents) credit {
	return credit{treasury.Provisional{ID: uuid.New(), Account: "tes", Year: 2026, Number: number, Side: treasury.Credit, Cents: cents, EffectiveOn: on,
		PartyName: "BANCA", Text: text}, cents}
}

func open(until day.Date, batches []batch, credits ...credit) *state {
	return &state{batches: batches, credits: credits, rejected: map[pair]bool{}, complete: completeness{until}, channels: defaults}
}

// told is what a pass found, as text: rule, flow, number, cents, decision.
func (s *state) told() (out []string) {
	for _, e := range s.pass() {
		decision := fmt.Sprintf("proposed, %d rivals", e.rivals)
		if e.confirm {
			decision = "confirmed"
		}
		out = append(out, fmt.Sprintf("%s %s>%s %d %s", e.rule, s.batches[e.batch].Flow, s.credits[e.credit].Number, e.cents, decision))
	}
	return out
}

func TestPasses(t *testing.T) {
	closed := second.AddDays(30)
	a := oneBatch("F-000001", "T1", "", second, 14700)
	b := oneBatch("F-000002", "T1", "", second.AddDays(1), 3000)
	twin := oneBatch("F-000003", "T2", "", second, 14700)
	for _, c := range []struct {
		name  string
		state *state
		want  []string
	}{
		{"a key and equal cents", open(day.Date{}, []batch{a, b}, oneCredit("1", "RIF F 000001 GRAZIE", second, 14700)), []string{"P2 F-000001>1 14700 confirmed"}},
		{"a key and other cents", open(closed, []batch{a, b}, oneCredit("1", "RIF F-000001", second, 14600)), []string{"P2 F-000001>1 14600 proposed, 0 rivals"}},
		{"a key told twice", open(closed, []batch{a}, oneCredit("1", "RIF F-000001", second, 14700), oneCredit("2", "RIF F-000001", second, 14700)),
			[]string{"P2 F-000001>1 14700 proposed, 1 rivals", "P2 F-000001>2 14700 proposed, 1 rivals"}},
		{"an amount of a known channel", open(closed, []batch{a, b}, oneCredit("1", "ACCREDITO POS", second, 14700)), []string{"P3 F-000001>1 14700 confirmed"}},
		{"... while the window is open", open(second.AddDays(4), []batch{a, b}, oneCredit("1", "ACCREDITO POS", second, 14700)), []string{"P3 F-000001>1 14700 proposed, 0 rivals"}},
		{"... outside the window", open(closed, []batch{a}, oneCredit("1", "ACCREDITO POS", second.AddDays(6), 14700)), nil},
		{"... before the batch", open(closed, []batch{a}, oneCredit("1", "ACCREDITO POS", second.AddDays(-1), 14700)), nil},
		{"... with a twin", open(closed, []batch{a, twin}, oneCredit("1", "ACCREDITO POS", second, 14700)),
			[]string{"P3 F-000001>1 14700 proposed, 1 rivals", "P3 F-000003>1 14700 proposed, 1 rivals"}},
		{"a word inside another is no word", open(closed, []batch{a}, oneCredit("1", "DEPOSITO", second, 14700)), []string{"P6 F-000001>1 14700 proposed, 0 rivals"}},
		{"a run of days", open(closed, []batch{a, b}, oneCredit("1", "ACCREDITO POS", second.AddDays(2), 17700)),
			[]string{"P4 F-000001>1 14700 proposed, 0 rivals", "P4 F-000002>1 3000 proposed, 0 rivals"}},
		{"a cent is not forgiven", open(closed, []batch{a, b}, oneCredit("1", "ACCREDITO POS", second.AddDays(2), 17699)), nil},
		{"a key beats an amount", open(closed, []batch{a, twin}, oneCredit("1", "ACCREDITO POS RIF F-000003", second, 14700)), []string{"P2 F-000003>1 14700 confirmed"}},
	} {
		if diff := cmp.Diff(c.want, c.state.told()); diff != "" {
			t.Errorf("%s (-want +got)\n%s", c.name, diff)
		}
	}
}

func TestARejectedPairIsNotFoundAgain(t *testing.T) {
	s := open(second.AddDays(30), []batch{oneBatch("F-000001", "T1", "", second, 100)}, oneCredit("1", "RIF F-000001 POS", second, 100))
	s.rejected[pair{s.batches[0].ID, s.credits[0].ID}] = true
	if got := s.told(); got != nil {
		t.Errorf("got %v, want nothing", got)
	}
}

// TestKeysAreFoundInDamagedTexts has texts as banks deliver them: torn by
// blanks, with other separators, with a truncated copy behind.
func TestKeysAreFoundInDamagedTexts(t *testing.T) {
	d := dictionaryOf([]batch{oneBatch("2026-03-02ABCDITR1XXX-S2026030201", "", "", second, 1), oneBatch("T1TERM-2026-03-02", "00001234", "", second, 2)})
	for text, want := range map[string][]int{
		"/PUR/LGPE-RIVERSAMENTO/URI/2026-03-02ABCDITR1XXX-S2026030201":                                {0},
		".PUR.LGPE-RIVERSAMENTO.URI.2026-03-02ABCDITR1XXX.S2026030201":                                {0},
		"LGPE- RIVERSAMENTO/URI/2026-03- 02ABCD ITR1XXX-S2026030201":                                  {0},
		":RI3:/PUR/LGPE-RIVERSAMENTO/URI/2026-03-02abcditr1xxx-S2026030201 :SEC:CASH":                 {0},
		"URI/2026-03-02ABCDITR1XXX-S2026030201 .PUR.LGPE-RIVERSAMENTO.URI.2026-03- TRXID: 0123456789": {0},
		"ACCREDITO POS RIF 1234-20260302":                                                             {1},
		"ACCREDITO POS RIF 00001234 20260302":                                                         {1},
		"/PUR/LGPE-RIVERSAMENTO/URI/2":                                                                nil, // truncated: never by itself
		"POS DEL 02/03 TERM 1234":                                                                     nil,
		"":                                                                                            nil,
	} {
		if _, got := d.find(text); !slices.Equal(got, want) {
			t.Errorf("find(%q) = %v, want %v", text, got, want)
		}
	}
}

// TestAPassDoesNotDependOnTheOrder shuffles what came in: the matches are the
// same.
func TestAPassDoesNotDependOnTheOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 11))
	for range 200 {
		var batches []batch
		var credits []credit
		for i := range 8 {
			cents := money.Cents(100 * (1 + r.IntN(4)))
			batches = append(batches, oneBatch(fmt.Sprintf("FLOW-%04d", i), fmt.Sprintf("T%d", i%2), "", second.AddDays(r.IntN(4)), cents))
			text := "ACCREDITO POS"
			if r.IntN(3) == 0 {
				text += fmt.Sprintf(" RIF FLOW-%04d", r.IntN(8))
			}
			credits = append(credits, oneCredit(fmt.Sprint(i), text, second.AddDays(r.IntN(6)), money.Cents(100*(1+r.IntN(6)))))
		}
		first := confirmedOf(batches, credits)
		r.Shuffle(len(batches), func(i, j int) { batches[i], batches[j] = batches[j], batches[i] })
		r.Shuffle(len(credits), func(i, j int) { credits[i], credits[j] = credits[j], credits[i] })
		if diff := cmp.Diff(first, confirmedOf(batches, credits)); diff != "" {
			t.Fatalf("another order, other matches (-first +second)\n%s", diff)
		}
	}
}

// confirmedOf runs the pass until nothing more confirms itself, and checks that
// no end is used twice.
func confirmedOf(batches []batch, credits []credit) (out []string) {
	s := open(second.AddDays(60), slices.Clone(batches), slices.Clone(credits)...)
	left, right := map[int]bool{}, map[int]bool{}
	for _, e := range s.pass() {
		if e.confirm {
			if left[e.batch] || right[e.credit] {
				panic("an end is used twice")
			}
			left[e.batch], right[e.credit] = true, true
			out = append(out, s.batches[e.batch].Flow+">"+s.credits[e.credit].Number)
			if s.batches[e.batch].open != s.credits[e.credit].open {
				panic("a match that is not to the cent")
			}
		}
	}
	slices.Sort(out)
	return out
}
