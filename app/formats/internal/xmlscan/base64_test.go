package xmlscan

import (
	"bytes"
	"encoding/base64"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func TestBase64IsReadHoweverLong(t *testing.T) {
	want := bytes.Repeat([]byte("flusso\n"), MaxText/4)
	text := base64.StdEncoding.EncodeToString(want)
	in := "<a><b>\n" + text[:100] + " \r\n\t" + text[100:] + "\n</b>\n<c>1</c><d/></a>"
	for _, r := range []io.Reader{strings.NewReader(in), iotest.HalfReader(strings.NewReader(in))} {
		s := New(r)
		for s.Next() && s.Name != "b" {
		}
		got, err := io.ReadAll(s.Base64())
		if err != nil || !bytes.Equal(got, want) {
			t.Fatalf("got %d bytes %v, want %d", len(got), err, len(want))
		}
		var rest string
		for s.Next() {
			rest += s.Name + string(s.Text()) + ";"
			if empty, err := io.ReadAll(s.Base64()); s.Name == "d" && (len(empty) > 0 || err != nil) {
				t.Errorf("an empty element: got %q %v", empty, err)
			}
		}
		if s.Err() != nil || !strings.Contains(rest, "c") {
			t.Errorf("after it: %s %v", rest, s.Err())
		}
	}
}

func TestBase64ThatIsNone(t *testing.T) {
	for _, in := range []string{"<a>QUJ*D</a>", "<a>QUJ</a>", "<a>QUJD", "<a>QUJD<!-- x -->QUJD</a>", "<a>QU&#65;D</a>"} {
		s := New(strings.NewReader(in))
		s.Next()
		_, err := io.ReadAll(s.Base64())
		text := false
		for err == nil && s.Next() {
			text = text || s.Kind == Text
		}
		if err == nil && s.Err() == nil && !text {
			t.Errorf("%s: no error, and nothing left over", in)
		}
	}
}
