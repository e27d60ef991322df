package debts

import (
	"github.com/google/uuid"

	"cassacomune/app/day"
	"cassacomune/app/fault"
	"cassacomune/app/money"
	"cassacomune/app/price"
	"cassacomune/tenants"
)

// Notice (avviso) is what the page of a code needs, read at once: the busiest
// page of all asks for nothing else. It holds no debtor, no portions and no
// other instalments.
type Notice struct {
	Office tenants.Office

	asked Payable
}

type noticeRow struct {
	Code         string
	Kind         CodeKind
	CodeState    CodeState
	InstalmentID uuid.UUID
	DebtID       uuid.UUID

	Option          string
	Number          int
	DueOn           day.Date
	Cents, Paid     money.Cents
	InstalmentState InstalmentState

	Type             string
	NotifiedOn       day.Date
	Minimum, Maximum money.Cents
	Suspensions      []price.Interval
	DebtState        State

	TypeName, TypeNameDE     string
	Setup                    tenants.TypeSetup
	Office                   string
	OfficeName, OfficeNameDE string
}

// NoticeOf finds a notice by its code. Its errors are those of ByCode.
func NoticeOf(tx *tenants.Tx, code string) (n Notice, err error) {
	q := tx.SelectFrom("code").
		ColumnExpr("code.code, code.kind, code.state AS code_state, code.instalment_id, code.debt_id").
		ColumnExpr("i.option_key AS option, i.number, i.due_on, i.cents, i.paid, i.state AS instalment_state").
		ColumnExpr("d.type, d.notified_on, d.minimum, d.maximum, d.suspensions, d.state AS debt_state, d.office").
		ColumnExpr("t.name AS type_name, t.name_de AS type_name_de, t.setup").
		ColumnExpr("coalesce(o.name, '') AS office_name, coalesce(o.name_de, '') AS office_name_de").
		Join("JOIN instalment AS i ON i.tenant_id = code.tenant_id AND i.id = code.instalment_id").
		Join("JOIN debt AS d ON d.tenant_id = code.tenant_id AND d.id = code.debt_id").
		Join("JOIN debt_type AS t ON t.tenant_id = code.tenant_id AND t.code = d.type").
		Join("LEFT JOIN office AS o ON o.tenant_id = code.tenant_id AND o.code = d.office").
		Where("code.code = ?", code).Limit(1)
	var rows []noticeRow
	if err := q.Scan(tx.ByKey(), &rows); err != nil {
		return n, err
	}
	if len(rows) == 0 {
		if _, err := ByCode(tx, code, tx.Today()); err != nil { // of a cart, or of nobody
			return n, err
		}
		return n, fault.New(fault.NotFound, "missing", "Nessun avviso con questo codice.")
	}
	r := rows[0]
	n.Office = tenants.Office{Code: r.Office, Name: r.OfficeName, NameDE: r.OfficeNameDE}
	n.asked = Payable{
		Debt: Debt{ID: r.DebtID, Type: r.Type, Office: r.Office, NotifiedOn: r.NotifiedOn, Minimum: r.Minimum, Maximum: r.Maximum,
			Suspensions: r.Suspensions, State: r.DebtState},
		Type: tenants.DebtType{Code: r.Type, Office: r.Office, Name: r.TypeName, NameDE: r.TypeNameDE, Setup: r.Setup},
		Instalment: Instalment{ID: r.InstalmentID, DebtID: r.DebtID, Option: r.Option, Number: r.Number, DueOn: r.DueOn,
			Cents: r.Cents, Paid: r.Paid, State: r.InstalmentState},
		Code: Code{Code: r.Code, Kind: r.Kind, DebtID: r.DebtID, InstalmentID: r.InstalmentID, State: r.CodeState},
	}
	if agreed(n.asked.Type, n.asked.Instalment) {
		return n, nil
	}
	return n, tx.Select(&n.asked.Debt.Items).Where("debt_id = ?", r.DebtID).OrderExpr("seq").Scan(tx.ByKey())
}

// On prices the notice on a day. It reads nothing more.
func (n Notice) On(on day.Date) (Payable, error) {
	p := n.asked
	if err := p.price(on); err != nil {
		return p, err
	}
	p.askedBy(p.Code)
	return p, nil
}
