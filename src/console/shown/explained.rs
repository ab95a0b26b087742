//! What was explained of a run lately. An answer takes a solve, and that of a run that has ended stays the same; that it is read is on record each time.

use std::sync::{Arc, Mutex, PoisonError};

use pb::explain_run_request::About;
use store::Deed;
use wire::pb;

use super::{ShownRun, note};
use crate::Console;
use crate::trouble::Trouble;
use crate::visit::Visit;

/// Answers that are kept of a run.
const MOST: usize = 200;

/// Answers, the one asked for last at the end.
#[derive(Default)]
pub(crate) struct Explained(Mutex<Vec<(About, Arc<pb::ExplainResponse>)>>);

impl Explained {
    fn known(&self, about: &About) -> Option<Arc<pb::ExplainResponse>> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = kept.iter().position(|(known, _)| known == about)?;
        let known = kept.remove(at);
        let told = known.1.clone();
        kept.push(known);
        Some(told)
    }

    fn keep(&self, about: About, told: &Arc<pb::ExplainResponse>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push((about, told.clone()));
        if kept.len() > MOST {
            kept.remove(0);
        }
    }
}

/// Explains something of a run.
pub(crate) async fn explain(
    console: &Console,
    visit: &Visit,
    shown: &ShownRun,
    about: About,
) -> Result<Arc<pb::ExplainResponse>, Trouble> {
    if let Some(known) = shown.explained.known(&about) {
        note(console, &visit.principal, shown, Deed::Explained).await?;
        return Ok(known);
    }
    let asked = pb::ExplainRunRequest { name: shown.run.name.clone(), about: Some(about.clone()), audience: 0 };
    let told = Arc::new(console.services().call(&visit.principal, asked).await?);
    // What was not settled in time may be settled the next time.
    if told.is_best {
        shown.explained.keep(about, &told);
    }
    Ok(told)
}
