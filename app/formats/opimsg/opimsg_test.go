package opimsg

import (
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"cassacomune/app/formats"
	"cassacomune/app/formats/internal/golden"
	"cassacomune/app/formats/internal/xmllint"
	"cassacomune/app/shared"
)

// samples are our own, with their key and the schema that they obey.
var samples = []struct{ file, key, schema string }{
	{"ricezione.xml", Receipt, "OPI_MSG_RICEZIONE_FLUSSO_V_1_6_1.xsd"},
	{"rifiuto.xml", Refusal, "OPI_MSG_RIFIUTO_FLUSSO_V_1_6_1.xsd"},
	{"ack.xml", Ack, "OPI_MSG_ACK_SIOPE_V_1_6_1.xsd"},
	{"ack_giornale.xml", Ack, "OPI_MSG_ACK_SIOPE_V_1_6_1.xsd"},
	{"esito.xml", Outcome, "OPI_MSG_ESITO_APPLICATIVO_V_1_6_1.xsd"},
}

func TestGoldens(t *testing.T) {
	for _, s := range samples {
		golden.Reads(t, s.file, Sniff(s.key), Read)
		for _, key := range []string{Receipt, Refusal, Ack, Outcome} {
			if got := Sniff(key)([]byte(golden.Sample(t, s.file))); got != (key == s.key) {
				t.Errorf("%s: Sniff(%s) = %v", s.file, key, got)
			}
		}
	}
}

func problems(in string) string { return golden.Problems(Read(strings.NewReader(in))) }

func outcomes(in string) (out []formats.Outcome) {
	for e := range Read(strings.NewReader(in)) {
		if e.Outcome != nil {
			out = append(out, *e.Outcome)
		}
	}
	return out
}

func TestWhatIsWrong(t *testing.T) {
	for _, c := range []struct{ file, old, new, want string }{
		{"ack.xml", "<stato_flusso>KO<", "<stato_flusso><", "error esito"},
		{"ack.xml", "<stato_flusso>KO<", "<stato_flusso>FORSE<", "warning stato_flusso"},
		{"ack.xml", "<esercizio>2026<", "<esercizio>26<", "error esercizio"},
		{"ack.xml", "messaggio_ack_siope", "altro", "error altro"},
		{"esito.xml", "<numero_mandato>0000012<", "<numero_mandato>A<", "error numero_mandato"},
		{"esito.xml", "<numero_mandato>0000012<", "<numero_mandato><", "error mandato"},
		{"esito.xml", "<importo>40.00<", "<importo>40,00<", "error importo"},
		{"esito.xml", "2026-03-12T10", "2026-02-30T10", "error data_ora_esito_operazione"},
		{"esito.xml", ">PAGATO<", ">SMARRITO<", "warning esito_operazione"},
		{"esito.xml", "<esercizio>2026</esercizio>", "<esercizio>2026</esercizio><esercizio>2026</esercizio>", "error esercizio"},
		{"ricezione.xml", "<identificativo_flusso>FLUSSO-2026-000031</identificativo_flusso>", "", "error flusso"},
		{"ricezione.xml", "ds:Signature", "firma", "warning Signature"},
	} {
		in := golden.Sample(t, c.file)
		if !strings.Contains(in, c.old) {
			t.Fatalf("%s has no %s", c.file, c.old)
		}
		got := problems(strings.ReplaceAll(in, c.old, c.new))
		if !strings.Contains(got, c.want) {
			t.Errorf("%s %s: got %s, want %s", c.file, c.new, got, c.want)
		}
	}
}

func TestAMessageWithoutOutcomesIsAnError(t *testing.T) {
	const in = "<messaggi_esito_applicativo><identificativo_flusso_BT>1</identificativo_flusso_BT></messaggi_esito_applicativo>"
	if got := problems(in); got != "error messaggi_esito_applicativo|warning Signature|" {
		t.Errorf("got %s", got)
	}
}

func TestAnUnreadableOutcomeLeavesTheOthers(t *testing.T) {
	in := strings.Replace(golden.Sample(t, "esito.xml"), "<numero_reversale>0000032<", "<numero_reversale>x<", 1)
	if got := outcomes(in); len(got) != 3 || got[2].Kind != "mandato" {
		t.Errorf("got %+v, want the three others", got)
	}
}

func TestAnAnswerIsBounded(t *testing.T) {
	for _, one := range []string{"<errore><codice>1</codice><descrizione>x</descrizione></errore>", "<errore/>", "<a#>x</a#>"} {
		var in strings.Builder
		in.WriteString("<messaggio_ack_siope><identificativo_flusso>1</identificativo_flusso><stato_flusso>KO</stato_flusso>")
		for n := range maxAnswer / 4 {
			in.WriteString(strings.ReplaceAll(one, "#", strconv.Itoa(n)))
		}
		in.WriteString("</messaggio_ack_siope>")
		if got := problems(in.String()); strings.Count(got, "|") != 1 || !strings.HasPrefix(got, "error ") {
			t.Errorf("%s: got %s, want one error", one, got)
		}
	}
}

func TestEveryCutIsAnError(t *testing.T) {
	for _, s := range samples {
		in := strings.TrimSpace(golden.Sample(t, s.file))
		for i := range in {
			if got := problems(in[:i]); !strings.Contains(got, "error file|") {
				t.Fatalf("%s cut at %d: got %s, want an error", s.file, i, got)
			}
		}
	}
}

func TestSamplesObeyTheirSchemas(t *testing.T) {
	schemas := shared.Path(t, "schemas/opi-orders")
	for _, s := range samples {
		for _, schema := range []string{s.schema, strings.Replace(s.schema, "1_6_1", "1_5_1", 1)} {
			xmllint.Obeys(t, filepath.Join(schemas, schema), filepath.Join("testdata", s.file))
		}
	}
}

func FuzzRead(f *testing.F) {
	golden.Seeds(f, "*.xml")
	f.Fuzz(func(t *testing.T, in string) {
		for _, o := range outcomes(in) {
			if o.Subject == "" || o.Status == "" {
				t.Errorf("got %+v, want a subject and a status", o)
			}
		}
	})
}
