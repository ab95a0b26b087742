//! Every matching of a tiny instance, written from the documentation alone.

use std::collections::BTreeMap;

use pb::goal::Kind;
use sha2::{Digest, Sha256};
use wire::pb;

/// The floor that the tests ask for.
pub const FLOOR: i64 = 600_000;

/// What a student without a place counts as in `LEXIMIN`: better than anybody placed.
const NOBODY: i64 = 1_000_001;

/// What the goals and the lottery leave.
#[derive(Debug)]
pub struct Best {
    pub matching: Vec<(String, String)>,
    pub goals: Vec<Reached>,
}

/// A goal's value of the best matching, and the best value there is given the goals before.
#[derive(Debug)]
pub struct Reached {
    pub value: i64,
    pub profile: Vec<i32>,
    pub bound: i64,
}

pub struct Oracle<'a> {
    instance: &'a pb::Instance,
    policy: &'a pb::Policy,
    largest_rank: i32,
}

/// For each student the place of a project, or none.
pub type Matching = Vec<Option<usize>>;

impl<'a> Oracle<'a> {
    pub fn new(instance: &'a pb::Instance, policy: &'a pb::Policy) -> Self {
        let ranks = instance.students.iter().flat_map(|s| &s.choices).map(|c| c.rank());
        Self { instance, policy, largest_rank: ranks.max().unwrap_or(0) }
    }

    /// The one matching that is left; none where no matching keeps every rule.
    pub fn best(&self) -> Option<Best> {
        let (mut left, bounds) = self.as_good_of(self.feasible())?;
        let mut level = 0;
        while left.len() > 1 {
            let sum = |m: &Matching| self.tickets(m, level);
            let least = left.iter().map(sum).min().expect("some are left");
            left.retain(|m| sum(m) == least);
            level += 1;
        }
        let matching = &left[0];
        let goals = self.policy.goals.iter().zip(bounds).map(|(goal, bound)| self.reached(goal, matching, bound));
        Some(Best {
            matching: self
                .pairs(matching)
                .map(|(s, p)| {
                    (self.instance.students[s].student_id.clone(), self.instance.projects[p].project_id.clone())
                })
                .collect(),
            goals: goals.collect(),
        })
    }

    /// Of some matchings those that the goals leave, and the bound of each goal; none where there are none.
    pub fn as_good_of(&self, mut left: Vec<Matching>) -> Option<(Vec<Matching>, Vec<i64>)> {
        if left.is_empty() {
            return None;
        }
        let mut bounds = Vec::new();
        for goal in &self.policy.goals {
            // Compared from the front, greater is better.
            let key = |m: &Matching| self.key(goal, m);
            let best = left.iter().map(key).max().expect("some are left");
            bounds.push(if is_less_better(goal.kind()) { -best[0] } else { best[0] });
            left.retain(|m| {
                let key = key(m);
                if goal.tolerance == 0 { key == best } else { key[0] >= best[0] - goal.tolerance }
            });
        }
        Some((left, bounds))
    }

    /// The sum of tickets of a matching at a level.
    pub fn tickets(&self, m: &Matching, level: u32) -> i64 {
        self.pairs(m).map(|(s, p)| self.ticket(s, p, level)).sum()
    }

    /// The value of every goal of a matching.
    pub fn values(&self, m: &Matching) -> Vec<(i64, Vec<i32>)> {
        let reached = |goal| self.reached(goal, m, 0);
        self.policy.goals.iter().map(reached).map(|reached| (reached.value, reached.profile)).collect()
    }

    /// Whether a pair is refused by nothing but wishes.
    pub fn is_refused_by_wishes(&self, s: usize, p: usize) -> bool {
        let mut instance = self.instance.clone();
        instance.students[s].vetoes.clear();
        instance.students[s].choices_only = false;
        instance.projects[p].ranked_only = false;
        let without = Oracle { instance: &instance, policy: self.policy, largest_rank: self.largest_rank };
        !self.may(s, p) && without.may(s, p)
    }

    fn pairs<'m>(&self, matching: &'m Matching) -> impl Iterator<Item = (usize, usize)> + use<'m> {
        matching.iter().enumerate().filter_map(|(s, p)| p.map(|p| (s, p)))
    }

    /// Every matching that keeps every rule.
    pub fn feasible(&self) -> Vec<Matching> {
        let mut all: Vec<Matching> = vec![Vec::new()];
        for s in 0..self.instance.students.len() {
            let places: Vec<Option<usize>> = std::iter::once(None)
                .chain((0..self.instance.projects.len()).filter(|&p| self.may(s, p)).map(Some))
                .collect();
            all = all.into_iter().flat_map(|m| places.iter().map(move |&p| [m.clone(), vec![p]].concat())).collect();
        }
        all.retain(|m| self.keeps_every_row(m));
        all.retain(|m| !self.policy.stable_only || self.blocking(m).is_empty());
        all
    }

    /// The pairs that would both rather be together.
    fn blocking(&self, m: &Matching) -> Vec<(usize, usize)> {
        let pinned = |s: usize| (0..self.instance.projects.len()).any(|p| self.is_pinned(s, p));
        let host_rank = |s: usize, p: usize| {
            let student = &self.instance.students[s].student_id;
            let stated = self.instance.projects[p].student_ranks.iter().find(|r| r.student_id == *student);
            stated.map_or(i32::MAX, |r| r.rank())
        };
        let blocks = |s: usize, p: usize| {
            let project = &self.instance.projects[p];
            let wish = |p: usize| self.rank(s, p).unwrap_or(i32::MAX);
            if !self.may(s, p) || pinned(s) || m[s].is_some_and(|at| wish(at) <= wish(p)) {
                return false;
            }
            let at_host = |q: usize| self.instance.projects[q].host_id == project.host_id;
            let here: Vec<usize> = (0..m.len()).filter(|&other| m[other] == Some(p)).collect();
            let hosted: Vec<usize> = (0..m.len()).filter(|&other| m[other].is_some_and(at_host)).collect();
            let gives_way = |others: &[usize]| {
                others.iter().any(|&o| !pinned(o) && host_rank(o, m[o].expect("placed")) > host_rank(s, p))
            };
            let min = project.min_seat_count();
            if here.is_empty() && min > 1 {
                return false;
            }
            if here.len() as i32 >= project.max_seat_count.unwrap_or(min.max(1)) {
                return gives_way(&here);
            }
            let host = self.instance.hosts.iter().find(|h| h.host_id == project.host_id);
            let is_full = host.and_then(|h| h.max_seat_count).is_some_and(|max| hosted.len() as i32 >= max);
            !is_full || m[s].is_some_and(at_host) || gives_way(&hosted)
        };
        let projects = self.instance.projects.len();
        (0..m.len()).flat_map(|s| (0..projects).map(move |p| (s, p))).filter(|&(s, p)| blocks(s, p)).collect()
    }

    fn note(&self, s: usize, p: usize) -> Option<&pb::PairNote> {
        let (student, project) = (&self.instance.students[s].student_id, &self.instance.projects[p].project_id);
        self.instance.pair_notes.iter().find(|n| n.student_id == *student && n.project_id == *project)
    }

    pub fn rank(&self, s: usize, p: usize) -> Option<i32> {
        use pb::choice::Target;
        let project = &self.instance.projects[p];
        let choices = &self.instance.students[s].choices;
        let of_project = |c: &&pb::Choice| c.target == Some(Target::ProjectId(project.project_id.clone()));
        let of_host = |c: &&pb::Choice| c.target == Some(Target::HostId(project.host_id.clone()));
        choices.iter().find(of_project).or_else(|| choices.iter().find(of_host)).map(|c| c.rank())
    }

    pub fn may(&self, s: usize, p: usize) -> bool {
        let (student, project) = (&self.instance.students[s], &self.instance.projects[p]);
        let vetoed =
            student.vetoes.iter().any(|v| v.target == Some(pb::veto::Target::ProjectId(project.project_id.clone())));
        let wished = !student.choices_only || self.rank(s, p).is_some();
        let ranked = !project.ranked_only || project.student_ranks.iter().any(|r| r.student_id == student.student_id);
        let ended = |n: &pb::PairNote| (4..=7).contains(&n.offer_state);
        let refused = self.note(s, p).is_some_and(|n| n.forbidden || ended(n));
        let paid = !self.needs_fund(s, p) || !self.funds(s, p).is_empty();
        !student.withdrawn && !vetoed && wished && ranked && !refused && !self.is_called_off(p) && paid
    }

    fn needs_fund(&self, s: usize, p: usize) -> bool {
        let (student, project) = (&self.instance.students[s].student_id, &self.instance.projects[p]);
        let pays = project.stipend.as_ref().is_some_and(|stipend| stipend.amount > 0.0);
        let scope = pb::waiver::Scope::ProjectId(project.project_id.clone());
        let waives = |w: &pb::Waiver| {
            w.student_id == *student && w.rule() == pb::Rule::Funding && w.scope.as_ref() == Some(&scope)
        };
        self.policy.paid_placements_only() && !pays && !self.instance.waivers.iter().any(waives)
    }

    fn funds(&self, s: usize, p: usize) -> Vec<usize> {
        let funds = self.instance.funds.iter().enumerate();
        let may =
            |(_, fund): &(usize, &pb::Fund)| self.has_student(&fund.students, s) && self.has_project(&fund.projects, p);
        funds.filter(may).map(|(f, _)| f).collect()
    }

    /// Whether every placement that needs a fund finds one: all ways are tried.
    fn is_paid(&self, matching: &Matching) -> bool {
        fn carries(needs: &[Vec<usize>], places: &mut Vec<i64>) -> bool {
            let Some((first, others)) = needs.split_first() else { return true };
            first.iter().any(|&fund| {
                places[fund] -= 1;
                let carried = places[fund] >= 0 && carries(others, places);
                places[fund] += 1;
                carried
            })
        }
        let places = |fund: &pb::Fund| match (&fund.amount, fund.cost_per_placement) {
            (Some(amount), Some(cost)) => (amount.amount / cost).floor() as i64,
            _ => i64::from(fund.place_count.expect("one of them")),
        };
        let unpaid = self.pairs(matching).filter(|&(s, p)| self.needs_fund(s, p));
        let needs: Vec<Vec<usize>> = unpaid.map(|(s, p)| self.funds(s, p)).collect();
        carries(&needs, &mut self.instance.funds.iter().map(places).collect())
    }

    fn is_called_off(&self, p: usize) -> bool {
        let host = self.instance.hosts.iter().find(|h| h.host_id == self.instance.projects[p].host_id);
        host.is_some_and(|h| h.withdrawn || self.instance.suspended_country_codes.contains(&h.country_code))
    }

    fn is_pinned(&self, s: usize, p: usize) -> bool {
        let accepted = pb::pair_note::OfferState::Accepted;
        let is_void = self.is_called_off(p) || self.instance.students[s].withdrawn;
        self.note(s, p).is_some_and(|n| n.pinned || (n.offer_state() == accepted && !is_void))
    }

    /// What it costs by the default prices that previous assignments are not kept.
    fn disruption(&self, goal: &pb::Goal, m: &Matching) -> i64 {
        use pb::pair_note::OfferState::{Extended, Unspecified};
        let place = |id: &str| self.instance.projects.iter().position(|p| p.project_id == id);
        let price = |placed: &pb::Placement| {
            let s = self.instance.students.iter().position(|s| s.student_id == placed.student_id).expect("a student");
            let p = place(&placed.project_id).expect("a project");
            match self.note(s, p).map_or(Unspecified, pb::PairNote::offer_state) {
                _ if m[s] == Some(p) || !self.has_student(&goal.students, s) => 0,
                Unspecified => 1,
                Extended => 10,
                _ => 0,
            }
        };
        self.instance.previous_assignments.iter().map(price).sum()
    }

    /// How many students are elsewhere than compared.
    fn changes(&self, goal: &pb::Goal, m: &Matching) -> usize {
        let compared = goal.compared_with.as_ref().map(|places| &places.assignments);
        let compared = compared.unwrap_or(&self.instance.previous_assignments);
        let changed = |&s: &usize| {
            let before = compared.iter().find(|place| place.student_id == self.instance.students[s].student_id);
            let now = m[s].map(|p| &self.instance.projects[p].project_id);
            self.has_student(&goal.students, s) && before.map(|place| &place.project_id) != now
        };
        (0..m.len()).filter(changed).count()
    }

    fn keeps_every_row(&self, matching: &Matching) -> bool {
        let mut hosted: BTreeMap<&str, i32> = BTreeMap::new();
        for (p, project) in self.instance.projects.iter().enumerate() {
            let count = matching.iter().filter(|&&place| place == Some(p)).count() as i32;
            let min = project.min_seat_count.unwrap_or(0);
            let max = project.max_seat_count.unwrap_or(min.max(1));
            let open_enough = if project.must_open { count >= min.max(1) } else { count == 0 || count >= min };
            if min > max || count > max || !open_enough {
                return false;
            }
            *hosted.entry(&project.host_id).or_default() += count;
        }
        let hosts =
            self.instance.hosts.iter().all(|h| {
                h.max_seat_count.is_none_or(|max| hosted.get(h.host_id.as_str()).copied().unwrap_or(0) <= max)
            });
        let places = self.instance.students.iter().zip(matching).all(|(s, place)| !s.must_place || place.is_some());
        let pins = (0..self.instance.students.len())
            .all(|s| (0..self.instance.projects.len()).all(|p| !self.is_pinned(s, p) || matching[s] == Some(p)));
        let quotas = || self.policy.quotas.iter().filter(|q| q.penalty_points.is_none());
        let links = self.instance.links.iter().all(|link| self.is_linked(link, matching));
        hosts
            && places
            && pins
            && links
            && self.is_paid(matching)
            && quotas().all(|quota| self.missed(quota, matching) == 0)
    }

    fn is_linked(&self, link: &pb::Link, matching: &Matching) -> bool {
        use pb::link::Kind;
        let place = |id: &String| {
            let s = self.instance.students.iter().position(|s| s.student_id == *id).expect("a student");
            matching[s]
        };
        let places: Vec<Option<usize>> = link.student_ids.iter().map(place).collect();
        let placed: Vec<usize> = places.iter().copied().flatten().collect();
        let host = |p: usize| self.instance.hosts.iter().find(|h| h.host_id == self.instance.projects[p].host_id);
        let meeting = |&p: &usize| match link.kind() {
            Kind::SameHost => host(p).map_or(format!("project {p}"), |h| h.host_id.clone()),
            Kind::SameCountry => host(p).map_or(format!("project {p}"), |h| h.country_code.clone()),
            _ => format!("project {p}"),
        };
        let different: std::collections::BTreeSet<String> = placed.iter().map(meeting).collect();
        let apart = link.kind() == Kind::DifferentProject;
        let together = link.placed_together.unwrap_or(!apart);
        (!together || placed.is_empty() || placed.len() == places.len())
            && if apart { different.len() == placed.len() } else { different.len() <= 1 }
    }

    /// By how many units a quota is missed.
    pub fn missed(&self, quota: &pb::Quota, matching: &Matching) -> i64 {
        let weight = |s: usize, p: usize| {
            let holds = |students: &Option<pb::StudentSet>, projects: &Option<pb::ProjectSet>| {
                self.has_student(students, s) && self.has_project(projects, p)
            };
            let stated = quota.weights.iter().find(|entry| holds(&entry.students, &entry.projects));
            let counts = holds(&quota.students, &quota.projects);
            if counts { stated.map_or(1, |entry| i64::from(entry.weight)) } else { 0 }
        };
        let sum: i64 = self.pairs(matching).map(|(s, p)| weight(s, p)).sum();
        let short = (quota.min_count.unwrap_or(0) - sum).max(0);
        short + quota.max_count.map_or(0, |max| (sum - max).max(0))
    }

    fn has_student(&self, set: &Option<pb::StudentSet>, s: usize) -> bool {
        let (student, Some(set)) = (&self.instance.students[s], set) else { return true };
        (set.student_ids.is_empty() || set.student_ids.contains(&student.student_id))
            && (set.class_years.is_empty() || set.class_years.contains(&student.class_year))
            && set.attributes.iter().all(|a| student.attributes.get(&a.name).is_some_and(|v| a.values.contains(v)))
    }

    fn has_project(&self, set: &Option<pb::ProjectSet>, p: usize) -> bool {
        let (project, Some(set)) = (&self.instance.projects[p], set) else { return true };
        let host = self.instance.hosts.iter().find(|h| h.host_id == project.host_id);
        (set.project_ids.is_empty() || set.project_ids.contains(&project.project_id))
            && (set.host_ids.is_empty() || set.host_ids.contains(&project.host_id))
            && (set.country_codes.is_empty() || host.is_some_and(|h| set.country_codes.contains(&h.country_code)))
            && set.attributes.iter().all(|a| project.attributes.get(&a.name).is_some_and(|v| a.values.contains(v)))
    }

    pub fn points(&self, s: usize, p: usize) -> i64 {
        let half_up = |a: i128, b: i128| (2 * a + b) / (2 * b);
        let (mut sum, mut weights) = (0_i128, 0_i128);
        let weight =
            |of: fn(&pb::Weights) -> Option<f64>| self.policy.weights.as_ref().and_then(of).map_or(0, |w| w as i128);
        let (preference, affinity_weight) = (weight(|w| w.preference), weight(|w| w.affinity));
        if self.largest_rank > 0 {
            let k = i128::from(self.largest_rank);
            let worth = self.rank(s, p).map_or(0, |rank| k + 1 - i128::from(rank));
            sum += preference * half_up(worth * 1_000_000, k);
            weights += preference;
        }
        if let Some(affinity) = self.note(s, p).and_then(|n| n.affinity) {
            sum += affinity_weight * (affinity * 1e6).round() as i128;
            weights += affinity_weight;
        }
        if weights == 0 { 0 } else { half_up(sum, weights) as i64 }
    }

    fn goal_rank(&self, s: usize, p: usize) -> i64 {
        i64::from(self.rank(s, p).unwrap_or(self.largest_rank + 1))
    }

    /// The places that a goal counts.
    fn counted<'m>(&self, goal: &pb::Goal, matching: &'m Matching) -> impl Iterator<Item = (usize, usize)> + use<'m> {
        let counts: Vec<bool> = (0..matching.len()).map(|s| self.has_student(&goal.students, s)).collect();
        self.pairs(matching).filter(move |&(s, _)| counts[s])
    }

    fn profile(&self, goal: &pb::Goal, matching: &Matching) -> Vec<i64> {
        let at = |rank: i64| self.counted(goal, matching).filter(|&(s, p)| self.goal_rank(s, p) == rank).count() as i64;
        (1..=i64::from(self.largest_rank) + 1).map(at).collect()
    }

    /// What a goal compares, from the front, greater being better.
    fn key(&self, goal: &pb::Goal, m: &Matching) -> Vec<i64> {
        let points = || self.counted(goal, m).map(|(s, p)| self.points(s, p));
        let ranks = || self.counted(goal, m).map(|(s, p)| self.goal_rank(s, p));
        match goal.kind() {
            Kind::PlaceMost => vec![points().count() as i64],
            Kind::TotalPoints => {
                let quotas = self.policy.quotas.iter().filter(|_| goal.students.is_none());
                let penalty = |q: &pb::Quota| i64::from(q.penalty_points.unwrap_or(0)) * self.missed(q, m);
                vec![points().sum::<i64>() - quotas.map(penalty).sum::<i64>()]
            }
            Kind::RaiseWorst => vec![points().min().unwrap_or(1_000_000)],
            Kind::LeastRankSum => vec![-ranks().sum::<i64>()],
            Kind::LowestWorstRank => vec![-ranks().max().unwrap_or(0)],
            Kind::RankMaximal => self.profile(goal, m),
            Kind::Generous => self.profile(goal, m).into_iter().rev().map(|count| -count).collect(),
            Kind::FewestBelowFloor => vec![-(points().filter(|&points| points < FLOOR).count() as i64)],
            Kind::LeastDisruption => vec![-self.disruption(goal, m)],
            Kind::FewestChanges => vec![-(self.changes(goal, m) as i64)],
            Kind::KeepTold => {
                let extended = pb::pair_note::OfferState::Extended;
                let told = |s, p| self.note(s, p).is_some_and(|note| note.offer_state() == extended);
                vec![self.counted(goal, m).filter(|&(s, p)| told(s, p)).count() as i64]
            }
            Kind::FewestBlockingPairs => {
                let blocking = self.blocking(m);
                vec![-(blocking.iter().filter(|&&(s, _)| self.has_student(&goal.students, s)).count() as i64)]
            }
            Kind::Leximin => {
                let mut sorted: Vec<i64> = points().collect();
                sorted.resize(self.instance.students.len(), NOBODY);
                sorted.sort_unstable();
                sorted
            }
            Kind::Unspecified => unreachable!("no test states it"),
        }
    }

    fn reached(&self, goal: &pb::Goal, m: &Matching, bound: i64) -> Reached {
        let kind = goal.kind();
        let first = self.key(goal, m)[0];
        let mut profile: Vec<i32> = match kind {
            Kind::RankMaximal | Kind::Generous => self.profile(goal, m).into_iter().map(|count| count as i32).collect(),
            Kind::Leximin => {
                let mut sorted: Vec<i32> = self.counted(goal, m).map(|(s, p)| self.points(s, p) as i32).collect();
                sorted.sort_unstable();
                return Reached { value: first.min(1_000_000), profile: sorted, bound: bound.min(1_000_000) };
            }
            _ => Vec::new(),
        };
        while profile.last() == Some(&0) {
            profile.pop();
        }
        Reached { value: if is_less_better(kind) { -first } else { first }, profile, bound }
    }

    fn ticket(&self, s: usize, p: usize, level: u32) -> i64 {
        let (student, project) = (&self.instance.students[s].student_id, &self.instance.projects[p].project_id);
        let mut bytes = self.policy.lottery_seed.to_le_bytes().to_vec();
        bytes.extend(level.to_le_bytes());
        bytes.extend((student.len() as u32).to_le_bytes());
        bytes.extend(student.bytes());
        bytes.extend(project.bytes());
        let digest = Sha256::digest(&bytes);
        (i64::from(digest[0]) << 12) + (i64::from(digest[1]) << 4) + (i64::from(digest[2]) >> 4)
    }
}

fn is_less_better(kind: Kind) -> bool {
    use Kind::{FewestBelowFloor, FewestBlockingPairs, FewestChanges};
    use Kind::{Generous, LeastDisruption, LeastRankSum, LowestWorstRank};
    let of_few = matches!(kind, FewestBelowFloor | FewestBlockingPairs | LeastDisruption | FewestChanges);
    of_few || matches!(kind, LeastRankSum | LowestWorstRank | Generous)
}
