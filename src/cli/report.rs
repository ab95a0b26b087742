//! `report`: a matching as one page to look at and to print, and letters.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::client::{Server, answered, block_on};
use super::desk_files;
use super::exit::Exit;
use super::files::{self, Failure};
use super::matched::{Before, Matched, Of};
use super::matching::this_binary;
use super::reasons::Audience;
use super::runs::names;
use calls::Caller;
use calls::desk::{self, NamedRuns, Subject};
use solve::Cancel;
use wire::pb;

/// Which matching, who reads it, and where it goes.
#[derive(Debug, clap::Args)]
pub(super) struct ReportArguments {
    #[command(flatten)]
    matched: Matched,
    /// Who reads the page: the office, unless --host or --student says otherwise.
    #[arg(long)]
    audience: Option<Audience>,
    /// A page for this host, on which nothing of others can be read.
    #[arg(long, value_name = "ID", conflicts_with = "student")]
    host: Option<String>,
    /// A page for this student, on which nothing of others can be read.
    #[arg(long, value_name = "ID")]
    student: Option<String>,
    /// The page, as FILE.html; `-` is standard output.
    #[arg(long, value_name = "FILE.html", required_unless_present = "letters")]
    output: Option<PathBuf>,
    /// A folder for a letter to each host and student, and mail-merge.csv, which says who gets which.
    #[arg(long, value_name = "FOLDER")]
    letters: Option<PathBuf>,
    /// A folder with the office's own templates of letters. One that is not there is made, with the templates to edit.
    #[arg(long, value_name = "FOLDER", requires = "letters")]
    templates: Option<PathBuf>,
    #[command(flatten)]
    server: Server,
}

pub(super) fn run(arguments: &ReportArguments) -> Result<Exit, Failure> {
    let templates = arguments.templates.as_deref().map(templates).transpose()?;
    let mut request = reader(arguments)?;
    // Everything is made before anything is written.
    let (page, letters) = match arguments.matched.of()? {
        Of::Season(mut season) => {
            request.before = season.before.take().map(pb::report_request::Before::BeforeOutcome);
            let letters = match &arguments.letters {
                None => None,
                Some(_) => Some(letters((*season).clone(), templates.as_ref())?),
            };
            (request.instance, request.policy, request.outcome) = (season.instance, season.policy, season.outcome);
            let page = arguments.output.as_ref().map(|_| {
                let (caller, solver) = (Caller::local(Cancel::default()), this_binary()?);
                Ok::<_, Failure>(desk::report(request, NamedRuns::default(), &caller, &solver)?.unwrap_or_default())
            });
            (page.transpose()?, letters)
        }
        Of::Run { run, before } => block_on(of_run(arguments, request, run, before, templates.as_ref()))?,
    };
    if let (Some(path), Some(page)) = (&arguments.output, &page) {
        files::write_bytes(&page.html, path)?;
        if path != Path::new("-") {
            println!("{}", path.display());
        }
    }
    if let (Some(folder), Some(letters)) = (&arguments.letters, &letters) {
        desk_files::write_folder(letters, folder)?;
        eprintln!("{} letters and their table: {}", letters.len().saturating_sub(1), folder.display());
    }
    Ok(Exit::Done)
}

/// The same of a run: the page is the server's, the letters are made here.
async fn of_run(
    arguments: &ReportArguments,
    mut request: pb::ReportRequest,
    run: String,
    before: Option<Before>,
    templates: Option<&BTreeMap<String, String>>,
) -> Result<(Option<pb::ReportResponse>, Option<Vec<pb::DeskFile>>), Failure> {
    use pb::report_request::Before as Asked;
    let (mut runs, mut desk) = arguments.server.connect_desk().await?;
    request.run = names::resolve(&mut runs, run).await?;
    let name = request.run.clone();
    request.before = match before {
        None => None,
        Some(Before::Outcome(outcome)) => Some(Asked::BeforeOutcome(*outcome)),
        Some(Before::Run(run)) => Some(Asked::BeforeRun(names::resolve(&mut runs, run).await?)),
    };
    let page = match &arguments.output {
        None => None,
        Some(_) => Some(answered(desk.report(request).await)?),
    };
    let letters = match &arguments.letters {
        None => None,
        Some(_) => {
            let view = pb::get_run_request::View::Full as i32;
            let pb::Run { request: asked, outcome, .. } =
                answered(runs.get_run(pb::GetRunRequest { name, view }).await)?;
            let pb::RunRequest { instance, policy } = asked.unwrap_or_default();
            Some(letters(Subject { instance, policy, outcome, before: None }, templates)?)
        }
    };
    Ok((page, letters))
}

/// Who reads the page.
fn reader(arguments: &ReportArguments) -> Result<pb::ReportRequest, Failure> {
    let audience = match (arguments.audience, &arguments.host, &arguments.student) {
        (None | Some(Audience::Host), Some(_), None) => Audience::Host,
        (None | Some(Audience::Student), None, Some(_)) => Audience::Student,
        (None | Some(Audience::Manager), None, None) => Audience::Manager,
        (Some(Audience::Host), ..) => return Err(Failure::of_arguments("--audience host goes with --host".to_owned())),
        (Some(Audience::Student), ..) => {
            return Err(Failure::of_arguments("--audience student goes with --student".to_owned()));
        }
        _ => return Err(Failure::of_arguments("--host and --student are no page for the office".to_owned())),
    };
    Ok(pb::ReportRequest {
        audience: audience as i32 + 1,
        host_id: arguments.host.clone().unwrap_or_default(),
        student_id: arguments.student.clone().unwrap_or_default(),
        ..pb::ReportRequest::default()
    })
}

fn letters(subject: Subject, templates: Option<&BTreeMap<String, String>>) -> Result<Vec<pb::DeskFile>, Failure> {
    Ok(desk::letters(subject, templates.unwrap_or(&desk::default_templates()))?)
}

/// The templates of a folder, by file name; where there is no such folder it is made.
fn templates(folder: &Path) -> Result<BTreeMap<String, String>, Failure> {
    let failure = |error: std::io::Error| Failure::of_file(folder, &error);
    if !folder.exists() {
        let templates = desk::default_templates();
        let file =
            |(name, text): (&String, &String)| pb::DeskFile { name: name.clone(), content: text.clone().into_bytes() };
        desk_files::write_folder(&templates.iter().map(file).collect::<Vec<_>>(), folder)?;
        eprintln!("templates to edit: {}", folder.display());
        return Ok(templates);
    }
    let mut templates = BTreeMap::new();
    for entry in fs::read_dir(folder).map_err(failure)? {
        let path = entry.map_err(failure)?.path();
        let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        if path.is_file() && !name.starts_with(['.', '~']) {
            let text = fs::read_to_string(&path).map_err(|error| Failure::of_file(&path, &error))?;
            templates.insert(name, text);
        }
    }
    Ok(templates)
}
