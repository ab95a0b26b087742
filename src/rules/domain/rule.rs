//! [`Rule`]: the names of the hard rules; what they say stands in `eligibility`.

/// The rules, in the order they are listed in refusals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// Every required language of project and program at its level.
    Language,
    /// Every required skill at its level.
    Skills,
    /// The student is there from the project's first to its last day.
    Dates,
    /// The project lasts as many weeks, and asks as many hours, as program and policy say.
    Duration,
    /// The student may work there by the first day.
    WorkAuthorization,
    /// The project takes the student's study level.
    StudyLevel,
    /// The program's least GPA.
    Gpa,
    /// One of the program's courses.
    Courses,
    /// The program manager's approval.
    ProgramApproval,
    /// The program is suspended.
    ProgramSuspended,
    /// No material is missing.
    Materials,
    /// The project has a supervisor.
    Supervisor,
    /// The project has a confirmed workspace.
    Workspace,
    /// The pair is forbidden by a note.
    Forbidden,
    /// The student refuses to go there.
    Veto,
    /// The student goes only where a choice covers.
    ChoicesOnly,
    /// The host takes only whom it ranked.
    RankedOnly,
    /// The country is suspended.
    CountrySuspended,
    /// The host has withdrawn.
    HostWithdrawn,
    /// The offer of this place has ended.
    OfferEnded,
    /// A stipend pays the placement, or a fund may carry it.
    Funding,
    /// The project pays the least asked for an hour.
    Pay,
    /// The host is an alumna or alumnus.
    AlumniHost,
    /// The student has withdrawn.
    StudentWithdrawn,
}

impl Rule {
    /// Every rule.
    pub const ALL: [Self; 24] = [
        Self::Language,
        Self::Skills,
        Self::Dates,
        Self::Duration,
        Self::WorkAuthorization,
        Self::StudyLevel,
        Self::Gpa,
        Self::Courses,
        Self::ProgramApproval,
        Self::ProgramSuspended,
        Self::Materials,
        Self::Supervisor,
        Self::Workspace,
        Self::Forbidden,
        Self::Veto,
        Self::ChoicesOnly,
        Self::RankedOnly,
        Self::CountrySuspended,
        Self::HostWithdrawn,
        Self::OfferEnded,
        Self::Funding,
        Self::Pay,
        Self::AlumniHost,
        Self::StudentWithdrawn,
    ];

    /// What callers call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Language => "LANGUAGE",
            Self::Skills => "SKILLS",
            Self::Dates => "DATES",
            Self::Duration => "DURATION",
            Self::WorkAuthorization => "WORK_AUTHORIZATION",
            Self::StudyLevel => "STUDY_LEVEL",
            Self::Gpa => "GPA",
            Self::Courses => "COURSES",
            Self::ProgramApproval => "PROGRAM_APPROVAL",
            Self::ProgramSuspended => "PROGRAM_SUSPENDED",
            Self::Materials => "MATERIALS",
            Self::Supervisor => "SUPERVISOR",
            Self::Workspace => "WORKSPACE",
            Self::Forbidden => "FORBIDDEN",
            Self::Veto => "VETO",
            Self::ChoicesOnly => "CHOICES_ONLY",
            Self::RankedOnly => "RANKED_ONLY",
            Self::CountrySuspended => "COUNTRY_SUSPENDED",
            Self::HostWithdrawn => "HOST_WITHDRAWN",
            Self::OfferEnded => "OFFER_ENDED",
            Self::Funding => "FUNDING",
            Self::Pay => "PAY",
            Self::AlumniHost => "ALUMNI_HOST",
            Self::StudentWithdrawn => "STUDENT_WITHDRAWN",
        }
    }

    /// Whether a program manager may waive it; law, suspension, prohibitions and people's own wishes can't be.
    pub fn is_waivable(self) -> bool {
        match self {
            Self::Language
            | Self::Skills
            | Self::Dates
            | Self::Duration
            | Self::StudyLevel
            | Self::Gpa
            | Self::Courses
            | Self::ProgramApproval
            | Self::Materials
            | Self::Supervisor
            | Self::Workspace
            | Self::Funding
            | Self::Pay
            | Self::AlumniHost => true,
            Self::WorkAuthorization
            | Self::ProgramSuspended
            | Self::Forbidden
            | Self::Veto
            | Self::ChoicesOnly
            | Self::RankedOnly
            | Self::CountrySuspended
            | Self::HostWithdrawn
            | Self::StudentWithdrawn
            | Self::OfferEnded => false,
        }
    }

    /// Whether it is a wish of the student or of the host, and no fact.
    pub const fn is_wish(self) -> bool {
        match self {
            Self::Veto | Self::ChoicesOnly | Self::RankedOnly => true,
            Self::Language
            | Self::Skills
            | Self::Dates
            | Self::Duration
            | Self::WorkAuthorization
            | Self::StudyLevel
            | Self::Gpa
            | Self::Courses
            | Self::ProgramApproval
            | Self::ProgramSuspended
            | Self::Materials
            | Self::Supervisor
            | Self::Workspace
            | Self::Forbidden
            | Self::CountrySuspended
            | Self::HostWithdrawn
            | Self::OfferEnded
            | Self::Funding
            | Self::Pay
            | Self::AlumniHost
            | Self::StudentWithdrawn => false,
        }
    }
}
