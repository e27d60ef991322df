package xmlscan

import (
	"encoding/base64"
	"io"
)

// Base64 returns what the base64 text of the element that has just begun says
// (xsd:base64Binary), however long it is: MaxText does not bound it. It is to
// be read to its end before the next token, which is what follows the text.
func (s *Scanner) Base64() io.Reader {
	if s.Kind != Start || s.phase == closing {
		return eof{}
	}
	s.open[len(s.open)-1].text = true
	return base64.NewDecoder(base64.StdEncoding, &letters{&s.in})
}

// letters gives the signs of base64 up to the first other one, without blanks.
type letters struct{ in *input }

func (l *letters) Read(p []byte) (n int, err error) {
	for n == 0 && len(p) > 0 {
		if !l.in.need(1) {
			return 0, io.ErrUnexpectedEOF
		}
		read := 0
		for _, c := range l.in.rest() {
			if n == len(p) || !isBase64(c) && c != ' ' && c != '\t' && c != '\r' && c != '\n' {
				break
			}
			if read++; isBase64(c) {
				p[n] = c
				n++
			}
		}
		if read == 0 {
			return 0, io.EOF
		}
		l.in.skip(read)
	}
	return n, nil
}

func isBase64(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '+' || c == '/' || c == '='
}

type eof struct{}

func (eof) Read([]byte) (int, error) { return 0, io.EOF }
