//! Changes of an earlier season: rows put in or in the place of others, offers, edits, a new policy.

use std::collections::HashMap;

use super::decisions::{self, Decisions};
use super::edit::make_edit;
use super::faults::MAX_TEXT;
use super::policy::goal_kind;
use super::request::Request;
use super::{Faults, SizeLimits, pb, read_request, write_instance, write_policy};
use rules::codes;
use rules::domain::{GoalKind, OfferState, Policy};
use rules::finding::At;

/// Most changes of one run.
const MAX_CHANGES: usize = 10_000;

/// Most times that edits may follow rows; each time the whole season is read.
const MAX_TURNS: usize = 100;

/// An earlier season, and who went where in it.
pub struct Base {
    /// What was asked.
    pub request: pb::MatchRequest,
    /// What came of it.
    pub outcome: pb::Outcome,
}

/// A season that was made of an earlier one.
pub struct MadeSeason {
    /// The season.
    pub request: pb::MatchRequest,
    /// What its changes decide, as lines of the ledger.
    pub decisions: Vec<pb::Override>,
}

/// Makes a season of an earlier one: its matching is the previous one, and what was matched is kept where goals before do not say otherwise.
///
/// # Errors
/// Every fault, by the change that it is in.
pub fn make_changes(base: Base, asked: &pb::CreateRunRequest, limits: &SizeLimits) -> Result<MadeSeason, Faults> {
    let changes = &asked.changes;
    let mut faults = Faults::default();
    if !faults.count(At::root("changes"), changes.len(), MAX_CHANGES) {
        return Err(faults);
    }
    let mut season = Season {
        instance: base.request.instance.unwrap_or_default(),
        policy: base.request.policy.unwrap_or_default(),
        came_from: HashMap::new(),
        places: Places::default(),
        decisions: Decisions::default(),
        turns: 0,
        limits,
    };
    // Without a matching, what was kept before is still what there is to keep.
    if !base.outcome.assignments.is_empty() {
        let place = |raw: &pb::Assignment| pb::Placement {
            student_id: raw.student_id.clone(),
            project_id: raw.project_id.clone(),
        };
        season.instance.previous_assignments = base.outcome.assignments.iter().map(place).collect();
    }
    let mut at = 0;
    while at < changes.len() {
        let edits = changes[at..].iter().take_while(|change| is_edit(change)).count();
        if edits > 0 {
            season.edit(at, &changes[at..at + edits], &mut faults)?;
        } else {
            season.put(at, &changes[at], &mut faults);
        }
        at += edits.max(1);
    }
    let read = season.read();
    let policy = match read {
        Ok(read) if faults.total() == 0 => read.policy,
        Ok(_) => return Err(faults),
        Err(more) => return Err(faults.and(more)),
    };
    season.policy = keeping(season.policy, &policy);
    let mut decisions = season.decisions.0;
    if asked.keep_told {
        season.policy = keeping_told(season.policy, &policy);
        decisions.insert(0, decisions::line(pb::r#override::Kind::KeepTold));
    }
    let request = pb::MatchRequest { instance: Some(season.instance), policy: Some(season.policy) };
    Ok(MadeSeason { request, decisions })
}

fn is_edit(change: &pb::RunChange) -> bool {
    matches!(change.change, Some(pb::run_change::Change::Edit(_)))
}

/// A policy that keeps what was matched: `LEAST_DISRUPTION` after `PLACE_MOST` where that comes first, else first.
fn keeping(mut raw: pb::Policy, policy: &Policy) -> pb::Policy {
    if policy.goals.iter().any(|goal| goal.kind == GoalKind::LeastDisruption) {
        return raw;
    }
    state_goals(&mut raw, policy);
    let places_most = policy.goals.first().is_some_and(|goal| goal.kind == GoalKind::PlaceMost && !goal.is_scoped());
    let keeps = pb::Goal { kind: pb::goal::Kind::LeastDisruption as i32, ..pb::Goal::default() };
    raw.goals.insert(usize::from(places_most), keeps);
    raw
}

/// A policy whose first goal is that everyone who was told a place keeps it.
fn keeping_told(mut raw: pb::Policy, policy: &Policy) -> pb::Policy {
    state_goals(&mut raw, policy);
    let keeps = pb::goal::Kind::KeepTold;
    raw.goals.retain(|goal| goal.kind() != keeps || goal.students.is_some());
    raw.goals.insert(0, pb::Goal { kind: keeps as i32, ..pb::Goal::default() });
    raw
}

/// Writes the goals out, where they are those that nobody stated.
fn state_goals(raw: &mut pb::Policy, policy: &Policy) {
    if raw.goals.is_empty() {
        let stated = policy.goals.iter();
        raw.goals = stated.map(|goal| pb::Goal { kind: goal_kind(goal.kind) as i32, ..pb::Goal::default() }).collect();
    }
}

/// A season in the making.
struct Season<'a> {
    instance: pb::Instance,
    policy: pb::Policy,
    /// By the path of a row: the path of what put it there.
    came_from: HashMap<String, String>,
    places: Places,
    decisions: Decisions,
    turns: usize,
    limits: &'a SizeLimits,
}

impl Season<'_> {
    fn read(&self) -> Result<Request, Faults> {
        read_request(Some(self.instance.clone()), Some(self.policy.clone()), self.limits).map_err(|faults| {
            faults.renamed(|field| {
                let row = field.find(']').map_or(field, |end| &field[..=end]);
                let known = self.came_from.get(row).map(|from| (row, from)).or_else(|| {
                    // The policy is one row.
                    self.came_from.get("policy").filter(|_| field.starts_with("policy")).map(|from| ("policy", from))
                });
                known.map(|(row, from)| {
                    // An offer is a part of a note.
                    let rest = if from.ends_with(".offer") {
                        field[row.len()..].replace(".offer_state", ".state")
                    } else {
                        field[row.len()..].to_owned()
                    };
                    format!("{from}{rest}")
                })
            })
        })
    }

    /// Makes edits that follow each other.
    fn edit(&mut self, first: usize, changes: &[pb::RunChange], faults: &mut Faults) -> Result<(), Faults> {
        let all = At::root("changes");
        self.turns += 1;
        if !faults.count(all, self.turns, MAX_TURNS) {
            return Err(std::mem::take(faults));
        }
        // Nothing can be edited of a season that is not sound.
        let Request { mut instance, mut policy } = match self.read() {
            Ok(request) => request,
            Err(more) => return Err(std::mem::take(faults).and(more)),
        };
        for (place, change) in changes.iter().enumerate() {
            let Some(pb::run_change::Change::Edit(edit)) = &change.change else { continue };
            let at = all.index(first + place);
            let reason = faults.text(at.field("reason"), change.reason.clone(), MAX_TEXT);
            let made = make_edit(&mut instance, &mut policy, at.field("edit"), edit, faults);
            let Some(made) = made else { continue };
            if !reason.is_empty() {
                made.edit.give_reason(&mut instance, &reason);
            }
            self.decisions.add(first + place, &reason, made.decisions);
        }
        self.instance = write_instance(&instance);
        self.policy = write_policy(&instance, &policy);
        // Rows have other places now, and all of them are sound.
        self.came_from.clear();
        self.places = Places::default();
        Ok(())
    }

    /// Puts a row in, or in the place of the one with its id.
    fn put(&mut self, place: usize, change: &pb::RunChange, faults: &mut Faults) {
        use pb::run_change::Change;
        let all = At::root("changes");
        let at = all.index(place);
        faults.text(at.field("reason"), change.reason.clone(), MAX_TEXT);
        let Self { instance, places, decisions, .. } = self;
        let mut decide = |lines| decisions.add(place, &change.reason, lines);
        // Where no reason stands in the row itself, that of the change does.
        let reason = |own: &str| if own.is_empty() { change.reason.clone() } else { own.to_owned() };
        let (list, row, field) = match &change.change {
            Some(Change::Student(row)) => {
                let key = |row: &pb::Student| row.student_id.clone();
                let (at, before) = places.put("students", &mut instance.students, row, key);
                decide(decisions::of_student(before.as_ref(), row));
                ("students", at, "student")
            }
            Some(Change::Project(row)) => {
                let key = |row: &pb::Project| row.project_id.clone();
                let (at, before) = places.put("projects", &mut instance.projects, row, key);
                decide(decisions::of_project(before.as_ref(), row));
                ("projects", at, "project")
            }
            Some(Change::Host(row)) => {
                let key = |row: &pb::Host| row.host_id.clone();
                let (at, before) = places.put("hosts", &mut instance.hosts, row, key);
                decide(decisions::of_host(before.as_ref(), row));
                ("hosts", at, "host")
            }
            Some(Change::Program(row)) => {
                let key = |row: &pb::Program| row.program_id.clone();
                let (at, before) = places.put("programs", &mut instance.programs, row, key);
                decide(decisions::of_program(before.as_ref(), row));
                ("programs", at, "program")
            }
            Some(Change::Fund(row)) => {
                let key = |row: &pb::Fund| row.fund_id.clone();
                let (at, before) = places.put("funds", &mut instance.funds, row, key);
                decide(decisions::of_fund(before.as_ref(), row));
                ("funds", at, "fund")
            }
            Some(Change::PairNote(row)) => {
                let row = pb::PairNote { reason: reason(&row.reason), ..row.clone() };
                let (at, before) = places.put("pair_notes", &mut instance.pair_notes, &row, pair);
                decide(decisions::of_note(before.as_ref(), &row));
                ("pair_notes", at, "pair_note")
            }
            Some(Change::Offer(offer)) => {
                faults.stated(at.field("offer").field("state"), offer.state, &OfferState::ALL);
                let empty = pb::PairNote {
                    student_id: offer.student_id.clone(),
                    project_id: offer.project_id.clone(),
                    ..pb::PairNote::default()
                };
                let is_out = takes_out(at.field("offer").field("after_decline"), offer, faults);
                let row = places.of("pair_notes", &mut instance.pair_notes, &empty, pair);
                let before = std::mem::replace(&mut instance.pair_notes[row].offer_state, offer.state);
                decide(decisions::of_offer(before, offer, is_out));
                if is_out {
                    withdraw(instance, &offer.student_id);
                }
                ("pair_notes", row, "offer")
            }
            Some(Change::Waiver(row)) => {
                let row = pb::Waiver { reason: reason(&row.reason), ..row.clone() };
                decide(decisions::of_waiver(&row));
                ("waivers", places.put("waivers", &mut instance.waivers, &row, waived).0, "waiver")
            }
            Some(Change::Link(row)) => {
                decide(decisions::of_link(row));
                ("links", add(&mut instance.links, row), "link")
            }
            Some(Change::Policy(policy)) => {
                decide(decisions::of_policy(&self.policy, policy));
                self.policy = policy.clone();
                self.came_from.insert("policy".to_owned(), at.field("policy").to_string());
                return;
            }
            Some(Change::Edit(_)) => return,
            None => {
                faults.add(&codes::NOTHING_CHANGED, at, "it does not say what is changed");
                return;
            }
        };
        self.came_from.insert(format!("instance.{list}[{row}]"), at.field(field).to_string());
    }
}

fn pair(note: &pb::PairNote) -> String {
    // No id has a control character.
    format!("{}\n{}", note.student_id, note.project_id)
}

/// Whether an offer that is declined takes the student out of the season.
fn takes_out(at: At, offer: &pb::OfferChange, faults: &mut Faults) -> bool {
    use pb::offer_change::AfterDecline;
    match AfterDecline::try_from(offer.after_decline) {
        Ok(AfterDecline::Unspecified) => false,
        Ok(after) if offer.state() == pb::pair_note::OfferState::Declined => after == AfterDecline::Out,
        Ok(_) => {
            faults.add(&codes::MISPLACED_AFTER_DECLINE, at, "the offer is not DECLINED");
            false
        }
        Err(_) => {
            let number = offer.after_decline;
            faults.add(&codes::UNKNOWN_ENUM_VALUE, at, format!("number {number} has no meaning here"));
            false
        }
    }
}

/// Takes a student out of a season, as the edit WITHDRAW_STUDENT does.
fn withdraw(instance: &mut pb::Instance, student: &str) {
    use pb::pair_note::OfferState::{Accepted, Draft, Extended, Withdrawn};
    for note in instance.pair_notes.iter_mut().filter(|note| note.student_id == student) {
        note.pinned = false;
        if matches!(note.offer_state(), Draft | Extended | Accepted) {
            note.set_offer_state(Withdrawn);
        }
    }
    for row in instance.students.iter_mut().filter(|row| row.student_id == student) {
        (row.must_place, row.withdrawn) = (false, true);
    }
}

/// What a waiver waives, whatever else it says.
fn waived(waiver: &pb::Waiver) -> String {
    format!("{}\n{}\n{:?}", waiver.student_id, waiver.rule, waiver.scope)
}

/// By list: where the row of a key is, once it was looked for.
#[derive(Default)]
struct Places(HashMap<&'static str, HashMap<String, usize>>);

impl Places {
    /// Where the row with the key of `row` is; `row` itself is added where there is none.
    fn of<T: Clone>(&mut self, list: &'static str, rows: &mut Vec<T>, row: &T, key: impl Fn(&T) -> String) -> usize {
        let known = self.0.entry(list).or_insert_with(|| rows.iter().map(&key).zip(0..).collect());
        *known.entry(key(row)).or_insert_with(|| add(rows, row))
    }

    /// Puts a row in the place of the one with the same key, or at the end; says where, and which was there.
    fn put<T: Clone>(
        &mut self,
        list: &'static str,
        rows: &mut Vec<T>,
        row: &T,
        key: impl Fn(&T) -> String,
    ) -> (usize, Option<T>) {
        let known = rows.len();
        let at = self.of(list, rows, row, key);
        let before = std::mem::replace(&mut rows[at], row.clone());
        (at, (at < known).then_some(before))
    }
}

fn add<T: Clone>(rows: &mut Vec<T>, row: &T) -> usize {
    rows.push(row.clone());
    rows.len() - 1
}
