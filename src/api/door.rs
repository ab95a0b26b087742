//! The door: who calls, and whether they may call that.
//!
//! With a file of tokens every call but health has to bring one, and each method asks a scope of it; a method that is not listed is closed.
//! Without a file whoever reaches the port is `local` and may do everything with its own runs, which is why such a server stays on loopback.

mod tokens;

use std::pin::Pin;
use std::task::{Context, Poll};

use super::observe::CallerCell;
use super::principal::Principal;
use super::status;
pub(crate) use tokens::Pass;
pub use tokens::{Scope, Tokens, new_token};
use tonic::body::Body;
use tonic::codegen::http::{Request, Response, header::AUTHORIZATION};
use tower::{Layer, Service};

/// What a method asks of whoever calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asks {
    /// Nothing: it tells no more than that the server is there.
    Nothing,
    /// A token, whatever its scopes.
    Token,
    /// A token with this scope.
    Scope(Scope),
}

/// Every method that is served, and what it asks.
const METHODS: &[(&str, Asks)] = &[
    ("/grpc.health.v1.Health/Check", Asks::Nothing),
    ("/grpc.health.v1.Health/List", Asks::Nothing),
    ("/grpc.health.v1.Health/Watch", Asks::Nothing),
    ("/grpc.reflection.v1.ServerReflection/ServerReflectionInfo", Asks::Token),
    ("/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", Asks::Token),
    ("/misti.matching.v1.MatchingService/Validate", Asks::Scope(Scope::Run)),
    ("/misti.matching.v1.MatchingService/Evaluate", Asks::Scope(Scope::Run)),
    ("/misti.matching.v1.MatchingService/Match", Asks::Scope(Scope::Run)),
    ("/misti.matching.v1.MatchingService/Shortlist", Asks::Scope(Scope::Run)),
    ("/misti.matching.v1.MatchingService/Check", Asks::Scope(Scope::Run)),
    ("/misti.matching.v1.MatchingService/Explain", Asks::Scope(Scope::Run)),
    ("/misti.matching.v1.MatchingService/WhatIf", Asks::Scope(Scope::Run)),
    ("/misti.matching.v1.MatchingService/Compare", Asks::Scope(Scope::Run)),
    ("/misti.matching.v1.MatchingService/GetSample", Asks::Token),
    ("/misti.matching.v1.DeskService/ImportSeason", Asks::Scope(Scope::Run)),
    ("/misti.matching.v1.DeskService/GetTemplate", Asks::Token),
    // What they are about decides: of a run they ask `read`, of a season that is sent `run`.
    ("/misti.matching.v1.DeskService/Export", Asks::Token),
    ("/misti.matching.v1.DeskService/Report", Asks::Token),
    ("/misti.matching.v1.RunService/CreateRun", Asks::Scope(Scope::Run)),
    ("/misti.matching.v1.RunService/CancelRun", Asks::Scope(Scope::Run)),
    ("/misti.matching.v1.RunService/DeleteRun", Asks::Scope(Scope::Run)),
    ("/misti.matching.v1.RunService/PreviewRun", Asks::Scope(Scope::Read)),
    ("/misti.matching.v1.RunService/GetRun", Asks::Scope(Scope::Read)),
    ("/misti.matching.v1.RunService/ListRuns", Asks::Scope(Scope::Read)),
    ("/misti.matching.v1.RunService/WatchRun", Asks::Scope(Scope::Read)),
    ("/misti.matching.v1.RunService/ExplainRun", Asks::Scope(Scope::Read)),
    ("/misti.matching.v1.RunService/WhatIfRun", Asks::Scope(Scope::Read)),
    ("/misti.matching.v1.RunService/CompareRuns", Asks::Scope(Scope::Read)),
    ("/misti.matching.v1.RunService/ListOverrides", Asks::Scope(Scope::Read)),
];

/// What a path asks; `None` where it is not listed.
fn asks(path: &str) -> Option<Asks> {
    METHODS.iter().find(|(listed, _)| *listed == path).map(|&(_, asks)| asks)
}

/// Refuses a call that its caller may not make.
pub(super) fn permit(principal: &Principal, method: &str) -> Result<(), tonic::Status> {
    if !principal.is_known() {
        return Err(status::unauthenticated());
    }
    match asks(method) {
        None => Err(status::not_allowed("none")),
        Some(Asks::Nothing | Asks::Token) => Ok(()),
        Some(Asks::Scope(scope)) if principal.may(scope) => Ok(()),
        Some(Asks::Scope(scope)) => Err(status::not_allowed(scope.name())),
    }
}

/// What a path is called that is not listed.
pub(super) const UNKNOWN: &str = "unknown";

/// A method by its path, without what stands before and between; [`UNKNOWN`] where it is not listed, whatever the caller wrote.
pub(super) fn known_method(path: &str) -> &'static str {
    let known = METHODS.iter().find(|(listed, _)| *listed == path);
    known.map_or(UNKNOWN, |(listed, _)| listed.trim_start_matches('/'))
}

/// Whether a method is one of the health service, which is asked all the time.
pub(super) fn is_health(method: &str) -> bool {
    method.starts_with("grpc.health.")
}

/// Adds [`DoorService`] to a server.
#[derive(Clone)]
pub(super) struct DoorLayer(pub Option<Tokens>);

impl<S> Layer<S> for DoorLayer {
    type Service = DoorService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        DoorService { inner, tokens: self.0.clone() }
    }
}

/// See the module.
#[derive(Clone)]
pub(super) struct DoorService<S> {
    inner: S,
    tokens: Option<Tokens>,
}

impl<S> DoorService<S> {
    /// Who calls, or why nobody is let in.
    fn admit(&self, request: &Request<Body>) -> Result<Principal, tonic::Status> {
        let Some(tokens) = &self.tokens else { return Ok(Principal::local()) };
        let asked = asks(request.uri().path());
        if asked == Some(Asks::Nothing) {
            return Ok(Principal::local());
        }
        let bearer = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token =
            bearer.and_then(|value| value.split_once(' ')).filter(|(kind, _)| kind.eq_ignore_ascii_case("bearer"));
        let pass = token.and_then(|(_, token)| tokens.pass(token.trim())).ok_or_else(|| {
            metrics::counter!("misti_authentication_failures_total").increment(1);
            status::unauthenticated()
        })?;
        let principal = Principal::with(pass);
        permit(&principal, request.uri().path()).inspect_err(|_| tell_caller(request, &principal.name))?;
        Ok(principal)
    }
}

/// Says whose call it is to whoever observes it.
fn tell_caller(request: &Request<Body>, caller: &str) {
    if let Some(cell) = request.extensions().get::<CallerCell>() {
        cell.set(caller);
    }
}

impl<S> Service<Request<Body>> for DoorService<S>
where
    S: Service<Request<Body>, Response = Response<Body>>,
    S::Future: Send + 'static,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        match self.admit(&request) {
            Ok(principal) => {
                tell_caller(&request, &principal.name);
                request.extensions_mut().insert(principal);
                Box::pin(self.inner.call(request))
            }
            Err(refused) => Box::pin(async move { Ok(refused.into_http()) }),
        }
    }
}

#[cfg(test)]
mod tests {
    use prost::Message;
    use prost_types::FileDescriptorSet;

    use super::*;

    #[test]
    fn every_call_of_the_proto_asks_something_of_its_caller_and_nothing_else_is_listed() {
        let files = FileDescriptorSet::decode(wire::DESCRIPTORS).expect("descriptors").file;
        let of_file = |file: &prost_types::FileDescriptorProto| -> Vec<String> {
            let of_service = |service: &prost_types::ServiceDescriptorProto| -> Vec<String> {
                let path = |m: &prost_types::MethodDescriptorProto| {
                    format!("/{}.{}/{}", file.package(), service.name(), m.name())
                };
                service.method.iter().map(path).collect()
            };
            file.service.iter().flat_map(of_service).collect()
        };
        let mut served: Vec<String> = files.iter().flat_map(of_file).collect();
        served.sort();
        let mut listed: Vec<&str> =
            METHODS.iter().map(|&(path, _)| path).filter(|path| path.starts_with("/misti.")).collect();
        listed.sort_unstable();
        assert_eq!(listed, served, "METHODS says what each call asks of its caller");
        for (path, asks) in METHODS.iter().filter(|(path, _)| path.starts_with("/misti.")) {
            assert_ne!(*asks, Asks::Nothing, "{path} is open to everybody");
        }
    }
}
