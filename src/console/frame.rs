//! [`Frame`]: what every page has around what it shows.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::Console;
use crate::assets;
use crate::visit::Visit;

/// The parts of the console, in the order of a winter.
const PARTS: [(&str, &str); 3] = [("/", "Seasons"), ("/runs", "Runs"), ("/ledger", "Ledger")];

/// Where a page is cut in two; nothing that is shown can hold it, because `<` is escaped.
const SEAM: &str = "<!-- more -->";

/// What is around a page.
pub(crate) struct Frame<'a> {
    console: &'a Console,
    title: &'a str,
    visit: Option<&'a Visit>,
    /// The path of the part that it belongs to.
    part: &'a str,
    /// What it is within: address and name.
    trail: Vec<(String, String)>,
    /// The other pages about the same thing: address, name, and whether it is this one.
    tabs: Vec<(String, String, bool)>,
    /// What is told before everything else.
    told: Option<String>,
    /// Seconds after which a browser without scripts loads it again.
    reload: Option<u32>,
}

impl<'a> Frame<'a> {
    pub fn new(console: &'a Console, title: &'a str) -> Self {
        Self { console, title, visit: None, part: "", trail: Vec::new(), tabs: Vec::new(), told: None, reload: None }
    }

    /// Shown to whoever looks.
    pub fn of(self, visit: Option<&'a Visit>) -> Self {
        Self { visit, ..self }
    }

    /// Shown to a visitor.
    pub fn to(self, visit: &'a Visit) -> Self {
        self.of(Some(visit))
    }

    /// In a part of the console.
    pub fn part(self, part: &'a str) -> Self {
        Self { part, ..self }
    }

    /// Within other pages, the outermost first.
    pub fn within(self, trail: Vec<(String, String)>) -> Self {
        Self { trail, ..self }
    }

    /// Beside other pages about the same.
    pub fn beside(self, tabs: Vec<(String, String, bool)>) -> Self {
        Self { tabs, ..self }
    }

    /// With something told before everything else.
    pub fn told(self, told: Option<String>) -> Self {
        Self { told, ..self }
    }

    /// Loaded again after so many seconds where no script does better.
    pub fn reload(self, seconds: Option<u32>) -> Self {
        Self { reload: seconds, ..self }
    }

    /// What of the page comes before and after what else there is to say, the first thing said.
    pub fn around(self, first: &Markup) -> (String, String) {
        let page = self.page(&html! { (first) (PreEscaped(SEAM)) }).into_string();
        match page.split_once(SEAM) {
            Some((before, after)) => (before.to_owned(), after.to_owned()),
            None => (page, String::new()),
        }
    }

    /// The page.
    pub fn page(self, body: &Markup) -> Markup {
        let to = |path: &str| self.console.addresses().to(path);
        html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    title { (self.title) " · MISTI matching" }
                    link rel="stylesheet" href=(to(&assets::STYLE.path()));
                    link rel="icon" href=(to(&assets::ICON.path())) type="image/svg+xml";
                    script type="module" src=(to(&assets::SCRIPT.path())) {}
                    @if let Some(seconds) = self.reload {
                        noscript { meta http-equiv="refresh" content=(seconds); }
                    }
                }
                body {
                    (PreEscaped(report::patterns()))
                    a.skip href="#page" { "To the page" }
                    header.top { (self.top()) }
                    main #page tabindex="-1" {
                        @if !self.trail.is_empty() {
                            nav.trail aria-label="Where you are" {
                                ol { @for (address, name) in &self.trail { li { a href=(address) { bdi { (name) } } } } }
                            }
                        }
                        h1 { bdi { (self.title) } }
                        @if !self.tabs.is_empty() {
                            nav.tabs aria-label="Pages about this" {
                                ul { @for (address, name, is_this) in &self.tabs {
                                    li { a href=(address) aria-current=[is_this.then_some("page")] { (name) } }
                                } }
                            }
                        }
                        @if let Some(told) = &self.told { p.notice role="status" { (told) } }
                        (body)
                    }
                }
            }
        }
    }

    fn top(&self) -> Markup {
        let to = |path: &str| self.console.addresses().to(path);
        html! {
            span.name { "MISTI matching" }
            @if let Some(visit) = self.visit {
                nav aria-label="Console" {
                    ul { @for (path, name) in PARTS {
                        li { a href=(to(path)) aria-current=[(path == self.part).then_some("true")] { (name) } }
                    } }
                }
                @if visit.is_signed_in {
                    form.session method="post" action=(to("/sign-out")) {
                        span { "Signed in as " bdi { (visit.principal.name) } }
                        button.link type="submit" { "Sign out" }
                    }
                } @else {
                    p.session { span { "Nobody signs in here: whoever uses this computer is " strong { (visit.principal.name) } "." } }
                }
            }
        }
    }
}

/// A text in which names stand between backticks, as the contract writes them.
pub(crate) fn prose(text: &str) -> Markup {
    html! {
        @for (place, part) in text.split('`').enumerate() {
            @if place % 2 == 1 { code { (part) } } @else { (part) }
        }
    }
}
