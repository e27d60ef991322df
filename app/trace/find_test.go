package trace

import (
	"slices"
	"testing"
)

func TestNumbersIn(t *testing.T) {
	for text, want := range map[string][]numbered{
		"117": {{0, "117"}}, "0117": {{0, "117"}},
		"117/2026": {{2026, "117"}}, "2026/117": {{2026, "117"}}, "2026/0117": {{2026, "117"}},
		"2025/2026": {{2026, "2025"}, {2025, "2026"}}, // both may be
		"12/34":     nil, "F/1": nil,
	} {
		if got := numbersIn(text); !slices.Equal(got, want) {
			t.Errorf("numbersIn(%q) = %v, want %v", text, got, want)
		}
	}
}
