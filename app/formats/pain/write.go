package pain

import (
	"bufio"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"

	"cassacomune/app/day"
	"cassacomune/app/formats"
	"cassacomune/app/money"
)

// out writes elements, each on a line of its own. What the file below says is
// known at the end.
type out struct {
	form   Form
	w      *bufio.Writer
	open   []string
	groups []int // how many of them each begin has opened
}

func newOut(w io.Writer, form Form) *out {
	o := &out{form: form, w: bufio.NewWriterSize(w, 64<<10)}
	o.w.WriteString(xml.Header)
	return o
}

// begin opens elements, one inside the other.
func (o *out) begin(path ...string) { o.beginIn("", path...) }

// beginIn opens elements of another namespace than their parent's.
func (o *out) beginIn(space string, path ...string) {
	for i, name := range path {
		o.indent()
		o.w.WriteString("<" + name)
		if i == 0 && space != "" {
			o.w.WriteString(` xmlns="` + space + `"`)
		}
		o.w.WriteString(">\n")
		o.open = append(o.open, name)
	}
	o.groups = append(o.groups, len(path))
}

// end closes what the last begin has opened.
func (o *out) end() {
	last := len(o.groups) - 1
	for range o.groups[last] {
		name := o.open[len(o.open)-1]
		o.open = o.open[:len(o.open)-1]
		o.indent()
		o.w.WriteString("</" + name + ">\n")
	}
	o.groups = o.groups[:last]
}

func (o *out) indent() {
	for range o.open {
		o.w.WriteString("  ")
	}
}

// leaf writes a value inside nested elements, which are left out with it when
// it is empty: leaf("SEPA", "SvcLvl", "Cd").
func (o *out) leaf(value string, path ...string) {
	if value == "" {
		return
	}
	o.indent()
	for _, name := range path {
		o.w.WriteString("<" + name + ">")
	}
	_ = xml.EscapeText(o.w, []byte(value)) // close tells
	for i := len(path) - 1; i >= 0; i-- {
		name, _, _ := strings.Cut(path[i], " ")
		o.w.WriteString("</" + name + ">")
	}
	o.w.WriteByte('\n')
}

// euro is the element of every amount, with its attribute.
const euro = `InstdAmt Ccy="EUR"`

// close ends every open element and the file.
func (o *out) close() error {
	for len(o.groups) > 0 {
		o.end()
	}
	if err := o.w.Flush(); err != nil {
		return fmt.Errorf("write %s: %w", o.form, err)
	}
	return nil
}

// head writes what a message says about itself (GrpHdr).
func (o *out) head(space, id string, at time.Time, payments int, sum money.Cents, initiator formats.Party) {
	o.beginIn(space, "GrpHdr")
	o.leaf(id, "MsgId")
	o.leaf(stamp(at), "CreDtTm")
	o.leaf(fmt.Sprint(payments), "NbOfTxs")
	o.leaf(sum.Decimal(), "CtrlSum")
	o.begin("InitgPty")
	o.leaf(fold(initiator.Name), "Nm")
	if initiator.Code != "" {
		o.begin("Id", "OrgId", "Othr")
		o.leaf(initiator.Code, "Id")
		if o.form.cbi() {
			o.leaf("CBI", "Issr") // the code is a CUC
		}
		o.end()
	}
	o.end()
	o.end()
}

// stamp prints an instant as the hour in Italy, without a zone, which CBI's
// status reports do too.
func stamp(at time.Time) string { return at.In(day.Rome).Format("2006-01-02T15:04:05") }

// booking writes how the bank is asked to book a batch.
func (o *out) booking(how string) {
	if how != "" {
		o.leaf(fmt.Sprint(how == "batch"), "BtchBookg")
	}
}

// total adds up what the batches of a message come to.
func total[B any](batches []B, of func(B) (int, money.Cents)) (payments int, sum money.Cents) {
	for _, b := range batches {
		n, cents := of(b)
		payments, sum = payments+n, sum+cents
	}
	return payments, sum
}

// totals writes those of a batch, which the forms of CBI leave out.
func (o *out) totals(payments int, sum money.Cents) {
	if !o.form.cbi() {
		o.leaf(fmt.Sprint(payments), "NbOfTxs")
		o.leaf(sum.Decimal(), "CtrlSum")
	}
}

// identifiers writes those of a payment.
func (o *out) identifiers(given, endToEnd string, place int) {
	o.begin("PmtId")
	o.leaf(instruction(o.form, given, place), "InstrId")
	o.leaf(endToEnd, "EndToEndId")
	o.end()
}

// instruction is the identifier of an instruction, which the forms of CBI want:
// where none is given it is the payment's place in the message.
func instruction(form Form, given string, place int) string {
	if given == "" && form.cbi() {
		return fmt.Sprint(place)
	}
	return given
}
