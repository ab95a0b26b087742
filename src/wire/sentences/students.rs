//! Why a student has the place they have, or none.

use super::numbers::{count, counted, listed, listed_most};
use super::prospects::{Asked, choice};
use super::{Words, refusals};
use crate::{Audience, pb};
use pb::unmatched::Reason;

/// Whom a student asks.
const ASK: &str = "Ask your program manager what could change this.";
/// Alternates told before the rest is only counted.
const MOST_ALTERNATES: usize = 3;

impl Words<'_> {
    /// Why a student has no place.
    pub fn unmatched(&self, left: &pb::Unmatched) -> String {
        let who = self.who(&left.student_id);
        let placing = || left.placing.clone().unwrap_or_default();
        let has_withdrawn = left.refusals.iter().any(|count| count.rule() == pb::Rule::StudentWithdrawn);
        let told = match left.reason() {
            Reason::NoEligibleProject | Reason::NotAcceptable if has_withdrawn => {
                format!("{} withdrawn.", capital(&who.has()))
            }
            Reason::NoEligibleProject => {
                let by = if who.is_you { "" } else { " by the rules" };
                format!("No project is open to {}{by}.{}", who.object(), self.near(left))
            }
            Reason::NotAcceptable => format!("{}{}", self.refused_by_wishes(left), self.near(left)),
            Reason::CrowdedOut | Reason::Blocked | Reason::Tie => {
                self.prospect(Asked::Place(&left.student_id), &placing())
            }
            Reason::Unproven | Reason::Unspecified => self.unsettled(&left.student_id),
        };
        let quotas: Vec<String> = left.full_quota_ids.iter().map(|id| self.quota(id)).collect();
        if quotas.is_empty() {
            told
        } else {
            format!("{told} Seats stay free because of a quota: {}.", listed(&quotas, "and"))
        }
    }

    /// Why it is not known why a student has no place.
    fn unsettled(&self, student_id: &str) -> String {
        let who = self.who(student_id);
        let skips = self.season.as_ref().is_some_and(|season| season.policy.limits.skip_reasons);
        match () {
            () if skips => format!("Why {} no place was not asked for (skip_reasons).", who.has()),
            () if !self.is_best => {
                format!("Why {} no place is not known: this matching is not proven to be the best.", who.has())
            }
            () => format!("Why {} no place was not settled in time.", who.has()),
        }
    }

    /// Whose wishes leave a student no project.
    fn refused_by_wishes(&self, left: &pb::Unmatched) -> String {
        let who = self.who(&left.student_id);
        let goes_only_there = left.refusals.iter().any(|count| count.rule() == pb::Rule::ChoicesOnly);
        let stated = self.student_row(&left.student_id).map_or(0, |student| student.choices.len());
        match stated {
            0 if goes_only_there => {
                format!(
                    "{} not ranked any project, and asked to go only where {} ranked.",
                    capital(&who.has()),
                    who.they()
                )
            }
            1 if who.is_you && goes_only_there => "Your one choice is not open to you.".to_owned(),
            choices if who.is_you && goes_only_there => {
                format!("None of your {} choices is open to you.", count(choices as i64))
            }
            1 if goes_only_there => format!("The one choice of {} is not open to them.", who.object()),
            choices if goes_only_there => {
                format!("None of the {} choices of {} is open to them.", count(choices as i64), who.object())
            }
            _ if who.is_you => "No project that the rules allow is one that you accept.".to_owned(),
            _ => format!("The rules allow {} some projects, and wishes refuse each of them.", who.object()),
        }
    }

    /// What comes nearest to a place.
    fn near(&self, left: &pb::Unmatched) -> String {
        let who = self.who(&left.student_id);
        let nearest =
            left.nearest_projects.first().filter(|pair| !pair.refusals.is_empty()).map(|pair| {
                format!(" The nearest is {}: {}.", self.project(&pair.project_id), self.refusals(pair, "it"))
            });
        let single = left.single_rules.first().filter(|_| self.reader == Audience::Manager).map(|single| {
            let (rule, projects) = (refusals::name(single.rule()), counted(single.project_count.into(), "project"));
            if single.waivable {
                format!(" A waiver of {rule} would open {projects}.")
            } else {
                format!(" Of {projects} nothing but {rule} keeps {} away.", who.object())
            }
        });
        [nearest, single].into_iter().flatten().collect()
    }

    /// Why a pair is or is not matched.
    pub fn pair(&self, explanation: &pb::PairExplanation) -> String {
        use pb::pair_explanation::Reason;
        let pair = explanation.evaluation.clone().unwrap_or_default();
        match explanation.reason() {
            Reason::Matched => self.placed(&pair.student_id, &pair.project_id, pair.choice_rank),
            Reason::Refused => self.refused(&pair),
            Reason::Possible | Reason::Unspecified => {
                let told = explanation.prospect.clone().unwrap_or_default();
                self.prospect(Asked::Pair(&pair.student_id, &pair.project_id), &told)
            }
        }
    }

    /// Why a pair is or is not matched, to whoever asked about it.
    pub fn asked_pair(&self, explanation: &pb::PairExplanation) -> Vec<String> {
        let is_matched = explanation.reason() == pb::pair_explanation::Reason::Matched;
        let ask = (self.reader == Audience::Student && !is_matched).then(|| ASK.to_owned());
        [self.pair(explanation)].into_iter().chain(ask).collect()
    }

    fn placed(&self, student_id: &str, project_id: &str, rank: Option<i32>) -> String {
        let who = self.who(student_id);
        let states_choices = self.student_row(student_id).is_some_and(|student| !student.choices.is_empty());
        let rank = match rank {
            Some(_) if self.reader == Audience::Host => String::new(),
            Some(rank) => format!(", {} {}", who.their(), choice(rank)),
            None if states_choices && self.reader != Audience::Host => {
                format!(", which {} did not rank", who.they())
            }
            None => String::new(),
        };
        format!("{} at {}{rank}.", who.is(), self.project(project_id))
    }

    /// Why a student has the place they have.
    pub fn explained_student(&self, explanation: &pb::StudentExplanation) -> Vec<String> {
        let mut told = Vec::new();
        let who = self.who(&explanation.student_id);
        let has_withdrawn = self.student_row(&explanation.student_id).is_some_and(|row| row.withdrawn)
            && explanation.void_acceptance.is_none();
        if let Some(place) = &explanation.assignment {
            told.push(self.placed(&explanation.student_id, &place.project_id, place.choice_rank));
            match (explanation.pinned, explanation.accepted) {
                (true, _) if who.is_you => told.push("Your program manager has fixed this place.".to_owned()),
                (true, _) => told.push(format!("A pin holds {} there.", who.object())),
                (_, true) => told.push(format!("{} accepted the offer of this place, which holds it.", who.subject())),
                _ => {}
            }
            if !explanation.waived_rules.is_empty() {
                let rules: Vec<String> =
                    explanation.waived_rules().map(|rule| refusals::name(rule).to_owned()).collect();
                told.push(format!("A waiver sets {} aside.", listed(&rules, "and")));
            }
            if !place.alternates.is_empty() {
                let others = place.alternates.iter().map(|alternate| self.project(&alternate.project_id)).collect();
                let others = listed_most(others, MOST_ALTERNATES, "or");
                told.push(format!("Today {} could have {others} instead, and nobody else would move.", who.object()));
            }
        }
        told.extend(explanation.void_acceptance.iter().map(|void| {
            let why = self.refusals(void, "it");
            let why = if why.is_empty() { String::new() } else { format!(": {why}") };
            format!("{} accepted {}, which can't be had any more{why}.", who.subject(), self.project(&void.project_id))
        }));
        told.extend(explanation.unmatched.iter().map(|left| left.sentence.clone()));
        for preferred in &explanation.preferred {
            let sentence = self.pair(preferred);
            // Why there is no place may be why there is not this one.
            if !told.contains(&sentence) {
                told.push(sentence);
            }
        }
        let left_out = i64::from(explanation.preferred_count) - explanation.preferred.len() as i64;
        if left_out > 0 && !explanation.preferred.is_empty() {
            let states_choices = self.student_row(&explanation.student_id).is_some_and(|row| !row.choices.is_empty());
            let projects = counted(left_out, "more project");
            told.push(if states_choices {
                format!("{projects} that {} would rather have, not told here.", who.they())
            } else {
                format!("{projects} with a higher score, not told here.")
            });
        }
        if has_withdrawn {
            told.truncate(1);
        }
        if self.reader == Audience::Student
            && !has_withdrawn
            && (explanation.unmatched.is_some() || !explanation.preferred.is_empty())
        {
            told.push(ASK.to_owned());
        }
        told
    }
}

/// With a capital letter where it is `you`.
fn capital(text: &str) -> String {
    text.strip_prefix("you ").map_or_else(|| text.to_owned(), |rest| format!("You {rest}"))
}
