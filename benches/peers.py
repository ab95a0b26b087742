#!/usr/bin/env python3
"""The solve against its Python peers: the same instances, alternating runs, the same optimum to the last integer.

`make bench` makes a virtual environment of benches/requirements.txt, compiles benches/solve.rs and starts this with it:

    SOLVE_BENCH=path/to/solve-bench peers.py [--instances S-ties N-ties ..] [--seed 0] [--runs 5] [--timeout 300]
             [--folder ..]
    peers.py peer PEER FOLDER/NAME          one peer on one instance, a line of JSON

benches/solve.rs says what an instance and its goal are, and writes those that the folder lacks. Every run is a process
of its own. `seconds` is the solve alone: of ours from the rows of the integer program to the matching, of a peer the
call of its solver; `build` is what makes the peer's model out of the arrays before that. `ratio` is peer/ours without
the lottery: the median of the ratios within the rounds, then their least and greatest. `peak MiB` is of the largest
process of a run, interpreter and instance included. Exits with 1 if a value differs, ours is not proven or one fails.
"""

import argparse
import contextlib
import json
import math
import os
import resource
import signal
import statistics
import subprocess
import sys
import threading
import time

if sys.argv[1:2] == ["peer"]:  # not in the driver, whose memory would count as the peak of what it forks
    import numpy as np
NO_LIMIT = 4294967295
SLOW = 60  # seconds; who takes longer runs once
OURS, LOTTERY, PLAIN = "ours", "ours, lottery", "plain good_lp"
OUR_ARGUMENTS = {OURS: [], LOTTERY: ["lottery"], PLAIN: ["integer-program"]}
FLOW, DENSE, PROGRAM = ["ortools-flow"], ["scipy-dense", "lap-dense"], ["pulp-cbc", "pulp-highs", PLAIN]
PEERS_OF = {"S": [*FLOW, "scipy-sparse", *PROGRAM], "S-side": PROGRAM, "D1": DENSE, "D5": DENSE}
PEERS_OF |= {"N": [*FLOW, "scipy-sparse"], "N-hosts": FLOW, "N-countries": FLOW, "X": FLOW, "XX": FLOW}
ALL_INSTANCES = [f"{shape}-{kind}" for shape in PEERS_OF for kind in ("ties", "uniform")]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--instances", nargs="+", default=ALL_INSTANCES, choices=ALL_INSTANCES, metavar="NAME")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--timeout", type=float, default=300)
    parser.add_argument("--seed", type=int, default=0, help="whose instances, from 0 on")
    parser.add_argument("--folder", default="target/bench-instances")
    options = parser.parse_args()
    bench = os.environ.get("SOLVE_BENCH") or parser.error("SOLVE_BENCH, the compiled benches/solve.rs, is not set")
    pairs, our_seconds, complaints = {}, {}, []
    folder = os.path.join(options.folder, f"seed-{options.seed}")
    for name in options.instances:
        points = os.path.join(folder, name, "points")  # the file that is written last
        if not os.path.isfile(points):
            subprocess.run([bench, "write", folder, str(options.seed), name], check=True)
        results = alternate(bench, os.path.join(folder, name), PEERS_OF[name.rsplit("-", 1)[0]], options)
        complaints += report(name, results)
        if seconds := all_of(results[OURS], "seconds"):
            pairs[name], our_seconds[name] = os.path.getsize(points) // 8, statistics.median(seconds)
    for small, large in [(few + kind, many + kind) for kind in ("-ties", "-uniform") for few, many in ("SN", "NX")]:
        if small in pairs and large in pairs:
            more, longer = pairs[large] / pairs[small], our_seconds[large] / our_seconds[small]
            print(f"ours, {small} to {large}: {more:.1f} x the pairs takes {longer:.1f} x the time,",
                  f"growth exponent {math.log(longer) / math.log(more):.2f}")
    sys.exit("\n".join(complaints) or 0)


def alternate(bench, folder, peers, options):
    """By who, the results of the rounds, in their order; of the first alone where it was slow or had no result."""
    results = {who: [] for who in (OURS, LOTTERY, *peers)}
    for _ in range(options.runs):
        for who, own in results.items():
            if own and ("problem" in own[0] or own[0]["wall_seconds"] > SLOW):
                continue
            if who in OUR_ARGUMENTS:  # which stops by itself after 300 s, with what it has
                own.append(result_of([bench, "run", folder, *OUR_ARGUMENTS[who]], options.timeout + 30))
            else:
                own.append(result_of([sys.executable, __file__, "peer", who, folder], options.timeout))
            print(os.path.basename(folder), who, json.dumps(own[-1]), sep="  ", file=sys.stderr, flush=True)
    return results


def result_of(command, timeout):
    """The line of JSON that the command prints, with its peak memory, or {"problem": ..}; its children end with it."""
    started = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)

    def end():
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)

    timer = threading.Timer(timeout, end)
    timer.start()
    try:
        lines = process.stdout.read().splitlines()
        _, status, usage = os.wait4(process.pid, 0)
    finally:
        timer.cancel()
        end()
    wall_seconds = time.monotonic() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode == -signal.SIGKILL and wall_seconds >= timeout:
        return {"problem": f"not within {timeout:.0f} s"}
    if process.returncode != 0 or not lines:
        return {"problem": f"FAILED with {process.returncode}"}
    result = json.loads(lines[-1])
    if not result.get("proven", True):
        return {"problem": f"not proven, {result['value']} of at most {result['bound']}"}
    return {**result, "wall_seconds": round(wall_seconds, 3), "peak_mib": usage.ru_maxrss // 1024}


def all_of(own, key):
    return [result[key] for result in own if key in result]


def report(name, results):
    """Prints the table of an instance and returns what is wrong."""
    our_values, complaints = set(all_of(results[OURS], "value")), []
    rows = [("instance", "who", "runs", "seconds", "min..max", "build", "ratio", "min..max", "peak MiB", "value")]
    for who, own in results.items():
        values = set(all_of(own, "value"))
        rounds = [all_of(both, "seconds") for both in zip(own, results[OURS]) if who != OURS]
        ratios = [both[0] / both[1] for both in rounds if len(both) == 2]
        answer = " ".join([*map(str, sorted(values)), *all_of(own, "problem")])
        answer += "  (lottery cut short)" * (who == LOTTERY and False in all_of(own, "canonical"))
        answer += "  DIFFERENT from ours" * (len(our_values) > 0 and len(our_values | values) > 1)
        if "DIFFERENT" in answer or "FAILED" in answer or (all_of(own, "problem") and who in (OURS, LOTTERY)):
            complaints.append(f"{name}: {who}: {answer}")
        runs, peak = len(all_of(own, "value")), max(all_of(own, "peak_mib"), default="-")
        times = *summary(all_of(own, "seconds"), 4), summary(all_of(own, "build_seconds"), 3)[0], *summary(ratios, 2)
        rows.append((name, who, str(runs), *times, str(peak), answer))
    widths = [max(map(len, column)) for column in zip(*rows)]
    for row in rows:
        numbers = [cell.rjust(width) for cell, width in zip(row[2:-1], widths[2:])]
        print(row[0].ljust(widths[0]), row[1].ljust(widths[1]), *numbers, row[-1], sep="  ")
    print(flush=True)
    return complaints


def summary(numbers, digits):
    median, *ends = [f"{of(numbers):.{digits}f}" if numbers else "" for of in (statistics.median, min, max)]
    return (median, "..".join(ends)) if numbers else ("-", "-")


# From here on the peers: each takes an instance and returns the chosen pairs, build seconds and solve seconds.
class Instance:
    def __init__(self, folder):
        for name in os.listdir(folder):
            array = np.fromfile(os.path.join(folder, name), dtype="<i8" if name == "points" else "<u4")
            setattr(self, name, array.astype(np.int64))
        self.students, self.projects = int(self.student.max()) + 1, len(self.seats)
        self.has_countries = bool((self.country_least > 0).any() or (self.country_most < NO_LIMIT).any())
        self.has_hosts = self.has_countries or bool((self.host_seats < NO_LIMIT).any())

    def check(self, chosen):
        of_project = np.bincount(self.project[chosen], minlength=self.projects)
        of_host = np.bincount(self.host, of_project, len(self.country))
        of_country = np.bincount(self.country, of_host, len(self.country_most))
        assert np.bincount(self.student[chosen]).max() <= 1, "a student twice"
        assert ((of_project == 0) | (of_project >= self.least)).all(), "too few in an open project"
        assert (of_project <= self.seats).all() and (of_host <= self.host_seats).all(), "too many in a project or host"
        assert ((self.country_least <= of_country) & (of_country <= self.country_most)).all(), "limits of a country"
        assert np.isin(self.pinned, chosen).all(), "a pinned pair is not chosen"


def run_peer(peer, folder):
    instance = Instance(folder)
    chosen, build_seconds, seconds = SOLVERS[peer](instance)
    instance.check(chosen)
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print(json.dumps({"seconds": round(seconds, 6), "build_seconds": round(build_seconds, 6),
                      "value": int(instance.points[chosen].sum()), "placed": len(chosen), "peak_mib": peak // 1024}))


def timed(call):
    started = time.perf_counter()
    return call(), time.perf_counter() - started


def flow(instance):
    """A student flows to a project, its host, its country and the sink, or stays home: straight to the sink."""
    from ortools.graph.python import min_cost_flow
    students, solver = instance.students, min_cost_flow.SimpleMinCostFlow()

    def add(tails, heads, capacities, costs):
        capacities, heads, costs, _ = np.broadcast_arrays(np.minimum(capacities, students), heads, costs, tails)
        return solver.add_arcs_with_capacity_and_unit_cost(tails, heads, capacities, costs)

    def build():
        projects = students + np.arange(instance.projects)
        hosts = projects[-1] + 1 + np.arange(len(instance.country))
        countries = hosts[-1] + 1 + np.arange(len(instance.country_most))
        sink = int(countries[-1]) + 1
        pair_arcs = add(instance.student, projects[instance.project], 1, -instance.points)
        add(np.arange(students), sink, 1, 0)
        add(projects, hosts[instance.host] if instance.has_hosts else sink, instance.seats, 0)
        if instance.has_hosts:
            add(hosts, countries[instance.country] if instance.has_countries else sink, instance.host_seats, 0)
        if instance.has_countries:
            # Any reward for a place that must be filled is large enough if it fills them all, which `check` verifies.
            add(countries, sink, instance.country_least, -10 * instance.points.max())
            add(countries, sink, instance.country_most - instance.country_least, 0)
        solver.set_nodes_supplies(np.arange(students), np.ones(students, dtype=np.int64))
        solver.set_node_supply(sink, -students)
        return pair_arcs

    pair_arcs, build_seconds = timed(build)
    status, seconds = timed(solver.solve)
    assert status == solver.OPTIMAL, status
    return np.flatnonzero(solver.flows(pair_arcs)), build_seconds, seconds


def dense(instance, peer):
    assert len(instance.points) == instance.students * instance.projects, "every student with every project"
    points = instance.points.reshape(instance.students, instance.projects)
    if peer == "lap":
        from lap import lapjv
        costs, build_seconds = timed(lambda: (points.max() - points).astype(float))
        (_, columns, _), seconds = timed(lambda: lapjv(costs))
    else:
        from scipy.optimize import linear_sum_assignment
        gains, build_seconds = timed(lambda: points.astype(float))
        (_, columns), seconds = timed(lambda: linear_sum_assignment(gains, maximize=True))
    return np.arange(instance.students) * instance.projects + columns, build_seconds, seconds


def scipy_sparse(instance):
    """A column for each seat, and one for each student to stay home at."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import min_weight_full_bipartite_matching
    project_of_seat = np.repeat(np.arange(instance.projects), instance.seats)

    def build():
        copies = instance.seats[instance.project]
        pair = np.repeat(np.arange(len(copies)), copies)
        which_copy = np.arange(len(pair)) - np.repeat(np.cumsum(copies) - copies, copies)
        seat = (np.cumsum(instance.seats) - instance.seats)[instance.project[pair]] + which_copy
        home = np.arange(instance.students)
        costs = instance.points.max() + 1 - np.append(instance.points[pair], np.zeros(len(home)))  # 0 would be no pair
        students, columns = np.append(instance.student[pair], home), np.append(seat, len(project_of_seat) + home)
        return csr_array((costs, (students, columns)))

    costs, build_seconds = timed(build)
    (students, columns), seconds = timed(lambda: min_weight_full_bipartite_matching(costs))
    placed = columns < len(project_of_seat)
    keys = students[placed] * instance.projects + project_of_seat[columns[placed]]
    return np.searchsorted(instance.student * instance.projects + instance.project, keys), build_seconds, seconds


def pulp(instance, solver_name):
    """`seconds` is PuLP's `solve`, which hands the model over to the solver (to CBC in files) and reads the answer."""
    import pulp

    def build():
        model = pulp.LpProblem("matching", pulp.LpMaximize)
        chosen = [pulp.LpVariable(f"x{pair}", cat="Binary") for pair in range(len(instance.points))]
        model += pulp.LpAffineExpression(zip(chosen, instance.points.tolist()))

        def sums(keys):
            terms = {}
            for variable, key in zip(chosen, keys.tolist()):
                terms.setdefault(key, []).append((variable, 1))
            return [(key, pulp.LpAffineExpression(places)) for key, places in terms.items()]

        def limit(places, least, most, opened=1):
            if least > 0:
                model.addConstraint(places >= int(least) * opened)
            if most < NO_LIMIT:
                model.addConstraint(places <= int(most) * opened)

        for _, places in sums(instance.student):
            limit(places, 0, 1)
        for project, places in sums(instance.project):
            opened = pulp.LpVariable(f"y{project}", cat="Binary") if instance.least[project] >= 2 else 1
            limit(places, instance.least[project], instance.seats[project], opened)
        host_of_pair = instance.host[instance.project]
        for host, places in sums(host_of_pair):
            limit(places, 0, instance.host_seats[host])
        for country, places in sums(instance.country[host_of_pair]):
            limit(places, instance.country_least[country], instance.country_most[country])
        for pair in instance.pinned:
            chosen[pair].lowBound = 1
        return model, chosen

    (model, chosen), build_seconds = timed(build)
    solver = pulp.getSolver(solver_name, msg=False, gapRel=0)
    status, seconds = timed(lambda: model.solve(solver))
    assert status == pulp.LpStatusOptimal, pulp.LpStatus[status]
    return [pair for pair, variable in enumerate(chosen) if variable.value() > 0.5], build_seconds, seconds


SOLVERS = {
    "ortools-flow": flow,
    "scipy-sparse": scipy_sparse,
    "scipy-dense": lambda instance: dense(instance, "scipy"),
    "lap-dense": lambda instance: dense(instance, "lap"),
    "pulp-cbc": lambda instance: pulp(instance, "PULP_CBC_CMD"),
    "pulp-highs": lambda instance: pulp(instance, "HiGHS"),
}

if __name__ == "__main__":
    run_peer(*sys.argv[2:]) if sys.argv[1:2] == ["peer"] else main()
