package all

import (
	"io"

	"cassacomune/app/formats/debtcsv"
	"cassacomune/app/formats/govpay"
	"cassacomune/app/formats/p4pa"
)

// Copier writes the rows of a file to whose line reason gives an answer, with
// that reason beside each.
type Copier func(w io.Writer, file io.Reader, reason func(line int) string) error

// copiers are those of the formats that have rows to give back.
var copiers = map[string]Copier{debtcsv.Key: debtcsv.CopyRejected, govpay.Key: govpay.CopyRejected, p4pa.Key: p4pa.CopyRejected}

// Rejected returns how a format gives its refused rows back, or nil.
func Rejected(key string) Copier { return copiers[key] }
