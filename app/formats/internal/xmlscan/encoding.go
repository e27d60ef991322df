package xmlscan

import (
	"bytes"
	"io"
	"regexp"
	"strings"
)

// declared is the XML declaration: version, encoding.
var declared = regexp.MustCompile(strings.NewReplacer("_", `[ \t\r\n]`).Replace(
	`^<\?xml_+version_*=_*(?:"1\.([0-9]*)"|'1\.([0-9]*)')` +
		`(?:_+encoding_*=_*(?:"([A-Za-z][A-Za-z0-9.\x5f-]*)"|'([A-Za-z][A-Za-z0-9.\x5f-]*)'))?` +
		`(?:_+standalone_*=_*(?:"(?:yes|no)"|'(?:yes|no)'))?_*\?>$`))

// wide are the beginnings of files that are not one byte a character, nor
// UTF-8 (appendix F).
var wide = []string{"\xfe\xff", "\xff\xfe", "\x00\x00\xfe\xff", "\x00\x00\x00<", "<\x00\x00\x00", "\x00<\x00?", "<\x00?\x00", "\x4c\x6f\xa7\x94"}

// begin reads BOM and declaration, and sets the encoding.
func (s *Scanner) begin() error {
	in := &s.in
	in.need(6)
	for _, w := range wide {
		if bytes.HasPrefix(in.rest(), []byte(w)) {
			return s.fail(Encoding, "codifica UTF-16, UTF-32 o EBCDIC non ammessa")
		}
	}
	bom := bytes.HasPrefix(in.rest(), []byte("\xef\xbb\xbf"))
	if bom {
		in.pos += 3
	}
	if in.need(6); !bytes.HasPrefix(in.rest(), []byte("<?xml")) || !in.need(6) || !isBlank(in.rest()[5]) {
		return nil
	}
	n := in.index("?>")
	if n < 0 && in.end-in.pos >= maxTag {
		return s.fail(TagLength, "dichiarazione XML più lunga di %d byte", maxTag)
	}
	if n < 0 {
		return s.malformed("dichiarazione XML non leggibile")
	}
	m := declared.FindSubmatch(in.rest()[:n+2])
	if m == nil {
		return s.malformed("dichiarazione XML non leggibile")
	}
	if minor := string(m[1]) + string(m[2]); minor != "0" {
		return s.fail(Version, "XML 1.%s non ammesso, solo 1.0", minor)
	}
	in.skip(n + 2)
	return s.encode(string(m[3])+string(m[4]), bom)
}

// encode puts a decoder before the source where the encoding calls for one.
func (s *Scanner) encode(name string, bom bool) error {
	in := &s.in
	switch strings.ToUpper(name) {
	case "", "UTF-8", "UTF8":
		return nil
	case "US-ASCII", "ASCII":
		in.chars = &ascii
	case "ISO-8859-1", "LATIN1":
		in.chars = &latin1
	case "ISO-8859-15", "LATIN-9":
		in.chars = &latin9
	case "WINDOWS-1252", "CP1252":
		in.chars = &windows1252
	default:
		return s.fail(Encoding, "codifica %s non ammessa", name)
	}
	if bom {
		return s.fail(Encoding, "la codifica dichiarata, %s, contraddice il BOM", name)
	}
	in.src = &single{src: io.MultiReader(bytes.NewReader(bytes.Clone(in.rest())), &failing{in.src, in.err}), chars: in.chars}
	in.pos, in.end, in.err = 0, 0, nil
	in.fill()
	return nil
}

// index returns where sep begins in the window, filling it up; -1 where the
// file ends or the window is full.
func (in *input) index(sep string) int {
	for from := 0; ; {
		if i := bytes.Index(in.rest()[from:], []byte(sep)); i >= 0 {
			return from + i
		}
		from = max(0, in.end-in.pos-len(sep)+1)
		if in.err != nil || in.end-in.pos >= maxTag {
			return -1
		}
		in.fill()
	}
}
