//! What a well-formed request gets wrong all the same: contradictions that need no solver, surprises, and the market.

mod alike;
mod answers;
mod contradictions;
mod evenness;
mod market;
mod places;
mod profiles;
mod spelling;
mod surprises;
mod wishes;

pub use answers::told_and_moved;
pub use contradictions::contradictions;
pub use market::{CrowdedProject, Market, MarketLine, ThinProject, market};
pub use spelling::nearest_text;
pub use surprises::{surprises, without_effect};

use crate::codes::Code;
use crate::domain::{Instance, ProjectIndex, StudentIndex};
use crate::finding::{Finding, Severity};

fn finding(code: &'static Code, severity: Severity, field: String, message: impl Into<String>) -> Finding {
    Finding { code, severity, field, message: message.into() }
}

/// How many others a finding is about than the one that it names: nothing, `; 1 other project too`, `; 4 other projects too`.
fn others(count: usize, what: &str) -> String {
    match count.saturating_sub(1) {
        0 => String::new(),
        1 => format!("; 1 other {what} too"),
        more => format!("; {more} other {what}s too"),
    }
}

fn project_field(instance: &Instance, project: ProjectIndex, field: &str) -> String {
    format!("instance.projects[{}].{field}", instance.origin.projects[project.at()])
}

fn student_field(instance: &Instance, student: StudentIndex, field: &str) -> String {
    format!("instance.students[{}].{field}", instance.origin.students[student.at()])
}
