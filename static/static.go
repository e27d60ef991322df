// Package static holds the style, fonts, icons and script that every page
// uses, and knows the address under which each may be cached for ever. It does
// not serve them: app/web/page does.
package static

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
)

// FS holds the files by the names that Path takes.
//
//go:embed *.css *.js *.svg fonts/*.woff2
var FS embed.FS

// Digest is the fingerprint of the whole set. One fingerprint for all keeps
// the relative addresses inside the style sheets right.
var Digest = digest(FS)

// Path returns the address of a file: "/static/<digest>/bi.css".
func Path(name string) string { return "/static/" + Digest + "/" + name }

func digest(files fs.FS) string {
	sum := sha256.New()
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := fs.ReadFile(files, name)
		sum.Write([]byte(name + "\x00"))
		sum.Write(content)
		return err
	})
	if err != nil {
		panic(err) // embedded files are always readable
	}
	return hex.EncodeToString(sum.Sum(nil))[:12]
}
