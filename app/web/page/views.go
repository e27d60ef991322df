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

// Views renders the templates for Fiber. It loads the frame and the parts with
// Fiber's HTML engine, but never uses the engine's layouts: those share one
// function between requests. Instead each page is a set of its own, a clone of
// frame and parts with the page as "content"; sets are never changed after
// Load, so that any number of renders may run at once.
type Views struct {
	files fs.FS
	pages map[string]*template.Template
	parts *template.Template
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
	engine := html.NewFileSystem(http.FS(sharedOnly{v.files}), ".html")
	engine.AddFuncMap(funcs)
	engine.AddFunc("kept", v.kept)
	if err := engine.Load(); err != nil {
		return fmt.Errorf("loading frame and parts: %w", err)
	}
	pages := map[string]*template.Template{}
	err := fs.WalkDir(v.files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !isPage(name) {
			return err
		}
		pages[strings.TrimSuffix(name, ".html")], err = v.page(engine.Templates, name)
		return err
	})
	if err != nil {
		return fmt.Errorf("loading pages: %w", err)
	}
	v.parts, v.pages = engine.Templates, pages
	return nil
}

func (v *Views) page(shared *template.Template, name string) (*template.Template, error) {
	content, err := fs.ReadFile(v.files, name)
	if err != nil {
		return nil, err
	}
	set, err := shared.Clone()
	if err != nil {
		return nil, err
	}
	if _, err := set.New("content").Parse(string(content)); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return set.Lookup("frame"), nil
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
	based, ok := data.(interface{ around(any) Base })
	if !ok {
		return fmt.Errorf("page %s: its data, %T, has no Base", name, data)
	}
	return page.Execute(w, based.around(data))
}

func (v *Views) part(w io.Writer, name string, data any) error {
	if v.parts.Lookup(name) == nil {
		return fmt.Errorf("no part %q", name)
	}
	return v.parts.ExecuteTemplate(w, name, data)
}

// Names lists the pages, for the tests that must show each.
func (v *Views) Names() []string {
	names := make([]string, 0, len(v.pages))
	for name := range v.pages {
		names = append(names, name)
	}
	return names
}

// isPage reports whether the file is the content of a page: a template in a
// role's folder. Letters are app/mail's own.
func isPage(name string) bool {
	dir, _, nested := strings.Cut(name, "/")
	return nested && dir != "parts" && dir != "mail" && strings.HasSuffix(name, ".html")
}

// sharedOnly shows the engine the frame and the parts, and no page.
type sharedOnly struct{ fs.FS }

func (s sharedOnly) ReadDir(name string) ([]fs.DirEntry, error) {
	all, err := fs.ReadDir(s.FS, name)
	if name != "." {
		return all, err
	}
	var shared []fs.DirEntry
	for _, entry := range all {
		if entry.Name() == "parts" || entry.Name() == "frame.html" {
			shared = append(shared, entry)
		}
	}
	return shared, err
}

func (s sharedOnly) Open(name string) (fs.File, error) {
	f, err := s.FS.Open(name)
	if err != nil || name != "." {
		return f, err
	}
	return sharedRoot{f, s}, nil
}

type sharedRoot struct {
	fs.File
	of sharedOnly
}

func (r sharedRoot) ReadDir(int) ([]fs.DirEntry, error) { return r.of.ReadDir(".") }
