//! Exit codes. They are part of what scripts rely on.

use std::process::ExitCode;

/// Told by `--help`.
pub(super) const HELP: &str = "Exit codes:
  0  done; of match: proven optimal; of validate and check: nothing wrong
  2  the arguments are wrong
  3  the request is malformed; of validate: an error was found; of import: something has to be decided first, and no season was written
  4  match: no matching keeps every rule (proven)
  5  match: a matching, stopped before it was proven the best
  6  match: stopped before any matching was found
  7  check: the matching breaks a rule
  8  a file, an address, a setting or a store can't be used, or a server refuses or does not serve; of doctor: something is missing; of import: a file is no
     spreadsheet that can be read
  9  the engine failed
 10  match: a matching that places nobody, though there are students";

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exit {
    Done = 0,
    Arguments = 2,
    Malformed = 3,
    Infeasible = 4,
    Unproven = 5,
    NoMatching = 6,
    RuleBroken = 7,
    File = 8,
    Engine = 9,
    NobodyPlaced = 10,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
