//! [`Work`]: a season under work as it is stored, and what the import makes of it.

use std::sync::{Arc, Mutex, PoisonError};

use axum::http::StatusCode;
use rules::domain::{Draft, DraftId};
use store::{DraftPart, Saved};
use wire::pb;

use crate::Console;
use crate::trouble::Trouble;
use crate::visit::Visit;
use crate::words::moment;

/// Seasons under work of one owner.
const MOST: i64 = 100;

/// Imports that are kept, and bytes of them together.
const MOST_IMPORTS: usize = 8;
const MOST_BYTES: usize = 64 << 20;

/// A season under work.
pub(super) struct Work {
    pub draft: Draft,
    /// What the import is asked: files, mapping, decisions, policy.
    pub asked: pb::ImportSeasonRequest,
}

/// What is stored beside the files.
fn beside(asked: &pb::ImportSeasonRequest) -> (DraftPart, Vec<u8>) {
    (DraftPart::Work, wire::encode(&pb::ImportSeasonRequest { files: Vec::new(), ..asked.clone() }))
}

fn of_files(asked: &pb::ImportSeasonRequest) -> (DraftPart, Vec<u8>) {
    let files = pb::ImportSeasonRequest { files: asked.files.clone(), ..pb::ImportSeasonRequest::default() };
    (DraftPart::Files, wire::encode(&files))
}

/// Begins one.
pub(super) async fn begin(
    console: &Console,
    visit: &Visit,
    name: &str,
    asked: pb::ImportSeasonRequest,
) -> Result<Draft, Trouble> {
    let parts = [of_files(&asked), beside(&asked)];
    let (store, keep) = (&console.services().store, console.services().keep_seconds);
    Ok(store.create_draft(&visit.principal.name, name, &parts, keep, MOST).await?)
}

impl Work {
    /// Reads one; that it is read is on record.
    pub async fn read(console: &Console, visit: &Visit, id: &str) -> Result<Self, Trouble> {
        let id = DraftId::parse(id).ok_or_else(|| Trouble::nothing("season"))?;
        let parts = [DraftPart::Files, DraftPart::Work];
        let read = console.services().store.read_draft(visit.principal.reach(), &id, &parts, &visit.principal.name);
        let (draft, parts) = read.await?.ok_or_else(|| Trouble::nothing("season"))?;
        let mut parts = parts.into_iter().map(|part| match part {
            Some(bytes) => wire::decode::<pb::ImportSeasonRequest>(&bytes),
            None => Some(pb::ImportSeasonRequest::default()),
        });
        let damaged = || Trouble::from(store::StoreError::Damaged("season under work"));
        let files = parts.next().flatten().ok_or_else(damaged)?.files;
        let beside = parts.next().flatten().ok_or_else(damaged)?;
        Ok(Self { draft, asked: pb::ImportSeasonRequest { files, ..beside } })
    }

    /// What the import makes of it as it is.
    pub async fn import(&self, console: &Console, visit: &Visit) -> Result<Arc<pb::ImportSeasonResponse>, Trouble> {
        if self.asked.files.is_empty() {
            return Ok(Arc::default());
        }
        if let Some(known) = console.0.imports.known(&self.draft) {
            return Ok(known);
        }
        let made = console.services().call(&visit.principal, self.asked.clone()).await?;
        Ok(console.0.imports.keep(&self.draft, made))
    }

    /// The season as far as nothing is open in it, and how many rows were left out.
    pub async fn import_without_open(
        &self,
        console: &Console,
        visit: &Visit,
    ) -> Result<pb::ImportSeasonResponse, Trouble> {
        let asked = pb::ImportSeasonRequest { skip_open: true, ..self.asked.clone() };
        Ok(console.services().call(&visit.principal, asked).await?)
    }

    /// Saves what is beside the files.
    pub async fn save(&self, console: &Console, visit: &Visit, revision: i64) -> Result<(), Trouble> {
        self.store(console, visit, revision, None, &[beside(&self.asked)]).await
    }

    /// Saves the files.
    pub async fn save_files(&self, console: &Console, visit: &Visit, revision: i64) -> Result<(), Trouble> {
        self.store(console, visit, revision, None, &[of_files(&self.asked)]).await
    }

    /// Saves the name.
    pub async fn save_name(&self, console: &Console, visit: &Visit, revision: i64, name: &str) -> Result<(), Trouble> {
        self.store(console, visit, revision, Some(name), &[]).await
    }

    async fn store(
        &self,
        console: &Console,
        visit: &Visit,
        revision: i64,
        name: Option<&str>,
        parts: &[(DraftPart, Vec<u8>)],
    ) -> Result<(), Trouble> {
        let (store, keep) = (&console.services().store, console.services().keep_seconds);
        let (reach, caller) = (visit.principal.reach(), visit.principal.name.as_str());
        let saved = store.save_draft(reach, &self.draft.id, caller, revision, name, parts, keep).await?;
        match saved {
            None => Err(Trouble::nothing("season")),
            Some(Saved::Saved(_)) => Ok(()),
            Some(Saved::ChangedMeanwhile(now)) => Err(Trouble::new(
                StatusCode::CONFLICT,
                "Somebody saved this season meanwhile",
                format!(
                    "{} saved it on {}, after your page was opened. Nothing of yours was saved, and nothing of theirs was overwritten. \
                     Go back, load the page again and look; then decide once more.",
                    now.changed_by,
                    moment(now.changed.as_second())
                ),
            )),
        }
    }
}

/// One import: of which draft, at which revision.
struct Kept {
    draft: DraftId,
    revision: i64,
    bytes: usize,
    made: Arc<pb::ImportSeasonResponse>,
}

/// What was imported lately, the one used last at the end.
#[derive(Default)]
pub(crate) struct Imports(Mutex<Vec<Kept>>);

impl Imports {
    fn known(&self, draft: &Draft) -> Option<Arc<pb::ImportSeasonResponse>> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = kept.iter().position(|known| known.draft == draft.id && known.revision == draft.revision)?;
        let known = kept.remove(at);
        let made = known.made.clone();
        kept.push(known);
        Some(made)
    }

    fn keep(&self, draft: &Draft, made: pb::ImportSeasonResponse) -> Arc<pb::ImportSeasonResponse> {
        let (bytes, made) = (wire::encode(&made).len(), Arc::new(made));
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|known| known.draft != draft.id);
        kept.push(Kept { draft: draft.id.clone(), revision: draft.revision, bytes, made: made.clone() });
        let is_too_much =
            |kept: &[Kept]| kept.len() > MOST_IMPORTS || kept.iter().map(|k| k.bytes).sum::<usize>() > MOST_BYTES;
        while kept.len() > 1 && is_too_much(&kept) {
            kept.remove(0);
        }
        made
    }

    /// Forgets a draft.
    pub fn forget(&self, draft: &DraftId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).retain(|known| known.draft != *draft);
    }
}
