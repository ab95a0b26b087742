//! How good are the pairs: points, in tens of a score of 100.

use maud::{Markup, html};
use wire::numbers::{count, counted, scores};
use wire::pb;

use crate::bars::{self, Bar, Columns, Fill};
use crate::html::section as frame;
use crate::people;
use crate::season::View;

const QUESTION: &str = "How good are the pairs?";
/// Points of a tenth of the score.
const STEP: i32 = 100_000;
const STEPS: i32 = 10;

fn score(points: i64) -> String {
    scores(points, 0).0
}

/// Students by the score of their pair.
pub(super) fn section(view: &View) -> Markup {
    let places = &view.outcome().assignments;
    let Some(summary) = view.outcome().summary.as_ref().filter(|_| !places.is_empty()) else {
        return frame("points", QUESTION, &["Nobody has a place.".to_owned()], &Markup::default());
    };
    let mut points: Vec<i64> = places.iter().map(|place| place.points.into()).collect();
    points.sort_unstable();
    let number = points.len() as i64;
    let below_half = points.partition_point(|&points| points < i64::from(STEP) * 5) as i64;
    let answers = vec![
        format!(
            "The mean score of {} with a place is {} of 100, and half of them have {} or more.",
            counted(number, "student"),
            score(summary.total_points / number),
            score(points[points.len() / 2]),
        ),
        format!(
            "{} of them {} below 50; the total is {}.",
            count(below_half),
            if below_half == 1 { "is" } else { "are" },
            score(summary.total_points)
        ),
    ];
    let bar = |step: i32| {
        let is_in = |place: &&pb::Assignment| (place.points / STEP).clamp(0, STEPS - 1) == step;
        let them = places.iter().filter(is_in);
        let behind: Vec<Markup> =
            them.map(|place| html! { (people::placed(view, place)) " " (score(place.points.into())) }).collect();
        let (from, to) = (step * 10, (step + 1) * 10);
        let table = view.students_where(&[("score", &from.to_string())]);
        let told = format!("Score {from} to {to}: {}", counted(behind.len() as i64, "student"));
        Bar {
            label: from.to_string(),
            parts: vec![(behind.len() as u64, Fill::Solid)],
            told,
            behind,
            table,
            ..Bar::default()
        }
    };
    let bars: Vec<Bar> = (0..STEPS).map(bar).collect();
    let top = bars.iter().map(|bar| bar.parts[0].0).max().unwrap_or(0);
    let rows: Vec<Vec<String>> = (0..STEPS)
        .zip(&bars)
        .map(|(step, bar)| vec![format!("{} to {}", step * 10, (step + 1) * 10), bar.parts[0].0.to_string()])
        .collect();
    let scale = vec![(0, "0".to_owned()), (100, count(top as i64))];
    let description = answers.join(" ");
    let picture = Columns { id: "points", title: QUESTION, description, bars: &bars, top, scale, curve: Vec::new() };
    let shown = html! {
        (picture.draw())
        p.soft { "Below each column the score at which it begins." }
        (bars::numbers("points", "Students by the score of their pair", &["Score", "Students"], &rows))
    };
    frame("points", QUESTION, &answers, &shown)
}
