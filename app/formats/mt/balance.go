package mt

import (
	"fmt"
	"strconv"

	"cassacomune/app/formats"
	"cassacomune/app/formats/internal/fixed"
)

// opening takes :60F:, or :60M: of a statement in several messages.
func (m *reader) opening(f field, content string) {
	b := m.block
	v, ok := m.readBalance(f, content)
	if !ok {
		return
	}
	if b.currency == "" || b.opening == nil {
		b.currency = v.Currency
	}
	if b.opening != nil && b.statement {
		m.Warn(f.line, ":"+f.tag+":", content, "secondo saldo iniziale nello stesso estratto")
	}
	if b.opening == nil {
		b.opening = v
	}
	if m.room(b.before) {
		b.before = append(b.before, *v)
	}
}

// balance takes a balance that stands after the movements: :62F:, or :62M:
// where another message goes on; :64: available; :65: in the days to come.
func (m *reader) balance(f field, content string) {
	b := m.block
	v, ok := m.readBalance(f, content)
	if !ok {
		return
	}
	if f.tag == "62F" || f.tag == "62M" {
		if b.closing != nil {
			m.Warn(f.line, ":"+f.tag+":", content, "secondo saldo finale nello stesso estratto")
		}
		b.closing = v
	}
	if m.room(b.after) {
		b.after = append(b.after, *v)
	}
}

func (m *reader) room(balances []formats.Balance) bool {
	if len(balances) < mostBalances {
		return true
	}
	if !m.block.full {
		m.Error(m.line, "saldi", "", "troppi saldi nello stesso estratto")
	}
	m.block.full = true
	return false
}

// readBalance reads C or D, a date, a currency, an amount. A balance on a day
// that does not exist keeps its amount.
func (m *reader) readBalance(f field, content string) (*formats.Balance, bool) {
	tag := ":" + f.tag + ":"
	if len(content) < 11 || content[0] != 'C' && content[0] != 'D' || !currency(content[7:10]) {
		m.Error(f.line, tag, content, "saldo non leggibile")
		return nil, false
	}
	v := &formats.Balance{Kind: f.tag, Currency: content[7:10]}
	cents, err := fixed.Comma(content[10:], formats.Exponent(v.Currency))
	if err != nil {
		m.Error(f.line, tag, content[10:], "saldo: "+err.Error())
		return nil, false
	}
	if v.On, err = fixed.YYMMDD(content[1:7]); err != nil {
		m.Error(f.line, tag, content[1:7], "data del saldo: "+err.Error())
	}
	if v.Cents = cents; content[0] == 'D' {
		v.Cents = -cents
	}
	return v, true
}

// declared takes the count and the sum of the credits (:90C:) or debits
// (:90D:) of an interim report: 3EUR12,50.
func (m *reader) declared(f field, content string) {
	b := m.block
	n := 0
	for n < len(content) && digit(content[n]) {
		n++
	}
	count, err := strconv.Atoi(content[:n])
	if err != nil || len(content) < n+4 || !currency(content[n:n+3]) {
		m.Error(f.line, ":"+f.tag+":", content, "totale dei movimenti non leggibile")
		return
	}
	if b.currency == "" {
		b.currency = content[n : n+3]
	}
	cents, err := fixed.Comma(content[n+3:], formats.Exponent(content[n:n+3]))
	if err != nil {
		m.Error(f.line, ":"+f.tag+":", content[n+3:], "totale dei movimenti: "+err.Error())
		return
	}
	to := &b.declared.credit
	if f.tag == "90D" {
		to = &b.declared.debit
	}
	*to = &tally{count, cents}
}

// verify warns about what does not add up, and says what is missing.
func (m *reader) verify(b *block) {
	if !b.interim && b.closing == nil {
		m.Error(m.line, ":62F:", "", "manca il saldo finale: il file sembra troncato")
	}
	if b.opening != nil && b.closing != nil && b.opening.Currency == b.closing.Currency {
		if got := b.opening.Cents + b.moved; got != b.closing.Cents {
			m.Warn(b.line, "equazione", formats.Decimal(b.closing.Cents, b.currency),
				"saldo iniziale e movimenti danno "+formats.Decimal(got, b.currency)+" e non il saldo finale")
		}
	}
	m.compare(b, ":90C:", b.declared.credit, b.credit)
	m.compare(b, ":90D:", b.declared.debit, b.debit)
}

func (m *reader) compare(b *block, tag string, declared *tally, counted tally) {
	if declared == nil || *declared == counted {
		return
	}
	show := func(t tally) string {
		return fmt.Sprintf("%d movimenti per %s", t.count, formats.Decimal(t.cents, b.currency))
	}
	m.Warn(b.line, tag, show(*declared), "nel messaggio ci sono "+show(counted))
}

func currency(s string) bool { return len(s) == 3 && letter(s[0]) && letter(s[1]) && letter(s[2]) }
