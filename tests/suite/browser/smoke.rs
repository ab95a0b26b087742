//! The browser itself: what its hands do arrives at a page, and what a page does wrong is heard.

use std::fs;

use axum::Router;
use axum::extract::RawForm;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, SET_COOKIE};
use axum::response::Html;
use axum::routing::get;

use super::{Browser, Key};

const PAGE: &str = r#"<!doctype html><html lang="en"><title>Hands</title><body>
  <h1>Hands</h1><noscript><p id="without">No scripts</p></noscript>
  <form method="post" action="sent"><label>Name <input id="name" name="name" value="before"></label>
    <input id="other" name="other"><button>Send it</button></form>
  <button hidden>Hidden</button>
  <label>Files <input id="files" type="file" multiple></label><p id="chosen"></p>
  <div id="drop">Drop here</div><p id="dropped"></p>
  <button id="ask">Ask me</button><p id="answer"></p>
  <a href="file">A file</a>
  <script src="script.js"></script></body></html>"#;

const SCRIPT: &str = r"
  const by = id => document.getElementById(id);
  const names = files => [...files].map(file => `${file.name} ${file.size}`).join(', ');
  by('files').addEventListener('change', () => by('chosen').textContent = names(by('files').files));
  by('drop').addEventListener('dragover', event => event.preventDefault());
  by('drop').addEventListener('drop', event => {
    event.preventDefault();
    setTimeout(() => by('dropped').textContent = names(event.dataTransfer.files), 200);
  });
  by('ask').addEventListener('click', () => setTimeout(() => by('answer').textContent = confirm('Sure?') ? 'yes' : 'no'));
";

/// Serves the page on a port of its own.
async fn served() -> String {
    let page = || async {
        let headers = [
            (SET_COOKIE, "session=1; HttpOnly; SameSite=Strict; Path=/"),
            (CONTENT_SECURITY_POLICY, "default-src 'self'"),
        ];
        (headers, Html(PAGE))
    };
    let sent = |RawForm(form): RawForm| async move {
        Html(format!("<!doctype html><title>Sent</title><p id=form>{}</p>", String::from_utf8_lossy(&form)))
    };
    let router = Router::new()
        .route("/", get(page))
        .route("/favicon.ico", get(|| async { "" }))
        .route("/script.js", get(|| async { ([("content-type", "text/javascript")], SCRIPT) }))
        .route("/file", get(|| async { ([(CONTENT_DISPOSITION, "attachment; filename=\"it.csv\"")], "a,b\n") }))
        .route("/sent", axum::routing::post(sent));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}")
}

#[tokio::test]
async fn what_hands_do_arrives_at_the_page() {
    let (origin, browser) = (served().await, Browser::open().await);
    browser.goto(&format!("{origin}/?a=1#b")).await;
    assert_eq!(browser.path().await, "/?a=1#b");
    assert_eq!(browser.text("h1").await, "Hands");
    assert!(browser.source().await.contains("Drop here"));
    let (folder, mut files) = (tempfile::tempdir().expect("a folder"), Vec::new());
    for name in ["one.csv", "two.csv"] {
        files.push(folder.path().join(name));
        fs::write(folder.path().join(name), name).expect("a file");
    }
    browser.choose_files("#files", &files).await;
    browser.wait_until_text("#chosen", "one.csv 7, two.csv 7").await;
    browser.drop_files("#drop", &files[1..]).await;
    browser.wait_until_text("#dropped", "two.csv 7").await;
    assert!(!browser.accept_any_alert().await);
    browser.click_text("Ask me").await;
    while !browser.accept_any_alert().await {}
    browser.wait_until_text("#answer", "yes").await;
    browser.downloads_into(folder.path()).await;
    browser.click_text("A file").await;
    assert_eq!(browser.downloaded(&folder.path().join("it.csv")).await, b"a,b\n");
    // From one field into the next, and back.
    browser.fill("#name", "after").await;
    browser.keys(&format!("{}there{}", Key::Tab, Key::Shift + &Key::Tab)).await;
    browser.keys(&format!("{}!", Key::End)).await;
    browser.assert_quiet(&origin).await;
    browser.click_text("Send it").await;
    browser.wait_for("#form").await;
    assert_eq!(browser.texts("#form").await, ["name=after%21&other=there"]);
    browser.close().await;
}

#[tokio::test]
async fn a_page_without_scripts_has_none_and_cookies_are_seen() {
    let (origin, browser) = (served().await, Browser::open().await);
    browser.scripts(false).await;
    browser.goto(&origin).await;
    assert_eq!(browser.texts("#without").await, ["No scripts"]);
    let cookies = browser.cookies().await;
    assert_eq!((cookies.len(), cookies[0].name.as_str(), cookies[0].value.as_str()), (1, "session", "1"));
    assert_eq!((cookies[0].path.as_str(), cookies[0].same_site.as_str()), ("/", "Strict"));
    assert!(cookies[0].http_only && !cookies[0].secure);
    browser.forget_cookies().await;
    assert_eq!(browser.cookies().await, []);
    browser.fill("#name", "plain").await;
    browser.click_text("Send it").await;
    browser.wait_until_text("#form", "name=plain&other=").await;
    browser.scripts(true).await;
    browser.goto(&origin).await;
    assert!(!browser.exists("#without").await);
    browser.assert_quiet(&origin).await;
    browser.close().await;
}

/// Whether a browser is found to be loud after a script of a page.
async fn is_loud_after(script: &str) -> bool {
    let (origin, browser) = (served().await, Browser::open().await);
    browser.goto(&origin).await;
    browser.assert_quiet(&origin).await;
    browser.ask(script).await;
    let other = tokio::spawn(async move { browser.assert_quiet(&origin).await });
    other.await.is_err()
}

#[tokio::test]
async fn a_violation_of_the_policy_an_error_and_a_request_to_others_are_heard() {
    assert!(!is_loud_after("return fetch('script.js').then(answer => answer.text())").await);
    assert!(is_loud_after("document.body.setAttribute('style', 'color: red')").await);
    assert!(is_loud_after("return fetch('missing').then(answer => answer.text())").await);
    assert!(is_loud_after("console.warn('so so')").await);
    assert!(is_loud_after("location = 'http://localhost:1/'").await);
}
