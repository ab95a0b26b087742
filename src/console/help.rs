//! The page of a diagnostic code: cause, smallest example, what to do.

use axum::extract::{Path, State};
use maud::{Markup, html};
use rules::codes;

use crate::Console;
use crate::frame::Frame;
use crate::trouble::Trouble;
use crate::visit::Visit;

/// Shows it as it is written.
pub(crate) async fn code(
    State(console): State<Console>,
    visit: Visit,
    Path(number): Path<String>,
) -> Result<Markup, Trouble> {
    let known = codes::ALL.iter().find(|code| code.number == number).ok_or_else(|| Trouble::nothing("code"))?;
    let mut shown = Vec::new();
    let mut lines = known.page.lines().skip(1).peekable();
    while let Some(line) = lines.next() {
        if let Some(heading) = line.strip_prefix("## ") {
            shown.push(html! { h2 { (heading) } });
        } else if line.starts_with("```") {
            let example: Vec<&str> = lines.by_ref().take_while(|line| !line.starts_with("```")).collect();
            shown.push(html! { pre tabindex="0" { (example.join("\n")) } });
        } else if !line.is_empty() {
            let mut text = line.to_owned();
            while let Some(more) = lines.next_if(|line| !line.is_empty() && !line.starts_with(['#', '`'])) {
                text.push(' ');
                text.push_str(more);
            }
            shown.push(html! { p { (text.replace('`', "")) } });
        }
    }
    let title = format!("{} {}", known.number, known.reason);
    Ok(Frame::new(&console, &title).to(&visit).page(&html! { div.text { @for part in &shown { (part) } } }))
}
