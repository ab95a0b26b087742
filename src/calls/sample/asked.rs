//! Sample requests: message to settings.

use super::Sample;
use rules::finding::At;
use wire::{Faults, pb};

/// Most students or projects of a sample.
const MAX_COUNT: u32 = 10_000;

/// A sample that is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SampleAsked {
    /// Which season.
    pub sample: Sample,
    /// Its seed.
    pub seed: u64,
    /// Its students.
    pub students: u32,
    /// Its projects.
    pub projects: u32,
}

/// Reads a request for a sample.
///
/// # Errors
/// Every fault.
pub fn read_sample(message: &pb::GetSampleRequest) -> Result<SampleAsked, Faults> {
    let mut faults = Faults::default();
    let sample = faults.level(At::root("sample"), message.sample, &Sample::ALL).unwrap_or(Sample::Tiny);
    let (students, projects) = sample.default_counts();
    let mut count = |name, stated: Option<i32>, unset| {
        stated.map_or(Some(unset), |count| faults.whole(At::root(name), count, 1, MAX_COUNT))
    };
    let students = count("student_count", message.student_count, students);
    let projects = count("project_count", message.project_count, projects);
    match (students, projects) {
        (Some(students), Some(projects)) if faults.total() == 0 => {
            Ok(SampleAsked { sample, seed: message.seed.cast_unsigned(), students, projects })
        }
        _ => Err(faults),
    }
}
