package fulfilment

import (
	"testing"

	"cassacomune/app/collections"
	"cassacomune/app/money"
	"cassacomune/tenants"
)

func TestDecide(t *testing.T) {
	came := collections.Reach{Collected: 100, Remitted: 60, Credited: 40}
	all := collections.Reach{Collected: 100, Remitted: 100, Credited: 100}
	for _, c := range []struct {
		name   string
		policy tenants.Policy
		last   Kind
		reach  collections.Reach
		want   Kind
	}{
		{"paid and confirmed", tenants.Policy{Grade: tenants.Confirmed}, "", came, Released},
		{"once is enough", tenants.Policy{Grade: tenants.Confirmed}, Released, all, ""},
		{"in part", tenants.Policy{Grade: tenants.Confirmed}, "", collections.Reach{Collected: 50}, ""},
		{"in part, where a part releases", tenants.Policy{Grade: tenants.Confirmed, Partial: true}, "", collections.Reach{Collected: 50}, Released},
		{"not certain enough", tenants.Policy{Grade: tenants.Credited}, "", collections.Reach{Collected: 100, Remitted: 100}, ""},
		{"certain in part", tenants.Policy{Grade: tenants.Remitted}, "", came, ""},
		{"certain in part, where a part releases", tenants.Policy{Grade: tenants.Remitted, Partial: true}, "", came, Released},
		{"credited", tenants.Policy{Grade: tenants.Credited}, "", all, Released},
		{"gone back, told", tenants.Policy{Grade: tenants.Confirmed}, Released, collections.Reach{}, Told},
		{"gone back, suspended", tenants.Policy{Grade: tenants.Confirmed, Reversal: "suspend"}, Released, collections.Reach{}, Suspended},
		{"gone back, revoked", tenants.Policy{Grade: tenants.Confirmed, Reversal: "revoke"}, Released, collections.Reach{}, Revoked},
		{"gone back before it was released", tenants.Policy{Grade: tenants.Confirmed, Reversal: "revoke"}, "", collections.Reach{}, ""},
		{"come again", tenants.Policy{Grade: tenants.Confirmed, Reversal: "revoke"}, Revoked, all, Released},
		{"a match undone takes certainty away", tenants.Policy{Grade: tenants.Credited, Reversal: "suspend"}, Released, collections.Reach{Collected: 100, Remitted: 100}, Suspended},
		{"no policy: nothing to release", tenants.Policy{}, "", all, ""},
		{"no policy any more", tenants.Policy{}, Released, collections.Reach{}, ""},
		{"nothing paid", tenants.Policy{Grade: tenants.Confirmed}, "", collections.Reach{}, ""},
	} {
		cents, _ := certain(c.reach, c.policy.Grade)
		got, ok := decide(c.policy, c.last, cents, money.Cents(100))
		if got != c.want || ok != (c.want != "") {
			t.Errorf("%s: decide = %q, %v, want %q", c.name, got, ok, c.want)
		}
	}
}
