package page

import (
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/BurntSushi/toml"
	"github.com/gofiber/fiber/v2"
	"golang.org/x/text/language"
)

// Words says texts in one language. The zero Words speaks Italian.
type Words struct {
	code  string
	texts map[string]string
}

// Lang returns the language's code, for the lang attribute.
func (w Words) Lang() string {
	if w.code == "" {
		return "it"
	}
	return w.code
}

// T returns the text of "key|Testo italiano" in the language, or the Italian
// one. Arguments fill verbs as in fmt.Sprintf ("%s", or "%[2]s" where another
// language wants another order).
func (w Words) T(keyed string, args ...any) string {
	key, text, _ := strings.Cut(keyed, "|")
	if t, ok := w.texts[key]; ok {
		text = t
	}
	if len(args) == 0 {
		return text
	}
	return fmt.Sprintf(text, args...)
}

// Texts holds all languages beside Italian.
type Texts map[string]map[string]string

// LoadTexts reads text/<lang>.toml of the views.
func LoadTexts(files fs.FS) (Texts, error) {
	names, err := fs.Glob(files, "text/*.toml")
	if err != nil {
		return nil, fmt.Errorf("listing texts: %w", err)
	}
	all := Texts{}
	for _, name := range names {
		var tree map[string]any
		if _, err := toml.DecodeFS(files, name, &tree); err != nil {
			return nil, fmt.Errorf("reading %s: %w", name, err)
		}
		table := map[string]string{}
		if err := flatten(table, "", tree); err != nil {
			return nil, fmt.Errorf("reading %s: %w", name, err)
		}
		all[strings.TrimSuffix(path.Base(name), ".toml")] = table
	}
	return all, nil
}

func flatten(table map[string]string, prefix string, tree map[string]any) error {
	for key, value := range tree {
		switch v := value.(type) {
		case string:
			table[prefix+key] = v
		case map[string]any:
			if err := flatten(table, prefix+key+".", v); err != nil {
				return err
			}
		default:
			return fmt.Errorf("%s%s is neither a text nor a table", prefix, key)
		}
	}
	return nil
}

// In returns the words of a language; an unknown one is Italian.
func (t Texts) In(code string) Words {
	if _, ok := t[code]; !ok {
		return Words{}
	}
	return Words{code: code, texts: t[code]}
}

// LanguageCookie remembers a visitor's choice. It is technical: it needs no
// consent.
const LanguageCookie = "lingua"

// Choose returns which of the municipality's languages to speak: the
// visitor's choice, else what the browser asks for, else the first.
func Choose(c *fiber.Ctx, offered []string) string {
	if len(offered) == 0 {
		return "it"
	}
	chosen := c.Cookies(LanguageCookie)
	tags := make([]language.Tag, len(offered))
	for i, code := range offered {
		if code == chosen {
			return code
		}
		tags[i] = language.Make(code)
	}
	wanted, _, err := language.ParseAcceptLanguage(c.Get(fiber.HeaderAcceptLanguage))
	if err != nil || len(wanted) == 0 {
		return offered[0]
	}
	_, i, _ := language.NewMatcher(tags).Match(wanted...)
	return offered[i]
}
