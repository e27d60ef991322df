package all

import (
	"bufio"
	"fmt"
	"io"

	"cassacomune/app/formats"
)

// maxProblems is how many problems of a file are kept; the rest is counted.
const maxProblems = 10_000

// Result is what a file holds, as the inspect command prints it in JSON.
type Result struct {
	File     string    `json:"file"`
	Format   string    `json:"format"`
	Version  string    `json:"version"`
	OK       bool      `json:"ok"` // no problem of severity error
	Problems []Problem `json:"problems"`
	*Statements
	*Remitted
	*Owed
	Sum   string   `json:"sum,omitempty"` // of a remittance or a debt file
	Files []Result `json:"files,omitempty"`

	dropped int
}

// Problem is formats.Problem with an unknown line as null.
type Problem struct {
	Line     *int             `json:"line"`
	Field    string           `json:"field"`
	Value    string           `json:"value"`
	Reason   string           `json:"reason"`
	Severity formats.Severity `json:"severity"`
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

// Inspect reads a file to its end and tells what is inside. Archives are
// opened under limits, one level deep.
func Inspect(name string, r io.Reader) Result { return inspect(name, r, false) }

func inspect(name string, r io.Reader, inside bool) Result {
	res := Result{File: name, OK: true, Problems: []Problem{}}
	in := bufio.NewReaderSize(r, HeadSize)
	head, err := in.Peek(HeadSize)
	if err != nil && err != io.EOF {
		res.fail("file non leggibile: " + err.Error())
		return res
	}
	if kind := archiveKind(head); kind != "" {
		res.Format = kind
		res.archive(kind, in, inside)
		return res
	}
	f := Detect(head)
	switch {
	case f != nil:
		res.read(f, in)
	case len(head) == 0:
		res.fail("file vuoto")
	default:
		res.fail("formato sconosciuto")
	}
	return res
}

func (r *Result) archive(kind string, in io.Reader, inside bool) {
	if inside {
		r.fail(errNested.Error())
		return
	}
	err := unpack(kind, in, func(name string, content io.Reader) {
		f := inspect(name, content, true)
		if r.OK && !f.OK {
			r.fail("il file " + name + " contiene errori")
		}
		r.Files = append(r.Files, f)
	})
	if err != nil {
		r.fail("archivio non leggibile: " + err.Error())
	}
}

// read counts what the format's reader tells.
func (r *Result) read(f *Format, in io.Reader) {
	r.Format = f.Key
	var add func(formats.Event)
	var end func()
	switch f.Kind {
	case Journal:
		c := newStatements()
		r.Statements, add, end = &c.Statements, c.add, c.end
	case Remittance:
		r.Remitted = &Remitted{}
		add, end = r.Remitted.add, func() { r.Sum = r.Remitted.total() }
	case Debts:
		c := newOwed()
		r.Owed, add = &c.Owed, c.add
		end = func() { c.end(); r.Sum = c.sum.Decimal() }
	}
	failing := &source{src: in}
	for e := range f.Read(failing) {
		if e.Problem != nil {
			r.problem(*e.Problem)
		}
		if e.Header != nil && e.Header.Format != "" {
			r.Format, r.Version = e.Header.Format, e.Header.Version
		}
		add(e)
	}
	end()
	if failing.err != nil {
		r.fail("lettura interrotta: " + failing.err.Error())
	}
	if r.dropped > 0 {
		r.Problems = append(r.Problems, Problem{Field: "file", Value: fmt.Sprint(r.dropped), Reason: "altri problemi non elencati", Severity: formats.Warning})
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
	state := "in ordine"
	if n := len(r.Problems) + r.dropped; n > 0 {
		state = fmt.Sprintf("problemi: %d", n)
	}
	if !r.OK && len(r.Problems) > 0 {
		state = "con errori: " + r.Problems[0].Reason
		for _, p := range r.Problems {
			if p.Severity == formats.Error {
				state = "con errori: " + p.Reason
				break
			}
		}
	}
	what := ""
	switch {
	case r.Statements != nil:
		what = fmt.Sprintf("%d conti, %d movimenti, %d provvisori di entrata; ", r.Totals.Statements, r.Movements, r.ProvisionalCredits)
	case r.Remitted != nil:
		what = fmt.Sprintf("flusso %s, %d pagamenti per %s; ", r.Flow, r.Payments, r.Sum)
	case r.Owed != nil:
		what = fmt.Sprintf("%d righe, %d posizioni per %s; ", r.Rows, r.Debts, r.Sum)
	case r.Files != nil:
		what = fmt.Sprintf("%d file; ", len(r.Files))
	}
	format := r.Format
	if format == "" {
		format = "sconosciuto"
	}
	if r.Version != "" {
		format += " " + r.Version
	}
	return fmt.Sprintf("%s: %s: %s%s", r.File, format, what, state)
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
