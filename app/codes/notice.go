package codes

import "fmt"

// Notice is what a notice number (numero avviso, NAV) of pagoPA says. Layouts:
// public SACI specification, chapter 2.
type Notice struct {
	Aux         int    // auxiliary digit, 0 to 3
	Segregation string // aux 3: segregation code, two digits
	Application string // aux 0: application code, two digits
	IUV         string // unique payment identifier: 15 digits with aux 0, else 17
}

// Limits of the parts of a notice number.
const (
	maxSegregation = 99
	maxNoticeBase  = 9_999_999_999_999
)

// NewNotice issues a notice number with auxiliary digit 3, the only one still
// to issue: segregation code, 13 digits of base, check digits modulo 93.
func NewNotice(segregation int, base int64) (string, error) {
	if segregation < 0 || segregation > maxSegregation {
		return "", invalid("notice.segregation", "Il codice di segregazione deve stare fra 00 e 99.")
	}
	if base < 0 || base > maxNoticeBase {
		return "", invalid("notice.base", "La base del numero avviso deve avere al massimo 13 cifre.")
	}
	s := fmt.Sprintf("3%02d%013d", segregation, base)
	return s + mod93(s), nil
}

// CheckNotice checks the 18 digits of a notice number with auxiliary digit 0
// to 3. Its error may be WrongCheck: who pays may verify the check digits but
// need not, so somebody else's number with wrong ones is warned about, never
// refused. With auxiliary digit 1 there are none to verify.
func CheckNotice(s string) error {
	_, err := ReadNotice(s)
	return err
}

// ReadNotice checks a notice number as CheckNotice does and takes it apart;
// the parts are there also when the error is WrongCheck.
func ReadNotice(s string) (Notice, error) {
	if len(s) != 18 || !digits(s) || s[0] > '3' {
		return Notice{}, invalid("notice.form", "Il numero avviso deve avere 18 cifre e cominciare per 0, 1, 2 o 3.")
	}
	n := Notice{Aux: int(s[0] - '0'), IUV: s[1:]}
	switch n.Aux {
	case 0:
		n.Application, n.IUV = s[1:3], s[3:]
	case 3:
		n.Segregation = s[1:3]
	}
	if n.Aux != 1 && mod93(s[:16]) != s[16:] {
		return n, invalid("notice.check", "Le ultime due cifre del numero avviso non tornano: controllare il numero.")
	}
	return n, nil
}

// IUV returns the unique payment identifier (identificativo univoco di
// versamento) inside a notice number, and "" when it is no notice number.
func IUV(notice string) string {
	n, err := ReadNotice(notice)
	if err != nil && !WrongCheck(err) {
		return ""
	}
	return n.IUV
}

// NoticeOfIUV returns the notice number of an identifier of 17 digits with
// auxiliary digit 3. Older identifiers lack a part of their notice number, and
// aux 1 and 2 cannot be told from 3, so the caller must know that it is ours.
func NoticeOfIUV(iuv string) (string, error) {
	if len(iuv) != 17 || !digits(iuv) {
		return "", invalid("iuv.form", "Lo IUV deve avere 17 cifre.")
	}
	return "3" + iuv, CheckNotice("3" + iuv)
}
