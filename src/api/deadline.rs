//! The caller's deadline, as gRPC means it.
//!
//! tonic answers a passed deadline with CANCELLED and a message that is too large with OUT_OF_RANGE. This layer takes
//! the `grpc-timeout` header itself, hands the handler a [`Deadline`], drops the handler when it passes (which cancels
//! its work) and answers DEADLINE_EXCEEDED, as it answers UNAVAILABLE where the server ends; and it answers RESOURCE_EXHAUSTED, naming the limit, for the latter, and INVALID_ARGUMENT for
//! bytes that tonic can't read, for which it says INTERNAL.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use tokio::sync::watch;
use tonic::Code;
use tonic::body::Body;
use tonic::codegen::http::{HeaderMap, Request, Response};
use tower::{Layer, Service};

use super::answers;
use super::status;

/// What tonic says where a compressed message is larger than the limit.
const INFLATING: &str = "Error decompressing";

/// When a caller stops waiting.
#[derive(Debug, Clone, Copy)]
pub(super) struct Deadline(pub Instant);

/// Adds [`DeadlineService`] to a server.
#[derive(Debug, Clone)]
pub(super) struct DeadlineLayer {
    message_bytes: usize,
    over: watch::Receiver<bool>,
}

impl DeadlineLayer {
    /// `message_bytes` is the limit that the answer names; when `over` says true the server ends, and so does every call.
    pub fn new(message_bytes: usize, over: watch::Receiver<bool>) -> Self {
        Self { message_bytes, over }
    }
}

impl<S> Layer<S> for DeadlineLayer {
    type Service = DeadlineService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        DeadlineService { inner, message_bytes: self.message_bytes, over: self.over.clone() }
    }
}

/// See the module.
#[derive(Debug, Clone)]
pub(super) struct DeadlineService<S> {
    inner: S,
    message_bytes: usize,
    over: watch::Receiver<bool>,
}

impl<S> Service<Request<Body>> for DeadlineService<S>
where
    S: Service<Request<Body>, Response = Response<Body>>,
    S::Future: Send + 'static,
    S::Error: Send,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        let timeout = request.headers_mut().remove("grpc-timeout");
        let timeout = timeout.map(|value| value.to_str().ok().and_then(parse));
        let message_bytes = self.message_bytes;
        if let Some(None) = timeout {
            let refused =
                tonic::Status::invalid_argument("malformed grpc-timeout: 1 to 8 digits and one of H M S m u n");
            return Box::pin(async move { Ok(refused.into_http()) });
        }
        let deadline = timeout.flatten().and_then(|timeout| Instant::now().checked_add(timeout));
        if let Some(deadline) = deadline {
            request.extensions_mut().insert(Deadline(deadline));
        }
        let answer = self.inner.call(request);
        let mut over = self.over.clone();
        Box::pin(async move {
            let passed = async {
                match deadline {
                    Some(deadline) => tokio::time::sleep_until(deadline.into()).await,
                    None => std::future::pending().await,
                }
            };
            let response = tokio::select! {
                biased;
                response = answer => response?,
                () = passed => return Ok(status::deadline_passed().into_http()),
                _ = over.wait_for(|&over| over) => return Ok(status::stopping().into_http()),
            };
            let response = in_our_words(response.headers(), message_bytes).map_or(response, tonic::Status::into_http);
            Ok(response.map(|body| answers::guarded(body, deadline)))
        })
    }
}

/// What tonic refuses by itself, without details.
fn in_our_words(headers: &HeaderMap, message_bytes: usize) -> Option<tonic::Status> {
    let refused = tonic::Status::from_header_map(headers).filter(|refused| refused.details().is_empty())?;
    match refused.code() {
        Code::OutOfRange => Some(status::message_too_large(message_bytes)),
        Code::ResourceExhausted if refused.message().contains(INFLATING) => {
            Some(status::message_too_large(message_bytes))
        }
        // Of its own it says so of requests alone, and our faults have details.
        Code::Internal => Some(status::malformed_message(refused.message())),
        _ => None,
    }
}

/// Reads a `grpc-timeout`: at most 8 digits and a unit.
fn parse(value: &str) -> Option<Duration> {
    let unit = value.chars().last().filter(char::is_ascii)?;
    let digits = &value[..value.len() - 1];
    if digits.is_empty() || digits.len() > 8 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let amount: u64 = digits.parse().ok()?;
    Some(match unit {
        'H' => Duration::from_secs(amount * 3_600),
        'M' => Duration::from_secs(amount * 60),
        'S' => Duration::from_secs(amount),
        'm' => Duration::from_millis(amount),
        'u' => Duration::from_micros(amount),
        'n' => Duration::from_nanos(amount),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Answers a call whose handler never ends.
    async fn answer(timeout: &str) -> Response<Body> {
        let handler = tower::service_fn(|request: Request<Body>| async move {
            assert!(request.headers().get("grpc-timeout").is_none());
            assert!(request.extensions().get::<Deadline>().is_some());
            std::future::pending::<Result<Response<Body>, std::convert::Infallible>>().await
        });
        let request = Request::builder().header("grpc-timeout", timeout).body(Body::empty()).unwrap();
        let (_end, over) = watch::channel(false);
        DeadlineLayer::new(1, over).layer(handler).call(request).await.unwrap()
    }

    #[tokio::test]
    async fn a_handler_that_outlives_its_deadline_is_dropped_and_the_answer_is_deadline_exceeded() {
        let response = answer("20m").await;
        assert_eq!(response.headers()["grpc-status"], (Code::DeadlineExceeded as i32).to_string());
    }

    #[tokio::test]
    async fn a_message_too_large_is_resource_exhausted_and_names_the_limit() {
        let handler = tower::service_fn(|_: Request<Body>| async {
            Ok::<_, std::convert::Infallible>(tonic::Status::out_of_range("too large").into_http())
        });
        let (_end, over) = watch::channel(false);
        let response = DeadlineLayer::new(777, over).layer(handler).call(Request::new(Body::empty())).await.unwrap();
        assert_eq!(response.headers()["grpc-status"], (Code::ResourceExhausted as i32).to_string());
        assert!(response.headers()["grpc-message"].to_str().unwrap().contains("777"));
    }

    #[test]
    fn a_timeout_is_digits_and_a_unit() {
        for (text, expected) in [
            ("1S", Some(Duration::from_secs(1))),
            ("250m", Some(Duration::from_millis(250))),
            ("99999999H", Some(Duration::from_secs(99_999_999 * 3_600))),
            ("7u", Some(Duration::from_micros(7))),
            ("7n", Some(Duration::from_nanos(7))),
            ("2M", Some(Duration::from_secs(120))),
            ("123456789S", None),
            ("S", None),
            ("", None),
            ("-1S", None),
            ("1x", None),
            ("1é", None),
        ] {
            assert_eq!(parse(text), expected, "{text:?}");
        }
    }
}
