package pain

// Form is a layout that a message is written in. Its name is the version that
// Read tells of it.
type Form string

// The forms. CBI's are what Italian banks take through the interbank network
// and most of their portals; those of ISO are for the others.
const (
	Debits02     Form = "pain.008.001.02"
	Debits08     Form = "pain.008.001.08"
	DebitsCBI    Form = "CBIBdySDDReq.00.01.00" // of pain.008.001.02
	Transfers03  Form = "pain.001.001.03"
	Transfers09  Form = "pain.001.001.09"
	TransfersCBI Form = "CBIBdyPaymentRequest.00.04.01" // of pain.001.001.09
)

func (f Form) collects() bool { return f == Debits02 || f == Debits08 || f == DebitsCBI }
func (f Form) pays() bool     { return f == Transfers03 || f == Transfers09 || f == TransfersCBI }
func (f Form) cbi() bool      { return f == DebitsCBI || f == TransfersCBI }

// recent reports whether the form is of the generation of 2019, in which a BIC
// stands in BICFI and the day of a transfer in Dt.
func (f Form) recent() bool { return f == Debits08 || f == Transfers09 || f == TransfersCBI }

// envelope writes the elements around a message, up to the message itself. In
// the forms of CBI its children are of another namespace than itself, which is
// returned for them to declare.
func (o *out) envelope(scheme string) (space string) {
	switch o.form {
	case Debits02, Debits08:
		o.beginIn("urn:iso:std:iso:20022:tech:xsd:"+string(o.form), "Document", "CstmrDrctDbtInitn")
	case Transfers03, Transfers09:
		o.beginIn("urn:iso:std:iso:20022:tech:xsd:"+string(o.form), "Document", "CstmrCdtTrfInitn")
	case TransfersCBI:
		o.beginIn("urn:CBI:xsd:"+string(o.form), "CBIBdyPaymentRequest", "CBIEnvelPaymentRequest", "CBIPaymentRequest")
		return "urn:CBI:xsd:CBIPaymentRequest.00.04.01"
	case DebitsCBI:
		o.beginIn("urn:CBI:xsd:"+string(o.form), "CBIBdySDDReq")
		o.begin("PhyMsgInf")
		o.leaf(services[scheme], "PhyMsgTpCd")
		o.leaf("1", "NbOfLogMsg")
		o.end()
		o.begin("CBIEnvelSDDReqLogMsg", "CBISDDReqLogMsg")
		return "urn:CBI:xsd:CBISDDReqLogMsg.00.01.00"
	}
	return ""
}

// services holds the name of CBI's service for each scheme; a bank refuses a
// file whose batches are of another.
var services = map[string]string{"CORE": "INC-SDDC-01", "B2B": "INC-SDDB-01"}
