package page

import (
	"html/template"
	"strings"
	"testing"
)

// hostile is what people, and those who attack, may put into a text.
var hostile = []string{"Rossi", "", `<script>alert("x")</script>`, `' onmouseover='x`, `" autofocus onfocus="x`, "a & b", "&amp;", "\x00", "perché 1 € > 0", "{{.}}", "</textarea>", "\n"}

// asTemplates are the same pieces as html/template would write them.
func asTemplates(t *testing.T) func(name string, data any) string {
	t.Helper()
	set := template.Must(template.New("").Funcs(funcs).ParseGlob("testdata/as/*.html"))
	return func(name string, data any) string {
		var b strings.Builder
		if err := set.ExecuteTemplate(&b, name, data); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
}

// oneLine leaves out the line ends, which templates have for who writes them,
// and the second name that html/template has for a plus.
func oneLine(html string) string {
	return strings.NewReplacer("\n", "", "&#43;", "+").Replace(html)
}

func TestFieldsAsATemplateWould(t *testing.T) {
	as := asTemplates(t)
	for _, text := range hostile {
		for _, d := range []Field{
			{Name: "codice", Label: text, Type: "text", Value: text},
			{Name: "codice", Label: "Codice", Type: "email", Hint: text, Autocomplete: text, InputMode: text, Required: true},
			{Name: text, Label: "Codice", Type: text, Error: text},
			{Name: "note", Label: "Note", Rows: 4, Value: "x" + text, Hint: text, Error: text},
		} {
			d.Options = []Option{{text, text}, {"altro", "x"}}
			for name, got := range map[string]template.HTML{"field.html": input(d), "select.html": choice(d), "checkbox.html": checkbox(d)} {
				if want := as(name, d); oneLine(string(got)) != oneLine(want) {
					t.Errorf("%s of %+v:\n%s\nwant\n%s", name, d, oneLine(string(got)), oneLine(want))
				}
			}
		}
	}
}

func TestCellsAsATemplateWould(t *testing.T) {
	as := asTemplates(t)
	for _, text := range hostile {
		for _, c := range []Cell{{Text: text}, {Text: text, Kind: "money"}, {Text: text, Kind: "code"}, {Text: text, Kind: "badge", Class: "bg-primary"},
			{Text: "x", Kind: "badge", Class: text}, {Text: text, URL: "/desk/posizioni/1?a=1&b=2"}} {
			got, want := string(row(nil, []Cell{c})), "<tr>"+as("cell.html", c)+"</tr>\n"
			if oneLine(got) != oneLine(want) {
				t.Errorf("row(%+v) = %q, want %q", c, got, want)
			}
		}
		columns := []Column{{Name: text}, {Name: text, Money: true, URL: "/a?b=1&c=2"}, {Name: text, URL: "/a", Order: "ascending"}, {Name: text, URL: "/a", Order: "descending"}}
		got, err := heads(columns)
		if want := as("thead.html", Table{Columns: columns}); err != nil || oneLine(string(got)) != oneLine(want) {
			t.Errorf("heads(%q) = %q, %v; want %q", text, got, err, want)
		}
	}
}

func TestLinksLeadToPagesOfOurs(t *testing.T) {
	for _, bad := range []string{"javascript:alert(1)", "https://altrove.example", "//altrove.example", `/\altrove.example`, "data:x", `"><script>`} {
		head, err := heads([]Column{{Name: "x", URL: bad}})
		for _, got := range []string{string(row(nil, []Cell{{Text: "x", URL: bad}})), string(head)} {
			if err != nil || strings.Contains(got, "<a") || strings.Contains(got, "<script") {
				t.Errorf("with the address %q: %q, %v; want no link", bad, got, err)
			}
		}
	}
}

func TestCellWithMore(t *testing.T) {
	more := string(row(nil, []Cell{{Text: "a", More: []Cell{{Text: "<b>"}, {Text: "c", Kind: "small"}, {Text: "d", Kind: "badge", Class: `"x`}}}}))
	if want := `<tr><td>a<br>&lt;b&gt;<br><small>c</small> <span class="badge &#34;x">d</span></td></tr>` + "\n"; more != want {
		t.Errorf("row = %q, want %q", more, want)
	}
}

// TestCardsNameTheirCells: all but the first, where there are too many columns
// for a phone.
func TestCardsNameTheirCells(t *testing.T) {
	four := []Column{{Name: "Chi"}, {Name: `"<b>`}, {}, {Name: "Importo", Money: true}}
	cells := []Cell{{Text: "a"}, {Text: "b"}, {Text: "c"}, {Text: "d", Kind: "money"}}
	for _, c := range []struct {
		columns []Column
		want    string
	}{{four, `<tr><td>a</td><td data-th="&#34;&lt;b&gt;">b</td><td>c</td><td data-th="Importo" class="text-end cc-num">d</td></tr>`},
		{four[:3], `<tr><td>a</td><td>b</td><td>c</td></tr>`}} {
		cells := cells[:len(c.columns)]
		if got := oneLine(string(row(c.columns, cells)) + string(rows(c.columns, [][]Cell{cells})[0])); got != c.want+c.want {
			t.Errorf("%d columns: %s, want twice %s", len(c.columns), got, c.want)
		}
	}
}

// TestRowsInPieces loses no row where a piece ends.
func TestRowsInPieces(t *testing.T) {
	for _, n := range []int{0, 1, rowsAtOnce, rowsAtOnce + 1, 3 * rowsAtOnce} {
		var all [][]Cell
		var want strings.Builder
		for i := range n {
			all = append(all, []Cell{{Text: strings.Repeat("x", i)}})
			want.WriteString(string(row(nil, all[i])))
		}
		var got strings.Builder
		for _, piece := range rows(nil, all) {
			got.WriteString(string(piece))
		}
		if got.String() != want.String() {
			t.Errorf("%d rows in pieces = %q, want %q", n, got.String(), want.String())
		}
	}
}

func TestLampsCellSaysWhatThePartSays(t *testing.T) {
	v := sampleViews(t, nil)
	for range 2 { // drawn, then kept
		var part strings.Builder
		if err := v.Render(&part, "parts/lamps", NewLine(Words{}, Reached{State: Done}, Reached{State: Part}, Reached{State: Wrong}, Reached{State: Off}, Reached{State: Open}, Reached{State: Done})); err != nil {
			t.Fatal(err)
		}
		got, want := string(row(nil, []Cell{LampsCell(Words{}, Done, Part, Wrong, Off, Open, Done)})), "<tr><td>"+strings.TrimSpace(part.String())+"</td></tr>\n"
		if got != want {
			t.Errorf("lamps = %q, want %q", got, want)
		}
	}
}
