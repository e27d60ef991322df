package tenants

import (
	"strings"
	"testing"
)

func TestBonesOf(t *testing.T) {
	for query, want := range map[string]string{
		`INSERT INTO "audit" ("a") VALUES ('it''s; DELETE FROM "audit"')`: "insert into audit (a) values (??)",
		"select 1 -- ; drop\n from x":                                     "select 1 from x",
		"/* ' */ Update\t[x]  set a = 1;":                                 "update x set a = 1",
		"select 'open":                                                    "select ?",
		"":                                                                "",
	} {
		if got, several := bonesOf(query); got != want || several {
			t.Errorf("bonesOf(%q) = %q, %v, want %q", query, got, several, want)
		}
	}
	for _, query := range []string{"select 1; select 2", "select 1;;x", "select ';'; -- x\n y"} {
		if bones, several := bonesOf(query); !several {
			t.Errorf("bonesOf(%q) = %q: the second statement was not seen", query, bones)
		}
	}
}

func BenchmarkBonesOf(b *testing.B) {
	query := `INSERT INTO "ledger_entry" ("tenant_id", "tx_id") VALUES ` + strings.Repeat(`(123456789012, '0195f000-0000-7000-8000-000000000000', 12, 'collection', FALSE, 'CLR.vpos', 'CRE', 12345), `, 500)
	b.SetBytes(int64(len(query)))
	for b.Loop() {
		bonesOf(query)
	}
}
