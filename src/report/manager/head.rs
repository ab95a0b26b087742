//! What the office reads first: how it ended, and the figures; and below everything of what it was made.

use maud::{Markup, html};
use pb::outcome::Status;
use wire::numbers::{count, counted, scores};
use wire::pb;

use crate::html::of_term;
use crate::season::View;
use crate::share::percent;

/// The page's title.
pub(super) fn title(view: &View) -> String {
    match view.instance().term.as_str() {
        "" => "Who goes where".to_owned(),
        term => format!("Who goes where: {term}"),
    }
}

/// How the solve ended.
fn ending(outcome: &pb::Outcome) -> &'static str {
    match outcome.status() {
        Status::Optimal => "This is proven to be the best placement.",
        Status::Feasible => {
            "This placement keeps every rule, and is not proven to be the best: the solve stopped early."
        }
        Status::Infeasible => "No placement keeps every rule.",
        Status::NoSolutionFound => "No placement was found in time.",
        Status::Cancelled if outcome.summary.is_none() => "The solve was cancelled before a placement was found.",
        Status::Cancelled => {
            "The solve was cancelled: this is the best placement found until then, and is not proven to be the best."
        }
        Status::Unspecified => "How the solve ended is not known.",
    }
}

fn figure(name: &str, value: &str, more: &str) -> Markup {
    html! { div { dt { (name) } dd { (value) @if !more.is_empty() { small { (more) } } } } }
}

/// Of which season it is.
pub(super) fn heading(view: &View) -> Markup {
    html! {
        h1 { "Who goes where" }
        (of_term(&view.instance().term))
    }
}

/// How it ended, and the figures of the whole.
pub(super) fn figures(view: &View) -> Markup {
    let outcome = view.outcome();
    let figures = outcome.summary.as_ref().map(|summary| {
        let placed = u64::from(summary.placed_count.unsigned_abs());
        let all = placed + u64::from(summary.unmatched_count.unsigned_abs());
        let first = summary.rank_histogram.iter().find(|line| line.rank == 1);
        let first = first.map_or(0, |line| u64::from(line.student_count.unsigned_abs()));
        let seats = view.instance().seats_over(view.instance().project_indices());
        let of_all = |part: u64| format!("{} of all", percent(part, all));
        let mean = summary.total_points.checked_div(i64::from(summary.placed_count));
        html! {
            dl.figures {
                (figure("With a place", &count(placed as i64), &format!("of {}", counted(all as i64, "student"))))
                @if summary.rank_histogram.iter().any(|line| line.rank > 0) {
                    (figure("First choice", &count(first as i64), &of_all(first)))
                }
                (figure("Without a place", &count(summary.unmatched_count.into()), &of_all(all - placed)))
                (figure("Seats filled", &percent(placed, seats), &format!("of {}", counted(seats as i64, "seat"))))
                @if let Some(mean) = mean { (figure("Mean score", &scores(mean, 0).0, "of 100, of who has a place")) }
                (figure("Empty projects", &count(outcome.empty_projects.len() as i64), &format!("of {}", count(view.instance().projects.len() as i64))))
            }
        }
    });
    html! {
        p { (ending(outcome)) }
        (figures.unwrap_or_default())
    }
}

/// Of what, by what.
pub(super) fn foot(view: &View) -> Markup {
    let provenance = view.outcome().provenance.as_ref();
    html! {
        p {
            @if let Some(made) = provenance {
                "Season and policy " code { (made.digest.get(..16).unwrap_or(&made.digest)) }
                ", engine " (made.engine_version) ", " (made.solver_version) ", lottery seed " (made.lottery_seed)
                @if !made.as_of_date.is_empty() { ", waivers as of " (made.as_of_date) }
                ". "
            }
            "A score is the points of a pair, of 100. For the office alone: it names everybody."
        }
    }
}
