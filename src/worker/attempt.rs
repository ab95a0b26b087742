//! One attempt: solve what was claimed while heartbeats keep the claim, then end the run.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{sleep, sleep_until, timeout_at};

use super::{Failed, Worker, stopped};
use calls::{self, CallError, Caller, Performed};
use engine::{EngineError, Progress, Watch};
use rules::codes;
use rules::domain::RunId;
use solve::{Cancel, Tuning};
use store::{Claim, Ending, Hint, Kept, failpoint};
use wire::{self, pb};

/// How often progress is stored at most.
const TELL: Duration = Duration::from_millis(250);

/// How long the first pause before another attempt is.
const PAUSE: Duration = Duration::from_secs(1);

/// How long a worker waits before it goes to a store again that did not answer.
const AGAIN: Duration = Duration::from_millis(200);

/// How a solve ended.
type Solved = Result<Box<Performed>, Failed>;

/// What is known so far.
type Known = watch::Receiver<pb::RunProgress>;

/// How waiting for a solve ended.
enum Waited {
    /// It ended.
    Solved(Solved),
    /// The claim holds no more, or the store was out of reach for too long.
    Lost,
    /// The process is to stop: nobody waits for the solve, since another process begins it anew.
    Stopped,
}

impl Worker {
    /// Makes an attempt and ends the run, or gives it back.
    pub(super) async fn attempt(&self, mut claim: Claim) {
        let begun = Instant::now();
        let cancel = Cancel::default();
        let (mut solve, known) = self.start(&claim, cancel.clone());
        let waited = self.wait(&mut claim, &mut solve, known, &cancel).await;
        if !matches!(waited, Waited::Solved(_)) {
            // The thread and the solver's process end before anything else is begun.
            cancel.cancel();
            let _ = solve.await;
        }
        metrics::histogram!("misti_run_solve_seconds").record(begun.elapsed().as_secs_f64());
        let run = claim.run.id.clone();
        let may_be_taken_again = claim.run.attempts < self.settings.most_attempts;
        match waited {
            Waited::Solved(Ok(performed)) => {
                let Performed { outcome, effects } = *performed;
                let is_best = outcome.status() == pb::outcome::Status::Optimal;
                let cancelled = outcome.status() == pb::outcome::Status::Cancelled
                    || (cancel.is_cancelled() && outcome.summary.is_some() && !is_best);
                let is_lost = lost_its_solver(&outcome);
                let placed = outcome.summary.as_ref().map(|summary| i64::from(summary.placed_count));
                let (bytes, status) = (wire::encode(&outcome), outcome.status);
                let effects = effects.as_ref().map(wire::encode);
                let ending = Ending::Outcome { bytes, status, placed, cancelled, effects };
                if is_lost && may_be_taken_again && !cancelled {
                    tracing::warn!(%run, attempt = claim.run.attempts, code = %codes::SOLVER_LOST, "an attempt failed");
                    let pause = pause_after(&claim);
                    self.give_back(&claim, pause, true, Some(&ending)).await;
                } else {
                    self.finish(&claim, &ending).await;
                }
            }
            Waited::Solved(Err(failed)) if failed.may_be_tried_again && may_be_taken_again => {
                tracing::warn!(%run, attempt = claim.run.attempts, code = %failed.code, "an attempt failed");
                let pause = pause_after(&claim);
                self.give_back(&claim, pause, true, None).await;
            }
            Waited::Solved(Err(failed)) => {
                tracing::error!(%run, attempt = claim.run.attempts, code = %failed.code, "a run failed");
                self.finish(&claim, &Ending::Failure(failed.code.number)).await;
            }
            Waited::Lost => stale(&run),
            Waited::Stopped => {
                if self.give_back(&claim, Duration::ZERO, false, None).await {
                    tracing::info!(%run, "given back, because the process stops");
                }
            }
        }
    }

    /// Starts the solve on a thread of its own; what it tells of its progress comes with it.
    fn start(&self, claim: &Claim, cancel: Cancel) -> (JoinHandle<Solved>, Known) {
        let (tell, known) = watch::channel(pb::RunProgress::default());
        let best = Mutex::new(Vec::new());
        let hear = move |progress: Progress| {
            let values: Vec<i64> = progress.goals.iter().map(|goal| goal.reached.value).collect();
            tell.send_if_modified(|told: &mut pb::RunProgress| {
                let is_better = progress.is_found
                    && best.lock().is_ok_and(|mut best| {
                        let is_other = *best != values;
                        *best = values;
                        is_other
                    });
                let next = wire::write_progress(&progress, told.incumbent_count + i32::from(is_better));
                // A phase that knows nothing of the goals leaves what was known of them.
                let goals = if next.goals.is_empty() { std::mem::take(&mut told.goals) } else { next.goals };
                let next = pb::RunProgress { goals, ..next };
                let is_news = *told != next;
                *told = next;
                is_news
            });
        };
        let caller = Caller {
            sizes: self.settings.sizes,
            arrived: Instant::now(),
            most_time: Some(self.settings.most_time),
            deadline: None,
            cancel,
            today: calls::day_of(claim.run.created),
            watch: Watch::new(hear),
            tuning: Tuning::default(),
        };
        let decided = claim.overrides.clone().map(|lines| {
            let base = claim.base.clone().map(|base| calls::StoredBase {
                request: base.request,
                outcome: base.outcome,
                changes: base.changes,
            });
            calls::Decided { lines, base }
        });
        let request = claim.request.clone();
        let solver = self.settings.solver.clone();
        let span = tracing::Span::current();
        let solve = tokio::task::spawn_blocking(move || {
            let _span = span.entered();
            failpoint::reach("solve");
            let performed = calls::perform(&request, decided, &caller, &solver);
            failpoint::reach("solved");
            let performed = performed.map_err(|error| failed(&error))?;
            performed.map(Box::new).ok_or(Failed { code: &codes::STORED_DATA_DAMAGED, may_be_tried_again: false })
        });
        (solve, known)
    }

    /// Waits for the solve, and keeps the claim meanwhile.
    async fn wait(
        &self,
        claim: &mut Claim,
        solve: &mut JoinHandle<Solved>,
        mut known: Known,
        cancel: &Cancel,
    ) -> Waited {
        let mut hints = self.store.hints();
        let mut stop = self.stop.clone();
        let run = claim.run.id.clone();
        let (mut beat, mut told) = (Instant::now() + self.settings.lease / 5, Instant::now());
        let mut has_news = false;
        loop {
            let trusted = self.trusted_until(claim);
            let may_tell = told + TELL;
            let news = async {
                let changed = known.changed().await;
                sleep_until(may_tell.into()).await;
                changed
            };
            has_news |= tokio::select! {
                ended = &mut *solve => return Waited::Solved(ended.unwrap_or_else(|_| Err(panicked()))),
                () = sleep_until(trusted.into()) => return Waited::Lost,
                () = stopped(&mut stop) => return Waited::Stopped,
                () = end_hint(&mut hints, &run) => false,
                () = sleep_until(beat.into()) => false,
                Ok(()) = news => true,
            };
            let progress = has_news.then(|| wire::encode(&*known.borrow_and_update()));
            if has_news {
                told = Instant::now();
            }
            match timeout_at(trusted.into(), self.store.keep_claim(claim, progress.as_deref())).await {
                Ok(Ok(Kept::Yes { cancelled })) => {
                    if cancelled {
                        cancel.cancel();
                    }
                    beat = Instant::now() + self.settings.lease / 5;
                    has_news = false;
                }
                Ok(Ok(Kept::No)) => return Waited::Lost,
                Ok(Err(error)) => {
                    tracing::warn!(%run, %error, "a heartbeat failed");
                    beat = Instant::now() + AGAIN;
                }
                Err(_) => return Waited::Lost,
            }
        }
    }

    /// Until when this worker trusts its claim.
    fn trusted_until(&self, claim: &Claim) -> Instant {
        claim.since + self.settings.lease * 2 / 3
    }

    /// Ends a run, as long as the claim can be trusted.
    async fn finish(&self, claim: &Claim, ending: &Ending) {
        let run = &claim.run.id;
        let trusted = self.trusted_until(claim);
        loop {
            match timeout_at(trusted.into(), self.store.finish(claim, ending)).await {
                Ok(Ok(true)) => {
                    let state = ending.state();
                    tracing::info!(%run, state, attempt = claim.run.attempts, "a run has finished");
                    metrics::counter!("misti_runs_finished_total", "state" => state).increment(1);
                    return;
                }
                Ok(Ok(false)) | Err(_) => return stale(run),
                Ok(Err(error)) => {
                    tracing::warn!(%run, %error, "a result can't be stored");
                    sleep(AGAIN).await;
                }
            }
        }
    }

    /// Gives a run back, as long as the claim can be trusted; after that its lease runs out. Says whether it was.
    async fn give_back(&self, claim: &Claim, pause: Duration, counts: bool, found: Option<&Ending>) -> bool {
        let run = &claim.run.id;
        let trusted = self.trusted_until(claim);
        loop {
            match timeout_at(trusted.into(), self.store.give_back(claim, pause, counts, found)).await {
                Ok(Ok(true)) => return true,
                Ok(Ok(false)) | Err(_) => {
                    stale(run);
                    return false;
                }
                Ok(Err(error)) => {
                    tracing::warn!(%run, %error, "a run can't be given back");
                    sleep(AGAIN).await;
                }
            }
        }
    }
}

/// Whether an outcome is less than it could be because the solver's process was lost.
fn lost_its_solver(outcome: &pb::Outcome) -> bool {
    outcome.findings.iter().any(|finding| finding.code == codes::SOLVER_LOST.number)
}

/// How long a run rests after a failed attempt.
fn pause_after(claim: &Claim) -> Duration {
    PAUSE * u32::try_from(claim.run.attempts).unwrap_or(1)
}

/// Something that was found came too late.
fn stale(run: &RunId) {
    tracing::warn!(%run, "the claim holds no more; what was found is thrown away");
    metrics::counter!("misti_results_rejected_total", "why" => "stale").increment(1);
}

/// Waits until somebody wants the run to end.
async fn end_hint(hints: &mut tokio::sync::broadcast::Receiver<Hint>, run: &RunId) {
    use tokio::sync::broadcast::error::RecvError;
    loop {
        match hints.recv().await {
            Ok(Hint::End(ended)) if ended == *run => return,
            Err(RecvError::Lagged(_)) => return,
            Ok(_) => {}
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
}

fn panicked() -> Failed {
    Failed { code: &codes::UNEXPECTED_FAULT, may_be_tried_again: true }
}

fn failed(error: &CallError) -> Failed {
    let (code, may_be_tried_again) = match error {
        CallError::Malformed(faults) => {
            (faults.findings().first().map_or(&codes::UNEXPECTED_FAULT, |fault| fault.code), false)
        }
        CallError::Unreadable(files) => (files.first().map_or(&codes::UNEXPECTED_FAULT, |file| file.code()), false),
        CallError::Stopped => (&codes::DEADLINE_PASSED, false),
        CallError::Engine(EngineError::TooManyPairs { .. }) => (&codes::TOO_MANY_PAIRS, false),
        CallError::Engine(EngineError::TooManyTerms { .. }) => (&codes::TOO_MANY_TERMS, false),
        CallError::Engine(EngineError::OutcomeBreaksRules { .. }) => (&codes::OUTCOME_BREAKS_RULES, false),
        CallError::Engine(EngineError::SolverFailed(why)) => {
            tracing::error!(why = why.0, "the solver failed");
            (&codes::SOLVER_FAILED, true)
        }
        CallError::Engine(EngineError::ResultRejected(why)) => {
            tracing::error!(why, "a result was rejected");
            metrics::counter!("misti_results_rejected_total", "why" => "unverified").increment(1);
            (&codes::RESULT_REJECTED, true)
        }
    };
    Failed { code, may_be_tried_again }
}
