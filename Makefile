# make build   what is missing is installed, then target/release/misti-matching is built
# make demo    starts the server, matches the sample season by a real gRPC call, prints the summary and stops
# make test    every test, real grpcurl included
# make soak    brute force against the engine, 50,000 instances
# make bench   the pipeline stage by stage, with peak memory
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.SILENT:
.PHONY: build demo test soak lint bench clean

build:
	deploy/setup.sh build
	source .tools/env
	cargo build --release --locked

demo: build
	deploy/setup.sh test
	source .tools/env
	examples/demo.sh

# One cargo profile for everything, so that HiGHS is built once.
test:
	deploy/setup.sh test
	source .tools/env
	"$$TOOLS"/buf lint proto
	cargo test --release --locked --no-fail-fast --tests

lint:
	deploy/setup.sh test
	source .tools/env
	cargo fmt --check
	cargo clippy --release --locked --all-targets -- -D warnings

# The long version of what the tests do at random.
soak:
	deploy/setup.sh test
	source .tools/env
	ORACLE_INSTANCES=50000 cargo test --release --locked --test suite oracle

bench:
	deploy/setup.sh build
	source .tools/env
	cargo bench --locked --bench pipeline

clean:
	cargo clean
