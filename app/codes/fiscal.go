package codes

import (
	"strings"
	"time"

	"cassacomune/app/day"
)

// Person is what the fiscal code (codice fiscale) of a person says about its
// holder. The century is not written in it.
type Person struct {
	YearOfCentury int
	Month         time.Month
	Day           int
	Female        bool
	Place         string // cadastral code of the municipality or country of birth, "E625"
	Substituted   int    // digits replaced by letters because another person had the same code (omocodia)
}

// Places of the digits of a person's code, and the letters that stand for 0 to
// 9 in them under omocodia.
var omocodiaPlaces = [...]int{6, 7, 9, 10, 12, 13, 14}

const (
	omocodiaLetters = "LMNPQRSTUV"
	monthLetters    = "ABCDEHLMPRST"
)

// CheckFiscalCode checks a fiscal code (codice fiscale): 16 characters for
// persons, 11 digits for organisations and for persons who hold a provisional
// one. It says nothing about who holds it: eleven digits are no proof of a
// company, nor sixteen characters of a person in business.
func CheckFiscalCode(s string) error {
	switch len(s) {
	case 16:
		_, err := ReadPerson(s)
		return err
	case 11:
		return checkEleven(s, "fiscal")
	}
	return invalid("fiscal.length", "Il codice fiscale deve avere 16 caratteri, oppure 11 cifre.")
}

// ReadPerson checks the 16 characters of a person's fiscal code and reads
// them, with omocodia decoded. Its error may be WrongCheck; the person is then
// read all the same.
func ReadPerson(s string) (Person, error) {
	plain, substituted, ok := decodeOmocodia(s)
	if !ok {
		return Person{}, invalid("fiscal.form", "Il codice fiscale non ha la forma prevista: sei lettere, poi anno, mese, giorno, luogo e lettera di controllo.")
	}
	p := Person{
		YearOfCentury: number(plain[6:8]),
		Month:         time.Month(strings.IndexByte(monthLetters, plain[8]) + 1),
		Day:           number(plain[9:11]),
		Place:         plain[11:15],
		Substituted:   substituted,
	}
	if p.Day > 40 {
		p.Female, p.Day = true, p.Day-40
	}
	if p.in(1900).IsZero() && p.in(2000).IsZero() {
		return Person{}, invalid("fiscal.date", "La data di nascita scritta nel codice fiscale non esiste.")
	}
	if letter26(s[:15]) != s[15] {
		return p, invalid("fiscal.check", "La lettera di controllo del codice fiscale non è giusta: controllare i caratteri.")
	}
	return p, nil
}

// Born returns the birth date, in the latest century in which it exists and
// is not after today.
func (p Person) Born(today day.Date) day.Date {
	for century := today.Year() / 100 * 100; century > 1700; century -= 100 {
		if d := p.in(century); !d.IsZero() && !d.After(today) {
			return d
		}
	}
	return day.Date{}
}

func (p Person) in(century int) day.Date {
	return day.New(century+p.YearOfCentury, p.Month, p.Day)
}

// decodeOmocodia returns the code with its substituted digits restored (the
// check letter is left alone), how many they were, and whether every place
// holds a character of its class.
func decodeOmocodia(s string) (plain string, substituted int, ok bool) {
	if len(s) != 16 || !alphanumeric(s) {
		return "", 0, false
	}
	b := []byte(s)
	for _, i := range omocodiaPlaces {
		if isDigit(b[i]) {
			continue
		}
		n := strings.IndexByte(omocodiaLetters, b[i])
		if n < 0 {
			return "", 0, false
		}
		b[i] = byte('0' + n)
		substituted++
	}
	for _, i := range []int{0, 1, 2, 3, 4, 5, 11, 15} {
		if !isLetter(b[i]) {
			return "", 0, false
		}
	}
	if strings.IndexByte(monthLetters, b[8]) < 0 {
		return "", 0, false
	}
	return string(b), substituted, true
}

// number reads digits already known to be digits.
func number(s string) (n int) {
	for i := range len(s) {
		n = n*10 + int(s[i]-'0')
	}
	return n
}
