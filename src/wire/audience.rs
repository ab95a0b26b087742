//! [`Audience`]: what of an explanation may be told to whom. It takes fields out of the message before any sentence is made of it.

use super::pb;
use pb::contribution::Criterion;

/// Who reads an explanation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// The program manager: everything.
    Manager,
    /// The host of the project: who is there, and nothing found of a student.
    Host,
    /// The student: themselves alone.
    Student,
}

impl Audience {
    /// Each.
    pub const ALL: [Self; 3] = [Self::Manager, Self::Host, Self::Student];

    pub(super) fn of_student(self, message: &mut pb::StudentExplanation) {
        if self == Self::Manager {
            return;
        }
        message.assignment.iter_mut().for_each(|place| self.of_assignment(place));
        message.waived_rules.clear();
        message.void_acceptance.iter_mut().for_each(|pair| self.of_evaluation(pair));
        let by_wish = |rank: Option<i32>, id: &str| (rank.unwrap_or(i32::MAX), id.to_owned());
        if let Some(left) = &mut message.unmatched {
            left.nearest_projects.iter_mut().for_each(|near| self.of_evaluation(near));
            left.nearest_projects
                .sort_by_key(|near| (near.refusals.len(), by_wish(near.choice_rank, &near.project_id)));
            left.refusals.retain(|count| !is_said_by_others(count.rule()));
            left.single_rules.retain(|single| !is_said_by_others(single.rule()));
            left.placing.iter_mut().for_each(|placing| self.of_prospect(placing));
            left.full_quota_ids.clear();
            // Where none of their own wishes refuses, the wishes are those of hosts.
            let is_own = |count: &pb::RuleCount| matches!(count.rule(), pb::Rule::Veto | pb::Rule::ChoicesOnly);
            if left.reason() == pb::unmatched::Reason::NotAcceptable && !left.refusals.iter().any(is_own) {
                left.reason = pb::unmatched::Reason::NoEligibleProject as i32;
            }
        }
        message.preferred.iter_mut().for_each(|pair| self.of_pair(pair));
        // What is preferred by points is so by terms that are not theirs to read.
        let is_wished = |pair: &pb::PairExplanation| pair.evaluation.as_ref().is_some_and(|e| e.choice_rank.is_some());
        message.preferred.retain(is_wished);
        message.preferred.sort_by_key(|pair| pair.evaluation.as_ref().map(|e| by_wish(e.choice_rank, &e.project_id)));
        if message.preferred.is_empty() {
            message.preferred_count = 0;
        }
        if let Some(place) = &mut message.assignment {
            place.alternates.retain(|alternate| alternate.choice_rank.is_some());
            place.alternates.sort_by_key(|alternate| by_wish(alternate.choice_rank, &alternate.project_id));
        }
    }

    pub(super) fn of_project(self, message: &mut pb::ProjectExplanation) {
        if self == Self::Manager {
            return;
        }
        message.assignments.iter_mut().for_each(|place| self.of_assignment(place));
        message.refusals.retain(|count| is_of_project(count.rule()));
        // A count less than all says that for somebody a rule is waived.
        message.refusals.iter_mut().for_each(|count| count.student_count = 0);
        message.applicant_count = message.applicant_count.filter(|&count| count == 0);
        message.applicant_refusals.clear();
        // Who has a place elsewhere is another host's.
        let has_no_place = |pair: &pb::PairExplanation| {
            let moves =
                pair.prospect.iter().flat_map(|prospect| &prospect.counterfactual).flat_map(|message| &message.moves);
            let student = pair.evaluation.as_ref().map(|evaluation| &evaluation.student_id);
            moves.into_iter().filter(|m| Some(&m.student_id) == student).all(|m| m.from_project_id.is_empty())
        };
        message.next_students.retain(has_no_place);
        message.next_students.iter_mut().for_each(|pair| self.of_pair(pair));
        message.newcomer.iter_mut().for_each(|newcomer| self.of_prospect(newcomer));
    }

    pub(super) fn of_pair(self, message: &mut pb::PairExplanation) {
        if self == Self::Manager {
            return;
        }
        message.evaluation.iter_mut().for_each(|evaluation| self.of_evaluation(evaluation));
        message.prospect.iter_mut().for_each(|prospect| self.of_prospect(prospect));
    }

    fn of_assignment(self, place: &mut pb::Assignment) {
        // The points hold terms that are not for every eye.
        place.points = 0;
        self.of_terms(&mut place.contributions);
        place.next_students.clear();
        match self {
            Self::Manager => {}
            Self::Host => {
                place.choice_rank = None;
                place.alternates.clear();
                place.fund_id.clear();
            }
            Self::Student => {
                place.host_rank = None;
                for alternate in &mut place.alternates {
                    (alternate.points, alternate.host_rank) = (0, None);
                }
            }
        }
    }

    fn of_evaluation(self, message: &mut pb::PairEvaluation) {
        message.points = 0;
        self.of_terms(&mut message.contributions);
        match self {
            Self::Manager => {}
            Self::Host => {
                message.choice_rank = None;
                message.quotas.clear();
                message.waived_rules.clear();
                // Which rule refuses says what was found of the student or what they wish, and which one does not, what is waived for them.
                // Rules that look at the project alone are told of the project.
                message.refusals.clear();
                if message.verdict() != pb::Verdict::Eligible {
                    message.verdict = pb::Verdict::Ineligible as i32;
                }
            }
            Self::Student => {
                message.host_rank = None;
                // A quota may be about people, and a waiver is the manager's decision.
                message.quotas.clear();
                message.waived_rules.clear();
                message.refusals.retain(|refusal| !is_said_by_others(refusal.rule()));
                let why = message.refusals.iter_mut().filter(|refusal| is_called_off(refusal.rule()));
                why.for_each(|refusal| refusal.observed.clear());
                if message.verdict() != pb::Verdict::Eligible && message.refusals.is_empty() {
                    message.verdict = pb::Verdict::Ineligible as i32;
                }
            }
        }
    }

    fn of_terms(self, terms: &mut Vec<pb::Contribution>) {
        let reader = |term: &pb::Contribution| match term.criterion() {
            Criterion::Skills | Criterion::Language | Criterion::Preference => Self::Student,
            Criterion::HostRank => Self::Host,
            Criterion::Interview | Criterion::Affinity | Criterion::Unspecified => Self::Manager,
        };
        terms.retain(|term| self == Self::Manager || reader(term) == self);
        // A part of the points tells the sum of the weights that apply, and so which others do.
        terms.iter_mut().for_each(|term| term.points = 0);
    }

    fn of_prospect(self, message: &mut pb::Prospect) {
        if let Some(draw) = &mut message.draw {
            *draw = pb::LotteryDraw::default();
        }
        // Rows that name students say where others are; quotas may be about people; that no pair blocks says whom a host prefers. Without
        // them the rest would claim too much.
        let is_of_others = |row: &pb::ConflictRow| {
            use pb::conflict_row::Kind;
            !row.student_ids.is_empty() || matches!(row.kind(), Kind::Quota | Kind::StableOnly)
        };
        if self == Self::Host || message.blocked_by.iter().any(is_of_others) {
            message.blocked_by.clear();
        }
        message.blocked_by.iter_mut().for_each(|row| row.sentence.clear());
        if self == Self::Host {
            message.counterfactual = None;
        }
        if let Some(counterfactual) = &mut message.counterfactual {
            counterfactual.moves.clear();
            for price in &mut counterfactual.prices {
                (price.before, price.after, price.change) = (0, 0, 0);
                price.profile_before.clear();
                price.profile_after.clear();
            }
        }
    }
}

/// What a refusal by a rule tells, and so who may read of it. [`subject`] says it of every rule: a new one does not compile before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Subject {
    /// Nobody may go there. All may know that; why may be told in free text, which the manager alone reads.
    CalledOff,
    /// The project or its host. All may know it.
    Project,
    /// The student, or what the student wishes. The student may read what was found, and no host that the rule refused.
    Student,
    /// What other people said of the student. The manager alone reads it.
    SaidByOthers,
}

fn subject(rule: pb::Rule) -> Subject {
    use pb::Rule;
    match rule {
        Rule::ProgramSuspended | Rule::CountrySuspended | Rule::HostWithdrawn => Subject::CalledOff,
        Rule::Duration | Rule::Supervisor | Rule::Workspace | Rule::Pay | Rule::AlumniHost => Subject::Project,
        Rule::Language
        | Rule::Skills
        | Rule::Dates
        | Rule::WorkAuthorization
        | Rule::StudyLevel
        | Rule::Gpa
        | Rule::Courses
        | Rule::ProgramApproval
        | Rule::Materials
        | Rule::Veto
        | Rule::ChoicesOnly
        | Rule::OfferEnded
        | Rule::Funding
        | Rule::StudentWithdrawn => Subject::Student,
        // A rule without a name is one of a newer engine.
        Rule::Forbidden | Rule::RankedOnly | Rule::Unspecified => Subject::SaidByOthers,
    }
}

/// Whether a rule looks at nothing of the student.
fn is_of_project(rule: pb::Rule) -> bool {
    matches!(subject(rule), Subject::CalledOff | Subject::Project)
}

fn is_called_off(rule: pb::Rule) -> bool {
    subject(rule) == Subject::CalledOff
}

fn is_said_by_others(rule: pb::Rule) -> bool {
    subject(rule) == Subject::SaidByOthers
}
