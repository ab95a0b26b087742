//! Text files: what is kept, what is told.

use sheets::{Limits, Oddity, Value, read};

use crate::files::{lines, only, open};

#[test]
fn nothing_of_a_cell_is_lost() {
    let text = "id, name ,note\n S1\t,\u{a0}Zoë,a\u{0}b\u{7}\n,,\n   ,\" \",\nS2,\"x\ny\",'q'\n";
    let sheet = only("a.csv", text.as_bytes());
    let expected = ["1: A=id B= name  C=note", "2: A= S1\t B=\u{a0}Zoë C=a\u{0}b\u{7}", "5: A=S2 B=x\ny C='q'"];
    assert_eq!(lines(&sheet), expected);
    assert_eq!(sheet.rows.iter().map(|row| row.width).collect::<Vec<_>>(), [Some(3); 3]);
}

#[test]
fn a_declared_separator_is_no_row_but_a_line() {
    assert_eq!(lines(&only("a.csv", b"sep=;\r\na;b,c\r\n")), ["2: A=a B=b,c"]);
}

#[test]
fn broken_bytes_are_told_at_their_cells_and_other_cells_are_read() {
    let read = open("a.csv", b"id,name\nS1,Zo\xC3\xAB\nS2,Ren\xC3\nS3,x\n").expect("a text");
    assert_eq!(read.oddities, []);
    let cells: Vec<_> = read.sheets[0].rows.iter().filter_map(|row| row.cell(1)?.value.clone()).collect();
    let text = |text: &str| Value::Text(text.to_owned());
    assert_eq!(cells, [text("name"), text("Zoë"), Value::Undecoded("Ren\u{fffd}".to_owned()), text("x")]);
}

#[test]
fn a_guessed_encoding_is_told_with_a_cell_to_judge_it_by() {
    let read = open("a.csv", b"id,name\nS1,Ana\nS2,Ren\xE9 M\xFCller\n").expect("a text");
    let preview = "René Müller".to_owned();
    assert_eq!(read.oddities, [Oddity::GuessedEncoding { encoding: "windows-1252", preview }]);
}

#[test]
fn a_quote_that_was_left_open_above_is_told_where_it_shows() {
    let read = open("a.csv", b"id,name\nS1,\"Ana\nS2,\"Li, Wei\"\nS3,x\n").expect("a text");
    assert_eq!(read.oddities, [Oddity::StrayQuote { line: 2, column: 1 }]);
}

#[test]
fn rows_and_columns_beyond_the_limit_are_counted_and_told() {
    let limits = Limits { rows: 2, columns: 3, ..Limits::default() };
    let (sheet, text) = (String::new(), "a,b,c,d\n\n1,2\n3\n,,,,5,,\n");
    let read = read("a.csv", text.as_bytes(), &limits).expect("a text");
    let (rows, columns) = (
        Oddity::TooManyRows { sheet: sheet.clone(), found: 4, limit: 2 },
        Oddity::TooManyColumns { sheet, found: 5, limit: 3 },
    );
    assert_eq!(read.oddities, [rows, columns]);
    assert_eq!(lines(&read.sheets[0]), ["1: A=a B=b C=c", "3: A=1 B=2"]);
}

#[test]
fn an_empty_text_is_a_sheet_without_rows() {
    for bytes in [b"".as_slice(), b"\xEF\xBB\xBF", b"\xFF\xFE", b"\n\n", b" , \n"] {
        assert_eq!(only("a.csv", bytes).rows, []);
    }
}

#[test]
fn endings_that_promise_another_format_are_told() {
    for (name, is_told) in [
        ("a.csv", false),
        ("a.TSV", false),
        ("a", false),
        ("a.dat", false),
        ("a.XLSX", true),
        ("a.xls", true),
        ("a.ods", true),
    ] {
        assert_eq!(!open(name, b"a,b\n").expect("a text").oddities.is_empty(), is_told, "{name}");
    }
}
