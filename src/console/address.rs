//! Where the pages are: every address of the console is made here.

use std::fmt::Display;
use std::str::FromStr;

use axum::extract::Request;
use axum::http::Uri;
use axum::http::uri::PathAndQuery;
use url::{Host, Url};

/// What comes before every address of the console; empty, or such as `/matching`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Prefix(String);

/// How the world knows the console, such as `https://matching.example.edu`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    scheme: String,
    /// Host, and port where it is not the scheme's own.
    authority: String,
    is_loopback: bool,
}

/// Why a text is no address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MalformedAddress(&'static str);

impl Display for MalformedAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for MalformedAddress {}

impl FromStr for Prefix {
    type Err = MalformedAddress;

    fn from_str(text: &str) -> Result<Self, MalformedAddress> {
        let why =
            MalformedAddress("a path such as /matching: letters, digits and - _ . / only, without a / at its end");
        let text = if text == "/" { "" } else { text };
        let is_known = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
        let parts_fit = text.split('/').skip(1).all(|part| !part.is_empty() && part != "." && part != "..");
        let fits = text.is_empty() || (text.starts_with('/') && text.chars().all(is_known) && parts_fit);
        if fits { Ok(Self(text.to_owned())) } else { Err(why) }
    }
}

impl Display for Prefix {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl Prefix {
    /// The path below which cookies are sent.
    pub(crate) fn cookie_path(&self) -> &str {
        if self.0.is_empty() { "/" } else { &self.0 }
    }

    /// A request without the prefix, where it has it.
    pub(crate) fn strip(&self, mut request: Request) -> Request {
        let path = request.uri().path_and_query().map_or("/", PathAndQuery::as_str);
        let Some(rest) = path.strip_prefix(&self.0).filter(|_| !self.0.is_empty()) else { return request };
        let stripped = match rest.chars().next() {
            None => "/".to_owned(),
            Some('?') => format!("/{rest}"),
            Some('/') => rest.to_owned(),
            Some(_) => return request,
        };
        let mut parts = request.uri().clone().into_parts();
        parts.path_and_query = stripped.parse().ok();
        if let Ok(uri) = Uri::from_parts(parts) {
            *request.uri_mut() = uri;
        }
        request
    }
}

impl FromStr for Origin {
    type Err = MalformedAddress;

    fn from_str(text: &str) -> Result<Self, MalformedAddress> {
        let why = MalformedAddress("an address such as https://matching.example.edu, without a path");
        let url = Url::parse(text).map_err(|_| why.clone())?;
        let is_bare =
            url.path() == "/" && url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
        let host = url.host().filter(|_| is_bare && ["http", "https"].contains(&url.scheme())).ok_or(why)?;
        let is_loopback = is_loopback(&host);
        let authority = match url.port() {
            None => host.to_string(),
            Some(port) => format!("{host}:{port}"),
        };
        Ok(Self { scheme: url.scheme().to_owned(), authority, is_loopback })
    }
}

impl Origin {
    /// What a browser sends as `Host`.
    pub(crate) fn authority(&self) -> &str {
        &self.authority
    }

    /// Whether it is encrypted.
    pub(crate) fn is_encrypted(&self) -> bool {
        self.scheme == "https"
    }

    /// Whether only this machine reaches it.
    pub fn is_loopback(&self) -> bool {
        self.is_loopback
    }
}

impl Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}://{}", self.scheme, self.authority)
    }
}

/// Whether a host is this machine, whatever a name server says.
pub(crate) fn is_loopback<S: AsRef<str>>(host: &Host<S>) -> bool {
    match host {
        Host::Domain(name) => name.as_ref().eq_ignore_ascii_case("localhost"),
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

/// Makes addresses below the prefix.
#[derive(Debug)]
pub(crate) struct Addresses {
    prefix: String,
}

impl Addresses {
    pub fn new(prefix: Prefix) -> Self {
        Self { prefix: prefix.0 }
    }

    /// The address of a path of the console, which begins with `/`.
    pub fn to(&self, path: impl Display) -> String {
        format!("{}{path}", self.prefix)
    }

    /// A page about a run.
    pub fn run(&self, run: &str, page: impl Display) -> String {
        self.to(format_args!("/runs/{run}{page}"))
    }

    /// A page about a season under work.
    pub fn season(&self, draft: &str, page: impl Display) -> String {
        self.to(format_args!("/seasons/{draft}{page}"))
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    #[test]
    fn a_prefix_is_a_path_without_tricks() {
        for (text, fits) in [
            ("", true),
            ("/", true),
            ("/matching", true),
            ("/a/b-c_d.e", true),
            ("matching", false),
            ("/matching/", false),
            ("/a//b", false),
            ("/..", false),
            ("/a b", false),
            ("/a%2f", false),
        ] {
            assert_eq!(Prefix::from_str(text).is_ok(), fits, "{text}");
        }
    }

    #[test]
    fn a_proxy_may_pass_the_prefix_on_or_not() {
        let prefix: Prefix = "/matching".parse().unwrap();
        let stripped = |path: &str| {
            let request = Request::builder().uri(path).body(Body::empty()).unwrap();
            prefix.strip(request).uri().to_string()
        };
        for (path, found) in [
            ("/matching", "/"),
            ("/matching/", "/"),
            ("/matching?a=1", "/?a=1"),
            ("/matching/runs?a=1", "/runs?a=1"),
            ("/runs", "/runs"),
            ("/matchings", "/matchings"),
        ] {
            assert_eq!(stripped(path), found);
        }
    }

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        for (text, found) in [
            ("https://matching.example.edu", Some(("https://matching.example.edu", false))),
            ("https://matching.example.edu:443/", Some(("https://matching.example.edu", false))),
            ("http://127.0.0.1:8080", Some(("http://127.0.0.1:8080", true))),
            ("http://[::1]:8080", Some(("http://[::1]:8080", true))),
            ("http://localhost", Some(("http://localhost", true))),
            ("https://example.edu/matching", None),
            ("ftp://example.edu", None),
            ("example.edu", None),
        ] {
            let read: Option<Origin> = text.parse().ok();
            assert_eq!(
                read.map(|origin| (origin.to_string(), origin.is_loopback())),
                found.map(|(t, l)| (t.to_owned(), l))
            );
        }
    }
}
