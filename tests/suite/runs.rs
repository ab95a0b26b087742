//! Runs: stored, worked on, watched, cancelled, re-matched and deleted, on both databases; and what becomes of them when things break.

mod backup;
mod calls;
mod command_line;
pub mod door;
mod drafts;
mod faults;
mod found;
pub mod harness;
mod kills;
mod leases;
mod ledger;
mod rematch;
mod restarts;
mod sealed;
mod sessions;
