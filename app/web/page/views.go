package page

import (
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"net/http"
	"strings"

	"github.com/gofiber/template/html/v2"
)

// Views renders the templates for Fiber. It loads them with Fiber's HTML
// engine, but never uses the engine's layouts: those share one function between
// requests. A page is written between the two halves of the frame instead. The
// templates are never changed after Load, so that any number of renders may run
// at once.
type Views struct {
	files fs.FS
	all   *template.Template
	pages map[string]*template.Template
}

// NewViews loads all templates of files, or says which one is wrong.
func NewViews(files fs.FS) (*Views, error) {
	v := &Views{files: files}
	return v, v.Load()
}

// Load parses all templates once; Fiber calls it again at start.
func (v *Views) Load() error {
	if v.pages != nil {
		return nil
	}
	engine := html.NewFileSystem(http.FS(v.files), ".html")
	engine.AddFuncMap(funcs)
	engine.AddFunc("kept", v.kept)
	if err := engine.Load(); err != nil {
		return fmt.Errorf("loading templates: %w", err)
	}
	v.all, v.pages = engine.Templates, map[string]*template.Template{}
	for _, t := range v.all.Templates() {
		if isPage(t.Name()) {
			v.pages[t.Name()] = t
		}
	}
	return nil
}

// Render writes a page ("citizen/pay") in its frame, or a part
// ("parts/progress") alone. The layouts of Fiber are refused.
func (v *Views) Render(w io.Writer, name string, data any, layouts ...string) error {
	if len(layouts) > 0 && layouts[0] != "" {
		return fmt.Errorf("page %s: layouts are not used", name)
	}
	if strings.HasPrefix(name, "parts/") {
		return v.part(w, name, data)
	}
	page, ok := v.pages[name]
	if !ok {
		return fmt.Errorf("no page %q", name)
	}
	framed, ok := data.(interface{ frame() Base })
	if !ok {
		return fmt.Errorf("page %s: its data, %T, has no Base", name, data)
	}
	base := framed.frame()
	if err := v.part(w, "frame/top", base); err != nil {
		return err
	}
	if err := page.Execute(w, data); err != nil {
		return err
	}
	return v.part(w, "frame/end", base)
}

func (v *Views) part(w io.Writer, name string, data any) error {
	if v.all.Lookup(name) == nil {
		return fmt.Errorf("no part %q", name)
	}
	return v.all.ExecuteTemplate(w, name, data)
}

// Names lists the pages, for the tests that must show each.
func (v *Views) Names() []string {
	names := make([]string, 0, len(v.pages))
	for name := range v.pages {
		names = append(names, name)
	}
	return names
}

// isPage reports whether a template is the content of a page: one in a role's
// folder.
func isPage(name string) bool {
	dir, _, nested := strings.Cut(name, "/")
	return nested && dir != "parts" && dir != "frame"
}
