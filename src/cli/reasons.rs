//! `explain`, `what-if` and `compare`.

use std::path::{Path, PathBuf};

use clap::ValueEnum;

use super::InOut;
use super::edits::EditOptions;
use super::exit::Exit;
use super::files::{self, Failure};
use super::matching::{cancel_on_ctrl_c, tell, this_binary};
use super::subject::Subject;
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
    #[command(flatten)]
    about: Subject,
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

/// What an explanation is about.
pub(super) enum Asked {
    /// A student, a project or both; nothing where that is for the request to say.
    One(Option<pb::explain_request::About>),
    /// Each project of a host, by id.
    Projects(Vec<String>),
}

/// What is asked of a season, or of a run's.
pub(super) fn asked(about: &Subject, season: &pb::Instance) -> Result<Asked, Failure> {
    use pb::explain_request::About;
    let about = about.by_ids(season)?;
    Ok(match (about.student, about.project, about.host) {
        (None, None, Some(host)) => Asked::Projects(Subject::projects_of(&host, season)?),
        (_, _, Some(_)) => {
            let why = "--host goes alone: each of its projects is explained";
            return Err(Failure::of_arguments(why.to_owned()));
        }
        (None, None, None) => Asked::One(None),
        (Some(student), None, None) => Asked::One(Some(About::StudentId(student))),
        (None, Some(project), None) => Asked::One(Some(About::ProjectId(project))),
        (Some(student_id), Some(project_id), None) => {
            Asked::One(Some(About::Pair(pb::Placement { student_id, project_id })))
        }
    })
}

pub(super) fn explain(arguments: &ExplainArguments) -> Result<Exit, Failure> {
    use pb::explain_request::About;
    let output = arguments.files.output.as_deref();
    let mut request: pb::ExplainRequest = files::read("ExplainRequest", &arguments.files.request)?;
    request.outcome = outcome(arguments.outcome.as_ref())?.or(request.outcome);
    if let Some(audience) = arguments.audience {
        request.audience = audience as i32 + 1;
    }
    let asked = asked(&arguments.about, request.instance.as_ref().unwrap_or(&pb::Instance::default()))?;
    let cancel = Cancel::default();
    cancel_on_ctrl_c(cancel.clone());
    let (caller, solver) = (Caller::local(cancel), this_binary()?);
    match asked {
        Asked::One(about) => {
            request.about = about.or(request.about);
            let response = calls::explain(request, &caller, &solver)?;
            if let Some(output) = output {
                files::write("ExplainResponse", &response, output)?;
            }
            tell(output, &summary::explanation(&response));
            Ok(exit(response.status(), response.about.is_some()))
        }
        Asked::Projects(projects) => {
            let abouts: Vec<About> = projects.into_iter().map(About::ProjectId).collect();
            let responses = calls::explain_each(request, &abouts, &caller, &solver)?;
            tell_each(output, &responses)
        }
    }
}

/// Tells several explanations of one matching; as JSON one a line.
pub(super) fn tell_each(output: Option<&Path>, responses: &[pb::ExplainResponse]) -> Result<Exit, Failure> {
    if let Some(output) = output {
        files::write_lines("ExplainResponse", responses, output)?;
    }
    let told: Vec<String> = responses.iter().map(summary::explanation).collect();
    tell(output, &told.join("\n"));
    let last = responses.last();
    Ok(last.map_or(Exit::NoMatching, |response| exit(response.status(), response.about.is_some())))
}

/// What would be otherwise: by the options, after what a WhatIfRequest says itself. The request may be the MatchRequest of the season.
#[derive(Debug, clap::Args)]
pub(super) struct WhatIfArguments {
    #[command(flatten)]
    files: InOut,
    #[command(flatten)]
    edits: EditOptions,
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
    request.edits.extend(arguments.edits.edits(Some(request.instance.as_ref().unwrap_or(&pb::Instance::default())))?);
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

/// How a command ends that tells of a matching.
pub(super) fn exit(status: pb::outcome::Status, has_matching: bool) -> Exit {
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
