//! What an operator sees of every call: figures, a line in the log, and a span. None of it holds anything that a request or an answer does.

use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::Instant;

use http_body::{Body as HttpBody, Frame, SizeHint};
use http_body_util::BodyExt;
use opentelemetry::global;
use opentelemetry::propagation::Extractor;
use tonic::body::Body;
use tonic::codegen::Bytes;
use tonic::codegen::http::{HeaderMap, HeaderValue, Request, Response};
use tonic::{Code, Status};
use tower::{Layer, Service};
use tracing::{Instrument, Span};
use tracing_opentelemetry::OpenTelemetrySpanExt;

use super::door;

/// The header by which a caller and an operator speak of the same call.
const REQUEST_ID: &str = "x-request-id";

/// The longest id of a call that a caller may choose.
const MOST_ID_BYTES: usize = 64;

/// The codes that are the server's fault (OpenTelemetry, Semantic conventions for gRPC).
const IS_FAULT: [&str; 6] = ["UNKNOWN", "DEADLINE_EXCEEDED", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS"];

/// Who calls, once the door knows.
#[derive(Clone, Default)]
pub(super) struct CallerCell(Arc<OnceLock<String>>);

impl CallerCell {
    /// Says who it is.
    pub fn set(&self, caller: &str) {
        Span::current().record("caller", caller);
        // It is said once.
        let _ = self.0.set(caller.to_owned());
    }
}

/// A call from its beginning to the end of its answer.
struct Call {
    method: &'static str,
    id: HeaderValue,
    caller: CallerCell,
    begun: Instant,
    span: Span,
    code: Option<Code>,
}

impl Call {
    fn begin(method: &'static str, id: HeaderValue, caller: CallerCell, span: Span) -> Self {
        metrics::gauge!("misti_calls_in_flight", "method" => method).increment(1.0);
        Self { method, id, caller, begun: Instant::now(), span, code: None }
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        // An answer that was not read to its end was given up by the caller.
        let code = name(self.code.unwrap_or(Code::Cancelled));
        let (method, seconds) = (self.method, self.begun.elapsed().as_secs_f64());
        metrics::gauge!("misti_calls_in_flight", "method" => method).decrement(1.0);
        metrics::counter!("misti_calls_total", "method" => method, "code" => code).increment(1);
        metrics::histogram!("misti_call_seconds", "method" => method).record(seconds);
        self.span.record("code", code);
        if IS_FAULT.contains(&code) {
            self.span.record("otel.status_code", "ERROR");
        }
        let caller = self.caller.0.get().map_or("", String::as_str);
        let id = self.id.to_str().unwrap_or_default();
        if door::is_health(method) {
            tracing::debug!(parent: None, method, code, seconds, caller, id, "a call has ended");
        } else {
            tracing::info!(parent: None, method, code, seconds, caller, id, "a call has ended");
        }
    }
}

/// The name of a code as the gRPC documents write it.
fn name(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "CANCELLED",
        Code::Unknown => "UNKNOWN",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Internal => "INTERNAL",
        Code::Unavailable => "UNAVAILABLE",
        Code::DataLoss => "DATA_LOSS",
        Code::Unauthenticated => "UNAUTHENTICATED",
    }
}

/// The code that headers or trailers tell.
fn code(headers: &HeaderMap) -> Option<Code> {
    Status::from_header_map(headers).map(|status| status.code())
}

/// The id of a call: the caller's, where it is one, else a new one.
fn id(request: &Request<Body>) -> HeaderValue {
    let is_id = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
    let given = request.headers().get(REQUEST_ID);
    let given = given.filter(|id| (1..=MOST_ID_BYTES).contains(&id.len()) && id.as_bytes().iter().all(is_id));
    let new = || HeaderValue::from_str(&uuid::Uuid::now_v7().to_string()).unwrap_or(HeaderValue::from_static("none"));
    given.cloned().unwrap_or_else(new)
}

/// The headers in which a caller says of which trace its call is a part (W3C Trace Context).
struct Headers<'a>(&'a HeaderMap);

impl Extractor for Headers<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).and_then(|value| value.to_str().ok())
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(|name| name.as_str()).collect()
    }
}

/// The body of an answer, which ends the call.
struct Answered {
    inner: Body,
    call: Call,
}

impl HttpBody for Answered {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let frame = Pin::new(&mut self.inner).poll_frame(context);
        match &frame {
            Poll::Ready(Some(Ok(frame))) => {
                add_bytes("misti_sent_bytes_total", frame);
                if let Some(told) = frame.trailers_ref().and_then(code) {
                    self.call.code = Some(told);
                }
            }
            Poll::Ready(Some(Err(status))) => self.call.code = Some(status.code()),
            Poll::Ready(None) | Poll::Pending => {}
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

fn add_bytes(figure: &'static str, frame: &Frame<Bytes>) {
    let bytes = frame.data_ref().map_or(0, Bytes::len);
    metrics::counter!(figure).increment(bytes as u64);
}

/// Adds [`ObserveService`] to a server.
#[derive(Clone, Copy)]
pub(super) struct ObserveLayer;

impl<S> Layer<S> for ObserveLayer {
    type Service = ObserveService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        ObserveService { inner }
    }
}

/// See the module.
#[derive(Clone)]
pub(super) struct ObserveService<S> {
    inner: S,
}

impl<S> Service<Request<Body>> for ObserveService<S>
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
        let method = door::known_method(request.uri().path());
        let id = id(&request);
        let span = tracing::info_span!(
            "call",
            otel.name = method,
            otel.kind = "server",
            method,
            caller = tracing::field::Empty,
            code = tracing::field::Empty,
            otel.status_code = tracing::field::Empty,
            id = id.to_str().unwrap_or_default(),
        );
        // Without a collector nobody keeps it.
        let _ = span
            .set_parent(global::get_text_map_propagator(|propagator| propagator.extract(&Headers(request.headers()))));
        let caller = CallerCell::default();
        request.extensions_mut().insert(caller.clone());
        let mut call = Call::begin(method, id.clone(), caller, span.clone());
        let request = request.map(|body| {
            Body::new(body.map_frame(|frame| {
                add_bytes("misti_received_bytes_total", &frame);
                frame
            }))
        });
        let answer = span.in_scope(|| self.inner.call(request)).instrument(span.clone());
        Box::pin(async move {
            let mut response = answer.await?;
            response.headers_mut().insert(REQUEST_ID, id);
            call.code = code(response.headers());
            Ok(response.map(|inner| Body::new(Answered { inner, call })))
        })
    }
}
