//! Certificates: domain to message and back.

use super::policy::goal_kind;
use super::request::Ids;
use super::{Faults, SizeLimits, pb};
use rules::codes;
use rules::domain::{Certificate, CertificateProof, CertificateSum, GoalKind, Instance, Policy};
use rules::finding::At;
use verify::CertificateFault;

pub(super) fn write_certificate(instance: &Instance, policy: &Policy, certificate: &Certificate) -> pb::Certificate {
    let price = |id: &dyn std::fmt::Display, values: &[i64]| pb::Price { id: id.to_string(), values: values.to_vec() };
    let proof = |proof: &CertificateProof| pb::Proof {
        sums: proof.sums.iter().map(write_sum).collect(),
        thresholds: proof
            .thresholds
            .iter()
            .map(|&(kind, value)| pb::Threshold { kind: goal_kind(kind) as i32, value })
            .collect(),
        student_prices: proof.students.iter().map(|(s, p)| price(&instance.students[s.at()].id, p)).collect(),
        project_prices: proof.projects.iter().map(|(j, p)| price(&instance.projects[j.at()].id, p)).collect(),
        host_prices: proof.hosts.iter().map(|(h, p)| price(&instance.hosts[h.at()].id, p)).collect(),
        quota_prices: proof.quotas.iter().map(|(q, p)| price(&policy.quotas[*q as usize].id, p)).collect(),
        bound: proof.bound.clone(),
    };
    pb::Certificate { proofs: certificate.proofs.iter().map(proof).collect() }
}

fn write_sum(sum: &CertificateSum) -> pb::ProofSum {
    match *sum {
        CertificateSum::Goal(kind, rank) => {
            let is_points = kind == GoalKind::Leximin;
            let counted = rank.map(|counted| counted as i32);
            pb::ProofSum {
                kind: goal_kind(kind) as i32,
                rank: counted.filter(|_| !is_points).unwrap_or(0),
                points: counted.filter(|_| is_points),
            }
        }
        CertificateSum::Nothing => pb::ProofSum::default(),
    }
}

pub(super) fn write_fault(instance: &Instance, fault: &CertificateFault) -> pb::CertificateFault {
    use pb::certificate_fault::Kind;
    let of = |kind: Kind, proof: usize| pb::CertificateFault {
        kind: kind as i32,
        proof: proof as i32,
        ..pb::CertificateFault::default()
    };
    match *fault {
        CertificateFault::PairAbovePrices(proof, student, project) => pb::CertificateFault {
            student_id: instance.students[student.at()].id.to_string(),
            project_id: instance.projects[project.at()].id.to_string(),
            ..of(Kind::PairAbovePrices, proof)
        },
        CertificateFault::WrongBound(proof) => of(Kind::WrongBound, proof),
        CertificateFault::OutOfPlace(proof) => of(Kind::OutOfPlace, proof),
        CertificateFault::MalformedPrice(proof) => of(Kind::MalformedPrice, proof),
        CertificateFault::GoalNotProven(kind) => {
            pb::CertificateFault { goal: goal_kind(kind) as i32, ..of(Kind::GoalNotProven, 0) }
        }
    }
}

/// Reads a certificate; whether it proves anything is for `verify` to say.
///
/// # Errors
/// Every unknown or malformed id and every kind without meaning, or a list that is too long.
pub fn read_certificate(
    instance: &Instance,
    policy: &Policy,
    raw: &pb::Certificate,
    limits: &SizeLimits,
) -> Result<Certificate, Faults> {
    let mut faults = Faults::default();
    let ids = Ids::of(instance);
    let root = At::root("certificate");
    let all = root.field("proofs");
    let mut proofs = Vec::new();
    if !faults.count(all, raw.proofs.len(), limits.proofs) {
        return Err(faults);
    }
    for (place, raw) in raw.proofs.iter().enumerate() {
        let at = all.index(place);
        let lists = [
            ("student_prices", raw.student_prices.len(), instance.students.len()),
            ("project_prices", raw.project_prices.len(), instance.projects.len()),
            ("host_prices", raw.host_prices.len(), instance.hosts.len()),
            ("quota_prices", raw.quota_prices.len(), policy.quotas.len()),
            ("sums", raw.sums.len(), limits.sums),
            ("thresholds", raw.thresholds.len(), GoalKind::ALL.len()),
        ];
        if !lists.iter().all(|&(name, count, most)| faults.count(at.field(name), count, most)) {
            continue;
        }
        proofs.push(CertificateProof {
            sums: read_sums(at.field("sums"), &raw.sums, &mut faults),
            thresholds: read_thresholds(at.field("thresholds"), &raw.thresholds, &mut faults),
            students: prices(at.field("student_prices"), &raw.student_prices, |at, id| {
                ids.student(at, id, &mut faults)
            }),
            projects: prices(at.field("project_prices"), &raw.project_prices, |at, id| {
                ids.project(at, id, &mut faults)
            }),
            hosts: prices(at.field("host_prices"), &raw.host_prices, |at, id| ids.host(at, id, &mut faults)),
            quotas: prices(at.field("quota_prices"), &raw.quota_prices, |at, id| {
                let found = policy.quotas.binary_search_by(|quota| quota.id.as_str().cmp(id)).ok();
                if found.is_none() {
                    faults.add(&codes::UNKNOWN_ID, at, "no quota of the policy has this id");
                }
                found.map(|place| place as u32)
            }),
            bound: raw.bound.clone(),
        });
    }
    if faults.total() == 0 { Ok(Certificate { proofs }) } else { Err(faults) }
}

fn read_sums(at: At, raw: &[pb::ProofSum], faults: &mut Faults) -> Vec<CertificateSum> {
    let read = raw.iter().enumerate().filter_map(|(i, sum)| {
        let at = at.index(i);
        let rank = faults.whole(at.field("rank"), sum.rank, 0, i32::MAX as u32)?;
        if sum.kind == 0 {
            return Some(CertificateSum::Nothing);
        }
        let kind = faults.stated(at.field("kind"), sum.kind, &GoalKind::ALL)?;
        let points = sum.points.and_then(|points| faults.whole(at.field("points"), points, 0, i32::MAX as u32));
        Some(CertificateSum::Goal(kind, points.or((rank > 0).then_some(rank))))
    });
    read.collect()
}

fn read_thresholds(at: At, raw: &[pb::Threshold], faults: &mut Faults) -> Vec<(GoalKind, i64)> {
    let read = raw.iter().enumerate().filter_map(|(i, threshold)| {
        let kind = faults.stated(at.index(i).field("kind"), threshold.kind, &GoalKind::ALL)?;
        Some((kind, threshold.value))
    });
    read.collect()
}

fn prices<K>(at: At, raw: &[pb::Price], mut find: impl FnMut(At, &str) -> Option<K>) -> Vec<(K, Vec<i64>)> {
    let read = raw.iter().enumerate().filter_map(|(i, price)| {
        let key = find(at.index(i).field("id"), &price.id)?;
        Some((key, price.values.clone()))
    });
    read.collect()
}
