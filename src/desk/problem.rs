//! [`Problem`]: one thing about one place of a spreadsheet that its owner should know or decide.

use rules::codes::Code;
use sheets::Place;

/// How bad a problem is. The order is from harmless to fatal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Read by a rule that can't change what is meant; the rule is named.
    Note,
    /// Read as it stands; a person should look.
    Warning,
    /// A repair is proposed, and not made until somebody decides.
    Ask,
    /// It can't be read; there is no season without a decision.
    Error,
}

impl Severity {
    /// Its name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Note => "NOTE",
            Self::Warning => "WARNING",
            Self::Ask => "ASK",
            Self::Error => "ERROR",
        }
    }
}

/// One thing about one place of a spreadsheet.
#[derive(Debug, Clone)]
pub struct Problem {
    /// The file's name, without its folder.
    pub file: String,
    /// The sheet's name; empty of a text file.
    pub sheet: String,
    /// Where it is.
    pub place: Place,
    /// Id of the record, as far as it is known; of a choice the student and the target, of a host's rank the project and the student.
    pub record_id: String,
    /// Canonical name of the column; its header where no column is known by it.
    pub column: String,
    /// Which kind.
    pub code: &'static Code,
    /// How bad.
    pub severity: Severity,
    /// What stands there.
    pub found: String,
    /// What is the matter: subject first, one sentence without a full stop.
    pub problem: String,
    /// The value to take instead; empty where none is known.
    pub suggestion: String,
    /// What was decided about it; empty: nothing.
    pub decision: String,
}
