package jobs

import (
	"strings"

	"cassacomune/tenants"
)

// FileNames are the names of the files that were brought, by their SHA-256.
type FileNames map[string]string

// namedFiles is how many of the newest imports are looked through for the name
// of a file; an older one is named by the beginning of its SHA-256.
const namedFiles = 500

// NamesOfFiles reads how the newest files were called.
func NamesOfFiles(tx *tenants.Tx) (FileNames, error) {
	runs, err := List(tx, namedFiles, Import)
	names := make(FileNames, len(runs))
	for _, r := range runs {
		var p ImportParams
		if err := r.Decode(&p); err != nil {
			return nil, err
		}
		names[p.Blob] = p.Name
	}
	return names, err
}

// In calls a file by its name where a source names it by its SHA-256; another
// source stays as it is.
func (n FileNames) In(source string) string {
	rest, ok := strings.CutPrefix(source, "file ")
	sum, place, _ := strings.Cut(rest, ",")
	if !ok || len(sum) != 64 {
		return source
	}
	name := sum[:12]
	if known, ok := n[sum]; ok {
		name = known
	}
	return strings.TrimSuffix("file "+name+","+place, ",")
}
