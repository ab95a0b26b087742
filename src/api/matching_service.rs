//! `MatchingService`: each handler takes a slot and makes its call there, of those that solve or of those that don't; `Validate` takes one of
//! its own after that for what it solves.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status};

use super::computing::{Asker, Computing};
use super::deadline::Deadline;
use super::principal::Principal;
use super::slots::Admission;
use super::status;
use crate::stubs::matching_service_server::MatchingService;
use wire::{self, pb};

/// Evaluations under way to a caller that reads slowly.
const STREAM_BUFFER: usize = 64;

/// How long a caller may take to make room for one more evaluation.
const PATIENCE: Duration = Duration::from_secs(30);

/// Sends the evaluations of one student after the other. A slot is held while a student's are made, never while the
/// caller reads.
async fn send_all(
    evaluations: calls::Evaluations,
    admission: &Admission,
    deadline: Option<Instant>,
    sender: &mpsc::Sender<Result<pb::PairEvaluation, Status>>,
) -> Result<(), Status> {
    let evaluations = Arc::new(evaluations);
    for student in 0..evaluations.student_count() {
        let shared = evaluations.clone();
        for pair in admission.compute(move |_| Ok(shared.of_student(student))).await? {
            let patience = Instant::now() + PATIENCE;
            let until = deadline.map_or(patience, |deadline| deadline.min(patience));
            let sent = tokio::time::timeout_at(until.into(), sender.send(Ok(pair))).await;
            sent.map_err(|_| status::deadline_passed())?.map_err(|_| Status::cancelled("the caller has gone"))?;
        }
    }
    Ok(())
}

/// The service.
pub(super) struct Matching(pub Computing);

#[tonic::async_trait]
impl MatchingService for Matching {
    async fn validate(&self, request: Request<pb::ValidateRequest>) -> Result<Response<pb::ValidateResponse>, Status> {
        let asker = Asker::of(&request);
        let (mut response, question) = self.0.short(request, calls::judge).await?;
        wire::add_findings(&mut response, &self.0.diagnose(&asker, question).await?);
        Ok(Response::new(response))
    }

    type EvaluateStream = ReceiverStream<Result<pb::PairEvaluation, Status>>;

    async fn evaluate(&self, request: Request<pb::EvaluateRequest>) -> Result<Response<Self::EvaluateStream>, Status> {
        let deadline = request.extensions().get::<Deadline>().map(|deadline| deadline.0);
        let admission = self.0.short.admit(&Principal::of(&request).name)?;
        let evaluations = self.0.compute(&admission, request, calls::read_evaluations).await?;
        let (sender, receiver) = mpsc::channel(STREAM_BUFFER);
        tokio::spawn(async move {
            let told = tokio::select! {
                told = send_all(evaluations, &admission, deadline, &sender) => told,
                // The caller has gone; its place is given up.
                () = sender.closed() => return,
            };
            if let Err(ended) = told {
                // The last word waits for room no longer than any other.
                let _ = tokio::time::timeout(PATIENCE, sender.send(Err(ended))).await;
            }
        });
        Ok(Response::new(ReceiverStream::new(receiver)))
    }

    async fn r#match(&self, request: Request<pb::MatchRequest>) -> Result<Response<pb::MatchResponse>, Status> {
        let solver = self.0.solver.clone();
        self.0.solve(request, move |message, caller| calls::solve(message, caller, &solver)).await.map(Response::new)
    }

    async fn explain(&self, request: Request<pb::ExplainRequest>) -> Result<Response<pb::ExplainResponse>, Status> {
        let solver = self.0.solver.clone();
        self.0.solve(request, move |message, caller| calls::explain(message, caller, &solver)).await.map(Response::new)
    }

    async fn what_if(&self, request: Request<pb::WhatIfRequest>) -> Result<Response<pb::WhatIfResponse>, Status> {
        let solver = self.0.solver.clone();
        self.0.solve(request, move |message, caller| calls::what_if(message, caller, &solver)).await.map(Response::new)
    }

    async fn compare(&self, request: Request<pb::CompareRequest>) -> Result<Response<pb::CompareResponse>, Status> {
        self.0.short(request, |message, caller| calls::compare(&message, caller)).await.map(Response::new)
    }

    async fn shortlist(
        &self,
        request: Request<pb::ShortlistRequest>,
    ) -> Result<Response<pb::ShortlistResponse>, Status> {
        let solver = self.0.solver.clone();
        self.0
            .solve(request, move |message, caller| calls::shortlist(message, caller, &solver))
            .await
            .map(Response::new)
    }

    async fn check(&self, request: Request<pb::CheckRequest>) -> Result<Response<pb::CheckResponse>, Status> {
        self.0.short(request, calls::check).await.map(Response::new)
    }

    async fn get_sample(
        &self,
        request: Request<pb::GetSampleRequest>,
    ) -> Result<Response<pb::GetSampleResponse>, Status> {
        self.0.short(request, |message, _| calls::sample(&message)).await.map(Response::new)
    }
}
