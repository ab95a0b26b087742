#!/usr/bin/env bash
# Times what whoever changes a line waits for: changes one line, runs the tests that are about it, puts the line back. `make loop`.
set -euo pipefail
cd "$(dirname "$0")/.."

changed=
restore() {
  [ -n "$changed" ] || return 0
  mv "$changed.kept" "$changed"
  # Newer than what was built from it, or cargo would keep that.
  touch "$changed"
  changed=
}
log=$(mktemp)
trap 'restore; rm -f "$log"' EXIT

# $1 what is changed, $2 the file, $3 the function that gets a statement more, $4 the tests of the suite.
loop() {
  local started ended tests
  cp "$2" "$2.kept"
  changed=$2
  sed -i "/$3/a std::hint::black_box($RANDOM);" "$2"
  cmp -s "$2" "$2.kept" && { echo "loop: $2 has no line $3" >&2; exit 1; }
  started=${EPOCHREALTIME/./}
  tests=$(cargo test --locked --test suite -- "$4" --skip oracle:: 2>"$log") || { cat "$log"; printf '%s\n' "$tests"; exit 1; }
  ended=${EPOCHREALTIME/./}
  restore
  printf '%-20s %-10s %3d.%d s, %s\n' "$1" "$4" $(((ended - started) / 1000000)) $(((ended - started) / 100000 % 10)) \
    "$(grep -o '[0-9]* passed' <<<"$tests")"
}

# Everything is compiled before the first change, and again without it after each.
build() { cargo test --locked --test suite --no-run 2>/dev/null; }

build
loop "a line of src/explain" src/explain/told.rs '^pub fn read(' reasons::
build
loop "a rule" src/rules/eligibility/gpa.rs '^pub(super) fn check(' rules::
build
loop "a test of the suite" tests/suite/rules.rs '^fn evaluate(' rules::
build
