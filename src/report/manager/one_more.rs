//! What would one more seat buy.

use maud::{Markup, html};
use pb::goal_price::Effect;
use wire::numbers::count;
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
    let number = |gain| count(of(gain).count() as i64);
    let answer = format!(
        "{} full. One more seat would give another student a place at {} of them, make the placement better otherwise at {}, and buy \
         nothing at {}; at {} it would buy something, and WhatIf says what.",
        match values.len() {
            1 => "1 project, host, quota or fund is".to_owned(),
            several => format!("{} projects, hosts, quotas and funds are", count(several as i64)),
        },
        number(Gain::Place),
        number(Gain::Better),
        number(Gain::Nothing),
        number(Gain::Unsettled)
    );
    let shown = html! {
        (bars::rows("one-more", &bars, bars.len(), "more"))
        ul.told { @for value in sorted.iter().filter(|value| value.better).take(SHOWN) { li { (value.sentence) } } }
        (bars::numbers("one-more", "What is full, by what one more would buy", &["It buys", "Full"], &rows))
    };
    frame("one-more", QUESTION, &[answer], &shown)
}
