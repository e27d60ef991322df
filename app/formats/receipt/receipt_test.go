package receipt

import (
	"testing"

	"cassacomune/app/formats/internal/golden"
)

func TestGoldens(t *testing.T) { golden.Reads(t, "*.xml", Sniff, Read) }

func TestEveryCutIsAnError(t *testing.T) { golden.Cuts(t, "nodo.xml", Read) }

func TestOtherFilesAreNotTaken(t *testing.T) { golden.Others(t, Sniff, Read) }

func FuzzRead(f *testing.F) {
	golden.Seeds(f, "*.xml")
	golden.Fuzz(f, Sniff, Read)
}
