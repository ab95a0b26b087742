//! Seasons made from a seed, free of anybody's data: invented people, hosts and projects, plausible in shape.
//!
//! The same seed and counts give the same season on every machine (ChaCha with 8 rounds).

mod asked;
mod fields;
mod january;
mod places;

pub use asked::{SampleAsked, read_sample};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use fields::FIELDS;
use places::PLACES;
use wire::pb;

/// Names to make display names from.
const GIVEN: &[&str] =
    &["Ada", "Ben", "Chiara", "Deng", "Elif", "Femi", "Grace", "Hugo", "Ines", "Jonas", "Kavya", "Lior"];
const FAMILY: &[&str] = &["Abara", "Brandt", "Costa", "Dahl", "Endo", "Fischer", "Gupta", "Haddad", "Ito", "Jensen"];
/// Monday of the first week in which projects start.
const FIRST_MONDAY: jiff::civil::Date = jiff::civil::date(2027, 6, 7);

/// Which season.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sample {
    /// A few students and projects, to read.
    Tiny,
    /// A summer of 1 000 students.
    Summer,
    /// Micro-internships in January.
    MicroInternship,
    /// Externships in January.
    Externship,
}

impl Sample {
    /// Every sample.
    pub const ALL: [Self; 4] = [Self::Tiny, Self::Summer, Self::MicroInternship, Self::Externship];

    /// Students and projects where the caller states none.
    pub fn default_counts(self) -> (u32, u32) {
        match self {
            Self::Tiny => (6, 5),
            Self::Summer => (1_000, 1_200),
            Self::MicroInternship => (300, 220),
            Self::Externship => (150, 80),
        }
    }
}

/// Makes a season.
pub fn sample(sample: Sample, seed: u64, students: u32, projects: u32) -> (pb::Instance, pb::Policy) {
    match sample {
        Sample::Tiny => (summer(seed, students, projects, false, &PLACES[..2]), preset(pb::policy::Preset::Summer)),
        Sample::Summer => (summer(seed, students, projects, true, &PLACES), preset(pb::policy::Preset::Summer)),
        Sample::MicroInternship => {
            (january::micro_internships(seed, students, projects), preset(pb::policy::Preset::MicroInternship))
        }
        Sample::Externship => (january::externships(seed, students, projects), preset(pb::policy::Preset::Externship)),
    }
}

fn preset(preset: pb::policy::Preset) -> pb::Policy {
    pb::Policy { preset: preset as i32, ..pb::Policy::default() }
}

/// A summer abroad; `strict` says that students go only where they chose.
fn summer(seed: u64, students: u32, projects: u32, strict: bool, places: &'static [places::Place]) -> pb::Instance {
    let mut season = Season { random: ChaCha8Rng::seed_from_u64(seed), places, strict };
    let hosts: Vec<pb::Host> = (0..projects.div_ceil(6).max(2)).map(|i| season.host(i)).collect();
    let projects: Vec<(usize, pb::Project)> = (0..projects).map(|i| season.project(i, &hosts)).collect();
    let students = (0..students).map(|i| season.student(i, &projects)).collect::<Vec<_>>();
    let mut projects: Vec<pb::Project> = projects.into_iter().map(|(_, project)| project).collect();
    season.rank(&students, &mut projects);
    let pair_notes = season.interviews(&students);
    pb::Instance {
        term: "2027-summer".to_owned(),
        programs: season.places.iter().map(program).collect(),
        hosts,
        projects,
        students,
        pair_notes,
        skill_aliases: vec![pb::SkillAlias { skill: "JavaScript".to_owned(), aliases: vec!["JS".to_owned()] }],
        ..pb::Instance::default()
    }
}

fn program(place: &places::Place) -> pb::Program {
    let asked = |level| pb::LanguageRequirement {
        language: place.language.to_owned(),
        min_level: level as i32,
        required: None,
        weight: None,
    };
    pb::Program {
        program_id: format!("MISTI-{}", place.country),
        title: format!("MIT–{}", place.name),
        country_codes: vec![place.country.to_owned()],
        language_requirements: place.level.map(asked).into_iter().collect(),
        min_gpa: Some(4.0),
        exempt_study_levels: vec![pb::StudyLevel::Masters as i32, pb::StudyLevel::Doctoral as i32],
        ..pb::Program::default()
    }
}

struct Season {
    random: ChaCha8Rng,
    places: &'static [places::Place],
    /// Whether students go only where they chose.
    strict: bool,
}

impl Season {
    fn below(&mut self, count: usize) -> usize {
        self.random.random_range(0..count)
    }

    fn of<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())]
    }

    fn chance(&mut self, percent: u32) -> bool {
        self.random.random_range(0..100) < percent
    }

    fn host(&mut self, number: u32) -> pb::Host {
        // Every country has a host before any has two.
        let place = &self.places[number as usize % self.places.len()];
        let field = &FIELDS[self.below(FIELDS.len())];
        let kind = self.of(&["Institute", "Laboratory", "Works", "Foundation", "University"]);
        pb::Host {
            host_id: format!("H{:04}", number + 1),
            title: format!("{} {} {kind}", self.of(place.cities), field.name),
            country_code: place.country.to_owned(),
            max_seat_count: self.chance(40).then(|| self.random.random_range(3..10)),
            ..pb::Host::default()
        }
    }

    fn project(&mut self, number: u32, hosts: &[pb::Host]) -> (usize, pb::Project) {
        let host = &hosts[number as usize % hosts.len()];
        let field_index = self.below(FIELDS.len());
        let field = &FIELDS[field_index];
        let weeks = self.random.random_range(10..13_i64);
        let start = FIRST_MONDAY + jiff::Span::new().days(7 * self.random.random_range(0..3_i64));
        let end = start + jiff::Span::new().days(7 * weeks - 3);
        let seats = if self.chance(70) { 1 } else { self.random.random_range(2..4) };
        let mut project = pb::Project {
            project_id: format!("P{:05}", number + 1),
            host_id: host.host_id.clone(),
            program_id: format!("MISTI-{}", host.country_code),
            title: format!("{}: {}", field.name, self.of(field.topics)),
            max_seat_count: Some(seats),
            min_seat_count: (seats > 1 && self.chance(5)).then_some(2),
            start_date: start.to_string(),
            end_date: end.to_string(),
            hours_per_week: Some(40.0),
            supervisor: format!("Supervisor {}", number + 1),
            workspace_confirmed: Some(true),
            sponsors_work_authorization: self.chance(60),
            ..pb::Project::default()
        };
        let first = self.below(field.skills.len());
        let asks_the_first = self.chance(35);
        for step in 0..self.random.random_range(2..5) {
            project.skill_requirements.push(pb::SkillRequirement {
                skill: field.skills[(first + step) % field.skills.len()].to_owned(),
                min_level: self.random.random_range(2..4),
                required: step == 0 && asks_the_first,
                weight: None,
            });
        }
        if self.chance(15) {
            project.study_levels = vec![pb::StudyLevel::Masters as i32, pb::StudyLevel::Doctoral as i32];
        }
        (field_index, project)
    }

    fn student(&mut self, number: u32, projects: &[(usize, pb::Project)]) -> pb::Student {
        let field_index = self.below(FIELDS.len());
        let field = &FIELDS[field_index];
        let level = match self.below(10) {
            0 => pb::StudyLevel::Masters,
            1 => pb::StudyLevel::Doctoral,
            _ => pb::StudyLevel::Undergraduate,
        };
        let first = self.below(field.skills.len());
        let count = self.random.random_range(4..8).min(field.skills.len());
        let skills = (0..count).map(|step| pb::StudentSkill {
            skill: field.skills[(first + step) % field.skills.len()].to_owned(),
            level: self.random.random_range(2..6),
        });
        let skills = skills.collect();
        let wished = self.wished_places();
        let foreign = self.chance(25);
        let citizenship = if foreign { self.of(self.places).country } else { "US" };
        let mut student = pb::Student {
            student_id: format!("S{:05}", number + 1),
            display_name: format!("{} {}", self.of(GIVEN), self.of(FAMILY)),
            study_level: level as i32,
            class_year: self.random.random_range(1..5),
            major: field.name.to_owned(),
            gpa: Some(f64::from(self.random.random_range(38..51_u32)).min(50.0) / 10.0),
            skills,
            languages: self.languages(&wished),
            choices_only: self.strict,
            available_from: "2027-05-31".to_owned(),
            available_until: self.of(&["2027-08-27", "2027-09-03", "2027-09-10", "2027-09-17"]).to_owned(),
            citizenships: vec![citizenship.to_owned()],
            work_authorization: Some(pb::WorkAuthorization {
                required: true,
                granted: self.chance(50),
                ..pb::WorkAuthorization::default()
            }),
            missing_materials: if self.chance(3) { vec!["transcript".to_owned()] } else { Vec::new() },
            ..pb::Student::default()
        };
        student.choices = self.choices(field_index, &wished, projects);
        student
    }

    /// Up to three countries, the popular ones more often.
    fn wished_places(&mut self) -> Vec<usize> {
        let mut wished = Vec::new();
        for _ in 0..self.random.random_range(2..4) {
            let place = self.below(self.places.len()).min(self.below(self.places.len()));
            if !wished.contains(&place) {
                wished.push(place);
            }
        }
        wished
    }

    fn languages(&mut self, wished: &[usize]) -> Vec<pb::StudentLanguage> {
        let mut languages = vec![pb::StudentLanguage {
            language: "en".to_owned(),
            level: pb::LanguageLevel::C2 as i32,
            ..Default::default()
        }];
        for &place in wished {
            let language = self.places[place].language;
            if languages.iter().all(|held| held.language != language) && self.chance(80) {
                let by_semesters = self.chance(30);
                languages.push(pb::StudentLanguage {
                    language: language.to_owned(),
                    level: if by_semesters { 0 } else { self.random.random_range(1..7) },
                    semesters: by_semesters.then(|| self.random.random_range(1..9)),
                    evidence: String::new(),
                });
            }
        }
        languages
    }

    /// Some projects of the student's own field first, then the countries.
    fn choices(&mut self, field: usize, wished: &[usize], projects: &[(usize, pb::Project)]) -> Vec<pb::Choice> {
        use pb::choice::Target;
        let programs: Vec<String> = wished.iter().map(|&p| format!("MISTI-{}", self.places[p].country)).collect();
        let liked: Vec<&pb::Project> =
            projects.iter().filter(|(f, p)| *f == field && programs.contains(&p.program_id)).map(|(_, p)| p).collect();
        let mut targets: Vec<Target> = Vec::new();
        if !liked.is_empty() {
            for _ in 0..self.random.random_range(1..4) {
                let target = Target::ProjectId(liked[self.below(liked.len())].project_id.clone());
                if !targets.contains(&target) {
                    targets.push(target);
                }
            }
        }
        targets.extend(programs.into_iter().map(Target::ProgramId));
        targets
            .into_iter()
            .zip(1..)
            .map(|(target, rank)| pb::Choice { rank: Some(rank), target: Some(target) })
            .collect()
    }

    /// Hosts rank some of those who chose their project itself.
    fn rank(&mut self, students: &[pb::Student], projects: &mut [pb::Project]) {
        for project in projects {
            if !self.chance(40) {
                continue;
            }
            let chose = |s: &&pb::Student| {
                s.choices.iter().any(|c| c.target == Some(pb::choice::Target::ProjectId(project.project_id.clone())))
            };
            let ids: Vec<String> = students.iter().filter(chose).map(|s| s.student_id.clone()).collect();
            project.student_ranks = ids
                .into_iter()
                .zip(1..)
                .map(|(student_id, rank)| pb::StudentRank { student_id, rank: Some(rank) })
                .collect();
        }
    }

    /// Interviews at some students' first choice.
    fn interviews(&mut self, students: &[pb::Student]) -> Vec<pb::PairNote> {
        let mut notes = Vec::new();
        for student in students {
            let first = student.choices.first().and_then(|choice| choice.target.clone());
            if let Some(pb::choice::Target::ProjectId(project_id)) = first
                && self.chance(30)
            {
                notes.push(pb::PairNote {
                    student_id: student.student_id.clone(),
                    project_id,
                    interview_rating: Some(f64::from(self.random.random_range(4..11_u32)) / 10.0),
                    ..pb::PairNote::default()
                });
            }
        }
        notes
    }
}
