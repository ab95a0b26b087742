//! Short seasons of January: micro-internships paid by the hour, and externships with alumni.

use jiff::{Span, civil::Date};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::fields::{FIELDS, Field};
use super::places::PLACES;
use super::{FAMILY, GIVEN};
use wire::pb;

/// Monday of the first week of the break.
const FIRST_MONDAY: Date = jiff::civil::date(2027, 1, 4);

/// Short projects of a few hours a week, all over the world; some pay too little or do not say, some last longer than the break.
pub(super) fn micro_internships(seed: u64, students: u32, projects: u32) -> pb::Instance {
    let mut january = January { random: ChaCha8Rng::seed_from_u64(seed) };
    let hosts: Vec<pb::Host> = (0..projects.div_ceil(2).max(2)).map(|at| january.employer(at)).collect();
    let projects: Vec<(usize, pb::Project)> = (0..projects).map(|at| january.micro_project(at, &hosts)).collect();
    let students = (0..students).map(|at| january.micro_intern(at, &projects)).collect();
    let projects = projects.into_iter().map(|(_, project)| project).collect();
    pb::Instance { term: "2027-january".to_owned(), hosts, projects, students, ..pb::Instance::default() }
}

/// Alumni who each take one to four students for some weeks.
pub(super) fn externships(seed: u64, students: u32, projects: u32) -> pb::Instance {
    let mut january = January { random: ChaCha8Rng::seed_from_u64(seed) };
    let hosts: Vec<pb::Host> = (0..projects).map(|at| january.mentor(at)).collect();
    let projects: Vec<(usize, pb::Project)> = (0..projects).map(|at| january.visit(at, &hosts)).collect();
    let students = (0..students).map(|at| january.extern_student(at, &projects)).collect();
    let projects = projects.into_iter().map(|(_, project)| project).collect();
    pb::Instance { term: "2027-january".to_owned(), hosts, projects, students, ..pb::Instance::default() }
}

struct January {
    random: ChaCha8Rng,
}

impl January {
    fn below(&mut self, count: usize) -> usize {
        self.random.random_range(0..count)
    }

    fn of<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())]
    }

    fn chance(&mut self, percent: u32) -> bool {
        self.random.random_range(0..100) < percent
    }

    fn name(&mut self) -> String {
        format!("{} {}", self.of(GIVEN), self.of(FAMILY))
    }

    fn employer(&mut self, at: u32) -> pb::Host {
        let place = &PLACES[self.below(PLACES.len())];
        let field = &FIELDS[self.below(FIELDS.len())];
        pb::Host {
            host_id: format!("H{:04}", at + 1),
            title: format!("{} {} Works", self.of(place.cities), field.name),
            country_code: if self.chance(50) { "US" } else { place.country }.to_owned(),
            alumni: self.chance(40),
            ..pb::Host::default()
        }
    }

    fn mentor(&mut self, at: u32) -> pb::Host {
        pb::Host {
            host_id: format!("H{:04}", at + 1),
            title: self.name(),
            country_code: if self.chance(85) { "US" } else { PLACES[self.below(PLACES.len())].country }.to_owned(),
            // A friend of the programme now and then; the preset takes alumni only.
            alumni: self.chance(95),
            ..pb::Host::default()
        }
    }

    /// A project of whole weeks from a Monday to a Friday.
    fn project(&mut self, at: u32, host: &pb::Host, weeks: i64) -> (usize, pb::Project) {
        let field_at = self.below(FIELDS.len());
        let field = &FIELDS[field_at];
        let project = pb::Project {
            project_id: format!("P{:04}", at + 1),
            host_id: host.host_id.clone(),
            title: format!("{}: {}", field.name, self.of(field.topics)),
            start_date: FIRST_MONDAY.to_string(),
            end_date: (FIRST_MONDAY + Span::new().days(7 * weeks - 3)).to_string(),
            supervisor: if self.chance(97) { self.name() } else { String::new() },
            ..pb::Project::default()
        };
        (field_at, project)
    }

    fn micro_project(&mut self, at: u32, hosts: &[pb::Host]) -> (usize, pb::Project) {
        let host = &hosts[at as usize % hosts.len()];
        let weeks = self.of(&[2, 3, 4, 4, 4, 5, 6]);
        let (field_at, mut project) = self.project(at, host, weeks);
        let field = &FIELDS[field_at];
        let first = self.below(field.skills.len());
        project.skill_requirements = (0..2)
            .map(|step| pb::SkillRequirement {
                skill: field.skills[(first + step) % field.skills.len()].to_owned(),
                min_level: self.random.random_range(2..4),
                ..pb::SkillRequirement::default()
            })
            .collect();
        project.hours_per_week = Some(f64::from(self.of(&[8, 10, 15, 20, 20, 30, 35])));
        let amount = f64::from(self.random.random_range(24..60_u32)) / 2.0;
        project.hourly_pay = self.chance(94).then(|| pb::Money { amount, currency_code: "USD".to_owned() });
        project.sponsors_work_authorization = self.chance(20);
        (field_at, project)
    }

    fn visit(&mut self, at: u32, hosts: &[pb::Host]) -> (usize, pb::Project) {
        let weeks = self.random.random_range(1..5);
        let (field_at, mut project) = self.project(at, &hosts[at as usize], weeks);
        project.max_seat_count = Some(self.of(&[1, 1, 2, 2, 3, 4]));
        (field_at, project)
    }

    /// A student of a field, with the skills of its neighbourhood and no choices yet.
    fn student(&mut self, at: u32) -> (usize, pb::Student) {
        let field_at = self.below(FIELDS.len());
        let field: &Field = &FIELDS[field_at];
        let first = self.below(field.skills.len());
        let skills = (0..5).map(|step| pb::StudentSkill {
            skill: field.skills[(first + step) % field.skills.len()].to_owned(),
            level: self.random.random_range(2..6),
        });
        let skills = skills.collect();
        let level = if self.chance(75) { pb::StudyLevel::Undergraduate } else { pb::StudyLevel::Masters };
        let student = pb::Student {
            student_id: format!("S{:04}", at + 1),
            display_name: self.name(),
            study_level: level as i32,
            class_year: self.random.random_range(1..5),
            major: field.name.to_owned(),
            skills,
            choices_only: true,
            available_from: FIRST_MONDAY.to_string(),
            // Some have time beyond the break.
            available_until: self.of(&["2027-01-29", "2027-01-31", "2027-01-31", "2027-02-14"]).to_owned(),
            ..pb::Student::default()
        };
        (field_at, student)
    }

    /// Some projects, those of the student's own field four times as likely, best first.
    fn choices(&mut self, field: usize, count: usize, projects: &[(usize, pb::Project)]) -> Vec<pb::Choice> {
        let own: Vec<usize> = (0..projects.len()).filter(|&at| projects[at].0 == field).collect();
        let mut chosen: Vec<usize> = Vec::new();
        for _ in 0..count {
            let at = if !own.is_empty() && self.chance(80) { self.of(&own) } else { self.below(projects.len()) };
            if !chosen.contains(&at) {
                chosen.push(at);
            }
        }
        let target = |at: usize| Some(pb::choice::Target::ProjectId(projects[at].1.project_id.clone()));
        chosen.into_iter().map(|at| pb::Choice { rank: None, target: target(at) }).collect()
    }

    fn micro_intern(&mut self, at: u32, projects: &[(usize, pb::Project)]) -> pb::Student {
        let (field, mut student) = self.student(at);
        student.choices = self.choices(field, 7, projects);
        if self.chance(30) {
            // Who is from abroad needs an authorisation; some asked in summer, some too late, some do not know how long it takes.
            student.citizenships = vec![PLACES[self.below(PLACES.len())].country.to_owned()];
            student.work_authorization = Some(pb::WorkAuthorization {
                required: true,
                granted: self.chance(30),
                requested_date: self.of(&["2026-08-15", "2026-08-30", "2026-10-15", ""]).to_owned(),
                lead_time_days: self.chance(40).then(|| self.random.random_range(60..121)),
            });
        } else {
            student.citizenships = vec!["US".to_owned()];
        }
        student
    }

    fn extern_student(&mut self, at: u32, projects: &[(usize, pb::Project)]) -> pb::Student {
        let (field, mut student) = self.student(at);
        student.choices = self.choices(field, 5, projects);
        student
    }
}
