package page

import (
	"io/fs"
	"mime"
	"path"

	"cassacomune/app/fault"
	"cassacomune/static"

	"github.com/gofiber/fiber/v2"
)

// Assets serves static/ under /static/:digest/*. An address of this build is
// kept for ever by the browser; one of another build still gets the file, but
// must ask again.
func Assets(c *fiber.Ctx) error {
	name := c.Params("*")
	content, err := fs.ReadFile(static.FS, name)
	if err != nil {
		return fault.New(fault.NotFound, "web.asset", "Il file non esiste.")
	}
	keep := "no-cache"
	if c.Params("digest") == static.Digest {
		keep = "public, max-age=31536000, immutable"
	}
	c.Set(fiber.HeaderCacheControl, keep)
	c.Set(fiber.HeaderContentType, typeOf(name))
	return c.Send(content)
}

func typeOf(name string) string {
	if path.Ext(name) == ".woff2" {
		return "font/woff2"
	}
	return mime.TypeByExtension(path.Ext(name))
}
