//! [`Hints`]: what may have changed, so that nobody need wait for the next look. Within a server they come at once; from other servers by
//! PostgreSQL's NOTIFY. A hint may be lost, and nothing depends on it.

use std::time::Duration;

use sqlx::postgres::PgListener;
use tokio::sync::broadcast;

use rules::domain::RunId;

/// Hints that wait to be heard by one listener.
const UNHEARD: usize = 1024;

/// What comes before the id of a run that is to end.
const END: &str = "end:";

/// What may be worth looking at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hint {
    /// There may be something to work on.
    Queue,
    /// A run has changed.
    Run(RunId),
    /// Somebody wants a run to end, or has deleted it.
    End(RunId),
}

impl Hint {
    pub(super) fn encode(&self) -> String {
        match self {
            Self::Queue => String::new(),
            Self::Run(run) => run.to_string(),
            Self::End(run) => format!("{END}{run}"),
        }
    }

    fn decode(text: &str) -> Self {
        let ended = text.strip_prefix(END).and_then(RunId::parse).map(Self::End);
        ended.or_else(|| RunId::parse(text).map(Self::Run)).unwrap_or(Self::Queue)
    }
}

/// Tells hints to whoever listens.
#[derive(Clone)]
pub(super) struct Hints(broadcast::Sender<Hint>);

impl Default for Hints {
    fn default() -> Self {
        Self(broadcast::channel(UNHEARD).0)
    }
}

impl Hints {
    pub fn subscribe(&self) -> broadcast::Receiver<Hint> {
        self.0.subscribe()
    }

    pub fn tell(&self, hint: Hint) {
        // Nobody may be listening.
        let _ = self.0.send(hint);
    }

    /// Passes on what other servers tell, as long as anybody may listen.
    pub fn listen(&self, url: String) {
        let hints = self.0.clone();
        tokio::spawn(async move {
            loop {
                if let Ok(mut listener) = PgListener::connect(&url).await
                    && listener.listen("misti_matching").await.is_ok()
                {
                    while let Ok(told) = listener.recv().await {
                        let _ = hints.send(Hint::decode(told.payload()));
                    }
                }
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        });
    }
}
