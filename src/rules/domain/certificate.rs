//! [`Certificate`]: prices that prove an optimum; `proto/misti/matching/v1/certificate.proto` says how.

use super::{GoalKind, HostIndex, ProjectIndex, StudentIndex};

/// Proofs, in the order in which they are used.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Certificate {
    /// One set of prices each.
    pub proofs: Vec<CertificateProof>,
}

/// What each pair adds to a sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CertificateSum {
    /// What it adds to a goal, of a profile to the count of a rank, of `Leximin` of points; negated where less is better.
    Goal(GoalKind, Option<u32>),
    /// Nothing.
    Nothing,
}

/// One set of prices, and the bound that they prove.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CertificateProof {
    /// Most important first.
    pub sums: Vec<CertificateSum>,
    /// The worst value that is in, by goals of a threshold kind.
    pub thresholds: Vec<(GoalKind, i64)>,
    /// By student; who is not listed has prices of 0.
    pub students: Vec<(StudentIndex, Vec<i64>)>,
    /// By project.
    pub projects: Vec<(ProjectIndex, Vec<i64>)>,
    /// By host.
    pub hosts: Vec<(HostIndex, Vec<i64>)>,
    /// By quota, as its place in the policy.
    pub quotas: Vec<(u32, Vec<i64>)>,
    /// By sum.
    pub bound: Vec<i64>,
}
