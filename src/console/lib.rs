//! The console: a whole winter by mouse, in the server's own binary.
//!
//! A door like gRPC. Every page makes the calls that a portal makes, as whoever is signed in, and shows what they say; it holds no rule, score or
//! reason of its own. Pages are plain HTML, forms and links. A small script adds what they do without: progress as it comes, and files that are
//! dropped.
//!
//! Nothing of a person stands in an address: people and projects are numbers within their run, and who is searched for is posted.

mod address;
mod assets;
mod door;
mod files;
mod frame;
mod headers;
mod help;
mod list;
mod observe;
mod run;
mod runs;
mod season;
mod shown;
mod streamed;
mod table;
mod trouble;
mod trouble_page;
mod visit;
mod words;

use std::sync::Arc;
use std::time::Duration;

use api::Services;
use axum::Router;
use axum::extract::Request;
use axum::middleware::from_fn_with_state;
use tower::ServiceExt;

use address::Addresses;
pub use address::{MalformedAddress, Origin, Prefix};
use season::Imports;
use shown::ShownRuns;
pub use table::LISTED;
pub use visit::Asks;

/// What the console is told by whoever starts the server.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// What comes before every address, such as `/matching`.
    pub prefix: Prefix,
    /// How the world knows it, where that is not by its own address.
    pub origin: Option<Origin>,
    /// Whether its port is encrypted.
    pub is_encrypted: bool,
    /// How long a signed-in browser may do nothing.
    pub idle: Duration,
}

/// What every page works with.
#[derive(Clone)]
pub(crate) struct Console(Arc<Inner>);

struct Inner {
    services: Services,
    settings: Settings,
    addresses: Addresses,
    runs: ShownRuns,
    imports: Imports,
}

impl Console {
    fn services(&self) -> &Services {
        &self.0.services
    }

    fn addresses(&self) -> &Addresses {
        &self.0.addresses
    }
}

/// The pages of a server.
pub fn router(services: Services, settings: Settings) -> Router {
    let addresses = Addresses::new(settings.prefix.clone());
    let runs = ShownRuns::default();
    let console = Console(Arc::new(Inner { services, settings, addresses, runs, imports: Imports::default() }));
    let pages = table::router(&console)
        .fallback(trouble::no_page)
        .layer(from_fn_with_state(console.clone(), door::guard))
        .layer(from_fn_with_state(console.clone(), trouble_page::show))
        .layer(from_fn_with_state(console.clone(), headers::add))
        .with_state(console.clone());
    // A proxy may pass the prefix on or not.
    let prefix = console.0.settings.prefix.clone();
    Router::new().fallback_service(pages.into_service().map_request(move |request: Request| prefix.strip(request)))
}
