package documents

import (
	"fmt"
	"slices"

	"cassacomune/app/money"
)

const (
	letterLeft   = 12 * mm
	letterMiddle = 150 * mm // the right column: recipient and what to do
	columnWide   = 124 * mm
	letterRight  = 285 * mm
	tableTop     = 44 * mm
	rowHigh      = 5500
	maxRows      = 8
	maxTall      = 5 // rows when some have a second line
)

// letterFurniture draws the head of the letter and its instructions.
func (s *sheet) letterFurniture(p *printedSlip) {
	s.head(letterLeft, letterMiddle-14*mm, p.Issuer)
	s.grey(dark)
	s.text(letterMiddle, 15*mm, regular, 7*pt, both(p.Secondary, func(t *Texts) string { return t.Recipient }))
	s.grey(black)
	s.title(letterLeft, 38500, p.Secondary, func(t *Texts) string { return t.SlipTitle })
	s.tableHead(p.Secondary, letterLeft, letterLeft+columnWide, tableTop, func(t *Texts) string { return t.ToPay }, func(t *Texts) string { return t.Amount })
	s.instructions(p.Secondary)
}

// head draws who writes: name, office, address, codes.
func (s *sheet) head(left, right int, issuer Issuer) {
	s.grey(black)
	s.fill(left, 10*mm, 1200, 17*mm)
	x, wide := left+4*mm, right-left-4*mm
	name := issuer.Name
	if issuer.SecondaryName != "" {
		name += " – " + issuer.SecondaryName
	}
	s.text(x, 15*mm, bold, 15*pt, s.fit("ente", bold, 15*pt, wide, name))
	s.text(x, 20*mm, regular, 9*pt, s.fit("ufficio", regular, 9*pt, wide, issuer.Office))
	s.grey(dark)
	s.text(x, 23800, regular, 7*pt, s.fit("indirizzo dell’ente", regular, 7*pt, wide, joined(issuer.Address, issuer.FiscalCode)))
	s.text(x, 26900, regular, 7*pt, s.fit("recapiti", regular, 7*pt, wide, issuer.Contacts))
	s.grey(black)
}

func joined(address, fiscalCode string) string {
	switch {
	case fiscalCode == "":
		return address
	case address == "":
		return "C.F. " + fiscalCode
	}
	return address + " · C.F. " + fiscalCode
}

// title draws the name of the paper, the second language in grey beside it.
func (s *sheet) title(x, y int, secondary *Texts, word func(*Texts) string) {
	s.text(x, y, bold, 14*pt, word(italian))
	if secondary != nil {
		s.grey(dark)
		s.text(x+bold.width(word(italian), 14*pt)+3*mm, y, regular, 12*pt, s.clean("titolo", regular, word(secondary)))
		s.grey(black)
	}
}

func (s *sheet) tableHead(secondary *Texts, left, right, top int, what, amount func(*Texts) string) {
	s.grey(wash)
	s.fill(left, top, right-left, rowHigh)
	s.grey(black)
	s.text(left+1500, top+3800, bold, 7*pt, both(secondary, what))
	s.right(right-26*mm, top+3800, bold, 7*pt, both(secondary, func(t *Texts) string { return t.DueOn }))
	s.right(right-1500, top+3800, bold, 7*pt, both(secondary, amount))
}

func (s *sheet) instructions(secondary *Texts) {
	const wide = letterRight - letterMiddle
	languages := []*Texts{italian}
	if secondary != nil {
		languages = append(languages, secondary)
	}
	y := 62 * mm
	for _, t := range languages {
		s.grey(black)
		s.text(letterMiddle, y, bold, 8*pt, s.clean("istruzioni", bold, t.HowToPay))
		for _, text := range t.Instructions {
			y += 800
			for _, line := range s.wrap("istruzioni", regular, 7*pt, wide, 3, text) {
				y += 3100
				s.text(letterMiddle, y, regular, 7*pt, line)
			}
		}
		y += 5 * mm
	}
}

// letter draws what is this debtor's own: address, items, amount and date.
func (s *sheet) letter(p *printedSlip) {
	s.address(p.Debtor)
	s.amountBox(p)
	items := p.Items
	if len(items) == 0 {
		items = []Item{{Text: p.Reason, DueOn: p.DueOn, Amount: p.Amount}}
	}
	y := s.items(p.Secondary, letterLeft, letterLeft+columnWide, tableTop+rowHigh, letterItems(p.Secondary, items))
	s.total(p.Secondary, letterLeft, letterLeft+columnWide, y, p.Amount)
}

func (s *sheet) address(party Party) {
	const wide = letterRight - letterMiddle
	s.text(letterMiddle, 19500, bold, 11*pt, s.fit("debitore", bold, 11*pt, wide, party.Name))
	y := 19500
	for i, line := range party.Address {
		if i == 3 {
			s.changed(Change{Field: "indirizzo", Cut: true})
			break
		}
		y += 4500
		s.text(letterMiddle, y, regular, 10*pt, s.fit("indirizzo", regular, 10*pt, wide, line))
	}
	if party.Code != "" {
		s.grey(dark)
		s.text(letterMiddle, y+4500, regular, 8*pt, s.fit("codice fiscale", regular, 8*pt, wide, "C.F. "+party.Code))
		s.grey(black)
	}
}

// amountBox repeats the three things that a payer needs.
func (s *sheet) amountBox(p *printedSlip) {
	const top, high = tableTop - 1500, 12 * mm
	s.frame(letterMiddle, top, letterRight-letterMiddle, high, 200)
	cell := func(x int, word func(*Texts) string, size int, text string) {
		s.grey(dark)
		s.text(x, top+4*mm, regular, 7*pt, s.clean("etichetta", regular, both(p.Secondary, word)))
		s.grey(black)
		s.text(x, top+9500, bold, size, text)
	}
	cell(letterMiddle+3*mm, func(t *Texts) string { return t.Due }, 14*pt, euros(p.Amount))
	if !p.DueOn.IsZero() {
		cell(letterMiddle+45*mm, func(t *Texts) string { return t.DueOn }, 14*pt, p.DueOn.Italian())
	}
	cell(letterMiddle+85*mm, func(t *Texts) string { return t.Code }, 11*pt, grouped(p.Code))
}

// grouped breaks a long code in groups of four, easier to dictate.
func grouped(code string) string {
	out := make([]byte, 0, len(code)+len(code)/4)
	for i := range len(code) {
		if i > 0 && i%4 == 0 {
			out = append(out, ' ')
		}
		out = append(out, code[i])
	}
	return string(out)
}

// letterItems keeps the items that have room and folds the rest into one row,
// so that the rows always sum to the total.
func letterItems(secondary *Texts, items []Item) []Item {
	room := maxRows
	if secondary != nil || slices.ContainsFunc(items, func(i Item) bool { return i.Code != "" }) {
		room = maxTall
	}
	if len(items) <= room {
		return items
	}
	kept := append([]Item(nil), items[:room-1]...)
	var rest money.Cents
	for _, i := range items[room-1:] {
		rest += i.Amount
	}
	count := len(items) - room + 1
	more := Item{Text: fmt.Sprintf("%s (%d)", italian.More, count), Amount: rest}
	if secondary != nil {
		more.Secondary = fmt.Sprintf("%s (%d)", secondary.More, count)
	}
	return append(kept, more)
}

// items draws the rows of a table and returns where it ends. The code and the
// second language stand below the text.
func (s *sheet) items(secondary *Texts, left, right, y int, items []Item) int {
	for _, item := range items {
		s.text(left+1500, y+3800, regular, fieldSize, s.fit("voce", regular, fieldSize, right-left-48*mm, item.Text))
		if !item.DueOn.IsZero() {
			s.right(right-26*mm, y+3800, regular, fieldSize, item.DueOn.Italian())
		}
		s.right(right-1500, y+3800, regular, fieldSize, euros(item.Amount))
		y += rowHigh
		if below := item.below(secondary); below != "" {
			y -= 1200
			s.grey(dark)
			s.text(left+1500, y+2700, regular, 7*pt, s.fit("voce", regular, 7*pt, right-left-48*mm, below))
			s.grey(black)
			y += 3800
		}
		s.line(left, y, right, y, 80, 0)
	}
	return y
}

// below is the second line of an item: its code, easy to dictate, and its text
// in the second language.
func (i Item) below(secondary *Texts) string {
	code := grouped(i.Code)
	switch {
	case secondary == nil || i.Secondary == "":
		return code
	case code == "":
		return i.Secondary
	}
	return code + " · " + i.Secondary
}

func (s *sheet) total(secondary *Texts, left, right, y int, amount money.Cents) {
	s.text(left+1500, y+4500, bold, 9*pt, s.clean("totale", bold, both(secondary, func(t *Texts) string { return t.Total })))
	s.right(right-1500, y+4500, bold, 10*pt, euros(amount))
	s.line(left, y+6200, right, y+6200, 300, 0)
}
