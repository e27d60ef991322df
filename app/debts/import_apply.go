package debts

import (
	"fmt"

	"cassacomune/tenants"
)

// ApplyGroups writes the groups that Judge has judged in this transaction. It
// skips those that are refused or change nothing.
func ApplyGroups(tx *tenants.Tx, all []Judged) error {
	var born, altered []*Judged
	for i := range all {
		switch j := &all[i]; j.Outcome {
		case Born:
			born = append(born, j)
		case Altered:
			altered = append(altered, j)
		case Relieved:
			reason := j.Rows[0].Reason
			if reason == "" {
				reason = "annullata dal file"
			}
			if err := Annul(tx, j.existing.ID, reason); err != nil {
				return fmt.Errorf("line %d: %w", j.Rows[0].Line, err)
			}
		}
	}
	if err := bear(tx, born); err != nil {
		return err
	}
	if err := alter(tx, altered); err != nil {
		return err
	}
	return keepAliases(tx, append(born, altered...))
}

func bear(tx *tenants.Tx, list []*Judged) error {
	if len(list) == 0 {
		return nil
	}
	news := make([]New, len(list))
	for i, j := range list {
		news[i] = j.new
	}
	made, err := addAll(tx, news)
	for i := range made {
		list[i].existing = made[i]
	}
	return err
}

func alter(tx *tenants.Tx, list []*Judged) error {
	if len(list) == 0 {
		return nil
	}
	debts, news := make([]Debt, len(list)), make([]New, len(list))
	for i, j := range list {
		debts[i], news[i] = j.existing, j.new
	}
	_, err := changeAll(tx, debts, news)
	return err
}

func keepAliases(tx *tenants.Tx, list []*Judged) error {
	var rows []alias
	for _, j := range list {
		for _, unit := range j.units {
			rows = append(rows, alias{Alias: unit, DebtID: j.existing.ID})
		}
	}
	for len(rows) > 0 {
		part := rows[:min(1000, len(rows))]
		if _, err := tx.Insert(&part).On("CONFLICT DO NOTHING").Returning("NULL").Exec(tx.Ctx); err != nil {
			return fmt.Errorf("insert aliases: %w", err)
		}
		rows = rows[len(part):]
	}
	return nil
}
