package auth

import (
	"slices"
	"strings"
	"testing"

	"cassacomune/tenants"
)

// truth is written by hand, apart from the policy: who may do what.
var truth = map[string]string{
	"portal:view":           "anonymous citizen clerk accountant administrator",
	"portal:pay":            "anonymous citizen clerk accountant administrator",
	"citizen:debts":         "citizen",
	"citizen:receipts":      "citizen",
	"debts:view":            "clerk accountant administrator",
	"debts:edit":            "clerk",
	"debts:import":          "clerk",
	"desk:view":             "clerk accountant administrator",
	"collections:view":      "clerk accountant administrator",
	"collections:attribute": "clerk accountant",
	"treasury:view":         "accountant administrator",
	"treasury:import":       "accountant",
	"reconcile:view":        "accountant administrator",
	"reconcile:decide":      "accountant",
	"orders:view":           "accountant administrator",
	"orders:export":         "accountant",
	"trace:view":            "clerk accountant administrator",
	"search:use":            "clerk accountant administrator",
	"setup:view":            "accountant administrator",
	"setup:edit":            "administrator",
	"people:edit":           "administrator",
	"audit:view":            "administrator",
	"jobs:view":             "clerk accountant administrator",
	"operator:view":         "operator",
	"operator:towns":        "operator",
	"operator:people":       "operator",
	"account:self":          "citizen clerk accountant administrator operator",
	"check:view":            "accountant administrator",
}

func TestEveryRoleHasTheRightsOfTheTable(t *testing.T) {
	if len(truth) != len(Permissions) {
		t.Errorf("the table has %d permissions, Permissions %d", len(truth), len(Permissions))
	}
	for _, p := range Permissions {
		holders := strings.Fields(truth[p])
		if len(holders) == 0 {
			t.Errorf("%s is granted to nobody", p)
		}
		for _, role := range Roles {
			if got, want := May(role, p), slices.Contains(holders, role); got != want {
				t.Errorf("May(%s, %s) = %v, want %v", role, p, got, want)
			}
		}
		if !Known(p) {
			t.Errorf("Known(%s) = false", p)
		}
	}
	for _, c := range [][2]string{{"system", "debts:view"}, {"", "portal:view"}, {"r:clerk", "debts:view"}, {"clerk", "debts"}, {"clerk", "debts:"},
		{"clerk", "*:*"}, {"*", "debts:view"}, {"Clerk", "debts:view"}, {"clerk", "debts:delete"}} {
		if May(c[0], c[1]) {
			t.Errorf("May(%q, %q) = true", c[0], c[1])
		}
	}
	if Known("debts:delete") || Known("") {
		t.Error("an unknown permission is known")
	}
}

// A line that casbin cannot read is dropped without a word, and a permission
// that is misspelt grants nothing: the file is compared line by line.
func TestEveryLineOfThePolicyCounts(t *testing.T) {
	e, err := newEnforcer()
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for line := range strings.Lines(policyText) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	rules, err := e.GetPolicy()
	if err != nil {
		t.Fatal(err)
	}
	if len(rules) != len(lines) {
		t.Errorf("casbin read %d rules of %d lines", len(rules), len(lines))
	}
	for _, r := range rules {
		role, isRole := strings.CutPrefix(r[0], "r:")
		if !isRole || !slices.Contains(Roles, role) {
			t.Errorf("rule %v names no role", r)
		}
		if r[1] != "*" {
			t.Errorf("rule %v is not for every municipality: permissions are written once", r)
		}
		if p := r[2] + ":" + r[3]; !slices.Contains(Permissions, p) {
			t.Errorf("rule %v grants %s, which is no permission", r, p)
		}
	}
}

// The map of rights gives the same answers as casbin with people and domains.
func TestDomainsAreStrict(t *testing.T) {
	e, err := newEnforcer()
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range [][]string{{"u:ada", "r:clerk", "1"}, {"u:ada", "r:accountant", "2"}, {"u:clerk", "r:citizen", "1"}} {
		if _, err := e.AddGroupingPolicy(g); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		subject, domain, permission string
		want                        bool
	}{
		{"u:ada", "1", "debts:edit", true}, {"u:ada", "2", "debts:edit", false},
		{"u:ada", "2", "orders:export", true}, {"u:ada", "1", "orders:export", false},
		{"u:ada", "3", "debts:view", false}, {"u:ada", "*", "debts:view", false}, {"u:ada", "", "debts:view", false}, {"u:ada", "11", "debts:view", false},
		{"u:clerk", "1", "debts:view", false}, {"clerk", "1", "debts:view", false}, {"ada", "1", "debts:edit", false},
	} {
		object, act, _ := strings.Cut(c.permission, ":")
		got, err := e.Enforce(c.subject, c.domain, object, act)
		if err != nil || got != c.want {
			t.Errorf("Enforce(%s, %s, %s) = %v, %v, want %v", c.subject, c.domain, c.permission, got, err, c.want)
		}
	}
}

func TestAllowedIsForTheSessionsOwnTown(t *testing.T) {
	clerk := Session{Kind: KindStaff, Tenant: 1, Roles: []string{RoleClerk}}
	operator := Session{Kind: KindOperator, Roles: []string{RoleOperator}}
	forged := Session{Kind: KindOperator, Tenant: 1, Roles: []string{RoleOperator, RoleAdministrator}}
	for _, c := range []struct {
		name       string
		s          Session
		tenant     tenants.ID
		permission string
		want       bool
	}{
		{"own town", clerk, 1, "debts:edit", true},
		{"own town, not their work", clerk, 1, "orders:export", false},
		{"other town", clerk, 2, "debts:edit", false},
		{"no town", clerk, 0, "debts:edit", false},
		{"no town, common right", clerk, 0, "account:self", false},
		{"both roles", Session{Kind: KindStaff, Tenant: 1, Roles: []string{RoleAccountant, RoleClerk}}, 1, "debts:edit", true},
		{"operator", operator, 0, "operator:view", true},
		{"operator in a town", operator, 1, "portal:view", false},
		{"operator with a town", forged, 1, "debts:view", false},
		{"nobody", Session{}, 0, "portal:view", false},
		{"anonymous", Anonymous(1, "alfa.localhost"), 1, "portal:pay", true},
		{"anonymous elsewhere", Anonymous(1, "alfa.localhost"), 2, "portal:pay", false},
		{"anonymous at the desk", Anonymous(1, "alfa.localhost"), 1, "debts:view", false},
	} {
		if got := Allowed(c.s, c.tenant, c.permission); got != c.want {
			t.Errorf("%s: Allowed(%s) = %v, want %v", c.name, c.permission, got, c.want)
		}
	}
}

func BenchmarkMay(b *testing.B) {
	for b.Loop() {
		May(RoleOperator, "account:self")
	}
}
