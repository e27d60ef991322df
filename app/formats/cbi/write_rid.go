package cbi

import (
	"io"

	"cassacomune/app/codes"
	"cassacomune/app/day"
	"cassacomune/app/formats"
)

// RIDTerms is what a flow of RID says that a SEPA direct debit does not.
type RIDTerms struct {
	Kind   string // tipo incasso: "" commercial, U utilities, V fast
	Code   string // kind of the debtors' codes: 1 utility 2 badge 3 tax code 4 customer 5 supplier 6 portfolio 9 other; "" is 4
	Refund string // facoltà di storno: 1 2 3 4 8 9; "" leaves it to the mandate
}

// ridLine is the width of a line of text, of which a record 50 has two. A
// longer text is up to five records 60.
const ridLine = 45

// WriteRID writes a request to collect as a flow of RID, a historical format.
// The initiator's Code is its SIA code, a mandate's ID the debtor's code at the
// creditor's, EndToEnd our own reference. Batches are runs of disposals: the
// layout has none, and their ids are not written. Problems are as those of the
// pain writers: everything is checked before the first byte, and if one is an
// error nothing is written.
func WriteRID(w io.Writer, d formats.DirectDebits, terms RIDTerms) ([]formats.Problem, error) {
	found := checkRID(d, terms)
	if err := formats.Refused(found, "cbi.refused"); err != nil {
		return found, err
	}
	bank := d.Batches[0].Creditor.IBAN[5:10]
	o := newOut(w, "IR", d.Initiator.Code, bank, day.Of(d.CreatedAt), d.ID)
	o.head.put(113, terms.Kind)
	o.write(o.head)
	for _, b := range d.Batches {
		for _, p := range b.Debits {
			o.disposal(p.Cents, true)
			o.debit(d.Initiator.Code, terms, b, p)
		}
	}
	return found, o.close()
}

// debit writes the records of one collection. Record 16 may be left out by the
// paper, and banks were seen to refuse a flow without it.
func (o *out) debit(sender string, terms RIDTerms, b formats.DebitBatch, p formats.Debit) {
	r := o.record("10")
	r.day(23, b.On)
	r.put(29, "50000")
	r.number(34, 13, int64(p.Cents))
	r.put(47, "-")
	r.account(48, 58, b.Creditor.IBAN)
	r.put(70, p.Debtor.IBAN[5:15])
	r.put(92, sender)
	r.put(97, "4")
	r.put(97, terms.Code)
	r.put(98, p.Mandate.ID)
	r.put(119, terms.Kind)
	r.put(120, "E")
	o.write(r)
	r = o.record("16")
	r.put(11, b.Creditor.IBAN)
	r.put(45, b.CreditorID)
	o.write(r)
	r = o.record("17")
	r.put(11, p.Debtor.IBAN)
	r.put(38, b.Sequence)
	r.day(42, p.Mandate.SignedOn)
	o.write(r)
	r = o.record("20")
	r.pieces(11, 30, pieces(b.Creditor.Name, 30))
	o.write(r)
	r = o.record("30")
	r.pieces(11, 30, pieces(p.Debtor.Name, 30))
	o.write(r)
	o.text(pieces(p.Text, ridLine))
	r = o.record("70")
	r.put(11, p.EndToEnd)
	r.put(96, terms.Refund)
	o.write(r)
}

// text writes record 50, or 60 as often as a longer text needs.
func (o *out) text(lines []string) {
	kind := "50"
	if len(lines) > 2 {
		kind = "60"
	}
	for first := true; first || len(lines) > 0; first = false {
		r := o.record(kind)
		n := min(2, len(lines))
		r.pieces(11, ridLine, lines[:n])
		o.write(r)
		lines = lines[n:]
	}
}

func checkRID(d formats.DirectDebits, terms RIDTerms) []formats.Problem {
	c := newChecker()
	created := day.Of(d.CreatedAt)
	if d.CreatedAt.IsZero() {
		created = day.Date{}
	}
	c.sender(d.Initiator.Code, d.ID, created)
	c.oneOf("tipo_incasso_rid", terms.Kind, "UV")
	c.oneOf("tipo_codice", terms.Code, "1234569")
	c.oneOf("flag_facolta_storno", terms.Refund, "123489")
	if d.Scheme != "" && d.Scheme != "CORE" {
		c.refuse("scheme", d.Scheme, "il RID non conosce altri schemi che quello ordinario (CORE)")
	}
	if len(d.Batches) == 0 {
		c.refuse("numero_disposizioni", "0", "il flusso non contiene addebiti")
	}
	bank, place := "", 0
	for _, b := range d.Batches {
		c.place = 0
		if own := c.ridBatch(b, created); bank == "" {
			bank = own
		} else if own != "" && own != bank {
			c.refuse("abi_assuntrice", own, "una sola banca per flusso: la prima è %s", bank)
		}
		for _, p := range b.Debits {
			place++
			c.place = place
			c.debit(b, p)
		}
	}
	return c.found
}

var sequences = map[string]bool{"": true, "FRST": true, "RCUR": true, "OOFF": true, "FNAL": true}

// ridBatch returns the bank that a batch goes through, by its ABI.
func (c *checker) ridBatch(b formats.DebitBatch, created day.Date) (bank string) {
	if !sequences[b.Sequence] {
		c.refuse("sequence_type", b.Sequence, "la sequenza è FRST, RCUR, OOFF o FNAL")
	}
	c.due(b.On, created)
	c.name("descrizione_creditore", b.Creditor.Name, 90)
	c.placeless("booking", b.Booking)
	c.placeless("codice_fiscale_creditore", b.Creditor.Code)
	c.placeless("indirizzo_creditore", b.Creditor.Address)
	if err := codes.CheckCreditorID(b.CreditorID); err != nil {
		c.refuse("creditor_identifier", b.CreditorID, "%s", clause(err))
	}
	if len(b.Debits) == 0 {
		c.refuse("numero_disposizioni", b.ID, "la sottodistinta non contiene addebiti")
	}
	if c.iban("conto_ordinante", b.Creditor.IBAN) {
		bank = b.Creditor.IBAN[5:10]
	}
	return bank
}

func (c *checker) debit(b formats.DebitBatch, p formats.Debit) {
	c.reference("codice_riferimento", p.EndToEnd, 15)
	c.amount(p.Cents)
	c.code("codice_cliente_debitore", p.Mandate.ID, 16)
	if signed := p.Mandate.SignedOn; !signed.IsZero() {
		c.day("data_firma_mandato", signed)
		if signed.After(b.On) {
			c.refuse("data_firma_mandato", signed.String(), "segue la scadenza dell'addebito, %s", b.On.Italian())
		}
	}
	if p.Mandate.Amendment != nil {
		c.refuse("mandato", p.Mandate.ID, "il RID non dice che cosa è cambiato nel mandato")
	}
	c.name("descrizione_debitore", p.Debtor.Name, 90)
	c.iban("conto_debitore", p.Debtor.IBAN)
	c.words("riferimento", p.Text, 10*ridLine)
	c.placeless("instruction", p.Instruction)
	c.placeless("purpose", p.Purpose)
	c.placeless("codice_fiscale_debitore", p.Debtor.Code)
	c.placeless("indirizzo_debitore", p.Debtor.Address) // record 40 wants it in parts
	c.placeless("debitore_effettivo", p.Ultimate.Name)
	if p.Reference != "" {
		c.refuse("reference", p.Reference, "un riferimento strutturato non ha posto nel tracciato: va nella causale")
	}
}
