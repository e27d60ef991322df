package all

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"cassacomune/app/formats"
	"cassacomune/app/formats/nodo"
	"cassacomune/app/formats/p7m"
)

// maxProblems is how many problems of a file are kept; the rest is counted.
const maxProblems = 10_000

// Result is what a file holds, as the inspect command prints it in JSON: its
// own fields and then those of its content.
type Result struct {
	File     string    `json:"file"`
	Format   string    `json:"format"`
	Version  string    `json:"version"`
	OK       bool      `json:"ok"` // no problem of severity error
	Problems []Problem `json:"problems"`
	Content  Content   `json:"-"` // nil where the format is unknown

	dropped int
}

// Content is what a kind of file holds: *Statements, *Remitted, *Paid,
// *Answered, *Receipted, *Owed, *Archive, *Signed.
type Content interface {
	add(formats.Event)
	end()
	line() string // for people
}

// contents makes the content of each kind.
var contents = map[Kind]func() Content{
	Journal:    func() Content { return newStatements(true) },
	Bank:       func() Content { return newStatements(false) },
	Remittance: func() Content { return &Remitted{} },
	Payments:   func() Content { return newPaid() },
	Outcomes:   func() Content { return newAnswered() },
	Receipts:   func() Content { return &Receipted{} },
	Debts:      func() Content { return newOwed() },
}

// Problem is formats.Problem with an unknown line as null.
type Problem struct {
	Line     *int             `json:"line"`
	Field    string           `json:"field"`
	Value    string           `json:"value"`
	Reason   string           `json:"reason"`
	Severity formats.Severity `json:"severity"`
}

// MarshalJSON writes the fields of the content behind those of the file.
func (r Result) MarshalJSON() ([]byte, error) {
	type head Result
	b, err := json.Marshal(head(r))
	if err != nil || r.Content == nil {
		return b, err
	}
	more, err := json.Marshal(r.Content)
	if err != nil {
		return nil, err
	}
	if more = bytes.TrimPrefix(more, []byte("{")); len(more) > 1 {
		b = append(b[:len(b)-1], ',')
		b = append(b, more...)
	}
	return b, nil
}

// Inspect reads a file to its end and tells what is inside. Archives are
// opened under limits, one level deep; signatures are judged against trust.
func Inspect(name string, r io.Reader, trust formats.Trust) Result {
	i := &inspection{trust: trust}
	return i.file(name, r)
}

// inspection is of one file and of those inside it.
type inspection struct {
	trust   formats.Trust
	archive bool // inside one
}

func (i *inspection) file(name string, r io.Reader) Result {
	res := Result{File: name, OK: true, Problems: []Problem{}}
	in := bufio.NewReaderSize(r, HeadSize)
	head, err := in.Peek(HeadSize)
	if err != nil && err != io.EOF {
		res.fail("file non leggibile: " + err.Error())
		return res
	}
	f, archive := Detect(head), ArchiveKind(head)
	switch {
	case len(head) == 0:
		res.fail("file vuoto")
	case f != nil && f.Key == nodo.Key:
		i.envelope(&res, f, in)
	case f != nil: // before archives: a spreadsheet is one
		res.read(f, in)
	case archive != "":
		i.open(&res, archive, in)
	case p7m.Sniff(head):
		i.signed(&res, in)
	case !i.unsupported(&res, in):
		res.fail("formato sconosciuto")
	}
	return res
}

// read counts what the format's reader tells.
func (r *Result) read(f *Format, in io.Reader) {
	r.Format = f.Key
	r.Content = contents[f.Kind]()
	failing := &source{src: in}
	for e := range f.Read(failing) {
		if e.Problem != nil {
			r.problem(*e.Problem)
		}
		if e.Header != nil && e.Header.Format != "" {
			r.Format, r.Version = e.Header.Format, e.Header.Version
		}
		r.Content.add(e)
	}
	r.Content.end()
	if failing.err != nil {
		r.fail("lettura interrotta: " + failing.err.Error())
	}
	if r.dropped > 0 {
		r.Problems = append(r.Problems, Problem{Field: "file", Value: fmt.Sprint(r.dropped), Reason: "altri problemi non elencati", Severity: formats.Warning})
	}
}

func (r *Result) problem(p formats.Problem) {
	if p.Severity != formats.Warning {
		r.OK = false
	}
	if len(r.Problems) == maxProblems {
		r.dropped++
		return
	}
	out := Problem{Field: p.Field, Value: p.Value, Reason: p.Reason, Severity: p.Severity}
	if p.Line > 0 {
		out.Line = &p.Line
	}
	r.Problems = append(r.Problems, out)
}

func (r *Result) fail(reason string) {
	r.problem(formats.Problem{Field: "file", Reason: reason, Severity: formats.Error})
}

// holds tells the errors of a file inside this one; one that could not be read
// makes this one unreadable too.
func (r *Result) holds(f Result) {
	switch {
	case f.OK:
	case f.Readable():
		r.problem(formats.Problem{Field: "contenuto", Value: f.File, Reason: "il file contiene errori", Severity: formats.Error})
	default:
		r.problem(formats.Problem{Field: "file", Value: f.File, Reason: "il file contenuto non è leggibile o è di formato sconosciuto", Severity: formats.Error})
	}
}

// source remembers that the file itself failed, so that a reader which takes
// any error for the end is not believed.
type source struct {
	src io.Reader
	err error
}

func (s *source) Read(p []byte) (int, error) {
	n, err := s.src.Read(p)
	if err != nil && err != io.EOF {
		s.err = err
	}
	return n, err
}

// Line sums the file up for people, in one line.
func (r Result) Line() string {
	format := strings.TrimSpace(r.Format + " " + r.Version)
	if format == "" {
		format = "sconosciuto"
	}
	parts := []string{r.state()}
	if r.Content != nil {
		parts = []string{r.Content.line(), r.state()}
	}
	return fmt.Sprintf("%s: %s: %s", r.File, format, strings.Join(parts, "; "))
}

// state tells the first error, else how many problems there are.
func (r Result) state() string {
	for _, p := range r.Problems {
		if p.Severity == formats.Error {
			return "con errori: " + p.Reason
		}
	}
	if n := len(r.Problems) + r.dropped; n > 0 {
		return fmt.Sprintf("problemi: %d", n)
	}
	return "in ordine"
}

// Readable reports whether the format was known and the file could be read to
// its end, with or without problems in its rows.
func (r Result) Readable() bool {
	for _, p := range r.Problems {
		if p.Field == "file" && p.Severity == formats.Error {
			return false
		}
	}
	return r.Format != ""
}
