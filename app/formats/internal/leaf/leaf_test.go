package leaf

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWalk(t *testing.T) {
	in := "<a>\n<b c='1'> x </b><d/>\n<e><f>y</f>\n</e></a>"
	var got []string
	line, reason := Walk(strings.NewReader(in), func(n Node) bool {
		got = append(got, fmt.Sprint(n.Kind, strings.Join(n.Path, "/"), n.Text, n.Line))
		return true
	})
	want := []string{"0a1", "1a/bx2", "1a/d2", "0a/e3", "1a/e/fy3", "2a/e3", "2a1"}
	if d := cmp.Diff(want, got); d != "" || line != 0 || reason != "" {
		t.Error(d, line, reason)
	}
}

func TestWalkStopsAndTellsAFault(t *testing.T) {
	n := 0
	if line, reason := Walk(strings.NewReader("<a><b/><c/>"), func(Node) bool { n++; return n < 2 }); n != 2 || line != 0 || reason != "" {
		t.Errorf("got %d elements, %d %s", n, line, reason)
	}
	line, reason := Walk(strings.NewReader("<a>\n<b>"), func(Node) bool { return true })
	if line != 2 || !strings.Contains(reason, "interrotto") {
		t.Errorf("got %d %q, want line 2", line, reason)
	}
}

func TestNodeKnowsWhereItStands(t *testing.T) {
	n := Node{Path: []string{"a", "b", "c"}}
	if n.Name() != "c" || !n.In("a") || n.In("c") || !n.Under("b") || !n.Under("a", "b") || n.Under("a") || n.Under("x", "a", "b") {
		t.Error("Name, In or Under is wrong")
	}
}
