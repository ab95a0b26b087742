//! Generated messages, binary and proto3 JSON: the only door to the domain.
//!
//! Message to domain can fail, gathers every fault with its field path, and is where floats end. Domain to message
//! cannot fail and gives the canonical form: rows by id, defaults written out.

mod audience;
mod certificate;
mod change;
mod check;
mod comments;
mod compare;
mod conflict;
mod counterfactual;
mod decisions;
mod edit;
mod empty;
mod evaluation;
mod explain;
mod faults;
mod finding;
mod instance;
pub mod json;
mod limits;
mod market;
mod names;
mod outcome;
mod overrides;
mod policy;
mod quota;
mod request;
mod run;
mod sentences;
mod shortlist;
mod tell;
mod what_if;

pub use audience::Audience;
pub use certificate::read_certificate;
pub use change::{Base, MadeSeason, make_changes};
pub use check::write_check;
pub use comments::comment;
pub use compare::{moved_pairs, read_compared, write_comparison, write_reasons};
pub use edit::make_edits;
pub use empty::why_empty;
pub use evaluation::write_pair_evaluation;
pub use explain::{read_about, write_explanation};
pub use faults::Faults;
pub use finding::write_finding;
pub use instance::write_instance;
pub use limits::SizeLimits;
pub use market::{add_findings, write_validation};
pub use outcome::write_outcome;
pub use overrides::{decisions_of, is_same, overrides_of, write_effect};
pub use policy::write_policy;
pub use request::{Request, Selection, read_assignments, read_base, read_request, read_selection};
pub use run::{
    Stored, check_create, decode, encode, new_run, read_filter, request_key, write_entry, write_new_run,
    write_progress, write_run,
};
pub use sentences::{numbers, rule_name};
pub use shortlist::{read_interviews, write_shortlist};
pub use tell::Teller;
pub use what_if::write_what_if;

/// The generated messages of package `misti.matching.v1`.
pub use messages as pb;
pub use messages::DESCRIPTORS;
