package tenants

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"cassacomune/app/fault"
)

// Blob is a stored file of a municipality, named by the SHA-256 of its bytes:
// the same file stored twice is one blob.
type Blob struct {
	bun.BaseModel `bun:"table:blob"`
	Row

	SHA256   string `bun:"sha256,pk"`
	UploadID uuid.UUID
	Bytes    int64
	At       time.Time
}

type blobChunk struct {
	bun.BaseModel `bun:"table:blob_chunk"`
	Row

	UploadID uuid.UUID `bun:"upload_id,pk"`
	Seq      int       `bun:"seq,pk"`
	Data     []byte
}

const chunkSize = 1 << 20

// StoreBlob keeps the bytes of r, at the most limit of them (0: no limit; more
// is a fault of kind TooLarge and leaves nothing). It holds one chunk in
// memory and the writer for one chunk at a time.
func (db *DB) StoreBlob(ctx context.Context, tenant ID, by Actor, r io.Reader, limit int64) (Blob, error) {
	upload, hash, size := db.NewID(), sha256.New(), int64(0)
	buf := make([]byte, chunkSize)
	for seq := 0; ; seq++ {
		n, err := io.ReadFull(r, buf)
		if size += int64(n); limit > 0 && size > limit {
			return Blob{}, errors.Join(
				fault.New(fault.TooLarge, "blob.size", "Il file supera il limite di %d MB.", limit>>20),
				db.dropChunks(ctx, tenant, by, upload))
		}
		if n > 0 {
			hash.Write(buf[:n])
			if err := db.Within(ctx, tenant, by, func(tx *Tx) error {
				_, err := tx.Insert(&blobChunk{UploadID: upload, Seq: seq, Data: buf[:n]}).Exec(ctx)
				return err
			}); err != nil {
				return Blob{}, fmt.Errorf("store file: %w", err)
			}
		}
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			break
		}
		if err != nil {
			return Blob{}, errors.Join(fmt.Errorf("receive file: %w", err), db.dropChunks(ctx, tenant, by, upload))
		}
	}
	b := Blob{SHA256: hex.EncodeToString(hash.Sum(nil)), UploadID: upload, Bytes: size}
	err := db.Within(ctx, tenant, by, func(tx *Tx) error { return tx.keepBlob(&b) })
	return b, err
}

// keepBlob names an upload by its content, or drops it when the content is
// there already.
func (tx *Tx) keepBlob(b *Blob) error {
	upload := b.UploadID
	b.At = tx.now
	if _, err := tx.Insert(b).On("CONFLICT DO NOTHING").Returning("NULL").Exec(tx.Ctx); err != nil {
		return err
	}
	if err := tx.Select(b).Where("sha256 = ?", b.SHA256).Scan(tx.Ctx); err != nil {
		return err
	}
	if b.UploadID == upload {
		return nil
	}
	_, err := tx.Delete((*blobChunk)(nil)).Where("upload_id = ?", upload).Exec(tx.Ctx)
	return err
}

func (db *DB) dropChunks(ctx context.Context, tenant ID, by Actor, upload uuid.UUID) error {
	return db.Within(ctx, tenant, by, func(tx *Tx) error {
		_, err := tx.Delete((*blobChunk)(nil)).Where("upload_id = ?", upload).Exec(ctx)
		return err
	})
}

// PutBlob keeps a small file (a message, a document) in the transaction of its
// cause.
func (tx *Tx) PutBlob(data []byte) (Blob, error) {
	sum := sha256.Sum256(data)
	b := Blob{SHA256: hex.EncodeToString(sum[:]), UploadID: tx.NewID(), Bytes: int64(len(data))}
	for seq := 0; seq == 0 || seq*chunkSize < len(data); seq++ {
		part := data[seq*chunkSize : min((seq+1)*chunkSize, len(data))]
		if _, err := tx.Insert(&blobChunk{UploadID: b.UploadID, Seq: seq, Data: part}).Exec(tx.Ctx); err != nil {
			return Blob{}, err
		}
	}
	return b, tx.keepBlob(&b)
}

// OpenBlob streams a stored file, a chunk at a time. An unknown name, or one of
// another municipality, is NotFound.
func (db *DB) OpenBlob(ctx context.Context, tenant ID, sum string) (io.Reader, error) {
	var b Blob
	err := db.Read(ctx, tenant, func(tx *Tx) error {
		return tx.One(tx.Select(&b).Where("sha256 = ?", sum), "File non trovato.")
	})
	if err != nil {
		return nil, err
	}
	return &blobReader{ctx: ctx, db: db, tenant: tenant, upload: b.UploadID}, nil
}

type blobReader struct {
	ctx    context.Context
	db     *DB
	tenant ID
	upload uuid.UUID
	seq    int
	rest   []byte
}

func (r *blobReader) Read(p []byte) (int, error) {
	if len(r.rest) == 0 {
		var c blobChunk
		err := r.db.Read(r.ctx, r.tenant, func(tx *Tx) error {
			return tx.Select(&c).Where("upload_id = ?", r.upload).Where("seq = ?", r.seq).Scan(r.ctx)
		})
		if errors.Is(err, sql.ErrNoRows) {
			return 0, io.EOF
		}
		if err != nil {
			return 0, err
		}
		r.seq++
		if r.rest = c.Data; len(r.rest) == 0 {
			return 0, io.EOF
		}
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}
