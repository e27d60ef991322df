package xmlscan

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

func tokens(r io.Reader) (out string, err error) {
	s := New(r)
	for s.Next() {
		switch s.Kind {
		case Start:
			out += fmt.Sprintf("<%s", s.Name)
			if s.Space != "" {
				out += "{" + s.Space + "}"
			}
			for _, a := range s.Attrs {
				out += fmt.Sprintf(" %s=%q", a.Name, a.Value)
			}
			out += ">"
		case Text:
			out += string(s.Text())
		case End:
			out += "</>"
		}
	}
	return out, s.Err()
}

func TestReads(t *testing.T) {
	long := strings.Repeat("è&amp;", 40_000)
	for _, c := range []struct{ name, in, want string }{
		{"plain", "<a><b>1</b>\n <c/></a>", "<a><b>1</><c></></>"},
		{"declaration", "<?xml version='1.0' encoding='UTF-8' standalone=\"yes\"?>\n<a>è</a>\n", "<a>è</>"},
		{"bom", "\xef\xbb\xbf<a>è</a>", "<a>è</>"},
		{"latin-1", "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a>citt\xe0</a>", "<a>città</>"},
		{"windows-1252", "<?xml version=\"1.0\" encoding=\"windows-1252\"?><a>\x80 5</a>", "<a>€ 5</>"},
		{"latin-9", "<?xml version=\"1.0\" encoding=\"ISO-8859-15\"?><a>\xa4</a>", "<a>€</>"},
		{"references", "<a b='&lt;&#65;'>&amp;&#x20AC;&gt;&quot;&apos;</a>", "<a b=\"<A\">&€>\"'</>"},
		{"cdata", "<a>x<![CDATA[<&]]]]><![CDATA[>]]>y</a>", "<a>x<&]]>y</>"},
		{"comment between elements", "<!-- a --><a><!-- b --><b/><!-- c --></a><!-- d -->", "<a><b></></>"},
		{"instruction", "<?x y?><a><?z?><b/></a>", "<a><b></></>"},
		{"namespaces", "<p:a xmlns:p='u' xmlns='d'><b p:c='1' c='2'/><p:d xmlns:p='v'/><p:e/></p:a>", "<a{u}><b{d} c=\"1\" c=\"2\"></><d{v}></><e{u}></></>"},
		{"mark in quotes", "<a b='>'/>", "<a b=\">\"></>"},
		{"crlf", "<a>x\r\ny</a>", "<a>x\ny</>"},
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
	why  string
}{
	{"", 1, "vuoto"},
	{"  \n", 2, "vuoto"},
	{"<a>\n<b>", 2, "interrotto"},
	{"<a", 1, "interrotto"},
	{"<a>1</a>\n<b/>", 2, "secondo elemento radice"},
	{"<a/>x", 1, "fuori"},
	{"x<a/>", 1, "fuori"},
	{"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", 1, "DOCTYPE"},
	{"<a>&b;</a>", 1, "&b;"},
	{"<a>& b</a>", 1, "&"},
	{"<a>&#0;</a>", 1, "&#0;"},
	{"<a>&#xD800;</a>", 1, "&#xD800;"},
	{"<a><b>\n12<!-- -->34</b></a>", 2, "commento dentro il valore"},
	{"<a><b><!-- -->34</b></a>", 1, "commento dentro il valore"},
	{"<a><b>12<?x?>34</b></a>", 1, "commento dentro il valore"},
	{"<a b='1' b='2'/>", 1, "ripetuto"},
	{"<a xmlns:p='u' xmlns:q='u' p:b='1' q:b='2'/>", 1, "ripetuto"},
	{"<p:a/>", 1, "prefisso p"},
	{"<a><b xmlns:p='u'/><p:c/></a>", 1, "prefisso p"},
	{"<a></b>", 1, "al posto di"},
	{"</a>", 1, "senza apertura"},
	{"<a>\x00</a>", 1, "0x00"},
	{"<a b='\x01'/>", 1, "0x01"},
	{"<a>\xff</a>", 1, "non validi"},
	{"<a><\xff/></a>", 1, "non validi"},
	{"<a b=1/>", 1, "virgolette"},
	{"<a b='1'c='2'/>", 1, "non leggibile"},
	{"<a b='<'/>", 1, "<"},
	{"<a><!-- a -- b --></a>", 1, "trattini"},
	{"<a><?xml version='1.0'?></a>", 1, "istruzione"},
	{"<?xml version='1.1'?><a/>", 1, "dichiarazione"},
	{"<?xml version='1.0' encoding='EBCDIC'?><a/>", 1, "EBCDIC"},
	{"\xff\xfe<\x00a\x00", 1, "UTF-16"},
	{strings.Repeat("<a>", 65), 1, "livelli"},
	{"<a>" + strings.Repeat("x", MaxText+1) + "</a>", 1, "più lungo"},
	{"<a><![CDATA[" + strings.Repeat("x", MaxText+1) + "]]></a>", 1, "più lungo"},
	{"<a b='" + strings.Repeat("x", 2*maxTag) + "'/>", 1, "più lunga"},
}

func TestRefuses(t *testing.T) {
	for _, c := range refused {
		_, err := tokens(strings.NewReader(c.in))
		var e *Error
		if !errors.As(err, &e) || e.Line != c.line || !strings.Contains(e.Reason, c.why) {
			t.Errorf("%.60q: got %v, want line %d %q", c.in, err, c.line, c.why)
		}
	}
}

// endless is a file of one opening tag and one value without end.
type endless struct{ read int }

func (e *endless) Read(p []byte) (int, error) {
	copy(p, bytes.Repeat([]byte("x"), len(p)))
	if e.read == 0 {
		copy(p, "<a>")
	}
	e.read += len(p)
	return len(p), nil
}

func TestAnEndlessValueIsBounded(t *testing.T) {
	src := &endless{}
	if _, err := tokens(src); err == nil || src.read > 4*MaxText {
		t.Errorf("got %v after %d bytes, want a refusal before %d", err, src.read, 4*MaxText)
	}
}

func TestAFailingSourceIsNoEnd(t *testing.T) {
	_, err := tokens(io.MultiReader(strings.NewReader("<a>1"), iotest.ErrReader(io.ErrClosedPipe)))
	if !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("got %v, want %v", err, io.ErrClosedPipe)
	}
}

func TestEveryCutIsAnError(t *testing.T) {
	in := "<?xml version=\"1.0\"?><p:a xmlns:p='u'><b c=\"1\">è&amp;<![CDATA[x]]></b><!-- c --><d/></p:a>"
	for i := range len(in) {
		if got, err := tokens(strings.NewReader(in[:i])); err == nil {
			t.Errorf("cut at %d: got %s and no error", i, got)
		}
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

func FuzzNext(f *testing.F) {
	for _, c := range refused {
		if len(c.in) < 1000 {
			f.Add([]byte(c.in))
		}
	}
	f.Add([]byte("<p:a xmlns:p='u'><b c=\"1\">è&amp;<![CDATA[x]]></b><!-- c --><d/></p:a>"))
	f.Fuzz(func(t *testing.T, in []byte) {
		one, err := tokens(bytes.NewReader(in))
		slow, slowErr := tokens(iotest.OneByteReader(bytes.NewReader(in)))
		if one != slow || fmt.Sprint(err) != fmt.Sprint(slowErr) {
			t.Errorf("got %q %v, byte by byte %q %v", one, err, slow, slowErr)
		}
	})
}

func BenchmarkNext(b *testing.B) {
	one := "<movimento a=\"1\">\n  <importo>120.00</importo>\n  <causale>BOLLETTINI TD 896 &amp; CITTÀ</causale>\n</movimento>\n"
	in := []byte("<flusso>" + strings.Repeat(one, 20_000) + "</flusso>")
	b.SetBytes(int64(len(in)))
	for b.Loop() {
		s := New(bytes.NewReader(in))
		for s.Next() {
		}
		if s.Err() != nil {
			b.Fatal(s.Err())
		}
	}
}
