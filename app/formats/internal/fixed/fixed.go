// Package fixed reads and writes records of fixed width: lines whose fields
// stand at known columns. Columns count characters, from 1, as the layouts of
// banks and Poste print them. It knows no layout.
package fixed

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"
	"unicode/utf8"

	"cassacomune/app/money"
)

// Errors of the fields. They are reasons: the caller knows line and field.
var (
	ErrTooLong = errors.New("riga troppo lunga")
	ErrNumber  = errors.New("non è un numero")
	ErrWidth   = errors.New("non entra nel campo")
)

// Line is a record with its number in the file.
type Line struct {
	Number int // 1-based
	Text   string
	ascii  bool
}

// NewLine makes a line out of its text.
func NewLine(number int, text string) Line {
	return Line{Number: number, Text: text, ascii: utf8.RuneCountInString(text) == len(text)}
}

// First is the first line that holds something, of the head of a file.
func First(head []byte) Line {
	text, _, _ := bytes.Cut(bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), "\r\n"), []byte("\n"))
	return NewLine(1, string(text))
}

// Lines yields the lines of r without their ends (LF or CRLF), empty ones
// too. A line of more than most bytes, or a failing r, yields an error and
// ends; so memory stays flat whatever the file.
func Lines(r io.Reader, most int) iter.Seq2[Line, error] {
	return func(yield func(Line, error) bool) {
		in := bufio.NewReaderSize(r, max(most+2, 4096))
		for n := 1; ; n++ {
			b, err := in.ReadSlice('\n')
			switch {
			case err == io.EOF && len(b) == 0:
				return
			case err != nil && err != io.EOF && err != bufio.ErrBufferFull:
				yield(Line{Number: n}, fmt.Errorf("read line %d: %w", n, err))
				return
			}
			text := strings.TrimSuffix(strings.TrimSuffix(string(b), "\n"), "\r")
			if err == bufio.ErrBufferFull || len(text) > most {
				yield(Line{Number: n}, ErrTooLong)
				return
			}
			if !yield(NewLine(n, text), nil) || err == io.EOF {
				return
			}
		}
	}
}

// Records is Lines for records of a width that may also follow each other
// without line ends, as some programs write them: then a line is a record.
func Records(r io.Reader, width, most int) iter.Seq2[Line, error] {
	in := bufio.NewReaderSize(r, max(4*width, 4096))
	if head, _ := in.Peek(2 * width); len(head) < 2*width || bytes.IndexByte(head, '\n') >= 0 {
		return Lines(in, most)
	}
	return func(yield func(Line, error) bool) {
		record := make([]rune, 0, width)
		for n := 1; ; {
			c, _, err := in.ReadRune()
			if err == nil && c != '\r' && c != '\n' {
				record = append(record, c)
			}
			if len(record) == width || err == io.EOF && len(record) > 0 {
				if !yield(NewLine(n, string(record)), nil) {
					return
				}
				n, record = n+1, record[:0]
			}
			if err == io.EOF {
				return
			}
			if err != nil {
				yield(Line{Number: n}, fmt.Errorf("read record %d: %w", n, err))
				return
			}
		}
	}
}

// Blank reports whether the line holds nothing: blanks, and the sign with which
// DOS ends a file.
func (l Line) Blank() bool { return strings.Trim(l.Text, " \x1a") == "" }

// Len counts the characters of the line.
func (l Line) Len() int {
	if l.ascii {
		return len(l.Text)
	}
	return utf8.RuneCountInString(l.Text)
}

// Raw returns the characters from column from to column to, both included,
// as they stand; fewer where the line is shorter.
func (l Line) Raw(from, to int) string {
	if l.ascii {
		return l.Text[min(from-1, len(l.Text)):min(to, len(l.Text))]
	}
	column, begin, end := 0, len(l.Text), len(l.Text)
	for i := range l.Text {
		column++
		if column == from {
			begin = i
		}
		if column == to+1 {
			end = i
			break
		}
	}
	return l.Text[min(begin, end):end]
}

// Field is Raw without blanks around it.
func (l Line) Field(from, to int) string { return strings.TrimSpace(l.Raw(from, to)) }

// Int reads digits, zeros in front allowed; blank or anything else is an
// error.
func (l Line) Int(from, to int) (int, error) {
	s := l.Field(from, to)
	if !Digits(s) {
		return 0, ErrNumber
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0, ErrNumber
	}
	return n, nil
}

// Cents reads an amount written as digits only, the last two being cents.
func (l Line) Cents(from, to int) (money.Cents, error) {
	s := l.Field(from, to)
	if s == "" {
		return 0, money.ErrEmpty
	}
	if !Digits(s) {
		return 0, money.ErrFormat
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0, money.ErrRange
	}
	return money.Cents(n), nil
}

// Digits reports whether s is one digit or more and nothing else.
func Digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// Left pads text with blanks on its right to the width; a text that does not
// fit is an error, never cut.
func Left(text string, width int) (string, error) {
	n := utf8.RuneCountInString(text)
	if n > width {
		return "", fmt.Errorf("%q in %d caratteri: %w", text, width, ErrWidth)
	}
	return text + strings.Repeat(" ", width-n), nil
}

// Zeros pads a number with zeros on its left to the width. Negative numbers
// do not fit.
func Zeros(n int64, width int) (string, error) {
	s := strconv.FormatInt(n, 10)
	if n < 0 || len(s) > width {
		return "", fmt.Errorf("%d in %d cifre: %w", n, width, ErrWidth)
	}
	return strings.Repeat("0", width-len(s)) + s, nil
}
