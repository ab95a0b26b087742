//! The front: whether a request goes to gRPC or to the pages, and what browsers may call from other sites.
//!
//! A browser says by `Origin` from which site a call comes. By gRPC-Web only the sites that were named may call; by gRPC itself, which no browser
//! speaks, none.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use tonic::body::Body;
use tonic::codegen::http::header::{CONTENT_TYPE, InvalidHeaderValue, ORIGIN};
use tonic::codegen::http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode, Version};
use tonic_web::GrpcWebLayer;
use tower::util::BoxCloneSyncService;
use tower::{Layer, Service, ServiceExt};
use tower_http::cors::{AllowOrigin, CorsLayer};

use super::door;

/// What answers requests.
pub(super) type Answering = BoxCloneSyncService<Request<Body>, Response<Body>, Infallible>;

/// How long a browser remembers what it may call.
const REMEMBERED: Duration = Duration::from_secs(3_600);

/// The headers that a page of a portal may send.
const SENT: [HeaderName; 6] = [
    HeaderName::from_static("authorization"),
    HeaderName::from_static("content-type"),
    HeaderName::from_static("grpc-timeout"),
    HeaderName::from_static("x-grpc-web"),
    HeaderName::from_static("x-request-id"),
    HeaderName::from_static("x-user-agent"),
];

/// The headers that it may read.
const READ: [HeaderName; 5] = [
    HeaderName::from_static("grpc-message"),
    HeaderName::from_static("grpc-retry-pushback-ms"),
    HeaderName::from_static("grpc-status"),
    HeaderName::from_static("grpc-status-details-bin"),
    HeaderName::from_static("x-request-id"),
];

/// What is behind a port.
#[derive(Clone)]
pub(super) struct Front {
    grpc: Answering,
    /// gRPC-Web, and the sites that may call by it.
    web: Option<(Answering, Arc<[HeaderValue]>)>,
    pages: Option<Answering>,
}

impl Front {
    /// `grpc` answers calls, by gRPC-Web from pages of the sites in `origins` as well; `pages` answers everything else. Where there are none, nothing
    /// does: any page of any site may have a browser send what is no call by its content type.
    ///
    /// # Errors
    /// Where an origin can't stand in a header.
    pub fn new(grpc: Answering, origins: &[String], pages: Option<Router>) -> Result<Self, InvalidHeaderValue> {
        let origins = origins.iter().map(|origin| HeaderValue::from_str(origin)).collect::<Result<Vec<_>, _>>()?;
        let web = (!origins.is_empty()).then(|| {
            let cors = CorsLayer::new()
                .allow_origin(AllowOrigin::list(origins.clone()))
                .allow_methods([Method::POST])
                .allow_headers(SENT)
                .expose_headers(READ)
                .max_age(REMEMBERED);
            let service = cors.layer(GrpcWebLayer::new().layer(grpc.clone()));
            (Answering::new(service), origins.into())
        });
        Ok(Self { grpc, web, pages: pages.map(pages_alone) })
    }

    /// What answers a request, or why nothing does.
    fn door(&self, request: &Request<Body>) -> Result<Answering, StatusCode> {
        let origin = request.headers().get(ORIGIN);
        match (Kind::of(request), &self.web) {
            (Kind::Grpc, _) if request.version() < Version::HTTP_2 => Err(StatusCode::UPGRADE_REQUIRED),
            (Kind::Grpc, _) if origin.is_some() => Err(StatusCode::FORBIDDEN),
            (Kind::Grpc, _) => Ok(self.grpc.clone()),
            (Kind::GrpcWeb, None) => Err(StatusCode::UNSUPPORTED_MEDIA_TYPE),
            (Kind::GrpcWeb, Some((_, origins))) if origin.is_some_and(|origin| !origins.contains(origin)) => {
                Err(StatusCode::FORBIDDEN)
            }
            (Kind::GrpcWeb, Some((web, _))) => Ok(web.clone()),
            (Kind::Page, _) => self.pages.clone().ok_or(match *request.method() {
                Method::POST => StatusCode::UNSUPPORTED_MEDIA_TYPE,
                _ => StatusCode::NOT_FOUND,
            }),
        }
    }
}

/// The pages, as what answers requests.
pub(super) fn pages_alone(pages: Router) -> Answering {
    let pages = pages.map_request(|request: Request<Body>| request.map(axum::body::Body::new));
    Answering::new(pages.map_response(|response: Response<axum::body::Body>| response.map(Body::new)))
}

/// What a request is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Grpc,
    GrpcWeb,
    Page,
}

impl Kind {
    fn of(request: &Request<Body>) -> Self {
        let content_type = request.headers().get(CONTENT_TYPE).map_or(&b""[..], HeaderValue::as_bytes);
        if content_type.starts_with(b"application/grpc-web") {
            return Self::GrpcWeb;
        }
        if content_type.starts_with(b"application/grpc") {
            return Self::Grpc;
        }
        // What a browser asks before it calls.
        let is_asked = request.method() == Method::OPTIONS && door::known_method(request.uri().path()) != door::UNKNOWN;
        if is_asked { Self::GrpcWeb } else { Self::Page }
    }
}

impl Service<Request<Body>> for Front {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let door = self.door(&request);
        Box::pin(async move {
            match door {
                Ok(door) => door.oneshot(request).await,
                Err(refused) => {
                    let mut response = Response::new(Body::empty());
                    *response.status_mut() = refused;
                    Ok(response)
                }
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What answers a request: its version, method, content type and origin.
    async fn answer(origins: &[&'static str], request: (Version, Method, &str, &str)) -> (StatusCode, String) {
        let grpc = tower::service_fn(|request: Request<Body>| async move {
            assert_eq!(request.headers()[CONTENT_TYPE], "application/grpc");
            Ok(Response::builder().header("x-answered-by", "grpc").body(Body::empty()).unwrap())
        });
        let pages = Router::new().fallback(|| async { ([("x-answered-by", "pages")], "") });
        let origins: Vec<String> = origins.iter().map(|&origin| origin.to_owned()).collect();
        let mut front = Front::new(Answering::new(grpc), &origins, Some(pages)).unwrap();
        let (version, method, content_type, origin) = request;
        let mut asked = Request::builder().version(version).method(method).uri("/grpc.health.v1.Health/Check");
        for (name, value) in [("content-type", content_type), ("origin", origin)] {
            if !value.is_empty() {
                asked = asked.header(name, value);
            }
        }
        let response = front.call(asked.body(Body::empty()).unwrap()).await.unwrap();
        let by = response.headers().get("x-answered-by").map_or("", |by| by.to_str().unwrap());
        (response.status(), by.to_owned())
    }

    #[tokio::test]
    async fn calls_go_to_grpc_and_everything_else_to_the_pages() {
        let (h1, h2) = (Version::HTTP_11, Version::HTTP_2);
        let site = "https://portal.example";
        for (origins, request, status, by) in [
            (&[][..], (h2, Method::POST, "application/grpc", ""), 200, "grpc"),
            (&[], (h2, Method::POST, "application/grpc", site), 403, ""),
            (&[site], (h2, Method::POST, "application/grpc", site), 403, ""),
            (&[], (h1, Method::POST, "application/grpc", ""), 426, ""),
            (&[], (h1, Method::POST, "application/grpc-web+proto", site), 415, ""),
            (&[site], (h1, Method::POST, "application/grpc-web+proto", site), 200, "grpc"),
            (&[site], (h1, Method::POST, "application/grpc-web+proto", "https://other.example"), 403, ""),
            (&[site], (h1, Method::OPTIONS, "", site), 200, ""),
            (&[], (h1, Method::OPTIONS, "", site), 415, ""),
            (&[site], (h1, Method::GET, "", ""), 200, "pages"),
            (&[site], (h1, Method::POST, "text/plain", site), 200, "pages"),
        ] {
            let answered = answer(origins, request.clone()).await;
            assert_eq!((answered.0.as_u16(), answered.1.as_str()), (status, by), "{origins:?} {request:?}");
        }
    }
}
