package citizen

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cassacomune/app/web/page"
	"cassacomune/views"
)

// TestSentences holds our sentences to what the rooms and channels say, and
// has them said in German.
func TestSentences(t *testing.T) {
	texts, err := page.LoadTexts(views.FS)
	if err != nil {
		t.Fatal(err)
	}
	said := sources(t, "debts", "payments", "channels/vpos", "channels/slip")
	for italian := range keyOf {
		if !strings.Contains(said, `"`+italian+`"`) {
			t.Errorf("nobody says %q", italian)
		}
		if got := say(texts.In("de"), italian); got == italian {
			t.Errorf("say in German = %q, the Italian sentence", got)
		}
	}
	if got := say(texts.In("de"), "Altro."); got != "Altro." {
		t.Errorf("say of an unknown sentence = %q, want it as it is", got)
	}
}

func sources(t *testing.T, rooms ...string) string {
	t.Helper()
	var all strings.Builder
	for _, room := range rooms {
		files, _ := filepath.Glob(filepath.Join("../..", room, "*.go"))
		for _, name := range files {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			all.Write(text)
		}
	}
	return all.String()
}
