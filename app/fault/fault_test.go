package fault

import (
	"errors"
	"fmt"
	"testing"
)

func TestOf(t *testing.T) {
	f := New(Invalid, "debts.amount", "L'importo %q non è leggibile.", "1e3")
	wrapped := fmt.Errorf("read row: %w", f)
	if got := Of(wrapped); got != f {
		t.Errorf("Of: got %v, want %v", got, f)
	}
	if got, want := f.Error(), `L'importo "1e3" non è leggibile.`; got != want {
		t.Errorf("Error: got %s, want %s", got, want)
	}
	if !Is(wrapped, Invalid) || Is(wrapped, NotFound) {
		t.Error("Is does not tell the kinds apart")
	}
	if plain := errors.New("disk full"); Of(plain) != nil || Is(plain, Invalid) || Of(nil) != nil {
		t.Error("an internal error is taken for a fault")
	}
}

func TestOnCopies(t *testing.T) {
	f := New(Conflict, "k", "testo")
	if on := f.On("importo"); on.Field != "importo" || on.Key != "k" || f.Field != "" {
		t.Errorf("On: got %+v, and the original %+v", on, f)
	}
}
