package poste

import (
	"bytes"
	"fmt"

	"cassacomune/app/day"
	"cassacomune/app/money"
)

const width = 200

// record is a line of blanks that fields are written on, by their column
// counted from one.
type record [width]byte

func blank() *record {
	var r record
	for i := range r {
		r[i] = ' '
	}
	return &r
}

func (r *record) at(column int, text string) { copy(r[column-1:], text) }

// records writes the detail rows of one account's day, and its summary row.
func records(account string, on day.Date, group []*paid) []byte {
	var out bytes.Buffer
	var exact, wrong struct {
		count int
		cents money.Cents
	}
	for i, s := range group {
		out.Write(s.detail(i+1, on)[:])
		out.WriteString("\r\n")
		sum := &exact
		if s.Code == "" {
			sum = &wrong
		}
		sum.count++
		sum.cents += s.Cents
	}
	r := blank()
	r.at(1, string(centre))
	r.at(2, account)
	r.at(14, short(on))
	r.at(34, "999")
	r.at(37, fmt.Sprintf("%08d%012d", exact.count+wrong.count, exact.cents+wrong.cents))
	r.at(57, fmt.Sprintf("%08d%012d", exact.count, exact.cents))
	r.at(77, fmt.Sprintf("%08d%012d", wrong.count, wrong.cents))
	out.Write(r[:])
	out.WriteString("\r\n")
	return out.Bytes()
}

func (s *paid) detail(place int, on day.Date) *record {
	selection := s.number
	if s.Code == "" {
		selection = byHand
	}
	r := blank()
	r.at(1, fmt.Sprintf("%03d%05d", int(on.Month()), place)) // reel, number in it
	r.at(9, fmt.Sprintf("%07d", selection))
	r.at(16, s.Account)
	r.at(28, short(s.PaidOn))
	r.at(34, s.Kind)
	r.at(37, fmt.Sprintf("%010d", s.Cents))
	r.at(47, "055"+"111"+"09") // province, office, counter
	r.at(55, "2")              // euro
	r.at(56, short(on))
	r.at(62, s.Code)
	r.at(80, "DI")
	r.at(82, "N")
	return r
}

// short writes a day as YYMMDD.
func short(d day.Date) string {
	return fmt.Sprintf("%02d%02d%02d", d.Year()%100, d.Month(), d.Day())
}
