//! Findings: domain to message.

use super::pb;
use rules::finding::{Finding, Severity};

/// Writes a finding.
pub fn write_finding(finding: &Finding) -> pb::Finding {
    let severity = match finding.severity {
        Severity::Info => pb::finding::Severity::Info,
        Severity::Warning => pb::finding::Severity::Warning,
        Severity::Error => pb::finding::Severity::Error,
    };
    pb::Finding {
        code: finding.code.number.to_owned(),
        reason: finding.code.reason.to_owned(),
        severity: severity as i32,
        field: finding.field.clone(),
        message: finding.message.clone(),
        remedy: finding.code.remedy.to_owned(),
    }
}
