// Package poste is a postal bank: slips are paid at its counters, and it
// writes the return flow of the collected ones in fixed records of 200
// characters. It is a counterpart for the demo and for tests, written apart
// from the reader of the flow; it keeps everything in memory.
//
// Layout facts: public readers of the flow (SMD, TR4) and the head of Poste's
// own page; every total of the 23 public sample rows agrees.
package poste

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"cassacomune/app/day"
	"cassacomune/app/fault"
	"cassacomune/app/money"
)

// Kinds of slip (TD), as the flow names them.
const (
	TD896 = "896" // pre-marked, amount and code read by machine
	TD674 = "674" // pre-marked code, amount by hand
	TD451 = "451" // account printed, the rest by hand
	TD123 = "123" // white
)

// byHand is the selection number of slips that no machine could read.
const byHand = 9999999

// centre is the processing centre (CUAS) of dematerialised slips.
const centre = '4'

// Slip (bollettino) is one payment at the counter.
type Slip struct {
	Kind    string // empty: TD 896
	Code    string // 18 digits; blank on TD 123 and 451
	Account string // 1 to 12 digits
	Cents   money.Cents
	PaidOn  day.Date
}

type paid struct {
	Slip
	number     int
	reportedOn day.Date
}

type flowKey struct {
	account string
	on      day.Date
}

// Flow (rendicontazione) is what the bank reports for one account on one
// accounting day, and the amount that it credits.
type Flow struct {
	Account   string
	On        day.Date
	Count     int
	Cents     money.Cents
	Reference string
	Text      string // causale of the transfer
	Name      string
	Bytes     []byte // nil when there is nothing to report
}

// Bank holds the slips paid. It is safe for concurrent use.
type Bank struct {
	clock func() time.Time

	mu    sync.Mutex
	slips []*paid
	flows map[flowKey]Flow
	last  map[string]day.Date
}

// New makes a bank without slips.
func New(clock func() time.Time) *Bank {
	return &Bank{clock: clock, flows: map[flowKey]Flow{}, last: map[string]day.Date{}}
}

// Pay takes a pre-marked slip TD 896: the code's last two digits must be the
// rest of the first sixteen by 93. A zero day is today.
func (b *Bank) Pay(code18, account string, cents money.Cents, on day.Date) error {
	return b.Take(Slip{Kind: TD896, Code: code18, Account: account, Cents: cents, PaidOn: on})
}

// Take takes a slip of any kind. It returns a fault that says what is wrong.
func (b *Bank) Take(s Slip) error {
	if s.PaidOn.IsZero() {
		s.PaidOn = day.Of(b.clock())
	}
	if s.Kind == "" {
		s.Kind = TD896
	}
	premarked := s.Kind == TD896 || s.Kind == TD674
	switch {
	case !premarked && s.Kind != TD451 && s.Kind != TD123:
		return refuse("il tipo documento %q non esiste", s.Kind)
	case !digits(s.Account) || len(s.Account) > 12:
		return refuse("il numero di conto deve avere da 1 a 12 cifre")
	case s.Cents < 1 || s.Cents > 99999999:
		return refuse("l'importo deve stare tra 0,01 e 999.999,99 euro")
	case premarked && !goodCode(s.Code):
		return refuse("il codice cliente deve avere 18 cifre, con le ultime due di controllo")
	case !premarked && s.Code != "":
		return refuse("un bollettino TD %s non porta il codice cliente", s.Kind)
	}
	s.Account = fmt.Sprintf("%012s", s.Account)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.slips = append(b.slips, &paid{Slip: s, number: len(b.slips) + 1})
	return nil
}

func refuse(format string, args ...any) error {
	return fault.New(fault.Invalid, "poste.slip", "Bollettino non accettato: "+format+".", args...)
}

func digits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

func goodCode(code string) bool {
	if len(code) != 18 || !digits(code) {
		return false
	}
	base, err := strconv.ParseInt(code[:16], 10, 64)
	return err == nil && fmt.Sprintf("%02d", base%93) == code[16:]
}

// Flow closes the account's day: every slip paid on it, or earlier and not
// reported yet. Asked again it returns the same bytes.
func (b *Bank) Flow(account string, on day.Date) (Flow, error) {
	account = fmt.Sprintf("%012s", account)
	b.mu.Lock()
	defer b.mu.Unlock()
	key := flowKey{account, on}
	if done, ok := b.flows[key]; ok {
		done.Bytes = slices.Clone(done.Bytes)
		return done, nil
	}
	if on.Before(b.last[account]) {
		return Flow{}, fault.New(fault.Conflict, "poste.closed", "Il giorno %s è già chiuso.", on.Italian())
	}
	f := Flow{Account: account, On: on}
	var group []*paid
	for _, s := range b.slips {
		if s.Account == account && s.reportedOn.IsZero() && !s.PaidOn.After(on) {
			s.reportedOn = on
			f.Count++
			f.Cents += s.Cents
			group = append(group, s)
		}
	}
	if f.Count > 0 {
		stamp := strings.ReplaceAll(on.String(), "-", "")
		f.Reference = account + "-" + stamp
		f.Text = fmt.Sprintf("INCASSO BOLLETTINI C/C %s CONTABILE %s RIF %s", account, on.Italian(), f.Reference)
		f.Name = "poste-" + account + "-" + stamp + ".txt"
		f.Bytes = records(account, on, group)
	}
	b.flows[key], b.last[account] = f, on
	f.Bytes = slices.Clone(f.Bytes)
	return f, nil
}
