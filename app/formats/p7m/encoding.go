package p7m

import (
	"bytes"
	"errors"
)

// What is wrong with the text around an envelope.
var (
	errBase64 = errors.New("testo base64 rovinato")
	errArmour = errors.New("righe BEGIN ed END (PEM) che non tornano")
	errAfter  = errors.New("dopo la busta firmata ci sono altri dati")
)

// signedData is the identifier, encoded, that every envelope begins with.
var signedData = []byte{0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02}

// Sniff reports whether a file that begins like this is a signed envelope, in
// whatever form it travels.
func Sniff(head []byte) bool {
	if isBinary(head) {
		return true
	}
	text := trimText(head)
	if bytes.HasPrefix(text, beginMark) {
		_, body, _ := bytes.Cut(text, []byte("\n"))
		text = body
	}
	first, err := decode64(bytes.Clone(text[:min(len(text), 48)]))
	return err == nil && isBinary(first)
}

// isBinary knows an envelope by its first two identifiers; the length between
// them may be of any form (X.690, 8.1.3).
func isBinary(head []byte) bool {
	if len(head) < 2 || head[0] != 0x30 {
		return false
	}
	after := 2
	if head[1] > 0x80 {
		after += int(head[1] & 0x7f)
	}
	return after <= 10 && len(head) > after && bytes.HasPrefix(head[after:], signedData)
}

// unwrap returns the binary form of an envelope that may travel as PEM or as
// bare base64, on one line or many. It decodes inside raw.
func unwrap(raw []byte) ([]byte, error) {
	if isBinary(raw) {
		return raw, nil
	}
	text := trimText(raw)
	if !bytes.HasPrefix(text, beginMark) {
		return decode64(text)
	}
	line, body, _ := bytes.Cut(text, []byte("\n"))
	label, ok := bytes.CutSuffix(bytes.TrimPrefix(bytes.TrimSpace(line), beginMark), dashes)
	body, rest, found := bytes.Cut(body, append(bytes.Clone(endMark), label...))
	rest, closed := bytes.CutPrefix(rest, dashes)
	switch {
	case !ok || !found || !closed:
		return nil, errArmour
	case len(bytes.TrimSpace(rest)) > 0:
		return nil, errAfter
	}
	return decode64(body)
}

var (
	beginMark = []byte("-----BEGIN ")
	endMark   = []byte("-----END ")
	dashes    = []byte("-----")
)

// trimText drops the byte order mark and the white space before a text.
func trimText(b []byte) []byte {
	return bytes.TrimLeft(bytes.TrimPrefix(b, []byte("\xef\xbb\xbf")), " \t\r\n")
}

// decode64 decodes base64 with white space anywhere and with or without its
// padding. It writes over its own input, which it overtakes nowhere.
func decode64(text []byte) ([]byte, error) {
	out := text[:0]
	group, digits, padding := uint32(0), 0, 0
	for _, c := range text {
		v := digits64[c]
		switch {
		case v == space:
			continue
		case c == '=':
			padding++
			continue
		case v == foreign || padding > 0:
			return nil, errBase64
		}
		group = group<<6 | uint32(v)
		if digits++; digits%4 == 0 {
			out = append(out, byte(group>>16), byte(group>>8), byte(group))
		}
	}
	switch last := digits % 4; {
	case last == 1 || padding > 0 && (padding > 2 || last+padding != 4):
		return nil, errBase64
	case last == 2:
		out = append(out, byte(group>>4))
	case last == 3:
		out = append(out, byte(group>>10), byte(group>>2))
	}
	return out, nil
}

// Values of bytes that are no digit of base64.
const (
	foreign = 0xff
	space   = 0xfe
)

// digits64 holds the value of each byte in base64.
var digits64 = func() (t [256]byte) {
	for i := range t {
		t[i] = foreign
	}
	for i, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") {
		t[c] = byte(i)
	}
	for _, c := range []byte(" \t\r\n") {
		t[c] = space
	}
	return t
}()
