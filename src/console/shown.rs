//! [`ShownRuns`]: runs that were looked at lately, read once. A run that has ended never changes; that somebody looks at it is on record each time,
//! and whether they may is asked each time.

mod explained;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use api::door::Scope;
use api::{Kind, Principal};
use rules::domain::{Run, RunId};
use store::Deed;
use wire::pb;

use crate::Console;
use crate::trouble::Trouble;
use crate::words::moment;
use explained::Explained;
pub(crate) use explained::explain;

/// Bytes, as they are stored, of the runs that are kept.
const MOST_BYTES: usize = 64 << 20;

/// A run with its season and, once it has ended, what came out.
pub(crate) struct ShownRun {
    /// What is told of it in lists.
    pub run: pb::Run,
    /// The season, students, projects and hosts by id.
    pub instance: pb::Instance,
    pub policy: pb::Policy,
    /// What came out.
    pub outcome: Option<pb::Outcome>,
    pub notes: String,
    students: HashMap<String, usize>,
    projects: HashMap<String, usize>,
    hosts: HashMap<String, usize>,
    places: HashMap<String, usize>,
    bytes: usize,
    overview: OnceLock<String>,
    /// What was explained of it.
    pub explained: Explained,
}

impl ShownRun {
    fn new(mut run: pb::Run) -> Self {
        let pb::RunRequest { instance, policy } = run.request.take().unwrap_or_default();
        let (mut instance, policy) = (instance.unwrap_or_default(), policy.unwrap_or_default());
        instance.students.sort_by(|a, b| a.student_id.cmp(&b.student_id));
        instance.projects.sort_by(|a, b| a.project_id.cmp(&b.project_id));
        instance.hosts.sort_by(|a, b| a.host_id.cmp(&b.host_id));
        let outcome = run.outcome.take();
        let bytes = wire::encode(&instance).len() + outcome.as_ref().map_or(0, |outcome| wire::encode(outcome).len());
        fn numbered<'a>(ids: impl Iterator<Item = &'a String>) -> HashMap<String, usize> {
            ids.cloned().zip(0..).collect()
        }
        let assignments = outcome.iter().flat_map(|outcome| &outcome.assignments);
        Self {
            students: numbered(instance.students.iter().map(|row| &row.student_id)),
            projects: numbered(instance.projects.iter().map(|row| &row.project_id)),
            hosts: numbered(instance.hosts.iter().map(|row| &row.host_id)),
            places: numbered(assignments.map(|row| &row.student_id)),
            notes: std::mem::take(&mut run.notes),
            run,
            instance,
            policy,
            outcome,
            bytes,
            overview: OnceLock::new(),
            explained: Explained::default(),
        }
    }

    /// The id of the run in addresses.
    pub fn id(&self) -> &str {
        self.run.name.trim_start_matches("runs/")
    }

    /// What people call it.
    pub fn title(&self) -> String {
        title(&self.run)
    }

    /// A student by number, counted from 1.
    pub fn student(&self, number: usize) -> Option<&pb::Student> {
        self.instance.students.get(number.checked_sub(1)?)
    }

    /// A project by number, counted from 1.
    pub fn project(&self, number: usize) -> Option<&pb::Project> {
        self.instance.projects.get(number.checked_sub(1)?)
    }

    /// A host by number, counted from 1.
    pub fn host(&self, number: usize) -> Option<&pb::Host> {
        self.instance.hosts.get(number.checked_sub(1)?)
    }

    /// The number of a student.
    pub fn student_number(&self, id: &str) -> Option<usize> {
        self.students.get(id).map(|at| at + 1)
    }

    /// The number of a project.
    pub fn project_number(&self, id: &str) -> Option<usize> {
        self.projects.get(id).map(|at| at + 1)
    }

    /// The number of a host.
    pub fn host_number(&self, id: &str) -> Option<usize> {
        self.hosts.get(id).map(|at| at + 1)
    }

    /// Where a student goes.
    pub fn place_of(&self, student: &str) -> Option<&pb::Assignment> {
        self.outcome.as_ref()?.assignments.get(*self.places.get(student)?)
    }

    /// The name of a student for people.
    pub fn student_name<'a>(&'a self, id: &'a str) -> &'a str {
        let row = self.student_number(id).and_then(|number| self.student(number));
        row.map(|row| row.display_name.as_str()).filter(|name| !name.is_empty()).unwrap_or(id)
    }

    /// The title of a project for people.
    pub fn project_name<'a>(&'a self, id: &'a str) -> &'a str {
        let row = self.project_number(id).and_then(|number| self.project(number));
        row.map(|row| row.title.as_str()).filter(|title| !title.is_empty()).unwrap_or(id)
    }

    /// The title of a host for people.
    pub fn host_name<'a>(&'a self, id: &'a str) -> &'a str {
        let row = self.host_number(id).and_then(|number| self.host(number));
        row.map(|row| row.title.as_str()).filter(|title| !title.is_empty()).unwrap_or(id)
    }

    /// The country of a project: its own, else its host's.
    pub fn country_of<'a>(&'a self, project: &'a pb::Project) -> &'a str {
        if !project.country_code.is_empty() {
            return &project.country_code;
        }
        self.host_number(&project.host_id).and_then(|number| self.host(number)).map_or("", |host| &host.country_code)
    }

    /// The pictures of its first page, where they were drawn.
    pub fn overview(&self) -> Option<&str> {
        self.overview.get().map(String::as_str)
    }

    /// Keeps them.
    pub fn keep_overview(&self, drawn: &str) {
        // Whoever drew them first drew the same.
        let _ = self.overview.set(drawn.to_owned());
    }
}

/// What people call a run; of one without a name when it was stored.
pub(crate) fn title(run: &pb::Run) -> String {
    if !run.display_name.is_empty() {
        return run.display_name.clone();
    }
    let when = run.create_time.as_ref().map(|time| moment(time.seconds)).unwrap_or_default();
    let of = if run.term.is_empty() { String::new() } else { format!(" of {}", run.term) };
    format!("Run{of}, {when}")
}

/// The runs that are kept, the one looked at last at the end.
#[derive(Default)]
pub(crate) struct ShownRuns(Mutex<Vec<Arc<ShownRun>>>);

impl ShownRuns {
    fn known(&self, name: &str) -> Option<Arc<ShownRun>> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = kept.iter().position(|shown| shown.run.name == name)?;
        let shown = kept.remove(at);
        kept.push(shown.clone());
        Some(shown)
    }

    /// Forgets a run.
    pub fn forget(&self, name: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).retain(|known| known.run.name != name);
    }

    fn keep(&self, shown: &Arc<ShownRun>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|known| known.run.name != shown.run.name);
        kept.push(shown.clone());
        while kept.len() > 1 && kept.iter().map(|shown| shown.bytes).sum::<usize>() > MOST_BYTES {
            kept.remove(0);
        }
    }
}

/// A run as it is now, without its season.
pub(crate) async fn look(console: &Console, principal: &Principal, id: &str) -> Result<Run, Trouble> {
    let id = RunId::parse(id).ok_or_else(|| Trouble::nothing("run"))?;
    let run = console.services().store.run(principal.reach(), &id).await?;
    run.ok_or_else(|| Trouble::nothing("run"))
}

/// Notes that something of a run is read, where it may be.
async fn note(console: &Console, principal: &Principal, shown: &ShownRun, deed: Deed) -> Result<(), Trouble> {
    let id = RunId::of_name(&shown.run.name).ok_or_else(|| Trouble::nothing("run"))?;
    note_all(console, principal, &id, &[deed]).await
}

async fn note_all(console: &Console, principal: &Principal, id: &RunId, deeds: &[Deed]) -> Result<(), Trouble> {
    let read = console.services().store.read(principal.reach(), id, &[], (&principal.name, deeds)).await?;
    read.map(|_| ()).ok_or_else(|| Trouble::nothing("run"))
}

/// A run with its season; that it is read is on record.
pub(crate) async fn read(console: &Console, principal: &Principal, id: &str) -> Result<Arc<ShownRun>, Trouble> {
    let nothing = || Trouble::nothing("run");
    let id = RunId::parse(id).ok_or_else(nothing)?;
    if !principal.may(Scope::Read) {
        return Err(Trouble::not_allowed());
    }
    if let Some(known) = console.0.runs.known(&id.name()) {
        note_all(console, principal, &id, &[Deed::RequestRead, Deed::OutcomeRead]).await?;
        return Ok(known);
    }
    let asked = pb::GetRunRequest { name: id.name(), view: pb::get_run_request::View::Full as i32 };
    let run = console.services().call(principal, asked).await.map_err(|refusal| match refusal.kind {
        // In the same words as above: nobody learns what others looked at.
        Kind::NotFound => nothing(),
        _ => refusal.into(),
    })?;
    let is_finished =
        [pb::run::State::Succeeded, pb::run::State::Cancelled, pb::run::State::Failed].contains(&run.state());
    let shown = tokio::task::spawn_blocking(move || Arc::new(ShownRun::new(run))).await;
    let shown = shown.map_err(|_| Trouble::fault())?;
    if is_finished {
        console.0.runs.keep(&shown);
    }
    Ok(shown)
}
