package debtcsv

import (
	"io"
	"iter"
	"strconv"

	"cassacomune/app/formats"
	"cassacomune/app/formats/internal/delimited"
	"cassacomune/app/money"
)

// Write writes rows so that Read gives them back equal, but for Line and Raw;
// ValidUntil and Unit have no column. Cells that a spreadsheet would run get
// an apostrophe, which Read takes away.
func Write(w io.Writer, rows iter.Seq[formats.DebtRow]) error {
	out := delimited.NewWriter(w, comma)
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.name
	}
	out.Row(names...)
	for d := range rows {
		fields := values(d)
		for i, f := range fields {
			fields[i] = delimited.Guard(f)
		}
		out.Row(fields...)
	}
	return out.Flush()
}

func values(d formats.DebtRow) []string {
	v := make([]string, len(columns))
	v[cBody], v[cAction], v[cDebtType], v[cPosition] = d.Body, d.Action, d.DebtType, d.Position
	v[cOption], v[cItem] = d.Option, d.Item
	v[cInstalment] = strconv.Itoa(max(d.Instalment, 1))
	v[cDueOn], v[cNotifiedOn] = d.DueOn.Italian(), d.NotifiedOn.Italian()
	v[cCents], v[cMinimum], v[cMaximum] = d.Cents.Comma(), orEmpty(d.Minimum), orEmpty(d.Maximum)
	v[cReason] = d.Reason
	v[cDebtorKind] = map[string]string{"person": "F", "organisation": "G"}[d.DebtorKind]
	v[cDebtorCode], v[cDebtorName], v[cDebtorEmail], v[cDebtorAddress] = d.DebtorCode, d.DebtorName, d.DebtorEmail, d.DebtorAddress
	v[cBeneficiary], v[cIBAN] = d.Beneficiary, d.IBAN
	v[cAssessmentNumber], v[cChapter], v[cVAT], v[cNotice] = d.AssessmentNumber, d.Chapter, d.VAT, d.Notice
	if d.IsCost {
		v[cIsCost] = "si"
	}
	if d.AssessmentYear > 0 {
		v[cAssessmentYear] = strconv.Itoa(d.AssessmentYear)
	}
	return v
}

func orEmpty(c money.Cents) string {
	if c == 0 {
		return ""
	}
	return c.Comma()
}

// Rejected is a row that was refused: its text, and why.
type Rejected = delimited.Rejected

// WriteRejected writes refused rows under the header of their file, with the
// reason in a first column motivo, which Read passes over: so the office
// corrects the file that it gets and loads it again.
func WriteRejected(w io.Writer, header string, rows iter.Seq[Rejected]) error {
	return delimited.WriteRejected(w, comma, header, rows)
}

// CopyRejected does so with the rows of a stored file to whose line reason
// gives an answer.
func CopyRejected(w io.Writer, file io.Reader, reason func(line int) string) error {
	return delimited.CopyRejected(w, comma, decoded(file), reason)
}
