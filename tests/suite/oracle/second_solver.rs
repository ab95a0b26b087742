//! A second back end of good_lp, written in Rust, agrees with the engine on small instances.

use formulation::{Formulation, Measure, formulate};
use good_lp::{Expression, ProblemVariables, Solution, SolverModel, constraint, microlp, variable};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rules::evaluation;
use wire::pb::{self, goal::Kind};
use wire::{SizeLimits, read_request};

use super::generate;
use crate::support::{goals, solve};

/// The values of the goals by microlp, each held by a row; none where it finds the program infeasible.
fn by_microlp(formulation: &Formulation) -> Option<Vec<i64>> {
    let mut held: Vec<(Vec<i64>, i64)> = Vec::new();
    for goal in &formulation.goals {
        let Measure::Sum { weights, least: false } = &goal.measure else { panic!("only sums are asked for") };
        let mut variables = ProblemVariables::new();
        let columns: Vec<_> = (0..formulation.columns.len()).map(|_| variables.add(variable().binary())).collect();
        let sum = |weights: &[i64]| -> Expression { weights.iter().zip(&columns).map(|(&w, &c)| w as f64 * c).sum() };
        let objective = sum(weights);
        let mut model = variables.maximise(objective.clone()).using(microlp);
        for row in &formulation.rows {
            let activity = || -> Expression { row.terms().map(|(c, a)| a as f64 * columns[c as usize]).sum() };
            if row.pairs.is_empty() {
                assert!(row.least.is_some_and(|least| least > 0), "only what can't hold has no terms");
                return None;
            }
            if let Some(most) = row.most {
                model = model.with(constraint!(activity() <= most as f64));
            }
            if let Some(least) = row.least {
                model = model.with(constraint!(activity() >= least as f64));
            }
        }
        for (weights, value) in &held {
            model = model.with(constraint!(sum(weights) >= *value as f64));
        }
        let value = model.solve().ok()?.eval(&objective).round() as i64;
        held.push((weights.clone(), value));
    }
    Some(held.into_iter().map(|(_, value)| value).collect())
}

#[test]
fn microlp_reaches_the_same_values_on_two_hundred_instances() {
    for seed in 50_000..50_200 {
        let instance = generate::instance(&mut ChaCha8Rng::seed_from_u64(seed));
        let policy = pb::Policy { weights: Some(generate::weights()), ..goals(&[Kind::PlaceMost, Kind::TotalPoints]) };
        let request =
            read_request(Some(instance.clone()), Some(policy.clone()), &SizeLimits::NONE).expect("well formed");
        let evaluation =
            evaluation::evaluate(&request.instance, &request.policy, usize::MAX, &|| false).expect("no limit");
        let minimum_above_maximum = request.instance.projects.iter().any(|p| p.min_seats() > p.max_seats());
        let formulation = formulate(&request.instance, &request.policy, &evaluation);
        let theirs = if minimum_above_maximum { None } else { by_microlp(&formulation) };
        let outcome = solve(pb::MatchRequest { instance: Some(instance), policy: Some(policy) });
        let ours: Vec<i64> = outcome.goals.iter().map(|goal| goal.value).collect();
        assert_eq!(ours, theirs.unwrap_or_default(), "seed {seed}");
    }
}
