package page

import (
	"bytes"
	"strings"
	"testing"
)

// TestRowsAsTheTemplateWould writes every kind of cell with what an attacker
// would put there, and compares with the part, which html/template escapes.
func TestRowsAsTheTemplateWould(t *testing.T) {
	v := sampleViews(t, nil)
	for _, text := range []string{"Rossi", "", `<script>alert("x")</script>`, `' onmouseover='x`, "a & b", "\x00", "perché 1 € > 0"} {
		for _, c := range []Cell{{Text: text}, {Text: text, Kind: "money"}, {Text: text, Kind: "code"}, {Text: text, Kind: "badge", Class: "bg-primary"},
			{Text: text, URL: "/desk/posizioni/1?a=1&b=2"}} {
			var part bytes.Buffer
			if err := v.Render(&part, "parts/cell", c); err != nil {
				t.Fatal(err)
			}
			got, want := string(rows([][]Cell{{c}})), "<tr>"+strings.TrimSpace(part.String())+"</tr>\n"
			if got != want {
				t.Errorf("rows(%+v) = %q, want %q", c, got, want)
			}
		}
	}
	for _, bad := range []string{"javascript:alert(1)", "https://altrove.example", "data:x", `"><script>`} {
		if got := string(rows([][]Cell{{{Text: "x", URL: bad}}})); strings.Contains(got, "<a") || strings.Contains(got, "<script") {
			t.Errorf("rows with the address %q = %q, want no link", bad, got)
		}
	}
	more := string(rows([][]Cell{{{Text: "a", More: []Cell{{Text: "<b>"}, {Text: "c", Kind: "small"}, {Text: "d", Kind: "badge", Class: `"x`}}}}}))
	if want := `<tr><td>a<br>&lt;b&gt;<br><small>c</small> <span class="badge &#34;x">d</span></td></tr>` + "\n"; more != want {
		t.Errorf("rows = %q, want %q", more, want)
	}
}

func TestLampsCellSaysWhatThePartSays(t *testing.T) {
	v := sampleViews(t, nil)
	states := []Lamp{Done, Part, Wrong, Off, Open}
	for range 2 { // made, then kept
		var part bytes.Buffer
		if err := v.Render(&part, "parts/lamps", NewLine(Words{}, Reached{State: Done}, Reached{State: Part}, Reached{State: Wrong}, Reached{State: Off}, Reached{State: Open})); err != nil {
			t.Fatal(err)
		}
		got, want := string(rows([][]Cell{{LampsCell(Words{}, states...)}})), "<tr><td>"+strings.TrimSpace(part.String())+"</td></tr>\n"
		if got != want {
			t.Errorf("lamps = %q, want %q", got, want)
		}
	}
}
