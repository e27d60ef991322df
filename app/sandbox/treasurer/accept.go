package treasurer

import (
	"cassacomune/app/day"
	"cassacomune/app/money"
)

// entry is a movement of the journal still to be written.
type entry struct {
	in          bool
	document    string
	operation   string
	number      int64
	progressive int
	cents       money.Cents
	on          day.Date
	execution   string
	party       Party
	text        string
	reference   string
	endToEnd    string
	siope       string // only for provisionals
	closes      []Closes
	quittance   int64
	movement    int64
}

const notClassified = "0000099999"

// Credit takes money in and returns the number of its provisional credit
// (provvisorio di entrata). A day already told in a journal becomes the next.
func (t *Treasurer) Credit(m Movement) (int64, error) {
	return t.take(m, true)
}

// Charge takes money out without a warrant (provvisorio di uscita).
func (t *Treasurer) Charge(m Movement) (int64, error) {
	return t.take(m, false)
}

// Sweep moves money of the postal account into the treasury on the
// Treasurer's own initiative.
func (t *Treasurer) Sweep(m Movement) (int64, error) {
	m.Execution = PostalSweep
	return t.take(m, true)
}

func (t *Treasurer) take(m Movement, in bool) (int64, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	on, err := t.admit(m.On)
	if err != nil {
		return 0, err
	}
	if m.Cents < 1 || m.Party.Name == "" || m.Text == "" {
		return 0, refuse("un movimento ha un importo positivo, un nome e una causale")
	}
	e := entry{
		in: in, document: "SOSPESO ENTRATA", operation: "ESEGUITO", cents: m.Cents, on: on, execution: m.Execution,
		party: m.Party, text: m.Text, reference: m.Reference, endToEnd: m.EndToEnd, siope: m.Siope,
	}
	if e.siope == "" {
		e.siope = notClassified
	}
	if in {
		e.number = next(&t.nextCredit)
		t.credits[e.number] = &provisional{open: m.Cents}
		t.now.credits += m.Cents
	} else {
		e.number, e.document = next(&t.nextDebit), "SOSPESO USCITA"
		t.now.debits += m.Cents
	}
	if e.execution == "" {
		e.execution = Transfer
		if !in {
			e.execution = Direct
		}
	}
	t.write(e)
	return e.number, nil
}

// Cancel takes back a provisional credit, in part or whole: the journal writes
// a positive amount and the operation STORNATO. What an order has regularised
// cannot be taken back.
func (t *Treasurer) Cancel(number int64, cents money.Cents, on day.Date, text string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	on, err := t.admit(on)
	if err != nil {
		return err
	}
	p := t.credits[number]
	if p == nil || cents < 1 || cents > p.open || text == "" {
		return refuse("il provvisorio %d non ha %s da stornare", number, cents)
	}
	p.open -= cents
	t.now.credits -= cents
	t.write(entry{in: true, document: "SOSPESO ENTRATA", operation: "STORNATO", number: number, cents: cents, on: on,
		execution: Transfer, party: Party{Name: t.config.Body}, text: text, siope: notClassified})
	return nil
}

// Order executes a collection order and returns its number. It is refused
// whole if a sum does not hold or a provisional has not enough left.
func (t *Treasurer) Order(o Order, on day.Date) (int64, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	on, err := t.admit(on)
	if err != nil {
		return 0, err
	}
	if err := t.check(o); err != nil {
		return 0, err
	}
	for o.Number == 0 {
		if n := next(&t.nextOrder); !t.orders[n] {
			o.Number = n
		}
	}
	t.orders[o.Number] = true
	for i, l := range o.Lines {
		t.execute(o.Number, i+1, l, on)
	}
	return o.Number, nil
}

func (t *Treasurer) check(o Order) error {
	if o.Number < 0 || o.Number > 9999999 || t.orders[o.Number] {
		return refuse("la reversale %d esiste già o ha un numero fuori misura", o.Number)
	}
	var sum money.Cents
	used := map[int64]money.Cents{}
	for i, l := range o.Lines {
		sum += l.Cents
		var closed money.Cents
		for _, c := range l.Closes {
			closed += c.Cents
			used[c.Number] += c.Cents
			if p := t.credits[c.Number]; p == nil || c.Cents < 1 || used[c.Number] > p.open {
				return refuse("il provvisorio %d non esiste o non ha capienza per %s", c.Number, used[c.Number])
			}
		}
		switch {
		case l.Cents < 1:
			return refuse("la riga %d non ha importo", i+1)
		case l.Kind == Regularised && closed != l.Cents:
			return refuse("la riga %d vale %s e chiude provvisori per %s", i+1, l.Cents, closed)
		case l.Kind != Regularised && l.Kind != Compensation && l.Kind != Cash:
			return refuse("la riga %d ha il tipo di riscossione %q", i+1, l.Kind)
		case l.Kind != Regularised && len(l.Closes) > 0:
			return refuse("la riga %d non può chiudere provvisori", i+1)
		}
	}
	if len(o.Lines) == 0 || sum != o.Cents {
		return refuse("la reversale vale %s e le sue righe %s", o.Cents, sum)
	}
	return nil
}

// execute writes a line. A regularisation moves no cash: it passes from the
// open provisionals to the orders. A compensation has its warrant beside it.
func (t *Treasurer) execute(number int64, progressive int, l Line, on day.Date) {
	e := entry{in: true, document: "REVERSALE", operation: "ESEGUITO", number: number, progressive: progressive,
		cents: l.Cents, on: on, execution: l.Kind, party: l.Party, text: l.Text, closes: l.Closes}
	if e.party.Name == "" {
		e.party.Name = "DIVERSI"
	}
	if e.text == "" {
		e.text = "REVERSALE"
	}
	t.now.orders += l.Cents
	if l.Kind == Regularised {
		e.operation = "REGOLARIZZATO"
		t.now.credits -= l.Cents
		for _, c := range l.Closes {
			t.credits[c.Number].open -= c.Cents
		}
	}
	t.write(e)
	if l.Kind == Compensation {
		t.now.warrants += l.Cents
		e.in, e.document, e.number, e.progressive = false, "MANDATO", next(&t.nextPay), 1
		t.write(e)
	}
}

func (t *Treasurer) write(e entry) {
	e.quittance, e.movement = next(&t.quittance), next(&t.movement)
	t.waiting = append(t.waiting, e)
}

func next(n *int64) int64 {
	*n++
	return *n - 1
}
