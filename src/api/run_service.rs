//! `RunService`: stores runs and tells of them; workers solve them.

mod watching;

use tokio::sync::watch;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status};

use super::computing::{Asker, Computing};
use super::paging;
use super::principal::Principal;
use super::status;
use super::stored_runs::{finished, run_id};
use crate::stubs::run_service_server::RunService;
use calls::{self, StoredRun};
use rules::codes;
use rules::domain::RunId;
use rules::finding::At;
use store::{Deed, Entry, Part, Store};
pub use watching::WatchLimits;
use watching::Watching;
use wire::pb::get_run_request::View;
use wire::pb::list_runs_request::Order;
use wire::{self, pb};

/// What the service is told by whoever starts it.
#[derive(Debug, Clone, Copy)]
pub struct RunLimits {
    /// How long a run is kept after it was stored, in seconds. Unset: until it is deleted.
    pub keep_seconds: Option<i64>,
    /// How many of one caller's runs may wait.
    pub most_waiting: i64,
}

/// The service.
pub(super) struct Runs {
    computing: Computing,
    store: Store,
    limits: RunLimits,
    watching: Watching,
}

impl Runs {
    /// The service of a store; streams end when `stop` says true.
    pub fn new(
        computing: Computing,
        store: Store,
        limits: RunLimits,
        watches: WatchLimits,
        stop: watch::Receiver<bool>,
    ) -> Self {
        Self { computing, store: store.clone(), limits, watching: Watching::new(store, watches, stop) }
    }

    /// The stored parts of a run that has an outcome; that the caller reads them is on record.
    async fn finished(&self, principal: &Principal, name: &str, at: At<'_>, deed: Deed) -> Result<StoredRun, Status> {
        finished(&self.store, principal, name, at, deed).await
    }

    /// Entries of the ledger with whom they are about, where the run is still there.
    async fn told(&self, principal: &Principal, entries: &[Entry]) -> Result<Vec<pb::Override>, Status> {
        let mut told = Vec::with_capacity(entries.len());
        let mut of_run: Option<(&RunId, [Vec<pb::Override>; 2])> = None;
        for entry in entries {
            if of_run.as_ref().is_none_or(|(run, _)| *run != &entry.run) {
                let parts = [Part::Overrides, Part::Effects];
                let deed = (principal.name.as_str(), &[Deed::OverridesRead][..]);
                let read = self.store.read(principal.reach(), &entry.run, &parts, deed).await;
                let read = read.map_err(|error| status::store(&error))?.map(|(_, parts)| parts).unwrap_or_default();
                let mut read = read.into_iter().map(|part| {
                    stored::<pb::StoredOverrides>(part).map(|part| part.map(|part| part.overrides).unwrap_or_default())
                });
                let mut next = || read.next().unwrap_or_else(|| Ok(Vec::new()));
                of_run = Some((&entry.run, [next()?, next()?]));
            }
            let Some((_, [made, effects])) = &of_run else { continue };
            let of = |list: &Vec<pb::Override>| usize::try_from(entry.place).ok().and_then(|at| list.get(at).cloned());
            told.push(pb::Override {
                effect: of(effects).and_then(|told| told.effect),
                ..wire::write_entry(entry.run.name(), &entry.made_by, entry.made, entry.kind, of(made))
            });
        }
        Ok(told)
    }
}

/// A stored message, where there is one.
fn stored<M: wire::Stored>(bytes: Option<Vec<u8>>) -> Result<Option<M>, Status> {
    bytes.map(|bytes| wire::decode(&bytes).ok_or_else(status::damaged)).transpose()
}

#[tonic::async_trait]
impl RunService for Runs {
    async fn create_run(&self, request: Request<pb::CreateRunRequest>) -> Result<Response<pb::Run>, Status> {
        let principal = Principal::of(&request);
        let message = request.get_ref();
        // What is known needs its base run no more.
        let known = match wire::request_key(message) {
            Some((id, digest)) if !message.validate_only => self.store.known(&principal.name, id, &digest).await,
            _ => Ok(None),
        };
        if let Some(known) = known.map_err(|error| status::store(&error))? {
            return Ok(Response::new(wire::write_run(&known)));
        }
        let base = match &message.base_run {
            name if name.is_empty() => None,
            name => Some(self.finished(&principal, name, At::root("base_run"), Deed::BasedOn).await?),
        };
        let asker = Asker::of(&request);
        let owner = principal.name.clone();
        let of = owner.clone();
        let prepare = move |message, caller: &_| calls::prepare(message, &of, base, caller);
        let prepared = self.computing.short(request, prepare).await?;
        let prepared = prepared.ok_or_else(status::damaged)?;
        if let Some((findings, question)) = prepared.judged {
            // What the call itself would be refused for.
            if let Some(id) = &prepared.new.request_id {
                let known = self.store.known(&owner, id, &prepared.new.payload_digest).await;
                known.map_err(|error| status::store(&error))?;
            }
            let found = self.computing.diagnose(&asker, question).await?;
            let findings = found.iter().map(wire::write_finding).chain(findings).collect();
            return Ok(Response::new(pb::Run { findings, ..wire::write_new_run(&prepared.new) }));
        }
        let kinds: Vec<i32> = prepared.decisions.iter().map(|made| made.kind).collect();
        let overrides = pb::StoredOverrides { overrides: prepared.decisions };
        let overrides = (!kinds.is_empty()).then(|| (Part::Overrides, wire::encode(&overrides)));
        let changes = prepared.changes.map(|bytes| (Part::Changes, bytes));
        let request = std::iter::once((Part::Request, prepared.request));
        let notes = Some(prepared.notes).filter(|notes| !notes.is_empty());
        let notes = notes.map(|notes| (Part::Notes, notes.into_bytes()));
        let parts: Vec<_> = request.chain(changes).chain(overrides).chain(notes).collect();
        let RunLimits { keep_seconds, most_waiting } = self.limits;
        let created = self.store.create(&prepared.new, &parts, &kinds, keep_seconds, most_waiting).await;
        let created = created.map_err(|error| status::store(&error))?;
        if created.is_new {
            tracing::info!(run = %created.run.id, "a run was stored");
        }
        Ok(Response::new(wire::write_run(&created.run)))
    }

    async fn preview_run(
        &self,
        request: Request<pb::PreviewRunRequest>,
    ) -> Result<Response<pb::PreviewRunResponse>, Status> {
        let principal = Principal::of(&request);
        let base =
            self.finished(&principal, &request.get_ref().base_run, At::root("base_run"), Deed::Previewed).await?;
        let solver = self.computing.solver.clone();
        let preview = move |message, caller: &_| calls::preview_run(message, base, caller, &solver);
        self.computing.solve(request, preview).await?.map(Response::new).ok_or_else(status::damaged)
    }

    async fn get_run(&self, request: Request<pb::GetRunRequest>) -> Result<Response<pb::Run>, Status> {
        let principal = Principal::of(&request);
        let message = request.into_inner();
        let id = run_id(&message.name, At::root("name"))?;
        let view = View::try_from(message.view).map_err(|_| {
            status::field(&codes::UNKNOWN_ENUM_VALUE, At::root("view"), "the number stands for none of the values")
        })?;
        let run = self.store.run(principal.reach(), &id).await.map_err(|error| status::store(&error))?;
        let run = run.ok_or_else(status::run_not_found)?;
        let (parts, deeds): (&[Part], &[Deed]) = match view {
            View::Unspecified | View::Outcome if run.outcome_status.is_some() => {
                (&[Part::Outcome], &[Deed::OutcomeRead])
            }
            View::Unspecified | View::Outcome | View::Basic => return Ok(Response::new(wire::write_run(&run))),
            View::Full => {
                (&[Part::Outcome, Part::Request, Part::Changes, Part::Notes], &[Deed::RequestRead, Deed::OutcomeRead])
            }
        };
        let read = self.store.read(principal.reach(), &id, parts, (&principal.name, deeds)).await;
        let (run, parts) = read.map_err(|error| status::store(&error))?.ok_or_else(status::run_not_found)?;
        let mut parts = parts.into_iter();
        let mut next = || parts.next().flatten();
        let outcome = stored(next())?.filter(|_| run.state.is_finished());
        let request = stored::<pb::MatchRequest>(next())?
            .map(|asked| pb::RunRequest { instance: asked.instance, policy: asked.policy });
        let changes = stored::<pb::CreateRunRequest>(next())?.map(|asked| asked.changes).unwrap_or_default();
        let notes = next().map(String::from_utf8).transpose().map_err(|_| status::damaged())?.unwrap_or_default();
        Ok(Response::new(pb::Run { notes, outcome, request, changes, ..wire::write_run(&run) }))
    }

    async fn list_runs(&self, request: Request<pb::ListRunsRequest>) -> Result<Response<pb::ListRunsResponse>, Status> {
        let principal = Principal::of(&request);
        let message = request.into_inner();
        let size = paging::size(message.page_size)?;
        let filter = wire::read_filter(&message).map_err(|faults| status::faults(&faults))?;
        let order = if filter.oldest_first { Order::OldestFirst } else { Order::NewestFirst } as i32;
        let asked = pb::ListRunsRequest { page_size: 0, page_token: String::new(), order, ..message.clone() };
        let list = paging::List::of(&asked);
        let after = list.read_token(&message.page_token)?;
        let page = self.store.list(principal.reach(), &filter, after.as_ref(), size).await;
        let page = page.map_err(|error| status::store(&error))?;
        Ok(Response::new(pb::ListRunsResponse {
            runs: page.runs.iter().map(wire::write_run).collect(),
            next_page_token: page.next.as_ref().map_or_else(String::new, |next| list.write_token(next)),
        }))
    }

    type WatchRunStream = ReceiverStream<Result<pb::Run, Status>>;

    async fn watch_run(&self, request: Request<pb::WatchRunRequest>) -> Result<Response<Self::WatchRunStream>, Status> {
        let principal = Principal::of(&request);
        let id = run_id(&request.get_ref().name, At::root("name"))?;
        self.watching.watch(principal, id).await.map(Response::new)
    }

    async fn cancel_run(&self, request: Request<pb::CancelRunRequest>) -> Result<Response<pb::Run>, Status> {
        let principal = Principal::of(&request);
        let id = run_id(&request.get_ref().name, At::root("name"))?;
        let cancelled = self.store.cancel(principal.reach(), &id, &principal.name).await;
        let run = cancelled.map_err(|error| status::store(&error))?.ok_or_else(status::run_not_found)?;
        Ok(Response::new(wire::write_run(&run)))
    }

    async fn delete_run(
        &self,
        request: Request<pb::DeleteRunRequest>,
    ) -> Result<Response<pb::DeleteRunResponse>, Status> {
        let principal = Principal::of(&request);
        let id = run_id(&request.get_ref().name, At::root("name"))?;
        let deleted = self.store.delete(principal.reach(), &id, &principal.name).await;
        if deleted.map_err(|error| status::store(&error))? {
            Ok(Response::new(pb::DeleteRunResponse {}))
        } else {
            Err(status::run_not_found())
        }
    }

    async fn explain_run(
        &self,
        request: Request<pb::ExplainRunRequest>,
    ) -> Result<Response<pb::ExplainResponse>, Status> {
        let principal = Principal::of(&request);
        let run = self.finished(&principal, &request.get_ref().name, At::root("name"), Deed::Explained).await?;
        let solver = self.computing.solver.clone();
        let explain = move |message, caller: &_| calls::explain_run(message, &run, caller, &solver);
        self.computing.solve(request, explain).await?.map(Response::new).ok_or_else(status::damaged)
    }

    async fn what_if_run(
        &self,
        request: Request<pb::WhatIfRunRequest>,
    ) -> Result<Response<pb::WhatIfResponse>, Status> {
        let principal = Principal::of(&request);
        let run = self.finished(&principal, &request.get_ref().name, At::root("name"), Deed::WhatIfAsked).await?;
        let solver = self.computing.solver.clone();
        let what_if = move |message, caller: &_| calls::what_if_run(message, &run, caller, &solver);
        self.computing.solve(request, what_if).await?.map(Response::new).ok_or_else(status::damaged)
    }

    async fn compare_runs(
        &self,
        request: Request<pb::CompareRunsRequest>,
    ) -> Result<Response<pb::CompareRunsResponse>, Status> {
        let principal = Principal::of(&request);
        let message = request.get_ref();
        let before = self.finished(&principal, &message.before, At::root("before"), Deed::Compared).await?;
        let after = self.finished(&principal, &message.after, At::root("after"), Deed::Compared).await?;
        let solver = self.computing.solver.clone();
        let compare = move |_, caller: &_| calls::compare_runs(&before, &after, caller, &solver);
        self.computing.solve(request, compare).await?.map(Response::new).ok_or_else(status::damaged)
    }

    async fn list_overrides(
        &self,
        request: Request<pb::ListOverridesRequest>,
    ) -> Result<Response<pb::ListOverridesResponse>, Status> {
        let principal = Principal::of(&request);
        let message = request.into_inner();
        let size = paging::size(message.page_size)?;
        let list = paging::List::of(&pb::ListOverridesRequest { run: message.run.clone(), ..Default::default() });
        let after = list.read_entry_token(&message.page_token)?;
        let run = match message.run.as_str() {
            "" => None,
            name => Some(run_id(name, At::root("run"))?),
        };
        let page = self.store.ledger(principal.reach(), run.as_ref(), after.as_ref(), size).await;
        let (entries, more) = page.map_err(|error| status::store(&error))?;
        let next_page_token =
            entries.last().filter(|_| more).map_or_else(String::new, |entry| list.write_entry_token(entry));
        Ok(Response::new(pb::ListOverridesResponse {
            overrides: self.told(&principal, &entries).await?,
            next_page_token,
        }))
    }
}
