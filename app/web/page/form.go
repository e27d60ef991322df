package page

import (
	"fmt"
	"strconv"
	"strings"

	"cassacomune/app/day"
	"cassacomune/app/fault"
	"cassacomune/app/money"

	"github.com/gofiber/fiber/v2"
)

// Form is what a person typed and what is wrong with it. Shown again, it keeps
// every value and lists the errors first.
type Form struct {
	Words
	Errors []FieldError
	values map[string][]string
}

// FieldError is one thing to correct. Field is empty when it concerns the form
// as a whole.
type FieldError struct{ Field, Text string }

// ReadForm copies the posted values: Fiber's own live on a reused buffer.
func ReadForm(c *fiber.Ctx, w Words) Form {
	f := Form{Words: w, values: map[string][]string{}}
	for k, v := range c.Request().PostArgs().All() {
		f.put(string(k), string(v))
	}
	if parts, err := c.MultipartForm(); err == nil {
		for k, vs := range parts.Value {
			for _, v := range vs {
				f.put(strings.Clone(k), strings.Clone(v))
			}
		}
	}
	return f
}

// FillForm returns a form that starts with these values.
func FillForm(w Words, values map[string]string) Form {
	f := Form{Words: w, values: map[string][]string{}}
	for k, v := range values {
		f.put(k, v)
	}
	return f
}

func (f *Form) put(name, value string) {
	value = strings.ReplaceAll(strings.ToValidUTF8(value, "\uFFFD"), "\x00", "\uFFFD") // no database keeps these bytes
	f.values[name] = append(f.values[name], strings.TrimSpace(value))
}

// Value returns what was typed, without blanks around it.
func (f Form) Value(name string) string {
	if vs := f.values[name]; len(vs) > 0 {
		return vs[0]
	}
	return ""
}

// Values returns all values of a field that may stand more than once.
func (f Form) Values(name string) []string { return f.values[name] }

// Failed reports whether anything is wrong.
func (f Form) Failed() bool { return len(f.Errors) > 0 }

// Error returns what is wrong with a field.
func (f Form) Error(name string) string {
	for _, e := range f.Errors {
		if e.Field == name {
			return e.Text
		}
	}
	return ""
}

// Wrong notes an error.
func (f *Form) Wrong(field, text string) {
	f.Errors = append(f.Errors, FieldError{field, text})
}

// Take notes an error of a use case on its field. It returns the error when
// the form can do nothing about it: neither invalid input nor a conflict.
func (f *Form) Take(err error) error {
	e := fault.Of(err)
	if e == nil || e.Kind != fault.Invalid && e.Kind != fault.Conflict {
		return err
	}
	f.Wrong(e.Field, f.Fault(e))
	return nil
}

// Need returns a text that must be there. Label names the field to the person.
func (f *Form) Need(name, label string) string {
	v := f.Value(name)
	if v == "" {
		f.Wrong(name, f.T("form.required|%s: campo da compilare", label))
	}
	return v
}

// Money returns an amount that must be there.
func (f *Form) Money(name, label string) money.Cents {
	text := f.Need(name, label)
	if text == "" {
		return 0
	}
	cents, err := money.Parse(strings.TrimSpace(strings.TrimSuffix(text, "€")))
	if err != nil {
		f.Wrong(name, f.T("form.money|%s: importo non leggibile, per esempio 1.234,50", label))
	}
	return cents
}

// Day returns a day, or the zero Date when the field is empty.
func (f *Form) Day(name, label string) day.Date {
	text := f.Value(name)
	if text == "" {
		return day.Date{}
	}
	d, err := day.Parse(text)
	if err != nil {
		f.Wrong(name, f.T("form.day|%s: data non leggibile, per esempio 26/11/2026", label))
	}
	return d
}

// Field is what input, choice and checkbox write.
type Field struct {
	Name, Label, Hint, Type, Value, Error string
	Autocomplete, InputMode               string
	Required                              bool
	Rows                                  int // more than none: a text area
	Options                               []Option
}

// Option is one choice of a select.
type Option struct{ Value, Name string }

// field builds a Field in a template:
// {{input (field .Form "email" "label" (.T "pay.email|Email") "type" "email")}}.
func field(f Form, name string, settings ...any) (Field, error) {
	out := Field{Name: name, Type: "text", Value: f.Value(name), Error: f.Error(name)}
	if len(settings)%2 != 0 {
		return out, fmt.Errorf("field %s: settings come in pairs", name)
	}
	for i := 0; i < len(settings); i += 2 {
		if err := out.set(text(settings[i]), settings[i+1]); err != nil {
			return out, fmt.Errorf("field %s: %w", name, err)
		}
	}
	if out.Label == "" {
		return out, fmt.Errorf("field %s has no label", name)
	}
	return out, nil
}

func (d *Field) set(setting string, value any) (err error) {
	switch setting {
	case "label":
		d.Label = text(value)
	case "hint":
		d.Hint = text(value)
	case "type":
		d.Type = text(value)
	case "autocomplete":
		d.Autocomplete = text(value)
	case "inputmode":
		d.InputMode = text(value)
	case "required":
		d.Required = text(value) == "true"
	case "rows":
		d.Rows, err = strconv.Atoi(text(value))
	case "options":
		options, ok := value.([]Option)
		if !ok {
			return fmt.Errorf("options are %T, not []page.Option", value)
		}
		d.Options = options
	default:
		return fmt.Errorf("unknown setting %q", setting)
	}
	return err
}

// text is a setting as it is shown.
func text(value any) string {
	if s, ok := value.(string); ok {
		return s
	}
	return fmt.Sprint(value)
}
