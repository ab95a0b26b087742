//! Goals that change, in words.

use super::numbers::{count, counted, ordinal, scores};
use crate::pb;
use pb::goal::Kind as Goal;
use pb::goal_price::Effect;

/// What happens to one goal.
pub(super) fn price(price: &pb::GoalPrice) -> String {
    let is_better = price.effect() == Effect::Better;
    let word = |better: &'static str, worse: &'static str| if is_better { better } else { worse };
    let by = price.change.saturating_abs();
    let change = |what: &str| {
        let verb = if price.change > 0 { "rise" } else { "fall" };
        format!("{what} would {verb} from {} to {}", count(price.before), count(price.after))
    };
    let score = |what: &str| {
        let verb = if price.change > 0 { "rise" } else { "fall" };
        let (before, after) = scores(price.before, price.after);
        format!("{what} would {verb} from {before} to {after}")
    };
    let more = |what: &str, does: &str| {
        let which = if price.change > 0 { "more" } else { "fewer" };
        format!("{} {which} {} {does}", count(by), if by == 1 { what.to_owned() } else { format!("{what}s") })
    };
    let told = match price.kind() {
        Goal::PlaceMost => more("student", "would have a place"),
        Goal::TotalPoints => score("the total score"),
        Goal::RaiseWorst => score("the score of the worst-off"),
        Goal::LeastRankSum => {
            format!("wishes would be met {} ({})", word("better", "less well"), change("the sum of choice ranks"))
        }
        Goal::LowestWorstRank => {
            format!(
                "the worst choice that anybody gets would be the {}, not the {}",
                rank(price.after),
                rank(price.before)
            )
        }
        Goal::RankMaximal => profile(price, false),
        Goal::Generous => profile(price, true),
        Goal::FewestBelowFloor => more("student", "would be below the floor"),
        Goal::LeastDisruption => change("the price of changes"),
        Goal::Leximin => format!("the worst-off would be {} off", word("better", "worse")),
        Goal::FewestBlockingPairs => more("pair", "would rather have each other"),
        Goal::FewestChanges => more("student", "would have another place than before"),
        Goal::KeepTold => more("student", "would keep the place they were told"),
        Goal::Unspecified => format!("a goal would be {}", word("better", "worse")),
    };
    if price.scoped { format!("{told} (of the students whom that goal counts)") } else { told }
}

fn rank(rank: i64) -> String {
    ordinal(rank)
}

/// The first rank at which two profiles differ, from the first on or from the last backwards.
fn profile(price: &pb::GoalPrice, backwards: bool) -> String {
    let (before, after) = (&price.profile_before, &price.profile_after);
    let at = |profile: &[i32], rank: usize| profile.get(rank).copied().unwrap_or(0);
    let differs = |&rank: &usize| at(before, rank) != at(after, rank);
    let ranks = 0..before.len().max(after.len());
    let found = if backwards { ranks.rev().find(differs) } else { ranks.clone().find(differs) };
    let Some(rank) = found else { return "wishes would be met otherwise".to_owned() };
    let (before, after) = (at(before, rank), at(after, rank));
    let choice = ordinal(rank as i64 + 1);
    format!("{} would get their {choice} choice, not {}", counted(after.into(), "student"), count(before.into()))
}

/// The goal that decides: the most important one that changes.
pub(super) fn decisive(prices: &[pb::GoalPrice]) -> Option<&pb::GoalPrice> {
    prices.iter().find(|price| price.effect() != Effect::Same)
}

/// Every goal that changes; not the sum of ranks where others are placed, which then says nothing of how wishes are met.
pub(super) fn all(prices: &[pb::GoalPrice]) -> Vec<String> {
    let is_changed = |told: &&pb::GoalPrice| told.effect() != Effect::Same;
    let places_others = prices.iter().filter(is_changed).any(|told| told.kind() == Goal::PlaceMost);
    let is_told = |told: &&pb::GoalPrice| !(places_others && told.kind() == Goal::LeastRankSum);
    prices.iter().filter(is_changed).filter(is_told).map(price).collect()
}
