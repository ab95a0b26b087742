//! Edits: message to domain and back.

use super::evaluation::{criterion, rule};
use super::names::Names;
use super::request::Ids;
use super::sentences::numbers::{count, listed};
use super::sentences::{Words, rule_name};
use super::{Faults, decisions, pb};
use rules::codes;
use rules::domain::{Criterion, Edit, Instance, OfferState, PairNote, Policy, Rule, StudentIndex, Weight};
use rules::finding::{At, counted, grouped};

/// Most edits of one question.
const MAX_EDITS: usize = 100;
/// Most seats, and most places of a fund.
const MAX_SEATS: i64 = 100_000;
/// Greatest bound of a quota.
const MAX_COUNT: i64 = 10_000_000;

/// Reads edits, each of the season that the ones before have made, and makes them; they are told as they were understood.
///
/// # Errors
/// Every fault.
pub fn make_edits(instance: &mut Instance, policy: &mut Policy, raw: &[pb::Edit]) -> Result<Vec<pb::Edit>, Faults> {
    let mut faults = Faults::default();
    let all = At::root("edits");
    let mut message = Vec::new();
    if raw.is_empty() {
        faults.add(&codes::NO_EDIT, all, "it is empty");
    }
    if faults.count(all, raw.len(), MAX_EDITS) {
        for (place, raw) in raw.iter().enumerate() {
            message.extend(make_edit(instance, policy, all.index(place), raw, &mut faults).map(|made| made.message));
        }
    }
    if faults.total() == 0 { Ok(message) } else { Err(faults) }
}

/// An edit that was made.
pub(super) struct Made {
    pub edit: Edit,
    /// As it was understood.
    pub message: pb::Edit,
    /// As it stands in the ledger.
    pub decisions: Vec<pb::Override>,
}

/// Reads one edit and makes it.
pub(super) fn make_edit(
    instance: &mut Instance,
    policy: &mut Policy,
    at: At,
    raw: &pb::Edit,
    faults: &mut Faults,
) -> Option<Made> {
    let edit = Reader { instance, policy, at, raw }.edit(faults)?;
    let message = write_edit(&Names { instance, policy }, &edit);
    let weight = match edit {
        Edit::TermWeight(term, _) => Some(policy.weights.0[term as usize].to_f64()),
        _ => None,
    };
    let was_accepted = matches!(edit, Edit::Unpin(s, p) if instance.note(s, p).is_some_and(|note| !note.pinned));
    let decisions = decisions::of_edit(&message, weight, was_accepted);
    edit.apply(instance, policy);
    Some(Made { edit, message, decisions })
}

/// One edit and what it is of.
struct Reader<'a> {
    instance: &'a Instance,
    policy: &'a Policy,
    at: At<'a>,
    raw: &'a pb::Edit,
}

impl Reader<'_> {
    fn edit(&self, faults: &mut Faults) -> Option<Edit> {
        use pb::edit::Kind;
        let (instance, raw) = (self.instance, self.raw);
        let ids = Ids::of(instance);
        let project = |faults: &mut Faults| ids.project(self.at.field("project_id"), &raw.project_id, faults);
        let host = |faults: &mut Faults| ids.host(self.at.field("host_id"), &raw.host_id, faults);
        let pair = |faults: &mut Faults| {
            let (student, project) = (self.student(&ids, faults), project(faults));
            Some((student?, project?))
        };
        let seats = |number: i64| number as u32;
        let Ok(kind) = Kind::try_from(raw.kind) else {
            faults.add(
                &codes::UNKNOWN_ENUM_VALUE,
                self.at.field("kind"),
                format!("{} stands for none of the values", raw.kind),
            );
            return None;
        };
        Some(match kind {
            Kind::Unspecified => {
                faults.add(&codes::UNKNOWN_ENUM_VALUE, self.at.field("kind"), "it is not stated");
                return None;
            }
            Kind::ProjectSeats => {
                let project = project(faults)?;
                let from = instance.projects[project.at()].max_seats();
                Edit::ProjectSeats(project, seats(self.number(i64::from(from), MAX_SEATS, faults)?))
            }
            Kind::HostSeats => {
                let host = host(faults)?;
                let from = instance.hosts[host.at()].max_seats;
                if from.is_none() && raw.by.is_some() {
                    faults.add(
                        &codes::OUT_OF_RANGE,
                        self.at.field("by"),
                        "the host has no limit that a number could be added to",
                    );
                    return None;
                }
                Edit::HostSeats(host, seats(self.number(i64::from(from.unwrap_or(0)), MAX_SEATS, faults)?))
            }
            Kind::ProjectMinimum => {
                let project = project(faults)?;
                let from = instance.projects[project.at()].min_seats();
                Edit::ProjectMinimum(project, seats(self.number(i64::from(from), MAX_SEATS, faults)?))
            }
            Kind::ClearMustOpen => Edit::MayStayClosed(project(faults)?),
            Kind::MustOpen => Edit::MustOpen(project(faults)?),
            Kind::ClearMustPlace => Edit::NeedNoPlace(self.student(&ids, faults)?),
            Kind::MustPlace => Edit::MustPlace(self.student(&ids, faults)?),
            Kind::WithdrawStudent => Edit::WithdrawStudent(self.student(&ids, faults)?),
            Kind::RemovePin => {
                let (student, project) = pair(faults)?;
                let is_held = |note: &PairNote| note.pinned || note.offer == Some(OfferState::Accepted);
                if !instance.note(student, project).is_some_and(is_held) {
                    faults.add(
                        &codes::NOTHING_CHANGED,
                        self.at.field("kind"),
                        "the pair has neither a pin nor an accepted offer",
                    );
                    return None;
                }
                Edit::Unpin(student, project)
            }
            Kind::Pin => pair(faults).map(|(student, project)| Edit::Pin(student, project))?,
            Kind::Forbid => pair(faults).map(|(student, project)| Edit::Forbid(student, project))?,
            Kind::QuotaMinimum => {
                let quota = self.quota(faults)?;
                let from = self.policy.quotas[quota as usize].min.unwrap_or(0);
                Edit::QuotaMinimum(quota, self.number(from, MAX_COUNT, faults)?)
            }
            Kind::QuotaMaximum => {
                let quota = self.quota(faults)?;
                let from = self.policy.quotas[quota as usize].max;
                if from.is_none() && raw.by.is_some() {
                    faults.add(
                        &codes::OUT_OF_RANGE,
                        self.at.field("by"),
                        "the quota has no maximum that a number could be added to",
                    );
                    return None;
                }
                Edit::QuotaMaximum(quota, self.number(from.unwrap_or(0), MAX_COUNT, faults)?)
            }
            Kind::FundPlaces => {
                let at = self.at.field("fund_id");
                let fund = self.known(at, instance.funds.iter().position(|fund| fund.id == raw.fund_id), faults)?;
                let from = instance.funds[fund as usize].places();
                Edit::FundPlaces(fund, seats(self.number(i64::from(from), MAX_SEATS, faults)?))
            }
            Kind::RemoveLink => {
                let mut students: Vec<StudentIndex> = Vec::new();
                for (place, id) in raw.student_ids.iter().enumerate() {
                    students.extend(ids.student(self.at.field("student_ids").index(place), id, faults));
                }
                students.sort_unstable();
                let found = instance.links.iter().position(|link| link.students == students && students.len() > 1);
                Edit::Unlink(self.known(self.at.field("student_ids"), found, faults)?)
            }
            Kind::WaiveRule => {
                let student = self.student(&ids, faults);
                let project = if raw.project_id.is_empty() { Some(None) } else { project(faults).map(Some) };
                let at = self.at.field("rule");
                let waived = faults.stated(at, raw.rule, &Rule::ALL)?;
                if !waived.is_waivable() {
                    faults.add(&codes::RULE_NOT_WAIVABLE, at, format!("{} can't be waived", waived.name()));
                    return None;
                }
                Edit::Waive(student?, project?, waived)
            }
            Kind::ClearStableOnly => Edit::MayBlock,
            Kind::TermWeight => {
                let term = faults.stated(self.at.field("criterion"), raw.criterion, &Criterion::ALL);
                let at = self.at.field("weight");
                if raw.weight.is_none() {
                    faults.add(&codes::OUT_OF_RANGE, at, "it is not stated");
                }
                let weight = raw.weight.and_then(|weight| faults.decimal(at, weight, Weight::MAX, Weight::from_f64));
                Edit::TermWeight(term?, weight?)
            }
            Kind::SuspendCountry => {
                let at = self.at.field("country_code");
                if raw.country_code.is_empty() {
                    faults.add(&codes::UNKNOWN_COUNTRY, at, "it is empty");
                }
                Edit::SuspendCountry(faults.country(at, &raw.country_code)?)
            }
            Kind::WithdrawHost => Edit::WithdrawHost(host(faults)?),
        })
    }

    /// The one student that it is about.
    fn student(&self, ids: &Ids, faults: &mut Faults) -> Option<StudentIndex> {
        let at = self.at.field("student_ids");
        let [id] = &self.raw.student_ids[..] else {
            faults.add(
                &codes::OUT_OF_RANGE,
                at,
                format!("{}; exactly 1 is allowed", counted(self.raw.student_ids.len() as i64, "student")),
            );
            return None;
        };
        ids.student(at.index(0), id, faults)
    }

    fn quota(&self, faults: &mut Faults) -> Option<u32> {
        let found = self.policy.quotas.iter().position(|quota| quota.id == self.raw.quota_id);
        self.known(self.at.field("quota_id"), found, faults)
    }

    fn known(&self, at: At, found: Option<usize>, faults: &mut Faults) -> Option<u32> {
        if found.is_none() {
            faults.add(&codes::UNKNOWN_ID, at, "nothing of the request has this id");
        }
        found.map(|at| at as u32)
    }

    /// The number as it is to be, from `to` or by `by`.
    fn number(&self, from: i64, most: i64, faults: &mut Faults) -> Option<i64> {
        let (at, number) = match (self.raw.to, self.raw.by) {
            (Some(to), None) => (self.at.field("to"), to),
            (None, Some(by)) => (self.at.field("by"), from.saturating_add(by)),
            (None, None) | (Some(_), Some(_)) => {
                faults.add(&codes::OUT_OF_RANGE, self.at.field("to"), "the edit needs either to or by, and not both");
                return None;
            }
        };
        if !(0..=most).contains(&number) {
            faults.add(
                &codes::OUT_OF_RANGE,
                at,
                format!("it would make {}; 0 to {} is allowed", grouped(number), grouped(most)),
            );
            return None;
        }
        Some(number)
    }
}

/// Writes an edit of a season as it is before it.
pub(super) fn write_edit(names: &Names, edit: &Edit) -> pb::Edit {
    use pb::edit::Kind;
    let (instance, words) = (names.instance, Words::to_manager(*names));
    let plain = |kind: Kind, sentence: String| pb::Edit { kind: kind as i32, sentence, ..pb::Edit::default() };
    let changed = |kind: Kind, what: &str, from: Option<i64>, to: i64| {
        let sentence = match from {
            None => format!("Limit {what} to {}.", count(to)),
            Some(from) if from == to => format!("Leave {what} at {}.", count(to)),
            Some(from) if to > from => format!("Raise {what} from {} to {}.", count(from), count(to)),
            Some(from) => format!("Lower {what} from {} to {}.", count(from), count(to)),
        };
        pb::Edit { from, to: Some(to), ..plain(kind, sentence) }
    };
    match *edit {
        Edit::ProjectSeats(p, to) => {
            let (project_id, from) = (names.project(p), instance.projects[p.at()].max_seats());
            let what = format!("the seats of {}", words.project(&project_id));
            pb::Edit { project_id, ..changed(Kind::ProjectSeats, &what, Some(i64::from(from)), i64::from(to)) }
        }
        Edit::HostSeats(h, to) => {
            let (host_id, from) = (names.host(h), instance.hosts[h.at()].max_seats.map(i64::from));
            let what = format!("the seats of host {}", words.host(&host_id));
            pb::Edit { host_id, ..changed(Kind::HostSeats, &what, from, i64::from(to)) }
        }
        Edit::ProjectMinimum(p, to) => {
            let (project_id, from) = (names.project(p), instance.projects[p.at()].min_seats());
            let what = format!("the minimum of {}", words.project(&project_id));
            pb::Edit { project_id, ..changed(Kind::ProjectMinimum, &what, Some(i64::from(from)), i64::from(to)) }
        }
        Edit::MayStayClosed(p) => {
            let project_id = names.project(p);
            let sentence = format!("Let {} stay closed.", words.project(&project_id));
            pb::Edit { project_id, ..plain(Kind::ClearMustOpen, sentence) }
        }
        Edit::MayBlock => plain(Kind::ClearStableOnly, "Do not ask for a stable matching.".to_owned()),
        Edit::NeedNoPlace(s) => {
            let student = names.student(s);
            let sentence = format!("Let {} go without a place.", words.student(&student));
            pb::Edit { student_ids: vec![student], ..plain(Kind::ClearMustPlace, sentence) }
        }
        Edit::Unpin(s, p) => {
            let (student, project_id) = (names.student(s), names.project(p));
            let sentence = if instance.note(s, p).is_some_and(|note| !note.pinned && instance.pins(note)) {
                format!("Take back that {} accepted {}.", words.student(&student), words.project(&project_id))
            } else {
                format!("Remove the pin of {} to {}.", words.student(&student), words.project(&project_id))
            };
            pb::Edit { student_ids: vec![student], project_id, ..plain(Kind::RemovePin, sentence) }
        }
        Edit::QuotaMinimum(q, to) => {
            let quota_id = names.quota(q);
            let from = names.policy.quotas[q as usize].min.unwrap_or(0);
            let what = format!("the minimum of quota {quota_id}");
            pb::Edit { quota_id, ..changed(Kind::QuotaMinimum, &what, Some(from), to) }
        }
        Edit::QuotaMaximum(q, to) => {
            let quota_id = names.quota(q);
            let from = names.policy.quotas[q as usize].max;
            let what = format!("the maximum of quota {quota_id}");
            pb::Edit { quota_id, ..changed(Kind::QuotaMaximum, &what, from, to) }
        }
        Edit::FundPlaces(fund, to) => {
            let fund = &instance.funds[fund as usize];
            let what = format!("the placements that fund {} carries", fund.id);
            let edit = changed(Kind::FundPlaces, &what, Some(i64::from(fund.places())), i64::from(to));
            pb::Edit { fund_id: fund.id.clone(), ..edit }
        }
        Edit::Unlink(l) => {
            let student_ids = names.linked(l);
            let sentence = {
                let students: Vec<String> = student_ids.iter().map(|id| words.student(id)).collect();
                format!("Remove the link of {}.", listed(&students, "and"))
            };
            pb::Edit { student_ids, ..plain(Kind::RemoveLink, sentence) }
        }
        Edit::Waive(s, p, waived) => {
            let (student, project_id) = (names.student(s), p.map_or_else(String::new, |p| names.project(p)));
            let waived = rule(waived);
            let place = if p.is_some() { format!(" at {}", words.project(&project_id)) } else { String::new() };
            let sentence = format!("Waive {} for {}{place}.", rule_name(waived), words.student(&student));
            let edit = plain(Kind::WaiveRule, sentence);
            pb::Edit { student_ids: vec![student], project_id, rule: waived as i32, ..edit }
        }
        Edit::Pin(s, p) => {
            let (student, project_id) = (names.student(s), names.project(p));
            let sentence = format!("Pin {} to {}.", words.student(&student), words.project(&project_id));
            pb::Edit { student_ids: vec![student], project_id, ..plain(Kind::Pin, sentence) }
        }
        Edit::Forbid(s, p) => {
            let (student, project_id) = (names.student(s), names.project(p));
            let sentence = format!("Forbid {} at {}.", words.student(&student), words.project(&project_id));
            pb::Edit { student_ids: vec![student], project_id, ..plain(Kind::Forbid, sentence) }
        }
        Edit::MustPlace(s) => {
            let student = names.student(s);
            let sentence = format!("Insist that {} has a place.", words.student(&student));
            pb::Edit { student_ids: vec![student], ..plain(Kind::MustPlace, sentence) }
        }
        Edit::WithdrawStudent(s) => {
            let student = names.student(s);
            let sentence = format!("Withdraw {}.", words.student(&student));
            pb::Edit { student_ids: vec![student], ..plain(Kind::WithdrawStudent, sentence) }
        }
        Edit::TermWeight(term, weight) => {
            let (raw, from) = (criterion(term), names.policy.weights.0[term as usize].to_f64());
            let sentence = format!("Change the weight of {} from {from} to {}.", raw.as_str_name(), weight.to_f64());
            let edit = plain(Kind::TermWeight, sentence);
            pb::Edit { criterion: raw as i32, weight: Some(weight.to_f64()), ..edit }
        }
        Edit::SuspendCountry(country) => {
            let country_code = country.to_string();
            let sentence = format!("Suspend {country_code}.");
            pb::Edit { country_code, ..plain(Kind::SuspendCountry, sentence) }
        }
        Edit::WithdrawHost(h) => {
            let host_id = names.host(h);
            let sentence = format!("Withdraw host {}.", words.host(&host_id));
            pb::Edit { host_id, ..plain(Kind::WithdrawHost, sentence) }
        }
        Edit::MustOpen(p) => {
            let project_id = names.project(p);
            let sentence = format!("Insist that {} opens.", words.project(&project_id));
            pb::Edit { project_id, ..plain(Kind::MustOpen, sentence) }
        }
    }
}
