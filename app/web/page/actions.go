package page

// Actions are what the registers note, in the order in which people look for
// it: the stable name of the act, and the name that people read.
var Actions = []Option{
	{"login", "Accesso"}, {"login.locked", "Accesso bloccato dopo troppi tentativi"}, {"logout", "Uscita"}, {"session.stolen", "Sessione chiusa: usata fuori dal suo sito"},
	{"person.create", "Persona creata"}, {"person.password", "Password cambiata"}, {"person.onetime", "Password da usare una volta assegnata"}, {"person.admit", "Persona ammessa in un altro Comune"}, {"person.disable", "Persona disattivata"},
	{"member.grant", "Ruolo assegnato"}, {"member.revoke", "Ruolo revocato"},
	{"debt.create", "Posizione aperta"}, {"debt.change", "Posizione corretta"}, {"debt.reissue", "Codici rinnovati"}, {"debt.annul", "Posizione annullata"},
	{"import.start", "File caricato per il controllo"}, {"import.approve", "File approvato"}, {"import.applied", "Righe del file caricate"}, {"job.cancel", "Lavorazione interrotta"},
	{"attempt.mismatch", "Pagamento che non corrisponde"},
	{"reconcile.run", "Riconciliazione chiesta"}, {"reconcile.confirm", "Abbinamento confermato"}, {"reconcile.match", "Abbinamento fatto a mano"},
	{"reconcile.reject", "Abbinamento respinto"}, {"reconcile.undo", "Abbinamento annullato"}, {"reconcile.foreign", "Accredito segnato come estraneo"}, {"reconcile.ours", "Segno di estraneo tolto"},
	{"orders.export", "Ordinativi esportati"}, {"orders.withdraw", "Ordinativo ritirato"},
	{"settings.save", "Dati del Comune modificati"}, {"office.save", "Ufficio modificato"}, {"debttype.save", "Tipo dovuto modificato"},
	{"channel.save", "Canale modificato"}, {"channel.secret", "Segreto di un canale modificato"}, {"account.save", "Conto modificato"},
	{"chapter.save", "Capitolo modificato"}, {"assessment.save", "Accertamento modificato"},
	{"tenant.add", "Comune aggiunto"}, {"operator.grant", "Gestore nominato"}, {"operator.revoke", "Gestore revocato"},
}

// ActionName is what people read of an act; one without a name keeps its own.
func ActionName(action string) string {
	for _, a := range Actions {
		if a.Value == action {
			return a.Name
		}
	}
	return action
}
