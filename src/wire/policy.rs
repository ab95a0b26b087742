//! Policy: message to domain and back.

use std::time::Duration;

use super::faults::outside;
use super::instance::{MAX_LEAD_TIME, References, read_least_money, read_placements, write_money, write_placement};
use super::quota::{read_students, write_quota, write_students};
use super::{Faults, pb};
use rules::codes;
use rules::domain::{
    ChangePrices, Engine, Goal, GoalKind, Hours, Instance, LanguageLevel, Points, Policy, Preset, RequiredData,
    RequiredFact, SemesterLevels, SolveLimits, Weight, Weights,
};
use rules::finding::{At, grouped};

/// Largest rank and rank scale.
pub(super) const MAX_RANK: u32 = 10_000;
/// Most weeks a rule may ask.
pub(super) const MAX_WEEKS: u32 = 520;
/// Most semesters.
pub(super) const MAX_SEMESTERS: u32 = 40;
/// Largest tolerance; more than any goal of any season is worth.
const MAX_TOLERANCE: i64 = 1_000_000_000_000;
/// Longest time limit.
const MAX_TIME_LIMIT: Duration = Duration::from_secs(3_600);

/// Reads a policy but for its goals and quotas, which name rows of the instance.
pub(super) fn read_policy(raw: pb::Policy, faults: &mut Faults) -> Policy {
    let at = At::root("policy");
    let preset = faults.level(at.field("preset"), raw.preset, &Preset::ALL);
    let base = preset.map_or_else(Policy::default, Preset::policy);
    let mut required_data = RequiredData::default();
    let facts = at.field("required_data");
    for (place, &number) in raw.required_data.iter().enumerate() {
        if let Some(fact) = faults.stated(facts.index(place), number, &RequiredFact::ALL) {
            required_data.insert(fact);
        }
    }
    let whole = |name, stated: Option<i32>, least, most, faults: &mut Faults| {
        stated.and_then(|number| faults.whole(at.field(name), number, least, most))
    };
    let hours = |name, stated: Option<f64>, faults: &mut Faults| {
        stated.and_then(|hours| faults.decimal(at.field(name), hours, Hours::MAX, Hours::from_f64))
    };
    let pay = raw.min_hourly_pay.and_then(|pay| read_least_money(at.field("min_hourly_pay"), pay, faults));
    let lead = raw.authorization_lead_time_days;
    Policy {
        weights: read_weights(at.field("weights"), raw.weights.unwrap_or_default(), faults),
        lottery_seed: raw.lottery_seed,
        limits: read_limits(at.field("limits"), raw.limits.unwrap_or_default(), faults),
        required_data: if raw.required_data.is_empty() { base.required_data } else { required_data },
        rank_scale: whole("rank_scale", raw.rank_scale, 1, MAX_RANK, faults),
        semester_levels: read_semester_levels(at.field("semester_levels"), &raw.semester_levels, faults),
        min_weeks: whole("min_weeks", raw.min_weeks, 0, MAX_WEEKS, faults).or(base.min_weeks),
        max_weeks: whole("max_weeks", raw.max_weeks, 1, MAX_WEEKS, faults).or(base.max_weeks),
        min_hours: hours("min_hours_per_week", raw.min_hours_per_week, faults).or(base.min_hours),
        max_hours: hours("max_hours_per_week", raw.max_hours_per_week, faults).or(base.max_hours),
        as_of: faults.date(at.field("as_of_date"), &raw.as_of_date),
        change_prices: read_change_prices(at.field("change_prices"), raw.change_prices.unwrap_or_default(), faults),
        paid_only: raw.paid_placements_only.unwrap_or(base.paid_only),
        stable_only: raw.stable_only,
        min_hourly_pay: pay.or(base.min_hourly_pay.clone()),
        authorization_lead_days: whole("authorization_lead_time_days", lead, 0, MAX_LEAD_TIME, faults)
            .or(base.authorization_lead_days),
        alumni_only: raw.alumni_hosts_only.unwrap_or(base.alumni_only),
        ..base
    }
}

/// Highest price of a change.
const MAX_CHANGE_PRICE: u32 = 1_000_000;

fn read_change_prices(at: At, raw: pb::ChangePrices, faults: &mut Faults) -> ChangePrices {
    let defaults = ChangePrices::default();
    let mut price = |name, stated: Option<i32>, unset| {
        stated.map_or(unset, |price| faults.whole(at.field(name), price, 0, MAX_CHANGE_PRICE).unwrap_or(unset))
    };
    ChangePrices {
        without_offer: price("without_offer", raw.without_offer, defaults.without_offer),
        draft: price("draft", raw.draft, defaults.draft),
        extended: price("extended", raw.extended, defaults.extended),
        accepted: price("accepted", raw.accepted, defaults.accepted),
        ended: price("ended", raw.ended, defaults.ended),
    }
}

fn read_weights(at: At, raw: pb::Weights, faults: &mut Faults) -> Weights {
    let Weights(defaults) = Weights::default();
    let stated = [
        ("skills", raw.skills),
        ("language", raw.language),
        ("preference", raw.preference),
        ("host_rank", raw.host_rank),
        ("interview", raw.interview),
        ("affinity", raw.affinity),
    ];
    let mut weights = defaults;
    for (weight, (name, stated)) in weights.iter_mut().zip(stated) {
        if let Some(value) = stated {
            *weight = faults.decimal(at.field(name), value, Weight::MAX, Weight::from_f64).unwrap_or(*weight);
        }
    }
    Weights(weights)
}

/// Most goals; each takes a solve of its own.
const MAX_GOALS: usize = 50;

/// Reads the goals; without an instance nobody knows whose places they count. None where none is stated.
pub(super) fn read_goals(
    at: At,
    raw: Vec<pb::Goal>,
    refs: Option<&References>,
    faults: &mut Faults,
) -> Option<Vec<Goal>> {
    if !faults.count(at, raw.len(), MAX_GOALS) {
        return None;
    }
    let mut goals: Vec<Goal> = Vec::new();
    for (place, raw) in raw.into_iter().enumerate() {
        let at = at.index(place);
        let students = refs.map(|refs| read_students(at.field("students"), raw.students, refs, faults));
        let students = students.unwrap_or_default();
        let Some(kind) = faults.stated(at.field("kind"), raw.kind, &GoalKind::ALL) else { continue };
        let name = goal_kind(kind).as_str_name();
        if refs.is_some()
            && goals.iter().any(|goal| goal.kind == kind && goal.students == students)
            && kind != GoalKind::FewestChanges
        {
            faults.add(
                &codes::DUPLICATE_GOAL,
                at.field("kind"),
                format!("{name} stands in the list already, for the same students"),
            );
            continue;
        }
        let tolerance = faults.wide(at.field("tolerance"), raw.tolerance, MAX_TOLERANCE);
        if tolerance.is_some_and(|tolerance| tolerance > 0) && kind.is_profile() {
            faults.add(&codes::TOLERANCE_ON_PROFILE, at.field("tolerance"), format!("{name} takes no tolerance"));
        }
        let floor_at = at.field("floor_points");
        let floor = match raw.floor_points {
            Some(_) if kind != GoalKind::FewestBelowFloor => {
                faults.add(&codes::MISPLACED_FLOOR, floor_at, format!("{name} looks at no floor"));
                None
            }
            None if kind == GoalKind::FewestBelowFloor => {
                faults.add(&codes::MISPLACED_FLOOR, floor_at, format!("{name} needs a floor"));
                None
            }
            stated => stated.and_then(|floor| faults.whole(floor_at, floor, 0, Points::PERFECT as u32)),
        };
        let floor = Points(floor.unwrap_or(0) as i32);
        let compared_at = at.field("compared_with");
        if raw.compared_with.is_some() && kind != GoalKind::FewestChanges {
            faults.add(&codes::MISPLACED_MATCHING, compared_at, format!("{name} compares with no matching"));
        }
        let compared = raw
            .compared_with
            .zip(refs)
            .map(|(places, refs)| read_placements(compared_at.field("assignments"), &places.assignments, refs, faults));
        goals.push(Goal { kind, tolerance: raw.tolerance, floor, students, compared });
    }
    (!goals.is_empty()).then_some(goals)
}

fn read_limits(at: At, raw: pb::Limits, faults: &mut Faults) -> SolveLimits {
    let mut limits = SolveLimits::default();
    if let Some(raw) = raw.time_limit {
        let at = at.field("time_limit");
        match Duration::try_from(raw) {
            Ok(time) if !time.is_zero() && time <= MAX_TIME_LIMIT => limits.time_limit = time,
            _ => faults.add(
                &codes::OUT_OF_RANGE,
                at,
                format!("more than 0 s and at most {} s are allowed", grouped(MAX_TIME_LIMIT.as_secs())),
            ),
        }
    }
    if (0.0..=1.0).contains(&raw.relative_gap) {
        limits.relative_gap = raw.relative_gap;
    } else if raw.relative_gap.is_finite() {
        faults.add(&codes::OUT_OF_RANGE, at.field("relative_gap"), outside(at, raw.relative_gap, 0, 1));
    } else {
        faults.add(&codes::NOT_A_NUMBER, at.field("relative_gap"), "it is not a finite number");
    }
    limits.skip_reasons = raw.skip_reasons;
    limits.engine = faults.level(at.field("engine"), raw.engine, &Engine::ALL).unwrap_or_default();
    limits
}

fn read_semester_levels(at: At, raw: &[pb::SemesterLevel], faults: &mut Faults) -> SemesterLevels {
    if raw.is_empty() {
        return SemesterLevels::default();
    }
    let mut lines: Vec<(u32, LanguageLevel)> = Vec::with_capacity(raw.len());
    for (place, raw) in raw.iter().enumerate() {
        let at = at.index(place);
        let semesters = faults.whole(at.field("semesters"), raw.semesters, 0, MAX_SEMESTERS);
        let level = faults.stated(at.field("level"), raw.level, &LanguageLevel::ALL);
        let (Some(semesters), Some(level)) = (semesters, level) else { continue };
        if lines.last().is_some_and(|&(before, lower)| before >= semesters || lower >= level) {
            faults.add(
                &codes::SEMESTERS_NOT_INCREASING,
                at,
                "it is not above the line before it, in semesters and in level",
            );
        }
        lines.push((semesters, level));
    }
    SemesterLevels(lines)
}

/// Writes a policy with every default stated.
pub fn write_policy(instance: &Instance, policy: &Policy) -> pb::Policy {
    let [skills, language, preference, host_rank, interview, affinity] = policy.weights.0.map(|w| Some(w.to_f64()));
    pb::Policy {
        weights: Some(pb::Weights { skills, language, preference, host_rank, interview, affinity }),
        goals: policy
            .goals
            .iter()
            .map(|goal| pb::Goal {
                kind: goal_kind(goal.kind) as i32,
                tolerance: goal.tolerance,
                floor_points: (goal.kind == GoalKind::FewestBelowFloor).then_some(goal.floor.0),
                students: goal.is_scoped().then(|| write_students(instance, &goal.students)),
                compared_with: goal.compared.as_ref().map(|places| pb::Placements {
                    assignments: places.iter().map(|place| write_placement(instance, place)).collect(),
                }),
            })
            .collect(),
        lottery_seed: policy.lottery_seed,
        limits: Some(pb::Limits {
            time_limit: prost_types::Duration::try_from(policy.limits.time_limit).ok(),
            relative_gap: policy.limits.relative_gap,
            engine: policy.limits.engine as i32 + 1,
            skip_reasons: policy.limits.skip_reasons,
        }),
        required_data: RequiredFact::ALL
            .into_iter()
            .filter(|&fact| policy.required_data.contains(fact))
            .map(|fact| fact as i32 + 1)
            .collect(),
        rank_scale: policy.rank_scale.map(|k| k as i32),
        semester_levels: policy
            .semester_levels
            .0
            .iter()
            .map(|&(semesters, level)| pb::SemesterLevel { semesters: semesters as i32, level: level as i32 })
            .collect(),
        min_weeks: policy.min_weeks.map(|w| w as i32),
        min_hours_per_week: policy.min_hours.map(Hours::to_f64),
        as_of_date: policy.as_of.map_or_else(String::new, |day| day.to_string()),
        change_prices: Some(write_change_prices(&policy.change_prices)),
        paid_placements_only: Some(policy.paid_only),
        stable_only: policy.stable_only,
        preset: 0,
        max_weeks: policy.max_weeks.map(|w| w as i32),
        max_hours_per_week: policy.max_hours.map(Hours::to_f64),
        min_hourly_pay: policy.min_hourly_pay.as_ref().map(write_money),
        authorization_lead_time_days: policy.authorization_lead_days.map(|days| days as i32),
        alumni_hosts_only: Some(policy.alumni_only),
        quotas: policy.quotas.iter().map(|quota| write_quota(instance, quota)).collect(),
    }
}

fn write_change_prices(prices: &ChangePrices) -> pb::ChangePrices {
    let stated = |price: u32| Some(price as i32);
    pb::ChangePrices {
        without_offer: stated(prices.without_offer),
        draft: stated(prices.draft),
        extended: stated(prices.extended),
        accepted: stated(prices.accepted),
        ended: stated(prices.ended),
    }
}

pub(super) fn goal_kind(kind: GoalKind) -> pb::goal::Kind {
    match kind {
        GoalKind::PlaceMost => pb::goal::Kind::PlaceMost,
        GoalKind::TotalPoints => pb::goal::Kind::TotalPoints,
        GoalKind::RaiseWorst => pb::goal::Kind::RaiseWorst,
        GoalKind::LeastRankSum => pb::goal::Kind::LeastRankSum,
        GoalKind::LowestWorstRank => pb::goal::Kind::LowestWorstRank,
        GoalKind::RankMaximal => pb::goal::Kind::RankMaximal,
        GoalKind::Generous => pb::goal::Kind::Generous,
        GoalKind::FewestBelowFloor => pb::goal::Kind::FewestBelowFloor,
        GoalKind::LeastDisruption => pb::goal::Kind::LeastDisruption,
        GoalKind::Leximin => pb::goal::Kind::Leximin,
        GoalKind::FewestBlockingPairs => pb::goal::Kind::FewestBlockingPairs,
        GoalKind::FewestChanges => pb::goal::Kind::FewestChanges,
        GoalKind::KeepTold => pb::goal::Kind::KeepTold,
    }
}
