package admin

import (
	"testing"

	"cassacomune/tenants"
)

// TestEveryGradeHasItsPlaceInTheForm keeps a policy of the catalogue from being
// saved as another by who changes something else of the type.
func TestEveryGradeHasItsPlaceInTheForm(t *testing.T) {
	for grade, want := range map[tenants.Grade]string{0: "0", tenants.Declared: "3", tenants.Authorised: "3", tenants.Confirmed: "3",
		tenants.Remitted: "4", tenants.Credited: "5", tenants.Final: "5"} {
		if got := offeredGrade(grade); got != want || !offered(grades, got) {
			t.Errorf("grade %d is shown as %q, want %q of the form", grade, got, want)
		}
	}
}
