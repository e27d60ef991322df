package fulfilment

import (
	"testing"

	"cassacomune/app/money"
	"cassacomune/tenants"
)

func TestDecide(t *testing.T) {
	for _, c := range []struct {
		name      string
		policy    tenants.Policy
		last      Kind
		paid, due money.Cents
		grade     tenants.Grade
		want      Kind
	}{
		{"paid and confirmed", tenants.Policy{Grade: tenants.Confirmed}, "", 100, 100, tenants.Confirmed, Released},
		{"once is enough", tenants.Policy{Grade: tenants.Confirmed}, Released, 100, 100, tenants.Credited, ""},
		{"in part", tenants.Policy{Grade: tenants.Confirmed}, "", 50, 100, tenants.Confirmed, ""},
		{"in part, where a part releases", tenants.Policy{Grade: tenants.Confirmed, Partial: true}, "", 50, 100, tenants.Confirmed, Released},
		{"not certain enough", tenants.Policy{Grade: tenants.Credited}, "", 100, 100, tenants.Remitted, ""},
		{"credited", tenants.Policy{Grade: tenants.Credited}, "", 100, 100, tenants.Credited, Released},
		{"gone back, told", tenants.Policy{Grade: tenants.Confirmed}, Released, 0, 100, tenants.Confirmed, Told},
		{"gone back, suspended", tenants.Policy{Grade: tenants.Confirmed, Reversal: "suspend"}, Released, 0, 100, tenants.Confirmed, Suspended},
		{"gone back, revoked", tenants.Policy{Grade: tenants.Confirmed, Reversal: "revoke"}, Released, 0, 100, tenants.Confirmed, Revoked},
		{"a match undone takes certainty away", tenants.Policy{Grade: tenants.Credited, Reversal: "suspend"}, Released, 100, 100, tenants.Remitted, Suspended},
		{"no policy: confirmed", tenants.Policy{}, "", 100, 100, tenants.Confirmed, Released},
		{"nothing paid", tenants.Policy{}, "", 0, 100, 0, ""},
	} {
		got, ok := decide(c.policy, c.last, c.paid, c.due, c.grade)
		if got != c.want || ok != (c.want != "") {
			t.Errorf("%s: decide = %q, %v, want %q", c.name, got, ok, c.want)
		}
	}
}
