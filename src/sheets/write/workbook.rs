//! Pages as the bytes of an XLSX.

use std::collections::HashMap;
use std::rc::Rc;

use jiff::civil::{Date, DateTime, Time};
use rust_xlsxwriter::{
    Color, DataValidation, DataValidationErrorStyle, DocProperties, ExcelDateTime, Format, Note, Url, Workbook,
    Worksheet,
};

use super::{Column, Content, Page, Table, Tone, Unwritable, Why, results, sheet_names};
use crate::Place;

/// The most characters that a cell holds, as UTF-16 counts them.
const MOST_IN_CELL: usize = 32_767;
/// The most characters of a note: a longer one ends in `…`.
const MOST_IN_NOTE: usize = 2_000;
/// The most links of a sheet that Excel opens: those after them are text.
const MOST_LINKS: usize = 65_530;
/// How hard the file is compressed, 1 to 9: less work than the usual 6, for a quarter more bytes.
const COMPRESSION: u8 = 2;
/// The last row of a sheet, counted from 0.
const LAST_ROW: u32 = 1_048_575;
/// Narrowest and widest that a column is made.
const WIDTHS: (usize, usize) = (8, 60);

/// How a cell looks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(super) struct Look {
    pub tone: Option<Tone>,
    pub is_struck: bool,
    pub days: Days,
    pub is_header: bool,
    pub is_text: bool,
    pub is_link: bool,
}

/// Whether a number is shown as a day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(super) enum Days {
    /// As a number.
    #[default]
    None,
    /// `2027-06-01`.
    Day,
    /// `2027-06-01 09:30:00`.
    Moment,
    /// `09:30:00`.
    Time,
}

impl Look {
    /// A moment as the number of days that a workbook holds, and how it is shown. None: it is before the first day of a workbook.
    pub fn serial(moment: DateTime) -> Option<(f64, Days)> {
        let epoch = Date::constant(1899, 12, 30);
        let days = epoch.until(moment.date()).ok()?.get_days();
        // Workbooks know a 29 February 1900, which was not.
        let days = if days < 61 { days.saturating_sub(1).max(0) } else { days };
        let time = moment.time();
        let seconds = i32::from(time.hour()) * 3_600 + i32::from(time.minute()) * 60 + i32::from(time.second());
        let part = (f64::from(seconds) + f64::from(time.subsec_nanosecond()) / 1e9) / 86_400.0;
        let shown = match (days, time == Time::midnight()) {
            (0, _) => Days::Time,
            (_, true) => Days::Day,
            (_, false) => Days::Moment,
        };
        (moment.date() >= epoch).then(|| (f64::from(days) + part, shown))
    }
}

/// Writes cells, each look one format.
#[derive(Default)]
pub(super) struct Pen {
    formats: HashMap<Look, Rc<Format>>,
    /// Links of the sheet that is written.
    links: usize,
    /// Whether any cell waits for `results::mend`.
    pub has_marked_results: bool,
}

type Written = Result<(), Why>;

impl Pen {
    pub fn format(&mut self, look: Look) -> Rc<Format> {
        Rc::clone(self.formats.entry(look).or_insert_with(|| Rc::new(format(look))))
    }

    fn done(written: Result<&mut Worksheet, rust_xlsxwriter::XlsxError>) -> Written {
        written.map(|_| ()).map_err(|error| match error {
            rust_xlsxwriter::XlsxError::RowColumnLimitError => Why::OutsideOfSheet,
            _ => Why::Refused,
        })
    }

    pub fn blank(&mut self, to: &mut Worksheet, at: (u32, u16), look: Look) -> Written {
        if look == Look::default() {
            return Ok(());
        }
        Self::done(to.write_blank(at.0, at.1, &self.format(look)))
    }

    pub fn text(&mut self, to: &mut Worksheet, at: (u32, u16), text: &str, look: Look) -> Written {
        // UTF-16 never counts more than there are bytes.
        if text.len() > MOST_IN_CELL {
            let length = text.encode_utf16().count();
            if length > MOST_IN_CELL {
                return Err(Why::TextTooLong(length));
            }
        }
        // The library takes a text of this form for its own markup and would write it raw.
        if text.starts_with("<r>") && text.ends_with("</r>") {
            let plain = self.format(Look::default());
            return Self::done(to.write_rich_string_with_format(at.0, at.1, &[(&*plain, text)], &self.format(look)));
        }
        if look == Look::default() {
            return Self::done(to.write_string(at.0, at.1, text));
        }
        Self::done(to.write_string_with_format(at.0, at.1, text, &self.format(look)))
    }

    pub fn number(&mut self, to: &mut Worksheet, at: (u32, u16), number: f64, look: Look) -> Written {
        if !number.is_finite() {
            return self.blank(to, at, look);
        }
        if look == Look::default() {
            return Self::done(to.write_number(at.0, at.1, number));
        }
        Self::done(to.write_number_with_format(at.0, at.1, number, &self.format(look)))
    }

    pub fn boolean(&mut self, to: &mut Worksheet, at: (u32, u16), is_true: bool, look: Look) -> Written {
        Self::done(to.write_boolean_with_format(at.0, at.1, is_true, &self.format(look)))
    }

    /// An error that no formula made.
    pub fn error(&mut self, to: &mut Worksheet, at: (u32, u16), error: &str, look: Look) -> Written {
        self.has_marked_results = true;
        let formula = rust_xlsxwriter::Formula::new(results::error_alone(error)).set_result(error);
        Self::done(to.write_formula_with_format(at.0, at.1, formula, &self.format(look)))
    }

    /// The result of a formula that is a text, though it may look like something else.
    pub fn text_result(&mut self, text: &str) -> String {
        let marked = results::text(text);
        self.has_marked_results |= marked != text;
        marked
    }

    fn content(
        &mut self,
        to: &mut Worksheet,
        at: (u32, u16),
        content: &Content,
        look: Look,
        names: &[String],
    ) -> Written {
        match content {
            Content::Blank => Ok(()),
            Content::Text(text) => self.text(to, at, text, look),
            Content::Marked(text, tone) => self.text(to, at, text, Look { tone: Some(*tone), ..look }),
            // Beyond this a workbook's numbers are not exact.
            Content::Whole(number) if number.unsigned_abs() > 1 << 53 => self.text(to, at, &number.to_string(), look),
            Content::Whole(number) => self.number(to, at, *number as f64, look),
            Content::Decimal(number) => self.number(to, at, *number, look),
            Content::Boolean(is_true) => self.boolean(to, at, *is_true, look),
            Content::Day(day) => match Look::serial(day.at(0, 0, 0, 0)) {
                Some((serial, days @ Days::Day)) => self.number(to, at, serial, Look { days, ..look }),
                _ => self.text(to, at, &day.to_string(), look),
            },
            Content::Link { text, page, place } => {
                self.text(to, at, text, Look { is_link: true, ..look })?;
                let Some(sheet) = names.get(*page).filter(|_| self.links < MOST_LINKS) else { return Ok(()) };
                self.links += 1;
                let place = match place {
                    Place::Sheet => "A1".to_owned(),
                    place => place.to_string(),
                };
                let target = format!("internal:'{}'!{place}", sheet.replace('\'', "''"));
                let format = self.format(Look { is_link: true, ..look });
                Self::done(to.write_url_with_options(at.0, at.1, Url::new(target), text, "", Some(&format)))
            }
        }
    }
}

fn format(look: Look) -> Format {
    let mut format = Format::new();
    if let Some(tone) = look.tone {
        format = format.set_background_color(Color::RGB(match tone {
            Tone::Known => 0xE7_E6_E6,
            Tone::Look => 0xFF_F2_CC,
            Tone::Decide => 0xF8_CB_AD,
            Tone::Wrong => 0xFF_A7_A7,
        }));
    }
    if look.is_struck {
        format = format.set_font_strikethrough();
    }
    if look.is_header {
        format = format.set_bold().set_background_color(Color::RGB(0xDD_EB_F7));
    }
    if look.is_link {
        format = format.set_hyperlink();
    }
    match look.days {
        Days::None if look.is_text => format.set_num_format("@"),
        Days::None => format,
        Days::Day => format.set_num_format("yyyy-mm-dd"),
        Days::Moment => format.set_num_format("yyyy-mm-dd hh:mm:ss"),
        Days::Time => format.set_num_format("hh:mm:ss"),
    }
}

/// Puts a note on a cell.
pub(super) fn write_note(to: &mut Worksheet, at: (u32, u16), note: &str) -> Written {
    if note.is_empty() {
        return Ok(());
    }
    let shown = if note.chars().count() > MOST_IN_NOTE {
        format!("{}…", note.chars().take(MOST_IN_NOTE).collect::<String>())
    } else {
        note.to_owned()
    };
    let lines = shown.lines().map(|line| line.chars().count() / 40 + 1).sum::<usize>();
    let height = u32::try_from(lines.clamp(3, 20)).unwrap_or(20) * 18;
    let note = Note::new(shown).add_author_prefix(false).set_author("misti-matching").set_width(280).set_height(height);
    Pen::done(to.insert_note(at.0, at.1, &note))
}

/// Pages as the bytes of an XLSX; the first is shown when it is opened.
///
/// # Errors
/// The first cell of each page that can't be written.
pub fn workbook(pages: &[Page]) -> Result<Vec<u8>, Vec<Unwritable>> {
    let wanted = pages.iter().map(|page| match page {
        Page::Table(table) | Page::Hidden(table) => table.name.as_str(),
        Page::Copy(copy) => copy.name.as_str(),
    });
    let names = sheet_names(wanted);
    let mut workbook = Workbook::new();
    workbook.set_zip_compression_level(COMPRESSION);
    // The day on which it is made is not written, so that the same input gives the same bytes.
    let refused = |page: &str| Unwritable { page: page.to_owned(), place: Place::Sheet, why: Why::Refused };
    let made = ExcelDateTime::from_ymd(2000, 1, 1).map_err(|_| vec![refused("")])?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&made));
    let mut pen = Pen::default();
    let mut unwritable = Vec::new();
    for (page, name) in pages.iter().zip(&names) {
        pen.links = 0;
        let sheet = workbook.add_worksheet();
        let written = sheet.set_name(name).map(|_| ()).map_err(|_| refused(name)).and_then(|()| match page {
            Page::Table(table) => write_table(sheet, &mut pen, table, &names),
            Page::Hidden(table) => write_table(sheet.set_hidden(true), &mut pen, table, &names),
            Page::Copy(copy) => copy.write(sheet, &mut pen),
        });
        unwritable.extend(written.err());
    }
    if !unwritable.is_empty() {
        return Err(unwritable);
    }
    let bytes = workbook.save_to_buffer().map_err(|_| vec![refused("")])?;
    if !pen.has_marked_results {
        return Ok(bytes);
    }
    results::mend(&bytes).map_err(|_| vec![refused("")])
}

fn write_table(to: &mut Worksheet, pen: &mut Pen, table: &Table, names: &[String]) -> Result<(), Unwritable> {
    let at = |place: Place| move |why: Why| Unwritable { page: table.name.clone(), place, why };
    for (number, column) in (0_u32..).zip(&table.columns) {
        let place = Place::Cell(1, number);
        let number = u16::try_from(number).map_err(|_| at(place)(Why::OutsideOfSheet))?;
        write_header(to, pen, table, number, column).map_err(at(place))?;
    }
    for (number, row) in (1_u32..).zip(&table.rows) {
        for ((column, content), kind) in (0_u16..).zip(row).zip(&table.columns) {
            // A plain text takes the format of its column.
            let is_plain = matches!(content, Content::Text(_));
            let look = Look { is_text: kind.is_text && !is_plain, ..Look::default() };
            let place = Place::Cell(number.saturating_add(1), column.into());
            pen.content(to, (number, column), content, look, names).map_err(at(place))?;
        }
    }
    if let Some(last) = table.columns.len().checked_sub(1).and_then(|last| u16::try_from(last).ok()) {
        let bottom = u32::try_from(table.rows.len()).unwrap_or(LAST_ROW);
        Pen::done(to.autofilter(0, 0, bottom, last)).map_err(at(Place::Sheet))?;
    }
    Pen::done(to.set_freeze_panes(1, 0)).map_err(at(Place::Sheet))
}

fn write_header(to: &mut Worksheet, pen: &mut Pen, table: &Table, number: u16, column: &Column) -> Written {
    let widest = table.rows.iter().filter_map(|row| row.get(usize::from(number))).map(width).max().unwrap_or(0);
    let widest = widest.max(column.name.chars().count() + 2).clamp(WIDTHS.0, WIDTHS.1);
    Pen::done(to.set_column_width(number, f64::from(u32::try_from(widest).unwrap_or(0))))?;
    if column.is_text {
        Pen::done(to.set_column_format(number, &pen.format(Look { is_text: true, ..Look::default() })))?;
    }
    pen.text(to, (0, number), &column.name, Look { is_header: true, ..Look::default() })?;
    write_note(to, (0, number), &column.note)?;
    if column.choices.is_empty() {
        return Ok(());
    }
    let Ok(list) = DataValidation::new().allow_list_strings(&column.choices) else { return Ok(()) };
    // Another word is warned of and not refused: the import reads more than one spelling.
    let list = list.set_error_style(DataValidationErrorStyle::Warning);
    Pen::done(to.add_data_validation(1, number, LAST_ROW, number, &list))
}

/// About how wide a cell is shown, in characters.
fn width(content: &Content) -> usize {
    match content {
        Content::Blank => 0,
        Content::Text(text) | Content::Marked(text, _) | Content::Link { text, .. } => {
            text.chars().take(WIDTHS.1).count() + 1
        }
        Content::Whole(_) | Content::Decimal(_) | Content::Boolean(_) | Content::Day(_) => 11,
    }
}
