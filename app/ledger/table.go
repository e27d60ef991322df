package ledger

import (
	"slices"

	"cassacomune/app/fault"
)

// Event names a row of the posting table: what happened on the line.
type Event string

// The events, in the order of the line.
const (
	Opening           Event = "opening"            // go-live: open dues, provisional credits and debits
	Due               Event = "due"                // a due is born, ours or a Body's
	DueChanged        Event = "due_changed"        // up or down by rule or act; relief before payment
	ReliefPaid        Event = "relief_paid"        // relief after payment: the refund is spending
	Discharged        Event = "discharged"         // discharge, uncollectable, prescribed, waived
	Moved             Event = "moved"              // instalment plan, handed to the collector, another debt
	Collected         Event = "collected"          // known, unknown, surplus
	Attributed        Event = "attributed"         // the unknown attributed, an excess used
	BodyPaidStraight  Event = "body_paid_straight" // a Body's item paid straight to it
	BodyCollected     Event = "body_collected"     // a Body's item paid through us
	BodyPaidOver      Event = "body_paid_over"     // ... paid over by warrant
	Remitted          Event = "remitted"           // line of a remittance whose collection is known
	RemittedUnknown   Event = "remitted_unknown"   // ... not known yet
	RemittedFound     Event = "remitted_found"     // ... then known
	NegativeLine      Event = "negative_line"      // return or refund, up to the batch's positives
	NegativeUnknown   Event = "negative_unknown"   // ... cause not known yet
	NegativeFound     Event = "negative_found"     // ... then known
	ReturnAnnounced   Event = "return_announced"   // a payment comes back
	ReturnSettled     Event = "return_settled"     // ... before its remittance
	CreditOpened      Event = "credit_opened"      // journal: provisional credit
	CreditExplained   Event = "credit_explained"   // by a remittance, or not ours
	CreditCancelled   Event = "credit_cancelled"   // by the bank
	Regularised       Event = "regularised"        // journal: order on a provisional
	FeeCompensated    Event = "fee_compensated"    // gross above the provisional: the fee
	FeeUnknown        Event = "fee_unknown"        // ... not known yet
	FeeFound          Event = "fee_found"          // ... then known
	OrderedStraight   Event = "ordered_straight"   // journal: order without provisional
	DebitOpened       Event = "debit_opened"       // journal: provisional debit
	DebitExplained    Event = "debit_explained"    // as return, fee or refund
	DebitWarranted    Event = "debit_warranted"    // its warrant executed
	FeeWarranted      Event = "fee_warranted"      // warrant of a fee withheld and ordered in compensation
	FeeDebitWarranted Event = "fee_debit_warranted"
	OutsideCredit     Event = "outside_credit"    // credit on an account outside the treasury
	OutsideExplained  Event = "outside_explained" // ... explained by a remittance
	OutsideDebit      Event = "outside_debit"     // debit there
	OutsideDebitFound Event = "outside_debit_explained"
	SweepOrdered      Event = "sweep_ordered"   // sweep in the journal by our order
	SweepCredited     Event = "sweep_credited"  // ... by the Treasurer
	SweepExplained    Event = "sweep_explained" // then explained
	AgentDeposit      Event = "agent_deposit"   // deposit slip
	AgentShortage     Event = "agent_shortage"
	AgentSurplus      Event = "agent_surplus"
	RefundDecided     Event = "refund_decided"
	RefundPaid        Event = "refund_paid"   // by warrant
	RefundNetted      Event = "refund_netted" // by the circuit
	Rounded           Event = "rounded"       // a cent closed under a named rule
)

// Pair is a debit and a credit that an event allows. An account stands for
// itself ("DAT.c") or for its family ("CLR"); anyAccount is every one.
type Pair struct{ Debit, Credit Account }

const anyAccount Account = "*"

// Table is the posting table: what each event may move. A posting that is not
// in it is refused. The void of any row is its mirror, made by Void only.
var Table = map[Event][]Pair{
	Opening:           {{CRE, APE}, {"SOS", DATt}, {DATu, "SOU"}},
	Due:               {{CRE, ACC}, {CREtrz, "TRZ"}},
	DueChanged:        {{CRE, ACC}, {ACC, CRE}, {CREtrz, "TRZ"}, {"TRZ", CREtrz}},
	ReliefPaid:        {{RSP, RIM}},
	Discharged:        {{"SGR", CRE}},
	Moved:             {{CRE, CRE}},
	Collected:         {{"CLR", CRE}, {"CLR", DATc}, {"CLR", ANT}},
	Attributed:        {{DATc, CRE}, {ANT, CRE}, {DATc, CREtrz}, {ANT, CREtrz}},
	BodyPaidStraight:  {{"TRZ", CREtrz}},
	BodyCollected:     {{"CLR", CREtrz}},
	BodyPaidOver:      {{"TRZ", MAN}},
	Remitted:          {{"TRN", "CLR"}, {FEE, "CLR"}},
	RemittedUnknown:   {{"TRN", DATr}, {FEE, DATr}},
	RemittedFound:     {{DATr, "CLR"}},
	NegativeLine:      {{"RET", "TRN"}, {RIM, "TRN"}},
	NegativeUnknown:   {{DATu, "TRN"}},
	NegativeFound:     {{"RET", DATu}, {RIM, DATu}},
	ReturnAnnounced:   {{CRE, "RET"}, {CREtrz, "RET"}, {DATc, "RET"}, {ANT, "RET"}},
	ReturnSettled:     {{"RET", "CLR"}},
	CreditOpened:      {{"SOS", DATt}},
	CreditExplained:   {{DATt, "TRN"}, {DATt, EXT}},
	CreditCancelled:   {{DATt, "SOS"}},
	Regularised:       {{TES, "SOS"}},
	FeeCompensated:    {{TES, FEE}},
	FeeUnknown:        {{TES, DATt}},
	FeeFound:          {{DATt, FEE}},
	OrderedStraight:   {{TES, DATt}},
	DebitOpened:       {{DATu, "SOU"}},
	DebitExplained:    {{"RET", DATu}, {FEE, DATu}, {RIM, DATu}},
	DebitWarranted:    {{"SOU", MAN}},
	FeeWarranted:      {{COM, MAN}},
	FeeDebitWarranted: {{COM, FEE}},
	OutsideCredit:     {{"OUT", DATt}},
	OutsideExplained:  {{DATt, "TRN"}},
	OutsideDebit:      {{DATu, "OUT"}},
	OutsideDebitFound: {{FEE, DATu}, {"RET", DATu}, {Sweep, DATu}},
	SweepOrdered:      {{TES, DATt}},
	SweepCredited:     {{"SOS", DATt}},
	SweepExplained:    {{DATt, Sweep}},
	AgentDeposit:      {{Deposit, "CLR"}, {Deposit, DATr}},
	AgentShortage:     {{"AGE", "CLR"}},
	AgentSurplus:      {{"CLR", ANT}},
	RefundDecided:     {{ANT, RIM}},
	RefundPaid:        {{RIM, MAN}},
	RefundNetted:      {{RIM, "CLR"}},
	Rounded:           {{"DIF", anyAccount}, {anyAccount, "DIF"}},
}

func (p Pair) allows(debit, credit Account) bool {
	return (p.Debit == anyAccount || debit.is(p.Debit)) && (p.Credit == anyAccount || credit.is(p.Credit))
}

// legal reports whether the posting is a row of its event, or with mirror the
// undoing of one.
func (p Posting) legal(mirror bool) bool {
	debit, credit := p.Debit, p.Credit
	if mirror {
		debit, credit = credit, debit
	}
	return slices.ContainsFunc(Table[p.Event], func(row Pair) bool { return row.allows(debit, credit) })
}

func (p Posting) check(mirror bool) error {
	if err := p.Debit.check(p.DebitRef); err != nil {
		return err
	}
	if err := p.Credit.check(p.CreditRef); err != nil {
		return err
	}
	if p.Cents <= 0 {
		return fault.New(fault.Invalid, "ledger.cents", "Una scrittura deve avere un importo maggiore di zero, non %s.", p.Cents)
	}
	if !p.legal(mirror) {
		return fault.New(fault.Invalid, "ledger.pair", "L'evento «%s» non prevede la scrittura %s / %s.", string(p.Event), string(p.Debit), string(p.Credit))
	}
	return nil
}
