//! [`Refusal`]: why a call has no answer, for a door that does not speak gRPC.

use std::error::Error;
use std::time::Duration;

use tonic::{Code, Status};
use tonic_types::StatusExt;

/// Why a call has no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What kind of reason it is.
    pub kind: Kind,
    /// The stable number, such as `M5001`; empty where there is none.
    pub code: String,
    /// What is the matter and what to do, without a student's data.
    pub message: String,
    /// What is the matter with which field, as far as it is told.
    pub fields: Vec<(String, String)>,
    /// After which time the same may go well.
    pub come_again: Option<Duration>,
}

/// What kind of reason a call was refused for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Something of the request is malformed.
    Malformed,
    /// There is no such thing, or none that the caller may see.
    NotFound,
    /// Nobody knows who calls.
    Unknown,
    /// The caller may not do that.
    NotAllowed,
    /// What it is about is in another state, or another request was first.
    Conflict,
    /// There is no room, now or ever.
    Busy,
    /// The store or the server is away.
    Away,
    /// It took too long.
    Late,
    /// A fault of the server.
    Fault,
}

impl Refusal {
    /// Why the body of a request was not read to its end, where the server refused the rest of it.
    pub fn within(error: &(dyn Error + 'static)) -> Option<Self> {
        let mut causes = std::iter::successors(Some(error), |&error| error.source());
        causes.find_map(|error| error.downcast_ref::<Status>()).map(Self::of)
    }

    /// What a status says.
    pub(super) fn of(status: &Status) -> Self {
        let details = status.get_error_details();
        let code = details.error_info().and_then(|info| info.metadata.get("code").cloned());
        let fields = details.bad_request().map_or(&[][..], |bad| &bad.field_violations);
        Self {
            kind: kind(status.code()),
            code: code.unwrap_or_default(),
            message: status.message().to_owned(),
            fields: fields.iter().map(|field| (field.field.clone(), field.description.clone())).collect(),
            come_again: details.retry_info().and_then(|retry| retry.retry_delay),
        }
    }
}

fn kind(code: Code) -> Kind {
    match code {
        Code::InvalidArgument | Code::OutOfRange => Kind::Malformed,
        Code::NotFound => Kind::NotFound,
        Code::Unauthenticated => Kind::Unknown,
        Code::PermissionDenied => Kind::NotAllowed,
        Code::AlreadyExists | Code::FailedPrecondition | Code::Aborted => Kind::Conflict,
        Code::ResourceExhausted => Kind::Busy,
        Code::Unavailable => Kind::Away,
        Code::DeadlineExceeded | Code::Cancelled => Kind::Late,
        Code::Ok | Code::Unknown | Code::Unimplemented | Code::Internal | Code::DataLoss => Kind::Fault,
    }
}
