package all

import (
	"io"

	"cassacomune/app/formats"
	"cassacomune/app/formats/nodo"
)

// envelope reads a message of the node and the file that it holds, while both
// stream by.
func (i *inspection) envelope(r *Result, f *Format, in io.Reader) {
	var content *Result
	opened := *f
	opened.Read = func(in io.Reader) formats.Reader {
		return nodo.Open(in, func(element string, payload io.Reader) {
			inner := i.file(element, payload)
			content = &inner
		})
	}
	r.read(&opened, in)
	if content == nil {
		return
	}
	r.Content.(*Answered).Content = content
	r.holds(*content)
}
