//! Why something is as it is in a matching.

use super::based::{Based, Start};
use super::{EngineError, Outcome, Season, Status};
use ::explain::{PairExplanation, ProjectExplanation, StudentExplanation};
use rules::domain::{Matching, ProjectIndex, StudentIndex};
use solve::GoalValue;

/// What is explained.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// Why a student has the place they have.
    Student(StudentIndex),
    /// Why a project has whom it has.
    Project(ProjectIndex),
    /// Why a student is not at a project.
    Pair(StudentIndex, ProjectIndex),
}

/// Why it is so.
#[derive(Debug, Clone, PartialEq)]
pub enum Explained {
    /// Of a student.
    Student(Box<StudentExplanation>),
    /// Of a project.
    Project(Box<ProjectExplanation>),
    /// Of a pair.
    Pair(Box<PairExplanation>),
    /// There is no matching: what came instead.
    Nothing(Box<Outcome>),
}

/// An explanation and what it rests on.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// How the solve of the season ended.
    pub status: Status,
    /// Whether the matching that is explained is proven to be as good as any.
    pub is_best: bool,
    /// By goal of the policy: what that matching reaches.
    pub goals: Vec<GoalValue>,
    /// Why it is so.
    pub explained: Explained,
}

/// Why pairs are not matched in a matching that is given, each where no limit was reached before; empty where the season has no matching.
///
/// # Errors
/// See [`EngineError`].
pub fn explain_pairs(
    season: &Season,
    pairs: &[(StudentIndex, ProjectIndex)],
    given: &Matching,
) -> Result<(Vec<GoalValue>, Vec<PairExplanation>), EngineError> {
    let Start::Based(based) = season.start(Some(given))? else { return Ok((Vec::new(), Vec::new())) };
    let optimum = based.optimum(season);
    let mut explained = Vec::with_capacity(pairs.len());
    for &(student, project) in pairs {
        explained.push(optimum.explain_pair(student, project)?);
    }
    Ok((based.goals.clone(), explained))
}

/// Explains a matching that is given, else the best one.
///
/// # Errors
/// See [`EngineError`].
pub fn explain(season: &Season, about: About, given: Option<&Matching>) -> Result<Explanation, EngineError> {
    match season.start(given)? {
        Start::Based(based) => explain_one(season, &based, about),
        Start::Outcome(outcome) => Ok(nothing(outcome)),
    }
}

/// The same about several things; where there is no matching, one explanation says so.
///
/// # Errors
/// See [`EngineError`].
pub fn explain_each(
    season: &Season,
    abouts: &[About],
    given: Option<&Matching>,
) -> Result<Vec<Explanation>, EngineError> {
    match season.start(given)? {
        Start::Based(based) => abouts.iter().map(|&about| explain_one(season, &based, about)).collect(),
        Start::Outcome(outcome) => Ok(vec![nothing(outcome)]),
    }
}

fn nothing(outcome: Box<Outcome>) -> Explanation {
    let status = outcome.status;
    Explanation { status, is_best: false, goals: Vec::new(), explained: Explained::Nothing(outcome) }
}

fn explain_one(season: &Season, based: &Based, about: About) -> Result<Explanation, EngineError> {
    let optimum = based.optimum(season);
    let explained = match about {
        About::Student(student) => Explained::Student(Box::new(optimum.explain_student(student)?)),
        About::Project(project) => Explained::Project(Box::new(optimum.explain_project(project)?)),
        About::Pair(student, project) => Explained::Pair(Box::new(optimum.explain_pair(student, project)?)),
    };
    Ok(Explanation { status: based.status, is_best: based.is_best(), goals: based.goals.clone(), explained })
}
