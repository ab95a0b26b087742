//! Certificates: adds up the prices, pair by pair and row by row, and takes the goals in order.
//!
//! The formulas stand in `proto/misti/matching/v1/certificate.proto`. A project that may stay closed has 0 as its least, which
//! only weakens a bound. Sums are made in `i128`.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::goals::goal_values;
use rules::domain::{
    Assignment, Certificate, CertificateProof, CertificateSum, GoalKind, Instance, Matching, Points, Policy,
    ProjectIndex, Quota, QuotaScope, StudentIndex,
};
use rules::evaluation::{Evaluation, Pair};

/// What is wrong with a certificate; proofs are counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CertificateFault {
    /// A pair adds more than its prices.
    PairAbovePrices(usize, StudentIndex, ProjectIndex),
    /// The bound is not what the prices add up to.
    WrongBound(usize),
    /// It is not about the goals that come next, or its bound is not what the matching reaches.
    OutOfPlace(usize),
    /// A price has too few or too many numbers, or a row without a maximum has one above 0.
    MalformedPrice(usize),
    /// No proof covers a goal.
    GoalNotProven(GoalKind),
}

/// What a certificate proves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateCheck {
    /// By goal of the policy: the bound that is proven.
    pub bounds: Vec<Option<i64>>,
    /// Everything that is wrong; of each proof the first pair that is above its prices.
    pub faults: Vec<CertificateFault>,
}

/// Checks that a certificate proves every goal of a matching; `None` where `stop` says so. O(pairs · sums) a proof.
pub fn certificate(
    instance: &Instance,
    policy: &Policy,
    evaluation: &Evaluation,
    certificate: &Certificate,
    matching: &Matching,
    stop: &dyn Fn() -> bool,
) -> Option<CertificateCheck> {
    let season = Season::new(instance, policy, evaluation);
    let reached = goal_values(instance, policy, evaluation, matching);
    if !policy.is_certifiable() {
        let faults = reached.iter().map(|check| CertificateFault::GoalNotProven(check.kind)).collect();
        return Some(CertificateCheck { bounds: vec![None; reached.len()], faults });
    }
    let mut faults = Vec::new();
    let mut bounds = vec![None; policy.goals.len()];
    let (mut sums, mut values, mut thresholds) = (Vec::new(), Vec::new(), Vec::new());
    let mut next = 0;
    let skip = |next: &mut usize, thresholds: &mut Vec<(GoalKind, i64)>, bounds: &mut Vec<Option<i64>>| {
        while let Some(check) = reached.get(*next).filter(|check| season.nothing_is_beyond(check)) {
            if is_threshold(check.kind) {
                thresholds.push((check.kind, check.value));
            }
            bounds[*next] = Some(check.value);
            *next += 1;
        }
    };
    skip(&mut next, &mut thresholds, &mut bounds);
    for (place, proof) in certificate.proofs.iter().enumerate() {
        let beyond = proof.sums.last() == Some(&CertificateSum::Nothing);
        let from = next;
        let in_place;
        if beyond {
            // What no matching can be beyond needs no proof.
            let Some(check) = reached.get(next) else {
                faults.push(CertificateFault::OutOfPlace(place));
                continue;
            };
            let step = if check.kind == GoalKind::LowestWorstRank { -1 } else { 1 };
            let asked: Vec<_> = thresholds.iter().copied().chain([(check.kind, check.value + step)]).collect();
            in_place = is_threshold(check.kind)
                && proof.sums[..proof.sums.len() - 1] == sums[..]
                && proof.thresholds == asked
                && proof.bound.iter().cmp(values.iter().chain([&0])).is_lt();
            thresholds.push((check.kind, check.value));
            next += 1;
        } else {
            while next < reached.len() && !is_threshold(reached[next].kind) && sums.len() < proof.sums.len() {
                for (sum, value) in season.sums_of(&reached[next]) {
                    sums.push(sum);
                    values.push(value);
                }
                next += 1;
            }
            in_place = from < next && proof.sums == sums && proof.thresholds == thresholds && proof.bound == values;
        }
        // Prices of sums that nobody asked for are not worth a look.
        match if in_place { season.fault(proof, stop) } else { Some(PriceFault::OutOfPlace) } {
            Some(PriceFault::Stopped) => return None,
            Some(fault) => faults.push(fault.of(place)),
            None => (from..next).for_each(|goal| bounds[goal] = Some(reached[goal].value)),
        }
        skip(&mut next, &mut thresholds, &mut bounds);
    }
    let unproven = bounds.iter().zip(&reached).filter(|(bound, _)| bound.is_none());
    faults.extend(unproven.map(|(_, check)| CertificateFault::GoalNotProven(check.kind)));
    Some(CertificateCheck { bounds, faults })
}

/// Whether a certificate proves that no matching keeps the rules.
pub fn proves_infeasible(
    instance: &Instance,
    policy: &Policy,
    evaluation: &Evaluation,
    certificate: &Certificate,
) -> bool {
    let season = Season::new(instance, policy, evaluation);
    let [proof] = &certificate.proofs[..] else { return false };
    proof.sums == [CertificateSum::Nothing]
        && proof.thresholds.is_empty()
        && proof.bound < vec![0]
        && season.fault(proof, &|| false).is_none()
}

fn is_threshold(kind: GoalKind) -> bool {
    match kind {
        GoalKind::RaiseWorst | GoalKind::LowestWorstRank => true,
        GoalKind::PlaceMost
        | GoalKind::TotalPoints
        | GoalKind::LeastRankSum
        | GoalKind::RankMaximal
        | GoalKind::Generous
        | GoalKind::FewestBelowFloor
        | GoalKind::LeastDisruption
        | GoalKind::Leximin
        | GoalKind::FewestBlockingPairs
        | GoalKind::FewestChanges
        | GoalKind::KeepTold => false,
    }
}

/// What is wrong with the prices of a proof.
enum PriceFault {
    Pair(StudentIndex, ProjectIndex),
    Bound,
    Malformed,
    OutOfPlace,
    Stopped,
}

impl PriceFault {
    fn of(self, proof: usize) -> CertificateFault {
        match self {
            Self::Pair(student, project) => CertificateFault::PairAbovePrices(proof, student, project),
            Self::Bound => CertificateFault::WrongBound(proof),
            Self::Malformed => CertificateFault::MalformedPrice(proof),
            Self::OutOfPlace | Self::Stopped => CertificateFault::OutOfPlace(proof),
        }
    }
}

struct Season<'a> {
    instance: &'a Instance,
    evaluation: &'a Evaluation,
    /// By student: where it is pinned.
    pinned: Vec<Option<ProjectIndex>>,
    /// By previous pair: what its change costs.
    prices: BTreeMap<(StudentIndex, ProjectIndex), i64>,
    /// Of `FewestBelowFloor`.
    floor: Points,
    /// Of `FewestChanges`: by student, where they are in the matching that is compared.
    before: Vec<Option<ProjectIndex>>,
    /// By quota: its bounds and what it counts.
    quotas: Vec<(&'a Quota, QuotaScope)>,
}

impl<'a> Season<'a> {
    fn new(instance: &'a Instance, policy: &'a Policy, evaluation: &'a Evaluation) -> Self {
        let mut pinned = vec![None; instance.students.len()];
        for note in instance.notes.iter().filter(|note| instance.pins(note)) {
            pinned[note.student.at()] = Some(note.project);
        }
        let price =
            |place: &Assignment| ((place.student, place.project), i64::from(policy.change_price(instance, place)));
        let of_kind = |kind| policy.goals.iter().find(|goal| goal.kind == kind);
        let (floored, compared) = (of_kind(GoalKind::FewestBelowFloor), of_kind(GoalKind::FewestChanges));
        Self {
            instance,
            evaluation,
            pinned,
            prices: instance.previous.iter().map(price).collect(),
            floor: floored.map(|goal| goal.floor).unwrap_or_default(),
            before: compared.map(|goal| goal.places_compared(instance)).unwrap_or_default(),
            quotas: policy.quotas.iter().map(|quota| (quota, QuotaScope::new(instance, quota))).collect(),
        }
    }

    /// Whether a goal needs no proof: a threshold at what it is with nobody placed, or counts of no pairs.
    fn nothing_is_beyond(&self, check: &super::GoalCheck) -> bool {
        match check.kind {
            GoalKind::RaiseWorst => check.value == Points::PERFECT,
            GoalKind::LowestWorstRank => check.value == 0,
            kind => kind.is_profile() && self.evaluation.pairs.is_empty(),
        }
    }

    /// The sums of a goal that is none of a threshold kind, and what a matching reaches of them.
    fn sums_of(&self, check: &super::GoalCheck) -> Vec<(CertificateSum, i64)> {
        let kind = check.kind;
        if !kind.is_profile() {
            let value = match kind {
                GoalKind::LeastRankSum | GoalKind::FewestBelowFloor | GoalKind::FewestBlockingPairs => -check.value,
                GoalKind::LeastDisruption => self.prices.values().sum::<i64>() - check.value,
                GoalKind::FewestChanges => self.before.iter().flatten().count() as i64 - check.value,
                GoalKind::PlaceMost
                | GoalKind::TotalPoints
                | GoalKind::RaiseWorst
                | GoalKind::LowestWorstRank
                | GoalKind::RankMaximal
                | GoalKind::Generous
                | GoalKind::KeepTold
                | GoalKind::Leximin => check.value,
            };
            return vec![(CertificateSum::Goal(kind, None), value)];
        }
        if kind == GoalKind::Leximin {
            let mut points: Vec<i32> = self.evaluation.pairs.iter().map(|pair| pair.points.0).collect();
            points.sort_unstable();
            points.dedup();
            let count =
                |points: i32| check.profile.iter().filter(|&&placed| placed == i64::from(points)).count() as i64;
            let sum = |points: i32| (CertificateSum::Goal(kind, Some(points as u32)), -count(points));
            return points.into_iter().map(sum).collect();
        }
        let mut ranks: Vec<u32> = self.evaluation.pairs.iter().map(|pair| self.evaluation.goal_rank(pair)).collect();
        ranks.sort_unstable();
        ranks.dedup();
        let generous = kind == GoalKind::Generous;
        if generous {
            ranks.reverse();
        }
        let count = |rank: u32| check.profile.get(rank as usize - 1).copied().unwrap_or(0);
        let sum = |rank| (CertificateSum::Goal(kind, Some(rank)), if generous { -count(rank) } else { count(rank) });
        ranks.into_iter().map(sum).collect()
    }

    fn adds(&self, sum: CertificateSum, pair: &Pair) -> i64 {
        let rank = self.evaluation.goal_rank(pair);
        match sum {
            CertificateSum::Nothing => 0,
            CertificateSum::Goal(kind, counted) => match kind {
                GoalKind::PlaceMost => 1,
                GoalKind::TotalPoints => i64::from(pair.points.0),
                GoalKind::LeastRankSum => -i64::from(rank),
                GoalKind::RankMaximal => i64::from(counted == Some(rank)),
                GoalKind::Generous => -i64::from(counted == Some(rank)),
                GoalKind::Leximin => -i64::from(counted == Some(pair.points.0 as u32)),
                GoalKind::FewestBelowFloor => -i64::from(pair.points < self.floor),
                GoalKind::LeastDisruption => self.prices.get(&(pair.student, pair.project)).copied().unwrap_or(0),
                GoalKind::FewestChanges => match self.before[pair.student.at()] {
                    None => -1,
                    Some(project) => i64::from(project == pair.project),
                },
                GoalKind::KeepTold => i64::from(self.instance.is_told(pair.student, pair.project)),
                // Any matching leaves at least none blocking.
                GoalKind::RaiseWorst | GoalKind::LowestWorstRank | GoalKind::FewestBlockingPairs => 0,
            },
        }
    }

    fn is_in(&self, proof: &CertificateProof, pair: &Pair) -> bool {
        let within = proof.thresholds.iter().all(|&(kind, worst)| match kind {
            GoalKind::RaiseWorst => i64::from(pair.points.0) >= worst,
            GoalKind::LowestWorstRank => i64::from(self.evaluation.goal_rank(pair)) <= worst,
            GoalKind::PlaceMost
            | GoalKind::TotalPoints
            | GoalKind::LeastRankSum
            | GoalKind::RankMaximal
            | GoalKind::Generous
            | GoalKind::FewestBelowFloor
            | GoalKind::LeastDisruption
            | GoalKind::Leximin
            | GoalKind::FewestBlockingPairs
            | GoalKind::FewestChanges
            | GoalKind::KeepTold => true,
        });
        within && self.pinned[pair.student.at()].is_none_or(|project| project == pair.project)
    }

    /// The first thing wrong with the prices of a proof.
    fn fault(&self, proof: &CertificateProof, stop: &dyn Fn() -> bool) -> Option<PriceFault> {
        let instance = self.instance;
        let width = proof.sums.len();
        let students = by_row(instance.students.len(), proof.students.iter().map(|(s, price)| (s.at(), price)), width);
        let projects = by_row(instance.projects.len(), proof.projects.iter().map(|(p, price)| (p.at(), price)), width);
        let hosts = by_row(instance.hosts.len(), proof.hosts.iter().map(|(h, price)| (h.at(), price)), width);
        let quotas = by_row(self.quotas.len(), proof.quotas.iter().map(|(q, price)| (*q as usize, price)), width);
        let (Some(students), Some(projects), Some(hosts), Some(quotas)) = (students, projects, hosts, quotas) else {
            return Some(PriceFault::Malformed);
        };
        let priced: Vec<(&QuotaScope, &[i64])> = self
            .quotas
            .iter()
            .zip(&quotas)
            .filter(|(_, price)| !price.is_empty())
            .map(|((_, scope), price)| (scope, *price))
            .collect();
        for (at, pair) in self.evaluation.pairs.iter().enumerate().filter(|(_, pair)| self.is_in(proof, pair)) {
            if at.is_multiple_of(PAIRS_BETWEEN_GLANCES) && stop() {
                return Some(PriceFault::Stopped);
            }
            let host = instance.projects[pair.project.at()].host;
            let of_rows =
                [students[pair.student.at()], projects[pair.project.at()], host.map_or(FREE, |h| hosts[h.at()])];
            let over = proof.sums.iter().enumerate().map(|(k, &sum)| {
                let prices = of_rows.iter().map(|price| price.get(k).copied().map_or(0, i128::from));
                let of_quotas = priced
                    .iter()
                    .map(|&(scope, price)| i128::from(price[k]) * i128::from(scope.weight(pair.student, pair.project)));
                i128::from(self.adds(sum, pair)) - prices.chain(of_quotas).sum::<i128>()
            });
            if sign(over).is_gt() {
                return Some(PriceFault::Pair(pair.student, pair.project));
            }
        }
        let mut bound = vec![0_i128; width];
        let mut add = |price: &[i64], least: i64, most: Option<i64>| {
            let units = match sign(price.iter().copied()) {
                Ordering::Greater => most?,
                Ordering::Less => least,
                Ordering::Equal => 0,
            };
            bound.iter_mut().zip(price).for_each(|(sum, price)| *sum += i128::from(*price) * i128::from(units));
            Some(())
        };
        for (at, student) in instance.students.iter().enumerate() {
            let least = i64::from(student.must_place || self.pinned[at].is_some());
            add(students[at], least, Some(1));
        }
        for (at, project) in instance.projects.iter().enumerate() {
            let least = if project.must_open { project.min_seats().max(1) } else { 0 };
            add(projects[at], i64::from(least), Some(i64::from(project.max_seats())));
        }
        for (at, host) in instance.hosts.iter().enumerate() {
            if add(hosts[at], 0, host.max_seats.map(i64::from)).is_none() {
                return Some(PriceFault::Malformed);
            }
        }
        for (&price, (quota, _)) in quotas.iter().zip(&self.quotas) {
            // A soft quota may be missed, so that its price proves nothing.
            let is_free = price.iter().all(|&number| number == 0);
            if (quota.penalty.is_some() && !is_free) || add(price, quota.min.unwrap_or(0), quota.max).is_none() {
                return Some(PriceFault::Malformed);
            }
        }
        let is_bound = bound.len() == proof.bound.len()
            && bound.iter().zip(&proof.bound).all(|(sum, &bound)| *sum == i128::from(bound));
        (!is_bound).then_some(PriceFault::Bound)
    }
}

/// How often a check is asked whether it must stop: once in so many pairs.
const PAIRS_BETWEEN_GLANCES: usize = 1_024;

/// The prices of a row that is not listed.
const FREE: &[i64] = &[];

/// By row of a kind: its prices; `None` where one has not `width` numbers or is listed twice.
fn by_row<'p>(
    rows: usize,
    prices: impl Iterator<Item = (usize, &'p Vec<i64>)>,
    width: usize,
) -> Option<Vec<&'p [i64]>> {
    let mut all = vec![FREE; rows];
    for (row, price) in prices {
        if price.len() != width || !all[row].is_empty() {
            return None;
        }
        all[row] = price;
    }
    Some(all)
}

/// The sign of a vector: that of its first number that is not 0.
fn sign<N: Default + Ord>(vector: impl IntoIterator<Item = N>) -> Ordering {
    let zero = N::default();
    vector.into_iter().map(|number| number.cmp(&zero)).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}
