package worker

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"cassacomune/app/formats"
	"cassacomune/jobs"
)

// place is how far the second pass over a debt file has come: how many groups
// are done, on which line the last of them begins, and where in the file that
// is (0: not known, the file is read again from its start). The line decides
// what is done; the rest is to get there sooner.
type place struct {
	groups int64
	line   int
	offset int64
}

func (p place) String() string { return fmt.Sprintf("%d %d %d", p.groups, p.line, p.offset) }

func placeOf(run *jobs.Run) (p place, err error) {
	if run.Cursor == "" {
		return p, nil
	}
	if _, err := fmt.Sscan(run.Cursor, &p.groups, &p.line, &p.offset); err != nil {
		return p, fmt.Errorf("cursor of run %s: %w", run.ID, err)
	}
	return p, nil
}

// mostHeader is longer than any header of a debt file.
const mostHeader = 16 << 10

// resume makes a file that begins with the header of file and goes on at the
// place. It answers with how many lines the numbers in it are behind.
func resume(file io.Reader, p place) (rest io.Reader, behind int, err error) {
	if p.offset == 0 {
		return file, 0, nil
	}
	in := bufio.NewReaderSize(file, mostHeader)
	header, err := in.ReadSlice('\n')
	if err != nil {
		return nil, 0, fmt.Errorf("header: %w", err)
	}
	head := string(header)
	if _, err := io.CopyN(io.Discard, in, p.offset-int64(len(head))); err != nil {
		return nil, 0, fmt.Errorf("go on at line %d: %w", p.line, err)
	}
	return io.MultiReader(strings.NewReader(head), in), p.line - 2, nil
}

// resumable reports whether a header is one line of text, before which nothing
// else counts.
func resumable(header string) bool {
	return strings.TrimSpace(header) != "" && len(header) < mostHeader && strings.HasSuffix(header, "\n") && strings.Count(header, `"`)%2 == 0
}

// ahead gives back to the events of such a file the numbers of its lines.
func ahead(events formats.Reader, lines int) formats.Reader {
	if lines == 0 {
		return events
	}
	return func(yield func(formats.Event) bool) {
		for e := range events {
			if e.Problem != nil && e.Problem.Line > 0 {
				e.Problem.Line += lines
			}
			if e.Debt != nil {
				e.Debt.Line += lines
			}
			if !yield(e) {
				return
			}
		}
	}
}
