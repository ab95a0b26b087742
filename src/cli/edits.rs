//! What would be otherwise, by options: each is an edit, and goes with whom or what it is about.

use super::files::Failure;
use super::subject::Subject;
use pb::contribution::Criterion;
use pb::edit::Kind;
use wire::pb;

/// What would be otherwise.
#[derive(Debug, Clone, Default, PartialEq, clap::Args)]
pub(super) struct EditOptions {
    #[command(flatten)]
    about: Subject,
    /// This quota.
    #[arg(long, value_name = "ID")]
    quota: Option<String>,
    /// This fund.
    #[arg(long, value_name = "ID")]
    fund: Option<String>,
    /// This country, such as JP.
    #[arg(long, value_name = "CODE")]
    country: Option<String>,
    /// Of a project or host, or of both: so many seats, or by so many more or fewer.
    #[arg(long, value_name = "N|+N|-N", value_parser = number, allow_negative_numbers = true)]
    seats: Option<Number>,
    /// Of a project: opens with so many. Of a quota: asks for so many.
    #[arg(long, value_name = "N|+N|-N", value_parser = number, allow_negative_numbers = true)]
    minimum: Option<Number>,
    /// Of a quota: allows so many.
    #[arg(long, value_name = "N|+N|-N", value_parser = number, allow_negative_numbers = true)]
    maximum: Option<Number>,
    /// Of a fund: carries so many placements.
    #[arg(long, value_name = "N|+N|-N", value_parser = number, allow_negative_numbers = true)]
    places: Option<Number>,
    /// Of a project: it takes nobody.
    #[arg(long)]
    close: bool,
    /// Of a project: it must open.
    #[arg(long)]
    open: bool,
    /// Of a student and a project: they are matched.
    #[arg(long)]
    pin: bool,
    /// Of a student and a project: they are not matched.
    #[arg(long)]
    forbid: bool,
    /// Of a student and a project: they need not be matched.
    #[arg(long)]
    unpin: bool,
    /// Of a student: they have a place.
    #[arg(long)]
    must_place: bool,
    /// Of a student or a host: they take part no more.
    #[arg(long)]
    withdraw: bool,
    /// Of a student, at a project or everywhere: this rule does not hold, such as GPA.
    #[arg(long, value_name = "RULE", value_parser = rule)]
    waive: Vec<pb::Rule>,
    /// Of a country: nobody goes there.
    #[arg(long)]
    suspend: bool,
    /// A weight of the points, such as SKILLS=2.
    #[arg(long, value_name = "TERM=W", value_parser = weight)]
    weight: Vec<(Criterion, f64)>,
}

/// A number as it is to be, or by how much it changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Number {
    To(i64),
    By(i64),
}

/// With whom or what each option goes.
const GOES_WITH: [(&str, &[&[&str]]); 11] = [
    ("--seats", &[&["--project"], &["--host"], &["--project", "--host"]]),
    ("--minimum", &[&["--project"], &["--quota"]]),
    ("--maximum", &[&["--quota"]]),
    ("--places", &[&["--fund"]]),
    ("--close", &[&["--project"]]),
    ("--open", &[&["--project"]]),
    ("--pin, --forbid or --unpin", &[&["--student", "--project"]]),
    ("--must-place", &[&["--student"]]),
    ("--withdraw", &[&["--student"], &["--host"]]),
    ("--waive", &[&["--student"], &["--student", "--project"]]),
    ("--suspend", &[&["--country"]]),
];

impl EditOptions {
    /// Whether nothing is asked by options.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether the season is needed to know what is meant.
    pub fn needs_season(&self) -> bool {
        self.about.is_named() || self.close
    }

    /// The edits that are meant. `season` is looked at where it is needed.
    pub fn edits(&self, season: Option<&pb::Instance>) -> Result<Vec<pb::Edit>, Failure> {
        let named = match season {
            Some(season) if self.about.is_named() => Self { about: self.about.by_ids(season)?, ..self.clone() },
            _ => self.clone(),
        };
        named.check().map_err(Failure::of_arguments)?;
        Ok(named.made(season))
    }

    /// Whether each option has whom or what it goes with.
    fn check(&self) -> Result<(), String> {
        let about = [
            ("--student", &self.about.student),
            ("--project", &self.about.project),
            ("--host", &self.about.host),
            ("--quota", &self.quota),
            ("--fund", &self.fund),
            ("--country", &self.country),
        ];
        let about: Vec<&str> = about.iter().filter(|(_, id)| id.is_some()).map(|(option, _)| *option).collect();
        let is_given = [
            self.seats.is_some(),
            self.minimum.is_some(),
            self.maximum.is_some(),
            self.places.is_some(),
            self.close,
            self.open,
            self.pin || self.forbid || self.unpin,
            self.must_place,
            self.withdraw,
            !self.waive.is_empty(),
            self.suspend,
        ];
        let mut says_what = false;
        for ((option, with), _) in GOES_WITH.iter().zip(is_given).filter(|(_, is_given)| *is_given) {
            if !with.contains(&&about[..]) {
                let with: Vec<String> = with.iter().map(|with| with.join(" and ")).collect();
                return Err(format!("{option} goes with {}{}", with.join(", or with "), and_not(&about)));
            }
            says_what = true;
        }
        if about.is_empty() || says_what {
            return Ok(());
        }
        let fitting = GOES_WITH.iter().filter(|(_, with)| with.contains(&&about[..])).map(|(option, _)| *option);
        let fitting: Vec<&str> = fitting.collect();
        Err(match &fitting[..] {
            [] => format!("{} do not go together", about.join(" and ")),
            fitting => format!("say what of {} would be otherwise: {}", about.join(" and "), fitting.join(", ")),
        })
    }

    /// The edits of options that go together.
    fn made(&self, season: Option<&pb::Instance>) -> Vec<pb::Edit> {
        let text = |id: &Option<String>| id.clone().unwrap_or_default();
        let (project, host) = (text(&self.about.project), text(&self.about.host));
        let about = pb::Edit {
            student_ids: self.about.student.iter().cloned().collect(),
            project_id: project.clone(),
            ..pb::Edit::default()
        };
        let of = |kind: Kind| pb::Edit { kind: kind as i32, ..pb::Edit::default() };
        let of_about = |kind: Kind| pb::Edit { kind: kind as i32, ..about.clone() };
        let of_project = |kind: Kind| pb::Edit { project_id: project.clone(), ..of(kind) };
        let of_quota = |kind: Kind| pb::Edit { quota_id: text(&self.quota), ..of(kind) };
        let mut edits = Vec::new();
        if let Some(minimum) = self.minimum {
            let edit = if project.is_empty() { of_quota(Kind::QuotaMinimum) } else { of_project(Kind::ProjectMinimum) };
            edits.push(minimum.of(edit));
        }
        if let Some(seats) = self.seats {
            let of_host = pb::Edit { host_id: host.clone(), ..of(Kind::HostSeats) };
            edits.extend((!project.is_empty()).then(|| seats.of(of_project(Kind::ProjectSeats))));
            edits.extend((!host.is_empty()).then(|| seats.of(of_host)));
        }
        edits.extend(self.maximum.map(|maximum| maximum.of(of_quota(Kind::QuotaMaximum))));
        let of_fund = pb::Edit { fund_id: text(&self.fund), ..of(Kind::FundPlaces) };
        edits.extend(self.places.map(|places| places.of(of_fund)));
        if self.close {
            let row = season.and_then(|season| season.projects.iter().find(|row| row.project_id == project));
            if row.is_some_and(|row| row.must_open) {
                edits.push(of_project(Kind::ClearMustOpen));
            }
            // A minimum above its seats would contradict them.
            if row.is_some_and(|row| row.min_seat_count() > 0) {
                edits.push(Number::To(0).of(of_project(Kind::ProjectMinimum)));
            }
            edits.push(Number::To(0).of(of_project(Kind::ProjectSeats)));
        }
        let withdrawal = if host.is_empty() {
            of_about(Kind::WithdrawStudent)
        } else {
            pb::Edit { host_id: host, ..of(Kind::WithdrawHost) }
        };
        for (is_asked, edit) in [
            (self.open, of_project(Kind::MustOpen)),
            (self.pin, of_about(Kind::Pin)),
            (self.forbid, of_about(Kind::Forbid)),
            (self.unpin, of_about(Kind::RemovePin)),
            (self.must_place, of_about(Kind::MustPlace)),
            (self.withdraw, withdrawal),
            (self.suspend, pb::Edit { country_code: text(&self.country), ..of(Kind::SuspendCountry) }),
        ] {
            edits.extend(is_asked.then_some(edit));
        }
        edits.extend(self.waive.iter().map(|&rule| pb::Edit { rule: rule as i32, ..of_about(Kind::WaiveRule) }));
        edits.extend(self.weight.iter().map(|&(criterion, weight)| pb::Edit {
            criterion: criterion as i32,
            weight: Some(weight),
            ..of(Kind::TermWeight)
        }));
        edits
    }
}

/// What was asked about instead.
fn and_not(about: &[&str]) -> String {
    if about.is_empty() { String::new() } else { format!(", and not with {}", about.join(" and ")) }
}

impl Number {
    fn of(self, edit: pb::Edit) -> pb::Edit {
        match self {
            Self::To(to) => pb::Edit { to: Some(to), ..edit },
            Self::By(by) => pb::Edit { by: Some(by), ..edit },
        }
    }
}

fn number(text: &str) -> Result<Number, String> {
    let number: i64 = text.parse().map_err(|_| "a number such as 3, +1 or -1".to_owned())?;
    Ok(if text.starts_with(['+', '-']) { Number::By(number) } else { Number::To(number) })
}

/// A word of an enum, however it is written.
fn word(text: &str) -> String {
    text.to_uppercase().replace('-', "_")
}

fn rule(text: &str) -> Result<pb::Rule, String> {
    let rule = pb::Rule::from_str_name(&word(text)).filter(|&rule| rule != pb::Rule::Unspecified);
    rule.ok_or_else(|| "a rule such as GPA, LANGUAGE or SKILLS".to_owned())
}

fn weight(text: &str) -> Result<(Criterion, f64), String> {
    let terms = "SKILLS, LANGUAGE, PREFERENCE, HOST_RANK, INTERVIEW or AFFINITY, with = and a number";
    let (term, weight) = text.split_once('=').ok_or(terms)?;
    let term = Criterion::from_str_name(&word(term)).filter(|&term| term != Criterion::Unspecified);
    Ok((term.ok_or(terms)?, weight.parse().map_err(|_| terms.to_owned())?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Debug, Parser)]
    struct Asked {
        #[command(flatten)]
        options: EditOptions,
    }

    fn season() -> pb::Instance {
        let project = |id: &str, minimum: Option<i32>, must_open| pb::Project {
            project_id: id.to_owned(),
            min_seat_count: minimum,
            must_open,
            ..pb::Project::default()
        };
        pb::Instance { projects: vec![project("P", None, false), project("Q", Some(2), true)], ..Default::default() }
    }

    fn asked(options: &str) -> Result<Vec<pb::Edit>, String> {
        let parsed = Asked::try_parse_from(std::iter::once("what-if").chain(options.split(' ')));
        let parsed = parsed.map_err(|error| error.to_string())?;
        parsed.options.edits(Some(&season())).map_err(|failure| failure.line().to_owned())
    }

    fn kinds(options: &str) -> Vec<(Kind, Option<i64>, Option<i64>)> {
        let edits = asked(options).unwrap_or_else(|error| panic!("{options}: {error}"));
        edits.iter().map(|edit| (edit.kind(), edit.to, edit.by)).collect()
    }

    #[test]
    fn each_option_is_an_edit_of_whom_it_goes_with() {
        for (options, kind, to, by) in [
            ("--project P --seats 3", Kind::ProjectSeats, Some(3), None),
            ("--project P --seats +1", Kind::ProjectSeats, None, Some(1)),
            ("--host H --seats -1", Kind::HostSeats, None, Some(-1)),
            ("--project P --minimum 2", Kind::ProjectMinimum, Some(2), None),
            ("--quota Q --minimum 2", Kind::QuotaMinimum, Some(2), None),
            ("--quota Q --maximum -2", Kind::QuotaMaximum, None, Some(-2)),
            ("--fund F --places +5", Kind::FundPlaces, None, Some(5)),
            ("--project P --close", Kind::ProjectSeats, Some(0), None),
            ("--project P --open", Kind::MustOpen, None, None),
            ("--student S --project P --pin", Kind::Pin, None, None),
            ("--student S --project P --forbid", Kind::Forbid, None, None),
            ("--student S --project P --unpin", Kind::RemovePin, None, None),
            ("--student S --must-place", Kind::MustPlace, None, None),
            ("--student S --withdraw", Kind::WithdrawStudent, None, None),
            ("--host H --withdraw", Kind::WithdrawHost, None, None),
            ("--student S --waive gpa", Kind::WaiveRule, None, None),
            ("--student S --project P --waive work-authorization", Kind::WaiveRule, None, None),
            ("--country JP --suspend", Kind::SuspendCountry, None, None),
            ("--weight host_rank=0.5", Kind::TermWeight, None, None),
        ] {
            assert_eq!(kinds(options), [(kind, to, by)], "{options}");
        }
        let waived = asked("--student S --project P --waive work-authorization").expect("an edit");
        let waiver = (&waived[0].student_ids[..], waived[0].project_id.as_str(), waived[0].rule());
        assert_eq!(waiver, (&["S".to_owned()][..], "P", pb::Rule::WorkAuthorization));
    }

    #[test]
    fn options_that_belong_together_are_several_edits() {
        use Kind::{ClearMustOpen, HostSeats, ProjectMinimum, ProjectSeats, TermWeight};
        let both = [(ProjectSeats, None, Some(1)), (HostSeats, None, Some(1))];
        assert_eq!(kinds("--project P --host H --seats +1"), both);
        let opening = [(ProjectMinimum, Some(2), None), (ProjectSeats, Some(4), None)];
        assert_eq!(kinds("--project P --seats 4 --minimum 2"), opening);
        // A project that has to open with some is closed by taking that back as well.
        let closed = [(ClearMustOpen, None, None), (ProjectMinimum, Some(0), None), (ProjectSeats, Some(0), None)];
        assert_eq!(kinds("--project Q --close"), closed);
        let weights = [(TermWeight, None, None), (TermWeight, None, None)];
        assert_eq!(kinds("--weight SKILLS=1 --weight LANGUAGE=2"), weights);
    }

    #[test]
    fn what_does_not_go_together_is_told_with_what_does() {
        for (options, told) in [
            ("--seats +1", "--seats goes with --project, or with --host, or with --project and --host"),
            ("--student S --seats +1", "--host, or with --project and --host, and not with --student"),
            (
                "--student S --pin",
                "--pin, --forbid or --unpin goes with --student and --project, and not with --student",
            ),
            ("--project P --maximum 2", "--maximum goes with --quota, and not with --project"),
            ("--host H", "say what of --host would be otherwise: --seats, --withdraw"),
            ("--student S --host H", "--student and --host do not go together"),
            ("--project P --seats many", "a number such as 3, +1 or -1"),
            ("--student S --waive luck", "a rule such as GPA"),
            ("--weight LUCK=1", "SKILLS, LANGUAGE"),
        ] {
            let error = asked(options).expect_err(options);
            assert!(error.contains(told), "{options}: {error}");
        }
    }
}
