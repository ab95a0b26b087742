//! Rules that refuse, in words.

use super::Words;
use super::numbers::listed;
use crate::pb;
use pb::Rule;

/// What a rule is called.
pub fn name(rule: Rule) -> &'static str {
    match rule {
        Rule::Unspecified => "a rule",
        Rule::Language => "the language rule",
        Rule::Skills => "the skills rule",
        Rule::Dates => "the rule of dates",
        Rule::Duration => "the rule of duration",
        Rule::WorkAuthorization => "the rule of work authorisation",
        Rule::StudyLevel => "the rule of study levels",
        Rule::Gpa => "the GPA rule",
        Rule::Courses => "the rule of courses",
        Rule::ProgramApproval => "the approval of the program",
        Rule::ProgramSuspended => "the suspension of the program",
        Rule::Materials => "the rule of materials",
        Rule::Supervisor => "the rule of supervisors",
        Rule::Workspace => "the rule of workspaces",
        Rule::Forbidden => "the prohibition by a note",
        Rule::Veto => "the student's own refusal",
        Rule::ChoicesOnly => "the student's wish to go only where they chose",
        Rule::RankedOnly => "the host's list",
        Rule::CountrySuspended => "the suspension of the country",
        Rule::HostWithdrawn => "the host's withdrawal",
        Rule::OfferEnded => "the offer that ended",
        Rule::Funding => "the rule of funding",
        Rule::Pay => "the rule of pay",
        Rule::AlumniHost => "the rule of alumni hosts",
        Rule::StudentWithdrawn => "the student's withdrawal",
    }
}

/// What a refusal says, and what was found, where that is told apart.
type Clause = (String, Option<String>);

impl Words<'_> {
    /// What one refusal says; `it` is the project.
    fn clause(&self, refusal: &pb::Refusal, student_id: &str, it: &str) -> Clause {
        let who = self.who(student_id);
        let required = &refusal.required;
        let profile = if who.is_you { "your profile" } else { "the profile" };
        let found = refusal.observed.replace("the profile", profile);
        let observed = (!found.is_empty()).then(|| found.clone());
        let plain = |text: String| (text, None);
        let or = |text: &str| plain(if found.is_empty() { text.to_owned() } else { found.clone() });
        match refusal.rule() {
            Rule::Language
            | Rule::Skills
            | Rule::Dates
            | Rule::Gpa
            | Rule::Courses
            | Rule::ProgramApproval
            | Rule::Materials
            | Rule::Supervisor
            | Rule::Workspace => (format!("{it} needs {required}"), observed),
            Rule::Duration => (format!("{it} must have {required}"), observed),
            Rule::Pay => (format!("{it} must pay {required}"), observed),
            Rule::StudyLevel => (format!("{it} takes {required}"), observed),
            Rule::WorkAuthorization => (format!("{} {required}", who.does("need", "needs")), observed),
            Rule::ProgramSuspended => or("its program is suspended"),
            Rule::CountrySuspended => or("its country is suspended"),
            Rule::HostWithdrawn => or("its host has withdrawn"),
            Rule::Forbidden => or("a note forbids it"),
            Rule::OfferEnded => or("the offer of it has ended"),
            Rule::Veto => plain(format!("{} to go there", who.does("refuse", "refuses"))),
            Rule::ChoicesOnly => plain(format!("{} not choose it", who.does("did", "did"))),
            Rule::RankedOnly => plain(format!("its host left {} out of its list", who.object())),
            Rule::Funding => plain(format!("{it} pays no stipend, and no fund carries {} there", who.object())),
            Rule::AlumniHost => plain("its host is no alumna or alumnus".to_owned()),
            Rule::StudentWithdrawn => plain(format!("{} withdrawn", who.has())),
            Rule::Unspecified => plain("a rule stands against it".to_owned()),
        }
    }

    /// Why a pair is refused, with the project as `it`; empty where nothing is told.
    pub(super) fn refusals(&self, pair: &pb::PairEvaluation, it: &str) -> String {
        let clauses: Vec<Clause> =
            pair.refusals.iter().map(|refusal| self.clause(refusal, &pair.student_id, it)).collect();
        match &clauses[..] {
            [(text, Some(found))] => format!("{text}; {found}"),
            [(text, None)] => text.clone(),
            several => {
                let told = several.iter().map(|(text, found)| match found {
                    Some(found) => format!("{text} ({found})"),
                    None => text.clone(),
                });
                listed(&told.collect::<Vec<_>>(), "and")
            }
        }
    }

    /// That a pair is refused, as a sentence.
    pub(super) fn refused(&self, pair: &pb::PairEvaluation) -> String {
        let (who, project) = (self.who(&pair.student_id), self.project(&pair.project_id));
        let is_by_project = |rule: Rule| {
            use Rule::{Courses, Dates, Duration, Gpa, Language, Materials, Pay, ProgramApproval, Skills};
            use Rule::{Funding, StudyLevel, Supervisor, Workspace};
            matches!(rule, Courses | Dates | Duration | Gpa | Language | Materials | Pay | ProgramApproval | Skills)
                || matches!(rule, Funding | StudyLevel | Supervisor | Workspace)
        };
        match &pair.refusals[..] {
            [] => format!("{project} is not open to {}.", who.object()),
            [only] if is_by_project(only.rule()) => format!("{}.", self.refusals(pair, &project)),
            _ => format!("{project} is not open to {}: {}.", who.object(), self.refusals(pair, "it")),
        }
    }
}
