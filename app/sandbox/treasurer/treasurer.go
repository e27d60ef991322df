// Package treasurer is a Treasurer (banca tesoriera): money arrives, is
// charged or is ordered, and every day has a cash journal (giornale di cassa)
// in the OPI 1.7.1 layout. It is a counterpart for the demo and for tests,
// written apart from the journal's reader; it keeps everything in memory, and
// its signature is a dummy that says so.
package treasurer

import (
	"fmt"
	"sync"
	"time"

	"cassacomune/app/day"
	"cassacomune/app/fault"
	"cassacomune/app/money"
)

// Config is who the Treasurer works for. Empty codes get invented ones.
type Config struct {
	ABI        string // 5 digits
	Body       string // name of the municipality
	IPA        string // 6 characters
	ISTAT      string // 9 to 15 digits
	FiscalCode string // 11 digits
	BodyCode   string // the bank's own code of the body
	Opening    money.Cents
	Clock      func() time.Time
}

// Ways of execution (tipo_esecuzione) that the journal writes.
const (
	Transfer     = "SEPA CREDIT TRANSFER"
	StateAccount = "ACCREDITO BANCA D'ITALIA"
	PostalSweep  = "PRELIEVO DA CC POSTALE"
	Direct       = "ADDEBITO PREAUTORIZZATO"
	Cash         = "CASSA"
	Compensation = "COMPENSAZIONE"
	Regularised  = "REGOLARIZZAZIONE"
)

// Party is who orders a credit, or who is paid by a charge.
type Party struct{ Name, FiscalCode, IBAN string }

// Movement is money that arrives or leaves without an order: the journal shows
// it as a provisional (sospeso) until an order regularises it.
type Movement struct {
	Cents     money.Cents
	Party     Party
	Text      string   // causale
	On        day.Date // zero: today
	Reference string   // CRO or TRN of the transfer
	EndToEnd  string
	Execution string // empty: a transfer in, a direct debit out
	Siope     string // empty: 0000099999, not classified
}

// Closes is the part of a provisional credit that an order's line closes.
type Closes struct {
	Number int64
	Cents  money.Cents
}

// Line is a line of a collection order. Kind is Regularised, with the
// provisionals it closes to the cent; Compensation, met by a warrant of the
// same amount; or Cash, money that the order itself brings in.
type Line struct {
	Cents  money.Cents
	Kind   string
	Closes []Closes
	Party  Party
	Text   string
}

// Order (reversale) as the accounting package sends it. Number zero gets the
// next free one.
type Order struct {
	Number int64
	Cents  money.Cents
	Lines  []Line
}

type provisional struct{ open money.Cents }

// totals of the year, as the journal's tail carries them.
type totals struct {
	fund, orders, credits, warrants, debits money.Cents
}

func (t totals) balance() money.Cents {
	return t.fund + t.orders + t.credits - t.warrants - t.debits
}

// Treasurer holds one body's account. It is safe for concurrent use.
type Treasurer struct {
	config Config

	mu         sync.Mutex
	year       int
	now        totals // with every movement accepted
	reported   totals // as the last journal said
	waiting    []entry
	credits    map[int64]*provisional
	orders     map[int64]bool
	nextCredit int64
	nextDebit  int64
	nextOrder  int64
	nextPay    int64
	quittance  int64
	movement   int64
	sequence   int
	journals   map[day.Date][]byte
	last       day.Date
}

// New opens the account with the cash fund of the clock's year.
func New(config Config) *Treasurer {
	fill := func(s *string, value string) {
		if *s == "" {
			*s = value
		}
	}
	fill(&config.ABI, "99999")
	fill(&config.Body, "COMUNE DI PROVA")
	fill(&config.IPA, "CPROVA")
	fill(&config.ISTAT, "000000000")
	fill(&config.FiscalCode, "00000000000")
	fill(&config.BodyCode, "0000001")
	t := &Treasurer{config: config, journals: map[day.Date][]byte{}}
	t.begin(day.Of(config.Clock()).Year(), config.Opening)
	return t
}

// begin starts a financial year: numbers restart, the balance is its fund.
func (t *Treasurer) begin(year int, fund money.Cents) {
	t.year = year
	t.now = totals{fund: fund}
	t.reported = t.now
	t.credits, t.orders = map[int64]*provisional{}, map[int64]bool{}
	t.nextCredit, t.nextDebit, t.nextOrder, t.nextPay, t.quittance, t.movement = 1, 1, 1, 1, 1, 1
}

// Open returns what is still to be regularised of a provisional credit.
func (t *Treasurer) Open(number int64) money.Cents {
	t.mu.Lock()
	defer t.mu.Unlock()
	if p := t.credits[number]; p != nil {
		return p.open
	}
	return 0
}

// admit fixes the day of a movement: never one already told, and in the year.
func (t *Treasurer) admit(on day.Date) (day.Date, error) {
	if on.IsZero() {
		on = day.Of(t.config.Clock())
	}
	if !t.last.IsZero() && !on.After(t.last) {
		on = t.last.AddDays(1)
	}
	if on.Year() > t.year && len(t.waiting) == 0 {
		t.begin(on.Year(), t.now.balance())
	}
	if on.Year() != t.year {
		return on, refuse("il giorno %s non è dell'esercizio %d", on.Italian(), t.year)
	}
	return on, nil
}

func refuse(format string, args ...any) error {
	return fault.New(fault.Invalid, "treasurer.refused", "Il Tesoriere rifiuta: %s.", fmt.Sprintf(format, args...))
}
