//! What Office Open XML can say of rows and cells, from sheets written by hand and by another program.

use rust_xlsxwriter::{Format, Formula, Note, Workbook};

use crate::files::{self, lines, only, open, packed, parts, xlsx};

/// The rows of a sheet without styles and shared texts.
fn rows(inside: &str) -> Vec<String> {
    lines(&only("season.xlsx", &xlsx(inside, "", "")))
}

const FORMATS: &str = r#"<numFmts><numFmt numFmtId="164" formatCode="yyyy\-mm\-dd"/><numFmt numFmtId="165" formatCode="00000"/></numFmts>
<fonts><font/><font><strike/></font></fonts><cellStyleXfs><xf fontId="1"/></cellStyleXfs>
<cellXfs><xf/><xf numFmtId="164"/><xf numFmtId="9"/><xf fontId="1"/><xf numFmtId="165"/></cellXfs>"#;

#[test]
fn cells_are_text_numbers_booleans_errors_and_days() {
    let sheet = r#"<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t> a </t></is></c><c r="B1"><v>4.10</v></c>
        <c r="C1" t="b"><v>1</v></c><c r="D1" t="e"><v>#N/A</v></c><c r="E1" s="1"><v>46536</v></c>
        <c r="F1" t="d"><v>2027-06-01</v></c><c r="G1" s="2"><v>0.8</v></c><c r="H1" s="4"><v>418</v></c>
        <c r="I1" t="s"><v>0</v></c><c r="J1" t="str"><v>x_x000A_y</v></c><c r="K1" s="1"/></row></sheetData>"#;
    let read = only("season.xlsx", &xlsx(sheet, FORMATS, "<si><r><t>Dil</t></r><r><t>noza</t></r></si>"));
    let expected = "1: A= a  B=4.1 C=TRUE D=#N/A E=2027-05-29 F=2027-06-01 G=80% H=00418 I=Dilnoza J=x\ny";
    assert_eq!(lines(&read), [expected]);
}

#[test]
fn formulas_are_told_where_one_is_shared_or_fills_cells_too() {
    let sheet = r#"<sheetData>
        <row r="1"><c r="A1"><f>1+2</f><v>3</v></c><c r="B1"><f>NOW()</f></c><c r="C1" t="str"><f>""</f><v></v></c></row>
        <row r="2"><c r="A2"><f t="shared" ref="A2:A4" si="0">B2+$C$1+Sheet2!C2</f><v>5</v></c></row>
        <row r="3"><c r="A3"><f t="shared" si="0"/><v>6</v></c></row>
        <row r="4"><c r="B4"><f t="array" ref="B4:B5">SORT(A1:A2)</f><v>3</v></c></row>
        <row r="5"><c r="A5"><v>7</v></c><c r="B5"><v>5</v></c></row></sheetData>"#;
    let expected = [
        "1: A=3{=1+2} B{=NOW()} C={=\"\"}",
        "2: A=5{=B2+$C$1+Sheet2!C2}",
        "3: A=6{=B3+$C$1+Sheet2!C3}",
        "4: B=3{=SORT(A1:A2)}",
        "5: A=7 B=5{=SORT(A1:A2)}",
    ];
    assert_eq!(rows(sheet), expected);
}

#[test]
fn rows_without_addresses_follow_each_other_and_blank_ones_are_left_out() {
    let sheet = r#"<sheetData><row><c><v>1</v></c><c/><c><v>2</v></c></row><row><c t="str"><v> </v></c></row>
        <row><c><v>3</v></c></row><row r="9"><c r="C9"><v>4</v></c><c><v>5</v></c></row></sheetData>"#;
    assert_eq!(rows(sheet), ["1: A=1 C=2", "3: A=3", "9: C=4 D=5"]);
}

#[test]
fn rows_out_of_order_are_sorted_and_a_row_or_cell_that_stands_twice_is_damage() {
    let row = |line: u32, cells: &str| format!(r#"<row r="{line}">{cells}</row>"#);
    let cell = |place: &str| format!(r#"<c r="{place}"><v>1</v></c>"#);
    let data = |rows: &[String]| format!("<sheetData>{}</sheetData>", rows.concat());
    let unsorted = data(&[row(3, &cell("A3")), row(2, &(cell("B2") + &cell("A2")))]);
    assert_eq!(rows(&unsorted), ["2: A=1 B=1", "3: A=1"]);
    for twice in [data(&[row(2, &cell("A2")), row(2, &cell("B2"))]), data(&[row(2, &cell("A2").repeat(2))])] {
        let said = open("season.xlsx", &xlsx(&twice, "", ""));
        assert!(matches!(said, Err(sheets::Unreadable::Damaged(_))), "{said:?}");
    }
}

#[test]
fn rows_are_hidden_by_people_and_by_filters() {
    let row =
        |line: u32, hidden: u32| format!(r#"<row r="{line}" hidden="{hidden}"><c r="A{line}"><v>1</v></c></row>"#);
    let data = format!("<sheetData>{}{}{}</sheetData>", row(1, 0), row(2, 1), row(9, 1));
    let filter = r#"<autoFilter ref="A1:B5"><filterColumn colId="0"/></autoFilter>"#;
    assert_eq!(rows(&format!("{data}{filter}")), ["1: A=1", "2 filtered: A=1", "9 hidden: A=1"]);
    let mode = r#"<sheetPr filterMode="1"/>"#;
    assert_eq!(rows(&format!(r#"{mode}{data}<autoFilter ref="A1:B5"/>"#))[1], "2 filtered: A=1");
    assert_eq!(rows(&format!(r#"{data}<autoFilter ref="A1:B5"/>"#))[1], "2 hidden: A=1");
}

#[test]
fn a_filter_of_a_table_object_hides_rows_too() {
    let data = r#"<sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="2" hidden="1"><c r="A2"><v>2</v></c></row></sheetData>"#;
    let mut parts = parts(data, "", "");
    let table = r#"<table ref="A1:A2"><autoFilter ref="A1:A2"><filterColumn colId="0"/></autoFilter></table>"#;
    let listed = files::relations(&[("table", "../tables/table1.xml")]);
    parts.push(("xl/worksheets/_rels/sheet1.xml.rels".to_owned(), listed));
    parts.push(("xl/tables/table1.xml".to_owned(), table.to_owned()));
    assert_eq!(lines(&only("season.xlsx", &packed(&parts))), ["1: A=1", "2 filtered: A=2"]);
}

#[test]
fn a_row_is_struck_if_all_that_it_holds_is() {
    let cell = |place: &str, style: u32| format!(r#"<c r="{place}" s="{style}" t="s"><v>0</v></c>"#);
    let row = |line: u32, cells: &str| format!(r#"<row r="{line}">{cells}</row>"#);
    let rich = r#"<c r="A3" t="inlineStr"><is><r><rPr><strike/></rPr><t>x</t></r></is></c>"#;
    let data = row(1, &(cell("A1", 3) + &cell("B1", 3))) + &row(2, &(cell("A2", 3) + &cell("B2", 0))) + &row(3, rich);
    let read = only("season.xlsx", &xlsx(&format!("<sheetData>{data}</sheetData>"), FORMATS, "<si><t>x</t></si>"));
    assert_eq!(lines(&read), ["1 struck: A=x B=x", "2: A=x B=x", "3 struck: A=x"]);
}

#[test]
fn columns_are_hidden_as_far_as_anything_is_in_them() {
    let cols = r#"<cols><col min="2" max="2" hidden="1"/><col min="4" max="16384" hidden="true"/></cols>"#;
    let data = r#"<sheetData><row r="1"><c r="A1"><v>1</v></c><c r="E1"><v>2</v></c></row></sheetData>"#;
    let read = only("season.xlsx", &xlsx(&format!("{cols}{data}"), "", ""));
    assert_eq!(read.hidden_columns.into_iter().collect::<Vec<_>>(), [1, 3, 4]);
}

#[test]
fn a_covered_cell_keeps_what_is_hidden_under_it() {
    let data = r#"<sheetData><row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row>
        <row r="2"><c r="B2"><v>3</v></c></row></sheetData><mergeCells><mergeCell ref="A1:A2"/><mergeCell ref="B1:B2"/></mergeCells>"#;
    assert_eq!(rows(data), ["1: A=1 B=2", "2: A<A1 B<B1=3"]);
}

#[test]
fn the_strict_kind_with_other_prefixes_and_folders_is_read() {
    let strict = "http://purl.oclc.org/ooxml";
    let relation = |kind: &str, id: &str, target: &str| {
        format!(
            r#"<Relationships><Relationship Id="{id}" Type="{strict}/officeDocument/relationships/{kind}" Target="{target}"/></Relationships>"#
        )
    };
    let book = format!(
        r#"<x:workbook xmlns:x="{strict}/spreadsheetml/main" xmlns:q="{strict}/officeDocument/relationships"><x:workbookPr dateCompatibility="false" date1904="true"/><x:sheets><x:sheet name="S" sheetId="7" state="veryHidden" q:id="a"/></x:sheets></x:workbook>"#
    );
    let sheet = r#"<x:worksheet xmlns:x="s"><x:sheetData><x:row r="2"><x:c r="B2"><x:v>5</x:v></x:c></x:row></x:sheetData></x:worksheet>"#;
    let parts = [
        ("_rels/.rels", relation("officeDocument", "a", "/odd/book.xml")),
        ("odd/_rels/book.xml.rels", relation("worksheet", "a", "../elsewhere\\s.xml")),
        ("odd/book.xml", book),
        ("xl/nothing", String::new()),
        ("Elsewhere\\S.xml", sheet.to_owned()),
    ];
    let read = only("season.xlsx", &packed(&parts.map(|(name, text)| (name.to_owned(), text))));
    assert!(read.is_hidden);
    assert_eq!(lines(&read), ["2: B=5"]);
}

#[test]
fn charts_and_parts_elsewhere_are_left_alone() {
    let mut parts = parts("<sheetData/>", "", "");
    let (book, listed) = (parts[2].1.clone(), parts[1].1.clone());
    parts[2].1 = book.replace("</sheets>", r#"<sheet name="Chart" sheetId="2" r:id="r9"/></sheets>"#);
    let outside = r#"<Relationship Id="r8" Type="x/externalLink" Target="file:///etc/passwd" TargetMode="External"/>"#;
    let chart = r#"<Relationship Id="r9" Type="x/chartsheet" Target="chartsheets/sheet1.xml"/></Relationships>"#;
    parts[1].1 = listed.replace("</Relationships>", &format!("{outside}{chart}"));
    assert_eq!(only("season.xlsx", &packed(&parts)).name, "People");
}

#[test]
fn a_workbook_of_another_program_is_read_as_it_was_written() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let (day, struck) = (Format::new().set_num_format("dd/mm/yyyy"), Format::new().set_font_strikethrough());
    sheet.write_string(0, 0, "  Zoë\tAğaoğlu ").expect("text");
    sheet.write_number(0, 1, 1e21).expect("a number");
    sheet.write_boolean(0, 2, false).expect("a boolean");
    sheet.write_number_with_format(1, 0, 46_536.75, &day).expect("a day");
    sheet.write_formula(1, 1, Formula::new("=1+2").set_result("3")).expect("a formula");
    sheet.write_string_with_format(2, 0, "gone", &struck).expect("text");
    sheet.merge_range(3, 0, 4, 1, "both", &Format::new()).expect("a merged cell");
    sheet.write_string(4, 2, "x").expect("text");
    sheet.insert_note(0, 0, &Note::new("a note")).expect("a note");
    sheet.set_row_hidden(1).expect("a row");
    let read = only("season.xlsx", &book.save_to_buffer().expect("a workbook"));
    let expected = [
        "1: A=  Zoë\tAğaoğlu  B=1000000000000000000000 C=FALSE",
        "2 hidden: A=2027-05-29T18:00:00 B=3{=1+2}",
        "3 struck: A=gone",
        "4: A=both B<A4 C<A4",
        "5: A<A4 B<A4 C=x",
    ];
    assert_eq!(lines(&read), expected.map(|line| line.replace(" C<A4", "")));
}
