package cmstest

import (
	"crypto/x509"
	"encoding/asn1"
	"slices"
	"time"
)

// TLV writes an element with a definite length.
func TLV(id byte, parts ...[]byte) []byte {
	body := slices.Concat(parts...)
	size := len(body)
	head := []byte{id, byte(size)}
	switch {
	case size >= 1<<24:
		head = []byte{id, 0x84, byte(size >> 24), byte(size >> 16), byte(size >> 8), byte(size)}
	case size >= 1<<16:
		head = []byte{id, 0x83, byte(size >> 16), byte(size >> 8), byte(size)}
	case size >= 1<<8:
		head = []byte{id, 0x82, byte(size >> 8), byte(size)}
	case size >= 1<<7:
		head = []byte{id, 0x81, byte(size)}
	}
	return append(head, body...)
}

// Indefinite writes an element that ends at a marker.
func Indefinite(id byte, parts ...[]byte) []byte {
	return slices.Concat([]byte{id, 0x80}, slices.Concat(parts...), []byte{0, 0})
}

// OID writes an object identifier.
func OID(dotted string) []byte {
	return TLV(0x06, must(must(x509.ParseOID(dotted)).MarshalBinary()))
}

// Number writes an integer.
func Number(n int) []byte { return must(asn1.Marshal(n)) }

// Time writes a UTCTime.
func Time(t time.Time) []byte { return must(asn1.Marshal(t.UTC())) }
