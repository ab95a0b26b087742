//! Projects that open with their minimum or stay closed, decided by branching.
//!
//! While openings are undecided, a project may have any number up to its most: the matchings of that network are a superset, so
//! its best value, goal by goal and then by the lottery's sums, is a bound. Where its best matching opens a project with too
//! few, two networks follow, one with the project closed and one with at least its minimum. The network with the best bound
//! comes first (best-first branch and bound: Land and Doig, "An automatic method of solving discrete programming problems",
//! 1960). A matching that opens nothing wrong is the best of its network; once no bound is above it, it is the best of all,
//! and as every bound is made of whole numbers, that is proven. Where the first bound is met, the prices of the first network
//! prove it to anyone.
//!
//! Few such projects make few networks. Where they become many, the linear program's prices first say what can't be in any best
//! matching (`fixing.rs`); where even that leaves too many, the integer program takes over with what is left.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::limits::{Limits, Stop};
use super::measure::{self, Known};
use super::network::{self, Graph, Opening};
use super::process::SolverCommand;
use super::program::fixing;
use super::proof::Proof;
use super::watch::{Sighting, Watcher};
use super::{GoalValue, Solution, Solved, SolverFailure};
use formulation::{Formulation, Measure, Row};

/// Levels of the lottery that a bound is made of.
const LEVELS: u32 = 2;

/// How branching ended.
pub(super) enum Branched {
    /// Everything is decided.
    Solved(Solved),
    /// There are too many networks.
    GaveUp(Start),
}

/// What the integer program may start from.
#[derive(Debug, Clone, Default)]
pub(super) struct Start {
    /// A solution.
    pub found: Option<Solution>,
    /// Pair columns that no solution as good as that holds.
    pub dropped: Vec<u32>,
}

/// A network that was solved: its decisions and its best matching.
struct Waiting {
    worth: Vec<i64>,
    decisions: Vec<(u32, bool)>,
    solution: Solution,
}

/// Solves a network with openings.
pub(super) fn solve(
    formulation: &Formulation,
    graph: &Graph,
    openings: &[Opening],
    command: &SolverCommand,
    limits: &Limits,
) -> Result<Branched, SolverFailure> {
    let (quiet, watcher) = (limits.quietly(), &limits.watcher);
    let search = Search { formulation, graph, openings, limits: &quiet, watcher };
    let Given { found, mut first, proofs } = match search.run(None, None)? {
        Ran::Ended(solved) => return Ok(Branched::Solved(solved)),
        Ran::GaveUp(given) => given,
    };
    let Some(mut found) = found else { return Ok(Branched::GaveUp(Start::default())) };
    let Some(bound) = fixing::bound(formulation, &first, &found, proofs.as_deref(), command, limits) else {
        if limits.stop().is_some() {
            return Ok(Branched::Solved(search.stopped(Some(found), &first)));
        }
        return Ok(Branched::GaveUp(Start { found: Some(found), dropped: Vec::new() }));
    };
    let mut reduced = graph.clone();
    let mut undecided = Vec::new();
    if let Some(better) = search.dive(&bound)?
        && measure::vector(&formulation.goals, &better.goals) > measure::vector(&formulation.goals, &found.goals)
    {
        found = better;
    }
    if let Some(goal) = bound.tighten(&mut first, formulation) {
        // What was known of later goals was known where this one is at the bound that fell.
        let later = first.iter_mut().zip(&formulation.goals).skip(goal + 1);
        later.for_each(|(first, goal)| (first.bound, first.proven) = (network::quick_bound(graph, goal), false));
    }
    let fixed = bound.fix(&found, formulation);
    for (&opening, settled) in openings.iter().zip(&fixed.settled) {
        match *settled {
            // What is settled holds in some best matching, so that its bounds do.
            Some(is_open) => _ = reduced.decide(opening, is_open),
            None => undecided.push(opening),
        }
    }
    reduced.keep(|column| fixed.may[column as usize]);
    let dropped = (0..).zip(&fixed.may).filter(|&(_, &may)| !may).map(|(column, _)| column).collect();
    let search = Search { formulation, graph: &reduced, openings: &undecided, limits: &quiet, watcher };
    Ok(match search.run(Some(found), Some(first))? {
        Ran::Ended(solved) => Branched::Solved(solved),
        Ran::GaveUp(given) => Branched::GaveUp(Start { found: given.found, dropped }),
    })
}

/// How a search ended.
enum Ran {
    Ended(Solved),
    /// There are too many networks.
    GaveUp(Given),
}

/// What a search knows when it gives up.
struct Given {
    /// A solution that keeps every row.
    found: Option<Solution>,
    /// By goal: the bound of the network without decisions, and what proves it.
    first: Vec<GoalValue>,
    proofs: Option<Vec<Proof>>,
}

/// What became of a network.
enum Reached {
    Waiting(Waiting),
    /// It has no matching, or time is over.
    Ended(Solved),
}

#[derive(Clone, Copy)]
struct Search<'a> {
    formulation: &'a Formulation,
    graph: &'a Graph,
    openings: &'a [Opening],
    /// Of every network, none of which is watched by itself.
    limits: &'a Limits,
    watcher: &'a Watcher,
}

impl Search<'_> {
    /// Branches until all is decided; `found` keeps every row, and `first` are bounds of goals that are known before.
    fn run(&self, found: Option<Solution>, first: Option<Vec<GoalValue>>) -> Result<Ran, SolverFailure> {
        let root = match self.network(Vec::new())? {
            Reached::Waiting(waiting) => waiting,
            Reached::Ended(Solved::Solution(loose)) => {
                let first = first.unwrap_or_else(|| loose.goals.clone());
                return Ok(Ran::Ended(self.stopped(found.or_else(|| self.emptied(&loose)), &first)));
            }
            Reached::Ended(Solved::Nothing(_)) if found.is_some() => {
                return Ok(Ran::Ended(self.stopped(found, &first.unwrap_or_default())));
            }
            Reached::Ended(ended) => return Ok(Ran::Ended(ended)),
        };
        let is_whole = first.is_none();
        let first = first.unwrap_or_else(|| root.solution.goals.clone());
        let tuning = &self.limits.tuning;
        let most = if self.wrongly_open(&root.solution).count() > tuning.most_wrong { 0 } else { tuning.most_networks };
        let (top, proofs) = (root.worth.clone(), root.solution.proofs.clone());
        let mut line = BinaryHeap::from([(root.worth.clone(), Reverse(0))]);
        let mut networks = vec![Some(root)];
        // Whatever keeps every row is something to give when time is over.
        let mut found = found;
        let mut best: Option<(Vec<i64>, Solution)> = None;
        self.tell(found.as_ref(), &first, &top);
        while let Some((worth, Reverse(place))) = line.pop() {
            if best.as_ref().is_some_and(|(value, _)| worth < *value) {
                break;
            }
            let Some(Waiting { decisions, solution, .. }) = networks[place].take() else { continue };
            let Some(wrong) = self.wrongly_open(&solution).next() else {
                if best.as_ref().is_none_or(|(value, found)| worth > *value || self.draws_before(&solution, found)) {
                    self.tell(Some(&solution), &first, &worth);
                    best = Some((worth, solution));
                }
                continue;
            };
            if found.is_none() {
                found = self.rounded(&solution)?.or_else(|| self.emptied(&solution));
            }
            self.tell(best.as_ref().map(|(_, solution)| solution).or(found.as_ref()), &first, &worth);
            for is_open in [false, true] {
                if networks.len() >= most {
                    return Ok(Ran::GaveUp(Given {
                        found: best.map(|(_, solution)| solution).or(found),
                        first,
                        proofs,
                    }));
                }
                let decisions = decisions.iter().copied().chain([(wrong as u32, is_open)]).collect();
                match self.network(decisions)? {
                    Reached::Waiting(waiting) => {
                        line.push((waiting.worth.clone(), Reverse(networks.len())));
                        networks.push(Some(waiting));
                    }
                    Reached::Ended(Solved::Infeasible(_)) => {}
                    Reached::Ended(Solved::Solution(_) | Solved::Nothing(_)) => {
                        return Ok(Ran::Ended(self.stopped(best.map(|(_, solution)| solution).or(found), &first)));
                    }
                }
            }
        }
        let Some((worth, mut solution)) = best else { return Ok(Ran::Ended(Solved::Infeasible(None))) };
        let goals = top.len() - LEVELS as usize;
        solution.proofs = if is_whole && worth[..goals] == top[..goals] { proofs } else { None };
        Ok(Ran::Ended(Solved::Solution(solution)))
    }

    fn network(&self, decisions: Vec<(u32, bool)>) -> Result<Reached, SolverFailure> {
        let mut graph = self.graph.clone();
        for &(opening, is_open) in &decisions {
            if !graph.decide(self.openings[opening as usize], is_open) {
                return Ok(Reached::Ended(Solved::Infeasible(None)));
            }
        }
        Ok(match network::solve(self.formulation, graph, self.limits)? {
            Solved::Solution(solution) if solution.stop.is_none() => {
                let mut worth = measure::vector(&self.formulation.goals, &solution.goals);
                // Only the prices of the network without decisions say anything of all matchings.
                let proofs = solution.proofs.filter(|_| decisions.is_empty());
                let solution = Solution { proofs, ..solution };
                worth.extend((0..LEVELS).map(|level| -self.tickets(&solution, level)));
                Reached::Waiting(Waiting { worth, decisions, solution })
            }
            ended => Reached::Ended(ended),
        })
    }

    /// The sum of tickets of a solution at a level; 0 where no lottery is drawn.
    fn tickets(&self, solution: &Solution, level: u32) -> i64 {
        if !self.limits.lottery {
            return 0;
        }
        let matched = solution.matched.iter().enumerate().filter(|&(_, &matched)| matched);
        matched.map(|(column, _)| self.formulation.lottery.ticket(column, level)).sum()
    }

    /// Whether the lottery prefers a solution to another that is worth the same.
    fn draws_before(&self, solution: &Solution, other: &Solution) -> bool {
        let differ = (LEVELS..network::MAX_LEVELS)
            .map(|level| self.tickets(solution, level).cmp(&self.tickets(other, level)))
            .find(|order| order.is_ne());
        differ.is_some_and(|order| order.is_lt())
    }

    /// A solution near the linear program's: its decided openings are taken over, and of what the network then opens with too
    /// few one after the other is closed or opened, whichever costs less.
    fn dive(&self, bound: &fixing::Bound) -> Result<Option<Solution>, SolverFailure> {
        let goals_only = Limits { lottery: false, ..self.limits.clone() };
        let search = Search { limits: &goals_only, ..*self };
        let taken_over = bound.opens.iter().enumerate();
        let mut decisions: Vec<(u32, bool)> =
            taken_over.filter_map(|(place, opens)| opens.map(|opens| (place as u32, opens))).collect();
        let Reached::Waiting(mut at) = search.network(decisions.clone())? else { return Ok(None) };
        loop {
            let Some(wrong) = self.wrongly_open(&at.solution).next() else { return Ok(Some(at.solution)) };
            let mut best: Option<Waiting> = None;
            for is_open in [false, true] {
                let decisions = decisions.iter().copied().chain([(wrong as u32, is_open)]).collect();
                if let Reached::Waiting(next) = search.network(decisions)?
                    && best.as_ref().is_none_or(|best| next.worth > best.worth)
                {
                    best = Some(next);
                }
            }
            let Some(next) = best else { return Ok(None) };
            decisions.clone_from(&next.decisions);
            at = next;
        }
    }

    /// The openings that a solution opens with too few.
    fn wrongly_open(&self, solution: &Solution) -> impl Iterator<Item = usize> + use<> {
        let loads = self.graph.loads(self.openings, &solution.matched);
        let too_few = self.openings.iter().zip(loads).map(|(opening, load)| load > 0 && load < opening.least);
        let wrong: Vec<usize> = too_few.enumerate().filter(|&(_, wrong)| wrong).map(|(place, _)| place).collect();
        wrong.into_iter()
    }

    /// The best solution that opens what another one opens with enough and closes the rest.
    fn rounded(&self, solution: &Solution) -> Result<Option<Solution>, SolverFailure> {
        let loads = self.graph.loads(self.openings, &solution.matched);
        let decisions = self.openings.iter().zip(loads).enumerate();
        let decisions = decisions.map(|(place, (opening, load))| (place as u32, load >= opening.least)).collect();
        Ok(match self.network(decisions)? {
            Reached::Waiting(waiting) => Some(waiting.solution),
            Reached::Ended(_) => None,
        })
    }

    /// A solution without those whom another one places where too few are; none where that breaks a row.
    fn emptied(&self, solution: &Solution) -> Option<Solution> {
        let formulation = self.formulation;
        let mut matched = solution.matched.clone();
        let opening_rows = || formulation.rows.iter().filter(|row| row.defines.is_some());
        let load =
            |row: &Row, matched: &[bool]| row.pairs.iter().filter(|&&pair| matched[pair as usize]).count() as i64;
        for row in opening_rows() {
            let coefficient = row.defines.map_or(0, |(_, a)| a);
            if row.least.is_some_and(|least| load(row, &matched) < least - coefficient) {
                row.pairs.iter().for_each(|&pair| matched[pair as usize] = false);
            }
        }
        let keeps = |row: &Row| {
            let load = load(row, &matched);
            let open = row.defines.map_or(0, |(_, a)| if load > 0 { a } else { 0 });
            row.least.is_none_or(|least| load + open >= least) && row.most.is_none_or(|most| load + open <= most)
        };
        if !formulation.rows.iter().all(keeps) {
            return None;
        }
        let unknown = Known { bound: 0, proven: false };
        let goals =
            formulation.goals.iter().map(|goal| measure::reached(goal, measure::chosen(&matched), &unknown)).collect();
        Some(Solution { matched, goals, canonical: false, stop: None, proofs: None, dropped: Vec::new() })
    }

    /// What was found when time was over, with the bounds of the first network: of a goal, where all before are met.
    fn stopped(&self, found: Option<Solution>, first: &[GoalValue]) -> Solved {
        let stop = self.limits.stop().unwrap_or(Stop::OutOfTime);
        let Some(mut solution) = found else { return Solved::Nothing(stop) };
        self.bound(&mut solution.goals, first);
        Solved::Solution(Solution { canonical: false, stop: Some(stop), proofs: None, ..solution })
    }

    /// What is known of goals that a matching reaches, by the bounds of the first network.
    fn bound(&self, reached: &mut [GoalValue], first: &[GoalValue]) {
        let mut all_met = true;
        for ((reached, first), goal) in reached.iter_mut().zip(first).zip(&self.formulation.goals) {
            reached.bound = if all_met { first.bound } else { network::quick_bound(self.graph, goal) };
            let is_met = reached.value == reached.bound && reached.profile == first.profile;
            // Where a goal before is not met, the first network's profile bounds none.
            let is_profile = matches!(goal.measure, Measure::Profile { .. });
            reached.proven = is_met && first.proven && (all_met || !is_profile);
            all_met &= reached.proven;
        }
    }

    /// Tells what is found, with the bounds of the first network, and while goals before are met those of the best network that waits.
    fn tell(&self, found: Option<&Solution>, first: &[GoalValue], top: &[i64]) {
        self.watcher.tell(|| {
            let mut goals = found.map_or_else(|| first.to_vec(), |found| found.goals.clone());
            self.bound(&mut goals, first);
            for ((reached, goal), &top) in goals.iter_mut().zip(&self.formulation.goals).zip(top) {
                let (Measure::Sum { least, .. } | Measure::Worst { least, .. }) = goal.measure else { break };
                reached.bound = measure::direct(measure::direct(reached.bound, least).min(top), least);
                reached.proven |= reached.bound == reached.value;
                if reached.bound != reached.value {
                    break;
                }
            }
            Some(Sighting { is_found: found.is_some(), goals })
        });
    }
}
