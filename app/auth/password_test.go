package auth

import (
	"strings"
	"testing"
)

func TestPHC(t *testing.T) {
	// A known answer of the reference implementation (P-H-C/phc-winner-argon2, src/test.c).
	const reference = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	for typed, want := range map[string]bool{"password": true, "Password": false, "": false} {
		if got, err := rightPassword(ctx, reference, typed); err != nil || got != want {
			t.Errorf("rightPassword(reference, %q) = %v, %v, want %v", typed, got, err, want)
		}
	}
	stored, err := hashPassword(ctx, password)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(stored, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("stored form is %q", stored)
	}
	if again, _ := hashPassword(ctx, password); again == stored {
		t.Error("two hashes of one password are equal: no salt")
	}
	p, err := readPHC(stored)
	if err != nil || p.String() != stored {
		t.Errorf("read and written back: %q, %v, want %q", p, err, stored)
	}
	for _, bad := range []string{"x", "$argon2i$v=19$m=64,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y", strings.Replace(reference, "m=65536", "m=4194304", 1),
		strings.Replace(reference, "t=2", "t=0", 1), strings.Replace(reference, "p=1", "p=0", 1), reference[:60], strings.Replace(reference, "c29t", "!!!!", 1)} {
		if _, err := readPHC(bad); err == nil {
			t.Errorf("readPHC(%q) succeeded", bad)
		}
	}
	if ok, err := rightPassword(ctx, "", ""); ok || err != nil {
		t.Errorf("no stored hash = %v, %v, want false", ok, err)
	}
}
