package codes

import (
	"fmt"
	"strings"

	"cassacomune/app/money"
)

// td896 is the kind of the pre-marked postal slip (bollettino premarcato), on
// which both the customer code and the amount are printed.
const td896 = "896"

// maxSlip is the highest amount that a slip can carry: eight digits of euro.
const maxSlip money.Cents = 99_999_999_99

// NewSlip builds the customer code (codice cliente) of a postal slip from 16
// digits of our choice and two check digits, the remainder by 93 (decree in
// Gazzetta Ufficiale of 20 May 2013, 13A04294, annex 1).
func NewSlip(base16 string) (string, error) {
	if len(base16) != 16 || !digits(base16) {
		return "", invalid("slip.base", "La base del codice cliente deve avere 16 cifre.")
	}
	return base16 + mod93(base16), nil
}

// CheckSlip checks the 18 digits of a customer code. A right check does not
// prove that a code is ours: identifiers that Poste gives pass it too.
func CheckSlip(s string) error {
	if len(s) != 18 || !digits(s) {
		return invalid("slip.form", "Il codice del bollettino deve avere 18 cifre.")
	}
	if mod93(s[:16]) != s[16:] {
		return invalid("slip.check", "Le ultime due cifre del codice del bollettino non tornano: controllare il codice.")
	}
	return nil
}

// SlipLine builds the code line (riga di codifica) printed at the foot of a TD
// 896 slip in OCR-B: code, amount, account, kind. The account has up to 12
// digits.
func SlipLine(code, account string, cents money.Cents) (string, error) {
	account, err := checkSlipParts(code, account, cents)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("<%s> %08d+%02d> %s< %s>", code, cents/100, cents%100, account, td896), nil
}

// SlipPayload builds the 50 digits of the Code 128 and of the Data Matrix of a
// TD 896 slip; each field is preceded by its length.
func SlipPayload(code, account string, cents money.Cents) (string, error) {
	account, err := checkSlipParts(code, account, cents)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("18%s12%s10%010d3%s", code, account, cents, td896), nil
}

// Slip is what the symbols or the code line of a TD 896 slip say.
type Slip struct {
	Code    string // customer code, 18 digits
	Account string // postal account, 12 digits
	Cents   money.Cents
}

// ReadSlipPayload takes the 50 digits of a TD 896 slip apart, as a scanner
// returns them.
func ReadSlipPayload(s string) (Slip, error) {
	if len(s) != 50 || !digits(s) || s[:2] != "18" || s[20:22] != "12" || s[34:36] != "10" || s[46:] != "3"+td896 {
		return Slip{}, invalid("slip.payload", "Il codice a barre non è quello di un bollettino TD 896.")
	}
	slip := Slip{Code: s[2:20], Account: s[22:34], Cents: money.Cents(number(s[36:46]))}
	return slip, CheckSlip(slip.Code)
}

// ReadSlipLine takes the code line of a TD 896 slip apart; blanks between its
// fields do not count.
func ReadSlipLine(line string) (Slip, error) {
	s := strings.Join(strings.Fields(line), "")
	wrong := invalid("slip.line", "La riga di codifica non è quella di un bollettino TD 896.")
	if len(s) != 49 || s[0] != '<' || s[19] != '>' || s[28] != '+' || s[31] != '>' || s[44] != '<' || s[45:] != td896+">" {
		return Slip{}, wrong
	}
	code, euro, cents, account := s[1:19], s[20:28], s[29:31], s[32:44]
	if !digits(code + euro + cents + account) {
		return Slip{}, wrong
	}
	slip := Slip{Code: code, Account: account, Cents: money.Cents(number(euro + cents))}
	return slip, CheckSlip(slip.Code)
}

func checkSlipParts(code, account string, cents money.Cents) (account12 string, err error) {
	if err := CheckSlip(code); err != nil {
		return "", err
	}
	return checkAccountAndAmount(account, cents)
}

func checkAccountAndAmount(account string, cents money.Cents) (account12 string, err error) {
	if len(account) > 12 || !digits(account) {
		return "", invalid("slip.account", "Il numero di conto corrente postale deve avere al massimo 12 cifre.")
	}
	if cents < 0 || cents > maxSlip {
		return "", invalid("slip.amount", "L'importo del bollettino deve stare fra zero e %s.", maxSlip)
	}
	return strings.Repeat("0", 12-len(account)) + account, nil
}
