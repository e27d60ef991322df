package page

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"cassacomune/app/fault"
	"cassacomune/app/money"
	"cassacomune/views"

	"github.com/gofiber/fiber/v2"
	"github.com/google/go-cmp/cmp"
)

func TestFormAgain(t *testing.T) {
	app := testApp(sampleViews(t, fstest.MapFS{"test/form.html": {Data: []byte(`{{input (field .Form "importo" "label" "Importo")}}`)}}))
	app.Post("/", func(c *fiber.Ctx) error {
		b := For(c, "Nuovo dovuto")
		b.Form = ReadForm(c, b.Words)
		b.Form.Need("causale", "Causale")
		b.Form.Money("importo", "Importo")
		b.Form.Day("scadenza", "Scadenza")
		return Show(c, "test/form", b)
	})
	status, text, _ := request("POST", "/", "importo=12..34&scadenza=31/02/2026", nil)(t, app)
	if status != 422 {
		t.Errorf("status = %d, want 422", status)
	}
	for _, want := range []string{`value="12..34"`, `<a href="#causale">Causale: campo da compilare</a>`, `importo-errore`, `Scadenza: data non leggibile`} {
		if !strings.Contains(text, want) {
			t.Errorf("page has no %q", want)
		}
	}
	if strings.Index(text, `id="errori"`) > strings.Index(text, `name="importo"`) {
		t.Error("the error summary comes after the form")
	}
	status, _, _ = request("POST", "/", "importo=12,34&causale=x", nil)(t, app)
	if status != 200 {
		t.Errorf("status of a good form = %d, want 200", status)
	}
}

func TestFormTakesFaults(t *testing.T) {
	var f Form
	if err := f.Take(fault.New(fault.Invalid, "debts.amount", "Importo 0,00: deve essere positivo").On("importo")); err != nil {
		t.Errorf("Take(invalid) = %v, want nil", err)
	}
	if got, want := f.Errors, []FieldError{{"importo", "Importo 0,00: deve essere positivo"}}; !cmp.Equal(got, want) {
		t.Error(cmp.Diff(got, want))
	}
	broken := errors.New("disk full")
	if err := f.Take(broken); err != broken {
		t.Errorf("Take(internal) = %v, want it back", err)
	}
	g := FillForm(Words{}, map[string]string{"importo": "1.234,50 €"})
	if got, want := g.Money("importo", "Importo"), money.Cents(123450); got != want || g.Failed() {
		t.Errorf("Money = %v (%v), want %v", got, g.Errors, want)
	}
}

func TestFieldSettings(t *testing.T) {
	for _, bad := range [][]any{{"label"}, {"colour", "red"}, {"hint", "x"}, {"label", "x", "options", "y"}} {
		if _, err := field(Form{}, "x", bad...); err == nil {
			t.Errorf("field(%v) = nil, want an error", bad)
		}
	}
}

func TestList(t *testing.T) {
	app := testApp(nil)
	var got List
	handler := func(c *fiber.Ctx) error {
		got = ReadList(c, Words{}, Listing{Filters: []string{"stato"}, Sorts: []string{"scadenza", "importo"}})
		got.Found(50, 240, false)
		return nil
	}
	app.Get("/debiti", handler)
	app.Get("/debiti.csv", handler)
	request("GET", "/debiti?stato=pagato&ordina=-importo&pagina=3&altro=x", "", nil)(t, app)
	if got.Filter("stato") != "pagato" || got.Filter("altro") != "" || got.Sort != "importo" || !got.Down || got.Offset() != 100 {
		t.Errorf("list = %+v", got)
	}
	for name, pair := range map[string][2]string{
		"next":    {got.NextURL(), "/debiti?ordina=-importo&pagina=4&stato=pagato"},
		"prev":    {got.PrevURL(), "/debiti?ordina=-importo&pagina=2&stato=pagato"},
		"csv":     {got.CSVURL(), "/debiti.csv?ordina=-importo&stato=pagato"},
		"summary": {got.Summary(), "Risultati 101-150 di 240"},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s = %q, want %q", name, pair[0], pair[1])
		}
	}
	columns := got.Columns(Column{Name: "Scadenza", Sort: "scadenza"}, Column{Name: "Importo", Sort: "importo"}, Column{Name: "Altro", Sort: "id;drop"})
	want := []Column{{Name: "Scadenza", Sort: "scadenza", URL: "/debiti?stato=pagato"},
		{Name: "Importo", Sort: "importo", URL: "/debiti?ordina=importo&stato=pagato", Order: "descending"}, {Name: "Altro", Sort: "id;drop"}}
	if !cmp.Equal(columns, want) {
		t.Error(cmp.Diff(columns, want))
	}
	request("GET", "/debiti.csv?ordina=id;drop&pagina=-1", "", nil)(t, app)
	if !got.CSV || got.Sort != "scadenza" || got.Page != 1 || got.path != "/debiti" {
		t.Errorf("list = %+v, want the default order of the file", got)
	}
}

func TestWords(t *testing.T) {
	texts, err := LoadTexts(views.FS)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ lang, text, want string }{
		{"it", "footer.legal|Note legali", "Note legali"},
		{"de", "footer.legal|Note legali", "Rechtliche Hinweise"},
		{"de", "none.such|Testo", "Testo"},
		{"xx", "footer.legal|Note legali", "Note legali"},
	} {
		if got := texts.In(test.lang).T(test.text); got != test.want {
			t.Errorf("T in %s = %q, want %q", test.lang, got, test.want)
		}
	}
	app := testApp(nil)
	app.Get("/", func(c *fiber.Ctx) error { return c.SendString(Choose(c, []string{"it", "de"})) })
	for header, want := range map[string]string{"": "it", "de-AT,de;q=0.9": "de", "sl-IT": "it", "fr": "it", ";;": "it"} {
		if _, got, _ := request("GET", "/", "", map[string]string{"Accept-Language": header})(t, app); got != want {
			t.Errorf("Choose(%q) = %q, want %q", header, got, want)
		}
	}
	if _, got, _ := request("GET", "/", "", map[string]string{"Cookie": "lingua=de"})(t, app); got != "de" {
		t.Errorf("Choose with the cookie = %q, want de", got)
	}
}
