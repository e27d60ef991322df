package worker

import (
	"errors"
	"fmt"
	"io"

	"cassacomune/app/fault"
	"cassacomune/app/formats/all"
	"cassacomune/jobs"
	"cassacomune/tenants"
)

// unpack stores the one file of an archive beside it and gives it to the run
// in the archive's place.
func (w *importer) unpack(kind string, r io.Reader) error {
	if w.params.Archive != "" {
		return errArchive("contiene un altro archivio")
	}
	for member, err := range all.Members(kind, r) {
		switch {
		case err != nil:
			return errArchive("non si apre: " + err.Error())
		case member.Of != 1:
			return errArchive(fmt.Sprintf("contiene %d file: se ne carica uno per volta", member.Of))
		}
		return w.replace(member)
	}
	return errArchive("è vuoto")
}

func (w *importer) replace(member io.Reader) error {
	blob, err := w.db.StoreBlob(w.ctx, w.tenant, w.params.By, member, w.town.Limit())
	switch {
	case fault.Is(err, fault.TooLarge):
		return errArchive("si espande oltre il limite di un file")
	case errors.Is(err, all.ErrBomb), errors.Is(err, all.ErrDamaged), errors.Is(err, all.ErrSpecial):
		return errArchive("non si apre: " + err.Error())
	case err != nil:
		return err
	}
	w.params.Archive, w.params.Blob = w.params.Blob, blob.SHA256
	return w.within(func(tx *tenants.Tx) error { return w.run.Reparam(tx, w.params) })
}

func errArchive(reason string) error {
	return fault.New(fault.Invalid, "import.archive", "L'archivio %s: non è stato caricato nulla.", reason)
}

// archived reports whether the file is an archive, which it has then unpacked.
func (w *importer) archived(head []byte, file io.Reader) (bool, error) {
	kind := all.ArchiveKind(head)
	if kind == "" || w.params.Phase != jobs.Check {
		return false, nil
	}
	return true, w.unpack(kind, file)
}
