# make build   what is missing is installed, then target/release/misti-matching is built, as it is delivered
# make demo    starts the server and matches the sample season by a real gRPC call; then a folder of spreadsheets becomes a matching,
#              and the last lines are the paths of its workbook and its report
# make test    every test, real grpcurl included; says what each stage took
# make quick   the tests that take a minute in all; says what it leaves out
# make loop    how long one waits after changing a line
# make soak    brute force, engines, certificates, lies, early ends, kills, crashes and mutated files, each many times, with HiGHS built
#              from source
# make bench   the pipeline stage by stage, then the solve against its peers, which are installed into .tools/peers: about 40
#              minutes; ARGUMENTS="--instances S-ties --runs 3" for a part, SEED=7 for other instances
#
# HIGHS=static builds HiGHS from source, into the binary, as the image does; else its library comes ready-made.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.SILENT:
.PHONY: build demo test quick loop soak lint bench clean

HIGHS ?= ready-made
SEED ?= 0
setup := $(if $(filter static,$(HIGHS)),static,build)
features := $(if $(filter static,$(HIGHS)),--features static-highs)

# What takes longer than a minute, and `make quick` leaves out.
SLOW := oracle:: engines:: lies:: real_sets:: runs:: service:: console::

build:
	deploy/setup.sh $(setup)
	cargo build --release --locked $(features)

# The binary of the tests, because it is built in less time.
demo:
	deploy/setup.sh $(setup)
	cargo build --locked $(features)
	deploy/setup.sh grpcurl
	source .tools/env
	examples/demo.sh target/debug/misti-matching

test:
	started=$$SECONDS
	deploy/setup.sh $(setup)
	deploy/setup.sh test
	source .tools/env
	"$$TOOLS"/buf lint proto
	set_up=$$SECONDS
	cargo test --workspace --tests --locked $(features) --no-run
	built=$$SECONDS
	tests=0
	cargo test --workspace --tests --locked $(features) --no-fail-fast || tests=$$?
	echo "make test: $$((set_up - started)) s of set-up, $$((built - set_up)) s of building, $$((SECONDS - built)) s of tests"
	exit $$tests

quick:
	deploy/setup.sh $(setup)
	deploy/setup.sh test
	source .tools/env
	cargo test --workspace --tests --locked $(features) --no-fail-fast -- $(addprefix --skip ,$(SLOW))
	echo "left out: $(SLOW)"

loop:
	deploy/setup.sh $(setup)
	deploy/setup.sh test
	source .tools/env
	tests/loop.sh

lint:
	deploy/setup.sh $(setup)
	deploy/setup.sh test
	source .tools/env
	cargo fmt --all --check
	cargo clippy --workspace --locked --all-targets -- -D warnings

# The long version of what the tests do at random, and everything else, on what is delivered.
soak:
	deploy/setup.sh static
	deploy/setup.sh test
	source .tools/env
	export ORACLE_INSTANCES=20000 REASON_INSTANCES=5000 ENGINE_INSTANCES=10000 CERTIFICATES=5000 LIES=100 EARLY_ENDS=500 \
	  SWITCH_INSTANCES=300 TUNING_INSTANCES=20000 KILLS=450 PAUSES=200 RESTARTS=20 CRASHES=50 REQUEST_IDS=2000 SHEET_MUTATIONS=100000 IMPORT_CHANGES=30000
	cargo test --release --locked --features static-highs --test suite --test sheets -- --nocapture

bench:
	deploy/setup.sh $(setup)
	cargo bench --locked $(features) --bench pipeline
	cargo bench --locked $(features) --bench rule_book
	cargo bench --locked $(features) --bench runs
	cargo bench --locked $(features) --bench calls
	deploy/setup.sh test
	source .tools/env
	cargo bench --locked $(features) --bench console
	cargo bench --locked $(features) --bench solve --no-run
	python3 -m venv .tools/peers
	.tools/peers/bin/pip install --quiet -r benches/requirements.txt
	cargo bench --locked $(features) --bench desk
	export SOLVE_BENCH=$$(ls -t target/release/deps/solve-* | grep -v '\.d$$' | head -1)
	.tools/peers/bin/python benches/peers.py --seed $(SEED) $(ARGUMENTS)

clean:
	cargo clean
