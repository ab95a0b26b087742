//! Problems written, marked, decided and read back.

use rules::codes;
use sheets::{Limits, read};

use super::*;
use crate::read_decisions;

fn problem(file: &str, sheet: &str, place: Place, severity: Severity, decision: &str) -> Problem {
    Problem {
        file: file.to_owned(),
        sheet: sheet.to_owned(),
        place,
        record_id: "S1".to_owned(),
        column: "gpa".to_owned(),
        code: &codes::OUT_OF_RANGE,
        severity,
        found: "=45".to_owned(),
        problem: "45 is above 5".to_owned(),
        suggestion: "4.5".to_owned(),
        decision: decision.to_owned(),
    }
}

fn sheets_of(file: &str, bytes: &[u8]) -> Vec<Sheet> {
    read(file, bytes, &Limits::default()).expect("a spreadsheet").sheets
}

fn problems() -> Vec<Problem> {
    vec![
        problem("students.csv", "", Place::Cell(2, 1), Severity::Error, "=accept"),
        problem("students.csv", "", Place::Column(1), Severity::Ask, "'keep"),
        problem("book.xlsx", "Projects", Place::Row(3), Severity::Warning, "skip"),
        problem("book.xlsx", "Projects", Place::Sheet, Severity::Note, ""),
        problem("gone.csv", "", Place::Cell(2, 1), Severity::Note, " "),
    ]
}

#[test]
fn decisions_are_read_back_from_the_csv_and_the_workbook() {
    let problems = problems();
    let workbook = problems_workbook(&problems, &[]).expect("a workbook");
    for (file, bytes) in [("p.csv", problems_csv(&problems)), ("p.xlsx", workbook)] {
        let sheets = sheets_of(file, &bytes);
        let decisions = read_decisions(&sheets[0]).expect("decisions");
        assert_eq!(decisions.len(), 3, "{file}: what is not decided is left out");
        for (decision, problem) in decisions.iter().zip(&problems) {
            let read = (&decision.file, &decision.sheet, decision.place, &decision.column, &decision.found);
            assert_eq!(read, (&problem.file, &problem.sheet, problem.place, &problem.column, &problem.found), "{file}");
            let read = (&decision.record_id, &*decision.code, &decision.suggestion, &decision.decision);
            assert_eq!(
                read,
                (&problem.record_id, problem.code.number, &problem.suggestion, &problem.decision),
                "{file}"
            );
        }
        assert_eq!(decisions.iter().map(|decision| decision.line).collect::<Vec<_>>(), [2, 3, 4]);
    }
}

#[test]
fn the_workbook_carries_the_sheets_with_their_cells_marked_and_leads_to_them() {
    let students = sheets_of("students.csv", b"student_id,gpa\r\nS1,45\r\n");
    let project = Sheet {
        file: "book.xlsx".to_owned(),
        name: "Projects".to_owned(),
        format: Format::Xlsx,
        ..students[0].clone()
    };
    let old = Sheet { name: PROBLEMS.to_owned(), ..project.clone() };
    let bytes = problems_workbook(&problems(), &[old, students[0].clone(), project]).expect("a workbook");
    let sheets = sheets_of("p.xlsx", &bytes);
    let names: Vec<&str> = sheets.iter().map(|sheet| sheet.name.as_str()).collect();
    assert_eq!(names, ["Problems", "Origin", "students", "Projects"]);
    assert!(sheets[1].is_hidden && !sheets[0].is_hidden);
    assert_eq!(
        sheets[2].rows.iter().map(|row| &row.cells).collect::<Vec<_>>(),
        students[0].rows.iter().map(|row| &row.cells).collect::<Vec<_>>()
    );
    assert!(is_problems(&sheets[0]) && !is_problems(&sheets[2]) && !is_problems(&students[0]));
    let part = |name: &str| part(&bytes, name);
    let links = part("xl/worksheets/sheet1.xml");
    for link in [
        "ref=\"C2\" location=\"'students'!B2\"",
        "ref=\"C3\" location=\"'students'!B:B\"",
        "location=\"'Projects'!3:3\"",
    ] {
        assert!(links.contains(link), "{link}: {links}");
    }
    assert_eq!(links.matches("<hyperlink ").count(), 3, "a sheet that is not there can't be led to");
    let notes: Vec<String> = (1..=3).map(|at| part(&format!("xl/comments{at}.xml"))).collect();
    let error = "ERROR M1006: 45 is above 5. Suggestion: 4.5";
    assert!(notes.iter().any(|notes| notes.contains("<comment ref=\"B2\"") && notes.contains(error)), "{notes:?}");
}

/// A part of a workbook as text.
fn part(bytes: &[u8], name: &str) -> String {
    use std::io::Read;
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).expect("a zip");
    let mut text = String::new();
    archive.by_name(name).expect("the part").read_to_string(&mut text).expect("text");
    text
}

#[test]
fn a_typed_decision_is_text_whatever_the_spreadsheet_made_of_it() {
    let bytes = b"file,SHEET, cell ,column,code,found,decision\r\nx.csv,,B2,gpa,M1006,45,4.50\r\nx.csv,,B3,gpa,M1006,46,'=keep\r\n";
    let mut sheet = sheets_of("d.csv", bytes).remove(0);
    let decided = |sheet: &Sheet| -> Vec<String> {
        read_decisions(sheet).expect("decisions").into_iter().map(|decision| decision.decision).collect()
    };
    assert_eq!(decided(&sheet), ["4.50", "=keep"]);
    sheet.format = Format::Xlsx;
    sheet.rows[1].cells[5].value = Some(sheets::Value::Number(4.5));
    sheet.rows[2].cells[5] = sheets::Cell {
        column: 6,
        value: Some(sheets::Value::Failed("#NAME?".to_owned())),
        formula: Some("=keep".to_owned()),
        covered_by: None,
    };
    assert_eq!(decided(&sheet), ["4.5", "=keep"]);
}

#[test]
fn a_table_that_is_none_of_decisions_and_addresses_that_are_none_are_refused() {
    let refused = |text: &[u8]| {
        let findings = read_decisions(&sheets_of("d.csv", text)[0]).expect_err("refused");
        findings.iter().map(|finding| format!("{} {}", finding.code.reason, finding.message)).collect::<Vec<_>>()
    };
    assert_eq!(
        refused(b"student_id,decision\r\nS1,keep\r\n"),
        ["NO_DECISIONS d.csv has no column file, sheet, cell, column, code, found"]
    );
    assert_eq!(refused(b"").len(), 1);
    let wrong =
        b"file,sheet,cell,column,code,found,decision\r\nx,,C0,,,,keep\r\nx,,,,,,skip\r\nx,,C:D,,,,keep\r\nx,,?,,,,\r\n";
    let expected = [
        "MALFORMED_CELL C0 in line 2 of d.csv is no address of a cell",
        "MALFORMED_CELL C:D in line 4 of d.csv is no address of a cell",
    ];
    assert_eq!(refused(wrong), expected);
}

#[test]
fn what_no_workbook_holds_is_told_with_its_cell_and_a_csv_holds_it() {
    let long = Problem { found: "x".repeat(40_000), ..problem("x.csv", "", Place::Cell(2, 1), Severity::Error, "") };
    let findings = problems_workbook(std::slice::from_ref(&long), &[]).expect_err("too long");
    assert_eq!((findings[0].code.reason, findings[0].field.as_str()), ("CELL_TOO_LONG", "Problems!I2"));
    assert!(String::from_utf8(problems_csv(&[long])).expect("text").contains(&"x".repeat(40_000)));
    let wide = sheets::Cell::text(20_000, "x");
    let mut sheet = sheets_of("x.csv", b"a\r\n").remove(0);
    sheet.rows[0].cells.push(wide);
    let findings = problems_workbook(&[], &[sheet.clone()]).expect_err("too wide");
    assert_eq!((findings[0].code.reason, findings[0].field.as_str()), ("TABLE_TOO_LARGE", "x!ACOG1"));
    sheet.rows = vec![sheets::Row { line: 200_000, ..sheet.rows[0].clone() }];
    sheet.rows[0].cells = vec![sheets::Cell { covered_by: Some((1, 0)), ..sheets::Cell::text(400, "x") }];
    assert_eq!(problems_workbook(&[], &[sheet]).expect_err("too much")[0].code.reason, "WORKBOOK_REFUSED");
}

#[test]
fn a_workbook_read_again_asks_what_only_the_files_showed_and_an_edit_of_it_counts() {
    let bytes = b"\xef\xbb\xbfstudent_id,name,gpa\r\nS1,M\xc3\xbcller,4\r\nS2,Ana\r\nS3,\"'=1\",3\r\nS4,\xff,1\r\n";
    let originals = sheets_of("Winter students.csv", bytes);
    let torn = Problem {
        code: &codes::UNCLOSED_QUOTE,
        ..problem("Winter students.csv", "", Place::Cell(4, 1), Severity::Error, "")
    };
    let other = problem("Winter students.csv", "", Place::Cell(2, 2), Severity::Error, "");
    let book = problems_workbook(&[torn.clone(), other], &originals).expect("a workbook");
    let again = crate::origin::restored(sheets_of("problems.xlsx", &book));
    assert_eq!(
        again.iter().map(|sheet| (&*sheet.file, &*sheet.name)).collect::<Vec<_>>()[1],
        ("Winter students.csv", "")
    );
    assert_eq!((&again[1].rows, again[1].format), (&originals[0].rows, Format::Text));
    let told = crate::origin::told_of_files(&again);
    assert_eq!(
        told.iter().map(|told| (told.code, told.place, told.severity)).collect::<Vec<_>>(),
        [(torn.code, torn.place, torn.severity)]
    );

    let mut edited = sheets_of("problems.xlsx", &book);
    edited[2].rows[2].cells.push(sheets::Cell::text(2, "4.5"));
    let undecoded =
        edited[2].rows.iter().position(|row| row.cells.iter().any(|cell| cell.shown().contains('\u{fffd}')));
    let undecoded = undecoded.expect("a cell that is no text");
    edited[2].rows[undecoded].cells[1] = sheets::Cell::text(1, "Müller");
    let edited = crate::origin::restored(edited);
    assert_eq!(edited[1].rows[2].width, Some(3), "a row that was filled up is whole");
    assert_eq!(edited[1].rows[undecoded].cells[1].value, Some(sheets::Value::Text("Müller".to_owned())));
}

#[test]
fn an_origin_that_says_nonsense_changes_nothing_that_is_not_named() {
    let mut sheet =
        sheets_of("x.csv", b"copy,file,sheet,format,line,column,cells\r\nx,,,?,99999999999,-1,x\r\n,,,,5,,\r\n")
            .remove(0);
    (sheet.name, sheet.format) = ("Origin".to_owned(), Format::Xlsx);
    let other = Sheet { name: "students".to_owned(), ..sheets_of("b.xlsx", b"student_id\r\nS1\r\n").remove(0) };
    let restored = crate::origin::restored(vec![sheet, other.clone()]);
    assert_eq!((restored.len(), &restored[0].name, &restored[0].rows), (1, &other.name, &other.rows));
}
