// Package xlsx reads the first sheet of an Office Open XML workbook (XLSX,
// ECMA-376) row by row, under limits. It knows values, not styles, formulas
// or macros: a date is a number, and the caller knows which column holds
// dates.
package xlsx

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"path"
	"strings"

	"cassacomune/app/formats/internal/xmlscan"
)

// Limits. The archive must be at hand whole, because its list of contents
// stands at its end; what comes out of it streams by.
const (
	MaxFile    = 16 << 20  // bytes of the file
	maxPart    = 256 << 20 // bytes that may come out of one of its parts
	maxShared  = 16 << 20  // bytes of the texts that cells share
	maxParts   = 1000
	maxColumns = 256
)

// Errors of a file. They are reasons in Italian.
var (
	ErrTooLarge = errors.New("foglio più grande di 16 MB: dividerlo, o salvarlo come CSV")
	ErrBomb     = errors.New("il foglio si espande oltre ogni misura ragionevole")
	ErrNotSheet = errors.New("l'archivio non contiene un foglio di calcolo")
	ErrBroken   = errors.New("foglio di calcolo danneggiato")
	ErrColumns  = errors.New("il foglio ha più di 256 colonne")
)

// Sniff reports whether a file that begins like this is a workbook: an archive
// whose first parts are those that office programs write.
func Sniff(head []byte) bool {
	if len(head) < 34 || !bytes.HasPrefix(head, []byte("PK\x03\x04")) {
		return false
	}
	first := string(head[30:min(len(head), 30+int(head[26])+int(head[27])<<8)])
	known := first == "[Content_Types].xml"
	for _, dir := range []string{"xl/", "_rels/", "docProps/", "customXml/"} {
		known = known || strings.HasPrefix(first, dir)
	}
	return known && bytes.Contains(head, []byte("xl/"))
}

// Sheet is the first sheet of a workbook.
type Sheet struct {
	part      *zip.File
	shared    texts
	since1904 bool
}

// Open reads the file and what its first sheet needs.
func Open(r io.Reader) (*Sheet, error) {
	raw, err := gather(r)
	if err != nil {
		return nil, err
	}
	if raw.count("PK\x01\x02") > maxParts { // before the list of contents is read
		return nil, ErrBomb
	}
	z, err := zip.NewReader(raw, raw.size)
	if err != nil {
		return nil, ErrBroken
	}
	b := book{parts: map[string]*zip.File{}, targets: map[string]string{}}
	for _, f := range z.File {
		b.parts[path.Clean("/"+f.Name)] = f
	}
	if b.parts[workbook] == nil {
		return nil, ErrNotSheet
	}
	return b.first()
}

// The parts whose place is fixed.
const (
	workbook  = "/xl/workbook.xml"
	relations = "/xl/_rels/workbook.xml.rels"
)

// book is a workbook being opened.
type book struct {
	parts   map[string]*zip.File
	targets map[string]string // of the workbook's relations, by id
	shared  string            // part of the shared texts
	sheet   string            // relation of the first sheet
	s       Sheet
}

// first finds the first sheet of the workbook.
func (b *book) first() (*Sheet, error) {
	if err := b.scan(relations, b.relation); err != nil {
		return nil, err
	}
	if err := b.scan(workbook, b.element); err != nil {
		return nil, err
	}
	b.s.part = b.parts[b.targets[b.sheet]]
	if b.s.part == nil {
		return nil, ErrBroken
	}
	if b.parts[b.shared] != nil {
		if err := b.texts(); err != nil {
			return nil, err
		}
	}
	return &b.s, nil
}

// scan calls each with the elements of a part.
func (b *book) scan(part string, each func(*xmlscan.Scanner)) error {
	f := b.parts[part]
	if f == nil {
		return ErrBroken
	}
	s, done, err := open(f)
	if err != nil {
		return err
	}
	defer done()
	for s.Next() {
		if s.Kind == xmlscan.Start {
			each(s)
		}
	}
	return fault(s.Err())
}

func (b *book) relation(s *xmlscan.Scanner) {
	if s.Name != "Relationship" {
		return
	}
	target := attribute(s, "Target")
	if !strings.HasPrefix(target, "/") {
		target = "/xl/" + target
	}
	target = path.Clean(target)
	b.targets[attribute(s, "Id")] = target
	if strings.HasSuffix(attribute(s, "Type"), "/sharedStrings") {
		b.shared = target
	}
}

func (b *book) element(s *xmlscan.Scanner) {
	switch s.Name {
	case "workbookPr":
		b.s.since1904 = attribute(s, "date1904") == "1" || attribute(s, "date1904") == "true"
	case "sheet":
		if b.sheet == "" {
			b.sheet = attribute(s, "id")
		}
	}
}

func attribute(s *xmlscan.Scanner, name string) string {
	for _, a := range s.Attrs {
		if a.Name == name {
			return a.Value
		}
	}
	return ""
}

// open begins to read a part.
func open(f *zip.File) (*xmlscan.Scanner, func(), error) {
	in, err := f.Open()
	if err != nil {
		return nil, nil, ErrBroken
	}
	return xmlscan.New(&limited{in, maxPart}), func() { in.Close() }, nil
}

// limited fails where more comes out than may.
type limited struct {
	src  io.Reader
	left int
}

func (l *limited) Read(p []byte) (int, error) {
	n, err := l.src.Read(p)
	if l.left -= n; l.left < 0 {
		return 0, ErrBomb
	}
	return n, err
}

// fault tells a part that cannot be read.
func fault(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, ErrBomb):
		return ErrBomb
	}
	return ErrBroken
}
