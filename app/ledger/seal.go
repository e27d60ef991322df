package ledger

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"cassacomune/tenants"
)

type sealRow struct {
	bun.BaseModel `bun:"table:ledger_seal,alias:ledger_seal"`
	tenants.Row

	Number       int64 `bun:"number,pk"`
	Transactions int
	Previous     string
	Hash         string
	At           time.Time
}

type sealedRow struct {
	bun.BaseModel `bun:"table:ledger_seal_tx,alias:ledger_seal_tx"`
	tenants.Row

	TxID   uuid.UUID `bun:"tx_id,pk"`
	Number int64
	Seq    int
	Hash   string
}

// sealBlock is how many transactions one block seals at the most.
const sealBlock = 2000

// Seal closes a block over transactions that no block has sealed, and answers
// how many. They are found by what is missing, not by a number that only
// grows: a transaction that was committed late is in the next block. Call it
// until it answers 0. Of two calls at once one answers 0.
func Seal(tx *tenants.Tx) (int, error) {
	var rows []txRow
	if err := tx.Select(&rows).Join("LEFT JOIN ledger_seal_tx AS s ON s.tenant_id = ledger_tx.tenant_id AND s.tx_id = ledger_tx.id").
		Where("s.tx_id IS NULL").Order("ledger_tx.id").Limit(sealBlock).Scan(tx.Ctx); err != nil {
		return 0, fmt.Errorf("seal: %w", err)
	}
	if len(rows) == 0 {
		return 0, nil
	}
	var last []sealRow
	if err := tx.Select(&last).Order("number DESC").Limit(1).Scan(tx.Ctx); err != nil {
		return 0, fmt.Errorf("seal: %w", err)
	}
	block := sealRow{Number: 1, Transactions: len(rows), At: tx.Now()}
	if len(last) > 0 {
		block.Number, block.Previous = last[0].Number+1, last[0].Hash
	}
	ids := make([]uuid.UUID, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	var transfers []entryRow
	if err := tx.Select(&transfers).Where("tx_id IN (?)", bun.List(ids)).Order("tx_id", "seq").Scan(tx.Ctx); err != nil {
		return 0, fmt.Errorf("seal: %w", err)
	}
	sealed := make([]sealedRow, len(rows))
	for i, h := range rowHashes(rows, transfers) {
		sealed[i] = sealedRow{TxID: rows[i].ID, Number: block.Number, Seq: i + 1, Hash: h}
	}
	block.Hash = blockHash(block, sealed)
	var won []int64
	if _, err := tx.Insert(&block).On("CONFLICT DO NOTHING").Returning("number").Exec(tx.Ctx, &won); err != nil {
		return 0, fmt.Errorf("seal block %d: %w", block.Number, err)
	}
	if len(won) == 0 {
		return 0, nil
	}
	if _, err := tx.Insert(&sealed).Exec(tx.Ctx); err != nil {
		return 0, fmt.Errorf("seal block %d: %w", block.Number, err)
	}
	return len(rows), nil
}

// Verify recomputes the chain and names the first row that is not what was
// sealed; "" when there is none.
func Verify(tx *tenants.Tx) (broken string, err error) {
	previous := ""
	for number := int64(1); ; number++ {
		var blocks []sealRow
		if err := tx.Select(&blocks).Where("number >= ?", number).Order("number").Limit(1).Scan(tx.Ctx); err != nil {
			return "", fmt.Errorf("verify: %w", err)
		}
		if len(blocks) == 0 {
			return "", nil
		}
		b := blocks[0]
		if b.Number != number || b.Previous != previous {
			return fmt.Sprintf("block %d: it does not follow block %d", b.Number, number-1), nil
		}
		if broken, err = verifyBlock(tx, b); err != nil || broken != "" {
			return broken, err
		}
		previous = b.Hash
	}
}

func verifyBlock(tx *tenants.Tx, b sealRow) (string, error) {
	var sealed []sealedRow
	if err := tx.Select(&sealed).Where("number = ?", b.Number).Order("seq").Scan(tx.Ctx); err != nil {
		return "", fmt.Errorf("verify block %d: %w", b.Number, err)
	}
	const inBlock = "JOIN ledger_seal_tx AS s ON s.tenant_id = ?TableAlias.tenant_id AND s.number = ? AND s.tx_id = ?TableAlias."
	var rows []txRow
	if err := tx.Select(&rows).Join(inBlock+"id", b.Number).Order("s.seq").Scan(tx.Ctx); err != nil {
		return "", fmt.Errorf("verify block %d: %w", b.Number, err)
	}
	var transfers []entryRow
	if err := tx.Select(&transfers).Join(inBlock+"tx_id", b.Number).Order("s.seq", "ledger_entry.seq").Scan(tx.Ctx); err != nil {
		return "", fmt.Errorf("verify block %d: %w", b.Number, err)
	}
	there := map[uuid.UUID]string{}
	for i, h := range rowHashes(rows, transfers) {
		there[rows[i].ID] = h
	}
	for _, s := range sealed {
		if there[s.TxID] != s.Hash {
			return fmt.Sprintf("block %d, transaction %s", b.Number, s.TxID), nil
		}
	}
	if len(sealed) != b.Transactions || blockHash(b, sealed) != b.Hash {
		return fmt.Sprintf("block %d", b.Number), nil
	}
	return "", nil
}

// rowHashes returns the hash of each transaction with its transfers. Fields
// are quoted, so that no two contents have the same text.
func rowHashes(rows []txRow, transfers []entryRow) []string {
	of := map[uuid.UUID][]entryRow{}
	for _, t := range transfers {
		of[t.TxID] = append(of[t.TxID], t)
	}
	out := make([]string, len(rows))
	for i, r := range rows {
		h := sha256.New()
		fmt.Fprintf(h, "%s %q %s %q %s %s %q %q %t %s %q\n", r.ID, r.Key, r.ContentHash, r.Kind, r.EffectiveOn,
			r.KnownAt.UTC().Format(time.RFC3339Nano), r.Source, r.Actor, r.Derived, r.Voids, r.Reason)
		for _, t := range of[r.ID] {
			fmt.Fprintf(h, "%d %q %t %q %s %q %s %d\n", t.Seq, t.Event, t.Mirror, t.Debit, t.DebitRef, t.Credit, t.CreditRef, t.Cents)
		}
		out[i] = hex.EncodeToString(h.Sum(nil))
	}
	return out
}

func blockHash(b sealRow, sealed []sealedRow) string {
	var text strings.Builder
	fmt.Fprintf(&text, "%d %d %s\n", b.Number, b.Transactions, b.Previous)
	for _, s := range sealed {
		io.WriteString(&text, s.TxID.String()+" "+s.Hash+"\n")
	}
	sum := sha256.Sum256([]byte(text.String()))
	return hex.EncodeToString(sum[:])
}
