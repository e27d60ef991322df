package desk

import (
	"strings"

	"cassacomune/app/auth"
	"cassacomune/jobs"
	"cassacomune/tenants"
)

// channelNames are the channels by key, as people know them. One that is in no
// list any more keeps its key.
type channelNames map[string]string

func (n channelNames) of(key string) string {
	if name, ok := n[key]; ok {
		return name
	}
	return key
}

// sources are the names of the files that were brought.
type sources struct{ jobs.FileNames }

func fileNames(tx *tenants.Tx) (sources, error) {
	names, err := jobs.NamesOfFiles(tx)
	return sources{names}, err
}

// name says where something came from as people know it.
func (n sources) name(source string) string {
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
	return n.In(source)
}

// whoIs is the person or the part of the system that a ledger row names: the
// role before the name says nothing to people.
func whoIs(who string) string {
	if role, name, ok := strings.Cut(who, " "); ok && name != "" && (role == "system" || auth.May(role, "desk:view")) {
		return name
	}
	return who
}
