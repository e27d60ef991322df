package xmlscan

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
)

// samples are files of ours, with a bit of everything that XML has.
var samples = []string{
	`<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:x:stmt"><Stmt><Id>1</Id><Ntry><Amt Ccy="EUR">12.50</Amt><Nm>Rossi &amp; figli</Nm></Ntry>
 <Ntry><Amt Ccy='EUR'>7.00</Amt><Nm>Città di Prova</Nm></Ntry><!-- fine --></Stmt></Document>
`,
	"<?xml version='1.0' standalone='yes'?>\r\n<?stile href=\"a.css\"?>\r\n<e:envelope xmlns:e=\"urn:x:env\" xmlns:b=\"urn:x:body\">\r\n<e:body>" +
		"<b:flusso b:id=\"F&#49;\" anno=\"2026\"><![CDATA[a < b & c ]] >]]></b:flusso><vuoto/></e:body></e:envelope>\r\n<!-- coda -->",
	"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n<giornale><causale>Rata di met\xe0 anno, 50 \xa4</causale><importo>1.00</importo></giornale>",
	"\xef\xbb\xbf<righe><riga n=\"1\" nota='dice \"sì\"'>&lt;&gt;&quot;&apos;&#x20AC;</riga><città:a xmlns:città=\"urn:x\" xml:lang=\"it\"/></righe>",
}

// pieces is what the mutations put in: all that a tokenizer may stumble on.
var pieces = []string{
	"<", ">", "/", "&", "\"", "'", "=", "]]>", "]]", "]", "--", "-", ";", ":", "!", "?", " ", "\t", "\n", "\r", "\r\n", "\x0c",
	"<a>", "</a>", "<a/>", "<a b='1'/>", " b='1'", " b=\"<\"", " b='1' b='2'", " xmlns='urn:y'", " xmlns:p='urn:y'", " xmlns:p=''", " xml:space='preserve'", "p:", ":p",
	"<!-- c -->", "<!-- a -- b -->", "<!---->", "<!--->", "<!-- c", "<?x y?>", "<?x?>", "<?xml version='1.0'?>", "<?XML a?>", "<?xml-x a?>", "<? x?>", "<?x",
	"<![CDATA[x]]>", "<![CDATA[", "<![cdata[x]]>", "<!DOCTYPE a>", "<!DOCTYPE a [<!ENTITY b 'c'>]>", "<!doctype a>", "<!ELEMENT a ANY>",
	"&amp;", "&lt;", "&#65;", "&#x41;", "&#X41;", "&#0;", "&#1;", "&#x0000000000000000000041;", "&#xD800;", "&#xFFFE;", "&#x110000;", "&#4294967361;", "&#;", "&#x;", "&;", "&b;", "&amp", "& amp;", "&è;",
	"\x00", "\x01", "\x0b", "\x1f", "\x7f", "\u0085", "\u00a0", "\u2028", "\ufeff", "\ufffd", "\ufffe", "\uffff", "😀", "\U0001fffe",
	"è", "×", "·", "\u0300", "\u203f", "\u2070", "\u3000", "\u3001", "\ufdd0", "\U000f0000",
	"\x80", "\xc3", "\xe0", "\xff", "\xfe", "\xc0\xaf", "\xe0\x80\xaf", "\xf0\x80\x80\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xe2\x82",
}

// declarations replace what begins a file.
var declarations = []string{
	"", " ", "\n", "\x00", "\ufeff", "\ufeff\ufeff", "\ufeff ", "\xff\xfe", "<!-- c -->", "x",
	"<?xml version='1.0'?>", "<?xml version=\"1.0\"?>", "<?xml version = '1.0' ?>", "<?xml\tversion='1.0'\n?>", "<?xml version='1.0\"?>",
	"<?xml version='1.1'?>", "<?xml version='1.5'?>", "<?xml version='1'?>", "<?xml version='2.0'?>", "<?xml version=' 1.0'?>", "<?xml version='1.0x'?>",
	"<?xml?>", "<?xml ?>", "<?xml version='1.0'>", "<?xml version='1.0' ? >", "<?xml encoding='UTF-8'?>", "<?xml version='1.0' foo='1'?>",
	"<?xml version='1.0' encoding='utf-8'?>", "<?xml version='1.0'encoding='UTF-8'?>", "<?xml version='1.0' encoding=''?>", "<?xml version='1.0' encoding='-8'?>", "<?xml version='1.0' encoding='UTF 8'?>",
	"<?xml version='1.0' encoding='US-ASCII'?>", "<?xml version='1.0' encoding='iso-8859-1'?>", "<?xml version='1.0' encoding='ISO-8859-15'?>", "<?xml version='1.0' encoding='windows-1252'?>",
	"<?xml version='1.0' encoding='UTF-16'?>", "<?xml version='1.0' encoding='boh'?>", "\ufeff<?xml version='1.0' encoding='ISO-8859-1'?>", "\ufeff<?xml version='1.0'?>", " <?xml version='1.0'?>",
	"<?xml version='1.0' standalone='yes'?>", "<?xml version='1.0' standalone='no' ?>", "<?xml version='1.0' standalone='si'?>", "<?xml version='1.0' standalone='yes' encoding='UTF-8'?>", "<?xml version='1.0' encoding='UTF-8' standalone='no'?>",
}

// fitting leave most files well-formed where they stand between two tags.
var fitting = []string{"<!-- c -->", "<!----><?x y?>", "<?x?>", "<b/>", "<b c='1'\td=\"2\" />", "<b xmlns='urn:y'><c/></b >", "<b xmlns:p='urn:y' p:c=''/>", "<è>à</è>",
	"<b><![CDATA[]]]]></b>", "<b>]]&gt;</b>", "<b>&#x20AC;</b>", "<b>]></b>", "<b>\u0085\x7f😀</b>", "<b c='&#10;&lt;>]]>'/>", "<b\r\nc\n=\t'1'/>", "<b>\r</b>", "<x:b xmlns:x='urn:x'/>", "<a·\u203f/>"}

// tails are put at the end of a file.
var tails = []string{" ", "\n", "<!-- c -->", "<?x y?>", "x", "<a/>", "</a>", "&#32;", "<![CDATA[]]>", "\x00", "\x00\x00x", "\ufeff", "<!DOCTYPE a>", "<", "<!--", "<?x"}

// mutate changes a file in one place or two.
func mutate(rnd *rand.Rand, in, other []byte) []byte {
	out := bytes.Clone(in)
	for range 1 + rnd.IntN(2) {
		out = mutateOnce(rnd, out, other)
	}
	return out
}

func mutateOnce(rnd *rand.Rand, in, other []byte) []byte {
	at := rnd.IntN(len(in) + 1)
	to := min(len(in), at+rnd.IntN(24))
	switch rnd.IntN(20) {
	case 0:
		return in[:at]
	case 1:
		return slices.Delete(in, at, to)
	case 2:
		return slices.Insert(in, at, bytes.Clone(in[at:to])...)
	case 3:
		return slices.Concat(in[:at], other[rnd.IntN(len(other)+1):])
	case 4:
		if at < len(in) {
			in[at] ^= 1 << rnd.IntN(8)
		}
		return in
	case 5:
		if at < len(in) {
			in[at] = byte(rnd.IntN(256))
		}
		return in
	case 6, 7:
		return slices.Concat([]byte(pick(rnd, declarations)), afterDeclaration(in))
	case 8:
		return append(in, pick(rnd, tails)...)
	case 9:
		return renamed(rnd, in, pick(rnd, []string{"è", "x1", "a-b", "a:b", "×", "·a", "1", "x\u203f", "\U00010000"}))
	case 10:
		return bytes.ReplaceAll(in, []byte("\n"), []byte("\r\n"))
	case 11, 12, 13:
		if i := bytes.Index(in[at:], []byte("</")); i >= 0 {
			return slices.Insert(in, at+i, []byte(pick(rnd, fitting))...)
		}
	case 14:
		return slices.Insert(in, at, []byte(pick(rnd, pieces))...)
	}
	return slices.Insert(in, nearMark(rnd, in, at), []byte(pick(rnd, pieces))...)
}

// nearMark moves a place beside the next mark, where mutations bite.
func nearMark(rnd *rand.Rand, in []byte, at int) int {
	if i := bytes.IndexAny(in[at:], "<>\"'=&/ "); i >= 0 {
		return at + i + rnd.IntN(2)
	}
	return at
}

func afterDeclaration(in []byte) []byte {
	if i := bytes.Index(in, []byte("?>")); i >= 0 && bytes.HasPrefix(in, []byte("<?xml")) {
		return in[i+2:]
	}
	return in
}

// renamed gives one tag another name, at its beginning and at its end.
func renamed(rnd *rand.Rand, in []byte, name string) []byte {
	tags := bytes.Split(in, []byte("</"))
	old := tags[rnd.IntN(len(tags))]
	end := bytes.IndexByte(old, '>')
	if end <= 0 {
		return in
	}
	old = old[:end]
	in = bytes.Replace(in, fmt.Appendf(nil, "<%s>", old), fmt.Appendf(nil, "<%s>", name), 1)
	return bytes.Replace(in, fmt.Appendf(nil, "</%s>", old), fmt.Appendf(nil, "</%s>", name), 1)
}

func pick(rnd *rand.Rand, from []string) string { return from[rnd.IntN(len(from))] }
