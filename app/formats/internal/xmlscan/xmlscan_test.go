package xmlscan

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

// tokens reads a file to its end and writes down what it holds.
func tokens(r io.Reader) (string, error) {
	var out strings.Builder
	s := New(r)
	for s.Next() {
		switch s.Kind {
		case Start:
			fmt.Fprintf(&out, "<%s", s.Name)
			if s.Space != "" {
				fmt.Fprintf(&out, "{%s}", s.Space)
			}
			for _, a := range s.Attrs {
				fmt.Fprintf(&out, " %s=%q", a.Name, a.Value)
			}
			out.WriteString(">")
		case Text:
			out.Write(s.Text())
		case End:
			out.WriteString("</>")
		}
	}
	return out.String(), s.Err()
}

func TestReads(t *testing.T) {
	long := strings.Repeat("è&amp;", 40_000)
	for _, c := range []struct{ name, in, want string }{
		{"plain", "<a><b>1</b>\n <c/></a>", "<a><b>1</><c></></>"},
		{"declaration", "<?xml version='1.0' encoding='UTF-8' standalone=\"yes\"?>\n<a>è</a>\n", "<a>è</>"},
		{"bom", "\xef\xbb\xbf<a>è</a>", "<a>è</>"},
		{"latin-1", "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a>citt\xe0</a>", "<a>città</>"},
		{"windows-1252", "<?xml version=\"1.0\" encoding=\"windows-1252\"?><a>\x80 5</a>", "<a>€ 5</>"},
		{"latin-9", "<?xml version=\"1.0\" encoding=\"ISO-8859-15\"?><a>\xa4\xbd\xe0</a>", "<a>€œà</>"},
		{"latin-1 past its end", "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a>\x80 \x81</a>", "<a>€ \u0081</>"},
		{"references", "<a b='&lt;&#65;'>&amp;&#x20AC;&gt;&quot;&apos;</a>", "<a b=\"<A\">&€>\"'</>"},
		{"cdata", "<a>x<![CDATA[<&]]]]><![CDATA[>]]>y</a>", "<a>x<&]]>y</>"},
		{"comment between elements", "<!-- a --><a><!-- b --><b/><!-- c --></a><!-- d -->", "<a><b></></>"},
		{"instruction", "<?x y?><a><?z?><b/></a>", "<a><b></></>"},
		{"namespaces", "<p:a xmlns:p='u' xmlns='d'><b p:c='1' c='2'/><p:d xmlns:p='v'/><p:e/></p:a>", "<a{u}><b{d} c=\"1\" c=\"2\"></><d{v}></><e{u}></></>"},
		{"mark in quotes", "<a b='>'/>", "<a b=\">\"></>"},
		{"crlf", "<a>x\r\ny\rz</a>", "<a>x\ny\nz</>"},
		{"crlf first", "<a>\r\n x</a>", "<a>\n x</>"},
		{"crlf in cdata", "<a>x<![CDATA[\r\n]]></a>", "<a>x\n</>"},
		{"cr by reference", "<a>x&#13;\ny</a>", "<a>x\r\ny</>"},
		{"blanks of a value", "<a b='1\t2\r\n3\n4\r5&#10;6'/>", "<a b=\"1 2 3 4 5\\n6\"></>"},
		{"not ascii", "<città è='à'><a·\u203f/>€</città>", "<città è=\"à\"><a·\u203f></>€</>"},
		{"brackets", "<a b=']]>'>]] > ]]&gt;<b>]</b></a>", "<a b=\"]]>\">]] > ]]><b>]</></>"},
		{"long reference", "<a>&#x" + strings.Repeat("0", 1000) + "41;</a>", "<a>A</>"},
		{"end tag with blanks", "<a></a\n>", "<a></>"},
		{"xml prefix bound again", "<a xmlns:xml='http://www.w3.org/XML/1998/namespace' xml:lang='it'/>", "<a lang=\"it\"></>"},
		{"default namespace taken away", "<a xmlns='u'><b xmlns=''/><c/></a>", "<a{u}><b></><c{u}></></>"},
		{"same prefixes in every row", "<a><p:b xmlns:p='u'><p:c/></p:b><p:b xmlns:p='v'><p:c/></p:b><p:b xmlns:p='u'><p:c/></p:b></a>",
			"<a><b{u}><c{u}></></><b{v}><c{v}></></><b{u}><c{u}></></></>"},
		{"empty comment", "<a><!----><b/></a>", "<a><b></></>"},
		{"long", "<a>" + long + "</a>", "<a>" + strings.ReplaceAll(long, "&amp;", "&") + "</>"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, r := range []io.Reader{strings.NewReader(c.in), iotest.OneByteReader(strings.NewReader(c.in)), iotest.DataErrReader(strings.NewReader(c.in))} {
				got, err := tokens(r)
				if err != nil {
					t.Fatal(err)
				}
				if got != c.want {
					t.Errorf("got %.200q, want %.200q", got, c.want)
				}
			}
		})
	}
}

var refused = []struct {
	in   string
	line int
	rule Rule
	why  string
}{
	{"", 1, WellFormed, "vuoto"},
	{"  \n", 2, WellFormed, "vuoto"},
	{"\ufeff", 1, WellFormed, "vuoto"},
	{"<a>\n<b>", 2, WellFormed, "interrotto"},
	{"<a", 1, WellFormed, "interrotto"},
	{"<a>1</a>\n<b/>", 2, WellFormed, "secondo elemento radice"},
	{"<a/>x", 1, WellFormed, "fuori"},
	{"x<a/>", 1, WellFormed, "fuori"},
	{"<a/>&#32;", 1, WellFormed, "fuori"},
	{"<a/>\n<![CDATA[]]>", 2, WellFormed, "fuori"},
	{"<a/>\ufeff", 1, WellFormed, "fuori"},
	{"\ufeff\ufeff<a/>", 1, WellFormed, "fuori"},
	{"<a>&b;</a>", 1, WellFormed, "&b;"},
	{"<a>& b</a>", 1, WellFormed, "&"},
	{"<a>&amp</a>", 1, WellFormed, "&"},
	{"<a>&#0;</a>", 1, WellFormed, "&#0;"},
	{"<a>&#X41;</a>", 1, WellFormed, "&#X41;"},
	{"<a>&#x;</a>", 1, WellFormed, "&#x;"},
	{"<a>&#4294967361;</a>", 1, WellFormed, "&#4294967361;"},
	{"<a>&#xD800;</a>", 1, WellFormed, "&#xD800;"},
	{"<a>&#xFFFE;</a>", 1, WellFormed, "&#xFFFE;"},
	{"<a b='&c;'/>", 1, WellFormed, "&c;"},
	{"<a b='1' b='2'/>", 1, WellFormed, "ripetuto"},
	{"<a xmlns:p='u' xmlns:p='v'/>", 1, WellFormed, "ripetuta"},
	{"<a></b>", 1, WellFormed, "al posto di"},
	{"<a></ a>", 1, WellFormed, "non leggibile"},
	{"<a></a b='1'>", 1, WellFormed, "non leggibile"},
	{"</a>", 1, WellFormed, "senza apertura"},
	{"<a>\n\x00</a>", 2, WellFormed, "0x00"},
	{"\x00<a/>", 1, WellFormed, "0x00"},
	{"<a b='\x01'/>", 1, WellFormed, "0x01"},
	{"<a><!-- \n\x01 --></a>", 2, WellFormed, "0x01"},
	{"<a><?x \x01?></a>", 1, WellFormed, "0x01"},
	{"<a><![CDATA[\x01]]></a>", 1, WellFormed, "0x01"},
	{"<a>x\n\n\xff</a>", 3, WellFormed, "non validi"},
	{"<a>\xc0\xaf</a>", 1, WellFormed, "non validi"},
	{"<a>\xed\xa0\x80</a>", 1, WellFormed, "non validi"},
	{"<a>\ufffe</a>", 1, WellFormed, "non validi"},
	{"<a b='\uffff'/>", 1, WellFormed, "non validi"},
	{"<a><!--\ufffe--></a>", 1, WellFormed, "non validi"},
	{"<a><\xff/></a>", 1, WellFormed, "non validi"},
	{"<×/>", 1, WellFormed, "nome"},
	{"<a·><·a/></a·>", 1, WellFormed, "nome"},
	{"<a><1/></a>", 1, WellFormed, "nome"},
	{"<a ×='1'/>", 1, WellFormed, "nome"},
	{"<?xml version='1.0' encoding='ISO-8859-1'?><a\x8a/>", 1, WellFormed, "nome"},
	{"<a>]]></a>", 1, WellFormed, "]]>"},
	{"<a b=1/>", 1, WellFormed, "virgolette"},
	{"<a b='1'c='2'/>", 1, WellFormed, "non leggibile"},
	{"<a b='<'/>", 1, WellFormed, "<"},
	{"<a><!-- a -- b --></a>", 1, WellFormed, "trattini"},
	{"<a><!-- a ---></a>", 1, WellFormed, "trattini"},
	{"<a><!-- a", 1, WellFormed, "interrotto"},
	{"<a><?xml version='1.0'?></a>", 1, WellFormed, "istruzione"},
	{"<?XML x?><a/>", 1, WellFormed, "istruzione"},
	{"<a><?x,y?></a>", 1, WellFormed, "istruzione"},
	{"<a><!DOCTYPE a></a>", 1, WellFormed, "senza nome"},
	{"<!doctype a><a/>", 1, WellFormed, "senza nome"},
	{"<?xml version='1'?><a/>", 1, WellFormed, "dichiarazione"},
	{"<?xml encoding='UTF-8'?><a/>", 1, WellFormed, "dichiarazione"},
	{"<?xml version='1.0' standalone='yes' encoding='UTF-8'?><a/>", 1, WellFormed, "dichiarazione"},
	{"<?xml version='1.0", 1, WellFormed, "dichiarazione"},

	{"<a xmlns:p='u' xmlns:q='u' p:b='1' q:b='2'/>", 1, Namespaces, "ripetuto"},
	{"<p:a/>", 1, Namespaces, "prefisso p"},
	{"<a p:b='1'/>", 1, Namespaces, "prefisso p"},
	{"<a><b xmlns:p='u'/><p:c/></a>", 1, Namespaces, "prefisso p"},
	{"<p:a:b xmlns:p='u'/>", 1, Namespaces, "p:a:b"},
	{"<:a/>", 1, Namespaces, ":a"},
	{"<p:1 xmlns:p='u'/>", 1, Namespaces, "p:1"},
	{"<a xmlns:p=''/>", 1, Namespaces, "legato male"},
	{"<a xmlns:='u'/>", 1, Namespaces, "legato male"},
	{"<a xmlns:xml='u'/>", 1, Namespaces, "legato male"},
	{"<a><?x:y z?></a>", 1, Namespaces, "due punti"},

	{"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", 1, Doctype, "DOCTYPE"},
	{"<a><b>\n12<!-- -->34</b></a>", 2, CommentInValue, "commento dentro il valore"},
	{"<a><b><!-- -->34</b></a>", 1, CommentInValue, "commento dentro il valore"},
	{"<a><b>12<?x?>34</b></a>", 1, CommentInValue, "commento dentro il valore"},
	{"<a><b>&#49;<!-- --></b></a>", 1, CommentInValue, "commento dentro il valore"},
	{"<?xml version='1.1'?><a/>", 1, Version, "XML 1.1"},
	{"<?xml version='1.0' encoding='EBCDIC'?><a/>", 1, Encoding, "EBCDIC"},
	{"\xff\xfe<\x00a\x00", 1, Encoding, "UTF-16"},
	{"<\x00?\x00x\x00", 1, Encoding, "UTF-16"},
	{"\ufeff<?xml version='1.0' encoding='ISO-8859-1'?><a/>", 1, Encoding, "BOM"},
	{"<?xml version='1.0' encoding='US-ASCII'?>\n<a>è</a>", 2, Encoding, "dichiarata"},
	{"<?xml version='1.0' encoding='windows-1252'?><a>\x81</a>", 1, Encoding, "dichiarata"},
	{"<a/>\n\x00", 2, TrailingNUL, "NUL"},
	{strings.Repeat("<a>", MaxDepth+1), 1, Depth, "livelli"},
	{"<a>\n" + strings.Repeat("x", MaxText+1) + "</a>", 1, ValueLength, "più lungo"},
	{"<a><![CDATA[" + strings.Repeat("x", MaxText+1) + "]]></a>", 1, ValueLength, "più lungo"},
	{"<a b='" + strings.Repeat("x", 2*maxTag) + "'/>", 1, TagLength, "più lunga"},
	{"<?" + strings.Repeat("x", 2*maxTag) + "?><a/>", 1, TagLength, "più lungo"},
	{"<?xml " + strings.Repeat(" ", 2*maxTag) + "?><a/>", 1, TagLength, "più lunga"},
	{"<a>&#" + strings.Repeat("0", 2*maxTag) + "65;</a>", 1, TagLength, "più lungo"},
	{"<a" + many(" b%d=''", MaxAttrs+1) + "/>", 1, Attributes, "attributi"},
	{"<a" + many(" xmlns:b%d='u'", MaxAttrs+1) + "/>", 1, Attributes, "prefissi"},
}

func many(format string, n int) (out string) {
	for i := range n {
		out += fmt.Sprintf(format, i)
	}
	return out
}

func TestRefuses(t *testing.T) {
	for _, c := range refused {
		for _, r := range []io.Reader{strings.NewReader(c.in), iotest.OneByteReader(strings.NewReader(c.in))} {
			_, err := tokens(r)
			var e *Error
			if !errors.As(err, &e) || e.Line != c.line || e.Rule != c.rule || !strings.Contains(e.Reason, c.why) {
				t.Errorf("%.60q: got %v, want line %d %s %q", c.in, err, c.line, c.rule, c.why)
			}
		}
	}
}

// TestNothingFollowsARefusal: a caller that goes on asking gets no token.
func TestNothingFollowsARefusal(t *testing.T) {
	for _, c := range refused {
		s := New(strings.NewReader(c.in))
		for s.Next() {
		}
		if err := s.Err(); s.Next() || s.Err() != err {
			t.Errorf("%.60q: a token after %v", c.in, err)
		}
	}
}

func TestAFailingSourceIsNoEnd(t *testing.T) {
	_, err := tokens(io.MultiReader(strings.NewReader("<a>1"), iotest.ErrReader(io.ErrClosedPipe)))
	if !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("got %v, want %v", err, io.ErrClosedPipe)
	}
}

// TestLinesOfRepeatedTags: what is known is not read again, but its lines are
// counted.
func TestLinesOfRepeatedTags(t *testing.T) {
	const row = "<b\nc='1'>\n<d>1\n2</d >\n<e/></b\n>"
	s := New(strings.NewReader("<a>" + strings.Repeat(row, 10) + "</a>"))
	for line := 1; s.Next(); {
		switch {
		case s.Kind == Start && s.Name == "b" && s.Line != line:
			t.Fatalf("got line %d, want %d", s.Line, line)
		case s.Kind == End && s.Name == "b":
			line += strings.Count(row, "\n")
		}
	}
	if s.Err() != nil {
		t.Fatal(s.Err())
	}
}

func TestLinesOfTokens(t *testing.T) {
	s := New(strings.NewReader("<a>\n  <b\n x='1'>v</b>\n</a>"))
	var got []string
	for s.Next() {
		got = append(got, fmt.Sprint(s.Kind, s.Line, s.Depth()))
	}
	want := []string{"1 1 1", "1 2 2", "2 3 2", "0 3 2", "0 4 1"}
	if d := cmp.Diff(want, got); d != "" || s.Err() != nil {
		t.Error(d, s.Err())
	}
}
