//! A real Chromium, driven by its own driver: how it opens, how it looks, what it asked for. What a person does in it is in `hands`.

mod hands;
mod smoke;

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use axum::http::Method;
use fantoccini::wd::{
    Capabilities, PrintConfiguration, PrintMargins, PrintSize, TimeoutConfiguration, WebDriverCompatibleCommand,
};
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use url::{ParseError, Url};

pub use fantoccini::key::Key;

/// A window of a browser, and the driver behind it.
pub struct Browser {
    client: Client,
    driver: Child,
    /// What the browser keeps; gone with it.
    profile: tempfile::TempDir,
}

/// A command that the standard does not have.
#[derive(Debug)]
struct Own {
    path: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for Own {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.body.to_string()))
    }
}

fn tool(name: &str) -> PathBuf {
    let path = std::env::var_os(name).unwrap_or_else(|| panic!("make test sets {name}"));
    assert!(!path.is_empty(), "deploy/setup.sh test did not find {name}");
    path.into()
}

/// A field of an answer, as text; empty where it has none.
fn word(value: &Value, field: &str) -> String {
    value[field].as_str().unwrap_or_default().to_owned()
}

impl Browser {
    /// Opens a window.
    pub async fn open() -> Self {
        let mut driver = Command::new(tool("CHROMEDRIVER"))
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the driver starts");
        let said = BufReader::new(driver.stdout.take().expect("its output"));
        let port = said.lines().map_while(Result::ok).find_map(|line| {
            line.strip_suffix('.')?.strip_prefix("ChromeDriver was started successfully on port ").map(str::to_owned)
        });
        let port = port.expect("the driver says its port");
        let profile = tempfile::tempdir().expect("a folder");
        let arguments = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--hide-scrollbars",
            &format!("--user-data-dir={}", profile.path().display()),
        ];
        let capabilities: Capabilities = json!({
            "goog:chromeOptions": { "args": arguments },
            "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
        })
        .as_object()
        .expect("an object")
        .clone();
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .expect("a session");
        // A script has half a minute by default, which axe-core on a large page needs more of where other tests run beside it.
        let script = Some(Duration::from_secs(300));
        client.update_timeouts(TimeoutConfiguration::new(script, None, None)).await.expect("it waits longer");
        // Away from the page that the browser begins with, which asks for a lot.
        client.goto("about:blank").await.expect("an empty page");
        let browser = Self { client, driver, profile };
        browser.console().await;
        browser.requests().await;
        browser
    }

    /// Sets how wide and high the window is, and whether the reader wants it dark.
    pub async fn looks(&self, width: u32, height: u32, dark: bool) {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500 });
        self.tell("Emulation.setDeviceMetricsOverride", size).await;
        let scheme = if dark { "dark" } else { "light" };
        let feature = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.tell("Emulation.setEmulatedMedia", feature).await;
    }

    async fn tell(&self, command: &str, parameters: Value) {
        let body = json!({ "cmd": command, "params": parameters });
        self.client.issue_cmd(Own { path: "goog/cdp/execute", body }).await.expect(command);
    }

    /// Opens a file.
    pub async fn show(&self, file: &Path) {
        self.client.goto(&format!("file://{}", file.display())).await.expect("the page opens");
    }

    /// What a script gives back.
    pub async fn ask(&self, script: &str) -> Value {
        self.client.execute(script, Vec::new()).await.expect(script)
    }

    /// What stands in the console since it was asked last.
    pub async fn console(&self) -> Vec<String> {
        self.log("browser").await.into_iter().map(|entry| word(&entry, "message")).collect()
    }

    /// Every address that was asked for since the last time.
    pub async fn requests(&self) -> Vec<String> {
        let sent = self.log("performance").await.into_iter().filter_map(|entry| {
            let message: Value = serde_json::from_str(&word(&entry, "message")).expect("JSON");
            let (kind, told) = (&message["message"]["method"], &message["message"]["params"]);
            match kind.as_str() {
                Some("Network.requestWillBeSent") => Some(word(&told["request"], "url")),
                Some("Network.webSocketCreated") => Some(word(told, "url")),
                _ => None,
            }
        });
        sent.collect()
    }

    /// Fails where the console has an error or a warning since it was asked last, such as a violation of the content
    /// policy or an answer that is no success, or where anything was asked for of another origin, such as `http://127.0.0.1:1`.
    pub async fn assert_quiet(&self, own_origin: &str) {
        let is_loud = |entry: &Value| ["SEVERE", "WARNING"].contains(&word(entry, "level").as_str());
        let loud: Vec<String> = self
            .log("browser")
            .await
            .iter()
            .filter(|entry| is_loud(entry))
            .map(|entry| word(entry, "message"))
            .collect();
        assert_eq!(loud, [""; 0], "the console at {}", self.path().await);
        let own = Url::parse(own_origin).expect("an origin").origin();
        let is_foreign = |address: &String| match Url::parse(address) {
            Ok(address) => !["data", "about"].contains(&address.scheme()) && address.origin() != own,
            Err(_) => true,
        };
        let foreign: Vec<String> = self.requests().await.into_iter().filter(is_foreign).collect();
        assert_eq!(foreign, [""; 0], "asked for of others until {}", self.path().await);
    }

    async fn log(&self, kind: &str) -> Vec<Value> {
        let body = json!({ "type": kind });
        let entries = self.client.issue_cmd(Own { path: "se/log", body }).await.expect("a log");
        entries.as_array().cloned().unwrap_or_default()
    }

    /// A picture of the whole page, at this width.
    pub async fn picture(&self, width: u32, dark: bool) -> Vec<u8> {
        let height = self.ask("return document.documentElement.scrollHeight").await.as_u64().unwrap_or(1_000);
        self.looks(width, height.min(12_000) as u32, dark).await;
        let picture = self.client.screenshot().await.expect("a picture");
        self.looks(width, 800, dark).await;
        picture
    }

    /// A picture of what is in the window.
    pub async fn view(&self) -> Vec<u8> {
        self.client.screenshot().await.expect("a picture")
    }

    /// The page as paper, and how many sheets that takes.
    pub async fn print(&self) -> (Vec<u8>, usize) {
        let margin = PrintMargins { top: 1.1, bottom: 1.1, left: 1.1, right: 1.1 };
        let mut tries = 0;
        let paper = loop {
            let asked = PrintConfiguration::builder().size(PrintSize::A4).margins(margin.clone()).shrink_to_fit(false);
            match self.client.print(asked.build().expect("A4")).await {
                Ok(paper) => break paper,
                // On a busy machine Chromium fails to print one page in a hundred, whatever stands in it, and prints it the next time.
                Err(error) if tries < 9 && error.to_string().contains("Printing failed") => {
                    tries += 1;
                    tokio::time::sleep(Duration::from_millis(500)).await;
                }
                Err(error) => panic!("it does not print: {error}"),
            }
        };
        let text = String::from_utf8_lossy(&paper);
        let sheets = text.match_indices("/Type /Page").filter(|(at, word)| !text[at + word.len()..].starts_with('s'));
        let number = sheets.count();
        (paper, number)
    }

    /// What axe-core finds wrong, a line each.
    pub async fn complaints(&self) -> Vec<String> {
        let axe = std::fs::read_to_string(tool("AXE")).expect("axe-core");
        self.client.execute(&axe, Vec::new()).await.expect("axe-core is read");
        let run = "const done = arguments[arguments.length - 1];
            axe.run(document, { resultTypes: ['violations'] }).then(r => done(r.violations), e => done([{ id: String(e), nodes: [] }]))";
        let found = self.client.execute_async(run, Vec::new()).await.expect("axe-core runs");
        let line = |violation: &Value| {
            let nodes = violation["nodes"].as_array().cloned().unwrap_or_default();
            let first = nodes.first().map(|node| node["html"].to_string()).unwrap_or_default();
            format!("{}: {} places, such as {first}", violation["id"], nodes.len())
        };
        found.as_array().expect("a list").iter().map(line).collect()
    }

    /// Closes the window.
    pub async fn close(self) {
        let _ = self.client.clone().close().await;
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.driver.kill();
        let _ = self.driver.wait();
        // Its driver gone, Chromium would go on, and take time from every test after one that failed.
        let profile = self.profile.path().display().to_string();
        let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
        for process in processes {
            let arguments = std::fs::read(process.path().join("cmdline")).unwrap_or_default();
            let id = process.file_name().to_str().and_then(|id| id.parse().ok()).and_then(Pid::from_raw);
            if let Some(id) = id.filter(|_| String::from_utf8_lossy(&arguments).contains(&profile)) {
                let _ = kill_process(id, Signal::KILL);
            }
        }
    }
}
