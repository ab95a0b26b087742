//! Which matching a command is about: of files, or of a run of a server.

use std::path::{Path, PathBuf};

use super::files::{self, Failure};
use super::runs::names;
use calls::desk::Subject;
use wire::pb;

/// Which matching.
#[derive(Debug, clap::Args)]
pub(super) struct Matched {
    /// A response of `match`.
    #[arg(value_name = "OUTCOME.json", required_unless_present = "run", conflicts_with = "run")]
    outcome: Option<PathBuf>,
    /// The season that it is of, as a MatchRequest.
    #[arg(long, value_name = "SEASON.json", required_unless_present = "run", conflicts_with = "run")]
    season: Option<PathBuf>,
    #[arg(long, value_name = "RUN", help = names::HELP)]
    run: Option<String>,
    /// What it is compared with: an earlier response of `match`; with --run also a run. Unset: with --run the run that it was made from.
    #[arg(long, value_name = "OUTCOME.json|RUN")]
    before: Option<String>,
}

/// Which matching, once its files are read.
pub(super) enum Of {
    /// One of files.
    Season(Box<Subject>),
    /// One of a run.
    Run {
        /// As it is called.
        run: String,
        before: Option<Before>,
    },
}

/// What a run's matching is compared with.
pub(super) enum Before {
    Outcome(Box<pb::Outcome>),
    /// As it is called.
    Run(String),
}

impl Matched {
    /// Reads its files.
    pub fn of(&self) -> Result<Of, Failure> {
        let before = self.before.as_deref();
        match (&self.run, &self.outcome, &self.season) {
            (Some(run), _, _) => {
                let of_file = |name: &str| Path::new(name).is_file();
                let before = match before {
                    None => None,
                    Some(name) if of_file(name) => Some(Before::Outcome(Box::new(outcome(Path::new(name))?))),
                    Some(name) => Some(Before::Run(name.to_owned())),
                };
                Ok(Of::Run { run: run.clone(), before })
            }
            (None, Some(path), Some(season)) => {
                let pb::MatchRequest { instance, policy } = files::read("MatchRequest", season)?;
                let before = before.map(|path| outcome(Path::new(path))).transpose()?;
                Ok(Of::Season(Box::new(Subject { instance, policy, outcome: Some(outcome(path)?), before })))
            }
            _ => Err(Failure::of_arguments("name OUTCOME.json and --season SEASON.json, or --run RUN".to_owned())),
        }
    }
}

/// The outcome of a response of `match`.
fn outcome(path: &Path) -> Result<pb::Outcome, Failure> {
    let response: pb::MatchResponse = files::read("MatchResponse", path)?;
    let none = || Failure::of_arguments(format!("{}: there is no outcome in it", path.display()));
    response.outcome.ok_or_else(none)
}
