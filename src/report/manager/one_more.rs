//! What would one more seat buy.

use maud::{Markup, html};
use pb::goal_price::Effect;
use wire::numbers::{count, listed};
use wire::pb;

use crate::bars::{self, Bar};
use crate::html::section as frame;
use crate::season::View;

const QUESTION: &str = "What would one more seat buy?";
/// Sentences that are seen at once.
const SHOWN: usize = 6;

/// What one unit more would buy, the most important first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Gain {
    Place,
    Better,
    Unsettled,
    Nothing,
}

impl Gain {
    const ALL: [(Self, &'static str); 4] = [
        (Self::Place, "One more student has a place"),
        (Self::Better, "The placement is better otherwise"),
        (Self::Unsettled, "Something: how much is not settled"),
        (Self::Nothing, "Nothing"),
    ];

    /// What it is, inside of a sentence.
    fn buys(self) -> &'static str {
        match self {
            Self::Place => "another student's place",
            Self::Better => "something else",
            Self::Unsettled => "something that is not settled (WhatIf says it)",
            Self::Nothing => "nothing",
        }
    }

    fn of(value: &pb::SeatValue) -> Self {
        let places =
            |price: &pb::GoalPrice| price.kind() == pb::goal::Kind::PlaceMost && price.effect() == Effect::Better;
        match () {
            () if !value.exact => Self::Unsettled,
            () if !value.better => Self::Nothing,
            () if value.prices.iter().any(places) => Self::Place,
            () => Self::Better,
        }
    }
}

/// Seats, quotas and funds that are full, by what one unit more would buy.
pub(super) fn section(view: &View) -> Markup {
    let values = &view.outcome().seat_values;
    if values.is_empty() {
        let told = "The outcome holds no value of a seat: nothing is full, or nothing is known of it; WhatIf solves the season with one more.";
        return frame("one-more", QUESTION, &[told.to_owned()], &Markup::default());
    }
    let mut sorted: Vec<&pb::SeatValue> = values.iter().collect();
    sorted.sort_by_key(|value| Gain::of(value));
    let of = |gain: Gain| sorted.iter().filter(move |value| Gain::of(value) == gain);
    let bars: Vec<Bar> = Gain::ALL
        .into_iter()
        .map(|(gain, name)| {
            Bar::of(name.to_owned(), of(gain).map(|value| html! { (value.sentence) }).collect(), "place")
        })
        .filter(|bar| !bar.behind.is_empty())
        .collect();
    let rows: Vec<Vec<String>> = bars.iter().map(|bar| vec![bar.label.clone(), bar.behind.len().to_string()]).collect();
    let parts = Gain::ALL.into_iter().filter_map(|(gain, _)| match of(gain).count() {
        0 => None,
        number => Some(format!("{} at {}", gain.buys(), count(number as i64))),
    });
    let full = match values.len() {
        1 => "1 project, host, quota or fund is full".to_owned(),
        several => format!("{} projects, hosts, quotas and funds are full", count(several as i64)),
    };
    let answer = format!("{full}; one more seat would buy {}.", listed(&parts.collect::<Vec<_>>(), "and"));
    let shown = html! {
        (bars::rows("one-more", &bars, bars.len(), "more"))
        ul.told { @for value in sorted.iter().filter(|value| value.better).take(SHOWN) { li { (value.sentence) } } }
        (bars::numbers("one-more", "What is full, by what one more would buy", &["It buys", "Full"], &rows))
    };
    frame("one-more", QUESTION, &[answer], &shown)
}
