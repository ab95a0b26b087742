//! The ledger in words: by run, who decided what, why, and what that changed.

use std::fmt::Write;

use wire::pb;
use wire::pb::r#override::Kind;
use wire::pb::pair_note::OfferState;

/// Ids of a link that are told.
const MOST_NAMED: usize = 5;

/// A page of the ledger.
pub(super) fn page(page: &pb::ListOverridesResponse) -> String {
    let mut text = String::new();
    let mut of_run = "";
    for made in &page.overrides {
        if made.run != of_run {
            let when = made.make_time.as_ref().map_or_else(String::new, ToString::to_string);
            let _ = writeln!(text, "{}  decided by {} at {when}", made.run, made.made_by);
            of_run = &made.run;
        }
        let _ = writeln!(text, "  {}{}", sentence(made), reason(made));
        if let Some(effect) = effect(made) {
            let _ = writeln!(text, "    {effect}");
        }
    }
    if page.overrides.is_empty() {
        text += "no decisions\n";
    }
    if !page.next_page_token.is_empty() {
        let _ = writeln!(text, "more: --page-token {}", page.next_page_token);
    }
    text
}

fn reason(made: &pb::Override) -> String {
    let granted = match made.granted_by.as_str() {
        "" => String::new(),
        by => format!(" Granted by {by}."),
    };
    let why = if made.reason.is_empty() { String::new() } else { format!(" Why: {}", made.reason) };
    format!("{granted}{why}")
}

/// What it changed, where that is known, or might be.
fn effect(made: &pb::Override) -> Option<String> {
    let is_override = matches!(made.kind(), Kind::Pin | Kind::Forbid | Kind::Waive | Kind::MustPlace);
    Some(match &made.effect {
        None if is_override && made.student_id.is_empty() => "Whom it was about went with the run.".to_owned(),
        None if is_override => "What it changed was not measured.".to_owned(),
        None => return None,
        Some(effect) if effect.no_matching => "Without it no placement keeps every rule.".to_owned(),
        Some(effect) => {
            let who = match effect.others_count {
                0 => "nobody else".to_owned(),
                1 => "1 other student".to_owned(),
                count => format!("{count} other students"),
            };
            let proven = if effect.is_proven { "" } else { " (not proven)" };
            format!("Without it {who} would be elsewhere{proven}.")
        }
    })
}

/// What was decided. The ids of a run that was deleted are gone.
fn sentence(made: &pb::Override) -> String {
    let or = |id: &str, unknown: &str| if id.is_empty() { unknown.to_owned() } else { id.to_owned() };
    let student = or(&made.student_id, "a student");
    let project = or(&made.project_id, "a project");
    let host = format!("host {}", or(&made.host_id, "(deleted)"));
    let program = format!("program {}", or(&made.program_id, "(deleted)"));
    let fund = format!("fund {}", or(&made.fund_id, "(deleted)"));
    let quota = format!("quota {}", or(&made.quota_id, "(deleted)"));
    let said = match made.kind() {
        Kind::Unspecified => "something was decided that this version does not know".to_owned(),
        Kind::Pin => format!("{student} was pinned to {project}"),
        Kind::Forbid => format!("{student} may not go to {project}"),
        Kind::Waive => format!("{} was waived for {student}{}", made.rule().as_str_name(), scope(made)),
        Kind::MustPlace => format!("{student} has to be placed"),
        Kind::OfferDrafted => format!("an offer of {project} to {student} is meant to be made"),
        Kind::OfferExtended => format!("{project} was offered to {student}"),
        Kind::OfferAccepted => format!("{student} accepted {project}"),
        Kind::OfferDeclined => format!("{student} declined {project}"),
        Kind::OfferExpired => format!("the offer of {project} to {student} expired"),
        Kind::OfferWithdrawn => format!("{student} left the offer of {project}"),
        Kind::OfferRescinded => format!("the host took the offer of {project} to {student} back"),
        Kind::StudentWithdrawn => format!("{student} withdrew"),
        Kind::StudentReturned => format!("{student} takes part again"),
        Kind::HostWithdrawn => format!("{host} withdrew"),
        Kind::HostReturned => format!("{host} takes part again"),
        Kind::CountrySuspended => format!("country {} was suspended", or(&made.country_code, "(deleted)")),
        Kind::ProgramSuspended => format!("{program} was suspended"),
        Kind::ProgramReopened => format!("{program} is open again"),
        Kind::ProjectSeats => format!("the seats of {project} went {}", numbers(made)),
        Kind::HostSeats => format!("the seats of {host} went {}", numbers(made)),
        Kind::ProjectMinimum => format!("the minimum of {project} went {}", numbers(made)),
        Kind::QuotaMinimum => format!("the minimum of {quota} went {}", numbers(made)),
        Kind::QuotaMaximum => format!("the maximum of {quota} went {}", numbers(made)),
        Kind::QuotaAdded => format!("{quota} was added"),
        Kind::QuotaRemoved => format!("{quota} was removed"),
        Kind::FundPlaces => format!("the places of {fund} went {}", numbers(made)),
        Kind::MustOpen => format!("{project} has to open"),
        Kind::MustOpenCleared => format!("{project} may stay closed"),
        Kind::PinRemoved if made.offer_before() == OfferState::Accepted => {
            format!("the acceptance of {project} by {student} was taken for an open offer")
        }
        Kind::PinRemoved => format!("{student} is pinned to {project} no more"),
        Kind::ForbidRemoved => format!("{student} may go to {project} again"),
        Kind::MustPlaceCleared => format!("{student} need not be placed"),
        Kind::LinkAdded => format!("{} were linked", linked(made)),
        Kind::LinkRemoved => format!("{} are linked no more", linked(made)),
        Kind::StableOnlyCleared => "pairs may block".to_owned(),
        Kind::TermWeight => {
            let weight = |weight: Option<f64>| weight.map_or_else(String::new, |weight| weight.to_string());
            let (from, to) = (weight(made.weight_from), weight(made.weight_to));
            format!("the weight of {} went from {from} to {to}", made.criterion().as_str_name())
        }
        Kind::PolicyReplaced => "the policy was replaced".to_owned(),
        Kind::KeepTold => "everyone who was told keeps their place".to_owned(),
        Kind::StudentAdded => format!("{student} was added"),
        Kind::StudentReplaced => format!("the row of {student} was replaced"),
        Kind::ProjectAdded => format!("{project} was added"),
        Kind::ProjectReplaced => format!("the row of {project} was replaced"),
        Kind::HostAdded => format!("{host} was added"),
        Kind::HostReplaced => format!("the row of {host} was replaced"),
        Kind::ProgramAdded => format!("{program} was added"),
        Kind::ProgramReplaced => format!("the row of {program} was replaced"),
        Kind::FundAdded => format!("{fund} was added"),
        Kind::FundReplaced => format!("the row of {fund} was replaced"),
        Kind::NoteAdded => format!("a note on {student} at {project} was added"),
        Kind::NoteReplaced => format!("the note on {student} at {project} was replaced"),
    };
    let mut letters = said.chars();
    let first: String = letters.next().map(|first| first.to_uppercase().collect()).unwrap_or_default();
    // An id keeps its letters.
    let starts_with_id =
        [&made.student_id, &made.project_id].into_iter().any(|id| !id.is_empty() && said.starts_with(id));
    if starts_with_id { format!("{said}.") } else { format!("{first}{}.", letters.as_str()) }
}

/// Where a waiver holds.
fn scope(made: &pb::Override) -> String {
    let places = [
        (" at ", &made.project_id),
        (" at host ", &made.host_id),
        (" in program ", &made.program_id),
        (" in country ", &made.country_code),
    ];
    let place = places.into_iter().find(|(_, id)| !id.is_empty());
    let place = place.map_or_else(String::new, |(at, id)| format!("{at}{id}"));
    let until = if made.expires_date.is_empty() { String::new() } else { format!(", until {}", made.expires_date) };
    format!("{place}{until}")
}

fn numbers(made: &pb::Override) -> String {
    let number = |number: Option<i64>| number.map_or_else(|| "no limit".to_owned(), |number| number.to_string());
    if made.run.is_empty() || (made.from.is_none() && made.to.is_none()) {
        return "to another number".to_owned();
    }
    format!("from {} to {}", number(made.from), number(made.to))
}

fn linked(made: &pb::Override) -> String {
    let ids = &made.student_ids;
    if ids.is_empty() {
        return "students".to_owned();
    }
    let named = ids.iter().take(MOST_NAMED).cloned().collect::<Vec<_>>().join(", ");
    match ids.len().saturating_sub(MOST_NAMED) {
        0 => named,
        more => format!("{named} and {more} more"),
    }
}
