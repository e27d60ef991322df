package main

import (
	"encoding/csv"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"cassacomune/app/auth"
	"cassacomune/tenants/tenantstest"
)

// rule is a line of the table: what each column's visitor should get.
type rule struct {
	side, method, path string
	want               map[string]string
}

func (r rule) name() string { return r.method + " " + r.path }

// table reads the truth table, which people type.
func table(t *testing.T) (rules []rule) {
	t.Helper()
	f, err := os.Open("testdata/routes.csv")
	must(t, err)
	defer f.Close()
	r := csv.NewReader(f)
	r.Comma, r.Comment = ';', '#'
	rows, err := r.ReadAll()
	must(t, err)
	head := rows[0]
	for _, row := range rows[1:] {
		x := rule{row[0], row[1], row[2], map[string]string{}}
		for i := 3; i < len(head); i++ {
			if !strings.Contains("Y N L E -", row[i]) || row[i] == "" {
				t.Fatalf("%s: %s is %q", x.name(), head[i], row[i])
			}
			x.want[head[i]] = row[i]
		}
		rules = append(rules, x)
	}
	return rules
}

// TestEveryRouteIsInTheTable compares the routes that are mounted with those
// that somebody has thought about.
func TestEveryRouteIsInTheTable(t *testing.T) {
	s := newStage(t, tenantstest.SQLite(t))
	count := map[string]int{}
	for _, name := range s.mounted() {
		count[name]++
	}
	for _, r := range table(t) {
		count[r.name()]--
	}
	for _, name := range slices.Sorted(maps.Keys(count)) {
		switch n := count[name]; {
		case n > 0:
			t.Errorf("%s is mounted and not in testdata/routes.csv: type what each role should get", name)
		case n < 0:
			t.Errorf("%s is in testdata/routes.csv and not mounted", name)
		}
	}
}

// TestTruthTable sends every route from every role, at its own town, another
// one and none.
func TestTruthTable(t *testing.T) {
	t.Parallel()
	tenantstest.Each(t, func(t *testing.T, data *tenantstest.Data) {
		s := newStage(t, data)
		for _, r := range table(t) {
			for _, c := range s.columns(r.side) {
				if (r.path == "/esci" || r.path == "/accesso") && r.method == "POST" { // it ends the session it is tried with
					c = s.fresh(c)
				}
				for _, v := range c.visitors() {
					path := concrete(r.path)
					var got reply
					if r.method == "GET" {
						got = v.get(path)
					} else {
						got = v.post(path, nil)
					}
					if verdict := judge(got); verdict != r.want[c.name] {
						t.Errorf("%s at the %s's host as %s (%s): %s (%d %s), want %s", r.name(), r.side, c.name, v.role, verdict, got.status, got.location, r.want[c.name])
					}
				}
			}
		}
	})
}

// column is a column of the table with those who stand for it.
type column struct {
	name     string
	visitors func() []*visitor
}

var townRoles = []string{auth.RoleAnonymous, auth.RoleCitizen, auth.RoleClerk, auth.RoleAccountant, auth.RoleAdministrator}

// columns are made once a side: the visitors keep their sessions.
func (s *stage) columns(side string) []column {
	if s.made == nil {
		s.made = map[string][]column{}
	}
	if s.made[side] == nil {
		s.made[side] = s.newColumns(side)
	}
	return s.made[side]
}

func (s *stage) newColumns(side string) (all []column) {
	host := map[string]string{"town": s.a.host(), "operator": operatorHost}[side]
	at := func(host string, v *visitor) *visitor { v.host = host; return v }
	add := func(name string, made ...*visitor) {
		all = append(all, column{name, func() []*visitor { return made }})
	}
	for _, role := range townRoles {
		add(role, at(host, s.enter(s.a, role)))
	}
	add("operator", s.operate(host))
	var others, nowhere []*visitor
	for _, role := range townRoles[1:] {
		others = append(others, at(host, s.enter(s.b, role)))
		nowhere = append(nowhere, at("nessuno.localhost", s.enter(s.a, role)))
	}
	add("other", others...)
	add("none", append(nowhere, s.visit("nessuno.localhost", "anonymous"), s.operate("nessuno.localhost"))...)
	return all
}

// fresh logs the visitors of a column in again, for a route that ends their
// sessions.
func (s *stage) fresh(c column) column {
	var copies []*visitor
	for _, v := range c.visitors() {
		w := s.visit(v.host, v.role)
		if token := v.cookies["sessione"]; token != "" {
			switch {
			case c.name == "operator" || v.role == auth.RoleOperator:
				w = s.operate(v.host)
			case c.name == "other":
				w = s.enter(s.b, v.role)
			default:
				w = s.enter(s.a, v.role)
			}
			w.host = v.host
		}
		copies = append(copies, w)
	}
	return column{c.name, func() []*visitor { return copies }}
}

// judge reads an answer as the table writes it.
func judge(r reply) string {
	switch {
	case r.status == 303 && strings.HasPrefix(r.location, "/accesso?next="):
		return "L"
	case r.status == 303 && strings.HasPrefix(r.location, "/entra?next="):
		return "E"
	case r.status == 403 && strings.Contains(r.body, "Il tuo ruolo non permette"):
		return "N"
	case r.status == 404 && (strings.Contains(r.body, "Comune sconosciuto") || strings.Contains(r.body, "Questa pagina non esiste")):
		return "-"
	}
	return "Y"
}

// concrete fills the parameters of a path with what nobody has.
func concrete(path string) string {
	parts := strings.Split(path, "/")
	for i, p := range parts {
		if strings.HasPrefix(p, ":") {
			parts[i] = "00000000-0000-7000-8000-000000000000"
		}
	}
	return strings.Join(parts, "/")
}
