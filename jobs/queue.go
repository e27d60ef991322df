package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"github.com/hibiken/asynq"

	"cassacomune/tenants"
)

// Task is the only type of message.
const Task = "run"

// Message says where to look, and nothing else.
type Message struct {
	Tenant tenants.ID `json:"tenant"`
	Run    uuid.UUID  `json:"run"`
}

// Queue sends messages. It has no TaskID and no uniqueness: a second message
// for the same run is harmless, because the claim decides.
type Queue struct {
	client *asynq.Client
	log    *slog.Logger
}

// NewQueue connects to Redis.
func NewQueue(redis asynq.RedisConnOpt, log *slog.Logger) *Queue {
	return &Queue{client: asynq.NewClient(redis), log: log}
}

// Announce sends the message of a run. A queue that does not answer loses the
// message, not the run.
func (q *Queue) Announce(tenant tenants.ID, run uuid.UUID) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if err := q.Push(ctx, Message{tenant, run}); err != nil {
		q.log.Warn("message not sent; the sweeper will", "tenant", tenant, "run", run, "error", err)
	}
}

// Push sends a message.
func (q *Queue) Push(ctx context.Context, m Message) error {
	payload, err := json.Marshal(m)
	if err != nil {
		return err
	}
	if _, err := q.client.EnqueueContext(ctx, asynq.NewTask(Task, payload), asynq.MaxRetry(0), asynq.Timeout(10*time.Minute)); err != nil {
		return fmt.Errorf("enqueue: %w", err)
	}
	return nil
}

// Close disconnects.
func (q *Queue) Close() error { return q.client.Close() }
