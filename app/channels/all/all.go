// Package all is the list of channels.
package all

import (
	"cassacomune/app/channels"
	"cassacomune/app/channels/slip"
	"cassacomune/app/channels/vpos"
)

// List holds every channel, in the order in which payers see them.
var List = []channels.Channel{
	vpos.XPay{},
	slip.Postal{},
}

// Find returns a channel by its key, or nil.
func Find(key string) channels.Channel {
	for _, c := range List {
		if c.Key() == key {
			return c
		}
	}
	return nil
}
