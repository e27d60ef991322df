package opi

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cassacomune/app/day"
	"cassacomune/app/fault"
	"cassacomune/app/formats"
	"cassacomune/app/formats/internal/xmllint"
	"cassacomune/app/formats/internal/xmlscan"
	"cassacomune/app/money"
	"cassacomune/app/shared"
	"github.com/google/go-cmp/cmp"
)

func draft() Draft {
	a, b := money.Cents(6000), money.Cents(3850)
	return Draft{Year: 2026, Orders: []Order{{Year: 2026, On: day.New(2026, 3, 12), Cents: 10000, Chapter: "3010", ChapterName: "Mensa & trasporti", Article: "2",
		Payers: []Payer{
			{Progressive: 1, Cents: 9850, Kind: Regularisation, Siope: "3010201008", EconomicCode: "3010201008", Recurring: true,
				Name: "Città <unita>", TaxCode: "00000000018", Causale: "Rette di marzo", Provisionals: []formats.Provisional{{Number: "9", Cents: &a}, {Number: "10", Cents: &b}}},
			{Progressive: 2, Cents: 150, Kind: Compensation, Siope: "3010201008", Name: "Circuito POS", Causale: "Commissioni trattenute"},
		}}, {Year: 2026, On: day.New(2026, 3, 12), Cents: 500, Chapter: "3020", ResidueYear: 2025,
		Payers: []Payer{{Progressive: 1, Cents: 500, Kind: PostalAccount, PostalNumber: "12345678", Name: "Vari", Causale: "Prelievo"}}}}}
}

// leaves reads the values back, as "reversale/bilancio/gestione=COMPETENZA".
func leaves(t *testing.T, in []byte) (out []string) {
	t.Helper()
	var path []string
	s := xmlscan.New(bytes.NewReader(in))
	for s.Next() {
		switch s.Kind {
		case xmlscan.Start:
			path = append(path, s.Name)
		case xmlscan.Text:
			out = append(out, strings.Join(path[1:], "/")+"="+string(s.Text()))
		case xmlscan.End:
			path = path[:len(path)-1]
		}
	}
	if s.Err() != nil {
		t.Fatal(s.Err())
	}
	return out
}

func TestWriteReversaliReadsBack(t *testing.T) {
	var b bytes.Buffer
	d := draft()
	d.Orders = d.Orders[:1]
	if err := WriteReversali(&b, d); err != nil {
		t.Fatal(err)
	}
	const v, c = "reversale/informazioni_versante/", "reversale/informazioni_versante/classificazione/"
	const s = c + "classificazione_dati_siope_entrate/"
	want := []string{"reversale/tipo_operazione=INSERIMENTO", "reversale/data_reversale=2026-03-12", "reversale/importo_reversale=100.00",
		"reversale/bilancio/codifica_bilancio=3010", "reversale/bilancio/descrizione_codifica=Mensa & trasporti", "reversale/bilancio/gestione=COMPETENZA",
		"reversale/bilancio/numero_articolo=2", "reversale/bilancio/importo_bilancio=100.00",
		v + "progressivo_versante=1", v + "importo_versante=98.50", v + "tipo_riscossione=REGOLARIZZAZIONE",
		c + "codice_cge=3010201008", c + "importo=98.50", s + "tipo_debito_siope_nc=NON_COMMERCIALE",
		s + "dati_ARCONET_siope/codice_economico_siope=3010201008", s + "dati_ARCONET_siope/importo_codice_economico_siope=98.50",
		s + "dati_ARCONET_siope/codice_UE_siope=2", s + "dati_ARCONET_siope/codice_entrata_siope=RICORRENTE",
		v + "versante/anagrafica_versante=Città <unita>", v + "versante/codice_fiscale_versante=00000000018", v + "causale=Rette di marzo",
		v + "sospeso/numero_provvisorio=9", v + "sospeso/importo_provvisorio=60.00", v + "sospeso/numero_provvisorio=10", v + "sospeso/importo_provvisorio=38.50",
		v + "progressivo_versante=2", v + "importo_versante=1.50", v + "tipo_riscossione=COMPENSAZIONE",
		c + "codice_cge=3010201008", c + "importo=1.50", s + "tipo_debito_siope_nc=NON_COMMERCIALE",
		v + "versante/anagrafica_versante=Circuito POS", v + "causale=Commissioni trattenute"}
	if diff := cmp.Diff(want, leaves(t, b.Bytes())); diff != "" {
		t.Error(diff)
	}
}

func TestWriteReversaliRefuses(t *testing.T) {
	for field, spoil := range map[string]func(*Order){
		"year":         func(o *Order) { o.Year = 2025 },
		"number":       func(o *Order) { o.Number = 10000000 },
		"date":         func(o *Order) { o.On = day.Date{} },
		"chapter":      func(o *Order) { o.Chapter = "30.10" },
		"article":      func(o *Order) { o.Article = "1234" },
		"residue":      func(o *Order) { o.ResidueYear = 2026 },
		"payers":       func(o *Order) { o.Payers = nil },
		"account":      func(o *Order) { o.EvidenceAccount = strings.Repeat("1", 26) },
		"economic":     func(o *Order) { o.Payers[0].EconomicCode = strings.Repeat("1", 31) },
		"stamp_duty":   func(o *Order) { o.Payers[0].StampDuty = "FORSE" },
		"tax_code":     func(o *Order) { o.Payers[0].TaxCode = " " },
		"amount":       func(o *Order) { o.Cents++ },
		"progressive":  func(o *Order) { o.Payers[1].Progressive = 1 },
		"kind":         func(o *Order) { o.Payers[0].Kind = "CONTANTI" },
		"siope":        func(o *Order) { o.Payers[0].Siope = "123" },
		"name":         func(o *Order) { o.Payers[0].Name = " " },
		"causale":      func(o *Order) { o.Payers[0].Causale = "" },
		"provisionals": func(o *Order) { o.Payers[0].Provisionals[1].Number = "009" },
	} {
		d := draft()
		spoil(&d.Orders[0])
		var b bytes.Buffer
		err := WriteReversali(&b, d)
		if f := fault.Of(err); f == nil || f.Field != field || b.Len() > 0 {
			t.Errorf("%s: got %v and %d bytes, want a refusal", field, err, b.Len())
		}
	}
}

// The accounting package's part, done here: number and stamp duty. Then each
// order is a valid root element of the schema, whatever it holds.
func TestWriteReversaliIsValidOnceNumbered(t *testing.T) {
	schema := filepath.Join(shared.Path(t, "schemas/opi-orders"), "OPI_FLUSSO_ORDINATIVI_V_1_7_1.xsd")
	d := draft()
	random := rand.New(rand.NewPCG(1, 2))
	for range 60 {
		d.Orders = append(d.Orders, order(random))
	}
	for i := range d.Orders {
		d.Orders[i].Number = 31 + i
		for k := range d.Orders[i].Payers {
			d.Orders[i].Payers[k].StampDuty = stampDuties[1+k%3]
		}
	}
	var b bytes.Buffer
	if err := WriteReversali(&b, d); err != nil {
		t.Fatal(err)
	}
	parts := strings.SplitAfter(b.String(), "</reversale>")
	if len(parts) != len(d.Orders)+1 {
		t.Fatalf("got %d orders, want %d", len(parts)-1, len(d.Orders))
	}
	for _, part := range parts[:len(d.Orders)] {
		file := filepath.Join(t.TempDir(), "reversale.xml")
		if err := os.WriteFile(file, []byte(part[strings.Index(part, "<reversale>"):]), 0o600); err != nil {
			t.Fatal(err)
		}
		xmllint.Obeys(t, schema, file)
	}
}

// order makes an order that the writer must take, at the limits of what it
// takes.
func order(r *rand.Rand) Order {
	pick := func(all ...string) string { return all[r.IntN(len(all))] }
	o := Order{Year: 2026, On: day.New(2026, 1+time.Month(r.IntN(12)), 1+r.IntN(28)), EvidenceAccount: pick("", "1", strings.Repeat("è", 25)),
		Chapter: pick("1", "9999999", "0030100"), ChapterName: pick("", "Mensa & <altro>", "\x01"), Article: pick("", "0", "999"), ResidueYear: []int{0, 1980, 2025}[r.IntN(3)]}
	for i := range 1 + r.IntN(4) {
		p := Payer{Progressive: i + 1, Cents: 1 + money.Cents(r.IntN(1000)), Kind: pick(Regularisation, Compensation, Cash, StateBank, PostalAccount),
			Siope: pick("", "1234", "3010201008"), Recurring: r.IntN(2) == 0, Name: pick("Città \"A\"", "x", "a\u00a0b"), TaxCode: pick("", "00000000018", strings.Repeat("X", 35)),
			Causale: pick("Rette\ndi marzo", "'", "€ 5 > 4")}
		if p.Kind == PostalAccount {
			p.PostalNumber = "000012345678"
		}
		if p.Siope != "" {
			p.EconomicCode = pick("", "3010201008", strings.Repeat("9", 30))
		}
		if p.Kind == Regularisation {
			half, rest := p.Cents, p.Cents/2
			if half -= rest; rest > 0 {
				p.Provisionals = append(p.Provisionals, formats.Provisional{Number: "999999999999999999", Cents: &rest})
			}
			p.Provisionals = append(p.Provisionals, formats.Provisional{Number: "007", Cents: &half})
		}
		o.Cents += p.Cents
		o.Payers = append(o.Payers, p)
	}
	return o
}
