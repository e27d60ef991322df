package page

import (
	"html/template"
	"strings"
	"sync"
)

// rowsAtOnce is how many rows make a piece of a table: a piece is shorter than
// the buffers that fmt keeps, through which a template writes it.
const rowsAtOnce = 25

// rows writes the body of a table, in pieces.
func rows(columns []Column, all [][]Cell) (pieces []template.HTML) {
	names := namesIn(columns)
	for len(all) > 0 {
		n := min(len(all), rowsAtOnce)
		var m markup
		m.Grow(1536 * n)
		for _, row := range all[:n] {
			m.row(names, row)
		}
		pieces, all = append(pieces, m.html()), all[n:]
	}
	return pieces
}

// row writes one row, for the foot of a table.
func row(columns []Column, cells []Cell) template.HTML {
	var m markup
	m.row(namesIn(columns), cells)
	return m.html()
}

// namesIn are the attributes with which the cells of cards name themselves;
// the first one is the card's title.
func namesIn(columns []Column) (names []template.HTML) {
	if !cards(columns) {
		return nil
	}
	for i, c := range columns {
		var m markup
		if i > 0 && c.Name != "" {
			m.put(` data-th="`, c.Name)
			m.raw(`"`)
		}
		names = append(names, m.html())
	}
	return names
}

func (m *markup) row(names []template.HTML, cells []Cell) {
	m.raw(`<tr>`)
	for i := range cells {
		m.raw(`<td`)
		if i < len(names) {
			m.raw(names[i])
		}
		cells[i].write(m)
	}
	m.raw("</tr>\n")
}

// write ends the tag that row began, with what the cell is.
func (c *Cell) write(m *markup) {
	switch c.Kind {
	case "money":
		m.raw(` class="text-end cc-num">`)
	case "code":
		m.raw(` class="cc-code">`)
	case "long":
		m.raw(` class="text-break">`)
	default:
		m.raw(`>`)
	}
	c.inner(m)
	for i := range c.More {
		if c.More[i].Kind == "badge" {
			m.raw(` `)
		} else {
			m.raw(`<br>`)
		}
		c.More[i].inner(m)
	}
	m.raw(`</td>`)
}

func (c *Cell) inner(m *markup) {
	switch {
	case c.ready != "":
		m.raw(c.ready)
	case c.Kind == "badge":
		m.put(`<span class="badge `, c.Class)
		m.put(`">`, c.Text)
		m.raw(`</span>`)
	case c.Kind == "small":
		m.put(`<small>`, c.Text)
		m.raw(`</small>`)
	case ours(c.URL):
		m.put(`<a href="`, c.URL)
		m.put(`">`, c.Text)
		m.raw(`</a>`)
	default:
		m.put(``, c.Text)
	}
}

// ours reports whether an address is a page of ours: no other scheme, and no
// other host.
func ours(url string) bool {
	if len(url) > 1 && url[0] == '/' {
		return url[1] != '/' && url[1] != '\\'
	}
	return strings.HasPrefix(url, "/") || strings.HasPrefix(url, "#")
}

// heads writes the heads of a table.
func heads(columns []Column) (template.HTML, error) {
	var m markup
	m.raw(`<thead><tr>`)
	for _, c := range columns {
		m.raw(`<th scope="col"`)
		if c.Order != "" {
			m.put(` aria-sort="`, c.Order)
			m.raw(`"`)
		}
		if c.Money {
			m.raw(` class="text-end"`)
		}
		if !ours(c.URL) {
			m.put(`>`, c.Name)
			m.raw(`</th>`)
			continue
		}
		m.put(`><a href="`, c.URL)
		m.put(`">`, c.Name)
		if symbol, ok := arrows[c.Order]; ok {
			arrow, err := icon(symbol, "icon-xs")
			if err != nil {
				return "", err
			}
			m.raw(` ` + arrow)
		}
		m.raw(`</a></th>`)
	}
	m.raw(`</tr></thead>`)
	return m.html(), nil
}

var arrows = map[string]string{"ascending": "it-arrow-up-triangle", "descending": "it-arrow-down-triangle"}

// drawn keeps the few hundred pictures of six lamps that there are.
var drawn sync.Map // lampsKey -> template.HTML

type lampsKey struct {
	lang string
	six  [6]Lamp
}

// LampsCell is a cell with the path of the money in lamps, the step's names
// said to who cannot see them.
func LampsCell(w Words, due, asked, collected, remitted, credited, ordered Lamp) Cell {
	key := lampsKey{w.Lang(), [6]Lamp{due, asked, collected, remitted, credited, ordered}}
	if made, ok := drawn.Load(key); ok {
		return Cell{ready: made.(template.HTML)}
	}
	var reached [6]Reached
	for i, s := range key.six {
		reached[i].State = s
	}
	var m markup
	m.raw(`<ol class="cc-lamps">`)
	line := NewLine(w, reached[:]...)
	for _, s := range line.Steps {
		says := s.Name + ": " + s.Says
		m.put(`<li class="cc-`, string(s.State))
		m.put(`" title="`, says)
		m.put(`"><span class="cc-lamp" aria-hidden="true">`, s.Mark)
		m.put(`</span><span class="visually-hidden">`, says)
		m.raw(`</span></li>`)
	}
	m.raw(`</ol>`)
	if last := line.Last(); last != "" {
		m.put(` <small aria-hidden="true">`, last)
		m.raw(`</small>`)
	}
	drawn.Store(key, m.html())
	return Cell{ready: m.html()}
}
