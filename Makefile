# make build   what is missing is installed, then target/release/misti-matching is built
# make demo    starts the server, matches the sample season by a real gRPC call, prints the summary and stops
# make test    every test, real grpcurl included
# make soak    brute force, engines, certificates, lies, early ends, kills and crashes, each many times
# make bench   the pipeline stage by stage, then the solve against its peers, which are installed into .tools/peers: about 40
#              minutes; ARGUMENTS="--instances S-ties --runs 3" for a part
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.SILENT:
.PHONY: build demo test soak lint bench clean

build:
	deploy/setup.sh build
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
	export ORACLE_INSTANCES=50000 REASON_INSTANCES=20000 ENGINE_INSTANCES=10000 CERTIFICATES=10000 LIES=100 EARLY_ENDS=500 \
	  KILLS=450 PAUSES=200 CRASHES=50 REQUEST_IDS=2000
	cargo test --release --locked --test suite -- --nocapture oracle engines lies early cancelled told runs::kills runs::leases runs::faults

bench:
	deploy/setup.sh build
	source .tools/env
	cargo bench --locked --bench pipeline
	cargo bench --locked --bench rule_book
	cargo bench --locked --bench runs
	cargo bench --locked --bench solve --no-run
	python3 -m venv .tools/peers
	.tools/peers/bin/pip install --quiet -r benches/requirements.txt
	export SOLVE_BENCH=$$(ls -t target/release/deps/solve-* | grep -v '\.d$$' | head -1)
	.tools/peers/bin/python benches/peers.py $(ARGUMENTS)

clean:
	cargo clean
