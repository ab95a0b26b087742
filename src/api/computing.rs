//! What both services compute with: slots, limits and the solver.

use std::time::Instant;

use tonic::{Request, Status};

use super::deadline::Deadline;
use super::slots::{Admission, Slots};
use super::status;
use calls::{self, CallError, Caller};
use engine::Watch;
use solve::{Cancel, SolverCommand};
use wire::SizeLimits;

/// How calls are computed.
#[derive(Clone)]
pub(super) struct Computing {
    /// How to start the solver's process.
    pub solver: SolverCommand,
    /// How much one request may hold.
    pub sizes: SizeLimits,
    /// How many calls are computed at once, and wait.
    pub slots: Slots,
}

impl Computing {
    /// Makes a call in a slot.
    pub async fn call<M: Send + 'static, T: Send + 'static>(
        &self,
        request: Request<M>,
        call: impl FnOnce(M, &Caller) -> Result<T, CallError> + Send + 'static,
    ) -> Result<T, Status> {
        let caller = self.caller(&request);
        self.compute(&self.admit()?, caller, request.into_inner(), call).await
    }

    /// Makes a call at a place that was taken before.
    pub async fn compute<M: Send + 'static, T: Send + 'static>(
        &self,
        admission: &Admission,
        caller: Caller,
        message: M,
        call: impl FnOnce(M, &Caller) -> Result<T, CallError> + Send + 'static,
    ) -> Result<T, Status> {
        let made = move |cancel| call(message, &Caller { cancel, ..caller }).map_err(|error| status::call(&error));
        admission.compute(made).await
    }

    /// Takes a place for a call, or sheds it.
    pub fn admit(&self) -> Result<Admission, Status> {
        self.slots.admit()
    }

    /// What every call needs.
    pub fn caller<M>(&self, request: &Request<M>) -> Caller {
        let deadline: Option<Instant> = request.extensions().get::<Deadline>().map(|deadline| deadline.0);
        Caller {
            sizes: self.sizes,
            arrived: Instant::now(),
            deadline,
            cancel: Cancel::default(),
            today: calls::today(),
            watch: Watch::default(),
        }
    }
}
