//! What both services compute with: slots, limits and the solver.

use std::time::{Duration, Instant};

use tonic::{Request, Status};

use super::deadline::Deadline;
use super::principal::Principal;
use super::slots::{Admission, Slots};
use super::status;
use calls::{self, CallError, Caller, Question};
use rules::finding::Finding;
use solve::{Cancel, SolverCommand};
use wire::SizeLimits;

/// How calls are computed.
#[derive(Clone)]
pub(super) struct Computing {
    /// How to start the solver's process.
    pub solver: SolverCommand,
    /// How much one request may hold.
    pub sizes: SizeLimits,
    /// The longest time limit that a call may ask for.
    pub most_time: Duration,
    /// How many calls that solve are computed at once, and wait.
    pub solves: Slots,
    /// The same of calls that don't, so that they never wait for one that does.
    pub short: Slots,
    /// The same of what `Validate` solves, so that it neither waits for those nor holds them up.
    pub diagnoses: Slots,
    /// How long that may take, its time in line included.
    pub validate_time: Duration,
}

/// Who asks, and until when.
pub(super) struct Asker {
    name: String,
    deadline: Option<Instant>,
}

impl Asker {
    pub fn of<M>(request: &Request<M>) -> Self {
        let deadline = request.extensions().get::<Deadline>().map(|deadline| deadline.0);
        Self { name: Principal::of(request).name, deadline }
    }
}

impl Computing {
    /// Makes a call that solves.
    pub async fn solve<M: Send + 'static, T: Send + 'static>(
        &self,
        request: Request<M>,
        call: impl FnOnce(M, &Caller) -> Result<T, CallError> + Send + 'static,
    ) -> Result<T, Status> {
        let admission = self.solves.admit(&Principal::of(&request).name)?;
        self.compute(&admission, request, call).await
    }

    /// Makes a call that does not.
    pub async fn short<M: Send + 'static, T: Send + 'static>(
        &self,
        request: Request<M>,
        call: impl FnOnce(M, &Caller) -> Result<T, CallError> + Send + 'static,
    ) -> Result<T, Status> {
        let admission = self.short.admit(&Principal::of(&request).name)?;
        self.compute(&admission, request, call).await
    }

    /// What a season's rows are found to contradict by a solve, where there is a question. Without a free slot in time it says that nobody
    /// asked, so that what was found before is an answer all the same.
    pub async fn diagnose(&self, asker: &Asker, question: Option<Question>) -> Result<Vec<Finding>, Status> {
        let Some(question) = question else { return Ok(Vec::new()) };
        let until = calls::until(self.validate_time, asker.deadline);
        let solver = self.solver.clone();
        let answer = move |cancel: Cancel| Ok(question.answer(until, cancel, &solver));
        let answered = match self.diagnoses.admit(&asker.name) {
            Ok(admission) => admission.compute_by(until, answer).await?,
            Err(_) => None,
        };
        Ok(answered.unwrap_or_else(|| vec![calls::unasked()]))
    }

    /// Makes a call at a place that was taken before.
    pub async fn compute<M: Send + 'static, T: Send + 'static>(
        &self,
        admission: &Admission,
        request: Request<M>,
        call: impl FnOnce(M, &Caller) -> Result<T, CallError> + Send + 'static,
    ) -> Result<T, Status> {
        let deadline: Option<Instant> = request.extensions().get::<Deadline>().map(|deadline| deadline.0);
        let (sizes, most_time) = (self.sizes, Some(self.most_time));
        let message = request.into_inner();
        let made = move |cancel: Cancel| {
            let caller = Caller { sizes, most_time, deadline, ..Caller::local(cancel) };
            call(message, &caller).map_err(|error| status::call(&error))
        };
        admission.compute(made).await
    }
}
