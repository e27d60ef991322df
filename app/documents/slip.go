package documents

import (
	"fmt"
	"io"
	"time"

	"codeberg.org/go-pdf/fpdf"

	"cassacomune/app/codes"
	"cassacomune/app/day"
	"cassacomune/app/fault"
	"cassacomune/app/money"
)

// MaxSlips is how many slips one document holds: fpdf keeps all its pages in
// memory, so bigger runs are drawn in parts and joined with Merge.
const MaxSlips = 250

// Slip is a postal slip of type TD 896 (bollettino premarcato) at the foot of
// a letter that says what it pays.
type Slip struct {
	Created       time.Time // of the document; that of the first slip counts
	Issuer        Issuer
	Debtor        Party
	Account       string // postal account, up to 12 digits
	Holder        string // the account's holder (intestatario); empty is the issuer's name
	IBAN          string // of the postal account, 27 characters; may be empty
	Authorisation string // Poste's permission to print, "AUT. ..."; empty marks the slip FAC-SIMILE
	Code          string // customer code, 18 digits
	Amount        money.Cents
	DueOn         day.Date // zero prints no date
	Reason        string   // causale
	Items         []Item   // what the amount is made of; none prints the reason alone
	Secondary     *Texts   // second language beside Italian; nil is none
}

// WriteSlips draws one slip a page, MaxSlips at the most. It returns a fault
// of kind Invalid when a code, account or amount cannot stand on a slip, before
// anything is written. Texts too long or with characters that cannot be
// printed are no error: SlipChanges tells them.
func WriteSlips(w io.Writer, slips ...Slip) error {
	s, err := drawSlips(slips)
	if err != nil {
		return err
	}
	return s.output(w)
}

// SlipChanges tells which fields of a slip are printed otherwise than given.
func SlipChanges(slip Slip) ([]Change, error) {
	s, err := drawSlips([]Slip{slip})
	if err != nil {
		return nil, err
	}
	return s.changes, nil
}

func drawSlips(slips []Slip) (*sheet, error) {
	if len(slips) == 0 || len(slips) > MaxSlips {
		return nil, fmt.Errorf("drawing slips: %d in one document, want 1 to %d", len(slips), MaxSlips)
	}
	printed := make([]printedSlip, len(slips))
	for i, slip := range slips {
		var err error
		if printed[i], err = prepare(slip); err != nil {
			return nil, fmt.Errorf("drawing slip %d: %w", i+1, err)
		}
	}
	title := both(slips[0].Secondary, func(t *Texts) string { return t.SlipTitle })
	s, err := newSheet(true, title, italian.Language, slips[0].Created)
	if err != nil {
		return nil, err
	}
	furniture := map[furnitureKey]fpdf.Template{}
	for i := range printed {
		p := &printed[i]
		key := p.furnitureKey()
		if furniture[key] == nil {
			furniture[key] = s.template(func() { s.letterFurniture(p); s.slipFurniture(p) })
		}
		s.page(furniture[key], func() { s.letter(p); s.slip(p) })
	}
	return s, nil
}

// printedSlip is a slip with what its codes say.
type printedSlip struct {
	*Slip
	line    string
	account string // 12 digits
	bars    symbol
	matrix  symbol
}

func prepare(slip Slip) (p printedSlip, err error) {
	if slip.Holder == "" {
		slip.Holder = slip.Issuer.Name
	}
	p.Slip = &slip
	if err := checkSum(slip.Amount, slip.Items); err != nil {
		return p, err
	}
	if slip.IBAN != "" && len(slip.IBAN) != ibanBoxes {
		return p, fault.New(fault.Invalid, "documents.iban", "L’IBAN del conto postale deve avere %d caratteri, non %d.", ibanBoxes, len(slip.IBAN))
	}
	if p.line, err = codes.SlipLine(slip.Code, slip.Account, slip.Amount); err != nil {
		return p, err
	}
	payload, err := codes.SlipPayload(slip.Code, slip.Account, slip.Amount)
	if err != nil {
		return p, err
	}
	p.account = payload[22:34]
	if p.bars, err = bars(payload); err != nil {
		return p, err
	}
	p.matrix, err = matrix(payload)
	return p, err
}

// furnitureKey holds all that the furniture of a page depends on: slips that
// agree in it share one drawing.
type furnitureKey struct {
	issuer                               Issuer
	account, holder, iban, authorisation string
	secondary                            *Texts
}

func (p *printedSlip) furnitureKey() furnitureKey {
	return furnitureKey{p.Issuer, p.account, p.Holder, p.IBAN, p.Authorisation, p.Secondary}
}
