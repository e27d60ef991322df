package auth

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cassacomune/app/fault"
	"cassacomune/tenants"
	"cassacomune/tenants/tenantstest"
)

var (
	ctx    = context.Background()
	system = tenants.System("test")
)

const (
	email    = "ada@comune.example"
	password = "giallo limone 7 scale"
)

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// staffed adds a town and a person who is clerk in it.
func staffed(t *testing.T, db *tenantstest.Data) (tenants.Tenant, Person) {
	t.Helper()
	town := db.Add(t, "alfa")
	p := must[Person](t)(CreatePerson(ctx, db.DB, system, " Ada@Comune.example ", "Ada Prova"))
	ok(t, SetPassword(ctx, db.DB, system, p.ID, password))
	ok(t, Grant(ctx, db.DB, town.ID, system, p.ID, RoleClerk, []string{"scuola"}))
	return town, p
}

func logIn(t *testing.T, db *tenantstest.Data, town tenants.Tenant) Token {
	t.Helper()
	return must[Token](t)(LogIn(ctx, db.DB, town.ID, "alfa.localhost", email, password))
}

func resumes(db *tenantstest.Data, town tenants.Tenant, host string, token Token) bool {
	_, err := Resume(ctx, db.DB, town.ID, host, token)
	return err == nil
}

func TestLogInOpensASessionOfTheRoleHeldHere(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		town, p := staffed(t, db)
		token := logIn(t, db, town)
		got := must[Session](t)(Resume(ctx, db.DB, town.ID, "alfa.localhost", token))
		want := Session{ID: token.id(), Kind: KindStaff, Tenant: town.ID, Host: "alfa.localhost", Roles: []string{RoleClerk},
			Actor: tenants.Actor{ID: p.ID, Name: "Ada Prova", Role: RoleClerk, Offices: []string{"scuola"}}}
		if d := cmp.Diff(got, want); d != "" {
			t.Errorf("session (-got +want)\n%s", d)
		}
		other := db.Add(t, "beta")
		if _, err := LogIn(ctx, db.DB, other.ID, "beta.localhost", email, password); !errors.Is(err, ErrWrong) {
			t.Errorf("log-in where the person has no role = %v, want ErrWrong", err)
		}
		ok(t, Grant(ctx, db.DB, other.ID, system, p.ID, RoleAccountant, nil))
		second := must[Token](t)(LogIn(ctx, db.DB, other.ID, "beta.localhost", email, password))
		s := must[Session](t)(Resume(ctx, db.DB, other.ID, "beta.localhost", second))
		if s.Actor.Role != RoleAccountant || s.Has(RoleClerk) {
			t.Errorf("role in the second town = %v, want accountant only", s.Roles)
		}
		if !resumes(db, town, "alfa.localhost", token) {
			t.Error("the session in the first town ended")
		}
	})
}

func TestRefusalsComputeAHashAndLookTheSame(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		town, p := staffed(t, db)
		stranger := must[Person](t)(CreatePerson(ctx, db.DB, system, "no-role@comune.example", "Senza Ruolo"))
		ok(t, SetPassword(ctx, db.DB, system, stranger.ID, password))
		gone := must[Person](t)(CreatePerson(ctx, db.DB, system, "gone@comune.example", "Andata Via"))
		ok(t, SetPassword(ctx, db.DB, system, gone.ID, password))
		ok(t, Grant(ctx, db.DB, town.ID, system, gone.ID, RoleClerk, nil))
		ok(t, Disable(ctx, db.DB, system, gone.ID))
		for name, try := range map[string][2]string{
			"unknown e-mail": {"nobody@comune.example", password},
			"empty e-mail":   {"", password},
			"wrong password": {email, "rosso limone 7 scale"},
			"empty password": {email, ""},
			"huge password":  {email, strings.Repeat("x", 1<<20)},
			"no role here":   {"no-role@comune.example", password},
			"disabled":       {"gone@comune.example", password},
		} {
			before := hashes.computed.Load()
			token, err := LogIn(ctx, db.DB, town.ID, "alfa.localhost", try[0], try[1])
			if !errors.Is(err, ErrWrong) || token != "" {
				t.Errorf("%s: LogIn = %q, %v, want ErrWrong", name, string(token), err)
			}
			if got := hashes.computed.Load() - before; got != 1 {
				t.Errorf("%s: %d hashes computed, want 1", name, got)
			}
			if fault.Of(err) != nil && strings.Contains(err.Error(), "@") {
				t.Errorf("%s: the error %q names an e-mail", name, err)
			}
		}
		_ = p
	})
}

func TestLockOut(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		town, _ := staffed(t, db)
		other := db.Add(t, "beta")
		for _, who := range []string{email, "nobody@comune.example"} { // known or not: the same
			for i := range attempts {
				if _, err := LogIn(ctx, db.DB, town.ID, "alfa.localhost", who, "sbagliata sbagliata"); !errors.Is(err, ErrWrong) {
					t.Fatalf("attempt %d = %v, want ErrWrong", i+1, err)
				}
			}
			before := hashes.computed.Load()
			if _, err := LogIn(ctx, db.DB, town.ID, "alfa.localhost", who, password); !errors.Is(err, ErrLocked) {
				t.Errorf("after %d failures = %v, want ErrLocked", attempts, err)
			}
			if hashes.computed.Load() != before {
				t.Error("a locked attempt cost a hash")
			}
			if _, err := LogIn(ctx, db.DB, other.ID, "beta.localhost", who, password); !errors.Is(err, ErrWrong) {
				t.Errorf("in another town = %v, want ErrWrong: a town's lock is its own", err)
			}
		}
		db.Clock.Move(lockTime - time.Second)
		if _, err := LogIn(ctx, db.DB, town.ID, "alfa.localhost", email, password); !errors.Is(err, ErrLocked) {
			t.Errorf("a second before the end = %v, want ErrLocked", err)
		}
		db.Clock.Move(time.Second)
		for range attempts + 2 { // each success clears the count
			logIn(t, db, town)
		}
	})
}

func TestAttemptsAtOnceAreCountedAndBounded(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		town, _ := staffed(t, db)
		hashes.peak.Store(0)
		before := hashes.computed.Load()
		var wrong, locked, other int
		var mu sync.Mutex
		var all sync.WaitGroup
		for range 24 {
			all.Go(func() {
				_, err := LogIn(ctx, db.DB, town.ID, "alfa.localhost", email, "sbagliata sbagliata")
				mu.Lock()
				defer mu.Unlock()
				switch {
				case errors.Is(err, ErrWrong):
					wrong++
				case errors.Is(err, ErrLocked):
					locked++
				default:
					other++
				}
			})
		}
		all.Wait()
		if wrong != attempts || locked != 24-attempts || other != 0 {
			t.Errorf("24 wrong attempts at once: %d wrong, %d locked, %d other; want %d, %d, 0", wrong, locked, other, attempts, 24-attempts)
		}
		if got := hashes.computed.Load() - before; got != attempts {
			t.Errorf("%d hashes, want %d", got, attempts)
		}
		if got, most := hashes.peak.Load(), int64(cap(hashes.slots)); got > most {
			t.Errorf("%d hashes at once, want %d at the most", got, most)
		}
	})
}

func TestHashingIsBounded(t *testing.T) {
	h := newHashing(2)
	p := phc{memory: 64, time: 1, threads: 1, salt: make([]byte, 16), hash: make([]byte, 32)}
	var all sync.WaitGroup
	for range 40 {
		all.Go(func() { h.derive(ctx, "x", p) })
	}
	all.Wait()
	if got := h.peak.Load(); got < 1 || got > 2 {
		t.Errorf("peak = %d, want 1 or 2", got)
	}
	h.slots <- struct{}{}
	h.slots <- struct{}{}
	soon, cancel := context.WithTimeout(ctx, time.Millisecond)
	defer cancel()
	if _, err := h.derive(soon, "x", p); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("waiting past the deadline = %v, want DeadlineExceeded", err)
	}
	h.waiting.Store(queue)
	if _, err := h.derive(ctx, "x", p); !errors.Is(err, ErrBusy) {
		t.Errorf("past the queue = %v, want ErrBusy", err)
	}
}

func TestATokenSetBeforehandIsNeverASession(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		town, _ := staffed(t, db)
		planted := newToken(town.ID)
		first, second := logIn(t, db, town), logIn(t, db, town)
		if first == second || first == planted || second == planted {
			t.Error("a log-in did not make a new token")
		}
		if resumes(db, town, "alfa.localhost", planted) {
			t.Error("a token that no log-in made opens a session")
		}
		ok(t, LogOut(ctx, db.DB, town.ID, first))
		if resumes(db, town, "alfa.localhost", first) {
			t.Error("the old token opens a session after log-out")
		}
		if !resumes(db, town, "alfa.localhost", second) {
			t.Error("the new token does not open its session")
		}
		for _, bad := range []Token{"", ".", "x", "0.", Token(string(second) + "x"), Token(strings.ToUpper(string(second))), "-1." + Token(strings.Repeat("a", 43)), Token("zzzz." + strings.Repeat("a", 43))} {
			if _, err := Resume(ctx, db.DB, town.ID, "alfa.localhost", bad); !errors.Is(err, ErrNoSession) {
				t.Errorf("Resume(%q) = %v, want ErrNoSession", string(bad), err)
			}
		}
	})
}

func TestASessionOnAnotherHostIsRevoked(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		town, _ := staffed(t, db)
		other := db.Add(t, "beta")
		for name, swap := range map[string]func(Token) error{
			"another town": func(k Token) error { _, err := Resume(ctx, db.DB, other.ID, "beta.localhost", k); return err },
			"another host of the town": func(k Token) error {
				_, err := Resume(ctx, db.DB, town.ID, "www.alfa.localhost", k)
				return err
			},
			"the operator's host": func(k Token) error { _, err := ResumeOperator(ctx, db.DB, "localhost", k); return err },
		} {
			token := logIn(t, db, town)
			if !resumes(db, town, "alfa.localhost", token) {
				t.Fatal("no session to begin with")
			}
			if err := swap(token); !errors.Is(err, ErrNoSession) {
				t.Errorf("on %s = %v, want ErrNoSession", name, err)
			}
			if resumes(db, town, "alfa.localhost", token) {
				t.Errorf("after it was shown on %s the session still lives", name)
			}
		}
	})
}

func TestSessionsExpire(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		town, _ := staffed(t, db)
		token := logIn(t, db, town)
		db.Clock.Move(IdleStaff - time.Microsecond)
		if !resumes(db, town, "alfa.localhost", token) {
			t.Fatal("expired before the idle limit")
		}
		db.Clock.Move(IdleStaff)
		if resumes(db, town, "alfa.localhost", token) {
			t.Error("lives at the idle limit")
		}
		token = logIn(t, db, town)
		for elapsed := time.Duration(0); elapsed < Absolute-20*time.Minute; elapsed += 20 * time.Minute {
			db.Clock.Move(20 * time.Minute)
			if !resumes(db, town, "alfa.localhost", token) {
				t.Fatalf("a session in use ended after %v", elapsed+20*time.Minute)
			}
		}
		db.Clock.Move(20 * time.Minute)
		if resumes(db, town, "alfa.localhost", token) {
			t.Error("lives past the absolute limit")
		}
		db.Clock.Move(keep)
		var left int64
		ok(t, db.Within(ctx, town.ID, system, func(tx *tenants.Tx) (err error) {
			if err := Sweep(tx); err != nil {
				return err
			}
			left, err = tx.Select((*session)(nil)).Count(tx.Ctx)
			return err
		}))
		if left != 0 {
			t.Errorf("%d sessions left by the sweep, want 0", left)
		}
	})
}

func TestGrantsAndRevocationsHoldAtOnce(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		town, p := staffed(t, db)
		token := logIn(t, db, town)
		ok(t, Grant(ctx, db.DB, town.ID, system, p.ID, RoleAdministrator, nil))
		s := must[Session](t)(Resume(ctx, db.DB, town.ID, "alfa.localhost", token))
		if d := cmp.Diff(s.Roles, []string{RoleAdministrator, RoleClerk}); d != "" || s.Actor.Role != RoleAdministrator || !s.Actor.Sees("polizia") {
			t.Errorf("after the grant: %v %v", s.Roles, s.Actor)
		}
		if err := Revoke(ctx, db.DB, town.ID, system, p.ID, RoleAdministrator); !fault.Is(err, fault.Conflict) {
			t.Errorf("revoking the last administrator = %v, want Conflict", err)
		}
		ok(t, Grant(ctx, db.DB, town.ID, system, p.ID, RoleClerk, []string{"tributi", "scuola", "tributi"}))
		var members []Membership
		ok(t, db.Read(ctx, town.ID, func(tx *tenants.Tx) (err error) { members, err = Members(tx); return err }))
		if len(members) != 2 || members[1].Role != RoleClerk || !cmp.Equal(members[1].Offices, []string{"scuola", "tributi"}) || members[1].Email != email {
			t.Errorf("members = %+v", members)
		}
		boss := must[Person](t)(CreatePerson(ctx, db.DB, system, "boss@comune.example", "Capo"))
		ok(t, Grant(ctx, db.DB, town.ID, system, boss.ID, RoleAdministrator, nil))
		ok(t, Revoke(ctx, db.DB, town.ID, system, p.ID, RoleAdministrator))
		s = must[Session](t)(Resume(ctx, db.DB, town.ID, "alfa.localhost", token))
		if s.Has(RoleAdministrator) || Allowed(s, town.ID, "people:edit") {
			t.Error("the open session kept the revoked role")
		}
		ok(t, Revoke(ctx, db.DB, town.ID, system, p.ID, RoleClerk))
		if resumes(db, town, "alfa.localhost", token) {
			t.Error("a session without any role left lives")
		}
		if _, err := LogIn(ctx, db.DB, town.ID, "alfa.localhost", email, password); !errors.Is(err, ErrWrong) {
			t.Errorf("log-in after revocation = %v, want ErrWrong", err)
		}
		if err := Revoke(ctx, db.DB, town.ID, system, p.ID, RoleClerk); !fault.Is(err, fault.NotFound) {
			t.Errorf("revoking twice = %v, want NotFound", err)
		}
	})
}

func TestWhoMayGrant(t *testing.T) {
	db := tenantstest.SQLite(t)
	town, p := staffed(t, db)
	for _, c := range []struct {
		by, role string
		want     bool
	}{
		{RoleAdministrator, RoleClerk, true}, {RoleOperator, RoleAdministrator, true}, {RoleOperator, RoleAccountant, false},
		{RoleAccountant, RoleClerk, false}, {RoleClerk, RoleAdministrator, false}, {RoleCitizen, RoleClerk, false},
		{RoleAdministrator, RoleOperator, false}, {RoleAdministrator, RoleCitizen, false},
	} {
		err := Grant(ctx, db.DB, town.ID, tenants.Actor{Name: "x", Role: c.by}, p.ID, c.role, nil)
		if (err == nil) != c.want {
			t.Errorf("Grant(%s) by %s = %v, want allowed %v", c.role, c.by, err, c.want)
		}
	}
}

func TestPasswordRules(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		town, p := staffed(t, db)
		token := logIn(t, db, town)
		for _, weak := range []string{"", "undici càra", "aaaaaaaaaaaaaa", "Password1234", email, strings.Repeat("ab", 300), "con\x00zero dentro", "non utf8 \xff\xff\xff\xff"} {
			if err := SetPassword(ctx, db.DB, system, p.ID, weak); !fault.Is(err, fault.Invalid) {
				t.Errorf("SetPassword(%q) = %v, want Invalid", weak, err)
			}
		}
		administrator := tenants.Actor{Name: "x", Role: RoleAdministrator}
		if err := SetPassword(ctx, db.DB, administrator, p.ID, "verde bosco 12 passi"); !fault.Is(err, fault.Forbidden) {
			t.Errorf("an administrator over a password in use = %v, want Forbidden", err)
		}
		fresh := must[Person](t)(CreatePerson(ctx, db.DB, administrator, "fresh@comune.example", "Nuova"))
		for _, role := range []string{RoleAdministrator, RoleOperator, RoleClerk} {
			if err := SetPassword(ctx, db.DB, tenants.Actor{Name: "x", Role: role}, fresh.ID, "verde bosco 12 passi"); !fault.Is(err, fault.Forbidden) {
				t.Errorf("%s sets the first password of another = %v, want Forbidden: they issue one for one use", role, err)
			}
		}

		self := tenants.Actor{ID: p.ID, Name: p.Name, Role: RoleClerk}
		if err := ChangePassword(ctx, db.DB, self, "sbagliata", "verde bosco 12 passi"); !fault.Is(err, fault.Invalid) {
			t.Errorf("ChangePassword with a wrong old one = %v, want Invalid", err)
		}
		ok(t, ChangePassword(ctx, db.DB, self, password, "verde bosco 12 passi"))
		if resumes(db, town, "alfa.localhost", token) {
			t.Error("a session outlived the change of password")
		}
		if _, err := LogIn(ctx, db.DB, town.ID, "alfa.localhost", email, password); !errors.Is(err, ErrWrong) {
			t.Errorf("old password = %v, want ErrWrong", err)
		}
		must[Token](t)(LogIn(ctx, db.DB, town.ID, "alfa.localhost", email, "verde bosco 12 passi"))
		if _, err := CreatePerson(ctx, db.DB, system, "ADA@comune.example", "Altra"); !fault.Is(err, fault.Conflict) {
			t.Errorf("same e-mail = %v, want Conflict", err)
		}
		for _, bad := range []string{"", "ada", "Ada <ada@x.example>", "a@b@c", "ada@x.example\r\nBcc: y@x.example"} {
			if _, err := CreatePerson(ctx, db.DB, system, bad, "Ada"); !fault.Is(err, fault.Invalid) {
				t.Errorf("CreatePerson(%q) = %v, want Invalid", bad, err)
			}
		}
	})
}

func TestOperator(t *testing.T) {
	tenantstest.Each(t, func(t *testing.T, db *tenantstest.Data) {
		town, p := staffed(t, db)
		if _, err := LogInOperator(ctx, db.DB, "localhost", email, password); !errors.Is(err, ErrWrong) {
			t.Errorf("a clerk as operator = %v, want ErrWrong", err)
		}
		ok(t, GrantOperator(ctx, db.DB, system, p.ID))
		token := must[Token](t)(LogInOperator(ctx, db.DB, "localhost", email, password))
		s := must[Session](t)(ResumeOperator(ctx, db.DB, "localhost", token))
		if !Allowed(s, 0, "operator:towns") || Allowed(s, town.ID, "operator:towns") || Allowed(s, town.ID, "debts:view") || Allowed(s, 0, "debts:view") {
			t.Error("the operator's rights are not those of the bare host alone")
		}
		db.Clock.Move(20 * time.Minute)
		must[Session](t)(ResumeOperator(ctx, db.DB, "localhost", token))
		db.Clock.Move(20 * time.Minute)
		must[Session](t)(ResumeOperator(ctx, db.DB, "localhost", token))
		if _, err := Resume(ctx, db.DB, town.ID, "alfa.localhost", token); !errors.Is(err, ErrNoSession) {
			t.Errorf("the operator's token in a town = %v, want ErrNoSession", err)
		}
		if _, err := ResumeOperator(ctx, db.DB, "localhost", token); !errors.Is(err, ErrNoSession) {
			t.Errorf("after it was shown in a town = %v, want ErrNoSession", err)
		}
		token = must[Token](t)(LogInOperator(ctx, db.DB, "localhost", email, password))
		db.Clock.Move(IdleStaff)
		if _, err := ResumeOperator(ctx, db.DB, "localhost", token); !errors.Is(err, ErrNoSession) {
			t.Errorf("at the idle limit = %v, want ErrNoSession", err)
		}
		token = must[Token](t)(LogInOperator(ctx, db.DB, "localhost", email, password))
		ok(t, RevokeOperator(ctx, db.DB, system, p.ID))
		if _, err := ResumeOperator(ctx, db.DB, "localhost", token); !errors.Is(err, ErrNoSession) {
			t.Errorf("after the grant was revoked = %v, want ErrNoSession", err)
		}
		ok(t, GrantOperator(ctx, db.DB, system, p.ID))
		for range attempts {
			if _, err := LogInOperator(ctx, db.DB, "localhost", email, "sbagliata sbagliata"); !errors.Is(err, ErrWrong) {
				t.Fatalf("wrong password = %v", err)
			}
		}
		if _, err := LogInOperator(ctx, db.DB, "localhost", email, password); !errors.Is(err, ErrWrong) {
			t.Errorf("locked = %v, want ErrWrong", err)
		}
		db.Clock.Move(lockTime)
		must[Token](t)(LogInOperator(ctx, db.DB, "localhost", email, password))
	})
}

func TestTokensStayOutOfMessages(t *testing.T) {
	token := newToken(7)
	for _, f := range []string{"%v", "%s", "%+v", "%#v", "%q"} {
		if got := fmt.Sprintf(f, token); strings.Contains(got, string(token)) {
			t.Errorf("Sprintf(%s) shows the token", f)
		}
	}
	if !token.CheckCSRF(token.CSRF()) || newToken(7).CheckCSRF(token.CSRF()) || token.CheckCSRF("") || Token("").CheckCSRF(Token("").CSRF()) {
		t.Error("CSRF values do not belong to one token each")
	}
	if strings.Contains(token.CSRF(), string(token)) || token.CSRF() == string(token) {
		t.Error("the CSRF value gives the token away")
	}
}
