package main

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/hibiken/asynq"
)

// openRedis returns the queue's Redis. Without an address it is one inside
// this process, which loses its content with it: the run rows do not care.
func (d data) openRedis(log *slog.Logger) (asynq.RedisConnOpt, func(), error) {
	if d.Redis != "" {
		opt, err := redisAt(d.Redis)
		return opt, func() {}, err
	}
	if d.Database != "" {
		return nil, nil, errors.New("a hosted instance needs --redis")
	}
	m := miniredis.NewMiniRedis()
	if err := m.Start(); err != nil {
		return nil, nil, fmt.Errorf("start in-process queue: %w", err)
	}
	stop := make(chan struct{})
	go expireKeys(m, stop)
	return asynq.RedisClientOpt{Addr: m.Addr()}, func() { close(stop); m.Close() }, nil
}

func redisAt(address string) (asynq.RedisConnOpt, error) {
	if strings.Contains(address, "://") {
		return asynq.ParseRedisURI(address)
	}
	return asynq.RedisClientOpt{Addr: address}, nil
}

// expireKeys lets time pass in the in-process Redis, which has no clock of its
// own.
func expireKeys(m *miniredis.Miniredis, stop <-chan struct{}) {
	const every = 250 * time.Millisecond
	t := time.NewTicker(every)
	defer t.Stop()
	for {
		select {
		case <-stop:
			return
		case <-t.C:
			m.FastForward(every)
		}
	}
}
