#!/usr/bin/env bash
# Starts the server on a free port of 127.0.0.1, makes the sample season and matches it by real gRPC calls, prints the
# summary and stops. The argument is the binary, and GRPCURL names the grpcurl to call with; `make demo` gives both.
set -euo pipefail
cd "$(dirname "$0")/.."
binary=$1
work=$(mktemp -d)
server=
stop() {
  [ -z "$server" ] || { kill "$server" 2>/dev/null && wait "$server" 2>/dev/null || true; }
  rm -rf "$work"
}
trap stop EXIT

"$binary" serve --address 127.0.0.1:0 --store "sqlite://$work/runs.db" 2>"$work/log" &
server=$!
for _ in $(seq 100); do
  address=$(sed -n 's/.*listening.*address=\([0-9.:]*\).*/\1/p' "$work/log")
  [ -z "$address" ] || break
  kill -0 "$server" 2>/dev/null || { cat "$work/log" >&2; exit 1; }
  sleep 0.1
done
[ -n "$address" ] || { echo "the server did not start:" >&2; cat "$work/log" >&2; exit 1; }

service=misti.matching.v1.MatchingService
call() { "$GRPCURL" -plaintext -max-msg-sz 67108864 -d @ "$address" "$service/$1"; }

echo "server on $address"
echo "making a season: GetSample"
echo '{"sample": "SUMMER"}' | call GetSample >"$work/season.json"
echo "matching it: Match (proving it takes some seconds)"
call Match <"$work/season.json" >"$work/outcome.json"
python3 examples/summary.py <"$work/outcome.json"
