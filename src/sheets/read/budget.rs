//! [`Budget`]: what reading one file may still take, whatever the file says of itself.

use super::{Limits, Unreadable};

/// What is kept in memory may be so many times what is unpacked.
const HELD_TO_UNPACKED: u64 = 5;

/// Cells that may be covered by merged ones, and other repeated work.
const STEPS: u64 = 50_000_000;

/// Sheets that a workbook may have.
const SHEETS: u64 = 1_000;

/// What is still left.
pub(super) struct Budget {
    /// The limits it began with.
    pub(super) limits: Limits,
    unpacked: u64,
    held: u64,
    steps: u64,
    sheets: u64,
}

impl Budget {
    /// All of it.
    pub(super) fn new(limits: &Limits) -> Self {
        let held = limits.unpacked_bytes.saturating_mul(HELD_TO_UNPACKED);
        Self { unpacked: limits.unpacked_bytes, held, steps: STEPS, sheets: SHEETS, limits: limits.clone() }
    }

    /// How many bytes may still be unpacked.
    pub(super) fn unpackable(&self) -> u64 {
        self.unpacked
    }

    /// Takes bytes that came out of a packed file.
    pub(super) fn unpack(&mut self, bytes: u64) -> Result<(), Unreadable> {
        let left = self.unpacked.checked_sub(bytes);
        self.unpacked =
            left.ok_or(Unreadable::TooLarge { what: "bytes unpacked", limit: self.limits.unpacked_bytes })?;
        Ok(())
    }

    /// Takes memory that stays.
    pub(super) fn hold(&mut self, bytes: usize) -> Result<(), Unreadable> {
        let limit = self.limits.unpacked_bytes.saturating_mul(HELD_TO_UNPACKED);
        let left = self.held.checked_sub(bytes as u64);
        self.held = left.ok_or(Unreadable::TooLarge { what: "bytes in memory", limit })?;
        Ok(())
    }

    /// Takes a sheet.
    pub(super) fn sheet(&mut self) -> Result<(), Unreadable> {
        let left = self.sheets.checked_sub(1);
        self.sheets = left.ok_or(Unreadable::TooLarge { what: "sheets", limit: SHEETS })?;
        Ok(())
    }

    /// Takes one step of what a few bytes of a file can ask for again and again.
    pub(super) fn step(&mut self) -> Result<(), Unreadable> {
        let left = self.steps.checked_sub(1);
        self.steps = left.ok_or(Unreadable::TooLarge {
            what: "cells that are merged, hidden or filled by a formula",
            limit: STEPS,
        })?;
        Ok(())
    }
}
