#!/usr/bin/env bash
# Starts the server on a free port of 127.0.0.1, makes the sample season and matches it by real gRPC calls, and prints the
# summary. Then a folder of spreadsheets becomes a season, a matching, a workbook and a report in target/demo; the last two
# lines are their paths. The argument is the binary, and GRPCURL names the grpcurl to call with; `make demo` gives both.
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

echo "reading a folder of spreadsheets: template, import, match, export, report"
demo=$PWD/target/demo
rm -rf "$demo"
mkdir -p "$demo"
"$binary" template "$demo/sheets" >"$work/said"
"$binary" import "$demo/sheets" --term 2027-summer --output "$demo/season.json" >"$work/said"
tail -1 "$work/said"
"$binary" match "$demo/season.json" --output "$demo/outcome.json" >"$work/said"
head -2 "$work/said"
"$binary" export "$demo/outcome.json" --season "$demo/season.json" --output "$demo/matching.xlsx" >"$work/said"
"$binary" report "$demo/outcome.json" --season "$demo/season.json" --output "$demo/report.html" >"$work/said"
"$binary" report "$work/outcome.json" --season "$work/season.json" --output "$demo/sample.html" >"$work/said"
echo "report of the sample season: $demo/sample.html"
echo "console:  $binary serve, then http://127.0.0.1:50051/ in a browser"
echo "workbook: $demo/matching.xlsx"
echo "report:   $demo/report.html"
