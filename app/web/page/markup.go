package page

import (
	"html/template"
	"strings"
)

// markup writes what is on every page many times over, cells and fields, for
// which walking a template is most of a page's cost. Its types keep a text
// from standing where markup does; html/template's own escaper has a say on
// every text.
type markup struct{ strings.Builder }

// raw writes markup.
func (m *markup) raw(html template.HTML) { m.WriteString(string(html)) }

// put writes markup and, after it, a text for an element or a quoted
// attribute.
func (m *markup) put(before template.HTML, text string) {
	m.raw(before)
	if strings.ContainsAny(text, "&<>\"'\x00") {
		text = template.HTMLEscapeString(text)
	}
	m.WriteString(text)
}

// html is what was written.
func (m *markup) html() template.HTML { return template.HTML(m.String()) }
