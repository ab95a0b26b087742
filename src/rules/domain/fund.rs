//! [`Fund`]: what carries placements that no stipend pays.

use std::fmt;

use super::{Instance, Project, ProjectSet, StudentSet};

/// Most funds of a season; sets of funds are sets of bits.
pub const MAX_FUNDS: usize = 12;

/// Funds as bits, by their places in the instance.
pub type FundSet = u16;

/// Money in hundredths of a currency's unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Money {
    /// How many hundredths.
    pub cents: i64,
    /// ISO 4217.
    pub currency: String,
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02} {}", self.cents / 100, self.cents % 100, self.currency)
    }
}

/// What carries placements that no stipend pays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fund {
    /// Unique.
    pub id: String,
    /// For people.
    pub title: String,
    /// What it holds.
    pub amount: Option<Money>,
    /// What a placement takes of it, in hundredths.
    pub cost: Option<i64>,
    /// Most placements, as stated.
    pub stated_places: Option<u32>,
    /// Who may draw on it.
    pub students: StudentSet,
    /// For which projects.
    pub projects: ProjectSet,
    /// Where it stood in the request.
    pub place: u32,
}

impl Fund {
    /// Most placements that it carries.
    pub fn places(&self) -> u32 {
        let paid = self.amount.as_ref().zip(self.cost).map(|(amount, cost)| amount.cents / cost.max(1));
        let paid = paid.map_or(u32::MAX, |places| u32::try_from(places).unwrap_or(u32::MAX));
        paid.min(self.stated_places.unwrap_or(u32::MAX))
    }
}

impl Project {
    /// Whether its host pays.
    pub fn pays(&self) -> bool {
        self.stipend.iter().chain(&self.hourly_pay).any(|money| money.cents > 0)
    }
}

/// By student and by project: the funds that take them.
pub struct FundScope {
    students: Vec<FundSet>,
    projects: Vec<FundSet>,
}

impl FundScope {
    /// Of a season.
    pub fn new(instance: &Instance) -> Self {
        let bits = |takes: &dyn Fn(&Fund) -> bool| -> FundSet {
            let taking = instance.funds.iter().enumerate().filter(|(_, fund)| takes(fund));
            taking.map(|(place, _)| 1 << place).sum()
        };
        let student = |index| {
            bits(&|fund: &Fund| {
                let index: super::StudentIndex = index;
                fund.students.contains(index, &instance.students[index.at()])
            })
        };
        let project = |index| {
            bits(&|fund: &Fund| {
                let index: super::ProjectIndex = index;
                fund.projects.contains(instance, index, &instance.projects[index.at()])
            })
        };
        Self {
            students: instance.student_indices().map(student).collect(),
            projects: instance.project_indices().map(project).collect(),
        }
    }

    /// The funds that may carry a placement.
    pub fn of(&self, student: super::StudentIndex, project: super::ProjectIndex) -> FundSet {
        self.students[student.at()] & self.projects[project.at()]
    }
}
