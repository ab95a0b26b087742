//! [`Occupancy`]: how full everything is, and whether a matching that keeps every rule still does after a few students have moved.
//!
//! It adds up seats and quotas once, and looks at each move only at what the move touches; that is why it can be asked of every student
//! and project of a season. What it says is what [`violations`](super::violations) would say of the whole matching.

use std::collections::BTreeMap;

use super::blocking::blocking_pairs;
use super::goals::GoalCheck;
use super::moved_goals::MovedGoals;
use super::rows::is_kept;
use rules::domain::{
    Assignment, Fund, FundSet, HostIndex, Instance, Matching, Policy, ProjectIndex, Quota, QuotaScope, StudentIndex,
};
use rules::evaluation::Evaluation;
use rules::funding;

/// A student and where they go instead.
pub type Moved = (StudentIndex, Option<ProjectIndex>);

/// One unit more of something than the season has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spare {
    /// A seat of a project.
    Project(ProjectIndex),
    /// A seat of a host.
    Host(HostIndex),
    /// A unit of a quota's maximum, by place in the policy.
    Quota(u32),
}

/// How full everything is under a matching that keeps every rule.
pub struct Occupancy<'a> {
    instance: &'a Instance,
    policy: &'a Policy,
    evaluation: &'a Evaluation,
    /// By student.
    places: Vec<Option<ProjectIndex>>,
    /// By student: where a pin holds them.
    pinned: Vec<Option<ProjectIndex>>,
    /// By student: the links they are in.
    links: Vec<Vec<u32>>,
    at_project: Vec<u32>,
    at_host: Vec<u32>,
    quotas: Vec<(&'a Quota, QuotaScope, i64)>,
    /// Placements that a fund must carry, by the funds that may.
    needed: BTreeMap<FundSet, u32>,
    goals: MovedGoals<'a>,
}

impl<'a> Occupancy<'a> {
    /// Adds a matching up that keeps every rule.
    pub fn new(instance: &'a Instance, policy: &'a Policy, evaluation: &'a Evaluation, matching: &Matching) -> Self {
        let mut occupancy = Self {
            instance,
            policy,
            evaluation,
            places: vec![None; instance.students.len()],
            pinned: vec![None; instance.students.len()],
            links: vec![Vec::new(); instance.students.len()],
            at_project: vec![0; instance.projects.len()],
            at_host: vec![0; instance.hosts.len()],
            quotas: policy.quotas.iter().map(|quota| (quota, QuotaScope::new(instance, quota), 0)).collect(),
            needed: BTreeMap::new(),
            goals: MovedGoals::new(instance, policy),
        };
        for place in matching.assignments() {
            occupancy.places[place.student.at()] = Some(place.project);
            occupancy.at_project[place.project.at()] += 1;
            if let Some(host) = instance.projects[place.project.at()].host {
                occupancy.at_host[host.at()] += 1;
            }
            for (_, scope, sum) in &mut occupancy.quotas {
                *sum += scope.weight(place.student, place.project);
            }
            if let Some(funds) = occupancy.funds(place.student, Some(place.project)) {
                *occupancy.needed.entry(funds).or_default() += 1;
            }
        }
        for note in instance.notes.iter().filter(|note| instance.pins(note)) {
            occupancy.pinned[note.student.at()] = Some(note.project);
        }
        for (at, link) in (0..).zip(&instance.links) {
            link.students.iter().for_each(|student| occupancy.links[student.at()].push(at));
        }
        occupancy
    }

    /// The values of the goals after moves that miss no soft quota otherwise than before, from the values before; see [`MovedGoals::after`].
    pub fn goals_after(&self, before: &[GoalCheck], moves: &[Moved]) -> Option<Vec<GoalCheck>> {
        self.goals.after(before, |student| self.place(student), moves)
    }

    /// Where a student is.
    pub fn place(&self, student: StudentIndex) -> Option<ProjectIndex> {
        self.places[student.at()]
    }

    /// How many are at a project.
    pub fn count(&self, project: ProjectIndex) -> u32 {
        self.at_project[project.at()]
    }

    /// How many are at a host.
    pub fn hosted(&self, host: HostIndex) -> u32 {
        self.at_host[host.at()]
    }

    /// Quotas, hard ones, whose maximum is reached, by place in the policy.
    pub fn quotas_at_most(&self) -> impl Iterator<Item = u32> {
        let is_full = |(quota, _, sum): &(&Quota, QuotaScope, i64)| quota.penalty.is_none() && quota.max == Some(*sum);
        (0..).zip(&self.quotas).filter(move |(_, quota)| is_full(quota)).map(|(at, _)| at)
    }

    /// Whether a project has no seat left.
    pub fn is_full(&self, project: ProjectIndex) -> bool {
        self.count(project) >= self.instance.projects[project.at()].max_seats()
    }

    /// Whether a project's host has no seat left.
    pub fn is_host_full(&self, project: ProjectIndex) -> bool {
        let host = self.instance.projects[project.at()].host;
        host.is_some_and(|host| {
            self.instance.hosts[host.at()].max_seats.is_some_and(|seats| self.at_host[host.at()] >= seats)
        })
    }

    /// Hard quotas whose maximum one more placement may exceed, by place in the policy.
    pub fn quotas_near_most(&self) -> Vec<u32> {
        let is_near = |(quota, _, sum): &(&Quota, QuotaScope, i64)| {
            let heaviest = quota.weights.iter().map(|weight| weight.weight).max().unwrap_or(1).max(1);
            quota.penalty.is_none() && quota.max.is_some_and(|max| sum + heaviest > max)
        };
        (0..).zip(&self.quotas).filter(|(_, quota)| is_near(quota)).map(|(at, _)| at).collect()
    }

    /// Whether a student without a place would exceed the maximum of a quota at a project.
    pub fn exceeds(&self, quota: u32, student: StudentIndex, project: ProjectIndex) -> bool {
        let (stated, scope, sum) = &self.quotas[quota as usize];
        let weight = scope.weight(student, project);
        weight > 0 && stated.max.is_some_and(|max| sum + weight > max)
    }

    /// Whether every rule is kept after these moves, each of another student; and where `strictly`, whether no soft quota is missed that
    /// was not before. `spare` is there once more.
    pub fn allows(&self, moves: &[Moved], spare: Option<Spare>, strictly: bool) -> bool {
        let instance = self.instance;
        let moved: BTreeMap<StudentIndex, Option<ProjectIndex>> = moves.iter().copied().collect();
        let mut projects: BTreeMap<ProjectIndex, i64> = BTreeMap::new();
        for &(student, to) in moves {
            let row = &instance.students[student.at()];
            let is_eligible = to.is_none_or(|project| self.evaluation.find(student, project).is_some());
            let is_where_pinned = self.pinned[student.at()].is_none_or(|project| to == Some(project));
            if !is_eligible || !is_where_pinned || (row.must_place && to.is_none()) {
                return false;
            }
            if let Some(project) = self.places[student.at()] {
                *projects.entry(project).or_default() -= 1;
            }
            if let Some(project) = to {
                *projects.entry(project).or_default() += 1;
            }
        }
        let extra = |kind: Spare| i64::from(spare == Some(kind));
        let mut hosts: BTreeMap<HostIndex, i64> = BTreeMap::new();
        for (&project, &change) in &projects {
            let row = &instance.projects[project.at()];
            let count = i64::from(self.at_project[project.at()]) + change;
            let (least, most) =
                (i64::from(row.min_seats()), i64::from(row.max_seats()) + extra(Spare::Project(project)));
            let is_enough = if row.must_open { count >= least.max(1) } else { count == 0 || count >= least };
            if count > most || !is_enough {
                return false;
            }
            if let Some(host) = row.host {
                *hosts.entry(host).or_default() += change;
            }
        }
        let host_fits = |(&host, &change): (&HostIndex, &i64)| {
            let count = i64::from(self.at_host[host.at()]) + change;
            let most = instance.hosts[host.at()].max_seats;
            most.is_none_or(|most| count <= i64::from(most) + extra(Spare::Host(host)))
        };
        let quota_fits = |(at, (quota, scope, sum)): (u32, &(&Quota, QuotaScope, i64))| {
            let weight =
                |student: StudentIndex, place: Option<ProjectIndex>| place.map_or(0, |p| scope.weight(student, p));
            let change: i64 = moves.iter().map(|&(s, to)| weight(s, to) - weight(s, self.places[s.at()])).sum();
            if quota.penalty.is_some() {
                return !strictly || quota.missed(sum + change) == quota.missed(*sum);
            }
            let (short, excess) = quota.missed(sum + change);
            short == 0 && excess <= extra(Spare::Quota(at))
        };
        let place = |student: StudentIndex| moved.get(&student).copied().unwrap_or(self.places[student.at()]);
        let link_holds = |&at: &u32| {
            let link = &instance.links[at as usize];
            is_kept(instance, link, &link.students.iter().filter_map(|&s| place(s)).collect::<Vec<_>>())
        };
        hosts.iter().all(host_fits)
            && (0..).zip(&self.quotas).all(quota_fits)
            && moves.iter().flat_map(|(student, _)| &self.links[student.at()]).all(link_holds)
            && self.is_carried(moves)
            && self.is_stable(&place)
    }

    /// The funds of which one must carry a placement; `None` where it needs none.
    fn funds(&self, student: StudentIndex, project: Option<ProjectIndex>) -> Option<FundSet> {
        self.evaluation.pairs[self.evaluation.find(student, project?)?].funds
    }

    /// Whether the funds carry every placement after moves.
    fn is_carried(&self, moves: &[Moved]) -> bool {
        if !self.policy.paid_only {
            return true;
        }
        let mut needed = self.needed.clone();
        for &(student, to) in moves {
            if let Some(funds) = self.funds(student, self.places[student.at()]) {
                needed.entry(funds).and_modify(|count| *count -= 1);
            }
            if let Some(funds) = self.funds(student, to) {
                *needed.entry(funds).or_default() += 1;
            }
        }
        funding::can_carry(self.instance.funds.iter().map(Fund::places).collect(), &needed)
    }

    /// Whether nobody blocks where students are here.
    fn is_stable(&self, place: &dyn Fn(StudentIndex) -> Option<ProjectIndex>) -> bool {
        if !self.policy.stable_only {
            return true;
        }
        let placed = self
            .instance
            .student_indices()
            .filter_map(|student| Some(Assignment { student, project: place(student)? }));
        blocking_pairs(self.instance, self.evaluation, &Matching::new(placed.collect())).is_empty()
    }
}
