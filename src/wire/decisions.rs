//! What the changes of a run decide, as lines of the ledger: at least one for each change, with its reason.

use super::overrides::told_waiver;
use super::pb;
use pb::r#override::Kind;
use rules::domain::{Criterion, Weights};

/// Lines beyond which only the first of each change is kept.
const MOST: usize = 20_000;

/// The lines of a run's changes.
#[derive(Default)]
pub(super) struct Decisions(pub Vec<pb::Override>);

impl Decisions {
    /// Adds the lines of the change at `place`, each with the change's reason where it has none of its own.
    pub fn add(&mut self, place: usize, reason: &str, lines: Vec<pb::Override>) {
        for (at, line) in lines.into_iter().enumerate() {
            if at == 0 || self.0.len() < MOST {
                let reason = if line.reason.is_empty() { reason.to_owned() } else { line.reason.clone() };
                self.0.push(pb::Override { reason, change: i32::try_from(place).ok(), ..line });
            }
        }
    }
}

/// A line of a kind.
pub(super) fn line(kind: Kind) -> pb::Override {
    pb::Override { kind: kind as i32, ..pb::Override::default() }
}

/// What became of an offer, and of the student whom that takes out.
pub(super) fn of_offer(before: i32, offer: &pb::OfferChange, is_out: bool) -> Vec<pb::Override> {
    let about = |kind| pb::Override {
        student_id: offer.student_id.clone(),
        project_id: offer.project_id.clone(),
        offer_before: before,
        ..line(kind)
    };
    let mut lines: Vec<pb::Override> = offer_kind(offer.state()).map(about).into_iter().collect();
    if is_out {
        lines.push(pb::Override { student_id: offer.student_id.clone(), ..line(Kind::StudentWithdrawn) });
    }
    lines
}

pub(super) fn offer_kind(state: pb::pair_note::OfferState) -> Option<Kind> {
    use pb::pair_note::OfferState as State;
    Some(match state {
        State::Unspecified => return None,
        State::Draft => Kind::OfferDrafted,
        State::Extended => Kind::OfferExtended,
        State::Accepted => Kind::OfferAccepted,
        State::Declined => Kind::OfferDeclined,
        State::Expired => Kind::OfferExpired,
        State::Withdrawn => Kind::OfferWithdrawn,
        State::Rescinded => Kind::OfferRescinded,
    })
}

/// An edit, as it was understood; `weight` is that of its term before.
pub(super) fn of_edit(message: &pb::Edit, weight: Option<f64>, was_accepted: bool) -> Vec<pb::Override> {
    use pb::edit::Kind as Edit;
    let kind = match message.kind() {
        Edit::Unspecified => return Vec::new(),
        Edit::ProjectSeats => Kind::ProjectSeats,
        Edit::HostSeats => Kind::HostSeats,
        Edit::ProjectMinimum => Kind::ProjectMinimum,
        Edit::ClearMustOpen => Kind::MustOpenCleared,
        Edit::ClearMustPlace => Kind::MustPlaceCleared,
        Edit::RemovePin => Kind::PinRemoved,
        Edit::QuotaMinimum => Kind::QuotaMinimum,
        Edit::QuotaMaximum => Kind::QuotaMaximum,
        Edit::RemoveLink => Kind::LinkRemoved,
        Edit::WaiveRule => Kind::Waive,
        Edit::FundPlaces => Kind::FundPlaces,
        Edit::ClearStableOnly => Kind::StableOnlyCleared,
        Edit::Pin => Kind::Pin,
        Edit::Forbid => Kind::Forbid,
        Edit::MustPlace => Kind::MustPlace,
        Edit::WithdrawStudent => Kind::StudentWithdrawn,
        Edit::TermWeight => Kind::TermWeight,
        Edit::SuspendCountry => Kind::CountrySuspended,
        Edit::WithdrawHost => Kind::HostWithdrawn,
        Edit::MustOpen => Kind::MustOpen,
    };
    let (student_id, student_ids) = match &message.student_ids[..] {
        [one] => (one.clone(), Vec::new()),
        several => (String::new(), several.to_vec()),
    };
    let accepted = pb::pair_note::OfferState::Accepted as i32;
    vec![pb::Override {
        student_id,
        student_ids,
        project_id: message.project_id.clone(),
        host_id: message.host_id.clone(),
        quota_id: message.quota_id.clone(),
        fund_id: message.fund_id.clone(),
        country_code: message.country_code.clone(),
        rule: message.rule,
        criterion: message.criterion,
        from: message.from,
        to: message.to,
        weight_from: weight.filter(|_| kind == Kind::TermWeight),
        weight_to: message.weight,
        offer_before: if was_accepted { accepted } else { 0 },
        ..line(kind)
    }]
}

/// Lines about one row: that it came or was replaced, and what of it somebody decided.
struct Row {
    /// What names it.
    about: pb::Override,
    lines: Vec<pb::Override>,
}

impl Row {
    fn new(about: pb::Override, added: Kind, replaced: Kind, is_new: bool) -> Self {
        let kind = if is_new { added } else { replaced };
        let first = pb::Override { kind: kind as i32, ..about.clone() };
        Self { about, lines: vec![first] }
    }

    fn tell(&mut self, kind: Kind, with: pb::Override) {
        self.lines.push(pb::Override { kind: kind as i32, ..with });
    }

    /// A mark that is set or taken back.
    fn mark(&mut self, before: bool, after: bool, set: Kind, cleared: Kind, reason: &str) {
        if before != after {
            let reason = if after { reason.to_owned() } else { String::new() };
            let with = pb::Override { reason, ..self.about.clone() };
            self.tell(if after { set } else { cleared }, with);
        }
    }

    /// A number that is another one.
    fn number(&mut self, kind: Kind, from: Option<i64>, to: Option<i64>) {
        if from != to {
            let with = pb::Override { from, to, ..self.about.clone() };
            self.tell(kind, with);
        }
    }
}

pub(super) fn of_student(before: Option<&pb::Student>, row: &pb::Student) -> Vec<pb::Override> {
    let about = pb::Override { student_id: row.student_id.clone(), ..pb::Override::default() };
    let mut message = Row::new(about, Kind::StudentAdded, Kind::StudentReplaced, before.is_none());
    let was = |mark: fn(&pb::Student) -> bool| before.is_some_and(mark);
    message.mark(was(|s| s.withdrawn), row.withdrawn, Kind::StudentWithdrawn, Kind::StudentReturned, "");
    message.mark(was(|s| s.must_place), row.must_place, Kind::MustPlace, Kind::MustPlaceCleared, "");
    message.lines
}

pub(super) fn of_project(before: Option<&pb::Project>, row: &pb::Project) -> Vec<pb::Override> {
    let about = pb::Override { project_id: row.project_id.clone(), ..pb::Override::default() };
    let mut message = Row::new(about, Kind::ProjectAdded, Kind::ProjectReplaced, before.is_none());
    let least = |project: &pb::Project| i64::from(project.min_seat_count.unwrap_or(0));
    let most = |project: &pb::Project| project.max_seat_count.map_or(least(project).max(1), i64::from);
    if let Some(before) = before {
        message.number(Kind::ProjectSeats, Some(most(before)), Some(most(row)));
        message.number(Kind::ProjectMinimum, Some(least(before)), Some(least(row)));
    }
    let must_open = before.is_some_and(|project| project.must_open);
    message.mark(must_open, row.must_open, Kind::MustOpen, Kind::MustOpenCleared, "");
    message.lines
}

pub(super) fn of_host(before: Option<&pb::Host>, row: &pb::Host) -> Vec<pb::Override> {
    let about = pb::Override { host_id: row.host_id.clone(), ..pb::Override::default() };
    let mut message = Row::new(about, Kind::HostAdded, Kind::HostReplaced, before.is_none());
    if let Some(before) = before {
        message.number(Kind::HostSeats, before.max_seat_count.map(i64::from), row.max_seat_count.map(i64::from));
    }
    let withdrawn = before.is_some_and(|host| host.withdrawn);
    message.mark(withdrawn, row.withdrawn, Kind::HostWithdrawn, Kind::HostReturned, &row.withdrawn_reason);
    message.lines
}

pub(super) fn of_program(before: Option<&pb::Program>, row: &pb::Program) -> Vec<pb::Override> {
    let about = pb::Override { program_id: row.program_id.clone(), ..pb::Override::default() };
    let mut message = Row::new(about, Kind::ProgramAdded, Kind::ProgramReplaced, before.is_none());
    let suspended = before.is_some_and(|program| program.suspended);
    message.mark(suspended, row.suspended, Kind::ProgramSuspended, Kind::ProgramReopened, &row.suspended_reason);
    message.lines
}

pub(super) fn of_fund(before: Option<&pb::Fund>, row: &pb::Fund) -> Vec<pb::Override> {
    let about = pb::Override { fund_id: row.fund_id.clone(), ..pb::Override::default() };
    let mut message = Row::new(about, Kind::FundAdded, Kind::FundReplaced, before.is_none());
    if let Some(before) = before {
        message.number(Kind::FundPlaces, before.place_count.map(i64::from), row.place_count.map(i64::from));
    }
    message.lines
}

pub(super) fn of_link(row: &pb::Link) -> Vec<pb::Override> {
    vec![pb::Override { student_ids: row.student_ids.clone(), ..line(Kind::LinkAdded) }]
}

pub(super) fn of_waiver(row: &pb::Waiver) -> Vec<pb::Override> {
    vec![pb::Override { student_id: row.student_id.clone(), ..told_waiver(row) }]
}

/// A note, by what of it somebody decided; as a note where nobody decided anything, such as a rating.
pub(super) fn of_note(before: Option<&pb::PairNote>, row: &pb::PairNote) -> Vec<pb::Override> {
    let about = pb::Override {
        student_id: row.student_id.clone(),
        project_id: row.project_id.clone(),
        reason: row.reason.clone(),
        ..pb::Override::default()
    };
    let empty = pb::PairNote::default();
    let earlier = before.unwrap_or(&empty);
    let mut lines = Vec::new();
    let mut tell = |kind: Kind| lines.push(pb::Override { kind: kind as i32, ..about.clone() });
    // Why is a part of a decision: to state another reason is to decide anew.
    let is_new = |was: bool| !was || earlier.reason != row.reason;
    match (earlier.pinned, row.pinned) {
        (was, true) if is_new(was) => tell(Kind::Pin),
        (true, false) => tell(Kind::PinRemoved),
        _ => {}
    }
    match (earlier.forbidden, row.forbidden) {
        (was, true) if is_new(was) => tell(Kind::Forbid),
        (true, false) => tell(Kind::ForbidRemoved),
        _ => {}
    }
    if row.offer_state != earlier.offer_state
        && let Some(kind) = offer_kind(row.offer_state())
    {
        lines.push(pb::Override { kind: kind as i32, offer_before: earlier.offer_state, ..about.clone() });
    }
    if lines.is_empty() {
        let kind = if before.is_none() { Kind::NoteAdded } else { Kind::NoteReplaced };
        lines.push(pb::Override { kind: kind as i32, ..about });
    }
    lines
}

/// Another policy: its weights and the bounds of its quotas as well, where they are others.
pub(super) fn of_policy(before: &pb::Policy, policy: &pb::Policy) -> Vec<pb::Override> {
    let mut message = Row { about: pb::Override::default(), lines: vec![line(Kind::PolicyReplaced)] };
    let (from, to) = (weights(before), weights(policy));
    for criterion in Criterion::ALL {
        let (from, to) = (from[criterion as usize], to[criterion as usize]);
        if from.to_bits() != to.to_bits() {
            let criterion = super::evaluation::criterion(criterion) as i32;
            let with = pb::Override { criterion, weight_from: Some(from), weight_to: Some(to), ..Default::default() };
            message.tell(Kind::TermWeight, with);
        }
    }
    let by_id = |policy: &pb::Policy| -> std::collections::BTreeMap<String, pb::Quota> {
        policy.quotas.iter().map(|quota| (quota.quota_id.clone(), quota.clone())).collect()
    };
    let (earlier, later) = (by_id(before), by_id(policy));
    for (id, quota) in &later {
        message.about = pb::Override { quota_id: id.clone(), ..pb::Override::default() };
        match earlier.get(id) {
            None => message.tell(Kind::QuotaAdded, message.about.clone()),
            Some(before) => {
                message.number(Kind::QuotaMinimum, before.min_count, quota.min_count);
                message.number(Kind::QuotaMaximum, before.max_count, quota.max_count);
            }
        }
    }
    for id in earlier.keys().filter(|id| !later.contains_key(*id)) {
        message.tell(Kind::QuotaRemoved, pb::Override { quota_id: id.clone(), ..pb::Override::default() });
    }
    message.lines
}

/// By criterion: its weight, or what it is where unset.
fn weights(policy: &pb::Policy) -> [f64; 6] {
    let unset = Weights::default().0.map(|weight| weight.to_f64());
    let raw = policy.weights.unwrap_or_default();
    let stated = [raw.skills, raw.language, raw.preference, raw.host_rank, raw.interview, raw.affinity];
    std::array::from_fn(|at| stated[at].unwrap_or(unset[at]))
}
