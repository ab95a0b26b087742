"""Prints the totals of a MatchResponse, as grpcurl prints it, that comes in on standard input."""

import json
import sys

outcome = json.load(sys.stdin)["outcome"]
print(outcome["status"])
for goal in outcome.get("goals", []):
    proven = "proven" if goal.get("proven") else f"bound {goal.get('bound', 0)}"
    print(f"  {goal['kind']:<18}{goal.get('value', 0):>12}  {proven}")
summary = outcome.get("summary", {})
print("placed", summary.get("placedCount", 0), "unmatched", summary.get("unmatchedCount", 0))
ranks = [f"{line.get('rank', 'none')}: {line['studentCount']}" for line in summary.get("rankHistogram", [])]
print("choice ranks ", "  ".join(ranks))
for country in summary.get("countries", []):
    print(f"  {country.get('key', '(none)'):<6}{country.get('placedCount', 0):>5} of {country.get('seatCount', 0)} seats")
provenance = outcome["provenance"]
print("canonical" if outcome.get("canonical") else "not canonical", provenance["elapsedTime"], provenance["solverVersion"])
