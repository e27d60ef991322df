package xmlscan

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestHeadOfACutFile(t *testing.T) {
	in := "\xef\xbb\xbf<?xml version='1.0'?><!-- x --><p:Document xmlns:p='urn:x'><p:A>1</p:A><p:B><p:C a='"
	want := []Element{{"urn:x", "Document", 1}, {"urn:x", "A", 2}, {"urn:x", "B", 2}}
	if d := cmp.Diff(want, Head([]byte(in), 9)); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(want[:2], Head([]byte(in), 2)); d != "" {
		t.Error(d)
	}
	for _, in := range []string{"", "a;b;c\n1<2", "%PDF-1.7 <x>", "<<"} {
		if got := Head([]byte(in), 9); got != nil {
			t.Errorf("%q: got %v, want nothing", in, got)
		}
	}
	if !Root([]byte(in), "Other", "Document") || Root([]byte(in), "A") || Root(nil, "A") {
		t.Error("Root: want the first element and no other")
	}
}
