package pain

import "cassacomune/app/formats"

// batch reads a batch, of an order or of an answer: what holds for all of it,
// then its payments.
func (r *reader) batch(collecting bool) {
	b := &formats.Batch{Line: r.scan.Line}
	var totals tally
	told := false
	for at := r.scan.Depth(); r.child(at); {
		name := r.scan.Name
		payment := name == "CdtTrfTxInf" || name == "DrctDbtTxInf" || name == "TxInfAndSts"
		if payment && !told {
			told = true
			r.tell(b, &totals)
		}
		switch {
		case name == "TxInfAndSts":
			r.answer(collecting)
		case payment:
			r.payment(collecting, &totals)
		case told:
			r.Warn(r.scan.Line, name, "", "elemento dopo le operazioni: non letto")
		default:
			r.batchField(b, &totals, collecting)
		}
	}
	if r.Stopped {
		return
	}
	if !told {
		r.tell(b, &totals)
	}
	r.compare(&totals, "il blocco "+b.ID)
}

func (r *reader) tell(b *formats.Batch, totals *tally) {
	b.DeclaredTransactions, b.DeclaredSum = totals.count.declared, totals.sum.declared
	r.Emit(formats.Event{Batch: b})
}

func (r *reader) batchField(b *formats.Batch, totals *tally, collecting bool) {
	own := "Dbtr"
	if collecting {
		own = "Cdtr"
	}
	switch name := r.scan.Name; name {
	case "PmtInfId", "OrgnlPmtInfId":
		r.set(&b.ID)
	case "PmtMtd":
		r.set(&b.Method)
	case "BtchBookg":
		b.Booking = "single"
		if flag := r.value(); flag == "true" || flag == "1" {
			b.Booking = "batch"
		}
	case "NbOfTxs":
		r.declaredCount(totals)
	case "CtrlSum":
		r.declaredSum(totals)
	case "PmtTpInf":
		r.paymentType(&b.Scheme, &b.Sequence)
	case "ReqdColltnDt", "ReqdExctnDt":
		b.On = r.date()
	case own:
		r.party(&b.Account)
	case own + "Acct":
		r.account(&b.Account)
	case own + "Agt":
		b.Account.Bank = r.bank()
	case "CdtrSchmeId":
		r.scheme(&b.Creditor)
	case "PmtInfSts":
		r.set(&b.Status)
	case "StsRsnInf":
		r.reason(&b.Reasons, &b.Text)
	}
}

func (r *reader) paymentType(scheme, sequence *string) {
	for at := r.scan.Depth(); r.child(at); {
		switch r.scan.Name {
		case "LclInstrm":
			r.set(scheme)
		case "SeqTp":
			r.set(sequence)
		}
	}
}

// scheme reads a creditor's identifier in the direct debit scheme.
func (r *reader) scheme(id *string) {
	var p formats.Party
	r.party(&p)
	if *id == "" {
		*id = p.Code
	}
}
