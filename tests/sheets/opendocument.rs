//! What OpenDocument can say of rows and cells.

use sheets::{Oddity, Unreadable};

use crate::files::{lines, ods, only, open, zip};

fn table(inside: &str) -> String {
    format!(r#"<table:table table:name="People">{inside}</table:table>"#)
}

fn rows(inside: &str) -> Vec<String> {
    lines(&only("season.ods", &ods("", &table(inside))))
}

fn row(attributes: &str, cells: &str) -> String {
    format!("<table:table-row {attributes}>{cells}</table:table-row>")
}

fn text(text: &str) -> String {
    format!(r#"<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>"#)
}

fn cell(attributes: &str, shown: &str) -> String {
    format!("<table:table-cell {attributes}><text:p>{shown}</text:p></table:table-cell>")
}

#[test]
fn cells_are_text_numbers_booleans_days_and_what_a_person_sees() {
    let cells = [
        cell(r#"office:value-type="float" office:value="4.10""#, "4,1"),
        cell(r#"office:value-type="float" office:value="418""#, "00418"),
        cell(r#"office:value-type="percentage" office:value="0.8""#, "80 %"),
        cell(r#"office:value-type="currency" office:currency="USD" office:value="560""#, "$560.00"),
        cell(r#"office:value-type="date" office:date-value="2027-05-29""#, "29.05.27"),
        cell(r#"office:value-type="date" office:date-value="2027-05-29T12:00:00""#, "29.05.27"),
        cell(r#"office:value-type="time" office:time-value="PT40H00M00S""#, "40:00"),
        cell(r#"office:value-type="boolean" office:boolean-value="true""#, "WAHR"),
    ];
    let expected = "1: A=4.1 B=00418 C=80% D=560 USD E=2027-05-29 F=2027-05-29T12:00:00 G=40:00:00 H=TRUE";
    assert_eq!(rows(&row("", &cells.concat())), [expected]);
}

#[test]
fn text_has_its_breaks_and_spaces_and_no_notes() {
    let inside = r#"<table:table-cell office:value-type="string"><office:annotation><text:p>a note</text:p></office:annotation>
        <text:p>Zoë<text:s text:c="3"/>A &amp;
          B<text:line-break/><text:span>C</text:span><text:note><text:p>no</text:p></text:note> </text:p><text:p>D</text:p></table:table-cell>"#;
    assert_eq!(rows(&row("", inside)), ["1: A=Zoë   A & B\nC\nD"]);
}

#[test]
fn formulas_are_told_with_what_was_calculated() {
    let cells = [
        cell(r#"table:formula="of:=[.B1]+1" office:value-type="float" office:value="3""#, "3"),
        r#"<table:table-cell table:formula="of:=NOW()"/>"#.to_owned(),
        cell(
            r##"table:formula="of:=1/0" office:value-type="string" office:string-value="" calcext:value-type="error""##,
            "#DIV/0!",
        ),
        cell(
            r#"table:formula="of:=SORT([.A1])" table:number-matrix-rows-spanned="2" table:number-matrix-columns-spanned="1" office:value-type="float" office:value="1""#,
            "1",
        ),
    ];
    let below = format!(
        r#"<table:table-cell table:number-columns-repeated="3"/>{}"#,
        cell(r#"office:value-type="float" office:value="2""#, "2")
    );
    let expected = ["1: A=3{=[.B1]+1} B{=NOW()} C=#DIV/0!{=1/0} D=1{=SORT([.A1])}", "2: D=2{=SORT([.A1])}"];
    assert_eq!(rows(&(row("", &cells.concat()) + &row("", &below))), expected);
}

#[test]
fn rows_and_columns_are_hidden_filtered_and_folded() {
    let columns = r#"<table:table-column/><table:table-column table:visibility="collapse" table:number-columns-repeated="1000"/>"#;
    let one = row("", &(text("x") + &text("y")));
    let folded = format!(r#"<table:table-row-group table:display="false">{one}</table:table-row-group>"#);
    let inside = [
        columns,
        &format!("<table:table-header-rows>{one}</table:table-header-rows>"),
        &row(r#"table:visibility="collapse""#, &text("x")),
        &row(r#"table:visibility="filter""#, &text("x")),
        &folded,
    ];
    let sheet = only("season.ods", &ods("", &table(&inside.concat())));
    assert_eq!(lines(&sheet), ["1: A=x B=y", "2 hidden: A=x", "3 filtered: A=x", "4 hidden: A=x B=y"]);
    assert_eq!(sheet.hidden_columns.into_iter().collect::<Vec<_>>(), [1]);
}

#[test]
fn repeated_rows_and_cells_are_unfolded_where_they_hold_something() {
    let blank = r#"<table:table-cell table:number-columns-repeated="16384"/>"#;
    let twice = r#"<table:table-cell office:value-type="string" table:number-columns-repeated="2"><text:p>x</text:p></table:table-cell>"#;
    let inside = row(r#"table:number-rows-repeated="3""#, twice)
        + &row(r#"table:number-rows-repeated="1048000""#, blank)
        + &row("", &text("end"));
    assert_eq!(rows(&inside), ["1: A=x B=x", "2: A=x B=x", "3: A=x B=x", "1048004: A=end"]);
}

#[test]
fn more_rows_than_the_limit_are_counted_and_told() {
    let inside = row(r#"table:number-rows-repeated="4000000000""#, &text("x"));
    let read = open("season.ods", &ods("", &table(&inside))).expect("a workbook");
    let limit = 200_000;
    assert_eq!(read.oddities, [Oddity::TooManyRows { sheet: "People".to_owned(), found: 4_000_000_000, limit }]);
    assert_eq!(read.sheets[0].rows.len(), 200_000);
}

#[test]
fn merged_cells_cover_others() {
    let merged = r#"<table:table-cell office:value-type="string" table:number-rows-spanned="2"><text:p>S1</text:p></table:table-cell>"#;
    let inside =
        row("", &(merged.to_owned() + &text("a"))) + &row("", &format!("<table:covered-table-cell/>{}", text("b")));
    assert_eq!(rows(&inside), ["1: A=S1 B=a", "2: A<A1 B=b"]);
}

#[test]
fn styles_hide_sheets_and_strike_rows_through() {
    let styles = r#"<style:style style:name="t" style:family="table"><style:table-properties table:display="false"/></style:style>
        <style:style style:name="c" style:family="table-cell"><style:text-properties style:text-line-through-style="solid"/></style:style>
        <style:style style:name="d" style:family="table-cell" style:parent-style-name="c"/>
        <style:style style:name="s" style:family="text"><style:text-properties style:text-line-through-style="solid"/></style:style>"#;
    let tables = format!(
        r#"<table:table table:name="People" table:style-name="t">{}{}{}</table:table>"#,
        row(
            "",
            r#"<table:table-cell table:style-name="d" office:value-type="string"><text:p>x</text:p></table:table-cell>"#
        ),
        row(
            "",
            r#"<table:table-cell office:value-type="string"><text:p><text:span text:style-name="s">x</text:span></text:p></table:table-cell>"#
        ),
        row("", &text("x")),
    );
    let sheet = only("season.ods", &ods(styles, &tables));
    assert!(sheet.is_hidden);
    assert_eq!(lines(&sheet), ["1 struck: A=x", "2 struck: A=x", "3: A=x"]);
}

#[test]
fn copies_of_sheets_of_other_files_are_no_sheets() {
    let copy = r#"<table:table table:name="'file:///home/x/rates.ods'#$Sheet1"><table:table-row/></table:table>"#;
    assert_eq!(only("season.ods", &ods("", &(copy.to_owned() + &table("")))).name, "People");
}

#[test]
fn an_encrypted_workbook_is_named_so() {
    let manifest = b"<manifest><file-entry><encryption-data/></file-entry></manifest>";
    let kind: &[u8] = b"application/vnd.oasis.opendocument.spreadsheet";
    let bytes = zip(&[("mimetype", kind), ("META-INF/manifest.xml", manifest), ("content.xml", b"\x13\x37")]);
    assert_eq!(open("season.ods", &bytes).err(), Some(Unreadable::Password));
}
