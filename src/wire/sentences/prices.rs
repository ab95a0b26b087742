//! Goals that change, in words.

use super::Words;
use super::numbers::{count, counted, ordinal, scores};
use crate::pb;
use pb::goal::Kind as Goal;
use pb::goal_price::Effect;

impl Words<'_> {
    /// What happens to one goal; `others` says whether others are placed than before, so that sums of ranks say nothing of how wishes are met.
    pub(super) fn price(&self, price: &pb::GoalPrice, others: bool) -> String {
        let is_better = price.effect() == Effect::Better;
        let word = |better: &'static str, worse: &'static str| if is_better { better } else { worse };
        let by = price.change.saturating_abs();
        let verb = if price.change > 0 { "rise" } else { "fall" };
        let change = |what: &str| format!("{what} would {verb} from {} to {}", count(price.before), count(price.after));
        let score = |what: &str| {
            let (before, after) = scores(price.before, price.after);
            format!("{what} would {verb} from {before} to {after}")
        };
        let more = |what: &str, does: &str| {
            let which = if price.change > 0 { "more" } else { "fewer" };
            let ending = if by == 1 { "" } else { "s" };
            format!("{} {which} {what}{ending} {does}", count(by))
        };
        let told = match price.kind() {
            Goal::PlaceMost => more("student", "would have a place"),
            Goal::TotalPoints => score("the total score"),
            Goal::RaiseWorst => score("the score of the worst-off"),
            Goal::LeastRankSum if others => change("the sum of choice ranks"),
            Goal::LeastRankSum => {
                format!("wishes would be met {} ({})", word("better", "less well"), change("the sum of choice ranks"))
            }
            Goal::LowestWorstRank => {
                let (before, after) = (self.choice_of(price.before), self.choice_of(price.after));
                format!("the worst place that anybody gets would be {after}, not {before}")
            }
            Goal::RankMaximal => self.profile(price, false),
            Goal::Generous => self.profile(price, true),
            Goal::FewestBelowFloor => more("student", "would be below the floor"),
            Goal::LeastDisruption => change("the price of changed places"),
            Goal::Leximin => format!("the worst-off whose score changes would be {} off", word("better", "worse")),
            Goal::FewestBlockingPairs => more("student-project pair", "would rather have each other"),
            Goal::FewestChanges => more("student", "would have another place than before, or none"),
            Goal::KeepTold => more("student", "would keep the place they were told of"),
            Goal::Unspecified => format!("a goal would be {}", word("better", "worse")),
        };
        if price.scoped { format!("{told} (of the students whom that goal counts)") } else { told }
    }

    /// What a rank stands for.
    fn choice_of(&self, rank: i64) -> String {
        let stated = self.season.as_ref().map(|season| i64::from(season.instance.largest_choice_rank()));
        match rank {
            0 => "none".to_owned(),
            rank if stated.is_some_and(|stated| rank > stated) => "one that no choice covers".to_owned(),
            rank => format!("a {} choice", ordinal(rank)),
        }
    }

    /// The first rank at which two profiles differ, from the first on or from the last backwards.
    fn profile(&self, price: &pb::GoalPrice, backwards: bool) -> String {
        let (before, after) = (&price.profile_before, &price.profile_after);
        let at = |profile: &[i32], rank: usize| profile.get(rank).copied().unwrap_or(0);
        let differs = |&rank: &usize| at(before, rank) != at(after, rank);
        let ranks = 0..before.len().max(after.len());
        let found = if backwards { ranks.rev().find(differs) } else { ranks.clone().find(differs) };
        let Some(rank) = found else { return "wishes would be met otherwise".to_owned() };
        let (before, after) = (at(before, rank), at(after, rank));
        let choice = self.choice_of(rank as i64 + 1);
        let choice = if choice.starts_with("one") { "a place that no choice covers" } else { &choice };
        format!("{} would get {choice}, not {}", counted(after.into(), "student"), count(before.into()))
    }

    /// The goal that decides: of a matching that is proven the best the most important one that would be worse, as what is better in passing
    /// is within a tolerance; else the most important one that changes.
    pub(super) fn decisive<'p>(&self, prices: &'p [pb::GoalPrice]) -> Option<&'p pb::GoalPrice> {
        let worse = || prices.iter().find(|price| price.effect() == Effect::Worse);
        let changed = || prices.iter().find(|price| price.effect() != Effect::Same);
        if self.is_best { worse().or_else(changed) } else { changed() }
    }

    /// Every goal that changes.
    pub(super) fn prices(&self, prices: &[pb::GoalPrice]) -> Vec<String> {
        let is_changed = |told: &&pb::GoalPrice| told.effect() != Effect::Same;
        let others = prices.iter().filter(is_changed).any(|told| told.kind() == Goal::PlaceMost);
        prices.iter().filter(is_changed).map(|told| self.price(told, others)).collect()
    }
}
