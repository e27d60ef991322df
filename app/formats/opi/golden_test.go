package opi

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cassacomune/app/formats/internal/golden"
	"cassacomune/app/formats/internal/xmllint"
	"cassacomune/app/shared"
)

// versions are our samples, with what they must be recognised as and the
// schema that they obey. Of 1.3.1a only what 1.4 has too can be told.
var versions = []struct{ file, told, equations, schema string }{
	{"giornale_1_3_1a.xml", "opi-journal 1.4", "++++++-", "OPI_GIORNALE_DI_CASSA_V_1_3_1a.xsd"},
	{"giornale_1_4.xml", "opi-journal 1.4", "++++++-", "OPI_GIORNALE_DI_CASSA_V_1_4.xsd"},
	{"giornale_1_4_avviso.xml", "opi-journal 1.4", "++++++-", "OPI_GIORNALE_DI_CASSA_V_1_4.xsd"},
	{"giornale_1_5_1.xml", "opi-journal 1.5.1", "++++++-", "OPI_GIORNALE_DI_CASSA_V_1_5_1.xsd"},
	{"giornale_1_6_1.xml", "opi-journal 1.6.1", "++++++-", "OPI_GIORNALE_DI_CASSA_V_1_6_1.xsd"},
	{"giornale_1_7_1.xml", "opi-journal 1.7.1", "++++++-", "OPI_GIORNALE_DI_CASSA_V_1_7_1.xsd"},
	{"giornale_1_8.xml", "opi-journal 1.8", "++-----", "OPI_GIORNALE_DI_CASSA_V_1_8.xsd"}, // without totals, one page of two
	{"giornale_oil.xml", "oil-journal 3.02", "++++++-", "GIORNALE_DI_CASSA_3.02.xsd"},
}

func TestGoldens(t *testing.T) {
	for _, v := range versions {
		golden.Reads(t, v.file, Sniff, Read)
	}
}

func TestVersionsAndEquations(t *testing.T) {
	for _, v := range versions {
		if got := listen(golden.Sample(t, v.file)); got.version != v.told || got.equations != v.equations {
			t.Errorf("%s: got %s %s, want %s %s", v.file, got.version, got.equations, v.told, v.equations)
		}
	}
}

func TestSamplesObeyTheirSchemas(t *testing.T) {
	schemas := schemas(t)
	for _, v := range versions {
		xmllint.Obeys(t, filepath.Join(schemas, v.schema), filepath.Join("testdata", v.file))
	}
}

// The signature of the samples is a dummy: the schemas want one and do not
// look inside. A default namespace is not in the schemas, and is read.
func TestNamespacesDoNotMatter(t *testing.T) {
	in := golden.Sample(t, "giornale_1_8.xml")
	plain := golden.Print(Read(strings.NewReader(in)))
	for _, root := range []string{"<flusso_giornale_di_cassa xmlns=\"urn:x\">", "<flusso_giornale_di_cassa xmlns=\"urn:x\" Id=\"a\">"} {
		named := strings.Replace(in, "<flusso_giornale_di_cassa>", root, 1)
		if got := golden.Print(Read(strings.NewReader(named))); got != plain || !Sniff([]byte(named)) {
			t.Errorf("%s: got another reading:\n%s", root, got)
		}
	}
	prefixed := strings.NewReplacer("</ds:", "</ds:", "<ds:", "<ds:", "</", "</p:", "<?", "<?", "<!", "<!", "<", "<p:").Replace(in)
	prefixed = strings.Replace(prefixed, "<p:flusso_giornale_di_cassa>", "<p:flusso_giornale_di_cassa xmlns:p=\"urn:x\">", 1)
	if got := golden.Print(Read(strings.NewReader(prefixed))); got != plain || !Sniff([]byte(prefixed)) {
		t.Errorf("prefixed: got another reading:\n%s", got)
	}
}

func TestSniffLeavesOthersAlone(t *testing.T) {
	for _, in := range []string{"", "flusso_giornale_di_cassa", "<a><flusso_giornale_di_cassa/></a>", "<flusso_ordinativi/>", "<flusso_giornale_di_cassa_2/>"} {
		if Sniff([]byte(in)) {
			t.Errorf("Sniff(%q) = true", in)
		}
	}
}

// schemas gathers the shared schemas in one folder: some include others that
// are kept apart, or by a name in capitals.
func schemas(t *testing.T) string {
	t.Helper()
	to := t.TempDir()
	for _, dir := range []string{"schemas/opi-orders", "schemas/opi", "schemas/oil"} {
		files, err := filepath.Glob(filepath.Join(shared.Path(t, dir), "*.xsd"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: no schemas, %v", dir, err)
		}
		for _, from := range files {
			in, err := os.ReadFile(from)
			if err != nil {
				t.Fatal(err)
			}
			name := filepath.Base(from)
			for _, name := range []string{name, strings.TrimSuffix(name, ".xsd") + ".XSD"} {
				if err := os.WriteFile(filepath.Join(to, name), in, 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	return to
}
