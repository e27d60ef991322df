package documents

import (
	"fmt"
	"io"
	"sync"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
)

// withoutSettings keeps pdfcpu from reading or making a folder of settings in
// the user's home.
var withoutSettings = sync.OnceFunc(api.DisableConfigDir)

// Merge joins documents in the order given: a big run is drawn in parts of
// MaxSlips and joined at the end. The pages are kept byte for byte; the file's
// identifier and date are the joiner's.
func Merge(w io.Writer, parts ...io.ReadSeeker) error {
	if len(parts) == 0 {
		return fmt.Errorf("merging documents: none given")
	}
	if len(parts) == 1 {
		if _, err := io.Copy(w, parts[0]); err != nil {
			return fmt.Errorf("merging documents: %w", err)
		}
		return nil
	}
	withoutSettings()
	if err := api.MergeRaw(parts, w, false, model.NewDefaultConfiguration()); err != nil {
		return fmt.Errorf("merging documents: %w", err)
	}
	return nil
}
