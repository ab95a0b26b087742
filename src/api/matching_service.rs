//! `MatchingService`: each handler takes a slot and makes its call there.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status};

use super::deadline::Deadline;
use super::slots::Slots;
use super::status;
use crate::calls::{self, CallError, Caller};
use crate::solve::{Cancel, SolverCommand};
use crate::wire::pb::matching_service_server::MatchingService;
use crate::wire::{SizeLimits, pb};

/// Evaluations under way to a caller that reads slowly.
const STREAM_BUFFER: usize = 64;

/// How long a caller may take to make room for one more evaluation.
const PATIENCE: Duration = Duration::from_secs(30);

/// Sends an evaluation from a worker's thread; breaks off where the caller has gone or does not read.
fn send(stream: &mpsc::Sender<Result<pb::PairEvaluation, Status>>, pair: pb::PairEvaluation) -> ControlFlow<()> {
    let Err(TrySendError::Full(waiting)) = stream.try_send(Ok(pair)) else {
        return if stream.is_closed() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
    };
    let sent = Handle::current().block_on(tokio::time::timeout(PATIENCE, stream.send(waiting)));
    if matches!(sent, Ok(Ok(()))) { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
}

/// The service.
pub(super) struct Matching {
    solver: SolverCommand,
    sizes: SizeLimits,
    slots: Slots,
}

impl Matching {
    /// The service with its limits and slots.
    pub fn new(solver: SolverCommand, sizes: SizeLimits, slots: Slots) -> Self {
        Self { solver, sizes, slots }
    }

    /// Makes a call in a slot.
    async fn call<M: Send + 'static, T: Send + 'static>(
        &self,
        request: Request<M>,
        call: impl FnOnce(M, &Caller) -> Result<T, CallError> + Send + 'static,
    ) -> Result<T, Status> {
        let caller = self.caller(&request);
        let message = request.into_inner();
        self.slots
            .run(move |cancel| call(message, &Caller { cancel, ..caller }).map_err(|error| status::call(&error)))
            .await
    }

    fn caller<M>(&self, request: &Request<M>) -> Caller {
        let deadline: Option<Instant> = request.extensions().get::<Deadline>().map(|deadline| deadline.0);
        Caller { sizes: self.sizes, arrived: Instant::now(), deadline, cancel: Cancel::default() }
    }
}

#[tonic::async_trait]
impl MatchingService for Matching {
    async fn validate(&self, request: Request<pb::ValidateRequest>) -> Result<Response<pb::ValidateResponse>, Status> {
        self.call(request, calls::validate).await.map(Response::new)
    }

    type EvaluateStream = ReceiverStream<Result<pb::PairEvaluation, Status>>;

    async fn evaluate(&self, request: Request<pb::EvaluateRequest>) -> Result<Response<Self::EvaluateStream>, Status> {
        let caller = self.caller(&request);
        let evaluations = self.call(request, calls::read_evaluations).await?;
        let (sender, receiver) = mpsc::channel(STREAM_BUFFER);
        let slots = self.slots.clone();
        tokio::spawn(async move {
            let stream = sender.clone();
            let tell = move |cancel| {
                let caller = Caller { cancel, ..caller };
                let told = evaluations.tell(&caller, |pair| send(&stream, pair));
                told.map_err(|error| status::call(&error))
            };
            let told = tokio::select! {
                told = slots.run(tell) => told,
                // The caller has gone; its place in the line and its slot are given up.
                () = sender.closed() => return,
            };
            if let Err(ended) = told {
                let _ = tokio::time::timeout(PATIENCE, sender.send(Err(ended))).await;
            }
        });
        Ok(Response::new(ReceiverStream::new(receiver)))
    }

    async fn r#match(&self, request: Request<pb::MatchRequest>) -> Result<Response<pb::MatchResponse>, Status> {
        let solver = self.solver.clone();
        self.call(request, move |message, caller| calls::solve(message, caller, &solver)).await.map(Response::new)
    }

    async fn check(&self, request: Request<pb::CheckRequest>) -> Result<Response<pb::CheckResponse>, Status> {
        self.call(request, calls::check).await.map(Response::new)
    }

    async fn get_sample(
        &self,
        request: Request<pb::GetSampleRequest>,
    ) -> Result<Response<pb::GetSampleResponse>, Status> {
        self.call(request, |message, _| calls::sample(&message)).await.map(Response::new)
    }
}
