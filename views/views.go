// Package views holds the templates of all pages and the texts of the
// languages beside Italian. It renders nothing: app/web/page does.
//
// frame/ is what stands around each page, before and after it, and has the
// only <html>; parts/ are pieces that any page may call; every other folder is a
// role, and each of its files is the content of one page. text/<lang>.toml holds
// what replaces the Italian texts, which stand in the templates as
// {{.T "key|Testo"}}.
package views

import "embed"

// FS holds the folder as it is; a new role's folder needs no line here.
//
//go:embed *
var FS embed.FS
