//! [`SizeLimits`]: how much one request may hold.

/// How much one request may hold. A count above its limit is the fault `TOO_MANY`, which names the limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SizeLimits {
    /// Programs.
    pub programs: usize,
    /// Hosts.
    pub hosts: usize,
    /// Projects.
    pub projects: usize,
    /// Students.
    pub students: usize,
    /// Pair notes.
    pub notes: usize,
    /// Skills with aliases.
    pub aliases: usize,
    /// Waivers.
    pub waivers: usize,
    /// Links.
    pub links: usize,
    /// Quotas.
    pub quotas: usize,
    /// Choices, and vetoes, of one student.
    pub choices: usize,
    /// Eligible pairs.
    pub pairs: usize,
    /// Assignments of a matching to check.
    pub assignments: usize,
    /// Proofs of a certificate.
    pub proofs: usize,
    /// Sums of one proof.
    pub sums: usize,
}

impl SizeLimits {
    /// What the service takes by default.
    pub const SERVICE: Self = Self {
        programs: 1_000,
        hosts: 10_000,
        projects: 10_000,
        students: 10_000,
        notes: 1_000_000,
        aliases: 10_000,
        waivers: 10_000,
        links: 10_000,
        quotas: 1_000,
        choices: 1_000,
        pairs: 3_000_000,
        assignments: 100_000,
        proofs: 32,
        sums: 100,
    };

    /// What the command line takes: as much as memory holds and 32-bit indices count.
    pub const NONE: Self = {
        let most = u32::MAX as usize;
        Self {
            programs: most,
            hosts: most,
            projects: most,
            students: most,
            notes: most,
            aliases: most,
            waivers: most,
            links: most,
            quotas: most,
            choices: most,
            pairs: most,
            assignments: most,
            proofs: most,
            sums: most,
        }
    };
}
