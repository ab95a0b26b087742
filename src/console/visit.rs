//! [`Visit`]: who looks at a page, and [`Asks`]: what a page asks of them.

use api::Principal;
use api::door::Scope;
use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;

use crate::trouble::Trouble;

/// What a page asks of whoever looks at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asks {
    /// Nothing: nothing of anybody is on it.
    Nothing,
    /// That it is known who they are.
    Anybody,
    /// The scope `read`.
    Read,
    /// The scope `run`.
    Run,
}

/// Who looks at a page.
#[derive(Clone)]
pub(crate) struct Visit {
    /// Who it is to the calls.
    pub principal: Principal,
    /// The browser, for others in the same season; nobody can sign in by it.
    pub visitor: String,
    /// Whether they signed in, and so can sign out.
    pub is_signed_in: bool,
}

impl Visit {
    /// Whether they may do more than read.
    pub fn may_change(&self) -> bool {
        self.principal.may(Scope::Run)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Visit {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Trouble> {
        let visit = parts.extensions.get::<Self>().cloned();
        visit.ok_or_else(|| Trouble::new(StatusCode::UNAUTHORIZED, "Please sign in", "Nobody knows who you are."))
    }
}
