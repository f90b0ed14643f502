# Every target works on a fresh checkout and sets up what it needs.

GOLANGCI_LINT = github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0

# Where `make run` keeps its database; delete the folder to start anew.
DATA = .tael

.PHONY: help run console test test-console test-browser conformance samples bench bench-postgres bench-large memory failover generate check-generate fmt lint fuzz check release

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## Run the sandbox with the demo world, and its console, on http://127.0.0.1:8080
	@if command -v npm > /dev/null && node -e '$(NODE_WILL_DO)'; then $(MAKE) --no-print-directory console; \
		else echo 'Without Node.js 20.19 or later, and npm, the sandbox runs without its console.'; fi
	@$(MAKE) --no-print-directory bin/tael
	@mkdir -p $(DATA)
	@exec bin/tael serve --demo --db $(DATA)/demo.db

# Whether this Node.js is new enough to build the console.
NODE_WILL_DO = const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)

console: console/dist/index.html ## Build the console and the API Explorer (needs Node.js 20.19 or later)

CONSOLE_SOURCES = $(shell find console/src console/public -type f) console/index.html console/package-lock.json \
	console/vite.config.ts console/tsconfig.json

console/dist/index.html: console/node_modules/.installed $(CONSOLE_SOURCES)
	cd console && npm run --silent build

console/node_modules/.installed: console/package-lock.json
	cd console && npm ci --loglevel=error --no-audit --no-fund
	touch $@

test-console: console/node_modules/.installed ## Run the console's unit tests and linter
	cd console && npm run --silent lint && npx tsc && npm test --silent

test-browser: console bin/tael ## Drive the console in Chromium (needs Debian's chromium, or CHROMIUM=path)
	cd console && npm run --silent test:browser

# Tests of processes wait more than they compute: for ends, time limits, other servers.
TOGETHER = -parallel 4

test: ## Run all tests, on PostgreSQL too where it is installed
	go test -timeout 30m $(TOGETHER) ./...

# SQLite's own code, C that was translated to Go, is not put under the race detector:
# it takes five times as long there, and a race in it would be none of ours. The driver
# around it is, like everything else. Programs that tests build are built the same way.
race: export GOFLAGS += -gcflags=modernc.org/sqlite/lib=-race=false -gcflags=modernc.org/libc/...=-race=false
race: ## Run all tests under the race detector
	go test -race -timeout 30m $(TOGETHER) ./...

conformance: bin/tael ## Run the official SDKs and tccli against the real binary (needs Node and Python)
	conformance/run bin/tael

samples: console/node_modules/.installed bin/tael ## Run programs as the Explorer writes them (needs also a JDK, Maven, PHP, Ruby, g++)
	conformance/run bin/tael samples

bench: bin/tael ## Measure against baselines taken in the same run (needs wrk)
	go run ./internal/bench -tael bin/tael

bench-postgres: bin/tael ## Measure on PostgreSQL, against pgbench (needs postgresql and wrk)
	go run ./internal/bench -tael bin/tael -postgres

bench-large: bin/tael ## Measure reads of 1,000,000 customers and 10,000,000 transfers, against 1,000 (needs postgresql)
	go run ./internal/bench -tael bin/tael -large -time 5s -runs 9

memory: ## Compare a server's memory after five hours at 100 requests a second with that after one
	TAEL_TEST_MEMORY=4 go test -count=1 -run '^TestMemory' -timeout 2h -v ./cmd/tael

failover: ## Kill the primary of a replicated PostgreSQL under load, 10 times (needs patroni, etcd, haproxy)
	TAEL_TEST_FAILOVER=10 go test -count=1 -run '^TestFailover' -timeout 30m -v ./cmd/tael

generate: ## Make types, service and bundle from api/definition
	go run ./api/generate

check-generate: generate ## Fail where generated files are not what the definition says
	git diff --exit-code -- api

fmt: ## Format the code
	go run $(GOLANGCI_LINT) fmt

lint: ## Check style and who may import whom
	go run $(GOLANGCI_LINT) run

fuzz: ## Fuzz each target for FUZZTIME (default 1m)
	@go list -f '{{.ImportPath}}' ./... | while read -r package; do \
		go test -list '^Fuzz' $$package | grep '^Fuzz' | while read -r target; do \
			echo "$$package $$target"; \
			go test -run '^$$' -fuzz "^$$target$$" -fuzztime $(or $(FUZZTIME),1m) $$package || exit 1; \
		done || exit 1; \
	done

check: test lint check-generate ## What a change must pass, apart from conformance

release: console ## Build stripped binaries for all platforms into bin/
	for platform in linux/amd64 linux/arm64 darwin/arm64 darwin/amd64 windows/amd64; do \
		CGO_ENABLED=0 GOOS=$${platform%/*} GOARCH=$${platform#*/} go build -trimpath \
			-ldflags "-s -w -X main.version=$$(git describe --tags --always --dirty)" \
			-o bin/tael-$${platform%/*}-$${platform#*/} ./cmd/tael || exit 1; \
	done

.PHONY: bin/tael race
bin/tael:
	CGO_ENABLED=0 go build -trimpath -o bin/tael ./cmd/tael
