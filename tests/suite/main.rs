//! The one integration binary. Each module is a topic; test names are sentences about behaviour.

mod command_line;
mod configuration;
mod contradictions;
mod deploy;
mod engines;
mod library;
mod lies;
mod malformed;
mod oracle;
mod presets;
mod properties;
mod real_sets;
mod reasons;
mod reports;
mod rule_book;
mod rules;
mod runs;
mod scoped_goals;
mod scores;
mod service;
mod settings;
mod shortlist;
mod stability;
mod support;
mod surprises;
mod tidy;
