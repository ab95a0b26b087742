//! `DeskService`: files in and out. Stored runs are read before a call takes its slot; nothing is stored.

use tonic::{Request, Response, Status};

use super::computing::Computing;
use super::door::Scope;
use super::principal::Principal;
use super::status;
use super::stored_runs::finished;
use crate::stubs::desk_service_server::DeskService;
use calls::desk::{self, NamedRuns};
use rules::finding::At;
use store::{Deed, Store};
use wire::pb;

/// The service; without a store no run is found.
pub(super) struct Desk {
    pub computing: Computing,
    pub store: Option<Store>,
}

impl Desk {
    /// The runs that a call is about. A run asks of its caller what `RunService` does, a season that is sent what `MatchingService` does.
    async fn named(
        &self,
        principal: &Principal,
        run: &str,
        before: Before<'_>,
        deed: Deed,
    ) -> Result<NamedRuns, Status> {
        let names_run = !run.is_empty() || matches!(before, Before::Run(_));
        for (scope, is_asked) in [(Scope::Read, names_run), (Scope::Run, run.is_empty())] {
            if is_asked && !principal.may(scope) {
                return Err(status::not_allowed(scope.name()));
            }
        }
        let run = match run {
            "" => None,
            name => Some(self.run(principal, name, At::root("run"), deed).await?),
        };
        let before = match (before, run.as_ref().and_then(|run| run.base.as_ref())) {
            (Before::Run(name), _) => Some(self.run(principal, name, At::root("before_run"), Deed::Compared).await?),
            // It may be deleted by now, and then nothing is compared.
            (Before::Unset, Some(base)) => {
                self.run(principal, &base.name(), At::root("run"), Deed::Compared).await.ok()
            }
            (Before::Unset | Before::Sent, _) => None,
        };
        Ok(NamedRuns { run, before })
    }

    async fn run(&self, principal: &Principal, name: &str, at: At<'_>, deed: Deed) -> Result<calls::StoredRun, Status> {
        let store = self.store.as_ref().ok_or_else(status::run_not_found)?;
        finished(store, principal, name, at, deed).await
    }
}

/// What a matching is compared with.
enum Before<'a> {
    Unset,
    Sent,
    Run(&'a str),
}

#[tonic::async_trait]
impl DeskService for Desk {
    async fn import_season(
        &self,
        request: Request<pb::ImportSeasonRequest>,
    ) -> Result<Response<pb::ImportSeasonResponse>, Status> {
        let principal = Principal::of(&request);
        let base = match request.get_ref().base_run.as_str() {
            "" => None,
            name => Some(self.run(&principal, name, At::root("base_run"), Deed::BasedOn).await?),
        };
        let import = move |message, caller: &_| desk::import(message, base.as_ref(), caller);
        self.computing.short(request, import).await?.map(Response::new).ok_or_else(status::damaged)
    }

    async fn get_template(
        &self,
        request: Request<pb::GetTemplateRequest>,
    ) -> Result<Response<pb::GetTemplateResponse>, Status> {
        self.computing.short(request, |message, _| desk::template(&message)).await.map(Response::new)
    }

    async fn export(&self, request: Request<pb::ExportRequest>) -> Result<Response<pb::ExportResponse>, Status> {
        let principal = Principal::of(&request);
        let message = request.get_ref();
        let before = match &message.before {
            None => Before::Unset,
            Some(pb::export_request::Before::BeforeOutcome(_)) => Before::Sent,
            Some(pb::export_request::Before::BeforeRun(name)) => Before::Run(name),
        };
        let named = self.named(&principal, &message.run, before, Deed::Exported).await?;
        let export = move |message, caller: &_| desk::export(message, named, caller);
        self.computing.short(request, export).await?.map(Response::new).ok_or_else(status::damaged)
    }

    async fn report(&self, request: Request<pb::ReportRequest>) -> Result<Response<pb::ReportResponse>, Status> {
        let principal = Principal::of(&request);
        let message = request.get_ref();
        let before = match &message.before {
            None => Before::Unset,
            Some(pb::report_request::Before::BeforeOutcome(_)) => Before::Sent,
            Some(pb::report_request::Before::BeforeRun(name)) => Before::Run(name),
        };
        let named = self.named(&principal, &message.run, before, Deed::Reported).await?;
        let solver = self.computing.solver.clone();
        let report = move |message, caller: &_| desk::report(message, named, caller, &solver);
        self.computing.solve(request, report).await?.map(Response::new).ok_or_else(status::damaged)
    }
}
