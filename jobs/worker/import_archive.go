package worker

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"

	"cassacomune/app/fault"
	"cassacomune/jobs"
	"cassacomune/tenants"
)

// Limits of an archive, held on the bytes that come out, not on what its
// directory says.
const (
	mostArchive = 64 << 20
	mostRatio   = 20
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

// unpack stores the one file of an archive beside it and gives it to the run
// in the archive's place.
func (w *importer) unpack(kind string, r io.Reader) error {
	if w.params.Archive != "" {
		return errArchive("contiene un altro archivio")
	}
	raw, err := io.ReadAll(io.LimitReader(r, mostArchive+1))
	if err != nil {
		return fmt.Errorf("read archive: %w", err)
	}
	if len(raw) > mostArchive {
		return errArchive("è più grande di 64 MB")
	}
	inner, err := only(kind, raw)
	if err != nil {
		return errArchive(err.Error())
	}
	defer inner.Close()
	most := min(int64(len(raw))*mostRatio, w.town.Limit())
	blob, err := w.db.StoreBlob(w.ctx, w.tenant, w.params.By, damaged{inner}, most)
	if fault.Is(err, fault.TooLarge) {
		return errArchive("si espande oltre 20 volte la sua dimensione, o oltre il limite di un file")
	}
	if err != nil {
		return err
	}
	w.params.Archive, w.params.Blob = w.params.Blob, blob.SHA256
	return w.within(func(tx *tenants.Tx) error { return w.run.Reparam(tx, w.params) })
}

// only opens the one file of an archive.
func only(kind string, raw []byte) (io.ReadCloser, error) {
	if kind == "gzip" {
		z, err := gzip.NewReader(bytes.NewReader(raw))
		if err != nil {
			return nil, errors.New("non è leggibile")
		}
		return z, nil
	}
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		return nil, errors.New("non è leggibile")
	}
	var files []*zip.File
	for _, f := range z.File {
		if !f.FileInfo().IsDir() {
			files = append(files, f)
		}
	}
	if len(files) != 1 || !files[0].Mode().IsRegular() {
		return nil, fmt.Errorf("contiene %d file: se ne carica uno per volta", len(files))
	}
	return files[0].Open()
}

// damaged turns what a decompressor says of broken bytes into an answer for
// the person who sent them.
type damaged struct{ src io.Reader }

func (d damaged) Read(p []byte) (int, error) {
	n, err := d.src.Read(p)
	if err != nil && err != io.EOF {
		err = errArchive("è rovinato")
	}
	return n, err
}

func errArchive(reason string) error {
	return fault.New(fault.Invalid, "import.archive", "L'archivio %s: non è stato caricato nulla.", reason)
}

// archived reports whether the file is an archive, which it has then unpacked.
func (w *importer) archived(head []byte, file io.Reader) (bool, error) {
	kind := archiveKind(head)
	if kind == "" || w.params.Phase != jobs.Check {
		return false, nil
	}
	return true, w.unpack(kind, file)
}
