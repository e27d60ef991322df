package web_test

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"cassacomune/app/auth"
	"cassacomune/app/web"
	"cassacomune/app/web/admin"
	"cassacomune/app/web/desk"
	"cassacomune/app/web/operator"
	"cassacomune/app/web/webtest"
	"cassacomune/tenants"
	"cassacomune/tenants/tenantstest"
)

const (
	operatorHost = "gestore.localhost"
	chosen       = "verde bosco 12 passi"
)

// house is two towns and the operator's side, with those who forget passwords
// and those who help them.
type house struct {
	db         *tenantstest.Data
	app        *fiber.App
	alfa, beta tenants.Tenant
	operator   auth.Token
	tokens     map[string]auth.Token // of <role>@<town>
}

func newHouse(t *testing.T, db *tenantstest.Data) *house {
	t.Helper()
	h := &house{db: db, alfa: db.Add(t, "alfa"), beta: db.Add(t, "beta"), tokens: map[string]auth.Token{}}
	h.app = webtest.App(t, web.Config{DB: db.DB, Routes: append(desk.Routes(), admin.Routes()...), Operator: operator.Routes(), OperatorHost: operatorHost})
	for _, town := range []tenants.Tenant{h.alfa, h.beta} {
		for _, role := range []string{auth.RoleAdministrator, auth.RoleClerk} {
			h.tokens[role+"@"+town.Slug] = webtest.Join(t, db, town, role, role)
		}
	}
	h.tokens["vice@alfa"] = webtest.Join(t, db, h.alfa, "vice", auth.RoleAdministrator)
	p, err := auth.CreatePerson(ctx, db.DB, by, "gestore@istanza.example", "Gestore")
	if err == nil {
		err = auth.SetPassword(ctx, db.DB, by, p.ID, webtest.Password)
	}
	if err == nil {
		err = auth.GrantOperator(ctx, db.DB, by, p.ID)
	}
	if err == nil {
		h.operator, err = auth.LogInOperator(ctx, db.DB, operatorHost, p.Email, webtest.Password)
	}
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func (h *house) person(t *testing.T, email string) auth.Person {
	t.Helper()
	p, err := auth.FindPerson(ctx, h.db.DB, email)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

var issued = regexp.MustCompile(`data-cc-copy="([a-z2-7]{5}(?:-[a-z2-7]{5}){3})"`)

// helps asks for a new password on the page of an administrator ("": of the
// operator), and returns it if one was shown.
func (h *house) helps(t *testing.T, administrator, email string) (password string, status int, body string) {
	t.Helper()
	host, token, path := operatorHost, h.operator, "/persone/"
	if administrator != "" {
		_, town, _ := strings.Cut(administrator, "@")
		host, token, path = town+".localhost", h.tokens[administrator], "/admin/persone/"
	}
	status, body = webtest.Post(t, h.app, host, token, path+h.person(t, email).ID.String()+"/password", nil)
	if m := issued.FindStringSubmatch(body); m != nil {
		password = m[1]
	}
	return password, status, body
}

func (h *house) logIn(t *testing.T, host, email, password string) (status int, body string) {
	t.Helper()
	return webtest.Post(t, h.app, host, "", "/accesso", url.Values{"email": {email}, "password": {password}})
}

func (h *house) choose(t *testing.T, host, email, given, fresh, again string) (status int, body string) {
	t.Helper()
	return webtest.Post(t, h.app, host, "", "/accesso/password", url.Values{"email": {email}, "given": {given}, "password": {fresh}, "again": {again}})
}

func (h *house) lives(t *testing.T, town, who, path string) bool {
	t.Helper()
	status, _ := webtest.Ask(t, h.app, town+".localhost", h.tokens[who], "GET", path, "", nil)
	return status == 200
}

// noted counts an act in the register of a town (0: the platform's).
func (h *house) noted(t *testing.T, town tenants.ID, action string, person auth.Person) (n int) {
	t.Helper()
	var err error
	if town == 0 {
		err = h.db.Platform(ctx, func(tx *tenants.PlatformTx) error {
			rows, err := tx.AuditRows(tenants.AuditFilter{Limit: 500})
			for _, r := range rows {
				if r.Action == action && r.Object == person.ID.String() {
					n++
				}
			}
			return err
		})
	} else {
		err = h.db.Read(ctx, town, func(tx *tenants.Tx) error {
			var rows []tenants.AuditRow
			err := tx.Select(&rows).Where("action = ? AND object = ?", action, person.ID.String()).Scan(tx.Ctx)
			n = len(rows)
			return err
		})
	}
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestForgottenPassword goes the whole way: the administrator issues a
// password, which is shown once and kept as a hash; the former one and the open
// sessions end; the person chooses their own, and the issued one is used up.
func TestForgottenPassword(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		h := newHouse(t, db)
		const clerk = "clerk@alfa.example"
		if !h.lives(t, "alfa", "clerk@alfa", "/desk") {
			t.Fatal("no session to begin with")
		}
		given, status, _ := h.helps(t, "administrator@alfa", clerk)
		if status != 200 || given == "" {
			t.Fatalf("a new password = %d, want 200 showing it", status)
		}
		if h.lives(t, "alfa", "clerk@alfa", "/desk") {
			t.Error("the session outlived the new password")
		}
		if _, page := webtest.Ask(t, h.app, "alfa.localhost", h.tokens["administrator@alfa"], "GET", "/admin/persone", "", nil); strings.Contains(page, given) {
			t.Error("the password is shown a second time")
		}
		if status, body := h.logIn(t, "alfa.localhost", clerk, webtest.Password); status != 422 || !strings.Contains(body, auth.ErrWrong.Text) {
			t.Errorf("the forgotten password = %d, want 422", status)
		}
		if status, body := h.logIn(t, "alfa.localhost", clerk, given); status != 200 || !strings.Contains(body, "Scegli la tua password") || !strings.Contains(body, `value="`+clerk) || strings.Contains(body, given) || strings.Contains(body, "sessione=") {
			t.Errorf("the issued password at the log-in = %d, want 200 with the page to choose, no session, and nothing that was typed but the e-mail", status)
		}
		for _, bad := range []struct{ given, fresh, again, says string }{
			{given, "corta", "corta", "almeno 12 caratteri"}, {given, chosen, "altra", "sono diverse"}, {given, given, given, "diversa da quella che hai ricevuto"},
			{given, clerk, clerk, "troppo comune"}, {given, "Persona clerk", "Persona clerk", "troppo comune"}, {"aaaaa-bbbbb-ccccc-ddddd", chosen, chosen, "scaduta o già usata"}, {"", "", "", "campo da compilare"},
		} {
			status, body := h.choose(t, "alfa.localhost", clerk, bad.given, bad.fresh, bad.again)
			if status != 422 || !strings.Contains(body, bad.says) || strings.Contains(body, "sessione=") || bad.given != "" && strings.Contains(body, `value="`+bad.given) {
				t.Errorf("choosing %+v = %d, want 422 without what was typed", bad, status)
			}
		}
		status, body := h.choose(t, "alfa.localhost", strings.ToUpper(clerk), given, chosen, chosen)
		if status != 303 || !strings.Contains(body, "Location: /desk") || !strings.Contains(body, "sessione=") {
			t.Fatalf("choosing = %d, want 303 to the desk with a session", status)
		}
		if status, _ := h.choose(t, "alfa.localhost", clerk, given, "altra frase lunga 3", "altra frase lunga 3"); status != 422 {
			t.Errorf("a second use = %d, want 422", status)
		}
		if status, _ := h.logIn(t, "alfa.localhost", clerk, given); status != 422 {
			t.Errorf("the used password at the log-in = %d, want 422", status)
		}
		if status, body := h.choose(t, "alfa.localhost", clerk, chosen, "altra frase lunga 3", "altra frase lunga 3"); status != 422 || !strings.Contains(body, "Hai già scelto la tua password") {
			t.Errorf("choosing with one's own password = %d, want 422", status)
		}
		if status, _ := h.logIn(t, "alfa.localhost", clerk, chosen); status != 303 {
			t.Errorf("the chosen password = %d, want 303", status)
		}
		p := h.person(t, clerk)
		for _, action := range []string{"person.onetime", "person.password"} {
			// The platform notes the first password of the test's own making too.
			if got := h.noted(t, 0, action, p); got < 1 || h.noted(t, h.alfa.ID, action, p) != 1 || h.noted(t, h.beta.ID, action, p) != 0 {
				t.Errorf("%s is noted %d times on the platform, %d in alfa, %d in beta; want at least 1, 1, 0", action, got, h.noted(t, h.alfa.ID, action, p), h.noted(t, h.beta.ID, action, p))
			}
		}
	})
}

// TestIssuedPasswordEnds lets time pass, and issues another.
func TestIssuedPasswordEnds(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		h := newHouse(t, db)
		const clerk = "clerk@beta.example"
		first, _, _ := h.helps(t, "", clerk)
		second, _, _ := h.helps(t, "", clerk)
		if first == "" || second == "" || first == second {
			t.Fatalf("issued %q and %q, want two", first, second)
		}
		if status, _ := h.choose(t, "beta.localhost", clerk, first, chosen, chosen); status != 422 {
			t.Errorf("the replaced password = %d, want 422", status)
		}
		db.Clock.Move(auth.OneTime - time.Second)
		if status, _ := h.logIn(t, "beta.localhost", clerk, second); status != 200 {
			t.Errorf("a second before the end = %d, want 200", status)
		}
		db.Clock.Move(time.Second)
		for what, try := range map[string]func() (int, string){
			"log-in": func() (int, string) { return h.logIn(t, "beta.localhost", clerk, second) },
			"choice": func() (int, string) { return h.choose(t, "beta.localhost", clerk, second, chosen, chosen) },
		} {
			if status, _ := try(); status != 422 {
				t.Errorf("%s at the end = %d, want 422", what, status)
			}
		}
	})
}

// TestWhoHelpsWhom is the wall around a person: an administrator helps those of
// the own town whom nobody else knows, the operator everybody.
func TestWhoHelpsWhom(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		h := newHouse(t, db)
		shared := webtest.Join(t, db, h.alfa, "shared", auth.RoleClerk)
		left := webtest.Join(t, db, h.alfa, "left", auth.RoleClerk)
		helper := webtest.Join(t, db, h.alfa, "helper", auth.RoleClerk)
		for _, token := range []auth.Token{shared, left, helper} {
			if token == "" {
				t.Fatal("no session")
			}
		}
		for email, do := range map[string]func(auth.Person) error{
			"shared@alfa.example": func(p auth.Person) error { return auth.Grant(ctx, db.DB, h.beta.ID, by, p.ID, auth.RoleClerk, nil) },
			"left@alfa.example": func(p auth.Person) error {
				err := auth.Grant(ctx, db.DB, h.beta.ID, by, p.ID, auth.RoleClerk, nil)
				if err == nil {
					err = auth.Revoke(ctx, db.DB, h.beta.ID, by, p.ID, auth.RoleClerk)
				}
				return err
			},
			"helper@alfa.example": func(p auth.Person) error { return auth.GrantOperator(ctx, db.DB, by, p.ID) },
		} {
			if err := do(h.person(t, email)); err != nil {
				t.Fatal(err)
			}
		}
		const shows, refuses, unknown, says = 200, 422, 404, "la password la sostituisce chi gestisce il servizio"
		for _, c := range []struct {
			by, email string
			want      int
			says      string
		}{
			{"administrator@alfa", "clerk@beta.example", unknown, "non ha un ruolo"},
			{"administrator@alfa", "administrator@beta.example", unknown, "non ha un ruolo"},
			{"administrator@alfa", "gestore@istanza.example", unknown, "non ha un ruolo"},
			{"administrator@alfa", "shared@alfa.example", refuses, says},
			{"administrator@beta", "shared@alfa.example", refuses, says},
			{"administrator@alfa", "left@alfa.example", refuses, says},
			{"administrator@beta", "left@alfa.example", unknown, "non ha un ruolo"},
			{"administrator@alfa", "helper@alfa.example", refuses, says},
			{"administrator@alfa", "administrator@alfa.example", refuses, "la assegna un altro"},
			{"clerk@alfa", "clerk@alfa.example", 403, "Il tuo ruolo non permette"},
			{"vice@alfa", "administrator@alfa.example", shows, ""},
			{"", "gestore@istanza.example", refuses, "la assegna un altro"},
			{"", "shared@alfa.example", shows, ""},
			{"", "left@alfa.example", shows, ""},
			{"", "helper@alfa.example", shows, ""},
			{"", "administrator@beta.example", shows, ""},
		} {
			password, status, body := h.helps(t, c.by, c.email)
			if status != c.want || (password != "") != (c.want == shows) || !strings.Contains(body, c.says) {
				t.Errorf("%q helps %s = %d with a password %v, want %d saying %q", c.by, c.email, status, password != "", c.want, c.says)
			}
		}
		p := h.person(t, "shared@alfa.example")
		if a, b := h.noted(t, h.alfa.ID, "person.onetime", p), h.noted(t, h.beta.ID, "person.onetime", p); a != 1 || b != 1 {
			t.Errorf("the towns of a shared person note %d and %d, want 1 each", a, b)
		}
		if n := h.noted(t, h.beta.ID, "person.onetime", h.person(t, "left@alfa.example")); n != 0 {
			t.Errorf("the town that a person left notes %d, want 0", n)
		}
	})
}

// TestATownCannotPlantAPerson follows an administrator who makes another town's
// future clerk first, with a password of their own choosing.
func TestATownCannotPlantAPerson(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		h := newHouse(t, db)
		const email = "futura@beta.example"
		add := func(town, role string) (int, string) {
			return webtest.Post(t, h.app, town+".localhost", h.tokens["administrator@"+town], "/admin/persone", url.Values{"email": {email}, "name": {"Futura Persona"}, "role": {role}})
		}
		_, body := add("alfa", auth.RoleClerk)
		m := issued.FindStringSubmatch(body)
		if m == nil {
			t.Fatal("no first password")
		}
		if status, _ := h.choose(t, "alfa.localhost", email, m[1], chosen, chosen); status != 303 {
			t.Fatalf("planting = %d, want 303", status)
		}
		if status, body := add("beta", auth.RoleAccountant); status != 422 || !strings.Contains(body, "ammetterla anche qui") || strings.Contains(body, "alfa") {
			t.Errorf("a role for another town's person = %d, want 422 that names no town", status)
		}
		if status, _ := h.logIn(t, "beta.localhost", email, chosen); status != 422 {
			t.Errorf("log-in before the operator admits = %d, want 422", status)
		}
		id := h.person(t, email).ID.String()
		if status, page := webtest.Ask(t, h.app, operatorHost, h.operator, "GET", "/persone?cerca=FUTURA", "", nil); status != 200 || !strings.Contains(page, "/persone/"+id) || strings.Contains(page, "clerk@beta") {
			t.Errorf("the operator's search = %d, want 200 with this person alone", status)
		}
		status, body := webtest.Post(t, h.app, operatorHost, h.operator, "/persone/"+id+"/comuni", url.Values{"town": {"beta"}})
		m = issued.FindStringSubmatch(body)
		if status != 200 || m == nil {
			t.Fatalf("the operator admits = %d, want 200 with a new password", status)
		}
		if status, body := add("beta", auth.RoleAccountant); status != 303 {
			t.Errorf("a role once admitted = %d, want 303\n%s", status, body)
		}
		for _, town := range []string{"alfa", "beta"} {
			if status, _ := h.logIn(t, town+".localhost", email, chosen); status != 422 {
				t.Errorf("the planted password in %s = %d, want 422", town, status)
			}
		}
		if status, _ := h.choose(t, "beta.localhost", email, m[1], "altra frase lunga 3", "altra frase lunga 3"); status != 303 {
			t.Errorf("the person chooses = %d, want 303", status)
		}
		if _, status, _ := h.helps(t, "administrator@alfa", email); status != 422 {
			t.Errorf("the planter helps again = %d, want 422", status)
		}
		gamma := db.Add(t, "gamma")
		status, body = webtest.Post(t, h.app, operatorHost, h.operator, "/persone/"+id+"/comuni", url.Values{"town": {"gamma"}})
		if status != 200 || issued.MatchString(body) {
			t.Errorf("a third town = %d, want 200 and the password kept: no town's administrator knows it", status)
		}
		if status, _ := webtest.Post(t, h.app, operatorHost, h.operator, "/persone/"+id+"/comuni", url.Values{"town": {""}}); status != 422 {
			t.Errorf("no town = %d, want 422", status)
		}
		if towns, err := auth.Towns(ctx, db.DB, h.person(t, email).ID); err != nil || !slices.Contains(towns, gamma.ID) || len(towns) != 3 {
			t.Errorf("towns = %v, %v, want three", towns, err)
		}
	})
}

// TestOperatorForgets: another operator helps, at the operator's own door.
func TestOperatorForgets(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		h := newHouse(t, db)
		p, err := auth.CreatePerson(ctx, db.DB, by, "vice@istanza.example", "Vice")
		if err == nil {
			err = auth.GrantOperator(ctx, db.DB, by, p.ID)
		}
		if err != nil {
			t.Fatal(err)
		}
		given, status, _ := h.helps(t, "", p.Email)
		if status != 200 || given == "" {
			t.Fatalf("a new password = %d, want 200", status)
		}
		if status, body := h.logIn(t, operatorHost, p.Email, given); status != 200 || !strings.Contains(body, "Scegli la tua password") {
			t.Errorf("the issued password = %d, want 200 with the page to choose", status)
		}
		if status, body := h.choose(t, operatorHost, p.Email, given, chosen, chosen); status != 303 || !strings.Contains(body, "sessione=") {
			t.Errorf("choosing = %d, want 303 with a session", status)
		}
		if status, _ := h.choose(t, operatorHost, p.Email, given, chosen, chosen); status != 422 {
			t.Errorf("a second use = %d, want 422", status)
		}
		if status, _ := h.logIn(t, operatorHost, p.Email, chosen); status != 303 {
			t.Errorf("the chosen password = %d, want 303", status)
		}
	})
}

// TestGuessingAnIssuedPassword is throttled as any log-in.
func TestGuessingAnIssuedPassword(t *testing.T) {
	h := newHouse(t, tenantstest.SQLite(t))
	const clerk = "clerk@alfa.example"
	given, _, _ := h.helps(t, "administrator@alfa", clerk)
	for range 5 {
		if status, _ := h.choose(t, "alfa.localhost", clerk, "aaaaa-bbbbb-ccccc-ddddd", chosen, chosen); status != 422 {
			t.Fatalf("a guess = %d, want 422", status)
		}
	}
	if status, body := h.choose(t, "alfa.localhost", clerk, given, chosen, chosen); status != 422 || !strings.Contains(body, auth.ErrLocked.Text) {
		t.Errorf("after five guesses = %d, want 422 saying that it is locked", status)
	}
}
