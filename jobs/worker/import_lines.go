package worker

import (
	"bytes"
	"io"
	"sort"
)

// lineKeeper remembers the last lines that were read through it, so that a row
// which its reader has refused can still be looked at. What it keeps is bounded
// whatever the length of the file.
type lineKeeper struct {
	src    io.Reader
	buf    []byte
	first  int   // number of the line with which buf begins
	starts []int // in buf, of the lines after the first
}

// keepBytes is more than any reader reads ahead.
const keepBytes = 1 << 20

func (k *lineKeeper) Read(p []byte) (int, error) {
	n, err := k.src.Read(p)
	if len(k.buf) > 2*keepBytes {
		k.drop()
	}
	at := len(k.buf)
	k.buf = append(k.buf, p[:n]...)
	for {
		i := bytes.IndexByte(k.buf[at:], '\n')
		if i < 0 {
			return n, err
		}
		at += i + 1
		k.starts = append(k.starts, at)
	}
}

func (k *lineKeeper) drop() {
	i := sort.SearchInts(k.starts, len(k.buf)-keepBytes)
	if i == len(k.starts) {
		k.buf, k.starts, k.first = k.buf[:0], k.starts[:0], k.first+len(k.starts) // one endless line
		return
	}
	cut := k.starts[i]
	k.buf = k.buf[:copy(k.buf, k.buf[cut:])]
	k.starts = k.starts[:copy(k.starts, k.starts[i+1:])]
	for j := range k.starts {
		k.starts[j] -= cut
	}
	k.first += i + 1
}

// text returns a line, "" when it is gone or not read yet.
func (k *lineKeeper) text(line int) string {
	i := line - k.first
	if i < 0 || i > len(k.starts) {
		return ""
	}
	from, to := 0, len(k.buf)
	if i > 0 {
		from = k.starts[i-1]
	}
	if i < len(k.starts) {
		to = k.starts[i]
	}
	return string(k.buf[from:to])
}
