//! Every page of the table of pages: nothing wrong for whoever reads by other means, in the light and in the dark, on a telephone and on a desk; and
//! pictures of the main ones.

use std::path::Path;

use ::console::LISTED;

use super::hand::{By, Person};
use super::season::sample;
use super::winter::decide;
use super::{Office, Tokens, runs_on, sample_run, sign_in};
use crate::browser::Browser;

/// Addresses that are no pages but files, streams and what pages load.
const NO_PAGES: [&str; 5] = [
    "/assets/{digest}/{name}",
    "/template.xlsx",
    "/seasons/{draft}/problems.xlsx",
    "/runs/{run}/progress",
    "/runs/{run}/export/{file}",
];

/// What else a page may show.
const VARIANTS: [(&str, &[&str]); 7] = [
    ("/sign-in", &["?to=/&lost=1"]),
    ("/seasons/{draft}/problems", &["?show=warnings", "?show=decided"]),
    ("/runs", &["?name=nobody"]),
    ("/runs/{run}/students", &["?place=no&sort=name&order=down", "?place=yes&place=no&rank=9"]),
    ("/runs/{run}/students/{number}", &[""]),
    ("/runs/{run}/change", &["?c=more.1", "?c=close.1&c=place.1", "?c=pin.1.1"]),
    ("/runs/{run}/offers", &["?nothing=1"]),
];

/// Waits until a page has come whole: what takes a solve comes after the rest.
const LOADED: &str =
    "return new Promise(done => document.readyState === 'complete' ? done() : addEventListener('load', () => done()))";

/// A winter that is well under way, with every page to look at.
struct Winter {
    office: Office,
    browser: Browser,
    season: String,
    undecided: String,
    run: String,
    again: String,
    _tokens: Tokens,
}

impl Winter {
    async fn begun() -> Self {
        let tokens = Tokens::new();
        let token = tokens.admit("runner", "read,run");
        let (office, browser) = (Office::open(&[&tokens.flag()]), Browser::open().await);
        let person = Person { browser: &browser, by: By::Mouse };
        browser.looks(1_280, 900, false).await;
        browser.goto(&office.at("/")).await;
        sign_in(&browser, &token).await;
        let mut seasons = Vec::new();
        for is_decided in [false, true] {
            let brought = sample();
            browser.goto(&office.at("/")).await;
            person.write("#season", brought.name).await;
            person.bring("form.drop", &brought.files).await;
            person.press("Read the files").await;
            person.is_at(brought.name).await;
            seasons.push(browser.path().await);
            if is_decided {
                decide(&person, &brought).await;
            }
        }
        let run = office.run(Some(&token), &sample_run("First round"));
        browser.goto(&office.at(&run)).await;
        person.reads("students placed").await;
        let left = left_out(&office, &browser, &run).await;
        browser.goto(&office.at(&format!("{run}/change?c=place.{left}"))).await;
        person.is_at("Before anything is kept").await;
        browser.wait_for("#reason").await;
        person.write("#reason", "Her thesis needs it").await;
        person.write("#name", "Second round").await;
        person.press("Keep as a re-match").await;
        person.is_at("Second round").await;
        person.reads("students placed").await;
        let again = browser.path().await;
        browser.assert_quiet(&office.origin).await;
        let season = seasons.remove(1);
        Self { office, browser, season, undecided: seasons.remove(0), run, again, _tokens: tokens }
    }

    /// Every page, by its address.
    fn pages(&self) -> Vec<String> {
        let mut pages = Vec::new();
        for (method, path, _) in LISTED {
            if *method != "get" || NO_PAGES.contains(path) {
                continue;
            }
            let variants = VARIANTS.iter().find(|(of, _)| of == path).map_or(&[][..], |(_, variants)| variants);
            for variant in std::iter::once(&"").chain(variants) {
                let filled = format!("{path}{variant}");
                let filled = if path.starts_with("/seasons") {
                    pages.push(filled.replace("/seasons/{draft}", &self.undecided));
                    filled.replace("/seasons/{draft}", &self.season)
                } else {
                    filled.replace("/runs/{run}", &self.again)
                };
                let filled = filled.replace("{number}", "1").replace("{project}", "2").replace("{code}", "M7025");
                pages.push(filled);
            }
        }
        pages.retain(|page| !page.ends_with("/change"));
        pages.push(format!("{}/compare", self.run));
        assert!(pages.iter().all(|page| !page.contains('{')), "{pages:?}");
        pages
    }

    /// Fails where anything is wrong with any page, whatever the width.
    async fn has_nothing_wrong(&self, dark: bool) {
        let mut wrong = Vec::new();
        for page in self.pages() {
            self.browser.looks(1_280, 900, dark).await;
            self.browser.goto(&self.office.at(&page)).await;
            self.browser.wait_for("main h1").await;
            // The pictures of a run come after the rest.
            self.browser.ask(LOADED).await;
            assert!(
                !self.browser.exists("main .trouble:not(form *)").await || page.contains('?'),
                "{page}: {}",
                self.browser.text("main").await
            );
            for width in [1_280, 360] {
                self.browser.looks(width, 900, dark).await;
                let wide = self.browser.ask("return document.documentElement.scrollWidth").await;
                if wide.as_u64() > Some(u64::from(width)) {
                    wrong.push(format!("{page} is {wide} wide at {width}"));
                }
                wrong.extend(self.browser.complaints().await.iter().map(|what| format!("{page} at {width}: {what}")));
            }
            self.browser.assert_quiet(&self.office.origin).await;
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
}

/// The number of somebody for whom there would be a place, were it not for others.
async fn left_out(office: &Office, browser: &Browser, run: &str) -> String {
    browser.goto(&office.at(&format!("{run}/students?reason=CROWDED_OUT"))).await;
    browser.click("tbody tr:first-child th a").await;
    browser.wait_until_text("h2", "Why there is no place").await;
    let page = browser.path().await;
    page.rsplit('/').next().expect("a number").to_owned()
}

#[tokio::test]
async fn nothing_is_wrong_with_any_page_in_the_light() {
    let winter = Winter::begun().await;
    winter.has_nothing_wrong(false).await;
    winter.browser.close().await;
}

#[tokio::test]
async fn nothing_is_wrong_with_any_page_in_the_dark() {
    let winter = Winter::begun().await;
    winter.has_nothing_wrong(true).await;
    winter.browser.close().await;
}

#[tokio::test]
async fn the_pictures_of_the_main_pages_are_of_these_pages() {
    let winter = Winter::begun().await;
    let (browser, run) = (&winter.browser, &winter.again);
    assert_eq!(runs_on(browser).await, 2);
    let left = left_out(&winter.office, browser, run).await;
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let made = root.join("target/artefacts/console");
    std::fs::create_dir_all(&made).expect("a folder");
    for (name, page, title) in [
        ("seasons", "/".to_owned(), "Seasons"),
        ("problems", format!("{}/problems", winter.undecided), "Problems"),
        ("run", run.clone(), "Second round"),
        ("student", format!("{run}/students/{left}"), ""),
        ("change", format!("{run}/change?c=place.{left}"), "Before anything is kept"),
        ("compare", format!("{run}/compare"), "Compare"),
    ] {
        browser.looks(1_280, 680, false).await;
        browser.goto(&winter.office.at(&page)).await;
        browser.wait_until_text("h1", title).await;
        browser.ask(LOADED).await;
        let picture = browser.view().await;
        assert!(picture.starts_with(b"\x89PNG"), "{name}");
        assert!(picture.len() < 150_000, "{name} has {} bytes", picture.len());
        std::fs::write(made.join(format!("{name}.png")), &picture).expect("it is written");
        if std::env::var("UPDATE_SCREENSHOTS").is_ok_and(|value| value == "1") {
            let docs = root.join("docs/console");
            std::fs::create_dir_all(&docs).expect("a folder");
            std::fs::write(docs.join(format!("{name}.png")), &picture).expect("it is written");
        }
    }
    browser.assert_quiet(&winter.office.origin).await;
    winter.browser.close().await;
}
