package p4pa

import (
	"fmt"
	"strconv"

	"cassacomune/app/codes"
	"cassacomune/app/formats"
	"cassacomune/app/money"
)

// items splits a row among those that get a part of it: the other bodies what
// their columns say, the first one the rest. Item keys are the numbers of the
// beneficiaries, so that the instalments of a debt share its items.
func (r *reading) items(d formats.DebtRow) (items []formats.DebtRow) {
	total := r.amount(cAmount)
	var others money.Cents
	last := r.beneficiaries()
	for n := 2; n <= last; n++ {
		item := d
		item.Item, item.Beneficiary = strconv.Itoa(n), r.beneficiary(transferAt(n, tBody), d.Body)
		item.IBAN, item.Cents = r.iban(transferAt(n, tIBAN)), r.amount(transferAt(n, tAmount))
		others += item.Cents
		items = append(items, item)
	}
	first := d
	first.Item, first.IBAN, first.Cents = "1", r.iban(transferAt(1, tIBAN)), total-others
	switch {
	case r.wrong:
		return nil
	case r.text(transferAt(1, tAmount)) != "":
		if own := r.amount(transferAt(1, tAmount)); own != first.Cents {
			r.problem(cAmount, r.text(cAmount), fmt.Sprintf("i beneficiari sommano a %s", (own+others).Comma()), formats.Error)
		}
	case first.Cents < 0:
		r.problem(cAmount, r.text(cAmount), fmt.Sprintf("gli altri beneficiari sommano a %s", others.Comma()), formats.Error)
	}
	if first.Cents > 0 {
		items = append([]formats.DebtRow{first}, items...)
	}
	return items
}

// beneficiaries counts them. The platform reads the columns of the second and
// further ones only if the flag says so, and as many as the number says: a row
// that fills others contradicts itself, and no money is divided by a guess.
func (r *reading) beneficiaries() int {
	n := 1
	if shared := r.yes(cShared); shared {
		n = r.number(cBeneficiaries, 2, mostTransfers)
	} else {
		r.number(cBeneficiaries, 1, mostTransfers)
	}
	for extra := n + 1; extra <= mostTransfers; extra++ {
		if c := transferAt(extra, tAmount); r.text(c) != "" {
			r.problem(c, r.text(c), fmt.Sprintf("importo di un beneficiario in più: la riga ne dichiara %d", n), formats.Error)
		}
	}
	return n
}

// beneficiary is whose an item is; "" where it is the body's own.
func (r *reading) beneficiary(c int, body string) string {
	code := codes.Clean(r.need(c))
	if code == body {
		return ""
	}
	if err := codes.CheckFiscalCode(code); err != nil {
		r.problem(c, code, err.Error(), formats.Error)
	}
	return code
}
