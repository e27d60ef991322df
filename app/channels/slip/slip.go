// Package slip is the pre-marked postal slip (bollettino premarcato TD 896):
// the payer leaves with a paper, and the money is known when the postal bank's
// return flow comes.
package slip

import "cassacomune/app/channels"

// Postal is the channel.
type Postal struct{}

// Key is the channel's stable name; collections of the postal flow carry it.
func (Postal) Key() string { return "slip" }

// Title names the channel for payers.
func (Postal) Title() string { return "Bollettino postale premarcato" }

// Hint says what will happen.
func (Postal) Hint() string {
	return "Stampi il bollettino e paghi in posta, in tabaccheria o con l'app della tua banca. L'incasso risulta dopo qualche giorno."
}

// Fields are the settings: the account stands in the municipality's own set-up.
func (Postal) Fields() []channels.Field { return nil }

// Days is how long a cart waits for the flow.
func (Postal) Days() int { return 30 }
