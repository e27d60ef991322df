package documents

import (
	"strings"

	"cassacomune/app/money"
)

// Measures of the slip, from its own top left corner. Those of the parts, the
// band, the postmarks and the codes follow Poste's manual of 2020 as public
// code cites it; docs/formats/td896.md tells which are ours.
const (
	slipTop     = 108 * mm // the slip is the foot of an A4 in landscape
	sheetWide   = 297 * mm
	slipHigh    = 102 * mm
	depositWide = 132 * mm
	bodyHigh    = 83 * mm

	ibanBoxes   = 27
	barsModule  = 300 // 310 modules are 93 mm
	barsHigh    = 12 * mm
	barsLeft    = 196 * mm // leaves the quiet zone of 3 mm beside the postmark and the edge
	matrixDot   = 750      // 52 by 20 modules with the quiet zone are 39 by 15 mm
	codeSize    = 3514     // 9,96 points: ten characters of OCR-B to the inch
	dataSize    = 10 * pt
	labelSize   = 6 * pt
	fieldSize   = 8 * pt
	codeBase    = slipTop + 94*mm
	codeMargin  = 7500
	amountLeft  = 74 * mm
	accountLeft = 108 * mm
	creditLines = 196 * mm // payer, reason and symbol, right of the postmark
)

// half is one of the two parts of the slip.
type half struct{ left, right int }

var (
	deposit = half{8 * mm, 127 * mm}
	credit  = half{138 * mm, 289 * mm}
)

// slipFurniture draws what is the same on every slip of an account.
func (s *sheet) slipFurniture(p *printedSlip) {
	if p.Authorisation == "" {
		s.facSimile()
	}
	s.grey(black)
	s.line(0, slipTop, sheetWide, slipTop, 150, 1200)
	s.line(depositWide, slipTop, depositWide, slipTop+bodyHigh, 150, 1200)
	s.line(0, slipTop+bodyHigh, sheetWide, slipTop+bodyHigh, 250, 0)
	s.halfFurniture(p, deposit, func(t *Texts) string { return t.DepositHalf })
	s.halfFurniture(p, credit, func(t *Texts) string { return t.CreditHalf })
	s.right(deposit.right, slipTop+6*mm, bold, 9*pt, "TD 896")
	s.right(credit.right, slipTop+6*mm, bold, 9*pt, "TD 896")
	s.ibanRow(p.IBAN)
	s.postmark(p, 72*mm)
	s.postmark(p, credit.left)
	s.bandLabels(p)
}

// facSimile marks a slip that Poste has not yet authorised; the symbols are
// drawn over it and stay readable.
func (s *sheet) facSimile() {
	const size = 58 * pt
	s.grey(pale)
	for _, h := range [2][2]int{{0, depositWide}, {depositWide, sheetWide}} {
		middle := (h[0] + h[1] - bold.width("FAC-SIMILE", size)) / 2
		s.text(middle, slipTop+50*mm, bold, size, "FAC-SIMILE")
	}
	s.grey(black)
	const note = "FAC-SIMILE: bollettino non ancora autorizzato, non pagabile"
	s.text((sheetWide-bold.width(note, 8*pt))/2, slipTop-1500, bold, 8*pt, note)
}

func (s *sheet) halfFurniture(p *printedSlip, h half, name func(*Texts) string) {
	s.text(h.left, slipTop+5800, bold, 8*pt, "CONTI CORRENTI POSTALI")
	s.text(h.left+36*mm, slipTop+5800, regular, 8*pt, s.fit("titolo", regular, 8*pt, h.right-h.left-52*mm, both(p.Secondary, name)))
	s.accountRow(p, h)
	s.label(p, h.left, slipTop+23800, func(t *Texts) string { return t.HeldBy })
	s.text(h.left, slipTop+28*mm, bold, 9*pt, s.fit("intestatario", bold, 9*pt, h.right-h.left, p.Holder))
	s.label(p, h.left, slipTop+37800, func(t *Texts) string { return t.CustomerCode })
	if p.Authorisation != "" {
		left := h.left
		if h == credit {
			left = creditLines
		}
		s.text(left, slipTop+81800, regular, labelSize, s.fit("autorizzazione", regular, labelSize, 40*mm, p.Authorisation))
	}
}

// accountRow draws the account and the empty box of the amount, 9,5 mm from
// the top.
func (s *sheet) accountRow(p *printedSlip, h half) {
	const base, top, high = slipTop + 13*mm, slipTop + 9500, 5 * mm
	s.text(h.left, base, bold, 11*pt, "€")
	s.text(h.left+4*mm, base, regular, 7*pt, both(p.Secondary, func(t *Texts) string { return t.OnAccount }))
	s.frame(h.left+31*mm, top, 34*mm, high, 200)
	s.text(h.left+32750, base, ocr, dataSize, p.account)
	s.right(h.right-36*mm, base, regular, 7*pt, both(p.Secondary, func(t *Texts) string { return t.OfEuro }))
	s.frame(h.right-34*mm, top, 34*mm, high, 200)
	s.label(p, h.left, slipTop+18500, func(t *Texts) string { return t.InWords })
}

// ibanRow draws the 27 boxes of the IBAN on the accredito.
func (s *sheet) ibanRow(iban string) {
	const box, top = 4 * mm, slipTop + 29800
	left := credit.right - ibanBoxes*box
	s.text(left-9*mm, top+3300, regular, 7*pt, "IBAN")
	for i := range ibanBoxes {
		s.frame(left+i*box, top, box, 4500, 120)
		if iban != "" {
			s.text(left+i*box+(box-ocr.width("0", 9*pt))/2, top+3400, ocr, 9*pt, iban[i:i+1])
		}
	}
}

func (s *sheet) postmark(p *printedSlip, left int) {
	const wide, high = 55 * mm, 34 * mm
	s.frame(left, slipTop+49*mm, wide, high-200, 120)
	s.grey(mid)
	text := s.clean("bollo", regular, both(p.Secondary, func(t *Texts) string { return t.Postmark }))
	s.text(left+(wide-regular.width(text, labelSize))/2, slipTop+81500, regular, labelSize, text)
	s.grey(black)
}

// bandLabels names the fields of the code line, above the white band, which
// stays clear of everything else.
func (s *sheet) bandLabels(p *printedSlip) {
	warning := italian.DoNotWrite
	if p.Secondary != nil {
		warning = p.Secondary.DoNotWrite
	}
	s.right(credit.right, slipTop+79300, bold, labelSize, italian.DoNotWrite)
	if warning != italian.DoNotWrite {
		s.right(credit.right, slipTop+81800, bold, labelSize, s.clean("avvertenza", bold, warning))
	}
}

func (s *sheet) label(p *printedSlip, x, y int, word func(*Texts) string) {
	s.grey(dark)
	s.text(x, y, regular, labelSize, s.clean("etichetta", regular, both(p.Secondary, word)))
	s.grey(black)
}

// slip draws what is this debtor's own.
func (s *sheet) slip(p *printedSlip) {
	s.slipHalf(p, deposit, deposit.left, 72*mm-2*mm)
	s.slipHalf(p, credit, creditLines, credit.right)
	s.symbol(deposit.left+2*matrixDot, slipTop+65*mm, matrixDot, matrixDot, p.matrix)
	s.symbol(barsLeft, slipTop+64500, barsModule, barsHigh, p.bars)
	s.codeLine(p.line)
}

func (s *sheet) slipHalf(p *printedSlip, h half, left, right int) {
	s.right(h.right-1500, slipTop+13*mm, ocr, dataSize, p.Amount.Comma())
	s.text(h.left+regular.width(both(p.Secondary, func(t *Texts) string { return t.InWords }), labelSize)+2*mm, slipTop+18500, regular, fieldSize,
		s.fit("importo in lettere", regular, fieldSize, h.right-h.left-45*mm, inWords(p.Amount)))
	s.text(h.left, slipTop+42*mm, ocr, dataSize, p.Code)
	s.payerAndReason(p, h, left, right)
}

// payerAndReason puts who pays and why where each half has room: the versamento
// has its lines under the holder, the accredito beside the postmark.
func (s *sheet) payerAndReason(p *printedSlip, h half, left, right int) {
	payerX, payerY := left, slipTop+37500
	if h == deposit {
		payerX, payerY = 72*mm, slipTop+33*mm
	}
	s.label(p, payerX, payerY, func(t *Texts) string { return t.PaidBy })
	y := payerY + 3500
	s.text(payerX, y, bold, fieldSize, s.fit("debitore", bold, fieldSize, h.right-payerX, p.Debtor.Name))
	for i, line := range p.Debtor.Address {
		if i == 2 {
			break
		}
		y += 3200
		s.text(payerX, y, regular, 7*pt, s.fit("indirizzo", regular, 7*pt, h.right-payerX, line))
	}
	const reasonTop = slipTop + 52*mm
	s.label(p, left, reasonTop, func(t *Texts) string { return t.Reason })
	for i, line := range s.wrap("causale", regular, fieldSize, right-left, 3, p.Reason) {
		s.text(left, reasonTop+3600+i*3400, regular, fieldSize, line)
	}
}

// codeLine places the four fields of the code line in the white band.
func (s *sheet) codeLine(line string) {
	fields := strings.Fields(line)
	lefts := [4]int{codeMargin, amountLeft, accountLeft, 0}
	lefts[3] = sheetWide - codeMargin - ocr.width(fields[3], codeSize)
	for i, field := range fields {
		s.text(lefts[i], codeBase, ocr, codeSize, field)
	}
}

// euros prints an amount with its sign, as money.Cents does.
func euros(c money.Cents) string { return c.String() }
