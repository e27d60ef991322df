package reconcile

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"cassacomune/app/collections"
	"cassacomune/app/day"
	"cassacomune/app/ledger"
	"cassacomune/app/money"
	"cassacomune/app/treasury"
	"cassacomune/tenants"
)

// Kind of what an open item refers to.
const (
	OnCollection  = "collection"
	OnRemittance  = "remittance"
	OnProvisional = "provisional"
	OnOther       = "other"
)

// Item is something that is not reconciled: a clearing account that is not
// zero, with a plain reason and what to do next.
type Item struct {
	Account   ledger.Account
	Ref       uuid.UUID
	Kind      string // what Ref is
	Name      string // as people know it
	Cents     money.Cents
	Since     day.Date
	Days      int // since then
	Reason    string
	Next      string
	Proposals int  // matches waiting for a person
	Late      bool // past the term that law or contract gives
}

// clearing are the families of accounts that should come to zero.
var clearing = []ledger.Account{"CLR", "TRN", "DAT", "SOS", "SOU", "RET", "ANT"}

// Open lists what remains, oldest first.
func Open(tx *tenants.Tx) ([]Item, error) {
	var standing []ledger.Standing
	for _, family := range clearing {
		some, err := ledger.Open(tx, family)
		if err != nil {
			return nil, err
		}
		standing = append(standing, some...)
	}
	n, err := namesOf(tx, standing)
	if err != nil {
		return nil, err
	}
	items := make([]Item, 0, len(standing))
	for _, s := range standing {
		i := Item{Account: s.Account, Ref: s.Ref, Cents: s.Cents, Since: s.Since, Days: max(0, tx.Today().Sub(s.Since)), Proposals: n.proposals[s.Ref]}
		i.Kind, i.Name = n.name(s.Ref)
		n.explain(&i, tx.Today())
		items = append(items, i)
	}
	slices.SortStableFunc(items, func(a, b Item) int {
		if c := a.Since.Compare(b.Since); c != 0 {
			return c
		}
		return compareStrings(string(a.Account), string(b.Account), a.Name, b.Name)
	})
	return items, nil
}

// names are what the references of open items mean.
type names struct {
	collections  map[uuid.UUID]collections.Collection
	remittances  map[uuid.UUID]collections.Remittance
	provisionals map[uuid.UUID]treasury.Provisional
	proposals    map[uuid.UUID]int
	unexplained  map[uuid.UUID]money.Cents // DAT.t by provisional
	ordered      map[uuid.UUID]bool        // provisionals in an exported order
}

func namesOf(tx *tenants.Tx, standing []ledger.Standing) (names, error) {
	n := names{map[uuid.UUID]collections.Collection{}, map[uuid.UUID]collections.Remittance{}, map[uuid.UUID]treasury.Provisional{},
		map[uuid.UUID]int{}, map[uuid.UUID]money.Cents{}, map[uuid.UUID]bool{}}
	var ids []uuid.UUID
	for _, s := range standing {
		ids = append(ids, s.Ref)
		if s.Account == ledger.DATt {
			n.unexplained[s.Ref] = s.Cents
		}
	}
	for part := range slices.Chunk(ids, 500) {
		var cs []collections.Collection
		if err := tx.Select(&cs).Where("id IN (?)", bun.List(part)).Scan(tx.Ctx); err != nil {
			return n, fmt.Errorf("open collections: %w", err)
		}
		for _, c := range cs {
			n.collections[c.ID] = c
		}
		ps, err := treasury.Some(tx, part)
		if err != nil {
			return n, err
		}
		for id, p := range ps {
			n.provisionals[id] = p
		}
		held, err := ledger.HeldOf(tx, part)
		if err != nil {
			return n, err
		}
		for _, id := range held {
			n.ordered[id] = true
		}
	}
	rs, err := remittances(tx, ids)
	if err != nil {
		return n, err
	}
	for _, r := range rs {
		n.remittances[r.ID] = r
	}
	proposed, err := ledger.Allocations(tx, ledger.Filter{Level: ledger.R3, Status: ledger.Proposed})
	if err != nil {
		return n, err
	}
	for _, a := range proposed {
		n.proposals[a.Left]++
		n.proposals[a.Right]++
	}
	return n, nil
}

func (n names) name(ref uuid.UUID) (kind, name string) {
	if c, ok := n.collections[ref]; ok {
		return OnCollection, "Incasso " + cmp.Or(c.Code, c.Key) + " del " + c.PaidOn.Italian()
	}
	if r, ok := n.remittances[ref]; ok {
		return OnRemittance, "Riversamento " + r.Flow + " del " + r.RemittedOn.Italian()
	}
	if p, ok := n.provisionals[ref]; ok {
		return OnProvisional, fmt.Sprintf("Provvisorio %s/%d di %s", p.Number, p.Year, p.PartyName)
	}
	return OnOther, ""
}

// explain gives the reason and the next action in plain words.
func (n names) explain(i *Item, today day.Date) {
	family, name := familyOf(i.Account)
	switch {
	case family == "CLR":
		i.Reason = "Incassato dal canale e non ancora riversato."
		i.Next = "Carica il rendiconto del canale; se è in ritardo, chiedilo al gestore."
		i.Late = i.Days > 10
	case family == "TRN":
		i.Reason = "Riversato dal canale, ma nessun accredito del Tesoriere lo spiega."
		i.Next = "Carica il giornale di cassa dei giorni seguenti o abbina a mano."
		i.Late = i.Days > 10
	case i.Account == ledger.DATc:
		i.Reason = "Incasso con un codice che non è di nessuna posizione."
		i.Next = "Apri l'incasso e attribuiscilo alla sua posizione: con il codice, la fonte e chi ha versato si trova la pratica."
	case i.Account == ledger.DATr:
		i.Reason = "Il riversamento contiene pagamenti di cui non c'è l'incasso."
		i.Next = "Aspetta la notifica del canale o carica il suo flusso degli incassi."
	case i.Account == ledger.DATt && i.Kind == OnOther:
		i.Reason = "Incassato con un ordinativo che non chiude provvisori e che non è spiegato."
		i.Next = "Verifica l'ordinativo nel programma di contabilità."
	case i.Account == ledger.DATt:
		i.Reason = "Accredito del Tesoriere che nessun riversamento spiega."
		i.Next = "Carica i rendiconti mancanti, abbina a mano o segnalo come estraneo."
	case i.Account == ledger.DATu:
		i.Reason = "Addebito da spiegare: storno, commissione o rimborso."
		i.Next = "Verifica il movimento con il Tesoriere o con il gestore."
	case family == "SOS":
		n.explainCredit(i, today)
	case family == "SOU":
		i.Reason = "Provvisorio di uscita in attesa del mandato."
		i.Next = "Emetti il mandato nel programma di contabilità."
	case family == "RET":
		i.Reason = "Storno annunciato dal canale " + name + " e non ancora regolato."
		i.Next = "Aspetta il riversamento che lo compensa o l'addebito."
	case i.Account == ledger.ANT:
		i.Reason = "Somma versata in più: va restituita o usata per un altro dovuto."
		i.Next = "Apri l'incasso e attribuiscila a un'altra posizione; se va restituita, disponi il rimborso con un mandato nel programma di contabilità."
	}
	if i.Proposals > 0 {
		i.Next = "C'è un abbinamento proposto: controllalo e confermalo o respingilo."
	}
}

// explainCredit speaks of a provisional that waits for its order, by the
// 60-day clock.
func (n names) explainCredit(i *Item, today day.Date) {
	p, ok := n.provisionals[i.Ref]
	if !ok {
		return
	}
	i.Reason = "Accreditato e spiegato: manca l'ordinativo."
	i.Next = "Proponi ed esporta l'ordinativo d'incasso."
	switch {
	case n.unexplained[i.Ref] > 0:
		i.Reason = "Provvisorio di entrata da regolarizzare, non ancora spiegato."
		i.Next = "Prima spiegalo: abbinalo a un riversamento o segnalo come estraneo."
	case n.ordered[i.Ref]:
		i.Reason = "L'ordinativo è esportato: il giornale di cassa non lo conferma ancora."
		i.Next = "Emettilo nel programma di contabilità e carica il giornale che lo riporta."
	}
	left := p.DaysLeft(today)
	i.Late = left < 0
	if left < 0 {
		i.Reason += fmt.Sprintf(" Il termine di 60 giorni è scaduto il %s.", p.Deadline().Italian())
	} else {
		i.Reason += fmt.Sprintf(" Va regolarizzato entro il %s.", p.Deadline().Italian())
	}
}

func familyOf(a ledger.Account) (family, name string) {
	if name = a.Name(); name == "" {
		return string(a), ""
	}
	return string(a[:len(a)-len(name)-1]), name
}

// Proposal is a match to decide on, with its two ends.
type Proposal struct {
	ledger.Allocation
	Remittance  collections.Remittance
	Provisional treasury.Provisional
	Strength    string // certa, probabile, debole
}

// Matches returns the matches of credits in a state, oldest first.
func Matches(tx *tenants.Tx, f ledger.Filter) ([]Proposal, error) {
	f.Level = ledger.R3
	all, err := ledger.Allocations(tx, f)
	if err != nil {
		return nil, err
	}
	var lefts, rights []uuid.UUID
	for _, a := range all {
		lefts, rights = append(lefts, a.Left), append(rights, a.Right)
	}
	rs, err := remittances(tx, lefts)
	if err != nil {
		return nil, err
	}
	byID := map[uuid.UUID]collections.Remittance{}
	for _, r := range rs {
		byID[r.ID] = r
	}
	out := make([]Proposal, 0, len(all))
	for part := range slices.Chunk(all, 500) {
		ps, err := treasury.Some(tx, rights[len(out):len(out)+len(part)])
		if err != nil {
			return nil, err
		}
		for _, a := range part {
			out = append(out, Proposal{a, byID[a.Left], ps[a.Right], strength(a)})
		}
	}
	return out, nil
}

// strength ranks a match in one of three words.
func strength(a ledger.Allocation) string {
	switch {
	case a.Status == ledger.Confirmed || a.Rule == ByKey && a.Rivals == 0:
		return "certa"
	case a.Rule != ByNearness && a.Rivals <= 1:
		return "probabile"
	}
	return "debole"
}
