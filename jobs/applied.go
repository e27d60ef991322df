package jobs

import (
	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"cassacomune/tenants"
)

// Applied returns the second passes of imports, by the run of their first. A
// file that nobody has approved is not in the answer.
func Applied(tx *tenants.Tx, checks ...uuid.UUID) (map[uuid.UUID]Run, error) {
	out := make(map[uuid.UUID]Run, len(checks))
	if len(checks) == 0 {
		return out, nil
	}
	keys := make([]string, len(checks))
	for i, id := range checks {
		keys[i] = "apply:" + id.String()
	}
	var runs []Run
	if err := tx.Select(&runs).Where("kind = ?", Import).Where("unique_key IN (?)", bun.List(keys)).Scan(tx.Ctx); err != nil {
		return nil, err
	}
	for _, r := range runs {
		var p ImportParams
		if err := r.Decode(&p); err != nil {
			return nil, err
		}
		out[p.Check] = r
	}
	return out, nil
}
