//! [`Accepting`]: takes connections one after the other, and rests where the process can't.

use std::fs::File;
use std::io;
use std::time::{Duration, Instant};

use tokio::net::{TcpListener, TcpStream};

use super::guard::{Guard, Place, Refusal};

/// How long accepting rests after a first failure, and at most.
const FIRST_REST: Duration = Duration::from_millis(50);
const LONGEST_REST: Duration = Duration::from_secs(1);

/// How often the log says that connections are refused or can't be taken.
const TOLD: Duration = Duration::from_secs(60);

/// A listener with its limits.
pub(super) struct Accepting {
    listener: TcpListener,
    guard: Guard,
    /// Descriptors that are given up where the process may open no more files.
    spare: Vec<File>,
    most_spare: usize,
    told: Option<Instant>,
    refused: u64,
}

impl Accepting {
    pub fn new(listener: TcpListener, guard: Guard, most_spare: usize) -> Self {
        Self { listener, guard, spare: Vec::new(), most_spare, told: None, refused: 0 }
    }

    /// The next connection that has a place; others are closed.
    pub async fn accept(&mut self) -> (TcpStream, Place) {
        self.keep_spare();
        let mut rest = FIRST_REST;
        loop {
            let mut accepted = self.listener.accept().await;
            if accepted.is_err() && self.spare.pop().is_some() {
                // One of the spare descriptors makes room, if anybody waits: the system asks for a descriptor before it looks.
                accepted = tokio::select! {
                    biased;
                    accepted = self.listener.accept() => accepted,
                    () = std::future::ready(()) => {
                        self.keep_spare();
                        continue;
                    }
                };
            }
            match accepted {
                Ok((stream, peer)) => match self.guard.admit(peer.ip()) {
                    Ok(place) => return (stream, place),
                    Err(refusal) => self.refuse(refusal),
                },
                Err(error) if is_of_one_connection(&error) => {}
                Err(error) => {
                    metrics::counter!("misti_accept_failures_total").increment(1);
                    if self.is_time_to_tell() {
                        tracing::error!(%error, "connections can't be taken; trying again every second");
                    }
                    tokio::time::sleep(rest).await;
                    rest = (rest * 2).min(LONGEST_REST);
                }
            }
        }
    }

    fn keep_spare(&mut self) {
        while self.spare.len() < self.most_spare
            && let Ok(file) = File::open("/dev/null")
        {
            self.spare.push(file);
        }
    }

    fn refuse(&mut self, refusal: Refusal) {
        let limit = match refusal {
            Refusal::All => "all",
            Refusal::Address => "address",
        };
        metrics::counter!("misti_connections_refused_total", "limit" => limit).increment(1);
        self.refused += 1;
        if self.is_time_to_tell() {
            tracing::warn!(limit, refused = self.refused, "connections are refused: there are as many as there may be");
            self.refused = 0;
        }
    }

    fn is_time_to_tell(&mut self) -> bool {
        let is_time = self.told.is_none_or(|told| told.elapsed() >= TOLD);
        if is_time {
            self.told = Some(Instant::now());
        }
        is_time
    }
}

/// Whether a failure is about the connection that was to be taken, and not about the process.
fn is_of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}
