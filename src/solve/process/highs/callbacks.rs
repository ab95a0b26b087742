//! What HiGHS tells while it works: its callbacks, passed on as news. The only place with `unsafe`: the C boundary.
#![allow(unsafe_code)]

use std::ffi::{c_char, c_int, c_void};
use std::io::Write;
use std::slice;
use std::time::{Duration, Instant};

use highs_sys::{
    Highs_setCallback, Highs_startCallback, HighsCallbackDataIn, HighsCallbackDataOut, STATUS_OK,
    kHighsCallbackMipImprovingSolution, kHighsCallbackMipInterrupt,
};

use crate::process::frame::write_frame;
use crate::process::model::{News, Said};

/// How often a better bound is told at most.
const PAUSE: Duration = Duration::from_millis(20);

/// Tells the engine better solutions and bounds of one model.
pub(super) struct Reporter<'a> {
    output: &'a mut dyn Write,
    /// Of the question.
    number: u64,
    /// What one of HiGHS's objective is worth.
    unit: f64,
    bound: f64,
    told: Instant,
}

impl<'a> Reporter<'a> {
    /// For the question of this number, whose weights were divided by `unit` and negated.
    pub fn new(output: &'a mut dyn Write, number: u64, unit: i64) -> Self {
        Self { output, number, unit: unit as f64, bound: f64::INFINITY, told: Instant::now() }
    }

    /// Lets a model report here.
    ///
    /// # Errors
    /// When HiGHS refuses.
    pub fn listen(&mut self, model: &mut highs::Model) -> Result<(), &'static str> {
        let reporter: *mut Self = self;
        // SAFETY: the pointer is that of a live HiGHS model. HiGHS calls back only while it solves; whoever solves holds both
        // the model and this reporter until it has, in one thread, and uses the reporter for nothing else meanwhile.
        let taken = unsafe {
            let highs = model.as_mut_ptr();
            [
                Highs_setCallback(highs, Some(called), reporter.cast()),
                Highs_startCallback(highs, kHighsCallbackMipImprovingSolution),
                Highs_startCallback(highs, kHighsCallbackMipInterrupt),
            ]
        };
        if taken.iter().all(|&status| status == STATUS_OK) { Ok(()) } else { Err("the callback was refused") }
    }

    fn tell(&mut self, news: News) {
        // Where nobody reads any more, the process is about to be killed.
        let _ = write_frame(&mut self.output, &(self.number, Said::News(news)));
    }

    fn improve(&mut self, values: &[f64]) {
        self.tell(News::Incumbent(values.to_vec()));
    }

    fn narrow(&mut self, bound: f64) {
        if bound < self.bound && self.told.elapsed() >= PAUSE {
            self.bound = bound;
            self.told = Instant::now();
            self.tell(News::Bound(bound));
        }
    }
}

/// What HiGHS calls. A panic in here ends the process, which the engine takes for a failed solve.
unsafe extern "C" fn called(
    kind: c_int,
    _message: *const c_char,
    out: *const HighsCallbackDataOut,
    _back: *mut HighsCallbackDataIn,
    reporter: *mut c_void,
) {
    // SAFETY: HiGHS gives back the pointer of `listen`, whose reporter lives as long as the solve, and data that it owns for the
    // length of this call; a solution is `mip_solution_size` numbers or null.
    unsafe {
        let (Some(reporter), Some(out)) = (reporter.cast::<Reporter<'_>>().as_mut(), out.as_ref()) else { return };
        if kind == kHighsCallbackMipImprovingSolution && !out.mip_solution.is_null() {
            let count = usize::try_from(out.mip_solution_size).unwrap_or(0);
            reporter.improve(slice::from_raw_parts(out.mip_solution, count));
        } else if kind == kHighsCallbackMipInterrupt {
            reporter.narrow(-out.mip_dual_bound * reporter.unit);
        }
    }
}
