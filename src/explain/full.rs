//! [`Full`]: something whose limit is reached.

use formulation::RowLabel;
use rules::domain::{HostIndex, ProjectIndex};

/// Something that is full.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Full {
    /// The seats of a project.
    Project(ProjectIndex),
    /// The seats of a host.
    Host(HostIndex),
    /// The maximum of a quota, by place in the policy.
    Quota(u32),
    /// A fund, by place in the instance.
    Fund(u32),
}

/// What a row is the limit of.
pub(super) fn full(label: RowLabel) -> Option<Full> {
    match label {
        RowLabel::ProjectSeats(project) | RowLabel::Opening(project) => Some(Full::Project(project)),
        RowLabel::HostSeats(host) => Some(Full::Host(host)),
        RowLabel::Quota(quota, _) => Some(Full::Quota(quota)),
        _ => None,
    }
}
