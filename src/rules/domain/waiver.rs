//! [`Waiver`]: a rule that does not hold for a student.

use super::{Date, Rule, StudentIndex, Target};

/// One rule that does not hold for one student, everywhere or somewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    /// Who.
    pub student: StudentIndex,
    /// Which rule; a waivable one.
    pub rule: Rule,
    /// Where; everywhere if unset.
    pub scope: Option<Target>,
    /// Why.
    pub reason: String,
    /// By whom.
    pub granted_by: String,
    /// The last day on which it may be used.
    pub expires: Option<Date>,
}

impl Waiver {
    /// Whether it may be used on a day; without a day none has expired.
    pub fn is_valid(&self, as_of: Option<Date>) -> bool {
        self.expires.zip(as_of).is_none_or(|(last, today)| today <= last)
    }
}
