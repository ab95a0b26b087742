//! Conflicts and relaxations against brute force: what is kept of a request, and what is changed in it.

use pb::conflict_row::Kind as Row;
use pb::edit::Kind as Change;
use pb::pair_note::OfferState;
use wire::pb;

use super::enumerate::Oracle;

fn is_feasible(instance: &pb::Instance, policy: &pb::Policy) -> bool {
    Oracle::new(instance, &pb::Policy { goals: Vec::new(), ..policy.clone() }).best().is_some()
}

/// A request in which nothing is asked for but these rows.
pub fn only(request: &pb::MatchRequest, rows: &[pb::ConflictRow]) -> (pb::Instance, pb::Policy) {
    let mut instance = request.instance.clone().expect("an instance");
    let mut policy = request.policy.clone().expect("a policy");
    let students = instance.students.len() as i32;
    let of_project = |kind: Row, id: &str| rows.iter().any(|row| row.kind() == kind && row.project_id == id);
    for project in &mut instance.projects {
        let id = &project.project_id;
        let opens = of_project(Row::Opening, id);
        let must_open = of_project(Row::MustOpen, id);
        if !opens && !of_project(Row::ProjectSeats, id) {
            project.max_seat_count = Some(students.max(project.min_seat_count()));
        } else {
            project.max_seat_count = Some(project.max_seat_count.unwrap_or(project.min_seat_count().max(1)));
        }
        project.min_seat_count = project.min_seat_count.filter(|_| opens || must_open);
        project.must_open = must_open;
    }
    for host in &mut instance.hosts {
        let is_kept = rows.iter().any(|row| row.kind() == Row::HostSeats && row.host_id == host.host_id);
        host.max_seat_count = host.max_seat_count.filter(|_| is_kept);
    }
    for student in &mut instance.students {
        student.must_place =
            rows.iter().any(|row| row.kind() == Row::MustPlace && row.student_ids[0] == student.student_id);
    }
    for note in &mut instance.pair_notes {
        let is_this =
            |row: &&pb::ConflictRow| row.student_ids[0] == note.student_id && row.project_id == note.project_id;
        if !rows.iter().filter(|row| row.kind() == Row::Pin).any(|row| is_this(&row)) {
            unpin(note);
        }
    }
    let is_linked =
        |link: &pb::Link| rows.iter().any(|row| row.kind() == Row::Link && row.student_ids == link.student_ids);
    instance.links.retain(is_linked);
    let is_bound = |fund: &pb::Fund| rows.iter().any(|row| row.kind() == Row::Fund && row.fund_id == fund.fund_id);
    for fund in instance.funds.iter_mut().filter(|fund| !is_bound(fund)) {
        (fund.amount, fund.place_count) = (None, Some(students));
    }
    policy.stable_only = rows.iter().any(|row| row.kind() == Row::StableOnly);
    policy.quotas.retain(|quota| rows.iter().any(|row| row.kind() == Row::Quota && row.quota_id == quota.quota_id));
    (instance, policy)
}

fn unpin(note: &mut pb::PairNote) {
    note.pinned = false;
    if note.offer_state() == OfferState::Accepted {
        note.offer_state = OfferState::Extended as i32;
    }
}

/// The rows of each conflict contradict each other, and no longer do without any one of them.
pub fn conflicts_are_irreducible(request: &pb::MatchRequest, outcome: &pb::Outcome) {
    for conflict in &outcome.conflicts {
        assert!(!conflict.rows.is_empty(), "{conflict:?}");
        if conflict.rows.iter().any(|row| row.kind() == Row::StableOnly) {
            // Which pairs block depends on what else is asked for, so that nothing is claimed of fewer rows.
            assert!(!conflict.is_irreducible, "{conflict:?}");
            continue;
        }
        assert!(conflict.is_irreducible, "{conflict:?}");
        let (instance, policy) = only(request, &conflict.rows);
        assert!(!is_feasible(&instance, &policy), "{conflict:#?}\n{request:#?}");
        for dropped in 0..conflict.rows.len() {
            let mut rows = conflict.rows.clone();
            let row = rows.remove(dropped);
            let (instance, policy) = only(request, &rows);
            assert!(is_feasible(&instance, &policy), "without {row:?}\n{conflict:#?}\n{request:#?}");
        }
    }
}

pub fn change(instance: &mut pb::Instance, policy: &mut pb::Policy, edit: &pb::Edit, to: i64) {
    let project = |instance: &mut pb::Instance, change: &dyn Fn(&mut pb::Project)| {
        instance.projects.iter_mut().filter(|p| p.project_id == edit.project_id).for_each(change);
    };
    match edit.kind() {
        Change::ProjectSeats => project(instance, &|p| p.max_seat_count = Some(to as i32)),
        Change::ProjectMinimum => project(instance, &|p| {
            p.max_seat_count = Some(p.max_seat_count.unwrap_or(p.min_seat_count().max(1)));
            p.min_seat_count = Some(to as i32);
        }),
        Change::ClearMustOpen => project(instance, &|p| p.must_open = false),
        Change::HostSeats => {
            let mut hosts = instance.hosts.iter_mut().filter(|h| h.host_id == edit.host_id);
            hosts.by_ref().for_each(|h| h.max_seat_count = Some(to as i32));
        }
        Change::ClearMustPlace => {
            let students = instance.students.iter_mut().filter(|s| s.student_id == edit.student_ids[0]);
            students.for_each(|s| s.must_place = false);
        }
        Change::RemovePin => {
            let notes = instance.pair_notes.iter_mut();
            let of_pair =
                |n: &&mut pb::PairNote| n.student_id == edit.student_ids[0] && n.project_id == edit.project_id;
            notes.filter(of_pair).for_each(unpin);
        }
        Change::QuotaMinimum | Change::QuotaMaximum => {
            for quota in policy.quotas.iter_mut().filter(|quota| quota.quota_id == edit.quota_id) {
                let bound =
                    if edit.kind() == Change::QuotaMinimum { &mut quota.min_count } else { &mut quota.max_count };
                *bound = Some(to);
            }
        }
        Change::FundPlaces => {
            let funds = instance.funds.iter_mut().filter(|fund| fund.fund_id == edit.fund_id);
            funds.for_each(|fund| (fund.amount, fund.place_count) = (None, Some(to as i32)));
        }
        Change::ClearStableOnly => policy.stable_only = false,
        Change::RemoveLink => instance.links.retain(|link| link.student_ids != edit.student_ids),
        Change::WaiveRule => instance.waivers.push(pb::Waiver {
            student_id: edit.student_ids[0].clone(),
            rule: edit.rule,
            scope: Some(pb::waiver::Scope::ProjectId(edit.project_id.clone())),
            ..pb::Waiver::default()
        }),
        Change::Pin => note(instance, &edit.student_ids[0], &edit.project_id).pinned = true,
        Change::Forbid => note(instance, &edit.student_ids[0], &edit.project_id).forbidden = true,
        Change::MustPlace => {
            let students = instance.students.iter_mut().filter(|s| s.student_id == edit.student_ids[0]);
            students.for_each(|s| s.must_place = true);
        }
        Change::WithdrawStudent => {
            let student = &edit.student_ids[0];
            let students = instance.students.iter_mut().filter(|s| s.student_id == *student);
            students.for_each(|s| (s.must_place, s.withdrawn) = (false, true));
            for note in instance.pair_notes.iter_mut().filter(|n| n.student_id == *student) {
                use pb::pair_note::OfferState;
                note.pinned = false;
                if matches!(note.offer_state(), OfferState::Draft | OfferState::Extended | OfferState::Accepted) {
                    note.offer_state = OfferState::Withdrawn as i32;
                }
            }
        }
        Change::TermWeight => {
            policy.weights.get_or_insert_default().affinity = edit.weight;
        }
        Change::SuspendCountry => instance.suspended_country_codes.push(edit.country_code.clone()),
        Change::WithdrawHost => {
            instance.hosts.iter_mut().filter(|h| h.host_id == edit.host_id).for_each(|h| h.withdrawn = true);
        }
        Change::MustOpen => project(instance, &|p| p.must_open = true),
        Change::Unspecified => unreachable!("never sent"),
    }
}

fn note<'a>(instance: &'a mut pb::Instance, student: &str, project: &str) -> &'a mut pb::PairNote {
    let found = instance.pair_notes.iter().position(|n| n.student_id == student && n.project_id == project);
    let at = found.unwrap_or_else(|| {
        let (student_id, project_id) = (student.to_owned(), project.to_owned());
        instance.pair_notes.push(pb::PairNote { student_id, project_id, ..pb::PairNote::default() });
        instance.pair_notes.len() - 1
    });
    &mut instance.pair_notes[at]
}

/// Each relaxation leads to the matching it tells, and nothing less of a single change does.
pub fn relaxations_are_least(request: &pb::MatchRequest, outcome: &pb::Outcome) {
    for relaxation in &outcome.relaxations {
        let changed = |short: i64| {
            let mut instance = request.instance.clone().expect("an instance");
            let mut policy = request.policy.clone().expect("a policy");
            for edit in &relaxation.edits {
                let step = if edit.to() > edit.from() { short } else { -short };
                change(&mut instance, &mut policy, edit, edit.to() - step);
            }
            (instance, policy)
        };
        let (instance, policy) = changed(0);
        let best = Oracle::new(&instance, &policy).best().unwrap_or_else(|| panic!("{relaxation:#?}\n{request:#?}"));
        let places: Vec<(String, String)> =
            relaxation.assignments.iter().map(|p| (p.student_id.clone(), p.project_id.clone())).collect();
        assert_eq!(places, best.matching, "{relaxation:#?}\n{request:#?}");
        let values: Vec<i64> = relaxation.goals.iter().map(|goal| goal.value).collect();
        assert_eq!(values, best.goals.iter().map(|goal| goal.value).collect::<Vec<_>>());
        let is_stable = request.policy.as_ref().is_some_and(|policy| policy.stable_only);
        if relaxation.edits.len() == 1 && relaxation.units > 1 && !is_stable {
            let (instance, policy) = changed(1);
            assert!(!is_feasible(&instance, &policy), "{relaxation:#?}\n{request:#?}");
        }
    }
}
