//! What a person does in a browser, and what they see: by mouse, by keyboard, with files.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use fantoccini::Locator;
use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::elements::Element;
use serde_json::json;

use super::{Browser, Key};

/// How long something may take to appear, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often it is looked for.
const PERIOD: Duration = Duration::from_millis(50);

/// What a person can click on, by the text that they read on it.
const CLICKABLE: &str =
    "self::a or self::button or self::summary or self::label or (self::input and (@type='submit' or @type='button'))";

/// A cookie, as the browser keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub name: String,
    pub value: String,
    pub path: String,
    pub http_only: bool,
    pub secure: bool,
    /// `Strict`, `Lax` or `None`; empty: not said.
    pub same_site: String,
}

impl Browser {
    /// Opens an address.
    pub async fn goto(&self, address: &str) {
        self.client.goto(address).await.unwrap_or_else(|error| panic!("{address}: {error}"));
    }

    /// Path, query and fragment of the present address.
    pub async fn path(&self) -> String {
        let address = self.client.current_url().await.expect("an address");
        address[url::Position::BeforePath..].to_owned()
    }

    /// The page as HTML, as it is now.
    pub async fn source(&self) -> String {
        self.client.source().await.expect("a page")
    }

    async fn find(&self, selector: &str) -> Element {
        match self.client.find(Locator::Css(selector)).await {
            Ok(found) => found,
            Err(error) => panic!("{selector} at {}: {error}", self.path().await),
        }
    }

    /// What a person reads in what a selector finds first.
    pub async fn text(&self, selector: &str) -> String {
        self.find(selector).await.text().await.expect(selector)
    }

    /// What a person reads in each that a selector finds.
    pub async fn texts(&self, selector: &str) -> Vec<String> {
        let mut texts = Vec::new();
        for found in self.client.find_all(Locator::Css(selector)).await.expect(selector) {
            // What goes away meanwhile says nothing any more.
            texts.extend(found.text().await.ok());
        }
        texts
    }

    /// Whether a selector finds anything.
    pub async fn exists(&self, selector: &str) -> bool {
        !self.client.find_all(Locator::Css(selector)).await.expect(selector).is_empty()
    }

    /// Clicks on what a selector finds first.
    pub async fn click(&self, selector: &str) {
        let found = self.find(selector).await;
        self.scroll_to(&found).await;
        found.click().await.expect(selector);
    }

    /// Scrolls until something is in the middle of the window, where nothing that stays at an edge covers it.
    async fn scroll_to(&self, found: &Element) {
        let script = "arguments[0].scrollIntoView({ block: 'center', behavior: 'instant' })";
        let element = serde_json::to_value(found).expect("a reference");
        self.client.execute(script, vec![element]).await.expect("it scrolls");
    }

    /// Clicks on the first visible link, button or the like that says just this.
    pub async fn click_text(&self, text: &str) {
        assert!(!text.contains('"'), "{text} has a quotation mark");
        let path =
            format!(r#"//*[{CLICKABLE}][normalize-space(.)="{text}" or @value="{text}" or @aria-label="{text}"]"#);
        for found in self.client.find_all(Locator::XPath(&path)).await.expect(text) {
            if found.is_displayed().await.expect(text) {
                self.scroll_to(&found).await;
                return found.click().await.expect(text);
            }
        }
        panic!("nothing to click says {text} at {}:\n{}", self.path().await, self.text("body").await);
    }

    /// Empties a field and types into it.
    pub async fn fill(&self, selector: &str, text: &str) {
        let field = self.find(selector).await;
        field.clear().await.expect(selector);
        field.send_keys(text).await.expect(selector);
    }

    /// Chooses what a list offers under this name.
    pub async fn choose(&self, selector: &str, option: &str) {
        self.find(selector).await.select_by_label(option).await.expect(option);
    }

    /// Presses keys, one after another, wherever the focus is. Shift, Control and Alt stay down until the last.
    pub async fn keys(&self, keys: &str) {
        let modifiers = [Key::Shift, Key::Control, Key::Alt].map(char::from);
        let mut actions = KeyActions::new("keyboard".to_owned());
        let mut held = Vec::new();
        for value in keys.chars() {
            actions = actions.then(KeyAction::Down { value });
            if modifiers.contains(&value) {
                held.push(value);
            } else {
                actions = actions.then(KeyAction::Up { value });
            }
        }
        for value in held {
            actions = actions.then(KeyAction::Up { value });
        }
        self.client.perform_actions(actions).await.expect("the keys are pressed");
    }

    /// Chooses files in a file field.
    pub async fn choose_files(&self, selector: &str, files: &[PathBuf]) {
        self.find(selector).await.send_keys(&paths(files)).await.expect(selector);
    }

    /// Drops files onto what a selector finds, as from a folder's window. Scripts must be on.
    pub async fn drop_files(&self, selector: &str, files: &[PathBuf]) {
        // Only a file field can hold files of the disk: one of our own does, for as long as it takes.
        self.ask(
            "const field = document.createElement('input');
            field.type = 'file'; field.multiple = true; field.id = 'files-in-the-hand';
            document.body.append(field)",
        )
        .await;
        self.choose_files("#files-in-the-hand", files).await;
        let script = "const field = document.getElementById('files-in-the-hand');
            const dataTransfer = new DataTransfer();
            for (const file of field.files) dataTransfer.items.add(file);
            field.remove();
            const target = document.querySelector(arguments[0]);
            for (const kind of ['dragenter', 'dragover', 'drop'])
                target.dispatchEvent(new DragEvent(kind, { bubbles: true, cancelable: true, composed: true, dataTransfer }));";
        self.client.execute(script, vec![json!(selector)]).await.expect(selector);
    }

    /// Waits until a selector finds something.
    pub async fn wait_for(&self, selector: &str) {
        let begun = Instant::now();
        while !self.exists(selector).await {
            assert!(begun.elapsed() < PATIENCE, "no {selector} at {}:\n{}", self.path().await, self.text("body").await);
            tokio::time::sleep(PERIOD).await;
        }
    }

    /// Waits until something that a selector finds says this, among other words.
    pub async fn wait_until_text(&self, selector: &str, text: &str) {
        let begun = Instant::now();
        loop {
            let texts = self.texts(selector).await;
            if texts.iter().any(|found| found.contains(text)) {
                return;
            }
            assert!(
                begun.elapsed() < PATIENCE,
                "{selector} does not say {text} at {}: {texts:?}\n{}",
                self.path().await,
                self.text("body").await
            );
            tokio::time::sleep(PERIOD).await;
        }
    }

    /// Allows the scripts of pages that are opened from now on, or not.
    pub async fn scripts(&self, allowed: bool) {
        self.tell("Emulation.setScriptExecutionDisabled", json!({ "value": !allowed })).await;
    }

    /// Runs a script in every page that is opened from now on, before its own.
    pub async fn in_every_page(&self, script: &str) {
        self.tell("Page.addScriptToEvaluateOnNewDocument", json!({ "source": script })).await;
    }

    /// The cookies of the present page.
    pub async fn cookies(&self) -> Vec<Kept> {
        let cookies = self.client.get_all_cookies().await.expect("cookies").into_iter();
        let kept = cookies.map(|cookie| Kept {
            name: cookie.name().to_owned(),
            value: cookie.value().to_owned(),
            path: cookie.path().unwrap_or_default().to_owned(),
            http_only: cookie.http_only() == Some(true),
            secure: cookie.secure() == Some(true),
            same_site: cookie.same_site().map_or_else(String::new, |same_site| same_site.to_string()),
        });
        kept.collect()
    }

    /// Forgets the cookies of the present page.
    pub async fn forget_cookies(&self) {
        self.client.delete_all_cookies().await.expect("forgotten");
    }

    /// Says yes to a question of the browser's own; false where it asks none.
    pub async fn accept_any_alert(&self) -> bool {
        self.client.accept_alert().await.is_ok()
    }

    /// Keeps what is downloaded in a folder.
    pub async fn downloads_into(&self, folder: &Path) {
        self.tell("Browser.setDownloadBehavior", json!({ "behavior": "allow", "downloadPath": folder })).await;
    }

    /// Waits until a file has come into a folder; a browser gives it its name when it is whole.
    pub async fn downloaded(&self, file: &Path) -> Vec<u8> {
        let begun = Instant::now();
        loop {
            if let Ok(bytes) = std::fs::read(file) {
                return bytes;
            }
            assert!(begun.elapsed() < PATIENCE, "{} has not come", file.display());
            tokio::time::sleep(PERIOD).await;
        }
    }
}

/// Files as a file field takes them: whole paths, one a line.
fn paths(files: &[PathBuf]) -> String {
    let whole = |file: &PathBuf| file.canonicalize().unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    files.iter().map(|file| whole(file).to_string_lossy().into_owned()).collect::<Vec<_>>().join("\n")
}
