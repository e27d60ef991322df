package admin_test

import (
	"errors"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"cassacomune/app/auth"
	"cassacomune/tenants"
	"cassacomune/tenants/tenantstest"
)

// pages are the pages that anybody who may see the set-up sees, and what each
// must say.
var pages = []struct{ path, says string }{
	{"/admin", "Prima di riscuotere restano da completare"},
	{"/admin/comune", "Comune di alfa"},
	{"/admin/uffici", "Scuola alfa"},
	{"/admin/uffici/alfa-scuola", "Scuola alfa"},
	{"/admin/tipi", "Mensa alfa"},
	{"/admin/tipi/nuovo", "Nuovo tipo dovuto"},
	{"/admin/tipi/alfa-MENSA", "Mensa alfa"},
	{"/admin/canali", "Bollettino postale premarcato"},
	{"/admin/canali/vpos", "terminale-alfa"},
	{"/admin/conti", "Tesoreria alfa"},
	{"/admin/conti/alfa-tes", "Tesoreria alfa"},
	{"/admin/capitoli", "Mense alfa"},
	{"/admin/capitoli?esercizio=2025", "Nessun capitolo per il 2025"},
	{"/admin/capitoli/2026/alfa-3010", "E.3.01.02.01.008"},
	{"/admin/accertamenti", "residui"},
	{"/admin/accertamenti/2025/alfa-12", "Accertamento alfa"},
	{"/admin/imputazioni", "Accertamento alfa"},
}

var ownPages = []struct{ path, says string }{
	{"/admin/persone", "accountant@alfa.example"},
	{"/admin/registro", "member.grant"},
	{"/admin/registro.csv", "member.grant"},
}

func TestPages(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		s := newSite(t, db)
		for _, p := range pages {
			for role, want := range map[string]int{auth.RoleAdministrator: 200, auth.RoleAccountant: 200, auth.RoleClerk: 403, auth.RoleAnonymous: 303} {
				status, body := s.get(t, role, p.path)
				if status != want {
					t.Errorf("GET %s as %s = %d, want %d", p.path, role, status, want)
				}
				if status == 200 && (!strings.Contains(body, p.says) || !strings.Contains(body, "</html>")) {
					t.Errorf("GET %s as %s does not say %q", p.path, role, p.says)
				}
				if strings.Contains(body, "beta") || strings.Contains(body, "segreto-") {
					t.Errorf("GET %s as %s shows another town or a secret", p.path, role)
				}
				if status == 200 && role == auth.RoleAccountant && strings.Contains(body, ">Salva</button>") {
					t.Errorf("GET %s offers an accountant to save", p.path)
				}
			}
		}
		for _, p := range ownPages {
			for role, want := range map[string]int{auth.RoleAdministrator: 200, auth.RoleAccountant: 403, auth.RoleClerk: 403} {
				status, body := s.get(t, role, p.path)
				if status != want || status == 200 && !strings.Contains(body, p.says) {
					t.Errorf("GET %s as %s = %d, want %d saying %q", p.path, role, status, want, p.says)
				}
				if strings.Contains(body, "beta") {
					t.Errorf("GET %s as %s shows another town", p.path, role)
				}
			}
		}
	})
}

var href = regexp.MustCompile(`href="(/admin[^"#]*)`)

// TestNoDeadLinks follows every link of the set-up's pages.
func TestNoDeadLinks(t *testing.T) {
	s := newSite(t, tenantstest.SQLite(t))
	seen := map[string]bool{}
	for _, p := range append(pages, ownPages[:2]...) {
		_, body := s.get(t, auth.RoleAdministrator, p.path)
		for _, m := range href.FindAllStringSubmatch(body, -1) {
			link := strings.ReplaceAll(m[1], "&amp;", "&")
			if seen[link] {
				continue
			}
			seen[link] = true
			if status, _ := s.get(t, auth.RoleAdministrator, link); status != 200 {
				t.Errorf("%s links to %s, which answers %d", p.path, link, status)
			}
		}
	}
	if len(seen) < 15 {
		t.Errorf("only %d links were followed", len(seen))
	}
}

var requestCode = regexp.MustCompile(`<code>[^<]*</code>|name="csrf" value="[^"]*"`)

// TestForeignIsUnknown compares the answer to another town's name with the
// answer to one that nobody has.
func TestForeignIsUnknown(t *testing.T) {
	s := newSite(t, tenantstest.SQLite(t))
	for _, pair := range [][2]string{
		{"/admin/uffici/beta-scuola", "/admin/uffici/nessuno"}, {"/admin/tipi/beta-MENSA", "/admin/tipi/nessuno"},
		{"/admin/conti/beta-tes", "/admin/conti/nessuno"}, {"/admin/capitoli/2026/beta-3010", "/admin/capitoli/2026/nessuno"},
		{"/admin/accertamenti/2025/beta-12", "/admin/accertamenti/2025/nessuno"}, {"/admin/canali/nessuno", "/admin/canali/altro"},
	} {
		foreign, a := s.get(t, auth.RoleAdministrator, pair[0])
		unknown, b := s.get(t, auth.RoleAdministrator, pair[1])
		if foreign != 404 || unknown != 404 || requestCode.ReplaceAllString(a, "") != requestCode.ReplaceAllString(b, "") {
			t.Errorf("GET %s = %d, GET %s = %d, want the same 404", pair[0], foreign, pair[1], unknown)
		}
		if status, _ := s.post(t, auth.RoleAdministrator, pair[0], url.Values{"name": {"x"}, "chapter": {"2026/alfa-3010/"}, "account_code": {"E.3.01.02.01.008"}, "kind": {"treasury"}, "source": {"journal"}}); status != 404 {
			t.Errorf("POST %s = %d, want 404", pair[0], status)
		}
	}
}

// forms are posts with a mistake (which must come back with what was typed)
// and without.
var forms = []struct {
	name, path string
	bad        url.Values
	says       string // of what is wrong
	good       url.Values
	then       string // where it leads
}{
	{"town", "/admin/comune", town("fiscal_code", "123", "privacy", "javascript:alert(1)"), "11 cifre", town(), "/admin/comune"},
	{"office", "/admin/uffici", url.Values{"code": {"a b"}, "name": {"Polizia locale"}}, "usa solo lettere", url.Values{"code": {"polizia"}, "name": {"Polizia locale"}}, "/admin/uffici"},
	{"office taken", "/admin/uffici", url.Values{"code": {"alfa-scuola"}, "name": {"Altro"}}, "Esiste già", url.Values{"code": {"tributi"}, "name": {"Tributi"}}, "/admin/uffici"},
	{"office renamed", "/admin/uffici/alfa-scuola", url.Values{"name": {""}, "name_de": {"Schulamt"}}, "campo da compilare", url.Values{"name": {"Istruzione"}, "name_de": {"Schulamt"}}, "/admin/uffici"},
	{"type", "/admin/tipi", debtType("minimum", "12..34", "rates", "ieri 2"), "Importo minimo", debtType(), "/admin/tipi"},
	{"type of no office", "/admin/tipi", debtType("code", "ALTRO", "office", "beta-scuola"), "Ufficio: sceglilo", debtType("code", "ALTRO"), "/admin/tipi"},
	{"type changed", "/admin/tipi/alfa-MENSA", debtType("kind", "inventata"), "La regola di prezzo", debtType("name", "Ristorazione"), "/admin/tipi"},
	{"type of no assessment", "/admin/tipi/alfa-MENSA", debtType("assessment", "2025/beta-12"), "Accertamento: sceglilo", debtType("assessment", "", "chapter", "2026/alfa-3010/"), "/admin/tipi"},
	{"channel", "/admin/canali/vpos", url.Values{"enabled": {"si"}, "set_alias": {""}, "set_base": {"https://pos.example"}}, "Alias del terminale: serve", url.Values{"enabled": {"si"}, "set_alias": {"A1"}, "set_base": {"https://pos.example"}}, "/admin/canali"},
	{"account", "/admin/conti", url.Values{"key": {"ccp"}, "name": {"Postale"}, "kind": {"outside"}, "source": {"statement"}, "iban": {"IT00X"}}, "IBAN",
		url.Values{"key": {"ccp"}, "name": {"Postale"}, "kind": {"outside"}, "source": {"statement"}, "iban": {"IT60X0542811101000000123456"}}, "/admin/conti"},
	{"account of two truths", "/admin/conti/alfa-tes", url.Values{"name": {"Tesoreria"}, "kind": {"treasury"}, "source": {"statement"}}, "dal giornale di cassa", url.Values{"name": {"Tesoreria"}, "kind": {"treasury"}, "source": {"journal"}, "number": {"9"}}, "/admin/conti"},
	{"chapter", "/admin/capitoli", url.Values{"year": {"2026"}, "number": {"4000"}, "name": {"Sanzioni"}, "account_code": {"E.3.02"}}, "serve il V livello", url.Values{"year": {"2026"}, "number": {"4000"}, "article": {"1"}, "name": {"Sanzioni"}, "account_code": {"e.3.02.02.01.999"}}, "/admin/capitoli?esercizio=2026"},
	{"chapter changed", "/admin/capitoli/2026/alfa-3010", url.Values{"name": {"Mense"}, "account_code": {"E.8.01.01.01.001"}}, "serve il V livello", url.Values{"name": {"Mense"}, "account_code": {"E.3.01.02.01.009"}}, "/admin/capitoli?esercizio=2026"},
	{"assessment", "/admin/accertamenti", url.Values{"year": {"2026"}, "number": {"77"}, "name": {"Sanzioni 2026"}, "chapter": {"2026/nessuno/"}}, "non esiste", url.Values{"year": {"2026"}, "number": {"77"}, "name": {"Sanzioni 2026"}, "chapter": {"2026/4000/1"}}, "/admin/accertamenti"},
	{"assessment changed", "/admin/accertamenti/2025/alfa-12", url.Values{"name": {"Mense 2025"}, "chapter": {""}}, "campo da compilare", url.Values{"name": {"Mense 2025"}, "chapter": {"2026/alfa-3010/"}}, "/admin/accertamenti"},
	{"defaults", "/admin/imputazioni", url.Values{"excess": {"2025/beta-12"}}, "scegli un accertamento", url.Values{"excess": {"2025/alfa-12"}}, "/admin/imputazioni"},
	{"person of no role", "/admin/persone", url.Values{"email": {"nuova@alfa.example"}, "name": {"Nuova Persona"}, "role": {"operator"}}, "Ruolo: sceglilo", url.Values{"email": {"clerk@alfa.example"}, "name": {"Nota"}, "role": {"accountant"}}, "/admin/persone"},
}

func values(all url.Values, change []string) url.Values {
	for i := 0; i < len(change); i += 2 {
		all.Set(change[i], change[i+1])
	}
	return all
}

func town(change ...string) url.Values {
	return values(url.Values{"title": {"Comune di alfa"}, "address": {"Piazza 1"}, "fiscal_code": {"00000000000"}, "segregation": {"2"}, "year": {"2026"},
		"upload_limit": {"64"}, "kept_unpaid": {"45"}, "treasurer_abi": {"05034"}, "privacy": {"https://alfa.example/privacy"}, "client_secret": {"segreto-del-client"}, "german": {"si"}}, change)
}

func debtType(change ...string) url.Values {
	return values(url.Values{"code": {"VERBALI"}, "name": {"Verbali"}, "office": {"alfa-scuola"}, "active": {"si"}, "kind": {"late_tax"}, "minimum": {"12,50"}, "rates": {"01/01/2026 2,50"},
		"channel_vpos": {"pagopa"}, "channel_slip": {"historical"}, "assessment": {"2025/alfa-12"}, "imputation": {"principal costs interest"}, "grade": {"4"}, "reversal": {"suspend"},
		"field_key_0": {"targa"}, "field_label_0": {"Targa del veicolo"}, "field_kind_0": {"text"}, "field_required_0": {"si"}}, change)
}

func TestForms(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		s := newSite(t, db)
		for _, f := range forms {
			for role, want := range map[string]int{auth.RoleClerk: 403, auth.RoleAccountant: 403} {
				if status, _ := s.post(t, role, f.path, f.good); status != want {
					t.Errorf("%s: POST %s as %s = %d, want %d", f.name, f.path, role, status, want)
				}
			}
			status, body := s.post(t, auth.RoleAdministrator, f.path, f.bad)
			if status != 422 || !strings.Contains(body, f.says) {
				t.Errorf("%s: POST %s with a mistake = %d, want 422 saying %q\n%s", f.name, f.path, status, f.says, alert(body))
			}
			for name, v := range f.bad {
				if name != "csrf" && name != "client_secret" && v[0] != "" && v[0] != "si" && !keeps(body, name, v[0]) {
					t.Errorf("%s: the form does not keep %s = %q", f.name, name, v[0])
				}
			}
			status, body = s.post(t, auth.RoleAdministrator, f.path, f.good)
			if status != 303 || !strings.HasSuffix(body, "Location: "+f.then) {
				t.Errorf("%s: POST %s = %d, want 303 to %s\n%s", f.name, f.path, status, f.then, alert(body))
			}
		}
		checkKept(t, s)
	})
}

func alert(body string) string {
	if _, rest, ok := strings.Cut(body, `id="errori"`); ok {
		alert, _, _ := strings.Cut(rest, "</div>")
		return alert
	}
	return body[max(0, len(body)-300):]
}

// keeps reports whether a form shows a value again. What a list of options does
// not offer cannot be shown, nor what stands in the address.
func keeps(body, name, value string) bool {
	if !strings.Contains(body, `name="`+name+`"`) {
		return true
	}
	escaped := strings.NewReplacer("&", "&amp;", "'", "&#39;", `"`, "&#34;", "<", "&lt;", "+", "&#43;").Replace(value)
	if choice := regexp.MustCompile(`<select[^>]* id="` + name + `"`); choice.MatchString(body) && !strings.Contains(body, `<option value="`+escaped+`"`) {
		return true
	}
	return strings.Contains(body, `value="`+escaped+`"`) || strings.Contains(body, ">"+escaped+"<")
}

// checkKept reads back what the good forms said.
func checkKept(t *testing.T, s *site) {
	t.Helper()
	err := s.db.Read(ctx, s.alfa.ID, func(tx *tenants.Tx) error {
		d, err := tx.DebtType("VERBALI")
		if err != nil {
			return err
		}
		if d.Setup.Price.Minimum != 1250 || len(d.Setup.Price.Rates) != 1 || d.Setup.Price.Rates[0].BasisPoints != 250 {
			t.Errorf("price = %+v", d.Setup.Price)
		}
		if d.Setup.Revenue != (tenants.Revenue{Year: 2025, Assessment: "alfa-12", Chapter: "alfa-3010"}) {
			t.Errorf("revenue = %+v", d.Setup.Revenue)
		}
		if len(d.Setup.Channels) != 2 || len(d.Setup.Fields) != 1 || !d.Setup.Fields[0].Required || d.Setup.Imputation[0] != "principal" || d.Setup.Fulfilment.Grade != tenants.Remitted {
			t.Errorf("setup = %+v", d.Setup)
		}
		if d, err = tx.DebtType("alfa-MENSA"); err != nil || d.Setup.Revenue != (tenants.Revenue{Year: 2026, Chapter: "alfa-3010"}) {
			t.Errorf("revenue without assessment = %+v, %v", d.Setup.Revenue, err)
		}
		ch, err := tx.Chapter(2026, "4000", "1")
		if err != nil || ch.Siope != "3020201999" || ch.Title != "3" || ch.Typology != "3020000" {
			t.Errorf("chapter = %+v, %v; want what follows from its account", ch, err)
		}
		m, err := tx.Municipality()
		if err != nil || m.Settings.Limit() != 64<<20 || m.Settings.Unpaid() != 45*24*time.Hour || len(m.Settings.Languages) != 2 || m.Settings.Defaults.Excess != "2025/alfa-12" {
			t.Errorf("settings = %+v, %v", m.Settings, err)
		}
		for channel, want := range map[[2]string]string{{"oidc", "client_secret"}: "segreto-del-client", {"vpos", "mac_key"}: "segreto-alfa"} {
			if got, err := tx.Secret(channel[0], channel[1]); got != want || err != nil {
				t.Errorf("secret %v = %q, %v, want %q", channel, got, err, want)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

var shown = regexp.MustCompile(`data-cc-copy="([^"]+)"`)

// TestFirstPassword adds somebody new: the password is shown once, lets them
// choose their own, and a revocation closes the door.
func TestFirstPassword(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		s := newSite(t, db)
		status, body := s.post(t, auth.RoleAdministrator, "/admin/persone", url.Values{"email": {"Nuova@alfa.example"}, "name": {"Nuova Persona"}, "role": {"clerk"}, "office_alfa-scuola": {"si"}})
		m := shown.FindStringSubmatch(body)
		if status != 200 || m == nil {
			t.Fatalf("POST /admin/persone = %d, want 200 with a password", status)
		}
		if _, again := s.get(t, auth.RoleAdministrator, "/admin/persone"); strings.Contains(again, m[1]) || !strings.Contains(again, "Scuola alfa") {
			t.Error("the page shows the password again, or not the office")
		}
		if _, err := auth.LogIn(ctx, db.DB, s.alfa.ID, "alfa.localhost", "nuova@alfa.example", m[1]); !errors.Is(err, auth.ErrOneTime) {
			t.Errorf("LogIn with the first password = %v, want ErrOneTime", err)
		}
		token, err := auth.Choose(ctx, db.DB, s.alfa.ID, "alfa.localhost", "nuova@alfa.example", m[1], "verde bosco 12 passi")
		if err != nil {
			t.Fatalf("Choose with the first password: %v", err)
		}
		p, err := auth.FindPerson(ctx, db.DB, "nuova@alfa.example")
		if err != nil {
			t.Fatal(err)
		}
		if status, _ := s.post(t, auth.RoleAdministrator, "/admin/persone/"+p.ID.String()+"/revoche", url.Values{"role": {"clerk"}}); status != 303 {
			t.Errorf("revoke = %d, want 303", status)
		}
		if _, err := auth.Resume(ctx, db.DB, s.alfa.ID, "alfa.localhost", token); err == nil {
			t.Error("the session lives after the last role was revoked")
		}
		self, err := auth.FindPerson(ctx, db.DB, "administrator@alfa.example")
		if err != nil {
			t.Fatal(err)
		}
		if status, body := s.post(t, auth.RoleAdministrator, "/admin/persone/"+self.ID.String()+"/revoche", url.Values{"role": {"administrator"}}); status != 422 || !strings.Contains(body, "Non puoi togliere a te") {
			t.Errorf("revoking oneself = %d, want 422", status)
		}
	})
}

func TestPassword(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		s := newSite(t, db)
		if status, body := s.get(t, auth.RoleClerk, "/password"); status != 200 || !strings.Contains(body, "Password attuale") {
			t.Errorf("GET /password = %d, want 200", status)
		}
		for _, bad := range []struct{ old, fresh, again, says string }{
			{password, "nuova-nuova-nuova", "altra-altra-altra", "sono diverse"}, {password, "corta", "corta", "almeno 12 caratteri"},
			{"sbagliata-sbagliata", "nuova-nuova-nuova", "nuova-nuova-nuova", "attuale non è corretta"}, {"", "", "", "campo da compilare"},
		} {
			status, body := s.post(t, auth.RoleClerk, "/password", url.Values{"old": {bad.old}, "password": {bad.fresh}, "again": {bad.again}})
			if status != 422 || !strings.Contains(body, bad.says) || bad.fresh != "" && strings.Contains(body, `value="`+bad.fresh) {
				t.Errorf("POST /password %+v = %d, want 422 without showing what was typed", bad, status)
			}
		}
		if status, body := s.post(t, auth.RoleClerk, "/password", url.Values{"old": {password}, "password": {"nuova-nuova-nuova"}, "again": {"nuova-nuova-nuova"}}); status != 303 || !strings.HasSuffix(body, "/accesso") {
			t.Errorf("POST /password = %d, want 303 to the log-in", status)
		}
		if status, _ := s.get(t, auth.RoleClerk, "/password"); status != 303 {
			t.Errorf("the session lives after the password was changed: %d", status)
		}
		if _, err := auth.LogIn(ctx, db.DB, s.alfa.ID, "alfa.localhost", "clerk@alfa.example", "nuova-nuova-nuova"); err != nil {
			t.Errorf("LogIn with the new password: %v", err)
		}
	})
}

func TestRegisterFilters(t *testing.T) {
	s := newSite(t, tenantstest.SQLite(t))
	if _, body := s.get(t, auth.RoleAdministrator, "/admin/registro?azione=office.save"); !strings.Contains(body, "alfa-scuola") || !strings.Contains(body, "Ufficio modificato<br>") || strings.Contains(body, "Ruolo assegnato<br>") {
		t.Error("the filter by action does not limit the register")
	}
	if _, body := s.get(t, auth.RoleAdministrator, "/admin/registro?dal=01/01/2030"); !strings.Contains(body, "Nessuna operazione") {
		t.Error("the filter by day does not limit the register")
	}
	if status, body := s.get(t, auth.RoleAdministrator, "/admin/registro?dal=31/02/2026"); status != 422 || !strings.Contains(body, "data non leggibile") {
		t.Errorf("a wrong day = %d, want 422", status)
	}
}
