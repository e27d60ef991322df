package auth

import (
	"net/url"
	"path"
	"strings"
	"testing"
)

func TestLocalPath(t *testing.T) {
	for next, want := range map[string]string{
		"/":                         "/",
		"/cittadino/debiti":         "/cittadino/debiti",
		"/cerca?q=a%2Fb&p=2":        "/cerca?q=a%2Fb&p=2",
		"/torna?url=//evil.example": "/torna?url=//evil.example",
		"/a#frammento":              "/a",
		"":                          "/", "debiti": "/", "//evil.example": "/", "///evil.example": "/", `\\evil.example`: "/",
		`/\evil.example`: "/", `/a\b`: "/", "/%5cevil.example": "/", "/%5Cevil.example": "/", "/%2fevil.example": "/",
		"/%2F%2Fevil.example": "/", "/%252fevil.example": "/", "https://evil.example/": "/", "HTTPS:evil": "/", "javascript:alert(1)": "/",
		"data:text/html,x": "/", "//user@evil.example": "/", "https://alfa.localhost@evil.example/": "/", "/\t/evil.example": "/",
		"/\n/evil.example": "/", " //evil.example": "/", "/%09/evil.example": "/", "/%00": "/", "/../..//evil.example": "/",
		"/a/../b": "/", "/%2e%2e/b": "/", "/a//b": "/", "/.": "/", "/è": "/", "/%zz": "/", "//[::1": "/", "/ａ": "/",
		"/" + strings.Repeat("a", 2000): "/",
	} {
		if got := LocalPath(next); got != want {
			t.Errorf("LocalPath(%q) = %q, want %q", next, got, want)
		}
	}
}

func FuzzLocalPath(f *testing.F) {
	for _, s := range []string{"/a?b=c", "//evil", `/\evil`, "/%2f%2fevil", "https://u:p@evil/", "/a/./b", "/\x00", "/@evil", "/%5c", "/:80", "/a;b=//c"} {
		f.Add(s)
	}
	base, err := url.Parse("https://alfa.example/accedi")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, next string) {
		got := LocalPath(next)
		u, err := base.Parse(got)
		if err != nil {
			t.Fatalf("LocalPath(%q) = %q: %v", next, got, err)
		}
		if u.Host != base.Host || u.Scheme != "https" || u.User != nil {
			t.Errorf("LocalPath(%q) = %q leaves the host: %s", next, got, u)
		}
		// What lenient browsers and proxies make of it: backslashes are
		// slashes, control characters vanish, escapes are resolved.
		lenient := got
		for range 3 {
			if p, err := url.PathUnescape(strings.SplitN(lenient, "?", 2)[0]); err == nil {
				lenient = p
			}
			lenient = strings.Map(func(r rune) rune {
				if r == '\\' {
					return '/'
				}
				if r <= ' ' || r == 0x7f {
					return -1
				}
				return r
			}, lenient)
			if !strings.HasPrefix(lenient, "/") || strings.HasPrefix(lenient, "//") || strings.HasPrefix(path.Clean(lenient), "//") {
				t.Errorf("LocalPath(%q) = %q may be read as %q", next, got, lenient)
			}
		}
		if again := LocalPath(got); again != got {
			t.Errorf("LocalPath(%q) = %q, again %q", next, got, again)
		}
	})
}
