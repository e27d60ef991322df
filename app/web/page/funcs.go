package page

import (
	"bytes"
	"fmt"
	"html/template"
	"io/fs"
	"regexp"
	"strings"
	"sync"
	"time"

	"cassacomune/app/day"
	"cassacomune/app/money"
	"cassacomune/static"
)

var funcs = map[string]any{
	"money":    money.Cents.String,
	"day":      day.Date.Italian,
	"longday":  day.Date.Long,
	"instant":  Instant,
	"code":     Groups,
	"count":    Count[int],
	"asset":    asset,
	"icon":     icon,
	"field":    field,
	"input":    input,
	"choice":   choice,
	"checkbox": checkbox,
	"heads":    heads,
	"rows":     rows,
	"row":      row,
	"alert":    func(kind, title, text string) Alert { return Alert{kind, title, text} },
}

// Instant prints an instant as the clock on the wall showed it.
func Instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(day.Rome).Format("02/01/2006 15:04")
}

// Count prints how many there are: "1.234.567".
func Count[N int | int64](n N) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "." + s[i:]
	}
	return s
}

// Groups prints a long code in groups of four, as people read it aloud.
func Groups(code string) string {
	var b strings.Builder
	for i, r := range []rune(code) {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}

func asset(name string) (string, error) {
	if _, err := fs.Stat(static.FS, name); err != nil {
		return "", fmt.Errorf("asset %s: %w", name, err)
	}
	return static.Path(name), nil
}

var symbols = symbolsOf(static.FS)

func symbolsOf(files fs.FS) map[string]bool {
	sprite, err := fs.ReadFile(files, "sprites.svg")
	if err != nil {
		panic(err) // embedded with the binary
	}
	ids := map[string]bool{}
	for _, m := range regexp.MustCompile(`\bid="(it-[a-z0-9-]+)"`).FindAllSubmatch(bytes.ToLower(sprite), -1) {
		ids[string(m[1])] = true
	}
	return ids
}

// icons keeps what was drawn: templates name few, always the same.
var icons sync.Map

// icon draws a symbol of the sprite beside a text; it says nothing itself.
func icon(name, class string) (template.HTML, error) {
	key := [2]string{name, class}
	if drawn, ok := icons.Load(key); ok {
		return drawn.(template.HTML), nil
	}
	if !symbols[name] {
		return "", fmt.Errorf("no icon %q in static/sprites.svg: add it in static/build", name)
	}
	drawn := template.HTML(fmt.Sprintf(`<svg class="icon %s" aria-hidden="true"><use href="%s#%s"></use></svg>`,
		template.HTMLEscapeString(class), static.Path("sprites.svg"), name))
	icons.Store(key, drawn)
	return drawn, nil
}
