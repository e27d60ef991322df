package opimsg

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"cassacomune/app/formats"
	"cassacomune/app/formats/internal/golden"
	"cassacomune/app/shared"
	"github.com/google/go-cmp/cmp"
)

// samples are our own, with their key and the schema that they obey.
var samples = []struct{ file, key, schema string }{
	{"ricezione.xml", Receipt, "OPI_MSG_RICEZIONE_FLUSSO_V_1_6_1.xsd"},
	{"rifiuto.xml", Refusal, "OPI_MSG_RIFIUTO_FLUSSO_V_1_6_1.xsd"},
	{"ack.xml", Ack, "OPI_MSG_ACK_SIOPE_V_1_6_1.xsd"},
	{"ack_giornale.xml", Ack, "OPI_MSG_ACK_SIOPE_V_1_6_1.xsd"},
	{"esito.xml", Outcome, "OPI_MSG_ESITO_APPLICATIVO_V_1_6_1.xsd"},
}

func sample(t testing.TB, name string) []byte {
	t.Helper()
	in, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return in
}

func TestGoldens(t *testing.T) {
	for _, s := range samples {
		in := sample(t, s.file)
		for _, key := range []string{Receipt, Refusal, Ack, Outcome} {
			if got := Sniff(key)(in); got != (key == s.key) {
				t.Errorf("%s: Sniff(%s) = %v", s.file, key, got)
			}
		}
		golden.Compare(t, filepath.Join("testdata", strings.TrimSuffix(s.file, ".xml")+".golden"), golden.Print(Read(bytes.NewReader(in))))
	}
}

// problems lists severity and field.
func problems(in []byte) (out []string) {
	for e := range Read(bytes.NewReader(in)) {
		if p := e.Problem; p != nil {
			out = append(out, string(p.Severity)+" "+p.Field)
		}
	}
	return out
}

func outcomes(in []byte) (out []formats.Outcome) {
	for e := range Read(bytes.NewReader(in)) {
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
		in := sample(t, c.file)
		if !bytes.Contains(in, []byte(c.old)) {
			t.Fatalf("%s has no %s", c.file, c.old)
		}
		got := strings.Join(problems(bytes.ReplaceAll(in, []byte(c.old), []byte(c.new))), "|")
		if !strings.Contains(got, c.want) {
			t.Errorf("%s %s: got %s, want %s", c.file, c.new, got, c.want)
		}
	}
}

func TestAMessageWithoutOutcomesIsAnError(t *testing.T) {
	in := []byte("<messaggi_esito_applicativo><identificativo_flusso_BT>1</identificativo_flusso_BT></messaggi_esito_applicativo>")
	if diff := cmp.Diff([]string{"error messaggi_esito_applicativo", "warning Signature"}, problems(in)); diff != "" {
		t.Error(diff)
	}
}

func TestAnUnreadableOutcomeLeavesTheOthers(t *testing.T) {
	in := bytes.Replace(sample(t, "esito.xml"), []byte("<numero_reversale>0000032<"), []byte("<numero_reversale>x<"), 1)
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
		if got := problems([]byte(in.String())); len(got) != 1 || !strings.HasPrefix(got[0], "error ") {
			t.Errorf("%s: got %v, want one error", one, got)
		}
	}
}

func TestEveryCutIsAnError(t *testing.T) {
	for _, s := range samples {
		in := bytes.TrimSpace(sample(t, s.file))
		for i := range in {
			if got := problems(in[:i]); !strings.Contains(strings.Join(got, "|"), "error file") {
				t.Fatalf("%s cut at %d: got %v, want an error", s.file, i, got)
			}
		}
	}
}

func TestStopsWhenTold(t *testing.T) {
	for stop := 1; stop < 16; stop++ {
		n := 0
		for range Read(bytes.NewReader(sample(t, "esito.xml"))) {
			if n++; n == stop {
				break
			}
		}
		if n > stop {
			t.Errorf("got %d events, want %d", n, stop)
		}
	}
}

func TestSamplesObeyTheirSchemas(t *testing.T) {
	schemas := shared.Path(t, "schemas/opi-orders")
	xmllint, err := exec.LookPath("xmllint")
	if err != nil {
		t.Skip("no xmllint on this machine")
	}
	for _, s := range samples {
		for _, schema := range []string{s.schema, strings.Replace(s.schema, "1_6_1", "1_5_1", 1)} {
			out, err := exec.Command(xmllint, "--nonet", "--noout", "--schema", filepath.Join(schemas, schema), filepath.Join("testdata", s.file)).CombinedOutput()
			if err != nil {
				t.Errorf("%s, %s: %v\n%s", s.file, schema, err, out)
			}
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, s := range samples {
		f.Add(sample(f, s.file))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		for _, o := range outcomes(in) {
			if o.Subject == "" || o.Status == "" {
				t.Errorf("got %+v, want a subject and a status", o)
			}
		}
	})
}
