package page

import (
	"html/template"
	"strings"
	"sync"
)

// rows writes the body of a table. It does what the part cell does, without
// walking a template for every cell: of a list page that walk was the cost.
func rows(all [][]Cell) template.HTML {
	var b strings.Builder
	b.Grow(1536 * len(all))
	for _, row := range all {
		b.WriteString("<tr>")
		for _, c := range row {
			c.write(&b)
		}
		b.WriteString("</tr>\n")
	}
	return template.HTML(b.String())
}

func (c Cell) write(b *strings.Builder) {
	switch c.Kind {
	case "money":
		b.WriteString(`<td class="text-end cc-num">`)
	case "code":
		b.WriteString(`<td class="cc-code">`)
	default:
		b.WriteString("<td>")
	}
	c.inner(b)
	for _, m := range c.More {
		if m.Kind == "badge" {
			b.WriteByte(' ')
		} else {
			b.WriteString("<br>")
		}
		m.inner(b)
	}
	b.WriteString("</td>")
}

func (c Cell) inner(b *strings.Builder) {
	switch {
	case c.ready != "":
		b.WriteString(string(c.ready))
	case c.Kind == "badge":
		b.WriteString(`<span class="badge `)
		escape(b, c.Class)
		b.WriteString(`">`)
		escape(b, c.Text)
		b.WriteString("</span>")
	case c.Kind == "small":
		b.WriteString("<small>")
		escape(b, c.Text)
		b.WriteString("</small>")
	case strings.HasPrefix(c.URL, "/") || strings.HasPrefix(c.URL, "#"): // pages of ours, no other scheme
		b.WriteString(`<a href="`)
		escape(b, c.URL)
		b.WriteString(`">`)
		escape(b, c.Text)
		b.WriteString("</a>")
	default:
		escape(b, c.Text)
	}
}

// escape writes a text for an element or a quoted attribute.
func escape(b *strings.Builder, text string) {
	if strings.ContainsAny(text, "&<>\"'\x00") {
		text = template.HTMLEscapeString(text)
	}
	b.WriteString(text)
}

// lampsOf keeps the few hundred pictures of six lamps that there are.
var lampsOf sync.Map

// LampsCell is a cell with the path of the money in lamps, the step's names
// said to who cannot see them.
func LampsCell(w Words, states ...Lamp) Cell {
	key := w.Lang()
	reached := make([]Reached, len(states))
	for i, s := range states {
		key += " " + string(s)
		reached[i].State = s
	}
	if made, ok := lampsOf.Load(key); ok {
		return Cell{ready: made.(template.HTML)}
	}
	var b strings.Builder
	b.WriteString(`<ol class="cc-lamps">`)
	for _, s := range NewLine(w, reached...).Steps {
		says := template.HTMLEscapeString(s.Name + ": " + s.Says)
		b.WriteString(`<li class="cc-` + template.HTMLEscapeString(string(s.State)) + `" title="` + says + `"><span class="cc-lamp" aria-hidden="true">` +
			template.HTMLEscapeString(s.Mark) + `</span><span class="visually-hidden">` + says + `</span></li>`)
	}
	b.WriteString("</ol>")
	made := template.HTML(b.String())
	if len(states) <= 6 {
		lampsOf.Store(key, made)
	}
	return Cell{ready: made}
}
