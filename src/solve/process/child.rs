//! The solver's process: the same binary started again, killed whenever it is not wanted any more.
//!
//! A kill is the only stop that is certain: HiGHS has been seen to overrun its own time limit by minutes. The process
//! gets no environment and no file but its three standard ones, of which the error output goes nowhere.

use std::ffi::OsString;
use std::io::{BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel, sync_channel};
use std::thread;
use std::time::Duration;

use super::frame::{read_frame, write_frame};
use super::model::{Answer, Model, News, Said, Settings};
use crate::limits::{Limits, Stop};

/// How often a waiting solve looks at its limits.
const GLANCE: Duration = Duration::from_millis(5);

/// Bytes of an answer but for its numbers.
const ANSWER_OVERHEAD: u64 = 4096;

/// Messages of the process that wait to be heard; a process that tells more has to wait itself.
const UNHEARD: usize = 16;

/// How to start the solver's process.
#[derive(Debug, Clone)]
pub struct SolverCommand {
    /// The binary.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<OsString>,
    started: Arc<AtomicU64>,
}

impl SolverCommand {
    /// The hidden subcommand of a `misti-matching` binary.
    pub fn of_binary(program: impl Into<PathBuf>) -> Self {
        Self::new(program, vec!["solver".into()])
    }

    /// Another program that answers as the solver does.
    pub fn new(program: impl Into<PathBuf>, arguments: Vec<OsString>) -> Self {
        Self { program: program.into(), arguments, started: Arc::default() }
    }

    /// The same, which counts from 0 how many processes it starts.
    pub fn counting(&self) -> Self {
        Self::new(self.program.clone(), self.arguments.clone())
    }

    /// How many processes it has started.
    pub fn started(&self) -> u64 {
        self.started.load(Ordering::Relaxed)
    }
}

/// What may become of a question.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// A limit was reached.
    Stopped(Stop),
    /// The process could not be started, ended, or talked nonsense.
    Broken(String),
}

/// A running solver's process; dropping it kills it.
pub(crate) struct SolverProcess {
    child: Child,
    questions: Sender<Vec<u8>>,
    answers: Receiver<Result<(u64, Said), String>>,
    /// Questions asked so far; an answer repeats the number of its question.
    asked: u64,
    /// Bytes of the longest answer that the question may have.
    longest: Arc<AtomicU64>,
}

impl SolverProcess {
    /// Starts it.
    pub fn start(command: &SolverCommand) -> Result<Self, Trouble> {
        let broken = |why: &str| Trouble::Broken(why.to_owned());
        command.started.fetch_add(1, Ordering::Relaxed);
        let mut child = Command::new(&command.program)
            .args(&command.arguments)
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            // Ctrl-C on a terminal is for the engine, which then keeps the best matching found.
            .process_group(0)
            .spawn()
            .map_err(|error| Trouble::Broken(format!("the solver's process did not start: {error}")))?;
        let mut input = child.stdin.take().ok_or_else(|| broken("no standard input"))?;
        let mut output = BufReader::new(child.stdout.take().ok_or_else(|| broken("no standard output"))?);
        // Both pipes have a thread of their own, so that a process which neither reads nor writes can't hold up the engine.
        // The threads end with the process, when their pipe breaks.
        let (questions, asked) = channel::<Vec<u8>>();
        thread::spawn(move || asked.into_iter().all(|question| input.write_all(&question).is_ok()));
        let (sender, answers) = sync_channel(UNHEARD);
        let longest = Arc::new(AtomicU64::new(0));
        let limit = longest.clone();
        thread::spawn(move || {
            loop {
                let answer = match read_frame::<(u64, Said)>(&mut output, || limit.load(Ordering::Acquire)) {
                    Ok(Some(answer)) => Ok(answer),
                    Ok(None) => Err("the solver's process ended".to_owned()),
                    Err(error) => Err(format!("the solver's process talked nonsense: {error}")),
                };
                let last = answer.is_err();
                if sender.send(answer).is_err() || last {
                    break;
                }
            }
        });
        Ok(Self { child, questions, answers, asked: 0, longest })
    }

    /// Asks for a solution and waits for it, until a limit is reached; what is told before goes to `hear`.
    pub fn ask(
        &mut self,
        model: &Model,
        settings: Settings,
        limits: &Limits,
        mut hear: impl FnMut(News),
    ) -> Result<Answer, Trouble> {
        let mut question = Vec::new();
        self.asked += 1;
        write_frame(&mut question, &(self.asked, model, settings))
            .map_err(|error| Trouble::Broken(error.to_string()))?;
        let numbers = model.objective.len() + model.rows.len();
        self.longest.store(ANSWER_OVERHEAD + 8 * numbers as u64, Ordering::Release);
        self.questions.send(question).map_err(|_| Trouble::Broken("the solver's process is gone".to_owned()))?;
        loop {
            if let Some(stop) = limits.stop() {
                return Err(Trouble::Stopped(stop));
            }
            match self.answers.recv_timeout(limits.remaining().min(GLANCE)) {
                Ok(Ok((number, Said::Answer(answer)))) if number == self.asked => return Ok(answer),
                Ok(Ok((number, Said::News(news)))) if number == self.asked => hear(news),
                Ok(Ok(_)) => return Err(Trouble::Broken("the answer is to another question".to_owned())),
                Ok(Err(why)) => return Err(Trouble::Broken(why)),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => {
                    return Err(Trouble::Broken("the solver's process is gone".to_owned()));
                }
            }
        }
    }
}

impl Drop for SolverProcess {
    fn drop(&mut self) {
        // Both fail only where the process has ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
