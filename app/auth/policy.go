package auth

import (
	_ "embed"
	"fmt"
	"strings"
	"sync"

	"github.com/casbin/casbin/v2"
	"github.com/casbin/casbin/v2/model"
	stringadapter "github.com/casbin/casbin/v2/persist/string-adapter"

	"cassacomune/tenants"
)

// Permissions are all that a route may ask for, each as object:act. One that
// the policy grants to nobody fails a test, and so does one that only the
// policy knows.
var Permissions = []string{
	"portal:view", "portal:pay",
	"citizen:debts", "citizen:receipts",
	"debts:view", "debts:edit", "debts:import",
	"desk:view",
	"collections:view", "collections:attribute",
	"treasury:view", "treasury:import",
	"reconcile:view", "reconcile:decide",
	"orders:view", "orders:export",
	"trace:view", "search:use",
	"setup:view", "setup:edit",
	"people:edit", "audit:view", "jobs:view",
	"operator:view", "operator:towns", "operator:people",
	"account:self", "check:view",
}

//go:embed model.conf
var modelText string

//go:embed policy.csv
var policyText string

// newEnforcer builds casbin from the embedded model and policy.
func newEnforcer() (*casbin.SyncedEnforcer, error) {
	m, err := model.NewModelFromString(modelText)
	if err != nil {
		return nil, fmt.Errorf("read the model of rights: %w", err)
	}
	e, err := casbin.NewSyncedEnforcer(m, stringadapter.NewAdapter(policyText))
	if err != nil {
		return nil, fmt.Errorf("read the policy of rights: %w", err)
	}
	return e, nil
}

type right struct{ role, permission string }

// rights are the answers of casbin to every role and permission, asked once:
// an answer takes it tens of microseconds and a page asks many.
var rights = sync.OnceValue(func() map[right]bool {
	e, err := newEnforcer()
	if err != nil {
		panic(err) // the files are part of the program
	}
	all := make(map[right]bool, len(Roles)*len(Permissions))
	for _, role := range Roles {
		for _, p := range Permissions {
			object, act, _ := strings.Cut(p, ":")
			ok, err := e.Enforce("r:"+role, "any", object, act)
			if err != nil {
				panic(err) // the matcher is part of the program
			}
			all[right{role, p}] = ok
		}
	}
	return all
})

// May reports whether a role holds a permission. An unknown role or permission
// is refused.
func May(role, permission string) bool { return rights()[right{role, permission}] }

// Known reports whether a permission is one of Permissions.
func Known(permission string) bool {
	_, ok := rights()[right{RoleAnonymous, permission}]
	return ok
}

// Allowed reports whether a session may do something in a municipality: the
// one for which the session was opened, exactly. Tenant 0 is the operator's
// side, which no municipality's session enters, nor the operator a town's.
func Allowed(s Session, tenant tenants.ID, permission string) bool {
	if s.Tenant != tenant || (s.Kind == KindOperator) != (tenant == 0) {
		return false
	}
	for _, role := range s.Roles {
		if May(role, permission) {
			return true
		}
	}
	return false
}
