//! What is known beside who and where: notes, offers, waivers, links, funds, quotas, the matching before, skills, countries.

use super::{Blank, Column, Kind, NAME, SEATS, STUDY_LEVELS, TEXT, Table, column};

const STUDENT: Column =
    column("student_id", &["student", "id"], Kind::Reference("students"), "student_id", "S001", "Which student.")
        .blank(Blank::Missing);
const PROJECT: Column =
    column("project_id", &["project"], Kind::Reference("projects"), "project_id", "P001", "Which project.")
        .blank(Blank::Missing);
const REASON: Column = column("reason", &["why", "comment"], Kind::Text(TEXT), "reason", "", "Why, for people.");
const OF_STUDENTS: Column =
    column("student_ids", &["students"], Kind::References("students"), "students", "", "Which students; blank: all.");
const OF_LEVELS: Column = column(
    "study_levels",
    &[],
    Kind::Words(STUDY_LEVELS),
    "students",
    "UNDERGRADUATE",
    "At which study levels; blank: all.",
);
const OF_YEARS: Column =
    column("class_years", &[], Kind::Wholes(0, 10_000), "students", "", "In which class years; blank: all.");
const OF_MAJORS: Column = column("majors", &[], Kind::Tags, "students", "", "With which majors; blank: all.");
const OF_CITIZENS: Column =
    column("citizenships", &[], Kind::Countries, "students", "", "With which citizenships; blank: all.");
const OF_STUDENT_LABELS: Column =
    column("student_attributes", &[], Kind::Labels, "students", "", "With which labels, name=value|value; blank: all.");
const OF_PROJECTS: Column =
    column("project_ids", &["projects"], Kind::References("projects"), "projects", "", "Which projects; blank: all.");
const OF_HOSTS: Column =
    column("host_ids", &["hosts"], Kind::References("hosts"), "projects", "", "Of which hosts; blank: all.");
const OF_PROGRAMS: Column = column(
    "program_ids",
    &["programs"],
    Kind::References("programs"),
    "projects",
    "EUROPE",
    "Of which programs; blank: all.",
);
const OF_COUNTRIES: Column =
    column("countries", &["country_codes"], Kind::Countries, "projects", "", "In which countries; blank: all.");
const OF_PROJECT_LABELS: Column =
    column("project_attributes", &[], Kind::Labels, "projects", "", "With which labels, name=value|value; blank: all.");

pub(super) const PAIR_NOTES: Table = Table {
    name: "pair_notes",
    aliases: &["pairs", "interview_ratings"],
    about: "One row for each fact about one student at one project.",
    columns: &[
        STUDENT,
        PROJECT,
        column("pinned", &["pin"], Kind::Flag, "pinned", "", "True: the pair must be matched."),
        column("forbidden", &["forbid"], Kind::Flag, "forbidden", "", "True: the pair may not be matched."),
        REASON,
        column(
            "interview_rating",
            &["interview", "rating"],
            Kind::Decimal(0, 1),
            "interview_rating",
            "0.8",
            "How the interview went, 0 to 1.",
        ),
        column("affinity", &["fit"], Kind::Decimal(0, 1), "affinity", "", "A fit computed elsewhere, 0 to 1."),
    ],
};

/// How far an offer has come.
const STATES: &[&str] = &["DRAFT", "EXTENDED", "ACCEPTED", "DECLINED", "EXPIRED", "WITHDRAWN", "RESCINDED"];

pub(super) const OFFERS: Table = Table {
    name: "offers",
    aliases: &["offer", "answers"],
    about: "One row for each offer of a place, and what became of it.",
    columns: &[
        STUDENT,
        PROJECT,
        column(
            "state",
            &["offer_state", "status", "answer"],
            Kind::Word(STATES),
            "offer_state",
            "EXTENDED",
            "DRAFT, EXTENDED, ACCEPTED, DECLINED, EXPIRED, WITHDRAWN or RESCINDED.",
        )
        .blank(Blank::Missing),
        column("date", &["day"], Kind::Date, "", "2027-03-01", "When; for people."),
        REASON,
        column(
            "after_decline",
            &["then"],
            Kind::Word(&["POOL", "OUT"]),
            "",
            "",
            "Of DECLINED: POOL, the student takes part again (the same as blank), or OUT, the student is withdrawn.",
        ),
    ],
};

/// The rules; those that can't be waived are refused when the season is read.
const RULES: &[&str] = &[
    "LANGUAGE",
    "SKILLS",
    "DATES",
    "DURATION",
    "WORK_AUTHORIZATION",
    "STUDY_LEVEL",
    "GPA",
    "COURSES",
    "PROGRAM_APPROVAL",
    "PROGRAM_SUSPENDED",
    "MATERIALS",
    "SUPERVISOR",
    "WORKSPACE",
    "FORBIDDEN",
    "VETO",
    "CHOICES_ONLY",
    "RANKED_ONLY",
    "COUNTRY_SUSPENDED",
    "HOST_WITHDRAWN",
    "OFFER_ENDED",
    "FUNDING",
    "PAY",
    "ALUMNI_HOST",
    "STUDENT_WITHDRAWN",
];

pub(super) const WAIVERS: Table = Table {
    name: "waivers",
    aliases: &["waiver", "exceptions"],
    about: "One row for each rule that does not hold for one student.",
    columns: &[
        STUDENT,
        column("rule", &[], Kind::Word(RULES), "rule", "GPA", "Which rule.").blank(Blank::Missing),
        column(
            "project_id",
            &["project"],
            Kind::Reference("projects"),
            "project_id",
            "",
            "At one project; or one of the next three; all blank: everywhere.",
        ),
        column("host_id", &["host"], Kind::Reference("hosts"), "host_id", "", "At every project of a host."),
        column(
            "program_id",
            &["program"],
            Kind::Reference("programs"),
            "program_id",
            "EUROPE",
            "At every project of a program.",
        ),
        column("country", &["country_code"], Kind::Country, "country_code", "", "In a country."),
        REASON,
        column("granted_by", &["by"], Kind::Text(NAME), "granted_by", "Max Example", "Who granted it, for people."),
        column(
            "expires_date",
            &["expires", "until"],
            Kind::Date,
            "expires_date",
            "",
            "The last day on which it may be used.",
        ),
    ],
};

pub(super) const LINKS: Table = Table {
    name: "links",
    aliases: &["link", "groups", "pairs of students"],
    about: "One row for each group of students who go together, or apart.",
    columns: &[
        column(
            "student_ids",
            &["students"],
            Kind::References("students"),
            "student_ids",
            "S001;S002",
            "Who, ; between them.",
        )
        .blank(Blank::Missing),
        column(
            "kind",
            &["how"],
            Kind::Word(&["SAME_PROJECT", "SAME_HOST", "SAME_COUNTRY", "DIFFERENT_PROJECT"]),
            "kind",
            "SAME_COUNTRY",
            "How they are linked.",
        )
        .blank(Blank::Missing),
        column(
            "placed_together",
            &["together"],
            Kind::Flag,
            "placed_together",
            "",
            "True: all of them are placed or none is.",
        ),
    ],
};

pub(super) const FUNDS: Table = Table {
    name: "funds",
    aliases: &["fund", "scholarships"],
    about: "One row for each fund that carries placements which no stipend pays.",
    columns: &[
        column("fund_id", &["id", "fund"], Kind::Key, "fund_id", "TRAVEL", "Its name, up to 64 bytes; each once.")
            .blank(Blank::Missing),
        column("title", &["name"], Kind::Text(NAME), "title", "Travel fund", "A title for people."),
        column("amount", &["budget"], Kind::Money, "amount", "20000 USD", "What it holds."),
        column(
            "cost_per_placement",
            &["cost"],
            Kind::Decimal(0, 1_000_000_000),
            "cost_per_placement",
            "2500",
            "What a placement takes of it, in the same currency.",
        ),
        column(
            "place_count",
            &["places"],
            Kind::Whole(0, SEATS),
            "place_count",
            "",
            "Most placements that it carries.",
        ),
        OF_STUDENTS,
        OF_LEVELS,
        OF_YEARS,
        OF_MAJORS,
        OF_CITIZENS,
        OF_STUDENT_LABELS,
        OF_PROJECTS,
        OF_HOSTS,
        OF_PROGRAMS,
        OF_COUNTRIES,
        OF_PROJECT_LABELS,
    ],
};

pub(super) const QUOTAS: Table = Table {
    name: "quotas",
    aliases: &["quota"],
    about: "One row for each quota; they become part of the policy.",
    columns: &[
        column("quota_id", &["id", "quota"], Kind::Key, "quota_id", "JUNIORS", "Its name, up to 64 bytes; each once.")
            .blank(Blank::Missing),
        column("title", &["name"], Kind::Text(NAME), "title", "Juniors in Europe", "A title for people."),
        column(
            "min_count",
            &["min", "minimum"],
            Kind::Whole(0, 1_000_000),
            "min_count",
            "",
            "Least placements that it counts.",
        ),
        column(
            "max_count",
            &["max", "maximum"],
            Kind::Whole(0, 1_000_000),
            "max_count",
            "20",
            "Most placements that it counts.",
        ),
        column(
            "penalty_points",
            &["penalty"],
            Kind::Whole(0, 1_000_000),
            "penalty_points",
            "",
            "Points lost for each one missed; blank: it has to hold.",
        ),
        OF_STUDENTS,
        OF_LEVELS,
        OF_YEARS,
        OF_MAJORS,
        OF_CITIZENS,
        OF_STUDENT_LABELS,
        OF_PROJECTS,
        OF_HOSTS,
        OF_PROGRAMS,
        OF_COUNTRIES,
        OF_PROJECT_LABELS,
    ],
};

pub(super) const PREVIOUS: Table = Table {
    name: "previous",
    aliases: &["previous_assignments", "placements", "last matching"],
    about: "One row for each place of the matching before; the export's placements can be used as they are.",
    columns: &[STUDENT, PROJECT],
};

pub(super) const SKILLS: Table = Table {
    name: "skills",
    aliases: &["skill", "skill_aliases", "skill names", "vocabulary"],
    about: "One row for each skill, with its other spellings.",
    columns: &[
        column("skill", &["name"], Kind::Skill, "skill", "Python", "The name that is meant.").blank(Blank::Missing),
        column(
            "aliases",
            &["alias", "other spellings", "synonyms"],
            Kind::SkillNames,
            "aliases",
            "python3",
            "Spellings that mean it, ; between them.",
        ),
    ],
};

pub(super) const SUSPENDED_COUNTRIES: Table = Table {
    name: "suspended_countries",
    aliases: &["suspended", "closed countries"],
    about: "One row for each country where nobody may go.",
    columns: &[column("country", &["country_code"], Kind::Country, "", "AQ", "Two-letter code.").blank(Blank::Missing)],
};
