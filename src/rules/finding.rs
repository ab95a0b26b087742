//! [`Finding`]: one thing about a request that its sender should know, and [`At`], the path of a field.

use std::fmt::{self, Display, Write};

use crate::codes::Code;

/// How bad a finding is. The order is from harmless to fatal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Matching goes on; the result may surprise.
    Warning,
    /// `Match` refuses the request or finds no matching.
    Error,
}

/// One thing about a request that its sender should know.
///
/// `message` quotes values of projects, hosts, programs and policy, and of a student no more than the skill name that
/// `UNKNOWN_SKILL` is about, and, in an outcome, their id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Which kind.
    pub code: &'static Code,
    /// How bad.
    pub severity: Severity,
    /// Path of the field in the request, such as `instance.students[17].choices[3].rank`.
    pub field: String,
    /// What was found: a lower-case fragment without a full stop.
    pub message: String,
}

/// The path of a field, built without allocating until it is shown.
#[derive(Debug, Clone, Copy)]
pub struct At<'a> {
    parent: Option<&'a At<'a>>,
    step: Step,
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Field(&'static str),
    Index(usize),
}

impl At<'static> {
    /// The path of a field of the request itself.
    pub fn root(name: &'static str) -> Self {
        At { parent: None, step: Step::Field(name) }
    }
}

impl<'a> At<'a> {
    /// The path of a field of the message at this path.
    pub fn field(&'a self, name: &'static str) -> At<'a> {
        At { parent: Some(self), step: Step::Field(name) }
    }

    /// The path of one entry of the repeated field at this path, counted from 0.
    pub fn index(&'a self, index: usize) -> At<'a> {
        At { parent: Some(self), step: Step::Index(index) }
    }
}

impl Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            parent.fmt(f)?;
        }
        match self.step {
            Step::Index(index) => write!(f, "[{index}]"),
            Step::Field(name) => {
                if self.parent.is_some() {
                    f.write_char('.')?;
                }
                f.write_str(name)
            }
        }
    }
}
