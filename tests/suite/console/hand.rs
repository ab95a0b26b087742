//! [`Person`]: somebody who uses the console by mouse or by keyboard, and by nothing else.

use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Value, json};

use crate::browser::{Browser, Key};

/// What they use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    Mouse,
    Keyboard,
}

/// Steps of the keyboard after which nobody looks on.
const PATIENCE: usize = 600;

/// Somebody at a browser.
pub struct Person<'a> {
    pub browser: &'a Browser,
    pub by: By,
}

/// What a script knows the element by that says a text.
fn says(text: &str) -> String {
    let text = json!(text);
    format!(
        "e.matches('a, button, summary') && (e.textContent.trim().replace(/\\s+/g, ' ') === {text} || e.getAttribute('aria-label') === {text})"
    )
}

fn is(selector: &str) -> String {
    format!("e.matches({})", json!(selector))
}

impl Person<'_> {
    /// Goes on with the link or button that says this.
    pub async fn press(&self, text: &str) {
        match self.by {
            By::Mouse => self.browser.click_text(text).await,
            By::Keyboard => {
                self.reach(&says(text)).await;
                self.browser.keys(&char::from(Key::Enter).to_string()).await;
            }
        }
    }

    /// The same of one that a selector finds.
    pub async fn press_at(&self, selector: &str) {
        match self.by {
            By::Mouse => self.browser.click(selector).await,
            By::Keyboard => {
                self.reach(&is(selector)).await;
                self.browser.keys(&char::from(Key::Enter).to_string()).await;
            }
        }
    }

    /// Chooses one of several by its value.
    pub async fn tick(&self, name: &str, value: &str) {
        let (all, one) = (format!("input[name={name}]"), format!("input[name={name}][value={value}]"));
        match self.by {
            By::Mouse => self.browser.click(&one).await,
            By::Keyboard => {
                self.reach(&is(&all)).await;
                self.browser.keys(" ").await;
                for _ in 0..10 {
                    let is_there = format!("const e = document.activeElement; return {} && e.checked", is(&one));
                    if self.browser.ask(&is_there).await == json!(true) {
                        return;
                    }
                    self.browser.keys(&char::from(Key::Down).to_string()).await;
                }
                panic!("the arrows do not lead to {one}");
            }
        }
        assert!(self.browser.exists(&format!("{one}:checked")).await, "{one}");
    }

    /// Writes into a field.
    pub async fn write(&self, selector: &str, text: &str) {
        match self.by {
            By::Mouse => self.browser.fill(selector, text).await,
            By::Keyboard => {
                self.reach(&is(selector)).await;
                self.browser.keys(text).await;
            }
        }
    }

    /// Chooses of a list.
    pub async fn choose(&self, selector: &str, option: &str) {
        if self.by == By::Mouse {
            return self.browser.choose(selector, option).await;
        }
        self.reach(&is(selector)).await;
        let chosen = "return document.activeElement.selectedOptions[0].text.trim()";
        for _ in 0..50 {
            if self.browser.ask(chosen).await == json!(option) {
                return;
            }
            self.browser.keys(&char::from(Key::Down).to_string()).await;
        }
        panic!("the arrows do not lead to {option} in {selector}");
    }

    /// Brings files to the form that takes them: drops them there, or chooses them.
    pub async fn bring(&self, form: &str, files: &[PathBuf]) {
        let field = format!("{form} input[type=file]");
        match self.by {
            By::Mouse => self.browser.drop_files(form, files).await,
            By::Keyboard => {
                self.reach(&is(&field)).await;
                self.browser.choose_files(&field, files).await;
            }
        }
        let name = files[0].file_name().expect("a name").to_string_lossy().into_owned();
        self.browser.wait_until_text(&format!("{form} output"), &name).await;
    }

    /// Waits for the page with a title.
    pub async fn is_at(&self, title: &str) {
        self.browser.wait_until_text("h1", title).await;
    }

    /// Waits until the page says something.
    pub async fn reads(&self, text: &str) {
        self.browser.wait_until_text("main", text).await;
    }

    /// Steps on by keyboard until the focus is where it should be; at each step it can be seen where it is.
    async fn reach(&self, is_target: &str) {
        let look = format!(
            "const e = document.activeElement, style = getComputedStyle(e), box = e.getBoundingClientRect();
            const above = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
            const is_covered = Boolean(above && above.closest('.sticky') && !e.closest('.sticky'));
            const is_seen = e === document.body || e === document.documentElement || (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2
                && box.bottom > 0 && box.top < innerHeight && !is_covered);
            return [Boolean({is_target}), is_seen, e.outerHTML.slice(0, 300)]"
        );
        let mut passed = Vec::new();
        for _ in 0..PATIENCE {
            let found = self.browser.ask(&look).await;
            let place = found[2].as_str().unwrap_or_default().to_owned();
            assert_eq!(found[1], Value::Bool(true), "nobody sees that the focus is at {place}");
            if found[0] == Value::Bool(true) {
                return;
            }
            passed.push(place);
            self.browser.keys(&char::from(Key::Tab).to_string()).await;
        }
        panic!("the keyboard does not reach {is_target} at {}: {passed:#?}", self.browser.path().await);
    }
}

/// Waits a moment, where something is asked for again and again.
pub async fn moment() {
    tokio::time::sleep(Duration::from_millis(50)).await;
}
