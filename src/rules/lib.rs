//! What a season is, who may go where and for how many points: pure values and functions, no solver, no input or output.

pub mod codes;
pub mod domain;
pub mod eligibility;
pub mod evaluation;
pub mod finding;
pub mod funding;
pub mod hexadecimal;
pub mod scoring;
pub mod validation;
