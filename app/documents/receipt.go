package documents

import (
	"fmt"
	"io"
	"strings"
	"time"

	"cassacomune/app/day"
	"cassacomune/app/money"
)

// Receipt is the payer's proof (ricevuta di pagamento). It is not the
// Treasurer's quittance, and says so.
type Receipt struct {
	Created     time.Time // of the document
	Issuer      Issuer
	Number      string
	PaidAt      time.Time // midnight in Italy where only the day is known
	Payer       Party
	Items       []Item
	Amount      money.Cents
	Channel     string // how it was paid, in words
	Transaction string // the provider's identifier
	Code        string // what to quote when asking about this payment
	Secondary   *Texts
}

// PaidOn prints when it was paid, in Italian time: the day alone where nobody
// told the hour.
func (r Receipt) PaidOn() string {
	at := r.PaidAt.In(day.Rome)
	if at.Equal(day.Of(at).Start()) {
		return day.Of(at).Italian()
	}
	return at.Format("02/01/2006 15:04:05")
}

// Quoted is the code to quote, a notice's or a slip's easy to dictate.
func (r Receipt) Quoted() string {
	if len(r.Code) == 18 && strings.Trim(r.Code, "0123456789") == "" {
		return grouped(r.Code)
	}
	return r.Code
}

const (
	receiptLeft  = 20 * mm
	receiptRight = 190 * mm
	receiptFoot  = 262 * mm // rows stop here, the statement follows
)

// WriteReceipt draws a receipt in A4, on as many pages as its items need. It
// returns a fault of kind Invalid when the items do not sum to the amount.
func WriteReceipt(w io.Writer, r Receipt) error {
	s, err := drawReceipt(r)
	if err != nil {
		return err
	}
	return s.output(w)
}

// ReceiptChanges tells which fields of a receipt are printed otherwise than
// given.
func ReceiptChanges(r Receipt) ([]Change, error) {
	s, err := drawReceipt(r)
	if err != nil {
		return nil, err
	}
	return s.changes, nil
}

func drawReceipt(r Receipt) (*sheet, error) {
	if err := checkSum(r.Amount, r.Items); err != nil {
		return nil, fmt.Errorf("drawing receipt %s: %w", r.Number, err)
	}
	s, err := newSheet(false, both(r.Secondary, func(t *Texts) string { return t.ReceiptTitle }), italian.Language, r.Created)
	if err != nil {
		return nil, err
	}
	rest := r.Items
	for number := 1; number == 1 || len(rest) > 0; number++ {
		s.page(nil, func() { rest = s.receiptPage(r, rest, number) })
	}
	return s, nil
}

// receiptPage draws one page and returns the items that had no room. The total
// stands below the last item.
func (s *sheet) receiptPage(r Receipt, items []Item, number int) (rest []Item) {
	s.head(receiptLeft, receiptRight, r.Issuer)
	s.title(receiptLeft, 45*mm, r.Secondary, func(t *Texts) string { return t.ReceiptTitle })
	y := 52 * mm
	if number == 1 {
		y = s.receiptFacts(r)
	}
	s.tableHead(r.Secondary, receiptLeft, receiptRight, y, func(t *Texts) string { return t.PaidFor }, func(t *Texts) string { return t.Paid })
	y += rowHigh
	for len(items) > 0 && y < receiptFoot-10*mm {
		y = s.items(r.Secondary, receiptLeft, receiptRight, y, items[:1])
		items = items[1:]
	}
	if len(items) == 0 {
		s.text(receiptLeft+1500, y+5*mm, bold, 10*pt, both(r.Secondary, func(t *Texts) string { return t.TotalPaid }))
		s.right(receiptRight-1500, y+5*mm, bold, 12*pt, euros(r.Amount))
	}
	s.receiptFootnote(r, number)
	return items
}

// receiptFacts draws number, date, payer and channel, and returns where they
// end.
func (s *sheet) receiptFacts(r Receipt) int {
	payer := r.Payer.Name
	if r.Payer.Code != "" {
		payer += " · C.F. " + r.Payer.Code
	}
	facts := []struct {
		word  func(*Texts) string
		field string
		value string
	}{
		{func(t *Texts) string { return t.Number }, "numero", r.Number},
		{func(t *Texts) string { return t.PaidOn }, "data", r.PaidOn()},
		{func(t *Texts) string { return t.Payer }, "versante", payer},
		{func(t *Texts) string { return t.Channel }, "canale", r.Channel},
		{func(t *Texts) string { return t.Transaction }, "transazione", r.Transaction},
		{func(t *Texts) string { return t.ToQuote }, "codice", r.Quoted()},
	}
	y := 54 * mm
	for _, fact := range facts {
		if fact.value == "" {
			continue
		}
		const indent = 58 * mm
		s.grey(dark)
		s.text(receiptLeft, y, regular, 9*pt, s.fit("etichetta", regular, 9*pt, indent-2*mm, both(r.Secondary, fact.word)))
		s.grey(black)
		s.text(receiptLeft+indent, y, bold, 10*pt, s.fit(fact.field, bold, 10*pt, receiptRight-receiptLeft-indent, fact.value))
		y += 7 * mm
	}
	return y + 3*mm
}

func (s *sheet) receiptFootnote(r Receipt, number int) {
	const wide = receiptRight - receiptLeft
	y := receiptFoot + 5*mm
	s.line(receiptLeft, y, receiptRight, y, 100, 0)
	statements := []string{italian.Statement}
	if r.Secondary != nil {
		statements = append(statements, r.Secondary.Statement)
	}
	for _, text := range statements {
		for _, line := range s.wrap("avvertenza", regular, 8*pt, wide, 2, text) {
			y += 4 * mm
			s.text(receiptLeft, y, regular, 8*pt, line)
		}
	}
	s.grey(dark)
	s.right(receiptRight, 290*mm, regular, 7*pt, fmt.Sprintf("%s %d", both(r.Secondary, func(t *Texts) string { return t.Page }), number))
	s.grey(black)
}
