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
	base   int64 // where buf begins in the file
	starts []int // in buf, of the lines after the first
	header string
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
		if k.header == "" && k.base == 0 && len(k.starts) == 1 {
			k.header = string(k.buf[:at])
		}
	}
}

func (k *lineKeeper) drop() {
	i := sort.SearchInts(k.starts, len(k.buf)-keepBytes)
	if i == len(k.starts) {
		k.base += int64(len(k.buf)) // one endless line
		k.buf, k.starts, k.first = k.buf[:0], k.starts[:0], k.first+len(k.starts)
		return
	}
	cut := k.starts[i]
	k.base += int64(cut)
	k.buf = k.buf[:copy(k.buf, k.buf[cut:])]
	k.starts = k.starts[:copy(k.starts, k.starts[i+1:])]
	for j := range k.starts {
		k.starts[j] -= cut
	}
	k.first += i + 1
}

// text returns a line, "" when it is gone or not read yet.
func (k *lineKeeper) text(line int) string {
	from, ok := k.start(line)
	if !ok {
		return ""
	}
	to := len(k.buf)
	if i := line - k.first; i < len(k.starts) {
		to = k.starts[i]
	}
	return string(k.buf[from:to])
}

func (k *lineKeeper) start(line int) (from int, ok bool) {
	i := line - k.first
	if i < 0 || i > len(k.starts) {
		return 0, false
	}
	if i > 0 {
		from = k.starts[i-1]
	}
	return from, true
}

// offset returns where a line begins in the file; 0 when that is forgotten.
func (k *lineKeeper) offset(line int) int64 {
	from, ok := k.start(line)
	if !ok {
		return 0
	}
	return k.base + int64(from)
}
