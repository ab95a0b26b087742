//! What it would take: who would move, and what would be better or worse.

use super::numbers::{counted, listed, listed_most};
use super::{Words, numbers};
use crate::{Audience, pb};
use pb::goal_price::Effect;
use pb::prospect::Kind;

/// Moves told before the rest is only counted.
const MOST_MOVES: usize = 8;

/// What is asked for.
#[derive(Clone, Copy)]
pub(super) enum Asked<'a> {
    /// A place anywhere for a student.
    Place(&'a str),
    /// A project for a student.
    Pair(&'a str, &'a str),
    /// Somebody at a project who is not there; whether nobody is there.
    Newcomer(&'a str, bool),
}

/// Two who could change places.
struct Swap<'a> {
    /// Who has it not.
    other: &'a str,
    /// Who has it.
    taken_by: &'a str,
    project: &'a str,
}

impl Words<'_> {
    fn moved(&self, m: &pb::Move) -> String {
        let who = self.student(&m.student_id);
        match (m.from_project_id.is_empty(), m.to_project_id.is_empty()) {
            (true, _) => format!("{who} takes {}", self.project(&m.to_project_id)),
            (_, true) => format!("{who} loses {}", self.project(&m.from_project_id)),
            _ => format!("{who} moves from {} to {}", self.project(&m.from_project_id), self.project(&m.to_project_id)),
        }
    }

    /// Who would move.
    pub(super) fn moves(&self, moves: &[pb::Move]) -> String {
        listed_most(moves.iter().map(|m| self.moved(m)).collect(), MOST_MOVES, "and")
    }

    /// What it would take to have something.
    pub(super) fn prospect(&self, asked: Asked, prospect: &pb::Prospect) -> String {
        match self.reader {
            Audience::Student => self.prospect_of_student(asked, prospect),
            Audience::Host => self.prospect_of_host(asked, prospect),
            Audience::Manager => match prospect.kind() {
                Kind::Costs => self.costs(asked, prospect.counterfactual.as_ref()),
                Kind::Tie => self.tie(asked, prospect),
                Kind::Blocked => self.blocked(asked, &prospect.blocked_by),
                Kind::Unproven | Kind::Unspecified => format!("{} was not settled in time.", self.whether(asked)),
            },
        }
    }

    fn has(&self, asked: Asked) -> String {
        match asked {
            Asked::Place(student) => format!("{} could have a place", self.who(student).subject()),
            Asked::Pair(student, project) => {
                format!("{} could have {}", self.who(student).subject(), self.project(project))
            }
            Asked::Newcomer(project, true) => format!("Somebody could be at {}", self.project(project)),
            Asked::Newcomer(project, false) => format!("Somebody else could be at {}", self.project(project)),
        }
    }

    fn has_not(&self, asked: Asked) -> String {
        match asked {
            Asked::Place(student) => format!("{} can have no place", self.who(student).subject()),
            Asked::Pair(student, project) => {
                format!("{} can't have {}", self.who(student).subject(), self.project(project))
            }
            Asked::Newcomer(project, true) => format!("Nobody can be at {}", self.project(project)),
            Asked::Newcomer(project, false) => format!("Nobody else can be at {}", self.project(project)),
        }
    }

    fn whether(&self, asked: Asked) -> String {
        match asked {
            Asked::Place(student) => format!("Whether {} could have a place", self.who(student).object()),
            Asked::Pair(student, project) => {
                format!("Whether {} could have {}", self.who(student).object(), self.project(project))
            }
            Asked::Newcomer(project, _) => format!("Whether anybody else could be at {}", self.project(project)),
        }
    }

    /// That every matching that has it is worse; or better, where the one that is explained is not the best.
    fn costs(&self, asked: Asked, told: Option<&pb::Counterfactual>) -> String {
        let Some(told) = told else {
            return format!("{} only in a placement that is worse as a whole.", self.has(asked));
        };
        // It is the best of all that have it.
        let then = self.decisive(&told.prices).map_or_else(String::new, |decides| {
            let best = if decides.effect() == Effect::Better { "" } else { "at best " };
            format!("; {best}{}", self.price(decides, false))
        });
        let student = match asked {
            Asked::Place(student) | Asked::Pair(student, _) => student,
            Asked::Newcomer(..) => "",
        };
        let (own, others): (Vec<&pb::Move>, Vec<&pb::Move>) = told.moves.iter().partition(|m| m.student_id == student);
        match (&own[..], &others[..]) {
            ([], []) => format!("{}{then}.", self.has(asked)),
            ([own], []) => format!("{}, and nobody else would move{then}.", self.takes(own)),
            ([own], [other]) if other.from_project_id == own.to_project_id && other.to_project_id.is_empty() => {
                format!("{} if {} lost it{then}.", self.takes(own), self.student(&other.student_id))
            }
            ([own], [other]) if other.from_project_id == own.to_project_id => {
                let (other, to) = (self.student(&other.student_id), self.project(&other.to_project_id));
                format!("{} if {other} moved to {to}{then}.", self.takes(own))
            }
            _ => format!("{} in this way: {}{then}.", self.has(asked), self.moves(&told.moves)),
        }
    }

    /// What the one who is asked about would have, and in the place of what.
    fn takes(&self, own: &pb::Move) -> String {
        let (who, project) = (self.who(&own.student_id), self.project(&own.to_project_id));
        let instead = match &own.from_project_id[..] {
            "" => String::new(),
            from => format!(" instead of {}", self.project(from)),
        };
        format!("{} could have {project}{instead}", who.subject())
    }

    fn tie(&self, asked: Asked, prospect: &pb::Prospect) -> String {
        let moves = prospect.counterfactual.as_ref().map(|told| &told.moves[..]).unwrap_or_default();
        let is_drawn = prospect.draw.is_some();
        // Under a tolerance what is as good may have other values.
        let differs = prospect.counterfactual.as_ref().is_some_and(|told| self.decisive(&told.prices).is_some());
        let as_good = if differs { "about as good" } else { "as good" };
        if let Some(swap) = swap(moves, asked).filter(|_| !differs) {
            let (other, taken_by) = (self.student(swap.other), self.student(swap.taken_by));
            let project = self.project(swap.project);
            let draw = if is_drawn { format!("; the draw gave it to {taken_by}") } else { String::new() };
            return format!("{other} and {taken_by} tie for {project}{draw}.");
        }
        let draw = if is_drawn { "; the draw decided against it" } else { "" };
        if moves.is_empty() {
            return format!("{} in a placement that is {as_good}{draw}.", self.has(asked));
        }
        format!("{} in a placement that is {as_good}{draw}: {}.", self.has(asked), self.moves(moves))
    }

    fn blocked(&self, asked: Asked, rows: &[pb::ConflictRow]) -> String {
        if rows.is_empty() {
            return format!("{}: no placement that keeps every rule allows it.", self.has_not(asked));
        }
        let told: Vec<String> = rows.iter().map(|row| self.row(row)).collect();
        format!("{}: {}.", self.has_not(asked), listed(&told, "and"))
    }

    fn prospect_of_student(&self, asked: Asked, prospect: &pb::Prospect) -> String {
        let what = match asked {
            Asked::Place(_) => "a place".to_owned(),
            Asked::Pair(_, project) | Asked::Newcomer(project, _) => self.project(project),
        };
        match prospect.kind() {
            Kind::Costs => self.costs_of_student(&what, prospect.counterfactual.as_ref()),
            Kind::Tie => self.tie_of_student(&what, prospect),
            Kind::Blocked if prospect.blocked_by.is_empty() => {
                format!("No placement that keeps every rule of the season gives you {what}.")
            }
            Kind::Blocked => {
                let told: Vec<String> = prospect.blocked_by.iter().map(|row| self.row(row)).collect();
                format!("No placement that keeps every rule gives you {what}: {}.", listed(&told, "and"))
            }
            Kind::Unproven | Kind::Unspecified => format!("Whether you could have {what} was not settled in time."),
        }
    }

    /// Nothing of who the others are.
    fn costs_of_student(&self, what: &str, told: Option<&pb::Counterfactual>) -> String {
        let Some(told) = told else { return format!("Giving you {what} would make the placement as a whole worse.") };
        if self.decisive(&told.prices).is_some_and(|price| price.effect() == Effect::Better) {
            return format!("You could have {what} in a placement that is better as a whole.");
        }
        match (told.lost_count, told.moved_count - 1) {
            (1, _) => format!("Giving you {what} would at best leave another student without a place."),
            (lost @ 2.., _) => {
                format!(
                    "Giving you {what} would at best leave {} without a place.",
                    counted(lost.into(), "other student")
                )
            }
            (_, others @ 1..) => {
                let others = counted(others.into(), "other student");
                format!("Giving you {what} would at best move {others}, and the placement as a whole would be worse.")
            }
            _ => format!("Giving you {what} would make the placement as a whole worse, though nobody else would move."),
        }
    }

    /// Nothing of who the others are, nor of luck where none was drawn.
    fn tie_of_student(&self, what: &str, prospect: &pb::Prospect) -> String {
        let told = prospect.counterfactual.as_ref();
        let differs = told.is_some_and(|told| self.decisive(&told.prices).is_some());
        let others = told.is_some_and(|told| told.moved_count > 1);
        match (prospect.draw.is_some(), others) {
            (true, true) if !differs => {
                format!("You and other students had equal claims to {what}, and the draw decided.")
            }
            (true, _) => format!("A placement that is as good would give you {what}; the draw decided against it."),
            (false, _) if differs => format!("A placement that is about as good would give you {what}."),
            (false, _) => format!("A placement that is as good would give you {what}."),
        }
    }

    fn prospect_of_host(&self, asked: Asked, prospect: &pb::Prospect) -> String {
        match prospect.kind() {
            Kind::Costs => format!("{} only if other places in the season changed.", self.has(asked)),
            Kind::Tie => format!("{} in a placement that is as good.", self.has(asked)),
            Kind::Blocked => format!("{} in any placement that keeps every rule.", self.has_not(asked)),
            Kind::Unproven | Kind::Unspecified => format!("{} was not settled in time.", self.whether(asked)),
        }
    }
}

/// Who ties for what, where two alone change places, or one takes the place of the other; of the two the one who is asked about has it not.
fn swap<'a>(moves: &'a [pb::Move], asked: Asked) -> Option<Swap<'a>> {
    let [one, two] = moves else { return None };
    let is_asked = |m: &pb::Move| match asked {
        Asked::Place(student) | Asked::Pair(student, _) => m.student_id == student,
        Asked::Newcomer(project, _) => m.to_project_id == project,
    };
    let (other, taken) = if is_asked(two) { (two, one) } else { (one, two) };
    let project = &other.to_project_id;
    let goes_round = other.from_project_id == taken.to_project_id;
    (is_asked(other) && !project.is_empty() && *project == taken.from_project_id && goes_round).then_some(Swap {
        other: &other.student_id,
        taken_by: &taken.student_id,
        project,
    })
}

/// A rank as a choice: `2nd choice`.
pub(super) fn choice(rank: i32) -> String {
    format!("{} choice", numbers::ordinal(rank.into()))
}
