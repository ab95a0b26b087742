//! Who could object: pairs that would both rather be together, found by checking the matching anew.

use axum::extract::{Path, State};
use maud::{Markup, PreEscaped, html};
use wire::pb;

use super::{frame, has_matching, overview};
use crate::Console;
use crate::door::Visit;
use crate::shown::read;
use crate::trouble::Trouble;

/// The page.
pub(crate) async fn page(
    State(console): State<Console>,
    visit: Visit,
    Path(run): Path<String>,
) -> Result<Markup, Trouble> {
    let shown = read(&console, &visit.principal, &run).await?;
    let outcome = has_matching(&shown)?;
    let place = |row: &pb::Assignment| pb::CheckedAssignment {
        student_id: row.student_id.clone(),
        project_id: row.project_id.clone(),
    };
    let asked = pb::CheckRequest {
        instance: Some(shown.instance.clone()),
        policy: Some(shown.policy.clone()),
        assignments: outcome.assignments.iter().map(place).collect(),
        certificate: None,
    };
    let check = console.services().call(&visit.principal, asked).await?;
    let sections = overview::sections(&console, &shown, Some(check)).await?;
    let of_objections = sections.iter().filter(|section| section.id == overview::OBJECTIONS);
    let body = html! { @for section in of_objections { (PreEscaped(&section.html)) } };
    Ok(frame(&console, &visit, &shown, "Who could object", "/objections").page(&body))
}
