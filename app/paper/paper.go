// Package paper fills the plain structs of app/documents from the rooms: which
// words, names and amounts stand on a receipt or a slip. It draws nothing and
// changes nothing.
package paper

import (
	"slices"

	"cassacomune/app/documents"
	"cassacomune/tenants"
)

// issuer is the municipality as it signs its papers.
func issuer(s tenants.Settings, office string) documents.Issuer {
	return documents.Issuer{Name: s.Title, SecondaryName: s.TitleDE, Office: office, Address: s.Address,
		FiscalCode: s.FiscalCode, Contacts: s.Contact}
}

// secondary is the second language of a bilingual town's papers.
func secondary(s tenants.Settings) *documents.Texts {
	if slices.Contains(s.Languages, "de") {
		return german
	}
	return nil
}

var german = documents.German() // one, so that slips of a run share their furniture

// officeOf names the office when all debts are of the same one, in the languages
// of the paper.
func officeOf(tx *tenants.Tx, codes []string, second *documents.Texts) (string, error) {
	slices.Sort(codes)
	if codes = slices.Compact(codes); len(codes) != 1 {
		return "", nil
	}
	all, err := tx.Offices()
	for _, o := range all {
		if o.Code == codes[0] {
			return inBoth(o.Name, o.NameDE, second), err
		}
	}
	return "", err
}

// inBoth is a name in the languages of the paper, where the second has it.
func inBoth(italian, german string, second *documents.Texts) string {
	if second == nil || german == "" || german == italian {
		return italian
	}
	return italian + " / " + german
}
