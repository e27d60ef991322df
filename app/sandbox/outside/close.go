package outside

import (
	"cassacomune/app/day"
	"cassacomune/app/fault"
	"cassacomune/app/sandbox/treasurer"
)

// CloseDay ends a business day of one town: the acquirer settles and transfers
// the net, the postal bank reports and transfers, and the Treasurer writes its
// journal with what arrived. Credits arrive on the same day, which real
// circuits take longer for. A zero day is today, or the working day after the
// last one closed. It returns the files made.
func (w *World) CloseDay(slug string, on day.Date) ([]File, error) {
	t, err := w.town(slug)
	if err != nil {
		return nil, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if on.IsZero() {
		on = day.Of(w.config.Clock())
		if !t.last.IsZero() && !on.After(t.last) {
			on = t.last.AddWorking(1)
		}
	}
	if !t.last.IsZero() && !on.After(t.last) {
		return nil, fault.New(fault.Conflict, "outside.closed", "Il giorno %s è già chiuso.", on.Italian())
	}
	var made []File
	for _, step := range []func(*town, day.Date) ([]File, error){w.settle, w.report, w.state, journal} {
		files, err := step(t, on)
		if err != nil {
			return nil, err
		}
		made = append(made, files...)
	}
	t.last = on
	t.files = append(t.files, made...)
	return made, nil
}

func (w *World) settle(t *town, on day.Date) ([]File, error) {
	if t.Merchant.Alias == "" {
		return nil, nil
	}
	s, err := w.Acquirer.Settle(t.Merchant.Alias, on)
	if err != nil || s.Count == 0 {
		return nil, err
	}
	if s.Net > 0 {
		_, err = t.treasurer.Credit(treasurer.Movement{Cents: s.Net, On: on, Text: s.Text, Reference: s.Reference, EndToEnd: s.Reference,
			Party: treasurer.Party{Name: "ACQUIRER DI PROVA S.P.A."}})
	}
	return []File{{Name: s.Name, What: "Rendiconto del POS virtuale", Type: "text/csv; charset=utf-8", On: on, Bytes: s.CSV}}, err
}

func (w *World) report(t *town, on day.Date) ([]File, error) {
	if t.PostalAccount == "" {
		return nil, nil
	}
	f, err := w.Post.Flow(t.PostalAccount, on)
	if err != nil || f.Count == 0 {
		return nil, err
	}
	_, err = t.treasurer.Credit(treasurer.Movement{Cents: f.Cents, On: on, Text: f.Text, Reference: f.Reference, EndToEnd: f.Reference,
		Party: treasurer.Party{Name: "BANCA POSTALE DI PROVA S.P.A."}})
	return []File{{Name: f.Name, What: "Flusso dei bollettini postali", Type: "text/plain; charset=us-ascii", On: on, Bytes: f.Bytes}}, err
}

// state credits money that no debt of ours explains.
func (w *World) state(t *town, on day.Date) ([]File, error) {
	if t.given || t.StateTransfer == 0 {
		return nil, nil
	}
	t.given = true
	_, err := t.treasurer.Credit(treasurer.Movement{Cents: t.StateTransfer, On: on, Execution: treasurer.StateAccount,
		Text: "TRASFERIMENTO ERARIALE FONDO DI SOLIDARIETA COMUNALE", Party: treasurer.Party{Name: "MINISTERO DELL'INTERNO"}})
	return nil, err
}

func journal(t *town, on day.Date) ([]File, error) {
	data, err := t.treasurer.Journal(on)
	return []File{{Name: t.treasurer.Name(on), What: "Giornale di cassa", Type: "application/xml", On: on, Bytes: data}}, err
}
