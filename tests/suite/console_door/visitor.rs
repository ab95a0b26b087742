//! Whoever asks for pages without a browser, and says by hand what a browser would say.

use std::cell::RefCell;
use std::time::{Duration, Instant};

use console::LISTED;
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tonic::codegen::Bytes;
use tonic::codegen::http::{HeaderMap, Request};

use crate::service::running::Server;
use wire::pb;

/// Where multipart fields are told apart.
const BOUNDARY: &str = "between-the-files-of-a-season";

/// What came back.
#[derive(Debug, Clone)]
pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Reply {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// What a person reads of it.
    pub fn words(&self) -> String {
        let page = self.text();
        let main = page.split_once("<main").map_or(page.as_str(), |(_, main)| main);
        let texts = main.split('<').filter_map(|tag| tag.split_once('>')).map(|(_, text)| text.trim());
        texts.filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" ")
    }

    /// A header; empty where there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("ASCII"))
    }

    pub fn location(&self) -> &str {
        self.header("location")
    }

    /// Whether it asks whoever came to sign in.
    pub fn asks_to_sign_in(&self) -> bool {
        self.status == 303 && self.location().contains("/sign-in?to=")
    }
}

/// What is sent beside the address.
pub struct Sent {
    pub kind: String,
    pub body: Vec<u8>,
}

impl Sent {
    pub fn nothing() -> Self {
        Self { kind: String::new(), body: Vec::new() }
    }

    pub fn form(fields: &[(&str, &str)]) -> Self {
        let mut text = url::form_urlencoded::Serializer::new(String::new());
        let body = text.extend_pairs(fields).finish().into_bytes();
        Self { kind: "application/x-www-form-urlencoded".to_owned(), body }
    }

    pub fn files(fields: &[(&str, &str)], files: &[(&str, &[u8])]) -> Self {
        let mut body = Vec::new();
        for (name, value) in fields {
            let head = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend(head.into_bytes());
        }
        for (name, content) in files {
            let head = format!(
                "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"files\"; filename=\"{name}\"\r\nContent-Type: application/octet-stream\r\n\r\n"
            );
            body.extend(head.into_bytes());
            body.extend_from_slice(content);
            body.extend(b"\r\n");
        }
        body.extend(format!("--{BOUNDARY}--\r\n").into_bytes());
        Self { kind: format!("multipart/form-data; boundary={BOUNDARY}"), body }
    }
}

/// Somebody who asks for pages.
pub struct Visitor {
    pub address: String,
    cookie: Option<String>,
    client: Client<HttpConnector, Full<Bytes>>,
    runtime: tokio::runtime::Runtime,
    /// The path of every page that was asked for.
    pub asked: RefCell<Vec<String>>,
}

impl Visitor {
    /// Who has no session.
    pub fn of(server: &Server) -> Self {
        Self::at(&server.address)
    }

    pub fn at(address: &str) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        // A connection that the server has closed meanwhile is not taken again.
        let client = Client::builder(TokioExecutor::new()).pool_max_idle_per_host(0).build(HttpConnector::new());
        Self { address: address.to_owned(), cookie: None, client, runtime, asked: RefCell::default() }
    }

    /// Who signed in with a token.
    pub fn with_token(server: &Server, token: &str) -> Self {
        let nobody = Self::of(server);
        let reply = nobody.post("/sign-in", &[("token", token)]);
        assert_eq!(reply.status, 303, "{}", reply.text());
        let cookie = reply.header("set-cookie").split(';').next().expect("a pair").to_owned();
        Self { cookie: Some(cookie), ..nobody }
    }

    /// The same with a cookie of one's own.
    pub fn with_cookie(server: &Server, cookie: &str) -> Self {
        Self { cookie: Some(cookie.to_owned()), ..Self::of(server) }
    }

    pub fn cookie(&self) -> &str {
        self.cookie.as_deref().expect("somebody signed in")
    }

    /// The address that a browser names as the origin of the console's own pages.
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn get(&self, path: &str) -> Reply {
        self.send("GET", path, &[], Sent::nothing())
    }

    /// Sends a form, as a page of the console would.
    pub fn post(&self, path: &str, fields: &[(&str, &str)]) -> Reply {
        self.send_own(path, Sent::form(fields))
    }

    /// Sends anything, as a page of the console would.
    pub fn send_own(&self, path: &str, sent: Sent) -> Reply {
        self.send("POST", path, &[("origin", &self.origin()), ("sec-fetch-site", "same-origin")], sent)
    }

    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], sent: Sent) -> Reply {
        self.asked.borrow_mut().push(path.to_owned());
        let mut request = Request::builder().method(method).uri(format!("http://{}{path}", self.address));
        if !sent.kind.is_empty() {
            request = request.header("content-type", sent.kind);
        }
        if let Some(cookie) = &self.cookie {
            request = request.header("cookie", cookie);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Full::new(Bytes::from(sent.body))).expect("a request");
        let answered = async {
            let response = self.client.request(request).await.unwrap_or_else(|why| panic!("{method} {path}: {why:?}"));
            let (head, body) = response.into_parts();
            let bytes = body.collect().await.expect("a body").to_bytes().to_vec();
            Reply { status: head.status.as_u16(), headers: head.headers, bytes }
        };
        let in_time = async { tokio::time::timeout(Duration::from_secs(30), answered).await };
        self.runtime.block_on(in_time).unwrap_or_else(|_| panic!("{method} {path} is not answered"))
    }

    /// The id of the season that a reply leads to.
    pub fn season_of(reply: &Reply) -> String {
        let id = reply.location().rsplit_once("/seasons/").map(|(_, id)| id);
        id.unwrap_or_else(|| panic!("{} {}", reply.status, reply.text())).to_owned()
    }

    /// Begins the sample season, by another name.
    pub fn sample(&self, name: &str) -> String {
        let draft = Self::season_of(&self.post("/seasons/sample", &[]));
        let renamed = self.post(&format!("/seasons/{draft}/name"), &[("revision", "1"), ("name", name)]);
        assert_eq!(renamed.status, 303, "{}", renamed.text());
        draft
    }

    /// Begins a season with files.
    pub fn season(&self, name: &str, files: &[pb::DeskFile]) -> String {
        let files: Vec<(&str, &[u8])> = files.iter().map(|file| (file.name.as_str(), &file.content[..])).collect();
        Self::season_of(&self.send_own("/seasons", Sent::files(&[("name", name)], &files)))
    }

    /// Makes a run of a season.
    pub fn start(&self, draft: &str, name: &str) -> String {
        let fields = [("request", ""), ("name", name), ("notes", "")];
        let made = self.post(&format!("/seasons/{draft}/match"), &fields);
        let id = made.location().rsplit_once("/runs/").map(|(_, id)| id.to_owned());
        id.unwrap_or_else(|| panic!("{} {}", made.status, made.text()))
    }

    /// The same, and waits until it has ended.
    pub fn matched(&self, draft: &str, name: &str) -> String {
        let run = self.start(draft, name);
        self.wait_for(&run);
        run
    }

    /// Waits until a run has a matching.
    pub fn wait_for(&self, run: &str) {
        let begun = Instant::now();
        while self.get(&format!("/runs/{run}/students")).status != 200 {
            let is_late = begun.elapsed() > Duration::from_secs(15);
            assert!(!is_late, "it has no matching: {}", self.get(&format!("/runs/{run}")).words());
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

/// A season and a run that pages may be about.
#[derive(Debug, Clone, Default)]
pub struct About {
    pub draft: String,
    pub run: String,
}

impl About {
    /// The address of a page of the table.
    pub fn address(&self, path: &str) -> String {
        let known = [
            ("{draft}", self.draft.as_str()),
            ("{run}", self.run.as_str()),
            ("{number}", "1"),
            ("{project}", "1"),
            ("{file}", "placements.xlsx"),
            ("{code}", "M1001"),
            ("{digest}", "0"),
            ("{name}", "console.css"),
        ];
        let address = known.iter().fold(path.to_owned(), |path, (part, value)| path.replace(part, value));
        assert!(!address.contains('{'), "say here what stands for the part of a new page: {address}");
        address
    }
}

/// What a page is sent that does its work.
pub fn work_of(path: &str) -> Sent {
    let takes_files = ["/seasons", "/seasons/{draft}/files", "/seasons/{draft}/decisions", "/runs/{run}/offers/files"];
    if takes_files.contains(&path) {
        let offers = b"student_id,project_id,state\nS00001,P00001,DECLINED\n";
        return Sent::files(&[("name", "Sent"), ("revision", "2")], &[("offers.csv", offers)]);
    }
    let fields = [
        ("revision", "2"),
        ("name", "Sent"),
        ("notes", ""),
        ("file", "0"),
        ("find", "a"),
        ("c", "pin.1.1"),
        ("reason", "a test"),
        ("request", ""),
        ("per_project", "2"),
        ("per_student", "2"),
        ("token", "misti_0"),
    ];
    Sent::form(&fields)
}

/// The pages that change something, which are sent; what ends a season or a run comes last.
pub fn posts() -> Vec<&'static str> {
    let mut posts: Vec<&str> =
        LISTED.iter().filter(|(method, ..)| *method == "post").map(|(_, path, _)| *path).collect();
    posts.sort_by_key(|path| path.ends_with("/delete"));
    assert!(posts.len() > 15);
    posts
}
