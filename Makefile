.DEFAULT_GOAL := help
.PHONY: help build run demo test race lint fmt vuln bench fuzz torture assets ci

FUZZTIME ?= 20s

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## the program, static, as bin/cassacomune
	CGO_ENABLED=0 go build -trimpath -o bin/cassacomune ./cmd/cassacomune

run: ## serve ./data on http://127.0.0.1:8080 (a town is begun with "bin/cassacomune tenant add")
	go run ./cmd/cassacomune serve

demo: ## three invented municipalities and the outside world, on http://127.0.0.1:8080
	go run ./cmd/cassacomune demo

test: ## the suite on SQLite; on PostgreSQL too when CASSACOMUNE_TEST_POSTGRES is set
	go test ./...

race: ## the suite under the race detector, without its long tests
	go test -race -short ./...

lint: ## vet and staticcheck
	go vet ./...
	go run honnef.co/go/tools/cmd/staticcheck@v0.8.2 ./...

fmt: ## gofmt, in place
	gofmt -w $$(git ls-files '*.go')

vuln: ## known vulnerabilities that our code reaches
	go run golang.org/x/vuln/cmd/govulncheck@v1.9.0 ./...

bench: ## benchmarks, each beside what it is measured against
	go test -run '^$$' -bench . ./...

fuzz: ## every fuzz test, for FUZZTIME (20s) each
	@git grep -oE '^func Fuzz[A-Za-z0-9]+' -- '*_test.go' | while IFS=: read -r file name; do \
		echo "== $$file $${name#func }"; \
		go test -run '^$$' -fuzz "^$${name#func }$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 20x "./$$(dirname "$$file")" || exit 1; \
	done

torture: ## kill -9 at twenty instants an engine, then the same digest
	CASSACOMUNE_TORTURE=20 go test -count=1 -timeout 60m -run '^TestKilledProcess$$' -v ./cmd/cassacomune

assets: ## static/bi.css, fonts and icons anew (needs node; outputs are committed)
	cd static/build && npm ci --ignore-scripts --no-audit --no-fund && npm run --silent build

ci: ## all that must hold before a change is taken in (on Debian, installs what is missing)
	.ci/run
