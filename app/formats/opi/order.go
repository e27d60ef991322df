package opi

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"cassacomune/app/day"
	"cassacomune/app/fault"
	"cassacomune/app/formats"
	"cassacomune/app/formats/internal/fixed"
	"cassacomune/app/money"
)

// How a payer's line is collected (tipo_riscossione).
const (
	Regularisation = "REGOLARIZZAZIONE"
	Compensation   = "COMPENSAZIONE"
	Cash           = "CASSA"
	StateBank      = "ACCREDITO BANCA D'ITALIA"
	PostalAccount  = "PRELIEVO DA CC POSTALE"
)

// Draft is a list of collection orders that we propose for a year. The
// accounting package numbers, completes, signs and sends them.
type Draft struct {
	Year   int
	Orders []Order
}

// Order is a collection order (reversale). Cents is gross: a fee withheld is
// a payer's line in compensation.
type Order struct {
	Year            int
	Number          int // 0: the accounting package will number it
	On              day.Date
	Cents           money.Cents
	EvidenceAccount string // conto_evidenza, "" where the Treasurer keeps one
	Chapter         string // codifica_bilancio, seven digits at the most
	ChapterName     string
	Article         string // three digits at the most
	ResidueYear     int    // 0: competence
	Payers          []Payer
}

// Payer is a payer's line (informazioni_versante).
type Payer struct {
	Progressive  int
	Cents        money.Cents
	Kind         string // Regularisation, Compensation, Cash...
	PostalNumber string // with PostalAccount
	Siope        string // codice_cge, four or ten digits
	EconomicCode string // level V of the integrated chart, without dots
	Recurring    bool
	StampDuty    string // assoggettamento_bollo; "": the accounting package decides
	Name         string
	TaxCode      string
	Causale      string
	Provisionals []formats.Provisional
}

// WriteReversali writes the draft: reversale elements of OPI 1.7.1 under a
// root of ours. Where Number or StampDuty is not set its element is left out,
// and the order is complete once the accounting package has added it.
func WriteReversali(w io.Writer, d Draft) error {
	var b bytes.Buffer
	b.WriteString(xml.Header)
	fmt.Fprintf(&b, "<bozza_reversali versione=\"1.7.1\" esercizio=\"%d\">\n", d.Year)
	for i, o := range d.Orders {
		if err := o.valid(d.Year); err != nil {
			return fmt.Errorf("order %d of the draft: %w", i+1, err)
		}
		o.write(&b)
	}
	b.WriteString("</bozza_reversali>\n")
	if _, err := w.Write(b.Bytes()); err != nil {
		return fmt.Errorf("write draft orders: %w", err)
	}
	return nil
}

func invalid(key, text string, args ...any) error {
	return fault.New(fault.Invalid, "opi."+key, text, args...).On(key)
}

// valid refuses what the schema or the Treasurer would refuse.
func (o Order) valid(year int) error {
	switch {
	case o.Year != year:
		return invalid("year", "la reversale è dell'esercizio %d, la bozza del %d", o.Year, year)
	case o.Number < 0 || o.Number > 9999999:
		return invalid("number", "il numero di reversale %d non ha da una a sette cifre", o.Number)
	case o.On.IsZero():
		return invalid("date", "la reversale non ha una data")
	case !fixed.Digits(o.Chapter) || len(o.Chapter) > 7 || strings.Trim(o.Chapter, "0") == "":
		return invalid("chapter", "la codifica di bilancio %q non ha da una a sette cifre", o.Chapter)
	case o.Article != "" && (!fixed.Digits(o.Article) || len(o.Article) > 3):
		return invalid("article", "l'articolo %q non ha da una a tre cifre", o.Article)
	case o.ResidueYear != 0 && (o.ResidueYear < 1980 || o.ResidueYear >= o.Year):
		return invalid("residue", "l'anno del residuo %d non precede l'esercizio %d", o.ResidueYear, o.Year)
	case utf8.RuneCountInString(o.EvidenceAccount) > 25:
		return invalid("account", "il conto di evidenza %q ha più di 25 caratteri", o.EvidenceAccount)
	case len(o.Payers) == 0:
		return invalid("payers", "la reversale non ha versanti")
	}
	var sum money.Cents
	seen := map[int]bool{}
	for _, p := range o.Payers {
		if seen[p.Progressive] {
			return invalid("progressive", "il progressivo di versante %d è ripetuto", p.Progressive)
		}
		seen[p.Progressive] = true
		if err := p.valid(); err != nil {
			return err
		}
		sum += p.Cents
	}
	if sum >= tooLarge {
		return invalid("amount", "la reversale, di %s, è troppo grande", sum)
	}
	if sum != o.Cents {
		return invalid("amount", "i versanti sommano %s, la reversale %s", sum, o.Cents)
	}
	return nil
}

// tooLarge is the first amount that the schemas' fifteen digits do not hold.
const tooLarge = 1e15

// stampDuties are the words of the schema.
var stampDuties = []string{"", "ESENTE BOLLO", "ASSOGGETTATO BOLLO A CARICO ENTE", "ASSOGGETTATO BOLLO A CARICO VERSANTE"}

func (p Payer) valid() error {
	switch {
	case p.Progressive < 1 || p.Progressive > 9999999:
		return invalid("progressive", "il progressivo di versante %d non è valido", p.Progressive)
	case p.Cents <= 0 || p.Cents >= tooLarge:
		return invalid("amount", "l'importo del versante, %s, non è positivo o è troppo grande", p.Cents)
	case p.Kind != Regularisation && p.Kind != Compensation && p.Kind != Cash && p.Kind != StateBank && p.Kind != PostalAccount:
		return invalid("kind", "il tipo di riscossione %q non è previsto", p.Kind)
	case p.Kind == PostalAccount && !fixed.Digits(p.PostalNumber):
		return invalid("postal", "manca il numero del conto corrente postale")
	case p.Siope != "" && (!fixed.Digits(p.Siope) || len(p.Siope) != 4 && len(p.Siope) != 10):
		return invalid("siope", "il codice SIOPE %q non ha quattro o dieci cifre", p.Siope)
	case p.EconomicCode != "" && (!fixed.Digits(p.EconomicCode) || len(p.EconomicCode) > 30 || p.Siope == ""):
		return invalid("economic", "il codice economico %q non ha da una a trenta cifre, o manca il SIOPE", p.EconomicCode)
	case !slices.Contains(stampDuties, p.StampDuty):
		return invalid("stamp_duty", "l'assoggettamento al bollo %q non è previsto", p.StampDuty)
	case strings.TrimSpace(p.Name) == "":
		return invalid("name", "manca l'anagrafica del versante")
	case strings.TrimSpace(p.Causale) == "":
		return invalid("causale", "manca la causale")
	case utf8.RuneCountInString(p.TaxCode) > 35 || p.TaxCode != strings.TrimSpace(p.TaxCode):
		return invalid("tax_code", "il codice fiscale %q è troppo lungo, o ha spazi intorno", p.TaxCode)
	case p.Kind == Regularisation && len(p.Provisionals) == 0:
		return invalid("provisionals", "una regolarizzazione chiude almeno un provvisorio")
	case len(p.Provisionals) > 1000:
		return invalid("provisionals", "un versante chiude al massimo 1000 provvisori, non %d", len(p.Provisionals))
	}
	var used money.Cents
	seen := map[string]bool{}
	for _, s := range p.Provisionals {
		if !fixed.Digits(s.Number) || len(s.Number) > 18 || strings.Trim(s.Number, "0") == "" || seen[strings.TrimLeft(s.Number, "0")] || s.Cents == nil || *s.Cents <= 0 {
			return invalid("provisionals", "il provvisorio %q è ripetuto, senza importo o senza un numero valido", s.Number)
		}
		seen[strings.TrimLeft(s.Number, "0")] = true
		used += *s.Cents
	}
	if len(p.Provisionals) > 0 && used != p.Cents {
		return invalid("provisionals", "i provvisori sommano %s, il versante %s", used, p.Cents)
	}
	return nil
}

// tag writes an element with its value, which is left out when empty.
func tag(b *bytes.Buffer, depth int, name, value string) {
	if value == "" {
		return
	}
	fmt.Fprintf(b, "%s<%s>", strings.Repeat("  ", depth), name)
	_ = xml.EscapeText(b, []byte(value)) // a Buffer does not fail
	fmt.Fprintf(b, "</%s>\n", name)
}

func numeral(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprint(n)
}

func (o Order) write(b *bytes.Buffer) {
	b.WriteString("  <reversale>\n")
	tag(b, 2, "tipo_operazione", "INSERIMENTO")
	tag(b, 2, "numero_reversale", numeral(o.Number))
	tag(b, 2, "data_reversale", o.On.String())
	tag(b, 2, "importo_reversale", o.Cents.Decimal())
	tag(b, 2, "conto_evidenza", o.EvidenceAccount)
	b.WriteString("    <bilancio>\n")
	tag(b, 3, "codifica_bilancio", o.Chapter)
	tag(b, 3, "descrizione_codifica", o.ChapterName)
	if o.ResidueYear == 0 {
		tag(b, 3, "gestione", "COMPETENZA")
	} else {
		tag(b, 3, "gestione", "RESIDUO")
		tag(b, 3, "anno_residuo", numeral(o.ResidueYear))
	}
	tag(b, 3, "numero_articolo", o.Article)
	tag(b, 3, "importo_bilancio", o.Cents.Decimal())
	b.WriteString("    </bilancio>\n")
	for _, p := range o.Payers {
		p.write(b)
	}
	b.WriteString("  </reversale>\n")
}

func (p Payer) write(b *bytes.Buffer) {
	b.WriteString("    <informazioni_versante>\n")
	tag(b, 3, "progressivo_versante", numeral(p.Progressive))
	tag(b, 3, "importo_versante", p.Cents.Decimal())
	tag(b, 3, "tipo_riscossione", p.Kind)
	tag(b, 3, "numero_ccp", p.PostalNumber)
	p.classify(b)
	if p.StampDuty != "" {
		b.WriteString("      <bollo>\n")
		tag(b, 4, "assoggettamento_bollo", p.StampDuty)
		b.WriteString("      </bollo>\n")
	}
	b.WriteString("      <versante>\n")
	tag(b, 4, "anagrafica_versante", p.Name)
	tag(b, 4, "codice_fiscale_versante", p.TaxCode)
	b.WriteString("      </versante>\n")
	tag(b, 3, "causale", p.Causale)
	for _, s := range p.Provisionals {
		b.WriteString("      <sospeso>\n")
		tag(b, 4, "numero_provvisorio", s.Number)
		tag(b, 4, "importo_provvisorio", s.Cents.Decimal())
		b.WriteString("      </sospeso>\n")
	}
	b.WriteString("    </informazioni_versante>\n")
}

// notEuropean is the code (codice UE) of revenue that does not finance a
// project of the European Union.
const notEuropean = "2"

func (p Payer) classify(b *bytes.Buffer) {
	if p.Siope == "" {
		return
	}
	b.WriteString("      <classificazione>\n")
	tag(b, 4, "codice_cge", p.Siope)
	tag(b, 4, "importo", p.Cents.Decimal())
	b.WriteString("        <classificazione_dati_siope_entrate>\n")
	tag(b, 5, "tipo_debito_siope_nc", "NON_COMMERCIALE")
	if p.EconomicCode != "" {
		b.WriteString("          <dati_ARCONET_siope>\n")
		tag(b, 6, "codice_economico_siope", p.EconomicCode)
		tag(b, 6, "importo_codice_economico_siope", p.Cents.Decimal())
		tag(b, 6, "codice_UE_siope", notEuropean)
		recurring := "NON RICORRENTE"
		if p.Recurring {
			recurring = "RICORRENTE"
		}
		tag(b, 6, "codice_entrata_siope", recurring)
		b.WriteString("          </dati_ARCONET_siope>\n")
	}
	b.WriteString("        </classificazione_dati_siope_entrate>\n      </classificazione>\n")
}
