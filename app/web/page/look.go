package page

import (
	"html/template"
	"strings"
	"sync"
)

// Look is what a page shows around its content, the same for all who share a
// municipality, a language and a role. It is made once; nobody changes it.
type Look struct {
	Words
	Brand     Brand
	Languages []Language // more than one, or none
	Menu      []Link

	kept sync.Map // name of a part -> its template.HTML
}

// Brand is how the municipality shows itself.
type Brand struct {
	Name, Contact                 string
	Logo                          string // address of the coat of arms
	Style                         string // address of the style sheet with its colours
	Region, RegionURL             string
	Privacy, Legal, Accessibility string // addresses that the law wants in the footer
	Links                         []Link // further links of the footer
	Test                          bool   // not live: said on every page
}

// Language is one choice of the language switch.
type Language struct {
	Code, Name, URL string
	Active          bool
}

// kept renders a part of the frame from a look, the first time that the look
// is shown, and keeps it with the look.
func (v *Views) kept(part string, l *Look) (template.HTML, error) {
	if made, ok := l.kept.Load(part); ok {
		return made.(template.HTML), nil
	}
	var b strings.Builder
	if err := v.part(&b, part, l); err != nil {
		return "", err
	}
	made := template.HTML(b.String())
	l.kept.Store(part, made)
	return made, nil
}
