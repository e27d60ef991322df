package xlsx

import (
	"bytes"
	"io"
)

// blocks are a file in memory, in parts of equal size: a file that grows while
// it is read is never copied.
type blocks struct {
	all  [][]byte
	size int64
}

const blockSize = 256 << 10

// gather reads a whole file of the size that is allowed.
func gather(r io.Reader) (*blocks, error) {
	b := &blocks{}
	for {
		block := make([]byte, blockSize)
		n, err := io.ReadFull(r, block)
		b.all, b.size = append(b.all, block[:n]), b.size+int64(n)
		switch {
		case b.size > MaxFile:
			return nil, ErrTooLarge
		case err == io.EOF || err == io.ErrUnexpectedEOF:
			return b, nil
		case err != nil:
			return nil, err
		}
	}
}

// ReadAt implements io.ReaderAt.
func (b *blocks) ReadAt(p []byte, at int64) (n int, err error) {
	for n < len(p) && at >= 0 && at < b.size {
		k := copy(p[n:], b.all[at/blockSize][at%blockSize:])
		n, at = n+k, at+int64(k)
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// count counts a mark; one that two blocks share is not seen.
func (b *blocks) count(mark string) (n int) {
	for _, block := range b.all {
		n += bytes.Count(block, []byte(mark))
	}
	return n
}
