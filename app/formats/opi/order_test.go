package opi

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"cassacomune/app/day"
	"cassacomune/app/fault"
	"cassacomune/app/formats"
	"cassacomune/app/formats/internal/xmlscan"
	"cassacomune/app/money"
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
// order is a valid root element of the schema.
func TestWriteReversaliIsValidOnceNumbered(t *testing.T) {
	schema := filepath.Join(shared(t, "schemas/opi-orders"), "OPI_FLUSSO_ORDINATIVI_V_1_7_1.xsd")
	xmllint, err := exec.LookPath("xmllint")
	if err != nil {
		t.Skip("no xmllint on this machine")
	}
	d := draft()
	for i := range d.Orders {
		d.Orders[i].Number = 31 + i
		for k := range d.Orders[i].Payers {
			d.Orders[i].Payers[k].StampDuty = "ESENTE BOLLO"
		}
	}
	var b bytes.Buffer
	if err := WriteReversali(&b, d); err != nil {
		t.Fatal(err)
	}
	parts := strings.SplitAfter(b.String(), "</reversale>")
	for _, part := range parts[:len(parts)-1] {
		file := filepath.Join(t.TempDir(), "reversale.xml")
		if err := os.WriteFile(file, []byte(part[strings.Index(part, "<reversale>"):]), 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command(xmllint, "--nonet", "--noout", "--schema", schema, file).CombinedOutput(); err != nil {
			t.Errorf("xmllint: %v\n%s", err, out)
		}
	}
}
