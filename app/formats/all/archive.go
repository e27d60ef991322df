package all

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
)

// Limits of an archive, checked on the bytes that come out, not on what its
// directory says.
const (
	maxArchive = 64 << 20  // bytes of the archive itself
	maxFiles   = 100       // files in it
	maxRatio   = 20        // times the archive's size
	maxOpened  = 256 << 20 // bytes that come out
)

var (
	errArchiveSize = errors.New("archivio più grande di 64 MB")
	errFiles       = errors.New("archivio con più di 100 file")
	errBomb        = errors.New("archivio che si espande oltre 20 volte la sua dimensione o oltre 256 MB")
	errNested      = errors.New("archivio dentro un archivio: non ammesso")
	errSpecial     = errors.New("il contenuto non è un file ordinario")
)

func archiveKind(head []byte) string {
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return "zip"
	case bytes.HasPrefix(head, []byte("\x1f\x8b")):
		return "gzip"
	}
	return ""
}

// budget lets through what may still come out of an archive.
type budget struct {
	src  io.Reader
	left *int64
}

func (b budget) Read(p []byte) (int, error) {
	n, err := b.src.Read(p)
	if *b.left -= int64(n); *b.left < 0 {
		return 0, errBomb
	}
	return n, err
}

// unpack calls each with the name and content of every file of the archive.
func unpack(kind string, r io.Reader, each func(name string, r io.Reader)) error {
	raw, err := io.ReadAll(io.LimitReader(r, maxArchive+1))
	if err != nil {
		return err
	}
	if len(raw) > maxArchive {
		return errArchiveSize
	}
	left := min(int64(len(raw))*maxRatio, maxOpened)
	if kind == "gzip" {
		z, err := gzip.NewReader(bytes.NewReader(raw))
		if err != nil {
			return err
		}
		each(z.Name, budget{z, &left})
		return nil
	}
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		return err
	}
	if len(z.File) > maxFiles {
		return errFiles
	}
	for _, f := range z.File {
		if f.FileInfo().IsDir() {
			continue
		}
		if !f.Mode().IsRegular() {
			each(f.Name, broken{errSpecial})
			continue
		}
		in, err := f.Open()
		if err != nil {
			each(f.Name, broken{err})
			continue
		}
		each(f.Name, budget{in, &left})
		in.Close()
	}
	return nil
}

type broken struct{ err error }

func (b broken) Read([]byte) (int, error) { return 0, b.err }
