//! A host: its projects, who comes, and what may be changed.

use axum::extract::{Path, State};
use maud::{Markup, html};
use wire::numbers::counted;

use super::ask::Ask;
use super::people::Names;
use super::projects::{empty_name, rows};
use super::{change, frame, has_matching};
use crate::Console;
use crate::shown::read;
use crate::trouble::Trouble;
use crate::visit::Visit;

/// The page of a host.
pub(crate) async fn page(
    State(console): State<Console>,
    visit: Visit,
    Path((run, number)): Path<(String, usize)>,
) -> Result<Markup, Trouble> {
    let shown = read(&console, &visit.principal, &run).await?;
    let outcome = has_matching(&shown)?;
    let host = shown.host(number).ok_or_else(|| Trouble::nothing("host"))?;
    let names = Names { console: &console, shown: &shown };
    let own: Vec<_> = rows(&shown).into_iter().filter(|row| row.project.host_id == host.host_id).collect();
    let seat = outcome.seat_values.iter().find(|value| value.project_id.is_empty() && value.host_id == host.host_id);
    let body = html! {
        p.lead {
            (counted(own.len() as i64, "project")) ", " (counted(own.iter().map(|row| row.placed as i64).sum(), "student")) " placed"
            @if let Some(most) = host.max_seat_count { ", at most " (most) " in all" }
            @if !host.contact.is_empty() { ". Contact: " bdi { (host.contact) } } "."
        }
        @if host.withdrawn { p { "The host has withdrawn. " (host.withdrawn_reason) } }
        @if let Some(seat) = seat { p { (seat.sentence) } }
        @if visit.may_change() {
            h2 { "What if" }
            ul.actions {
                @if host.max_seat_count.is_some() { li { (change::link(&console, &shown, &Ask::OneMoreAtHost(number), "One more seat…")) } }
                @if !host.withdrawn { li { (change::link(&console, &shown, &Ask::WithdrawHost(number), "Withdraws…")) } }
            }
        }
        h2 { "Projects" }
        @if own.is_empty() { p.empty { "None." } } @else {
            table.list {
                thead { tr { th scope="col" { "Project" } th scope="col" class="number" { "Seats" } th scope="col" { "Who comes" } } }
                tbody { @for row in &own {
                    @let here = outcome.assignments.iter().filter(|place| place.project_id == row.project.project_id);
                    tr { th scope="row" { (names.project(&row.project.project_id)) } td.number { (row.seats) }
                        td { @if let Some(why) = row.empty { span.soft { "nobody: " (empty_name(why)) } }
                            ul.plain { @for place in here { li { (names.student(&place.student_id)) } } } } }
                } }
            }
        }
    };
    Ok(frame(&console, &visit, &shown, shown.host_name(&host.host_id), "/hosts").page(&body))
}
