//! What a student or a host may know of a matching: the one source of their pages and of their letters.

use rules::domain::{Choice, HostIndex, Instance, Project, ProjectIndex, StudentIndex, Target};
use rules::eligibility::Verdict;
use rules::evaluation::PairEvaluator;
use serde::Serialize;
use wire::numbers::{count, counted};
use wire::{Audience, Teller, pb};

use crate::season::View;

/// What a student may know.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct StudentFacts {
    /// Their id.
    pub id: String,
    /// Their name; their id where none is known.
    pub name: String,
    /// The season's label.
    pub term: String,
    /// Their place.
    pub place: Option<PlaceFacts>,
    /// Why they have it, or none.
    pub sentences: Vec<String>,
    /// What they chose, the most wished for first.
    pub choices: Vec<ChoiceFacts>,
}

/// A place.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct PlaceFacts {
    /// The project's id.
    pub project_id: String,
    /// Its title; its id where it has none.
    pub project: String,
    /// Its host's title; empty: it has none.
    pub host: String,
    /// Its country's name; empty: not known.
    pub country: String,
    /// Its program's title; empty: it has none.
    pub program: String,
    /// First day, such as `1 June 2027`; empty: not known.
    pub start: String,
    /// Last day.
    pub end: String,
    /// Hours a week; empty: not known.
    pub hours_per_week: String,
    /// What the host pays for the whole of it; empty: not known.
    pub stipend: String,
    /// The rank of the choice that covers it; none: no choice does.
    pub choice_rank: Option<i32>,
}

/// A choice, and what became of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct ChoiceFacts {
    /// 1 is best.
    pub rank: u32,
    /// What was chosen.
    pub title: String,
    /// What became of it.
    pub sentence: String,
    /// Whether the place is this, or one of these.
    pub is_place: bool,
}

/// What a host may know.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct HostFacts {
    /// Its id.
    pub id: String,
    /// Its title; its id where it has none.
    pub name: String,
    /// The season's label.
    pub term: String,
    /// Its country's name; empty: not known.
    pub country: String,
    /// Its seats, its own limit counted.
    pub seat_count: u64,
    /// Who comes, in all.
    pub placed_count: u64,
    /// Its projects, by id.
    pub projects: Vec<ProjectFacts>,
}

/// One of a host's projects.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct ProjectFacts {
    /// Its id.
    pub id: String,
    /// Its title; its id where it has none.
    pub title: String,
    /// First day; empty: not known.
    pub start: String,
    /// Last day.
    pub end: String,
    /// Its seats.
    pub seat_count: u32,
    /// Who comes, by id.
    pub students: Vec<ComingFacts>,
    /// Why it has whom it has.
    pub sentences: Vec<String>,
}

/// A student who comes to a host.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct ComingFacts {
    /// Their id.
    pub id: String,
    /// Their name; their id where none is known.
    pub name: String,
}

/// Makes the facts of one season.
pub(crate) struct Facts<'a> {
    view: &'a View<'a>,
    evaluator: PairEvaluator<'a>,
    to_student: Teller<'a>,
    to_host: Teller<'a>,
}

/// A title, or the id where there is none.
fn or_id(title: &str, id: &str) -> String {
    if title.is_empty() { id.to_owned() } else { title.to_owned() }
}

fn day(date: Option<rules::domain::Date>) -> String {
    date.map_or_else(String::new, |date| date.strftime("%-d %B %Y").to_string())
}

impl<'a> Facts<'a> {
    /// Of a season.
    pub fn new(view: &'a View<'a>) -> Self {
        let teller = |reader| Teller::new(view.request, reader, view.is_best());
        Self {
            view,
            evaluator: PairEvaluator::new(view.instance(), &view.request.policy),
            to_student: teller(Audience::Student),
            to_host: teller(Audience::Host),
        }
    }

    fn instance(&self) -> &'a Instance {
        self.view.instance()
    }

    /// Of one student.
    pub fn student(&self, student: StudentIndex) -> StudentFacts {
        let row = &self.instance().students[student.at()];
        let place = self.view.place_of(row.id.as_str());
        let at = place.and_then(|place| self.view.project(&place.project_id));
        StudentFacts {
            id: row.id.to_string(),
            name: or_id(&row.display_name, row.id.as_str()),
            term: self.instance().term.clone(),
            place: place.zip(at).map(|(place, (_, project))| self.place(project, place.choice_rank)),
            sentences: self.why(student, place),
            choices: if row.withdrawn { Vec::new() } else { self.choices(student, place) },
        }
    }

    fn place(&self, project: &Project, choice_rank: Option<i32>) -> PlaceFacts {
        let instance = self.instance();
        let host = project.host.map(|host| &instance.hosts[host.at()]);
        let program = project.program.map(|program| &instance.programs[program.at()]);
        PlaceFacts {
            project_id: project.id.to_string(),
            project: or_id(&project.title, project.id.as_str()),
            host: host.map_or_else(String::new, |host| or_id(&host.title, host.id.as_str())),
            country: instance.country_of(project).map_or_else(String::new, |country| country.name().to_owned()),
            program: program.map_or_else(String::new, |program| or_id(&program.title, program.id.as_str())),
            start: day(project.start),
            end: day(project.end),
            hours_per_week: project.hours.map_or_else(String::new, |hours| hours.to_string()),
            stipend: project.stipend.as_ref().map_or_else(String::new, ToString::to_string),
            choice_rank,
        }
    }

    /// Why a student has their place, or none.
    fn why(&self, student: StudentIndex, place: Option<&pb::Assignment>) -> Vec<String> {
        let id = self.instance().students[student.at()].id.as_str();
        let (explained, left) = (self.view.explained_student(id), self.view.why_unmatched(id));
        if place.is_none() && left.is_none() {
            return vec!["There is no placement yet.".to_owned()];
        }
        let at = place.and_then(|place| self.view.project(&place.project_id));
        let note = at.and_then(|(project, _)| self.instance().note(student, project));
        let mut message = explained.cloned().unwrap_or_else(|| pb::StudentExplanation {
            pinned: note.is_some_and(|note| note.pinned),
            accepted: note.is_some_and(|note| note.offer == Some(rules::domain::OfferState::Accepted)),
            ..pb::StudentExplanation::default()
        });
        id.clone_into(&mut message.student_id);
        message.assignment = place.cloned();
        message.unmatched = left.map(|left| message.unmatched.unwrap_or_else(|| left.clone()));
        // Each choice says what became of it.
        message.preferred.clear();
        message.preferred_count = 0;
        self.to_student.student(message)
    }

    fn choices(&self, student: StudentIndex, place: Option<&pb::Assignment>) -> Vec<ChoiceFacts> {
        let row = &self.instance().students[student.at()];
        let mut choices: Vec<&Choice> = row.choices.iter().collect();
        choices.sort_by_key(|choice| (choice.rank, choice.target));
        let at = place.and_then(|place| self.view.project(&place.project_id)).map(|(project, _)| project);
        let covering = at.and_then(|project| {
            let targets = self.instance().targets_of(project);
            targets.into_iter().find(|target| row.choices.iter().any(|choice| choice.target == *target))
        });
        let facts = choices.into_iter().map(|choice| {
            let is_place = covering == Some(choice.target);
            let sentence = match choice.target {
                Target::Project(_) if is_place => "This is your place.".to_owned(),
                _ if is_place => "Your place is one of these.".to_owned(),
                target => self.what_became(student, target, choice.rank, place),
            };
            ChoiceFacts { rank: choice.rank, title: self.target(choice.target), sentence, is_place }
        });
        facts.collect()
    }

    /// What became of a choice that is not the place.
    fn what_became(&self, student: StudentIndex, target: Target, rank: u32, place: Option<&pb::Assignment>) -> String {
        let had = place.and_then(|place| place.choice_rank).map(|rank| rank.unsigned_abs());
        match had {
            Some(had) if had < rank => return "You have a place that you ranked higher.".to_owned(),
            Some(had) if had == rank => return "You have a place that you ranked as high.".to_owned(),
            _ => {}
        }
        let gives = if place.is_some() { "another place" } else { "none" };
        if let Target::Project(project) = target {
            if let Some(pair) = self.explained_pair(student, project) {
                return self.to_student.pair(pair.clone());
            }
            let pair = self.evaluator.evaluate(student, project);
            if pair.verdict != Verdict::Eligible {
                return self.to_student.refused(&pair);
            }
            return format!("It is open to you; the placement as a whole gives you {gives}.");
        }
        let covered = |project: &ProjectIndex| self.instance().targets_of(*project).contains(&target);
        let projects: Vec<ProjectIndex> = self.instance().project_indices().filter(covered).collect();
        let is_open = |&project: &ProjectIndex| self.evaluator.refusing(student, project).is_empty();
        match projects.len() {
            0 => "There is no project there.".to_owned(),
            1 if !projects.iter().any(is_open) => "The one project there is not open to you.".to_owned(),
            number if !projects.iter().any(is_open) => {
                format!("None of the {} there is open to you.", counted(number as i64, "project"))
            }
            _ => format!("Projects there are open to you; the placement as a whole gives you {gives}."),
        }
    }

    fn explained_pair(&self, student: StudentIndex, project: ProjectIndex) -> Option<&pb::PairExplanation> {
        let (student, project) = (&self.instance().students[student.at()], &self.instance().projects[project.at()]);
        let explained = self.view.explained_student(student.id.as_str())?;
        let is_it = |pair: &&pb::PairExplanation| {
            pair.evaluation.as_ref().is_some_and(|evaluation| evaluation.project_id == project.id.as_str())
        };
        explained.preferred.iter().find(is_it)
    }

    fn target(&self, target: Target) -> String {
        let instance = self.instance();
        let of_host = |project: &Project| project.host.map(|host| &instance.hosts[host.at()]);
        match target {
            Target::Project(project) => {
                let row = &instance.projects[project.at()];
                let title = or_id(&row.title, row.id.as_str());
                match of_host(row) {
                    Some(host) => format!("{title}, {}", or_id(&host.title, host.id.as_str())),
                    None => title,
                }
            }
            Target::Host(host) => {
                let row = &instance.hosts[host.at()];
                format!("Any project of {}", or_id(&row.title, row.id.as_str()))
            }
            Target::Program(program) => {
                let row = &instance.programs[program.at()];
                format!("Any project of {}", or_id(&row.title, row.id.as_str()))
            }
            Target::Country(country) => format!("Any project in {}", country.name()),
        }
    }

    /// Of one host.
    pub fn host(&self, host: HostIndex) -> HostFacts {
        let instance = self.instance();
        let row = &instance.hosts[host.at()];
        let of_host = |project: &ProjectIndex| instance.projects[project.at()].host == Some(host);
        let projects: Vec<ProjectIndex> = instance.project_indices().filter(of_host).collect();
        let seat_count = instance.seats_over(projects.iter().copied());
        let projects: Vec<ProjectFacts> = projects.into_iter().map(|project| self.project(project)).collect();
        HostFacts {
            id: row.id.to_string(),
            name: or_id(&row.title, row.id.as_str()),
            term: instance.term.clone(),
            country: row.country.map_or_else(String::new, |country| country.name().to_owned()),
            seat_count,
            placed_count: projects.iter().map(|project| project.students.len() as u64).sum(),
            projects,
        }
    }

    fn project(&self, project: ProjectIndex) -> ProjectFacts {
        let row = &self.instance().projects[project.at()];
        let coming = self.view.coming_to(row.id.as_str()).iter().map(|place| {
            let name = self.view.student(&place.student_id).map_or("", |(_, student)| &student.display_name);
            ComingFacts { id: place.student_id.clone(), name: or_id(name, &place.student_id) }
        });
        ProjectFacts {
            id: row.id.to_string(),
            title: or_id(&row.title, row.id.as_str()),
            start: day(row.start),
            end: day(row.end),
            seat_count: row.max_seats(),
            students: coming.collect(),
            sentences: self.why_there(row),
        }
    }

    /// Why a project has whom it has. Nobody is named: who comes is listed apart, and who does not is not the host's to know.
    fn why_there(&self, row: &Project) -> Vec<String> {
        let id = row.id.as_str();
        let taken = self.view.coming_to(id).len();
        if let Some(explained) = self.view.explained_project(id) {
            let mut message = explained.clone();
            message.next_students.clear();
            message.assignments = vec![pb::Assignment::default(); taken];
            return self.to_host.project(message);
        }
        let seats = i64::from(row.max_seats());
        let told = match self.view.why_empty(id) {
            _ if taken as i64 == seats && taken > 0 => format!("Taken: {}.", counted(seats, "seat")),
            _ if taken > 0 => format!("Taken: {} of {}.", count(taken as i64), counted(seats, "seat")),
            None => "There is no placement yet.".to_owned(),
            Some(reason) => {
                use pb::empty_project::Reason;
                match reason {
                    Reason::NoSeats => "It has no seats.".to_owned(),
                    Reason::NoEligibleStudent => "No student may go there.".to_owned(),
                    Reason::HostFull => "Your other projects use every seat that you offer in all.".to_owned(),
                    Reason::BelowMinimum => {
                        let least = counted(row.min_seats().into(), "student");
                        format!("It stays closed: it opens with at least {least}.")
                    }
                    Reason::NotNeeded | Reason::Unspecified => {
                        "Nobody comes: the placement as a whole is best so.".to_owned()
                    }
                }
            }
        };
        vec![told]
    }
}
