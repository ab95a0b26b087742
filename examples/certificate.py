"""Adds up a certificate: python certificate.py REQUEST.json OUTCOME.json PAIRS.jsonl (written by `match` and `evaluate`)."""

import json
import sys

request, outcome, pairs = (open(path).read() for path in sys.argv[1:4])
season, policy, outcome = json.loads(request)["instance"], json.loads(request).get("policy", {}), json.loads(outcome)["outcome"]
pairs = [pair for pair in map(json.loads, pairs.splitlines()) if pair["verdict"] == "ELIGIBLE"]
students, projects = ({row[f"{kind}_id"]: row for row in season.get(f"{kind}s", [])} for kind in ("student", "project"))
hosts = {host["host_id"]: host for host in season.get("hosts", [])}
quotas = {quota["quota_id"]: quota for quota in policy.get("quotas", [])}
eligible = {(pair["student_id"], pair["project_id"]) for pair in pairs}
notes = {(note["student_id"], note["project_id"]): note for note in season.get("pair_notes", [])}
pinned = {s: p for (s, p), note in notes.items() if note.get("pinned") or (note.get("offer_state") == "ACCEPTED" and (s, p) in eligible)}
costs = {"without_offer": 1, "draft": 0, "extended": 10, "accepted": 0, "ended": 0} | policy.get("change_prices", {})
offer = {None: "without_offer", "DRAFT": "draft", "EXTENDED": "extended", "ACCEPTED": "accepted"}
previous = {(p["student_id"], p["project_id"]) for p in season.get("previous_assignments", [])}
compared = [g.get("compared_with") for g in policy.get("goals", []) if g["kind"] == "FEWEST_CHANGES"] + [None]
compared = previous if compared[0] is None else {(p["student_id"], p["project_id"]) for p in compared[0].get("assignments", [])}
floor = max((goal.get("floor_points", 0) for goal in policy.get("goals", [])), default=0)
uncovered = 1 + max((c.get("rank", place + 1) for s in students.values() for place, c in enumerate(s.get("choices", []))), default=0)
for pair in pairs:
    pair["rank"] = pair.get("choice_rank", uncovered)
matched = {(place["student_id"], place["project_id"]) for place in outcome.get("assignments", [])}


def seats(project):
    return project.get("max_seat_count", max(1, project.get("min_seat_count", 0)))


def adds(pair, kind, rank, counted):
    points, at, place = pair.get("points", 0), pair["rank"] == rank, (pair["student_id"], pair["project_id"])
    kept = costs[offer.get(notes.get(place, {}).get("offer_state"), "ended")] if place in previous else 0
    return {"PLACE_MOST": 1, "TOTAL_POINTS": points, "LEAST_RANK_SUM": -pair["rank"], "RANK_MAXIMAL": at, "GENEROUS": -at,
            "LEXIMIN": -(points == counted), "FEWEST_CHANGES": (place in compared) - (place[0] not in {s for s, _ in compared}),
            "FEWEST_BELOW_FLOOR": -(points < floor), "LEAST_DISRUPTION": kept,
            "KEEP_TOLD": notes.get(place, {}).get("offer_state") == "EXTENDED"}.get(kind, 0)


for number, proof in enumerate(outcome["certificate"]["proofs"]):
    sums = [(s.get("kind"), s.get("rank"), s.get("points")) for s in proof["sums"]]
    price = {k: {p["id"]: [int(v) for v in p["values"]] for p in proof.get(f"{k}_prices", [])} for k in ("student", "project", "host", "quota")}
    free, bound, reached = [0] * len(sums), [0] * len(sums), [0] * len(sums)
    for pair in pairs:
        student, project = pair["student_id"], pair["project_id"]
        out = any(pair["rank"] > int(t.get("value", 0)) if t["kind"] == "LOWEST_WORST_RANK" else pair.get("points", 0) < int(t.get("value", 0))
                  for t in proof.get("thresholds", []))
        value = [adds(pair, *s) for s in sums]
        prices = [price["student"].get(student, free), price["project"].get(project, free), price["host"].get(projects[project].get("host_id"), free)]
        prices += [[int(q["weight"]) * p for p in price["quota"].get(q["quota_id"], free)] for q in pair.get("quotas", [])]
        assert out or pinned.get(student, project) != project or value <= [sum(p) for p in zip(*prices)], f"{student} {project} is above its prices"
        reached = [r + v for r, v in zip(reached, value)] if (student, project) in matched else reached
    rows = [(p, 1, int(students[i].get("must_place", False) or i in pinned)) for i, p in price["student"].items()]
    rows += [(p, seats(projects[i]), max(1, projects[i].get("min_seat_count", 0)) if projects[i].get("must_open") else 0) for i, p in price["project"].items()]
    rows += [(p, hosts[i]["max_seat_count"], 0) for i, p in price["host"].items()]
    rows += [(p, quotas[i].get("max_count"), int(quotas[i].get("min_count", 0))) for i, p in price["quota"].items()]
    for prices, most, least in rows:
        bound = [b + p * int(most if prices > free else least) for b, p in zip(bound, prices)]
    assert bound == [int(b) for b in proof["bound"]], "the bound is not what the prices add up to"
    beyond = sums[-1][0] is None
    assert bound < reached if beyond else bound == reached, "the bound is not what is reached"
    print(f"proof {number}: no matching has more than {bound}" + (", so nothing beyond the thresholds is as good" if beyond else ", and this one has it"))
