//! The console: how soon a page of a large run is seen after a click, beside a file of the same bytes, and what many page loads do to memory.
//!
//! `cargo bench --bench console`; needs the Chromium of the tests: `deploy/setup.sh test`, `source .tools/env`.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use api::stubs::run_service_client::RunServiceClient;
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use fantoccini::{Client, ClientBuilder, Locator};
use http_body_util::{BodyExt, Empty};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::json;
use tonic::transport::Endpoint;
use wire::pb;

/// How often each page is opened.
const TIMES: usize = 11;

/// Page loads after which memory is looked at, and how many go on at once.
const LOADS: usize = 10_000;
const AT_ONCE: usize = 8;

/// A process that ends with this value.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Process {
    /// Bytes of memory that it holds.
    fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.0.id())).expect("it runs");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("a number");
        line.trim().trim_end_matches(" kB").parse::<u64>().expect("a number") * 1_024
    }
}

/// A server on a store; its address.
fn serve(store: &str) -> (Process, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_misti-matching"));
    command.args(["serve", "--address=127.0.0.1:0", "--store", store]);
    let mut process = command.stderr(Stdio::piped()).spawn().expect("it starts");
    let mut lines = BufReader::new(process.stderr.take().expect("its log")).lines().map_while(Result::ok);
    let address = lines.find_map(|line| {
        let address = line.split_once("the console is there url=")?.1.trim_matches('"');
        Some(address.trim_end_matches('/').to_owned())
    });
    let address = address.expect("it says where its console is");
    // What nobody reads would fill the pipe.
    std::thread::spawn(move || lines.for_each(drop));
    (Process(process), address)
}

/// Makes a run of a season and waits for its end; its page.
async fn run(address: &str, size: i32, name: &str) -> String {
    let asked = pb::GetSampleRequest {
        student_count: Some(size),
        project_count: Some(size),
        ..pb::GetSampleRequest::default()
    };
    let mut made = calls::sample(&asked).expect("a sample");
    // Who would go to any project of a program may go to more than the server takes.
    for student in made.instance.iter_mut().flat_map(|season| &mut season.students) {
        student.choices.retain(|choice| matches!(choice.target, Some(pb::choice::Target::ProjectId(_))));
        student.choices_only = true;
    }
    let mut policy = made.policy.unwrap_or_default();
    policy.limits = Some(pb::Limits { skip_reasons: true, ..pb::Limits::default() });
    let request = pb::CreateRunRequest {
        instance: made.instance,
        policy: Some(policy),
        display_name: name.to_owned(),
        ..pb::CreateRunRequest::default()
    };
    let channel = Endpoint::from_shared(address.to_owned()).expect("an address").connect().await.expect("it listens");
    let mut client = RunServiceClient::new(channel).max_decoding_message_size(usize::MAX);
    let name = client.create_run(request).await.expect("stored").into_inner().name;
    loop {
        let request = pb::GetRunRequest { name: name.clone(), view: pb::get_run_request::View::Basic as i32 };
        let run = client.get_run(request).await.expect("it is there").into_inner();
        if run.end_time.is_some() {
            assert!(run.placed_count.is_some(), "{:?}", run.failure);
            return format!("/{name}");
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

type Http = hyper_util::client::legacy::Client<HttpConnector, Empty<axum::body::Bytes>>;

async fn load(http: &Http, address: &str) -> axum::body::Bytes {
    let answer = http.get(address.parse().expect("an address")).await.expect("an answer");
    assert!(answer.status().is_success(), "{address}: {}", answer.status());
    answer.into_body().collect().await.expect("whole").to_bytes()
}

/// A server of files: a page with a link, a page of these bytes behind it, and what that loads, from the console.
async fn files(page: axum::body::Bytes, console: String, http: Http) -> String {
    let answer = move |request: Request| {
        let (page, console, http) = (page.clone(), console.clone(), http.clone());
        async move {
            match request.uri().path() {
                "/" => {
                    ([(CONTENT_TYPE, "text/html")], Body::from("<!doctype html><a href=/page>page</a>")).into_response()
                }
                "/page" => ([(CONTENT_TYPE, "text/html; charset=utf-8")], Body::from(page)).into_response(),
                path => {
                    let kind = if path.ends_with("css") { "text/css" } else { "text/javascript" };
                    ([(CONTENT_TYPE, kind)], Body::from(load(&http, &format!("{console}{path}")).await)).into_response()
                }
            }
        }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(answer)).await });
    format!("http://{address}")
}

/// A browser and its driver.
async fn browser() -> (Client, Process) {
    let driver = std::env::var_os("CHROMEDRIVER").expect("source .tools/env");
    let mut driver =
        Command::new(driver).arg("--port=0").stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it starts");
    let said = BufReader::new(driver.stdout.take().expect("its output"));
    let port = said.lines().map_while(Result::ok).find_map(|line| {
        line.strip_suffix('.')?.strip_prefix("ChromeDriver was started successfully on port ").map(str::to_owned)
    });
    let arguments = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"];
    let wished = json!({ "goog:chromeOptions": { "args": arguments } }).as_object().expect("an object").clone();
    let mut client = ClientBuilder::new(HttpConnector::new());
    let client = client
        .capabilities(wished)
        .connect(&format!("http://127.0.0.1:{}", port.expect("a port")))
        .await
        .expect("a session");
    (client, Process(driver))
}

/// Milliseconds from a click on the link to a page until something of it is painted, and until all of it is there.
async fn seen(browser: &Client, from: &str, link: &str) -> (f64, f64) {
    browser.goto(from).await.expect("a page");
    let note = "document.addEventListener('click', event => sessionStorage.setItem('clicked', performance.timeOrigin + event.timeStamp), true)";
    browser.execute(note, Vec::new()).await.expect("it notes");
    browser.find(Locator::Css(&format!("a[href='{link}']"))).await.expect(link).click().await.expect("a click");
    let measure = "const done = arguments[arguments.length - 1];
        const look = () => {
            const paint = performance.getEntriesByName('first-contentful-paint')[0], page = performance.getEntriesByType('navigation')[0];
            if (!location.pathname.endsWith(arguments[0]) || !paint || !page.domContentLoadedEventEnd) return setTimeout(look, 5);
            const before = performance.timeOrigin - Number(sessionStorage.getItem('clicked'));
            done([before + paint.startTime, before + page.domContentLoadedEventEnd]);
        };
        look()";
    let told = browser.execute_async(measure, vec![json!(link)]).await.expect("it measures");
    let number = |at: usize| told[at].as_f64().expect("a number");
    (number(0), number(1))
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn line(what: &str, times: Vec<(f64, f64)>) {
    let (first, whole): (Vec<f64>, Vec<f64>) = times.into_iter().unzip();
    println!("{what:<58} {:>6.0} ms {:>6.0} ms", median(first), median(whole));
}

/// Opens a page from another again and again.
async fn warm(browser: &Client, from: &str, link: &str) -> Vec<(f64, f64)> {
    let mut times = Vec::new();
    for _ in 0..TIMES {
        times.push(seen(browser, from, link).await);
    }
    times
}

/// Loads pages, so many at once.
async fn loads(http: &Http, pages: &Arc<Vec<String>>, number: usize) {
    let next = Arc::new(AtomicUsize::new(0));
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..AT_ONCE {
        let (http, pages, next) = (http.clone(), pages.clone(), next.clone());
        tasks.spawn(async move {
            loop {
                let at = next.fetch_add(1, Ordering::Relaxed);
                if at >= number {
                    return;
                }
                load(&http, &pages[at % pages.len()]).await;
            }
        });
    }
    while let Some(ended) = tasks.join_next().await {
        ended.expect("every page comes");
    }
}

async fn bench() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = format!("sqlite://{}/runs.db", folder.path().display());
    let (server, address) = serve(&store);
    let large = run(&address, 5_000, "Large").await;
    let small = run(&address, 60, "Small").await;
    drop(server);

    println!("5,000 students x 5,000 projects, medians of {TIMES}          first paint   all there");
    let (chromium, _driver) = browser().await;
    let mut cold = Vec::new();
    for _ in 0..TIMES {
        let (_server, address) = serve(&store);
        cold.push(seen(&chromium, &format!("{address}/runs"), &large).await);
    }
    line("the run, just after the server was started", cold);
    let (server, address) = serve(&store);
    let list = format!("{address}/runs");
    let http: Http = hyper_util::client::legacy::Client::builder(TokioExecutor::new()).build_http();
    let page = load(&http, &format!("{address}{large}")).await;
    line("the run, later", warm(&chromium, &list, &large).await);
    let size = page.len() / 1_000;
    let still = files(page, address.clone(), http.clone()).await;
    line(&format!("a file of the same {size} kB"), warm(&chromium, &still, "/page").await);
    let (overview, students) = (format!("{address}{large}"), format!("{large}/students"));
    line("its students", warm(&chromium, &overview, &students).await);
    line(
        "one of them, with the reasons",
        warm(&chromium, &format!("{address}{students}"), &format!("{students}/1")).await,
    );

    let of_large =
        ["", "/students", "/students?page=7&sort=name", "/projects?fill=none", "/projects/3", "/hosts", "/ledger"];
    let of_small = ["", "/students/1", "/students/2", "/offers", "/compare", "/students/1/projects/2", "/export"];
    let mut pages: Vec<String> = vec![format!("{address}/"), list];
    pages.extend(of_large.iter().map(|page| format!("{address}{large}{page}")));
    pages.extend(of_small.iter().map(|page| format!("{address}{small}{page}")));
    let pages = Arc::new(pages);
    let begin = server.memory();
    loads(&http, &pages, LOADS / 10).await;
    let warmed = server.memory();
    let begun = Instant::now();
    loads(&http, &pages, LOADS).await;
    let rate = LOADS as f64 / begun.elapsed().as_secs_f64();
    let mib = |bytes: u64| bytes >> 20;
    println!(
        "memory: {} MiB before, {} MiB after {} page loads, {} MiB after {LOADS} more ({rate:.0} a second, {AT_ONCE} at once)",
        mib(begin),
        mib(warmed),
        LOADS / 10,
        mib(server.memory())
    );
    let _ = chromium.close().await;
}

fn main() {
    tokio::runtime::Runtime::new().expect("a runtime").block_on(bench());
}
