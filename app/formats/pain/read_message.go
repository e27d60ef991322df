package pain

import (
	"strings"

	"cassacomune/app/formats"
)

// element reads the element at hand: a message, or something around one.
func (r *reader) element() {
	name := r.scan.Name
	switch {
	case messages[name] != "":
		r.read(messages[name])
	case name == "PhyMsgInf":
		r.physical()
	case name == "CBISgnInf":
		r.Error(r.scan.Line, name, "", "messaggio in una busta firmata: va aperta prima")
		r.value()
	default:
		if key := bodies[name]; key != "" {
			r.open(key)
		}
		for at := r.scan.Depth(); r.child(at); {
			r.element()
		}
	}
}

// open tells the form of the file, once.
func (r *reader) open(key string) {
	if r.form.Format != "" {
		return
	}
	if r.form.Format = key; r.form.Version == "" {
		r.form.Version = version(r.scan.Space, "Document")
	}
	r.fact("", "")
}

// fact tells a fact that no other event has a place for.
func (r *reader) fact(name, value string) {
	h := r.form
	h.Name, h.Value = name, value
	r.Emit(formats.Event{Header: &h})
}

// physical reads what a CBI envelope says about itself. That of an answer says
// what became of the envelope answered, which is told as a message of its own:
// a bank that refuses an envelope may send nothing else.
func (r *reader) physical() {
	for at := r.scan.Depth(); r.child(at); {
		switch name := r.scan.Name; name {
		case "PhyMsgTpCd", "NbOfLogMsg":
			r.fact(name, r.value())
		case "OrgnlPhyMsgInfAndSts":
			r.envelope()
		}
	}
}

// envelope reads the answer to an envelope, known by the identifier that its
// service header had. The answer has no identifier of its own.
func (r *reader) envelope() {
	m := &formats.Message{Kind: kinds[Status]}
	for at := r.scan.Depth(); r.child(at); {
		switch r.scan.Name {
		case "IdE2EMsg":
			r.set(&m.Original)
		case "PhyMsgTpCd":
			r.set(&m.OriginalKind)
		case "Sts":
			r.set(&m.Status)
		case "StsRsnInf":
			r.reason(&m.Reasons, &m.Text)
		}
	}
	r.found = true
	r.refused(r.scan.Line, *m)
	r.Emit(formats.Event{Message: m})
	r.Emit(formats.Event{MessageEnd: &formats.MessageEnd{Line: r.scan.Line}})
}

// texts reads every value of the element at hand, in order.
func (r *reader) texts() string {
	var all string
	for at := r.scan.Depth(); r.child(at); {
		r.words(&all)
	}
	return all
}

// message is the one that is being read.
type message struct {
	key   string
	told  bool
	tally tally
	formats.Message
}

var kinds = map[string]string{Transfers: "credit-transfer", Debits: "direct-debit", Status: "status"}

// read reads a message. It is told once its head is known: before the first
// batch, since memory holds no more than a payment.
func (r *reader) read(key string) {
	r.open(key)
	r.found = true
	m := &message{key: key, Message: formats.Message{Kind: kinds[key]}}
	r.message = m
	collecting := key == Debits || strings.HasPrefix(r.scan.Name, "CBISDD")
	line := r.scan.Line
	for at := r.scan.Depth(); r.child(at); {
		switch r.scan.Name {
		case "GrpHdr":
			r.group(m)
		case "OrgnlGrpInfAndSts":
			r.original(m)
		case "PmtInf", "OrgnlPmtInfAndSts":
			r.begin(line)
			r.batch(collecting || strings.HasPrefix(m.OriginalKind, Debits))
		}
	}
	r.begin(line)
	r.compare(&m.tally, "il messaggio")
	r.Emit(formats.Event{MessageEnd: &formats.MessageEnd{Line: r.scan.Line}})
}

// begin tells the message, once.
func (r *reader) begin(line int) {
	m := r.message
	if m.told || r.Stopped {
		return
	}
	m.told = true
	if m.ID == "" {
		r.Error(line, "MsgId", "", "elemento mancante")
	}
	m.DeclaredTransactions, m.DeclaredSum = m.tally.count.declared, m.tally.sum.declared
	r.refused(line, m.Message)
	r.Emit(formats.Event{Message: &m.Message})
}

// refused warns of a message that the bank answers as a whole with a reason:
// no payment below it carries that reason.
func (r *reader) refused(line int, m formats.Message) {
	if len(m.Reasons) > 0 {
		r.Warn(line, "GrpSts", strings.TrimSpace(m.Status+" "+strings.Join(m.Reasons, " ")), "esito dell'intero messaggio, con il suo motivo")
	}
}

func (r *reader) group(m *message) {
	for at := r.scan.Depth(); r.child(at); {
		switch name := r.scan.Name; name {
		case "MsgId":
			r.set(&m.ID)
		case "CreDtTm":
			line := r.scan.Line
			if r.set(&m.CreatedAt); !r.Stopped {
				m.CreatedOn = r.dayOf(line, name, m.CreatedAt)
			}
		case "NbOfTxs":
			r.declaredCount(&m.tally)
		case "CtrlSum":
			r.declaredSum(&m.tally)
		case "InitgPty":
			r.party(&m.Initiator)
		case "FwdgAgt", "DbtrAgt", "CdtrAgt":
			if m.Initiator.Bank == "" {
				m.Initiator.Bank = r.bank()
			}
		case "MsgQual":
			r.fact(name, r.value())
		}
	}
}

// original reads what an answer says about the whole message answered.
func (r *reader) original(m *message) {
	for at := r.scan.Depth(); r.child(at); {
		switch name := r.scan.Name; name {
		case "OrgnlMsgId":
			r.set(&m.Original)
		case "OrgnlMsgNmId":
			r.set(&m.OriginalKind)
		case "GrpSts":
			r.set(&m.Status)
		case "StsRsnInf":
			r.reason(&m.Reasons, &m.Text)
		case "OrgnlNbOfTxs", "OrgnlCtrlSum":
			r.fact(name, r.value())
		case "NbOfTxsPerSts":
			r.fact(name, r.texts())
		}
	}
}

// reason reads why something has its status: codes and words.
func (r *reader) reason(codes *[]string, text *string) {
	for at := r.scan.Depth(); r.child(at); {
		switch r.scan.Name {
		case "Rsn", "StsRsn":
			if code := r.value(); code != "" {
				*codes = append(*codes, code)
			}
		case "AddtlInf", "AddtlStsRsnInf":
			r.words(text)
		}
	}
}
