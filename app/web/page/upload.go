package page

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"strings"

	"github.com/gofiber/fiber/v2"

	"cassacomune/app/fault"
)

// envelope is what a form may add around a file.
const envelope = 64 << 10

var errNoFile = fault.New(fault.Invalid, "web.file.none", "Scegli un file da caricare.").On("file")

// Upload finds the file of a form, in the field "file", still to be read: it
// is read as it comes. What says that it is over the limit is refused before
// it fills anything.
func Upload(c *fiber.Ctx, limit int64) (name string, content io.Reader, err error) {
	c.Set(fiber.HeaderConnection, "close") // a refused body is not read to its end
	if int64(c.Request().Header.ContentLength()) > limit+envelope {
		return "", nil, TooLarge(limit)
	}
	boundary := string(c.Request().Header.MultipartFormBoundary())
	if boundary == "" {
		return "", nil, errNoFile
	}
	body := c.Context().RequestBodyStream()
	if body == nil {
		body = bytes.NewReader(c.Body())
	}
	parts := multipart.NewReader(body, boundary)
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return "", nil, errNoFile
		}
		if err != nil {
			return "", nil, fault.New(fault.Invalid, "web.file.broken", "Il caricamento si è interrotto: riprova.").On("file")
		}
		if part.FormName() == "file" && part.FileName() != "" {
			return plainName(part.FileName()), part, nil
		}
	}
}

// longestForm is how long a body may be that is no file.
const longestForm = 1 << 20

// ErrForm answers a form that is longer than any of ours.
var ErrForm = fault.New(fault.TooLarge, "web.form.large", "I dati inviati sono troppi: al massimo %s. Torna alla pagina, accorcia i testi e riprova.", Bytes(longestForm))

// Whole reads a form's body, whether it says its length or not, and refuses one
// that is too long before it fills anything.
func Whole(c *fiber.Ctx) error {
	body := c.Context().RequestBodyStream()
	if body == nil {
		return nil
	}
	if c.Request().Header.ContentLength() <= longestForm {
		b, err := io.ReadAll(io.LimitReader(body, longestForm+1))
		if err != nil {
			return fault.New(fault.Invalid, "web.request", "La richiesta non è valida.")
		}
		if len(b) <= longestForm {
			c.Request().SetBody(b)
			return nil
		}
	}
	c.Set(fiber.HeaderConnection, "close")
	return ErrForm
}

// TooLarge is the refusal of a file over the limit.
func TooLarge(limit int64) error {
	return fault.New(fault.TooLarge, "web.file.large", "Il file supera il limite di %s. Dividilo in più file, oppure chiedi all'amministratore di alzare il limite.", Bytes(limit))
}

// plainName is the name of a file as it is shown: one line, not too long.
func plainName(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	if r := []rune(s); len(r) > 120 {
		s = string(r[:120])
	}
	return s
}

// Bytes prints a number of bytes for people.
func Bytes(n int64) string {
	switch {
	case n >= 1<<20 && n%(1<<20) == 0:
		return fmt.Sprintf("%d MB", n>>20)
	case n >= 1<<10:
		return fmt.Sprintf("%d kB", n>>10)
	}
	return fmt.Sprintf("%d byte", n)
}
