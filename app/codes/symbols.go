package codes

import (
	"fmt"
	"strconv"
	"strings"

	"cassacomune/app/money"
	"golang.org/x/text/unicode/norm"
)

// Printed is what the symbols of a pagoPA notice say.
type Printed struct {
	Notice   string
	Creditor string // fiscal code of the municipality, 11 digits
	Cents    money.Cents
	Account  string // postal account, 12 digits; only in the postal symbol
	Debtor   string // fiscal code of the debtor; only in the postal symbol
	Name     string // the debtor's, as printed; only in the postal symbol
	Subject  string // reason of the payment (causale); only in the postal symbol
}

// maxQR is the highest amount that readers of the square symbol take: ten
// digits of cents.
const maxQR money.Cents = 99_999_999_99

// QR builds the text of the square symbol of a pagoPA notice (public
// specification of the avviso, "Codice QR"): the amount is in cents, without
// leading zeros.
func QR(p Printed) (string, error) {
	if err := checkPrinted(p); err != nil {
		return "", err
	}
	if p.Cents <= 0 || p.Cents > maxQR {
		return "", invalid("notice.amount", "L'importo dell'avviso deve essere maggiore di zero e non superare %s.", maxQR)
	}
	return fmt.Sprintf("PAGOPA|002|%s|%s|%d", p.Notice, p.Creditor, p.Cents), nil
}

// ReadQR reads the text of the square symbol. Amounts with leading zeros, as
// some programs write them, are accepted.
func ReadQR(s string) (Printed, error) {
	parts := strings.Split(strings.TrimSpace(s), "|")
	wrong := invalid("qr.form", "Il codice QR non è quello di un avviso pagoPA.")
	if len(parts) != 5 || parts[0] != "PAGOPA" || parts[1] != "002" || !digits(parts[4]) || len(parts[4]) > 10 {
		return Printed{}, wrong
	}
	cents, err := strconv.ParseInt(parts[4], 10, 64)
	if err != nil {
		return Printed{}, wrong
	}
	p := Printed{Notice: parts[2], Creditor: parts[3], Cents: money.Cents(cents)}
	return p, checkPrinted(p)
}

// Lengths of the free fields of the postal symbol.
const (
	matrixDebtor  = 16
	matrixName    = 40
	matrixSubject = 110
	matrixLength  = 256
)

// Matrix builds the 256 characters of the Data Matrix in the postal part of a
// pagoPA notice (bollettino PA). The 50 digits are those of the TD 896 slip,
// with the notice number as customer code. Names and reason are folded to
// capitals of ASCII and cut to their field.
func Matrix(p Printed) (string, error) {
	if err := checkPrinted(p); err != nil {
		return "", err
	}
	line, err := NoticeLine(p.Notice, p.Account, p.Cents)
	if err != nil {
		return "", err
	}
	s := "codfase=NBPA;" + line + "1P1" + p.Creditor +
		field(p.Debtor, matrixDebtor) + field(p.Name, matrixName) + field(p.Subject, matrixSubject) +
		strings.Repeat(" ", 12) + "A"
	return s, nil
}

// NoticeLine builds the 50 digits of the postal part of a pagoPA notice, which
// are printed there as well. Unlike a slip of ours the number may come from
// others, so its check digits are not insisted on.
func NoticeLine(notice, account string, cents money.Cents) (string, error) {
	if err := CheckNotice(notice); err != nil && !WrongCheck(err) {
		return "", err
	}
	account, err := checkAccountAndAmount(account, cents)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("18%s12%s10%010d3%s", notice, account, cents, td896), nil
}

// ReadMatrix reads the text of the postal Data Matrix. Readers of bar codes
// may cut the blanks and the letter at its end: the fixed part is enough.
func ReadMatrix(s string) (Printed, error) {
	if len(s) < 77 || len(s) > matrixLength || !strings.EqualFold(s[:13], "codfase=NBPA;") || s[63:66] != "1P1" {
		return Printed{}, invalid("matrix.form", "Il codice Data Matrix non è quello di un avviso pagoPA.")
	}
	slip, err := ReadSlipPayload(s[13:63])
	if err != nil && !WrongCheck(err) {
		return Printed{}, err
	}
	rest := s[77:] + strings.Repeat(" ", matrixLength-len(s))
	p := Printed{
		Notice: slip.Code, Account: slip.Account, Cents: slip.Cents, Creditor: s[66:77],
		Debtor:  strings.TrimRight(rest[:matrixDebtor], " "),
		Name:    strings.TrimRight(rest[matrixDebtor:matrixDebtor+matrixName], " "),
		Subject: strings.TrimRight(rest[matrixDebtor+matrixName:matrixDebtor+matrixName+matrixSubject], " "),
	}
	return p, checkPrinted(p)
}

func checkPrinted(p Printed) error {
	if err := CheckNotice(p.Notice); err != nil && !WrongCheck(err) {
		return err
	}
	return checkEleven(p.Creditor, "fiscal")
}

// field folds a text to printable capitals of ASCII, cuts it and fills it with
// blanks on the right.
func field(s string, length int) string {
	s = fold(s)
	if len(s) > length {
		s = s[:length]
	}
	return s + strings.Repeat(" ", length-len(s))
}

var folded = strings.NewReplacer("ß", "ss", "Æ", "AE", "æ", "ae", "Ø", "O", "ø", "o", "Đ", "D", "đ", "d", "Ł", "L", "ł", "l",
	"’", "'", "‘", "'", "–", "-", "—", "-", "“", `"`, "”", `"`, "€", "EUR", "\n", " ", "\r", " ", "\t", " ", "\u00a0", " ")

// fold drops accents and whatever is not printable ASCII.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return -1
		}
		return r
	}, strings.ToUpper(norm.NFD.String(folded.Replace(s))))
}
