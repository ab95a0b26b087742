//! [`Policy`]: what the program wants of a matching.

use std::time::Duration;

use super::{
    Assignment, ChangePrices, Date, Hours, Instance, LanguageLevel, Money, Points, ProjectIndex, Quota, StudentIndex,
    StudentSet, Weight,
};

/// What the program wants of a matching.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// How the points of a pair are made.
    pub weights: Weights,
    /// Most important first; never empty; each kind at most once for the same students.
    pub goals: Vec<Goal>,
    /// Breaks the ties that the goals leave.
    pub lottery_seed: i64,
    /// When to stop.
    pub limits: SolveLimits,
    /// Facts that must be there.
    pub required_data: RequiredData,
    /// K of the preference term; the largest rank stated where unset.
    pub rank_scale: Option<u32>,
    /// What semesters stand for.
    pub semester_levels: SemesterLevels,
    /// Least weeks of a project.
    pub min_weeks: Option<u32>,
    /// Least hours a week.
    pub min_hours: Option<Hours>,
    /// The day that waivers are compared with.
    pub as_of: Option<Date>,
    /// What changes cost.
    pub change_prices: ChangePrices,
    /// By id.
    pub quotas: Vec<Quota>,
    /// Whether a placement needs a stipend or a fund.
    pub paid_only: bool,
    /// Whether no pair may block.
    pub stable_only: bool,
    /// Most weeks of a project.
    pub max_weeks: Option<u32>,
    /// Most hours a week.
    pub max_hours: Option<Hours>,
    /// Least pay for an hour.
    pub min_hourly_pay: Option<Money>,
    /// Days that a work authorisation takes where the student states none.
    pub authorization_lead_days: Option<u32>,
    /// Whether only hosts that are alumni are taken.
    pub alumni_only: bool,
}

impl Policy {
    /// Whether it matters which pairs block.
    pub fn looks_at_blocking_pairs(&self) -> bool {
        self.stable_only || self.goals.iter().any(|goal| goal.kind == GoalKind::FewestBlockingPairs)
    }

    /// Whether certificates can tell the goals apart, which they name by their kinds: each kind once, and of everybody.
    pub fn is_certifiable(&self) -> bool {
        let repeats = |(place, goal): (usize, &Goal)| self.goals[..place].iter().any(|other| other.kind == goal.kind);
        !self.goals.iter().any(Goal::is_scoped) && !self.goals.iter().enumerate().any(repeats)
    }

    /// What it costs not to keep a previous assignment.
    pub fn change_price(&self, instance: &Instance, place: &Assignment) -> u32 {
        self.change_prices.of(instance.note(place.student, place.project).and_then(|note| note.offer))
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            weights: Weights::default(),
            goals: [GoalKind::PlaceMost, GoalKind::TotalPoints, GoalKind::LeastRankSum].map(Goal::new).to_vec(),
            lottery_seed: 0,
            limits: SolveLimits::default(),
            required_data: RequiredData::default(),
            rank_scale: None,
            semester_levels: SemesterLevels::default(),
            min_weeks: None,
            min_hours: None,
            as_of: None,
            change_prices: ChangePrices::default(),
            quotas: Vec::new(),
            paid_only: false,
            stable_only: false,
            max_weeks: None,
            max_hours: None,
            min_hourly_pay: None,
            authorization_lead_days: None,
            alumni_only: false,
        }
    }
}

/// A term of the points of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Criterion {
    /// Skills asked and held.
    Skills,
    /// Languages asked and held.
    Language,
    /// The student's choices.
    Preference,
    /// The host's order.
    HostRank,
    /// The interview.
    Interview,
    /// A fit computed elsewhere.
    Affinity,
}

impl Criterion {
    /// Every criterion, in the order of the breakdown.
    pub const ALL: [Self; 6] =
        [Self::Skills, Self::Language, Self::Preference, Self::HostRank, Self::Interview, Self::Affinity];
}

/// The weight of every criterion, in the order of [`Criterion::ALL`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weights(pub [Weight; 6]);

impl Default for Weights {
    /// Skills 3, language 1, preference 3, host rank 2, interview 1, affinity 1.
    fn default() -> Self {
        Self([3, 1, 3, 2, 1, 1].map(Weight::whole))
    }
}

/// One level of what is best.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Goal {
    /// What is improved.
    pub kind: GoalKind,
    /// How much later goals may give up, in the goal's unit; 0 on profiles.
    pub tolerance: i64,
    /// Of `FewestBelowFloor`: the points that a placement should have.
    pub floor: Points,
    /// Whose places count; a set without any list = everybody's.
    pub students: StudentSet,
    /// Of `FewestChanges`: the matching that is compared, by student; `None` = the previous assignments.
    pub compared: Option<Vec<Assignment>>,
}

impl Goal {
    /// A goal that gives nothing up and counts everybody.
    pub fn new(kind: GoalKind) -> Self {
        Self { kind, tolerance: 0, floor: Points::default(), students: StudentSet::default(), compared: None }
    }

    /// Whether only some students count.
    pub fn is_scoped(&self) -> bool {
        self.students != StudentSet::default()
    }

    /// Of `FewestChanges`: where each student is in the matching that is compared.
    pub fn places_compared(&self, instance: &Instance) -> Vec<Option<ProjectIndex>> {
        let mut places = vec![None; instance.students.len()];
        let compared = self.compared.as_ref().unwrap_or(&instance.previous);
        compared.iter().for_each(|place| places[place.student.at()] = Some(place.project));
        places
    }

    /// By student: whether they count.
    pub fn counts(&self, instance: &Instance) -> Vec<bool> {
        let student = |index: StudentIndex| self.students.contains(index, &instance.students[index.at()]);
        instance.student_indices().map(student).collect()
    }
}

/// What is improved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GoalKind {
    /// Most students placed.
    PlaceMost,
    /// Greatest sum of points.
    TotalPoints,
    /// Highest points of the worst-off placed student.
    RaiseWorst,
    /// Least sum of ranks.
    LeastRankSum,
    /// Lowest worst rank.
    LowestWorstRank,
    /// Most first choices, then most second, ….
    RankMaximal,
    /// Fewest at the last rank, then fewest at the next to last, ….
    Generous,
    /// Fewest with points below a floor.
    FewestBelowFloor,
    /// Least price of previous assignments that are not kept.
    LeastDisruption,
    /// Highest points of the worst-off, then of the second worst-off, ….
    Leximin,
    /// Fewest pairs that would both rather be together.
    FewestBlockingPairs,
    /// Fewest students whose place differs from that in another matching, none included.
    FewestChanges,
    /// Most students who were told a place and have it.
    KeepTold,
}

impl GoalKind {
    /// Every kind.
    pub const ALL: [Self; 13] = [
        Self::PlaceMost,
        Self::TotalPoints,
        Self::RaiseWorst,
        Self::LeastRankSum,
        Self::LowestWorstRank,
        Self::RankMaximal,
        Self::Generous,
        Self::FewestBelowFloor,
        Self::LeastDisruption,
        Self::Leximin,
        Self::FewestBlockingPairs,
        Self::FewestChanges,
        Self::KeepTold,
    ];

    /// Whether it compares counts one after the other rather than one number.
    pub fn is_profile(self) -> bool {
        match self {
            Self::RankMaximal | Self::Generous | Self::Leximin => true,
            Self::PlaceMost
            | Self::TotalPoints
            | Self::RaiseWorst
            | Self::LeastRankSum
            | Self::LowestWorstRank
            | Self::FewestBelowFloor
            | Self::LeastDisruption
            | Self::FewestBlockingPairs
            | Self::FewestChanges
            | Self::KeepTold => false,
        }
    }

    /// Whether it goes by the points of pairs.
    pub fn goes_by_points(self) -> bool {
        match self {
            Self::TotalPoints | Self::RaiseWorst | Self::Leximin | Self::FewestBelowFloor => true,
            Self::PlaceMost
            | Self::LeastRankSum
            | Self::LowestWorstRank
            | Self::RankMaximal
            | Self::Generous
            | Self::LeastDisruption
            | Self::FewestBlockingPairs
            | Self::FewestChanges
            | Self::KeepTold => false,
        }
    }
}

/// Which way a solve takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Engine {
    /// The network where the rules are one, else the integer program.
    #[default]
    Automatic,
    /// The integer program for everything, as a cross-check.
    IntegerProgram,
}

impl Engine {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Automatic, Self::IntegerProgram];
}

/// When to stop, and which way to take.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SolveLimits {
    /// Over the whole call.
    pub time_limit: Duration,
    /// How far from the bound a goal may end, as a share of its value; 0 = proven.
    pub relative_gap: f64,
    /// Which way it takes.
    pub engine: Engine,
    /// Whether a match tells no more of who has no place than the rules do.
    pub skip_reasons: bool,
}

impl Default for SolveLimits {
    fn default() -> Self {
        Self { time_limit: Duration::from_secs(60), relative_gap: 0.0, engine: Engine::Automatic, skip_reasons: false }
    }
}

/// A fact that must be known before a pair may be matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RequiredFact {
    /// The project names a supervisor.
    Supervisor,
    /// The project's workspace is confirmed.
    Workspace,
    /// The student's materials are complete.
    Materials,
    /// The student's GPA is known.
    Gpa,
    /// Both sides' dates are known.
    Dates,
    /// The student's study level is known.
    StudyLevel,
}

impl RequiredFact {
    /// Every fact.
    pub const ALL: [Self; 6] =
        [Self::Supervisor, Self::Workspace, Self::Materials, Self::Gpa, Self::Dates, Self::StudyLevel];
}

/// A set of facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RequiredData(u8);

impl RequiredData {
    /// Adds a fact.
    pub fn insert(&mut self, fact: RequiredFact) {
        self.0 |= 1 << fact as u8;
    }

    /// Whether the set holds a fact.
    pub fn contains(self, fact: RequiredFact) -> bool {
        self.0 & (1 << fact as u8) != 0
    }
}

/// The level that semesters of study stand for: (at least so many semesters, level), both increasing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SemesterLevels(pub Vec<(u32, LanguageLevel)>);

impl Default for SemesterLevels {
    /// 1 = A1, 2 = A2, 4 = B1, 6 = B2, 8 = C1: a reading of "typically four semesters" as the threshold level.
    fn default() -> Self {
        use LanguageLevel::{A1, A2, B1, B2, C1};
        Self(vec![(1, A1), (2, A2), (4, B1), (6, B2), (8, C1)])
    }
}

impl SemesterLevels {
    /// The level that so many semesters stand for; `None` = less than A1.
    pub fn level(&self, semesters: u32) -> Option<LanguageLevel> {
        self.0.iter().rev().find(|(least, _)| semesters >= *least).map(|&(_, level)| level)
    }
}
