package rh

import (
	"strings"
	"testing"

	"cassacomune/app/formats/internal/golden"
)

func TestGoldens(t *testing.T) { golden.Reads(t, "*.txt", Sniff, Read) }

func told(text string) string { return golden.Told(Read(strings.NewReader(text))) }
