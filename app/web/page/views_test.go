package page

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"cassacomune/app/day"
	"cassacomune/app/money"
	"cassacomune/views"
)

// withSamples is the real views with pages of the test beside them.
type withSamples struct {
	fs.FS
	samples fstest.MapFS
}

func (w withSamples) Open(name string) (fs.File, error) {
	if name == "." {
		f, err := w.FS.Open(name)
		return root{f, w}, err
	}
	if f, err := w.samples.Open(name); err == nil {
		return f, nil
	}
	return w.FS.Open(name)
}

// root lists both.
type root struct {
	fs.File
	of withSamples
}

func (r root) ReadDir(int) ([]fs.DirEntry, error) { return r.of.ReadDir(".") }

func (w withSamples) ReadDir(name string) ([]fs.DirEntry, error) {
	if name != "." {
		if entries, err := fs.ReadDir(w.samples, name); err == nil {
			return entries, nil
		}
		return fs.ReadDir(w.FS, name)
	}
	real, err := fs.ReadDir(w.FS, name)
	ours, _ := fs.ReadDir(w.samples, name)
	return append(real, ours...), err
}

func sampleViews(t *testing.T, samples fstest.MapFS) *Views {
	t.Helper()
	v, err := NewViews(withSamples{views.FS, samples})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func sampleBase() Base {
	return Base{
		Title: "Paga i tuoi avvisi",
		Look: &Look{Brand: Brand{Name: "Comune di Borgo Esempio", Region: "Regione Esempio", Privacy: "/privacy", Legal: "/note-legali",
			Accessibility: "/accessibilita", Contact: "Piazza del Municipio 1, 00000 Borgo Esempio", Test: true,
			Links: []Link{{Name: "Richiedi assistenza", URL: "/assistenza"}}},
			Languages: []Language{{"it", "Italiano", "/lingua/it", true}, {"de", "Deutsch", "/lingua/de", false}},
			Menu:      []Link{{"Pagamenti", "/", true}, {"I miei avvisi", "/avvisi", false}, {"Ricevute", "/ricevute", false}}},
		User:       User{LoginURL: "/accedi"},
		Breadcrumb: []Link{{Name: "Home", URL: "/"}},
		CSRF:       "segno",
	}
}

func sampleList() List {
	l := List{Page: 2, Size: 50, Sort: "scadenza", path: "/avvisi", offered: Listing{Sorts: []string{"scadenza", "importo"}}, total: -1}
	l.Found(50, 134, false)
	return l
}

func sampleLine() Line {
	on := day.New(2026, 11, 20)
	return NewLine(Words{}, Reached{State: Done, Amount: 2940, On: on}, Reached{State: Done, On: on},
		Reached{State: Part, Amount: 1470, On: on}, Reached{State: Wrong, Note: "Riversati 14,00 € invece di 14,70 €"}, Reached{}, Reached{State: Off})
}

func sampleForm() Form {
	f := FillForm(Words{}, map[string]string{"codice": "30100", "email": "giulia@example.it"})
	f.Wrong("codice", "Codice avviso: inserisci 18 cifre")
	return f
}

// samples gives each part the data it is made for, and a piece of what it must
// say. A part without one fails the test.
func samples() map[string]struct {
	data any
	says string
} {
	base := sampleBase()
	failed := base
	failed.Form = sampleForm()
	table := Table{ID: "t1", Caption: "Tre avvisi", Columns: sampleList().Columns(Column{Name: "Scadenza", Sort: "scadenza"}, Column{Name: "Importo", Money: true}),
		Rows: [][]Cell{{{Text: "26/11/2026"}, {Text: "23,00 €", Kind: "money"}}}}
	return map[string]struct {
		data any
		says string
	}{
		"header":     {base, `data-element="personal-area-login"`},
		"assets":     {base.Look, `<script src="`},
		"skip":       {base.Look, `href="#contenuto"`},
		"region":     {base.Look, `<span class="navbar-brand">Regione Esempio`},
		"languages":  {base.Look, `lang="it" hreflang="it" aria-current="true"`},
		"bar":        {base.Look, `<a href="/" aria-current="page">Pagamenti</a>`},
		"footer":     {base.Look, `data-element="accessibility-link"`},
		"breadcrumb": {base, `aria-current="page">Paga`},
		"alert":      {Alert{"danger", "Attenzione", "Un avviso scade"}, `role="alert"`},
		"errors":     {failed, `<a href="#codice">`},
		"csrf":       {base, `value="segno"`},
		"table":      {table, `class="text-end cc-num"`},
		"pager":      {sampleList(), `Risultati 51-100 di 134`},
		"money":      {money.Cents(123450), "1.234,50\u00a0€"},
		"line":       {sampleLine(), "da verificare"},
		"lamps":      {sampleLine(), "Riversato da verificare</small>"},
		"empty":      {Empty{"Nessun avviso", "Non hai avvisi da pagare.", "/", "Cerca"}, "Nessun avviso"},
		"progress":   {Progress{Text: "Importazione", URL: "/x", Page: "/y", Done: 5, Total: 10}, `data-cc-poll="/x"`},
		"steps":      {NewSteps(Words{}, 2, "Avvisi", "Riepilogo", "Pagamento"), `2/3`},
		"cart_lines": {struct {
			Words
			Lines []struct {
				Name, Code, Why, Remove string
				Due                     day.Date
				Amount                  money.Cents
			}
			Total     money.Cents
			Removable bool
			CSRF      string
		}{Total: 5240}, "52,40\u00a0€"},
		"owed": {struct {
			Name, Office, Reason, URL, State, Badge, Receipt string
			Due                                              day.Date
			Amount                                           money.Cents
			Line                                             Line
		}{Reason: "Mensa di ottobre", Badge: "bg-success", Line: sampleLine()}, "Mensa di ottobre"},
		"copy": {Code{Text: "3010 0000", Value: "30100000"}, `data-cc-copy="30100000"`},
	}
}

func TestParts(t *testing.T) {
	v := sampleViews(t, nil)
	files, err := fs.Glob(views.FS, "parts/*.html")
	if err != nil || len(files) == 0 {
		t.Fatalf("no parts: %v", err)
	}
	given := samples()
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".html")
		sample, ok := given[name]
		if !ok {
			t.Errorf("part %s has no sample", name)
			continue
		}
		var out bytes.Buffer
		if err := v.Render(&out, "parts/"+name, sample.data); err != nil {
			t.Errorf("part %s: %v", name, err)
		} else if !strings.Contains(out.String(), sample.says) {
			t.Errorf("part %s = %s, want it to say %q", name, out.String(), sample.says)
		}
	}
}

type mark struct {
	Base
	Mark string
}

func TestRendersAtOnce(t *testing.T) {
	v := sampleViews(t, fstest.MapFS{
		"test/a.html": {Data: []byte(`A={{.Mark}}`)},
		"test/b.html": {Data: []byte(`B={{.Mark}}`)},
	})
	var wg sync.WaitGroup
	for worker := range 8 {
		wg.Go(func() {
			for i := range 50 {
				name := []string{"a", "b"}[i%2]
				want := fmt.Sprintf("%s=w%d-%d.", strings.ToUpper(name), worker, i)
				var out bytes.Buffer
				err := v.Render(&out, "test/"+name, mark{sampleBase(), fmt.Sprintf("w%d-%d.", worker, i)})
				if got := out.String(); err != nil || strings.Count(got, "=w") != 1 || !strings.Contains(got, want) || !strings.Contains(got, "</html>") {
					t.Errorf("render %s: %v, want once %s", name, err, want)
				}
			}
		})
	}
	wg.Wait()
}

func TestLayoutsAreRefused(t *testing.T) {
	v := sampleViews(t, fstest.MapFS{"test/a.html": {Data: []byte(`x`)}})
	if err := v.Render(&bytes.Buffer{}, "test/a", sampleBase(), "frame"); err == nil {
		t.Error("Render with a layout = nil, want an error")
	}
	if err := v.Render(&bytes.Buffer{}, "test/none", sampleBase()); err == nil {
		t.Error("Render of an unknown page = nil, want an error")
	}
}

// TestStorybook writes a page of all parts, to be looked at in a browser:
// STORYBOOK=/some/folder go test -run Storybook ./app/web/page
func TestStorybook(t *testing.T) {
	story, err := os.ReadFile("testdata/story.html")
	if err != nil {
		t.Fatal(err)
	}
	v := sampleViews(t, fstest.MapFS{"test/story.html": {Data: story}})
	data := struct {
		Base
		Steps    Steps
		Line     Line
		List     List
		Table    Table
		Empty    Empty
		Progress Progress
		Code     Code
		Channels []Option
	}{Base: sampleBase(), Steps: NewSteps(Words{}, 2, "Avvisi", "Riepilogo", "Pagamento", "Ricevuta"), Line: sampleLine(), List: sampleList(),
		Table: storyTable(), Empty: Empty{"Nessuna ricevuta", "Qui troverai le ricevute dei pagamenti.", "/", "Cerca un avviso"},
		Progress: Progress{Text: "Importazione in corso: 620 righe su 1.000", URL: "/x", Page: "/y", Done: 620, Total: 1000},
		Code:     Code{Text: "3010 0000 0000 0012 34", Value: "301000000000001234"}, Channels: []Option{{"carta", "Carta o conto"}, {"td896", "Bollettino postale stampato"}}}
	data.Form = sampleForm()
	data.Flash = &Alert{Kind: "success", Title: "Pagamento ricevuto", Text: "Abbiamo inviato la ricevuta a giulia@example.it."}
	var out bytes.Buffer
	if err := v.Render(&out, "test/story", data); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "<title>Errore: Paga i tuoi avvisi") {
		t.Error("the title of a page with errors does not begin with the error")
	}
	if classes := unknownClasses(t, out.String()); len(classes) > 0 {
		t.Errorf("classes in no style sheet: %v", classes)
	}
	if dir := os.Getenv("STORYBOOK"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, "story.html"), out.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func storyTable() Table {
	cols := sampleList().Columns(Column{Name: "Scadenza", Sort: "scadenza"}, Column{Name: "Causale"}, Column{Name: "Codice avviso"}, Column{Name: "Stato"}, Column{Name: "Importo", Sort: "importo", Money: true})
	row := func(due, why, code, state, class, sum string) []Cell {
		return []Cell{{Text: due}, {Text: why, URL: "#"}, {Text: code, Kind: "code"}, {Text: state, Kind: "badge", Class: class}, {Text: sum, Kind: "money"}}
	}
	return Table{ID: "avvisi", Caption: "Tre avvisi, totale 94,80 €", Columns: cols, Rows: [][]Cell{
		row("26/11/2026", "Ristorazione scolastica, ottobre", "3010 0000 0000 0012 34", "In scadenza", "bg-warning", "23,00 €"),
		row("28/11/2026", "Verbale n. 1234/2026", "3010 0000 0000 0045 67", "Da pagare", "bg-primary", "29,40 €"),
		row("16/12/2026", "Canone unico, saldo", "3010 0000 0000 0078 90", "Pagato", "bg-success", "42,40 €")}}
}
