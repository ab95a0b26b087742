//! Reasons and totals, read from the evaluation, the formulation and exact solves; nothing is judged or scored anew, nothing guessed.

mod alternates;
mod bounds;
pub mod diagnosis;
mod empty;
mod full;
mod goal_units;
mod moves;
mod networks;
mod optimum;
mod pair;
mod price;
mod project;
mod prospect;
mod reasons;
mod seats;
mod stranded;
mod student;
mod summary;
mod unmatched;

pub use alternates::{Alternates, alternates};
pub use bounds::Between;
pub use empty::{WhyEmpty, closed_projects, empty_projects, is_closed};
pub use full::Full;
pub use goal_units::{in_goal_unit, in_goal_units};
pub use moves::{Move, moves};
pub use optimum::{ExplainError, Optimum};
pub use pair::{PairExplanation, PairReason};
pub use price::compare;
pub use project::{Applicants, ProjectExplanation, ProjectState};
pub use prospect::{Asked, Counterfactual, Draw, Prospect};
pub use reasons::{Reasons, reasons, reasons_of_rules};
pub use seats::{Gain, seat_values};
pub use stranded::Stranded;
pub use student::StudentExplanation;
pub use summary::{Fill, Summary, summarise};
pub use unmatched::{Unmatched, UnmatchedReason, unmatched};
