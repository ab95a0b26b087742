//! Conflicts: rows that the caller wrote and that can't hold together, each of which is needed for that.
//!
//! That a student has one place is no row of the caller's. The others are tried in halves: what is needed is looked for in one half
//! beside all of the other, then in the other beside what was found (Junker, "QuickXplain: preferred explanations and relaxations
//! for over-constrained problems", 2004): about `k log(n / k)` seasons without goals are solved for `k` of `n` rows. Where a
//! network proved that there is no matching, the rows with prices in that proof are enough to begin with.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet, VecDeque};

use formulation::{Formulation, Row, RowLabel};
use solve::{self, Limits, Proof, Solved, SolverCommand, SolverFailure};

/// Conflicts looked for at most; each has no row in common with those before.
const MOST_CONFLICTS: usize = 4;

/// Matchings kept to answer for other rows: of the last ones, which are the likeliest to.
const MOST_KEPT: usize = 8;

/// Rows that can't hold together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// What they say; never that a student has one place.
    pub rows: Vec<RowLabel>,
    /// Whether any one of them may be dropped and the others then hold together.
    pub is_irreducible: bool,
}

/// The conflicts of a formulation that no solution keeps, those of the fewest rows first; `proof` is what is known of that. Fewer where
/// time is over.
///
/// # Errors
/// When the solver fails.
pub fn conflicts(
    formulation: &Formulation,
    proof: Option<&Proof>,
    command: &SolverCommand,
    limits: &Limits,
) -> Result<Vec<Conflict>, SolverFailure> {
    let limits = Limits { lottery: false, ..limits.clone() };
    let search = Search { formulation, command, limits, found: RefCell::default() };
    let mut left = labels(formulation.rows.iter());
    let order: HashMap<RowLabel, usize> = left.iter().copied().zip(0..).collect();
    let mut found: Vec<Conflict> = Vec::new();
    let mut priced = proof.map(|proof| labels(proof.rows.iter().map(|&row| &formulation.rows[row as usize])));
    while found.len() < MOST_CONFLICTS {
        // The fewer rows to begin with, the better: those with a price, else those that no seats are needed for.
        let is_demand = |label: &RowLabel| {
            !matches!(label, RowLabel::ProjectSeats(_) | RowLabel::HostSeats(_) | RowLabel::Opening(_))
        };
        let demands: Vec<RowLabel> = left.iter().copied().filter(is_demand).collect();
        let mut candidates = None;
        for few in priced.take().into_iter().chain([demands, left.clone()]) {
            if search.contradict(&few)? == Some(true) {
                candidates = Some(few);
                break;
            }
        }
        let Some(candidates) = candidates else { break };
        let rows = search.needed(&[], false, &candidates)?;
        let is_needed = rows.is_some();
        let mut rows = rows.unwrap_or(candidates);
        rows.sort_by_key(|label| order.get(label));
        // Which pairs block depends on seats, minimums and pins, so that without one of those other pairs may than these rows say.
        let is_irreducible = is_needed && !rows.contains(&RowLabel::Stability);
        if rows.is_empty() {
            break;
        }
        left.retain(|label| !rows.contains(label));
        found.push(Conflict { rows, is_irreducible });
        if !is_needed {
            break;
        }
    }
    // The order does not depend on the search.
    found.sort_by_cached_key(|conflict| {
        (conflict.rows.len(), conflict.rows.iter().map(|label| order.get(label).copied()).collect::<Vec<_>>())
    });
    Ok(found)
}

/// What rows say, each once, but for what is no row of the caller's.
fn labels<'a>(rows: impl Iterator<Item = &'a Row>) -> Vec<RowLabel> {
    let mut labels: Vec<RowLabel> = Vec::new();
    let mut seen = HashSet::new();
    for row in rows {
        if !row.label.is_axiom() && seen.insert(row.label) {
            labels.push(row.label);
        }
    }
    labels
}

/// A formulation without goals, of which only the axioms and these rows are kept.
pub fn only(formulation: &Formulation, is_kept: impl Fn(RowLabel) -> bool) -> Formulation {
    let rows = formulation.rows.iter().filter_map(|row| {
        if row.label.is_axiom() || is_kept(row.label) {
            return Some(row.clone());
        }
        match row.label {
            // A network needs to know whose seats its pairs take; as many as there are pairs are no limit.
            RowLabel::ProjectSeats(project) | RowLabel::Opening(project) if row.most.is_some() => Some(Row {
                label: RowLabel::ProjectSeats(project),
                defines: None,
                least: None,
                most: Some(row.pairs.len() as i64),
                ..row.clone()
            }),
            _ => None,
        }
    });
    Formulation { rows: rows.collect(), goals: Vec::new(), ..formulation.clone() }
}

struct Search<'a> {
    formulation: &'a Formulation,
    command: &'a SolverCommand,
    limits: Limits,
    /// Matchings of some of the rows.
    found: RefCell<VecDeque<Vec<bool>>>,
}

impl Search<'_> {
    /// What of `candidates` is needed for them and `kept` to contradict each other; `None` where time is over. `is_new` says that
    /// `kept` alone was not tried.
    fn needed(
        &self,
        kept: &[RowLabel],
        is_new: bool,
        candidates: &[RowLabel],
    ) -> Result<Option<Vec<RowLabel>>, SolverFailure> {
        if is_new {
            match self.contradict(kept)? {
                Some(true) => return Ok(Some(Vec::new())),
                Some(false) => {}
                None => return Ok(None),
            }
        }
        if let [_] = candidates {
            return Ok(Some(candidates.to_vec()));
        }
        let (first, second) = candidates.split_at(candidates.len() / 2);
        let Some(of_second) = self.needed(&[kept, first].concat(), !first.is_empty(), second)? else { return Ok(None) };
        let with_second = [kept, &of_second[..]].concat();
        let Some(of_first) = self.needed(&with_second, !of_second.is_empty(), first)? else { return Ok(None) };
        Ok(Some([of_first, of_second].concat()))
    }

    /// Whether rows contradict each other, the others being dropped; `None` where time is over.
    fn contradict(&self, kept: &[RowLabel]) -> Result<Option<bool>, SolverFailure> {
        let kept: HashSet<RowLabel> = kept.iter().copied().collect();
        let formulation = only(self.formulation, |label| kept.contains(&label));
        // A matching that was found may keep these rows too.
        if self.found.borrow().iter().any(|matched| solve::keeps(&formulation, matched)) {
            return Ok(Some(false));
        }
        Ok(match solve::solve(&formulation, self.command, &self.limits)? {
            Solved::Infeasible(_) => Some(true),
            Solved::Solution(solution) => {
                let mut found = self.found.borrow_mut();
                found.push_back(solution.matched);
                if found.len() > MOST_KEPT {
                    found.pop_front();
                }
                Some(false)
            }
            Solved::Nothing(_) => None,
        })
    }
}
