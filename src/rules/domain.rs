//! The vocabulary: pure values, parsed once and then trusted. No input or output, no serialisation.

mod certificate;
mod country;
mod draft;
mod edit;
mod fund;
mod ids;
mod instance;
mod language;
mod link;
mod matching;
mod numbers;
mod offer;
mod overrides;
mod policy;
mod preset;
mod quota;
mod rule;
mod run;
mod skill;
mod study;
mod text;
mod waiver;

pub use certificate::{Certificate, CertificateProof, CertificateSum};
pub use country::Country;
pub use draft::{Draft, DraftId};
pub use edit::Edit;
pub use fund::{Fund, FundScope, FundSet, MAX_FUNDS, Money};
pub use ids::{
    HostId, HostIndex, MalformedId, ProgramId, ProgramIndex, ProjectId, ProjectIndex, SkillIndex, StudentId,
    StudentIndex, check_id,
};
pub use instance::{
    Attributes, Choice, Host, Instance, LanguageRequirement, Origin, PairNote, Program, Project, SkillRequirement,
    Student, StudentLanguage, Target, WorkAuthorization,
};
pub use language::{Language, LanguageLevel};
pub use link::{Link, LinkKind, Meeting};
pub use matching::{Assignment, Headcount, Matching};
pub use numbers::{Gpa, Hours, Points, Share, Weight};
pub use offer::{ChangePrices, OfferState};
pub use overrides::Override;
pub use policy::{
    Criterion, Engine, Goal, GoalKind, Policy, RequiredData, RequiredFact, SemesterLevels, SolveLimits, Weights,
};
pub use preset::Preset;
pub use quota::{ProjectSet, Quota, QuotaScope, QuotaWeight, StudentSet};
pub use rule::Rule;
pub use run::{NewRun, Run, RunFilter, RunId, RunState};
pub use skill::{Proficiency, SkillAlias, SkillTable, normal_form};
pub use study::{StudyLevel, StudyLevels};
pub use text::{composed, folded, is_invisible, looks};
pub use waiver::Waiver;

/// A day of the civil calendar.
pub use jiff::civil::Date;

/// A moment.
pub use jiff::Timestamp;
