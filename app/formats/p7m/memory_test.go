package p7m

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"testing"

	"cassacomune/app/formats"
	. "cassacomune/app/formats/internal/cms/cmstest"
)

// TestMemory opens files of the largest size in a process of its own, reads
// what is inside, and asks the kernel how much memory it took at its peak. The
// whole program takes some 18 MB more than this test before it begins.
func TestMemory(t *testing.T) {
	if name := os.Getenv("CASSACOMUNE_TEST_OPEN"); name != "" {
		open(t, name)
		return
	}
	if _, err := os.Stat("/proc/self/status"); err != nil || testing.Short() {
		t.Skip("long, and only where the kernel tells")
	}
	content := bytes.Repeat([]byte("0123456789abcdef"), (MaxSize-100_000)*3/4/1028*1024/16)
	ber := Message{Content: content, Pieces: 1024, Signers: []Signer{{Holder: cast().tullio}}}.Bytes()
	for name, in := range map[string][]byte{
		"DER":           signed(bytes.Repeat([]byte("x"), MaxSize-100_000), cast().tullio),
		"base64 of BER": wrapped(ber, 1<<30),
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "grande.p7m")
			if err := os.WriteFile(file, in, 0o600); err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command(os.Args[0], "-test.run", "^TestMemory$", "-test.v")
			cmd.Env = append(os.Environ(), "CASSACOMUNE_TEST_OPEN="+file)
			out, err := cmd.CombinedOutput()
			peak := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(out)
			if err != nil || peak == nil {
				t.Fatalf("%v: %s", err, out)
			}
			kB, err := strconv.Atoi(string(peak[1]))
			if err != nil || kB > (64-18)<<10 {
				t.Errorf("%d bytes take %d kB, %v", len(in), kB, err)
			}
			t.Logf("%d bytes take %d kB", len(in), kB)
		})
	}
}

var kept string

func open(t *testing.T, name string) {
	in, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	f, problems := Open(in, formats.Trust{})
	if f.Verdict != formats.Undetermined || len(f.Content) < MaxSize/2 {
		t.Fatal(told(f, problems))
	}
	for row := range slices.Chunk(f.Content, 100) { // a reader works, and leaves garbage
		kept = fmt.Sprintf("%x %s", sha256.Sum256(row), row)
	}
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%s", status)
}
