//! Pictures: bars that say what they count, and open what is behind them. Each part has a pattern, so that no colour is needed.

use maud::{Markup, html};
use wire::numbers::count;

use crate::people;
use crate::share::length;

/// How a part of a bar is filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fill {
    /// The first thing that is counted.
    Solid,
    /// The second.
    Hatched,
    /// The third.
    Dotted,
    /// What is missing: an outline.
    Open,
}

impl Fill {
    fn class(self) -> &'static str {
        match self {
            Self::Solid => "f-solid",
            Self::Hatched => "f-hatched",
            Self::Dotted => "f-dotted",
            Self::Open => "f-open",
        }
    }
}

/// Those behind a bar that are listed where there is a table of all.
const MOST_BEHIND: usize = 20;

/// A bar.
#[derive(Default)]
pub(crate) struct Bar {
    /// What it is about, as text.
    pub label: String,
    /// What it counts, part by part.
    pub parts: Vec<(u64, Fill)>,
    /// What it counts, in words.
    pub told: String,
    /// Whom or what it counts.
    pub behind: Vec<Markup>,
    /// The page of the one that it is about; none: it is about no one student, project or host, or there are no pages.
    pub page: Option<String>,
    /// The table of all that it counts; none: there is no such table.
    pub table: Option<String>,
}

impl Bar {
    /// A bar of one part that counts what is behind it.
    pub fn of(label: String, behind: Vec<Markup>, what: &str) -> Self {
        let number = behind.len();
        let told = wire::numbers::counted(number as i64, what);
        Self { label, parts: vec![(number as u64, Fill::Solid)], told, behind, ..Self::default() }
    }

    /// The same, all of whom stand in a table.
    pub fn within(self, table: Option<String>) -> Self {
        Self { table, ..self }
    }

    /// Whom or what it counts: where there is a table, the first of them and the way to it.
    fn opened(&self) -> Markup {
        let Some(table) = self.table.as_ref().filter(|_| self.behind.len() > MOST_BEHIND) else {
            return people::list(&self.behind);
        };
        html! {
            (people::list(&self.behind[..MOST_BEHIND]))
            p { a href=(table) { "All " (count(self.behind.len() as i64)) " in a table" } }
        }
    }

    fn total(&self) -> u64 {
        self.parts.iter().map(|(count, _)| count).sum()
    }
}

/// The patterns that the pictures of a page are filled with; they stand in the page once.
pub(crate) fn patterns() -> Markup {
    html! {
        svg.patterns aria-hidden="true" focusable="false" width="0" height="0" {
            defs {
                pattern #hatched width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)" {
                    rect.ground width="6" height="6" {}
                    rect.ink width="3" height="6" {}
                }
                pattern #dotted width="6" height="6" patternUnits="userSpaceOnUse" {
                    rect.ground width="6" height="6" {}
                    circle.ink cx="3" cy="3" r="1.6" {}
                }
            }
        }
    }
}

/// What the patterns of a picture mean.
pub(crate) fn legend(entries: &[(Fill, &str)]) -> Markup {
    html! {
        ul.legend {
            @for (fill, meaning) in entries {
                li { svg aria-hidden="true" focusable="false" width="18" height="12" {
                    rect class=(fill.class()) x="0.5" y="0.5" width="17" height="11" {}
                } " " (meaning) }
            }
        }
    }
}

/// Bars one below the other, each of which opens. The first `shown` are seen at once, the others after one more step.
pub(crate) fn rows(id: &str, bars: &[Bar], shown: usize, others: &str) -> Markup {
    let most = bars.iter().map(Bar::total).max().unwrap_or(0);
    // One or two more cost less room than the line that hides them.
    let shown = if bars.len() <= shown + 2 { bars.len() } else { shown };
    let row = |place: usize, bar: &Bar| {
        let page = bar.page.as_deref();
        let name = html! { (bar.label) };
        // A line that opens is no place for a link: the name stands once more in what it opens.
        let line = html! {
            span.l dir="auto" { @if bar.behind.is_empty() { (people::linked(page, &name)) } @else { (name) } }
            svg.bar role="img" width="100%" height="14" {
                title { (bar.told) }
                (parts(&bar.parts, most))
            }
            span.n aria-hidden="true" { (bar.told) }
        };
        html! {
            @if bar.behind.is_empty() {
                div.row { (line) }
            } @else {
                details id=(format!("{id}-{place}")) {
                    summary.row { (line) }
                    @if page.is_some() { p dir="auto" { (people::linked(page, &name)) } }
                    (bar.opened())
                }
            }
        }
    };
    html! {
        div.rows {
            @for (place, bar) in bars.iter().enumerate().take(shown) { (row(place, bar)) }
            @if bars.len() > shown {
                details.more {
                    summary { (count((bars.len() - shown) as i64)) " " (others) }
                    @for (place, bar) in bars.iter().enumerate().skip(shown) { (row(place, bar)) }
                }
            }
        }
    }
}

fn parts(parts: &[(u64, Fill)], most: u64) -> Markup {
    let mut from = 0.0;
    html! {
        @for &(count, fill) in parts {
            @let width = length(count, most, 100.0);
            @if count > 0 {
                rect class=(fill.class()) data-count=(count) x=(format!("{from:.2}%")) y="1" width=(format!("{width:.2}%")) height="12" {}
            }
            ({ from += width; "" })
        }
    }
}

/// The paper that columns are drawn on.
const WIDTH: f64 = 480.0;
const HEIGHT: f64 = 240.0;
const LEFT: f64 = 56.0;
const TOP: f64 = 26.0;
const BOTTOM: f64 = 26.0;

/// Columns side by side, with a curve over them where there is one.
pub(crate) struct Columns<'a> {
    /// The part of ids that is this picture's own.
    pub id: &'a str,
    /// The question it answers.
    pub title: &'a str,
    /// What it shows, in a sentence.
    pub description: String,
    /// The columns; of each the first part counts.
    pub bars: &'a [Bar],
    /// What the whole height stands for.
    pub top: u64,
    /// What is written beside the height: at how many percent of the top which word.
    pub scale: Vec<(u64, String)>,
    /// The curve: its height over each of the first columns.
    pub curve: Vec<u64>,
}

impl Columns<'_> {
    /// Draws them. A column is a link to whom it counts, who stand below it.
    pub fn draw(&self) -> Markup {
        let id = self.id;
        let step = (WIDTH - LEFT) / self.bars.len().max(1) as f64;
        let height = HEIGHT - TOP - BOTTOM;
        let level = |count: u64| HEIGHT - BOTTOM - length(count.min(self.top), self.top, height);
        let middle = |place: usize| LEFT + step * (place as f64 + 0.5);
        let points: Vec<String> = self
            .curve
            .iter()
            .enumerate()
            .map(|(at, &value)| format!("{:.1},{:.1}", middle(at), level(value)))
            .collect();
        html! {
            figure.plot {
                svg role="img" viewBox=(format!("0 0 {WIDTH} {HEIGHT}")) aria-labelledby=(format!("{id}-title {id}-desc")) {
                    title id=(format!("{id}-title")) { (self.title) }
                    desc id=(format!("{id}-desc")) { (self.description) }
                    @for (share, word) in &self.scale {
                        @let y = HEIGHT - BOTTOM - length(*share, 100, height);
                        line.grid x1=(LEFT) x2=(WIDTH) y1=(format!("{y:.1}")) y2=(format!("{y:.1}")) {}
                        text x=(LEFT - 6.0) y=(format!("{:.1}", y + 4.0)) text-anchor="end" { (word) }
                    }
                    @for (place, bar) in self.bars.iter().enumerate() {
                        @let (number, fill) = bar.parts.first().copied().unwrap_or((0, Fill::Solid));
                        @let y = level(number);
                        @let x = middle(place);
                        @if number > 0 {
                            rect class=(fill.class()) data-count=(number) x=(format!("{:.1}", x - step * 0.38)) y=(format!("{y:.1}"))
                                width=(format!("{:.1}", step * 0.76)) height=(format!("{:.1}", HEIGHT - BOTTOM - y)) {}
                        }
                        // Where the curve runs along the top of a column, the number stands inside.
                        @let meets = self.curve.get(place).is_some_and(|&value| y - level(value) < 24.0 && HEIGHT - BOTTOM - y > 24.0);
                        @let (class, raised) = if meets { ("inside", -18.0) } else { ("value", 5.0) };
                        text class=(class) x=(format!("{x:.1}")) y=(format!("{:.1}", y - raised)) text-anchor="middle" { (count(number as i64)) }
                        text x=(format!("{x:.1}")) y=(HEIGHT - 8.0) text-anchor="middle" { (bar.label) }
                    }
                    line.axis x1=(LEFT) x2=(WIDTH) y1=(HEIGHT - BOTTOM) y2=(HEIGHT - BOTTOM) {}
                    @if !points.is_empty() {
                        polyline.curve points=(points.join(" ")) {}
                        @for (at, &value) in self.curve.iter().enumerate() {
                            circle.knot cx=(format!("{:.1}", middle(at))) cy=(format!("{:.1}", level(value))) r="3.5" {}
                        }
                    }
                }
                // Apart from the picture, which a screen reader takes as one thing.
                svg.over viewBox=(format!("0 0 {WIDTH} {HEIGHT}")) {
                    @for (place, bar) in self.bars.iter().enumerate().filter(|(_, bar)| !bar.behind.is_empty()) {
                        a href=(format!("#{id}-who-{place}")) aria-label=(format!("{}: who", bar.told)) {
                            rect x=(format!("{:.1}", middle(place) - step / 2.0)) y="0" width=(format!("{step:.1}")) height=(HEIGHT) {}
                        }
                    }
                }
            }
            div.who {
                @for (place, bar) in self.bars.iter().enumerate().filter(|(_, bar)| !bar.behind.is_empty()) {
                    details { summary { (bar.told) } div id=(format!("{id}-who-{place}")) { (bar.opened()) } }
                }
            }
        }
    }
}

/// A table of numbers: its heads, then its rows, of which the first cell is the head.
pub(crate) fn numbers(id: &str, caption: &str, heads: &[&str], rows: &[Vec<String>]) -> Markup {
    numbers_of(id, caption, heads, rows, &[])
}

/// The same with a row for each of some bars: its head leads to the page that the bar leads to.
pub(crate) fn numbers_of(id: &str, caption: &str, heads: &[&str], rows: &[Vec<String>], bars: &[Bar]) -> Markup {
    let page = |row: usize| bars.get(row).and_then(|bar| bar.page.as_deref());
    html! {
        details.numbers {
            summary { "The numbers" }
            div.scroll tabindex="0" role="group" aria-label=(caption) {
                table id=(format!("{id}-numbers")) {
                    caption { (caption) }
                    thead { tr { @for head in heads { th scope="col" { (head) } } } }
                    tbody {
                        @for (at, row) in rows.iter().enumerate() {
                            tr {
                                @for (place, cell) in row.iter().enumerate() {
                                    @if place == 0 { th scope="row" dir="auto" { (people::linked(page(at), &html! { (cell) })) } } @else { td { (cell) } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
