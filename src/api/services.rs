//! [`Services`]: the calls, for a door that does not speak gRPC. Such a call asks the same scope, takes a slot of the same, and is refused in the same words.

use std::pin::Pin;
use std::sync::Arc;

use tokio_stream::wrappers::ReceiverStream;
use tokio_stream::{Stream, StreamExt};
use tonic::{Request, Response, Status};

use super::desk_service::Desk;
use super::door::{self, Tokens};
use super::matching_service::Matching;
use super::principal::Principal;
use super::refusal::Refusal;
use super::run_service::Runs;
use super::uploads::{Counting, Uploads};
use crate::stubs::desk_service_server::DeskService;
use crate::stubs::matching_service_server::MatchingService;
use crate::stubs::run_service_server::RunService;
use store::Store;
use wire::{SizeLimits, pb};

/// The calls of a server that stores runs.
#[derive(Clone)]
pub struct Services {
    pub(super) matching: Arc<Matching>,
    pub(super) runs: Arc<Runs>,
    pub(super) desk: Arc<Desk>,
    pub(super) uploads: Uploads,
    /// Where runs, drafts and sessions are.
    pub store: Store,
    /// Who may call; without it whoever reaches the port.
    pub tokens: Option<Tokens>,
    /// How much one request may hold.
    pub sizes: SizeLimits,
    /// Bytes of the largest message.
    pub message_bytes: usize,
    /// How long a run is kept after it was stored, in seconds. Unset: until it is deleted.
    pub keep_seconds: Option<i64>,
}

type Making<'a, T> = Pin<Box<dyn Future<Output = Result<Response<T>, Status>> + Send + 'a>>;

/// A request that is answered once.
pub trait Call: Sized + Send + 'static {
    /// The answer.
    type Answer: Send + 'static;
    /// The path of its method.
    const METHOD: &'static str;
    #[doc(hidden)]
    fn make(services: &Services, request: Request<Self>) -> Making<'_, Self::Answer>;
}

macro_rules! calls {
    ($($service:ident of $name:literal { $($method:literal $request:ident -> $answer:ident by $function:ident)* })*) => {
        $($(
            impl Call for pb::$request {
                type Answer = pb::$answer;
                const METHOD: &'static str = concat!("/misti.matching.v1.", $name, "/", $method);

                fn make(services: &Services, request: Request<Self>) -> Making<'_, Self::Answer> {
                    services.$service.$function(request)
                }
            }
        )*)*

        #[cfg(test)]
        const METHODS: &[&str] = &[$($(<pb::$request as Call>::METHOD),*),*];
    };
}

calls! {
    matching of "MatchingService" {
        "Validate" ValidateRequest -> ValidateResponse by validate
        "Shortlist" ShortlistRequest -> ShortlistResponse by shortlist
        "GetSample" GetSampleRequest -> GetSampleResponse by get_sample
        "Check" CheckRequest -> CheckResponse by check
    }
    desk of "DeskService" {
        "ImportSeason" ImportSeasonRequest -> ImportSeasonResponse by import_season
        "GetTemplate" GetTemplateRequest -> GetTemplateResponse by get_template
        "Export" ExportRequest -> ExportResponse by export
        "Report" ReportRequest -> ReportResponse by report
    }
    runs of "RunService" {
        "CreateRun" CreateRunRequest -> Run by create_run
        "PreviewRun" PreviewRunRequest -> PreviewRunResponse by preview_run
        "GetRun" GetRunRequest -> Run by get_run
        "ListRuns" ListRunsRequest -> ListRunsResponse by list_runs
        "CancelRun" CancelRunRequest -> Run by cancel_run
        "DeleteRun" DeleteRunRequest -> DeleteRunResponse by delete_run
        "ExplainRun" ExplainRunRequest -> ExplainResponse by explain_run
        "WhatIfRun" WhatIfRunRequest -> WhatIfResponse by what_if_run
        "CompareRuns" CompareRunsRequest -> CompareRunsResponse by compare_runs
        "ListOverrides" ListOverridesRequest -> ListOverridesResponse by list_overrides
    }
}

impl Services {
    /// Makes a call for whoever asks.
    ///
    /// # Errors
    /// What the same call by gRPC would be refused for.
    pub async fn call<C: Call>(&self, principal: &Principal, message: C) -> Result<C::Answer, Refusal> {
        let request = Self::request(principal, C::METHOD, message)?;
        C::make(self, request).await.map(Response::into_inner).map_err(|status| Refusal::of(&status))
    }

    /// A run as it is now and after every change, until it has finished or the caller would be let in no more.
    ///
    /// # Errors
    /// As of a call.
    pub async fn watch(
        &self,
        principal: &Principal,
        run: String,
    ) -> Result<impl Stream<Item = Result<pb::Run, Refusal>> + Send + 'static, Refusal> {
        let method = "/misti.matching.v1.RunService/WatchRun";
        let request = Self::request(principal, method, pb::WatchRunRequest { name: run })?;
        let watched = self.runs.watch_run(request).await.map_err(|status| Refusal::of(&status))?;
        let told: ReceiverStream<_> = watched.into_inner();
        Ok(told.map(|told| told.map_err(|status| Refusal::of(&status))))
    }

    /// The request of a call that its caller may make.
    fn request<M>(principal: &Principal, method: &str, message: M) -> Result<Request<M>, Refusal> {
        door::permit(principal, method).map_err(|status| Refusal::of(&status))?;
        let mut request = Request::new(message);
        request.extensions_mut().insert(principal.clone());
        Ok(request)
    }

    /// The body of a request of `caller`, whose bytes count among those that the server holds, and what counts them until it is answered.
    pub fn counted(&self, caller: &str, body: axum::body::Body) -> (axum::body::Body, Counting) {
        let (body, counting) = self.uploads.count(caller, tonic::body::Body::new(body), true);
        (axum::body::Body::new(body), counting)
    }
}

#[cfg(test)]
mod tests {
    use super::METHODS;
    use crate::door::known_method;

    #[test]
    fn every_call_is_one_that_the_door_knows() {
        assert!(METHODS.len() > 10);
        for method in METHODS {
            assert_eq!(known_method(method), method.trim_start_matches('/'));
        }
    }
}
