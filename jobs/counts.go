package jobs

import (
	"fmt"

	"cassacomune/tenants"
)

// Counts returns how many runs a municipality has in each state: all that the
// operator may know of them.
func Counts(tx *tenants.Tx) (map[State]int64, error) {
	var rows []struct {
		State State
		N     int64
	}
	if err := tx.SelectFrom("run").ColumnExpr("state, COUNT(*) AS n").GroupExpr("state").Scan(tx.Ctx, &rows); err != nil {
		return nil, fmt.Errorf("count runs: %w", err)
	}
	counts := map[State]int64{}
	for _, r := range rows {
		counts[r.State] = r.N
	}
	return counts, nil
}
