package page

import (
	"html/template"
	"strconv"
)

// fieldBytes is about how long a field comes out.
const fieldBytes = 512

// input writes a field to type into.
func input(d Field) template.HTML {
	var m markup
	m.Grow(fieldBytes)
	d.head(&m)
	if d.Rows > 0 {
		m.raw(`<textarea class="form-control`)
	} else {
		m.raw(`<input class="form-control`)
	}
	if d.Error != "" {
		m.raw(` is-invalid`)
	}
	m.put(`" id="`, d.Name)
	m.put(`" name="`, d.Name)
	if d.Rows > 0 {
		m.put(`" rows="`, strconv.Itoa(d.Rows))
		d.describe(&m)
		m.put(`>`, d.Value)
		m.raw(`</textarea>`)
	} else {
		m.put(`" type="`, d.Type)
		m.put(`" value="`, d.Value)
		if d.Autocomplete != "" {
			m.put(`" autocomplete="`, d.Autocomplete)
		}
		if d.InputMode != "" {
			m.put(`" inputmode="`, d.InputMode)
		}
		d.describe(&m)
		m.raw(`>`)
	}
	d.foot(&m)
	return m.html()
}

// choice writes a field to choose from its options.
func choice(d Field) template.HTML {
	var m markup
	m.Grow(fieldBytes)
	d.head(&m)
	m.raw(`<select`)
	if d.Error != "" {
		m.raw(` class="is-invalid"`)
	}
	m.put(` id="`, d.Name)
	m.put(`" name="`, d.Name)
	d.describe(&m)
	m.raw(`>`)
	for _, o := range d.Options {
		m.put(`<option value="`, o.Value)
		if o.Value == d.Value {
			m.put(`" selected>`, o.Name)
		} else {
			m.put(`">`, o.Name)
		}
		m.raw(`</option>`)
	}
	m.raw(`</select>`)
	d.foot(&m)
	return m.html()
}

// checkbox writes a field to tick.
func checkbox(d Field) template.HTML {
	var m markup
	m.put(`<div class="form-check"><input id="`, d.Name)
	m.put(`" name="`, d.Name)
	m.raw(`" type="checkbox" value="si`)
	d.describe(&m)
	if d.Value != "" {
		m.raw(` checked`)
	}
	m.put(`><label for="`, d.Name)
	m.put(`">`, d.Label)
	m.raw(`</label>`)
	d.help(&m)
	d.wrong(&m)
	m.raw(`</div>`)
	return m.html()
}

func (d *Field) head(m *markup) {
	m.put(`<div class="form-group"><label class="active" for="`, d.Name)
	m.put(`">`, d.Label)
	m.raw(`</label>`)
	d.help(m)
}

func (d *Field) foot(m *markup) {
	d.wrong(m)
	m.raw(`</div>`)
}

func (d *Field) help(m *markup) {
	if d.Hint != "" {
		m.put(`<small class="form-text" id="`, d.Name)
		m.put(`-aiuto">`, d.Hint)
		m.raw(`</small>`)
	}
}

func (d *Field) wrong(m *markup) {
	if d.Error != "" {
		m.put(`<span class="form-feedback" id="`, d.Name)
		m.put(`-errore">`, d.Error)
		m.raw(`</span>`)
	}
}

// describe closes the last attribute and ties the field to its hint and its
// error, for who cannot see them.
func (d *Field) describe(m *markup) {
	m.raw(`"`)
	if d.Required {
		m.raw(` aria-required="true"`)
	}
	if d.Error != "" {
		m.raw(` aria-invalid="true"`)
	}
	switch {
	case d.Hint != "" && d.Error != "":
		m.put(` aria-describedby="`, d.Name)
		m.put(`-aiuto `, d.Name)
		m.raw(`-errore"`)
	case d.Hint != "":
		m.put(` aria-describedby="`, d.Name)
		m.raw(`-aiuto"`)
	case d.Error != "":
		m.put(` aria-describedby="`, d.Name)
		m.raw(`-errore"`)
	}
}
