package desk

import (
	"strings"
	"time"

	"cassacomune/app/auth"
	"cassacomune/app/day"
	"cassacomune/jobs"
	"cassacomune/tenants"
)

// clock prints an instant as the clock on the wall showed it.
func clock(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(day.Rome).Format("02/01/2006 15:04")
}

// channelNames are the channels by key, as people know them. One that is in no
// list any more keeps its key.
type channelNames map[string]string

func (n channelNames) of(key string) string {
	if name, ok := n[key]; ok {
		return name
	}
	return key
}

// sources are the names of the files that were brought, by their SHA-256.
type sources map[string]string

// namedFiles is how many of the newest imports are looked through for the name
// of a file; an older one is named by the beginning of its SHA-256.
const namedFiles = 500

func fileNames(tx *tenants.Tx) (sources, error) {
	runs, err := jobs.List(tx, namedFiles, jobs.Import)
	names := make(sources, len(runs))
	for _, r := range runs {
		var p jobs.ImportParams
		if err := r.Decode(&p); err != nil {
			return nil, err
		}
		names[p.Blob] = p.Name
	}
	return names, err
}

// name says where something came from as people know it.
func (n sources) name(source string) string {
	if rest, ok := strings.CutPrefix(source, "file "); ok {
		if sum, place, _ := strings.Cut(rest, ","); len(sum) == 64 {
			name := sum[:12]
			if known, ok := n[sum]; ok {
				name = known
			}
			return strings.TrimSuffix("file "+name+","+place, ",")
		}
	}
	if code, ok := strings.CutPrefix(source, "notification "); ok {
		return "notifica del gestore, " + code
	}
	switch source {
	case "hand":
		return "a mano"
	case "portal":
		return "dal portale"
	case "act":
		return "atto dell'ufficio"
	}
	return source
}

// grouped prints a long code in groups of four.
func grouped(code string) string {
	var b strings.Builder
	for i, r := range []rune(code) {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// whoIs is the person or the part of the system that a ledger row names: the
// role before the name says nothing to people.
func whoIs(who string) string {
	if role, name, ok := strings.Cut(who, " "); ok && name != "" && (role == "system" || auth.May(role, "desk:view")) {
		return name
	}
	return who
}
