package pain

import "cassacomune/app/formats"

// party reads somebody. In newer versions an answer may name a bank there
// (Pty or Agt), in older ones the elements stand at once.
func (r *reader) party(p *formats.Party) {
	for at := r.scan.Depth(); r.child(at); {
		switch r.scan.Name {
		case "Nm":
			r.set(&p.Name)
		case "Id":
			r.identity(p)
		case "Pty":
			r.party(p)
		case "Agt":
			p.Bank = r.bank()
		}
	}
}

// identity reads the code that somebody is known by: the first, because CBI
// puts the sender's CUC before its fiscal code.
func (r *reader) identity(p *formats.Party) {
	for at := r.scan.Depth(); r.child(at); {
		kind := "person"
		if r.scan.Name == "OrgId" {
			kind = "organisation"
		}
		for inner := r.scan.Depth(); r.child(inner); {
			switch r.scan.Name {
			case "BICOrBEI", "AnyBIC":
				if p.Bank == "" {
					p.Bank = r.value()
				}
			case "Othr":
				if code := r.value(); p.Code == "" {
					p.Code, p.Kind = code, kind
				}
			}
		}
	}
}

// account reads an account's number, an IBAN or another.
func (r *reader) account(p *formats.Party) { r.set(&p.IBAN) }

// bank reads a BIC or, where there is none, the code in a clearing system,
// which in Italy is the ABI.
func (r *reader) bank() string {
	var bic, member, other string
	for at := r.scan.Depth(); r.child(at); {
		if r.scan.Name != "FinInstnId" {
			continue
		}
		for inner := r.scan.Depth(); r.child(inner); {
			switch r.scan.Name {
			case "BIC", "BICFI":
				r.set(&bic)
			case "ClrSysMmbId":
				for id := r.scan.Depth(); r.child(id); {
					if r.scan.Name == "MmbId" {
						r.set(&member)
					}
				}
			case "Othr":
				r.reference(&other)
			}
		}
	}
	for _, code := range []string{bic, member, other} {
		if code != "" {
			return code
		}
	}
	return ""
}

// remittance reads what a payment is for, in words or by a reference.
func (r *reader) remittance(p *formats.Payment) {
	for at := r.scan.Depth(); r.child(at); {
		switch r.scan.Name {
		case "Ustrd":
			r.words(&p.Text)
		case "Strd":
			r.structured(p)
		}
	}
}

func (r *reader) structured(p *formats.Payment) {
	for at := r.scan.Depth(); r.child(at); {
		switch r.scan.Name {
		case "CdtrRefInf":
			if ref := r.last("Ref"); p.References.Structured == "" {
				p.References.Structured = ref
			} else if ref != "" {
				p.References.Others = append(p.References.Others, ref)
			}
		case "RfrdDocInf":
			if number := r.last("Nb"); number != "" {
				p.References.Others = append(p.References.Others, number)
			}
		case "AddtlRmtInf":
			r.words(&p.Text)
		}
	}
}

// last returns the value of the last child of that name.
func (r *reader) last(name string) (value string) {
	for at := r.scan.Depth(); r.child(at); {
		if r.scan.Name == name {
			value = r.value()
		}
	}
	return value
}
