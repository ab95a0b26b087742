//! [`Preset`]: documented policies that a request may start from.

use super::{Goal, GoalKind, Hours, Money, Policy, RequiredFact};

/// A policy to start from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Preset {
    /// Internships abroad in summer.
    Summer,
    /// Micro-internships: short, paid by the hour.
    MicroInternship,
    /// Externships with alumni, of whom each takes several students.
    Externship,
}

impl Preset {
    /// Every preset.
    pub const ALL: [Self; 3] = [Self::Summer, Self::MicroInternship, Self::Externship];

    /// What it sets; all else is the default. Of what sources give differently it takes the wider: micro-internships of 2 to 4 and of
    /// 4 to 6 weeks are both on record.
    pub fn policy(self) -> Policy {
        let mut policy = Policy::default();
        match self {
            Self::Summer => {
                policy.min_weeks = Some(10);
                let facts = [RequiredFact::Supervisor, RequiredFact::Workspace, RequiredFact::Materials];
                facts.into_iter().for_each(|fact| policy.required_data.insert(fact));
            }
            Self::MicroInternship => {
                (policy.min_weeks, policy.max_weeks) = (Some(2), Some(6));
                (policy.min_hours, policy.max_hours) = (Hours::from_f64(10.0), Hours::from_f64(35.0));
                policy.paid_only = true;
                policy.min_hourly_pay = Some(Money { cents: 15_00, currency: "USD".to_owned() });
                policy.authorization_lead_days = Some(120);
            }
            Self::Externship => {
                policy.goals =
                    [GoalKind::PlaceMost, GoalKind::LeastRankSum, GoalKind::TotalPoints].map(Goal::new).to_vec();
                (policy.min_weeks, policy.max_weeks) = (Some(1), Some(4));
                policy.required_data.insert(RequiredFact::Supervisor);
                policy.alumni_only = true;
            }
        }
        policy
    }
}
