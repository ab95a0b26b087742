//! Counterfactuals, reasons and seat values: domain to message.

use std::cmp::Ordering;

use super::conflict::row;
use super::evaluation::{contributions, rule, rule_counts, write_pair};
use super::names::Names;
use super::pb;
use super::policy::goal_kind;
use super::sentences::Words;
use ::explain::{Alternates, Between, Counterfactual, Full, Gain, Move, Prospect, Unmatched, UnmatchedReason, compare};
use rules::domain::ProjectIndex;
use rules::evaluation::{Pair, PairEvaluation};
use solve::GoalValue;

/// What a goal is afterwards, compared with before.
pub(super) fn effect(order: Ordering) -> pb::goal_price::Effect {
    match order {
        Ordering::Less => pb::goal_price::Effect::Worse,
        Ordering::Equal => pb::goal_price::Effect::Same,
        Ordering::Greater => pb::goal_price::Effect::Better,
    }
}

/// Whoever tells of a matching: its names, and what its goals reach.
#[derive(Clone, Copy)]
pub(super) struct MessageWriter<'a> {
    pub names: Names<'a>,
    pub goals: &'a [GoalValue],
}

impl<'a> MessageWriter<'a> {
    fn words(&self) -> Words<'a> {
        Words::to_manager(self.names)
    }

    /// Every goal before and after.
    pub fn prices(&self, after: &[GoalValue]) -> Vec<pb::GoalPrice> {
        let counts = |value: &GoalValue| value.profile.iter().map(|&count| count as i32).collect();
        let goals = self.names.policy.goals.iter().zip(self.goals).zip(after);
        let price = |((goal, before), after): ((&rules::domain::Goal, &GoalValue), &GoalValue)| pb::GoalPrice {
            kind: goal_kind(goal.kind) as i32,
            before: before.value,
            after: after.value,
            change: after.value - before.value,
            effect: effect(compare(goal.kind, after, before)) as i32,
            profile_before: counts(before),
            profile_after: counts(after),
            scoped: goal.is_scoped(),
        };
        goals.map(price).collect()
    }

    pub fn moves(&self, moves: &[Move]) -> Vec<pb::Move> {
        let project = |at: Option<ProjectIndex>| at.map_or_else(String::new, |project| self.names.project(project));
        let message = |m: &Move| pb::Move {
            student_id: self.names.student(m.student),
            from_project_id: project(m.from),
            to_project_id: project(m.to),
            chain: m.chain as i32,
        };
        moves.iter().map(message).collect()
    }

    /// Another matching, by what it differs.
    pub fn difference(&self, goals: &[GoalValue], moves: &[Move]) -> pb::Counterfactual {
        let lost = moves.iter().filter(|m| m.to.is_none()).count();
        pb::Counterfactual {
            prices: self.prices(goals),
            moves: self.moves(moves),
            lost_count: lost as i32,
            moved_count: moves.len() as i32,
        }
    }

    fn counterfactual(&self, counterfactual: &Counterfactual) -> pb::Counterfactual {
        self.difference(&counterfactual.goals, &counterfactual.moves)
    }

    pub fn prospect(&self, prospect: &Prospect) -> pb::Prospect {
        use pb::prospect::Kind;
        let of = |kind: Kind| pb::Prospect { kind: kind as i32, ..pb::Prospect::default() };
        match prospect {
            Prospect::Costs(counterfactual) => {
                pb::Prospect { counterfactual: Some(self.counterfactual(counterfactual)), ..of(Kind::Costs) }
            }
            Prospect::Tie(counterfactual, draw) => pb::Prospect {
                counterfactual: Some(self.counterfactual(counterfactual)),
                draw: draw.map(|draw| pb::LotteryDraw {
                    level: draw.level as i32,
                    taken_ticket_sum: draw.taken,
                    other_ticket_sum: draw.other,
                }),
                ..of(Kind::Tie)
            },
            Prospect::Blocked(rows) => {
                let blocked_by = rows.iter().filter_map(|&label| row(&self.names, label)).collect();
                pb::Prospect { blocked_by, ..of(Kind::Blocked) }
            }
            Prospect::Unproven => of(Kind::Unproven),
        }
    }

    pub fn unmatched(&self, unmatched: &Unmatched) -> pb::Unmatched {
        use pb::prospect::Kind;
        use pb::unmatched::Reason;
        let of = |kind: Kind| Some(pb::Prospect { kind: kind as i32, ..pb::Prospect::default() });
        let solved = |prospect: &Option<Prospect>, kind| {
            prospect.as_ref().map_or(of(kind), |message| Some(self.prospect(message)))
        };
        let (reason, placing) = match &unmatched.reason {
            UnmatchedReason::NoEligibleProject => (Reason::NoEligibleProject, None),
            UnmatchedReason::NotAcceptable => (Reason::NotAcceptable, None),
            UnmatchedReason::Blocked(rows) => (Reason::Blocked, Some(self.prospect(&Prospect::Blocked(rows.clone())))),
            UnmatchedReason::CrowdedOut(prospect) => (Reason::CrowdedOut, solved(prospect, Kind::Costs)),
            UnmatchedReason::Tie(prospect) => (Reason::Tie, solved(prospect, Kind::Tie)),
            UnmatchedReason::Unproven => (Reason::Unproven, of(Kind::Unproven)),
        };
        let stranded = &unmatched.stranded;
        let single = stranded.opens.iter().map(|&(only, count)| pb::SingleRule {
            rule: rule(only) as i32,
            project_count: count as i32,
            waivable: only.is_waivable(),
        });
        let mut message = pb::Unmatched {
            student_id: self.names.student(unmatched.student),
            reason: reason as i32,
            possible_project_count: unmatched.possible as i32,
            full_project_count: unmatched.full as i32,
            closed_project_count: unmatched.closed as i32,
            refusals: rule_counts(&unmatched.refusals),
            nearest_projects: stranded.nearest.iter().map(|pair| write_pair(self.names.instance, pair)).collect(),
            single_rules: single.collect(),
            placing,
            full_quota_ids: unmatched.full_quotas.iter().map(|&quota| self.names.quota(quota)).collect(),
            sentence: String::new(),
        };
        message.sentence = self.words().unmatched(&message);
        message
    }

    fn alternate(&self, pair: &Pair) -> pb::Alternate {
        let host_rank = self.names.instance.projects[pair.project.at()].rank_of(pair.student);
        pb::Alternate {
            student_id: self.names.student(pair.student),
            project_id: self.names.project(pair.project),
            points: pair.points.0,
            choice_rank: pair.choice_rank.map(|rank| rank as i32),
            host_rank: host_rank.map(|rank| rank as i32),
        }
    }

    /// A placement, and what could be done today about it.
    pub fn assignment(&self, place: &PairEvaluation, alternates: Option<&Alternates>) -> pb::Assignment {
        let message = |pairs: fn(&Alternates) -> &Vec<Pair>| {
            alternates.map(|a| pairs(a).iter().map(|pair| self.alternate(pair)).collect()).unwrap_or_default()
        };
        pb::Assignment {
            student_id: self.names.student(place.student),
            project_id: self.names.project(place.project),
            points: place.score.points.0,
            contributions: contributions(&place.score),
            choice_rank: place.choice_rank.map(|rank| rank as i32),
            host_rank: place.host_rank.map(|rank| rank as i32),
            fund_id: String::new(),
            alternates: message(|alternates| &alternates.projects),
            next_students: message(|alternates| &alternates.students),
        }
    }

    pub fn seat_value(&self, full: Full, gain: &Gain) -> pb::SeatValue {
        use pb::conflict_row::Kind;
        let of = |kind: Kind| pb::SeatValue { kind: kind as i32, ..pb::SeatValue::default() };
        let mut message = match full {
            Full::Project(p) => pb::SeatValue { project_id: self.names.project(p), ..of(Kind::ProjectSeats) },
            Full::Host(h) => pb::SeatValue { host_id: self.names.host(h), ..of(Kind::HostSeats) },
            Full::Quota(q) => pb::SeatValue { quota_id: self.names.quota(q), ..of(Kind::Quota) },
            Full::Fund(f) => {
                pb::SeatValue { fund_id: self.names.instance.funds[f as usize].id.clone(), ..of(Kind::Fund) }
            }
        };
        message.exact = !matches!(gain, Gain::AtLeast(_));
        if let Gain::AtLeast(between) = gain {
            let bound = |between: &Between| {
                let goal = &self.names.policy.goals[between.goal];
                let (kind, scoped) = (goal_kind(goal.kind) as i32, goal.is_scoped());
                pb::GoalBounds { kind, worst: between.worst, best: between.best, scoped }
            };
            message.bounds = between.iter().map(bound).collect();
        }
        if let Gain::Better(counterfactual) = gain {
            let is_changed = |price: &pb::GoalPrice| price.effect() != pb::goal_price::Effect::Same;
            message.better = true;
            message.prices = self.prices(&counterfactual.goals).into_iter().filter(is_changed).collect();
            message.moved_count = counterfactual.moves.len() as i32;
        }
        message.sentence = self.words().seat_value(&message);
        message
    }
}
