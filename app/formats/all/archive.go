package all

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"slices"

	"cassacomune/app/formats"
)

// Limits of an archive, held on the bytes that come out of it, not on what its
// directory says.
const (
	maxArchive = 256 << 20 // bytes of a ZIP, spooled to a temporary file
	maxFiles   = 1000      // files in it
	maxOpened  = 2 << 30   // bytes that come out, all files together
	freeOpened = 16 << 20  // what may come out whatever the ratio
	maxRatio   = 100       // beyond that, times the archive's bytes
)

// What is said of an archive that is not opened, or not to its end.
var (
	ErrArchiveSize = errors.New("archivio più grande di 256 MB")
	ErrFiles       = errors.New("archivio con più di 1000 file")
	ErrBomb        = errors.New("archivio che si espande oltre 100 volte la sua dimensione o oltre 2 GB")
	ErrNested      = errors.New("archivio dentro un archivio: non ammesso")
	ErrSpecial     = errors.New("il contenuto non è un file ordinario")
	ErrDamaged     = errors.New("archivio rovinato")
)

// ArchiveKind returns "zip" or "gzip" for a file that begins like one, else "".
func ArchiveKind(head []byte) string {
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return "zip"
	case bytes.HasPrefix(head, []byte("\x1f\x8b")):
		return "gzip"
	}
	return ""
}

// Member is a file of an archive. Its name is the archive's word and no path.
type Member struct {
	Name string
	Of   int // files in the archive
	io.Reader
}

// Members yields the files of an archive, each to be read before the next. An
// error ends them; one in a single file is that file's own reading error.
func Members(kind string, r io.Reader) iter.Seq2[Member, error] {
	if kind == "gzip" {
		return unzipped(r)
	}
	return func(yield func(Member, error) bool) {
		file, size, err := spool(r)
		if err != nil {
			yield(Member{}, err)
			return
		}
		defer file.Close()
		z, err := zip.NewReader(file, size)
		switch {
		case err != nil:
			yield(Member{}, ErrDamaged)
			return
		case len(z.File) > maxFiles:
			yield(Member{}, ErrFiles)
			return
		}
		files := slices.DeleteFunc(z.File, func(f *zip.File) bool { return f.FileInfo().IsDir() })
		out := &budget{in: func() int64 { return size }}
		for _, f := range files {
			in := out.open(f)
			ok := yield(Member{f.Name, len(files), in}, nil)
			in.Close()
			if !ok {
				return
			}
		}
	}
}

// unzipped yields the one file of a gzip, while it streams.
func unzipped(r io.Reader) iter.Seq2[Member, error] {
	return func(yield func(Member, error) bool) {
		count := &counter{src: r}
		z, err := gzip.NewReader(count)
		if err != nil {
			yield(Member{}, ErrDamaged)
			return
		}
		defer z.Close()
		yield(Member{z.Name, 1, &limited{z, &budget{in: func() int64 { return count.n }}}}, nil)
	}
}

// spool keeps a file in a temporary one that has no name any more, because a
// ZIP's directory stands at its end.
func spool(r io.Reader) (*os.File, int64, error) {
	file, err := os.CreateTemp("", "cassacomune-*")
	if err != nil {
		return nil, 0, fmt.Errorf("spool archive: %w", err)
	}
	if err := os.Remove(file.Name()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		file.Close()
		return nil, 0, fmt.Errorf("spool archive: %w", err)
	}
	size, err := io.Copy(file, io.LimitReader(r, maxArchive+1))
	if err == nil && size > maxArchive {
		err = ErrArchiveSize
	}
	if err != nil {
		file.Close()
		return nil, 0, err
	}
	return file, size, nil
}

// budget is what may still come out of an archive, given what went in.
type budget struct {
	in  func() int64
	out int64
}

func (b *budget) open(f *zip.File) io.ReadCloser {
	if !f.Mode().IsRegular() {
		return broken{ErrSpecial}
	}
	in, err := f.Open()
	if err != nil {
		return broken{ErrDamaged}
	}
	return &limited{in, b}
}

func (b *budget) spend(n int) error {
	if b.out += int64(n); b.out > freeOpened && b.out > b.in()*maxRatio || b.out > maxOpened {
		return ErrBomb
	}
	return nil
}

// limited reads what a decompressor gives, inside the budget.
type limited struct {
	io.ReadCloser
	budget *budget
}

func (l *limited) Read(p []byte) (int, error) {
	n, err := l.ReadCloser.Read(p)
	if over := l.budget.spend(n); over != nil {
		return 0, over
	}
	if err != nil && err != io.EOF {
		err = ErrDamaged
	}
	return n, err
}

type counter struct {
	src io.Reader
	n   int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.src.Read(p)
	c.n += int64(n)
	return n, err
}

type broken struct{ err error }

func (b broken) Read([]byte) (int, error) { return 0, b.err }
func (b broken) Close() error             { return nil }

// Archive is what a ZIP or gzip holds.
type Archive struct {
	Files []Result `json:"files"`
}

func (c *Archive) add(formats.Event) {}
func (c *Archive) end()              {}
func (c *Archive) line() string      { return fmt.Sprintf("%d file", len(c.Files)) }

// open reads every file of an archive.
func (i *inspection) open(r *Result, kind string, in io.Reader) {
	r.Format = kind
	if i.archive {
		r.fail(ErrNested.Error())
		return
	}
	i.archive = true
	defer func() { i.archive = false }()
	archive := &Archive{Files: []Result{}}
	r.Content = archive
	for member, err := range Members(kind, in) {
		if err != nil {
			r.fail("archivio non leggibile: " + err.Error())
			return
		}
		f := i.file(member.Name, member)
		r.holds(f)
		archive.Files = append(archive.Files, f)
	}
}
