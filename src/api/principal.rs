//! [`Principal`]: who calls, and whose runs that lets them see.

use tonic::Request;

use super::door::{Pass, Scope};
use store::Reach;

/// The name of whoever calls a server that asks nobody who they are.
pub(super) const LOCAL: &str = "local";

/// Who calls.
#[derive(Clone)]
pub struct Principal {
    /// What owns the caller's runs, and stands in the record of deeds.
    pub name: String,
    /// Whether it sees everybody's runs.
    is_admin: bool,
    /// What let it in; unset on a server that asks nobody who they are.
    pass: Option<Pass>,
}

impl Principal {
    /// Whoever holds a token.
    pub(super) fn with(pass: Pass) -> Self {
        Self { name: pass.name().to_owned(), is_admin: pass.may(Scope::Admin), pass: Some(pass) }
    }

    /// Who makes a call.
    pub(super) fn of<M>(request: &Request<M>) -> Self {
        let known = request.extensions().get::<Self>().cloned();
        known.unwrap_or_else(Self::local)
    }

    /// Whoever reaches a server that asks nobody who they are.
    pub fn local() -> Self {
        Self { name: LOCAL.to_owned(), is_admin: false, pass: None }
    }

    /// Whether it would be let in now.
    pub fn is_known(&self) -> bool {
        self.pass.as_ref().is_none_or(Pass::holds)
    }

    /// Whether it may do what a scope lets.
    pub fn may(&self, scope: Scope) -> bool {
        self.pass.as_ref().is_none_or(|pass| pass.may(scope))
    }

    /// Whose runs it may see.
    pub fn reach(&self) -> Reach<'_> {
        if self.is_admin { Reach::All } else { Reach::Own(&self.name) }
    }
}
