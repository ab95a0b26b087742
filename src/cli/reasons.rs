//! `explain`, `what-if` and `compare`.

use std::path::PathBuf;

use clap::ValueEnum;

use super::InOut;
use super::exit::Exit;
use super::files::{self, Failure};
use super::matching::{cancel_on_ctrl_c, tell, this_binary};
use super::summary;
use calls::Caller;
use solve::Cancel;
use wire::pb;

/// Who reads an explanation.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Audience {
    Manager,
    Host,
    Student,
}

/// What is explained. The request may be the MatchRequest of the season; the options then say what is asked, and go before it.
#[derive(Debug, clap::Args)]
pub(super) struct ExplainArguments {
    #[command(flatten)]
    files: InOut,
    /// Explain the place of this student, or with --project why they are not there.
    #[arg(long, value_name = "ID")]
    student: Option<String>,
    /// Explain whom this project has.
    #[arg(long, value_name = "ID")]
    project: Option<String>,
    /// Who reads the answer.
    #[arg(long)]
    audience: Option<Audience>,
    /// A response of `match`: its matching is explained. Unset: the request's, else the best one is found first.
    #[arg(long, value_name = "OUTCOME")]
    outcome: Option<PathBuf>,
}

fn outcome(path: Option<&PathBuf>) -> Result<Option<pb::Outcome>, Failure> {
    let read = |path: &PathBuf| files::read::<pb::MatchResponse>("MatchResponse", path);
    Ok(path.map(read).transpose()?.and_then(|response| response.outcome))
}

pub(super) fn explain(arguments: &ExplainArguments) -> Result<Exit, Failure> {
    use pb::explain_request::About;
    let output = arguments.files.output.as_ref();
    let mut request: pb::ExplainRequest = files::read("ExplainRequest", &arguments.files.request)?;
    request.outcome = outcome(arguments.outcome.as_ref())?.or(request.outcome);
    request.about = match (arguments.student.clone(), arguments.project.clone()) {
        (None, None) => request.about,
        (Some(student), None) => Some(About::StudentId(student)),
        (None, Some(project)) => Some(About::ProjectId(project)),
        (Some(student_id), Some(project_id)) => Some(About::Pair(pb::Placement { student_id, project_id })),
    };
    if let Some(audience) = arguments.audience {
        request.audience = audience as i32 + 1;
    }
    let cancel = Cancel::default();
    cancel_on_ctrl_c(cancel.clone());
    let response = calls::explain(request, &Caller::local(cancel), &this_binary()?)?;
    if let Some(output) = output {
        files::write("ExplainResponse", &response, output)?;
    }
    tell(output.map(PathBuf::as_path), &summary::explanation(&response));
    Ok(exit(response.status(), response.about.is_some()))
}

/// What would be otherwise.
#[derive(Debug, clap::Args)]
pub(super) struct WhatIfArguments {
    #[command(flatten)]
    files: InOut,
    /// A response of `match`: the answer is compared with its matching. Unset: the request's, else the best one is found first.
    #[arg(long, value_name = "OUTCOME")]
    outcome: Option<PathBuf>,
    /// Where to write the edited season as a MatchRequest.
    #[arg(long, value_name = "REQUEST")]
    edited: Option<PathBuf>,
}

pub(super) fn what_if(arguments: &WhatIfArguments) -> Result<Exit, Failure> {
    let output = arguments.files.output.as_ref();
    let mut request: pb::WhatIfRequest = files::read("WhatIfRequest", &arguments.files.request)?;
    request.outcome = outcome(arguments.outcome.as_ref())?.or(request.outcome);
    request.return_request |= arguments.edited.is_some();
    let cancel = Cancel::default();
    cancel_on_ctrl_c(cancel.clone());
    let response = calls::what_if(request, &Caller::local(cancel), &this_binary()?)?;
    if let Some(output) = output {
        files::write("WhatIfResponse", &response, output)?;
    }
    if let (Some(path), Some(edited)) = (&arguments.edited, &response.request) {
        files::write("EditedSeason", edited, path)?;
    }
    tell(output.map(PathBuf::as_path), &summary::what_if(&response));
    Ok(exit(response.status(), !response.goals.is_empty()))
}

fn exit(status: pb::outcome::Status, has_matching: bool) -> Exit {
    match status {
        pb::outcome::Status::Optimal => Exit::Done,
        pb::outcome::Status::Infeasible => Exit::Infeasible,
        _ if has_matching => Exit::Unproven,
        _ => Exit::NoMatching,
    }
}

/// Two responses of `match`.
#[derive(Debug, clap::Args)]
pub(super) struct CompareArguments {
    /// The first.
    before: PathBuf,
    /// The second.
    after: PathBuf,
    /// Where to write the response as proto3 JSON; `-` is standard output. Unset: a summary for people only.
    #[arg(long)]
    output: Option<PathBuf>,
}

pub(super) fn compare(arguments: &CompareArguments) -> Result<Exit, Failure> {
    let (before, after) = (outcome(Some(&arguments.before))?, outcome(Some(&arguments.after))?);
    let response = calls::compare(&pb::CompareRequest { before, after }, &Caller::local(Cancel::default()))?;
    if let Some(output) = &arguments.output {
        files::write("CompareResponse", &response, output)?;
    }
    tell(arguments.output.as_deref(), &summary::comparison(&response));
    Ok(Exit::Done)
}
