package xpay

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Deliveries that are not answered with 200 are tried again so many times.
// The real circuit's policy is not published; this one is ours.
const retries = 3

const retryPause = 500 * time.Millisecond

// notify tells the merchant's server, before it returns unless a delay is set.
// Repeats and retries go on behind.
func (a *Acquirer) notify(t Transaction, b Behaviour) {
	if b.Drop || t.Address == "" {
		return
	}
	form, left, wait := a.result(t), retries, b.Delay
	if wait == 0 {
		if a.deliver(t.Address, form) {
			left = 0
		}
		wait = retryPause
	} else {
		left++
	}
	if left == 0 && b.Repeats == 0 {
		return
	}
	a.deliveries.Go(func() {
		for ; left > 0 && a.pause(wait); left-- {
			wait = retryPause
			if a.deliver(t.Address, form) {
				break
			}
		}
		for range b.Repeats {
			if !a.pause(0) {
				return
			}
			a.deliver(t.Address, form)
		}
	})
}

func (a *Acquirer) deliver(address string, form url.Values) bool {
	status, err := a.config.Post(a.running, address, form)
	return err == nil && status == http.StatusOK
}

// pause reports whether the acquirer is still open after the wait.
func (a *Acquirer) pause(wait time.Duration) bool {
	select {
	case <-a.running.Done():
		return false
	case <-time.After(wait):
		return a.running.Err() == nil
	}
}

func poster(client *http.Client) func(context.Context, string, url.Values) (int, error) {
	return func(ctx context.Context, address string, form url.Values) (int, error) {
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(form.Encode()))
		if err != nil {
			return 0, err
		}
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		answer, err := client.Do(request)
		if err != nil {
			return 0, err
		}
		defer answer.Body.Close()
		_, err = io.Copy(io.Discard, io.LimitReader(answer.Body, 1<<16))
		return answer.StatusCode, err
	}
}

// loopback dials names below localhost (RFC 6761) without asking a resolver,
// which on many machines does not know them.
func loopback() *http.Transport {
	dialer := &net.Dialer{Timeout: 3 * time.Second}
	transport := &http.Transport{}
	transport.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		if host, port, err := net.SplitHostPort(address); err == nil && strings.HasSuffix("."+host, ".localhost") {
			address = net.JoinHostPort("127.0.0.1", port)
		}
		return dialer.DialContext(ctx, network, address)
	}
	return transport
}
