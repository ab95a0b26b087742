//! [`Networks`]: what is read where a season is no network itself, off the networks beside it.
//!
//! What the network has that a matching has decided, projects staying open or closed as they are, some matching of the season has too. What
//! the season's loosest network has not, no matching has.

use rules::domain::StudentIndex;
use solve::{self, Detour, Forced, Relaxed, Residual, SolverFailure};
use verify::Occupancy;

use super::{Optimum, Prospect};

/// The networks beside a season.
pub struct Networks {
    /// The loosest.
    pub(super) loosest: Option<Relaxed>,
    /// The one that the matching has decided, with the matching as its optimum.
    pub(super) decided: Option<Relaxed>,
}

impl Networks {
    /// Solves them; none where the matching is not proven the best, or where who blocks matters, since that no network tells.
    ///
    /// # Errors
    /// When prices prove nothing.
    pub(super) fn of(optimum: &Optimum) -> Result<Self, SolverFailure> {
        if optimum.policy.looks_at_blocking_pairs() || !optimum.is_proven() {
            return Ok(Self { loosest: None, decided: None });
        }
        let (formulation, matched) = (optimum.formulation, &optimum.solution.matched);
        let mut decided = solve::decided(formulation, matched, optimum.limits)?;
        if let Some(decided) = &mut decided {
            decided.solution.matched.clone_from(matched);
        }
        Ok(Self { loosest: solve::loosest(formulation, optimum.limits)?, decided })
    }

    /// Those of some students whom an equally good matching places that opens the same projects.
    pub(super) fn ties(&self, optimum: &Optimum, occupancy: &Occupancy, students: &[StudentIndex]) -> Vec<bool> {
        let decided = self.decided.as_ref().filter(|decided| decided.formulation.goals.len() == optimum.goals.len());
        let columns: Vec<u32> = students.iter().map(|&student| optimum.evaluation.first_of(student)).collect();
        let forced = decided.and_then(|decided| around(optimum, decided, |residual| residual.placing(&columns)));
        let is_tie = |forced: &Forced| matches!(optimum.forced(occupancy, forced), Some(Prospect::Tie(..)));
        forced.map_or_else(|| vec![false; students.len()], |forced| forced.iter().map(is_tie).collect())
    }
}

/// Looks at what is around the optimum of a network; `None` where nothing can be seen.
pub(super) fn around<T>(optimum: &Optimum, relaxed: &Relaxed, look: impl FnOnce(&Residual) -> T) -> Option<T> {
    let Relaxed { formulation, solution } = relaxed;
    let matching = super::prospect::matching(optimum.evaluation, &solution.matched);
    let changes = formulation::changes_from(optimum.instance, optimum.evaluation, &matching);
    Residual::of(formulation, solution, &changes, optimum.limits).map(|residual| look(&residual))
}

/// By row of a network that is full: what one unit more would change.
pub(super) fn raised(optimum: &Optimum, relaxed: &Relaxed) -> Vec<(u32, Option<Detour>)> {
    around(optimum, relaxed, |residual| residual.raising()).unwrap_or_default()
}
