//! Who could object: pairs that would both rather be together, found by checking the matching anew.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use maud::{Markup, PreEscaped, html};
use wire::pb;

use super::{frame, has_matching, overview};
use crate::Console;
use crate::shown::{ShownRun, read};
use crate::streamed::streamed;
use crate::trouble::Trouble;
use crate::visit::Visit;

/// The page.
pub(crate) async fn page(
    State(console): State<Console>,
    visit: Visit,
    Path(run): Path<String>,
) -> Result<Response, Trouble> {
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
    let frame = frame(&console, &visit, &shown, "Who could object", "/objections");
    let rest = found(console.clone(), visit.clone(), shown.clone(), asked);
    Ok(streamed(frame, &html! {}, "Every pair is judged anew…", rest))
}

async fn found(
    console: Console,
    visit: Visit,
    shown: Arc<ShownRun>,
    asked: pb::CheckRequest,
) -> Result<Markup, Trouble> {
    let check = console.services().call(&visit.principal, asked).await?;
    let sections = overview::sections(&console, &shown, Some(check)).await?;
    let of_objections = sections.iter().filter(|section| section.id == overview::OBJECTIONS);
    Ok(html! { @for section in of_objections { (PreEscaped(&section.html)) } })
}
