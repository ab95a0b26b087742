//! Proofs about rows, told about students, projects and hosts.

use std::collections::BTreeMap;

use formulation::{Formulation, Reading, RowLabel};
use rules::domain::{Certificate, CertificateProof, CertificateSum, HostIndex, Policy, ProjectIndex, StudentIndex};
use solve::{Proof, ProofSum};

/// Says of whom each priced row is.
pub(super) fn certificate(policy: &Policy, formulation: &Formulation, proofs: &[Proof]) -> Certificate {
    Certificate { proofs: proofs.iter().map(|proof| of_proof(policy, formulation, proof)).collect() }
}

fn of_proof(policy: &Policy, formulation: &Formulation, proof: &Proof) -> CertificateProof {
    let mut students: BTreeMap<StudentIndex, Vec<i64>> = BTreeMap::new();
    let mut projects: BTreeMap<ProjectIndex, Vec<i64>> = BTreeMap::new();
    let mut hosts: BTreeMap<HostIndex, Vec<i64>> = BTreeMap::new();
    let mut quotas: BTreeMap<u32, Vec<i64>> = BTreeMap::new();
    for (row, price) in proof.priced() {
        match formulation.rows[row as usize].label {
            RowLabel::Placement(s) | RowLabel::MustPlace(s) | RowLabel::Pin(s, _) => add(&mut students, s, price),
            RowLabel::ProjectSeats(p) | RowLabel::MustOpen(p) | RowLabel::Opening(p) => add(&mut projects, p, price),
            RowLabel::HostSeats(h) => add(&mut hosts, h, price),
            RowLabel::Quota(quota, _) => add(&mut quotas, quota, price),
            // No network has such a row.
            RowLabel::Link(_)
            | RowLabel::Carriage(_)
            | RowLabel::Fund(_)
            | RowLabel::Stability
            | RowLabel::Interviews(_)
            | RowLabel::Asked(_) => {}
        }
    }
    let sum = |sum: &ProofSum| match *sum {
        ProofSum::Goal { goal, rank } => {
            let counted = |rank: u32| match &formulation.goals[goal].reading {
                Reading::PointsOf(levels) => levels[rank as usize - 1] as u32,
                _ => rank,
            };
            CertificateSum::Goal(policy.goals[goal].kind, rank.map(counted))
        }
        ProofSum::Nothing => CertificateSum::Nothing,
    };
    CertificateProof {
        sums: proof.sums.iter().map(sum).collect(),
        thresholds: proof.thresholds.iter().map(|t| (policy.goals[t.goal].kind, t.value)).collect(),
        students: students.into_iter().collect(),
        projects: projects.into_iter().collect(),
        hosts: hosts.into_iter().collect(),
        quotas: quotas.into_iter().collect(),
        bound: proof.bound.clone(),
    }
}

fn add<K: Ord>(prices: &mut BTreeMap<K, Vec<i64>>, key: K, price: &[i64]) {
    let sum = prices.entry(key).or_insert_with(|| vec![0; price.len()]);
    sum.iter_mut().zip(price).for_each(|(sum, price)| *sum += price);
}
