package auth

import (
	"net/url"
	"strings"
)

// LocalPath returns where to go after a log-in, if it is a page of this very
// host, and "/" otherwise. It refuses more than browsers need refused: two
// slashes, dots, backslashes and percent signs in a path, even encoded.
func LocalPath(next string) string {
	if len(next) > 1024 || !strings.HasPrefix(next, "/") || strings.ContainsFunc(next, func(r rune) bool {
		return r <= ' ' || r >= 0x7f || r == '\\'
	}) {
		return "/"
	}
	u, err := url.Parse(next)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || u.Opaque != "" {
		return "/"
	}
	if !strings.HasPrefix(u.Path, "/") || strings.Contains(u.Path, "//") || strings.ContainsAny(u.Path, "\\%") ||
		strings.ContainsFunc(u.Path, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
		return "/"
	}
	for part := range strings.SplitSeq(u.Path, "/") {
		if part == "." || part == ".." {
			return "/"
		}
	}
	return (&url.URL{Path: u.Path, RawQuery: u.RawQuery}).String()
}
