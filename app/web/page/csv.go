package page

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"iter"
	"mime"
	"regexp"
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"
)

// CSV sends rows as a file that an Italian spreadsheet opens at a double click:
// UTF-8 with its mark, semicolons. Rows are streamed after the handler has
// returned: they must not use the request, and open their own transaction. An
// error of the rows breaks the connection off, so that no file looks whole
// that is not.
func CSV(c *fiber.Ctx, name string, header []string, rows iter.Seq2[[]string, error]) error {
	c.Set(fiber.HeaderContentType, "text/csv; charset=utf-8")
	c.Set(fiber.HeaderContentDisposition, mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	r, w := io.Pipe()
	go func() { w.CloseWithError(WriteCSV(w, header, rows)) }()
	c.Context().SetBodyStream(r, -1)
	return nil
}

// WriteCSV writes the same file anywhere.
func WriteCSV(w io.Writer, header []string, rows iter.Seq2[[]string, error]) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return fmt.Errorf("writing csv: %w", err)
	}
	out := csv.NewWriter(w)
	out.Comma, out.UseCRLF = ';', true
	if err := out.Write(guarded(header)); err != nil {
		return fmt.Errorf("writing csv: %w", err)
	}
	for row, err := range rows {
		if err != nil {
			return fmt.Errorf("reading rows for csv: %w", err)
		}
		if err := out.Write(guarded(row)); err != nil {
			return fmt.Errorf("writing csv: %w", err)
		}
	}
	out.Flush()
	return out.Error()
}

// LongDownload is the context of rows that are sent after the handler has
// returned: the request's own ends with it.
func LongDownload() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), 10*time.Minute)
}

var number = regexp.MustCompile(`^-?[0-9][0-9.]*(,[0-9]+)?$`)

// guarded puts an apostrophe before what a spreadsheet would run as a formula.
// Negative amounts are numbers, and stay.
func guarded(row []string) []string {
	safe := slices.Clone(row)
	for i, cell := range safe {
		if cell != "" && slices.Contains([]byte("=+-@\t\r\n"), cell[0]) && !number.MatchString(cell) {
			safe[i] = "'" + cell
		}
	}
	return safe
}
