//! A policy of a form: what the form has no field for stays as it is, and everything that can't be read is told at once.

use std::collections::HashMap;

use wire::pb;

/// Goals that the form has room for, at least.
pub(super) const GOALS: usize = 5;

/// Quotas that it has room for beyond those that there are.
pub(super) const MORE_QUOTAS: usize = 2;

/// The fields of a form, with everything that can't be read.
struct Fields<'a> {
    stated: &'a HashMap<String, String>,
    faults: Vec<String>,
}

impl Fields<'_> {
    fn text(&self, name: &str) -> &str {
        self.stated.get(name).map_or("", |value| value.trim())
    }

    fn number<T: std::str::FromStr>(&mut self, name: &str) -> Option<T> {
        let text = self.text(name);
        if text.is_empty() {
            return None;
        }
        let read = text.parse().ok();
        if read.is_none() {
            self.faults.push(format!("{name}: {text} is no number that fits"));
        }
        read
    }

    fn list(&self, name: &str) -> Vec<String> {
        let entries = self.text(name).split([',', ';']).map(str::trim);
        entries.filter(|entry| !entry.is_empty()).map(str::to_owned).collect()
    }
}

/// The policy with what a form says of it.
pub(super) fn of_form(now: &pb::Policy, stated: &HashMap<String, String>) -> Result<pb::Policy, Vec<String>> {
    let mut fields = Fields { stated, faults: Vec::new() };
    let mut policy = now.clone();
    policy.preset = fields.number("preset").unwrap_or_default();
    policy.goals = goals_of(&mut fields, now);
    let weights = pb::Weights {
        skills: fields.number("skills"),
        language: fields.number("language"),
        preference: fields.number("preference"),
        host_rank: fields.number("host_rank"),
        interview: fields.number("interview"),
        affinity: fields.number("affinity"),
    };
    policy.weights = Some(weights).filter(|weights| *weights != pb::Weights::default());
    policy.min_weeks = fields.number("min_weeks");
    policy.max_weeks = fields.number("max_weeks");
    policy.authorization_lead_time_days = fields.number("authorization_lead_time_days");
    policy.min_hours_per_week = fields.number("min_hours_per_week");
    policy.max_hours_per_week = fields.number("max_hours_per_week");
    let switch = |name: &str| match fields.text(name) {
        "1" => Some(true),
        "0" => Some(false),
        _ => None,
    };
    policy.paid_placements_only = switch("paid_placements_only");
    policy.alumni_hosts_only = switch("alumni_hosts_only");
    policy.stable_only = switch("stable_only") == Some(true);
    policy.lottery_seed = fields.number("lottery_seed").unwrap_or_default();
    policy.quotas = quotas_of(&mut fields, now);
    let seconds: Option<i64> = fields.number("time");
    let mut limits = policy.limits.take().unwrap_or_default();
    limits.time_limit = seconds.map(|seconds| {
        let mut time = limits.time_limit.unwrap_or_default();
        time.seconds = seconds;
        time
    });
    policy.limits = Some(limits).filter(|limits| *limits != pb::Limits::default());
    if fields.faults.is_empty() { Ok(policy) } else { Err(fields.faults) }
}

/// The goals in their order; what a goal has that the form does not show stays with its kind.
fn goals_of(fields: &mut Fields, now: &pb::Policy) -> Vec<pb::Goal> {
    let mut known = now.goals.clone();
    let mut goals = Vec::new();
    for place in 0..GOALS.max(now.goals.len() + 1) {
        let Some(kind) = fields.number::<i32>(&format!("goal{place}")) else { continue };
        let at = known.iter().position(|goal| goal.kind == kind);
        let goal = at.map(|at| known.remove(at)).unwrap_or_default();
        goals.push(pb::Goal {
            kind,
            tolerance: fields.number(&format!("tolerance{place}")).unwrap_or_default(),
            floor_points: fields.number(&format!("floor{place}")),
            ..goal
        });
    }
    goals
}

/// The quotas; what one has that the form does not show stays with its place.
fn quotas_of(fields: &mut Fields, now: &pb::Policy) -> Vec<pb::Quota> {
    let mut quotas = Vec::new();
    for place in 0..now.quotas.len() + MORE_QUOTAS {
        let quota_id = fields.text(&format!("quota-id-{place}")).to_owned();
        if quota_id.is_empty() {
            continue;
        }
        let quota = now.quotas.get(place).cloned().unwrap_or_default();
        let mut projects = quota.projects.clone().unwrap_or_default();
        projects.program_ids = fields.list(&format!("quota-programs-{place}"));
        projects.country_codes = fields.list(&format!("quota-countries-{place}"));
        quotas.push(pb::Quota {
            quota_id,
            title: fields.text(&format!("quota-title-{place}")).to_owned(),
            min_count: fields.number(&format!("quota-min-{place}")),
            max_count: fields.number(&format!("quota-max-{place}")),
            penalty_points: fields.number(&format!("quota-penalty-{place}")),
            projects: Some(projects).filter(|projects| *projects != pb::ProjectSet::default()),
            ..quota
        });
    }
    quotas
}

#[cfg(test)]
mod tests {
    use pb::goal::Kind;

    use super::*;

    fn form(fields: &[(&str, &str)]) -> HashMap<String, String> {
        fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn what_the_form_does_not_show_stays_as_it_is() {
        let scoped = pb::StudentSet { majors: vec!["Physics".to_owned()], ..pb::StudentSet::default() };
        let goal = pb::Goal { kind: Kind::PlaceMost as i32, students: Some(scoped.clone()), ..pb::Goal::default() };
        let quota = pb::Quota {
            quota_id: "q".to_owned(),
            students: Some(scoped.clone()),
            max_count: Some(3),
            ..pb::Quota::default()
        };
        let now = pb::Policy {
            goals: vec![goal],
            quotas: vec![quota],
            as_of_date: "2027-01-01".to_owned(),
            ..pb::Policy::default()
        };
        let stated =
            form(&[("goal0", "2"), ("goal1", "1"), ("quota-id-0", "q"), ("quota-max-0", "5"), ("min_weeks", "10")]);
        let policy = of_form(&now, &stated).unwrap();
        let kinds: Vec<Kind> = policy.goals.iter().map(pb::Goal::kind).collect();
        assert_eq!(kinds, [Kind::TotalPoints, Kind::PlaceMost]);
        assert_eq!((policy.goals[0].students.clone(), policy.goals[1].students.clone()), (None, Some(scoped.clone())));
        assert_eq!((policy.quotas[0].max_count, policy.quotas[0].students.clone()), (Some(5), Some(scoped)));
        assert_eq!((policy.min_weeks, policy.as_of_date.as_str()), (Some(10), "2027-01-01"));
    }

    #[test]
    fn a_form_that_says_nothing_is_a_policy_with_every_default() {
        assert_eq!(of_form(&pb::Policy::default(), &form(&[])).unwrap(), pb::Policy::default());
    }

    #[test]
    fn everything_that_is_no_number_is_told_at_once() {
        let faults = of_form(&pb::Policy::default(), &form(&[("skills", "many"), ("min_weeks", "1.5")])).unwrap_err();
        assert_eq!(faults.len(), 2, "{faults:?}");
    }
}
