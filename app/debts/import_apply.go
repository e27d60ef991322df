package debts

import (
	"fmt"
	"strconv"

	"cassacomune/app/codes"
	"cassacomune/tenants"
)

// ApplyGroups writes the groups that Judge has judged in this transaction. It
// skips those that are refused or change nothing.
func ApplyGroups(tx *tenants.Tx, all []Judged) error {
	var born, altered []*Judged
	for i := range all {
		for _, unit := range all[i].annulled {
			unit.Annulled = true
			if _, err := tx.Update(&unit).Column("annulled").WherePK().Exec(tx.Ctx); err != nil {
				return fmt.Errorf("annul a unit: %w", err)
			}
		}
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
	if err := passPrinted(tx, all); err != nil {
		return err
	}
	if err := bear(tx, born); err != nil {
		return err
	}
	if err := alter(tx, altered); err != nil {
		return err
	}
	return keepAliases(tx, append(born, altered...))
}

// mostBase is up to where printed numbers move our own series. Our series
// never comes to those above.
const mostBase = 1_000_000_000_000

// passPrinted takes our series of numbers past those that the office has
// printed itself, so that none is given out twice.
func passPrinted(tx *tenants.Tx, all []Judged) error {
	town, err := tx.Municipality()
	if err != nil {
		return err
	}
	highest := int64(0)
	for _, j := range all {
		for _, r := range j.Rows {
			base, ok := ownBase(r.Notice, town.Settings.Segregation)
			if ok && j.Outcome != Refused && base < mostBase {
				highest = max(highest, base)
			}
		}
	}
	if highest == 0 {
		return nil
	}
	c := counter{Name: "code", Value: highest}
	_, err = tx.Insert(&c).On("CONFLICT (tenant_id, name) DO UPDATE").
		Set("value = CASE WHEN ?TableAlias.value < EXCLUDED.value THEN EXCLUDED.value ELSE ?TableAlias.value END").Returning("NULL").Exec(tx.Ctx)
	if err != nil {
		return fmt.Errorf("pass printed numbers: %w", err)
	}
	return nil
}

// ownBase is the number inside a notice of the form that we issue too.
func ownBase(notice string, segregation int) (base int64, ok bool) {
	n, err := codes.ReadNotice(notice)
	if notice == "" || err != nil && !codes.WrongCheck(err) || n.Segregation != fmt.Sprintf("%02d", segregation) {
		return 0, false
	}
	base, err = strconv.ParseInt(notice[3:16], 10, 64)
	return base, err == nil
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
		if _, err := tx.Insert(&part).On("CONFLICT (tenant_id, alias, debt_id) DO UPDATE").Set("annulled = EXCLUDED.annulled").Returning("NULL").Exec(tx.Ctx); err != nil {
			return fmt.Errorf("insert aliases: %w", err)
		}
		rows = rows[len(part):]
	}
	return nil
}
