package admin_test

import (
	"regexp"
	"strings"
	"testing"

	"cassacomune/app/auth"
	"cassacomune/tenants/tenantstest"
)

var anyKey = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-`)

// TestRegisterInWords: who was given a role is named, and keys that nobody can
// read stand in the file alone.
func TestRegisterInWords(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		s := newSite(t, db)
		who, err := auth.CreatePerson(ctx, db.DB, by, "ugo@alfa.example", "Ugo Nominato")
		if err == nil {
			err = auth.Grant(ctx, db.DB, s.alfa.ID, by, who.ID, auth.RoleClerk, nil)
		}
		if err != nil {
			t.Fatal(err)
		}
		_, body := s.get(t, auth.RoleAdministrator, "/admin/registro?azione=member.grant")
		_, shown, _ := strings.Cut(body, "<tbody>")
		shown, _, _ = strings.Cut(shown, "</tbody>")
		if !strings.Contains(shown, "<small>Ugo Nominato</small>") || !strings.Contains(shown, ">operatore di sportello<") {
			t.Error("the register does not say who was given which role")
		}
		if key := anyKey.FindString(shown); key != "" {
			t.Errorf("the register shows the key %s", key)
		}
		if _, file := s.get(t, auth.RoleAdministrator, "/admin/registro.csv?azione=member.grant"); !strings.Contains(file, who.ID.String()) {
			t.Error("the file does not hold the exact key")
		}
	})
}
