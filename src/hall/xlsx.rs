//! A catalogue's workbook as an `.xlsx` file. Reading takes bytes from anywhere: their size, what they unpack to, the
//! number of cells and the length of texts are bounded, and whatever is wrong with them is an error, never a crash.

use crate::catalogue::author::sheets::columns::{Column, Kind, SHEETS};
use crate::catalogue::author::sheets::{At, Book, Cell, Page};
use crate::words::Text;
use calamine::{CellErrorType, DataRef, Reader as _, Xlsx, XlsxError};
use chrono::{Datelike as _, NaiveDate};
use rust_xlsxwriter::{
    Color, DataValidation, DataValidationErrorStyle, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Formula, Workbook,
    Worksheet,
};
use std::io::{Cursor, Read as _};

/// The most bytes of a file.
pub const LARGEST: usize = 20 << 20;
/// The most bytes that it may unpack to.
const UNPACKED: u64 = 200 << 20;
/// The most cells, and the most bytes of their texts.
const CELLS: usize = 2_000_000;
const TEXTS: usize = 100 << 20;

/// Why bytes are no workbook.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    #[error("the file is empty")]
    Empty,
    #[error("the file has more than {} MB", LARGEST >> 20)]
    Big,
    #[error("the file unpacks to more than {} MB", UNPACKED >> 20)]
    Bomb,
    #[error("the workbook has more than {CELLS} cells, or more text than {} MB", TEXTS >> 20)]
    Cells,
    #[error("this is an old .xls file, or one with a password: save it as .xlsx without a password")]
    Old,
    #[error("this is an OpenDocument file: save it as .xlsx")]
    OpenDocument,
    #[error("this is not an .xlsx workbook: {0}")]
    Strange(String),
}

impl Unreadable {
    pub fn text(&self) -> Text {
        let zh = match self {
            Unreadable::Empty => "文件是空的".to_owned(),
            Unreadable::Big => format!("文件超过 {} MB", LARGEST >> 20),
            Unreadable::Bomb => format!("文件解压后超过 {} MB", UNPACKED >> 20),
            Unreadable::Cells => format!("单元格超过 {CELLS} 个,或者文字超过 {} MB", TEXTS >> 20),
            Unreadable::Old => "这是旧的 .xls 文件,或者设了密码:请另存为不带密码的 .xlsx".to_owned(),
            Unreadable::OpenDocument => "这是 OpenDocument 文件:请另存为 .xlsx".to_owned(),
            Unreadable::Strange(_) => "这不是 .xlsx 工作簿".to_owned(),
        };
        Text::new(zh, self.to_string())
    }
}

fn strange(error: impl std::fmt::Display) -> Unreadable {
    Unreadable::Strange(error.to_string())
}

/// The workbook in a file's bytes. Formulas count as the values that were kept of them.
pub fn read(bytes: &[u8]) -> Result<Book, Unreadable> {
    unpacked(bytes)?;
    let mut file: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|error| match error {
        XlsxError::Password => Unreadable::Old,
        error => strange(error),
    })?;
    let mut room = Room { cells: CELLS, texts: TEXTS };
    let mut pages = Vec::new();
    for name in file.sheet_names() {
        // Charts and the like hold no cells.
        let merged = match file.merge_cells_by_sheet_name(&name) {
            Err(XlsxError::NotAWorksheet(_)) => continue,
            merged => merged.map_err(strange)?,
        };
        room.cells = room.cells.checked_sub(merged.len()).ok_or(Unreadable::Cells)?;
        let merged = merged.iter().map(|area| (At::new(area.start.0, area.start.1), At::new(area.end.0, area.end.1))).collect();
        let mut page = Page { name: name.clone(), merged, ..Page::default() };
        let mut cells = match file.worksheet_cells_reader(&name) {
            Err(XlsxError::NotAWorksheet(_)) => continue,
            cells => cells.map_err(strange)?,
        };
        while let Some(record) = cells.next_cell_with_formula_metadata().map_err(strange)? {
            if let Some(cell) = cell(&record.value, record.formula.is_some()) {
                room.take(&cell)?;
                page.cells.insert(At::new(record.pos.0, record.pos.1), cell);
            }
        }
        pages.push(page);
    }
    Ok(Book { pages })
}

/// What may still be read.
struct Room {
    cells: usize,
    texts: usize,
}

impl Room {
    fn take(&mut self, cell: &Cell) -> Result<(), Unreadable> {
        let text = if let Cell::Text(text) = cell { text.len() } else { 0 };
        self.cells = self.cells.checked_sub(1).ok_or(Unreadable::Cells)?;
        self.texts = self.texts.checked_sub(text).ok_or(Unreadable::Cells)?;
        Ok(())
    }
}

/// Refuses what is no zip file, and what unpacks to too much, before anything is made of it.
fn unpacked(bytes: &[u8]) -> Result<(), Unreadable> {
    match bytes {
        [] => return Err(Unreadable::Empty),
        _ if bytes.len() > LARGEST => return Err(Unreadable::Big),
        [0xd0, 0xcf, 0x11, 0xe0, ..] => return Err(Unreadable::Old),
        _ => {}
    }
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).map_err(strange)?;
    let mut left = UNPACKED;
    for at in 0..zip.len() {
        let file = zip.by_index(at).map_err(strange)?;
        if file.name().is_ok_and(|name| name == "mimetype") {
            return Err(Unreadable::OpenDocument);
        }
        // One byte more than allowed tells that there is more. What an entry claims its size to be does not count.
        let read = std::io::copy(&mut file.take(left + 1), &mut std::io::sink()).map_err(strange)?;
        left = left.checked_sub(read).ok_or(Unreadable::Bomb)?;
    }
    Ok(())
}

fn cell(value: &DataRef, formula: bool) -> Option<Cell> {
    Some(match value {
        DataRef::Empty if formula => Cell::Formula,
        DataRef::Empty => return None,
        DataRef::String(text) if text.is_empty() => return None,
        DataRef::SharedString("") => return None,
        DataRef::String(text) => Cell::Text(text.clone()),
        DataRef::SharedString(text) => Cell::Text((*text).to_owned()),
        DataRef::Int(number) => Cell::Number(*number as f64),
        DataRef::Float(number) => Cell::Number(*number),
        DataRef::Bool(yes) => Cell::Yes(*yes),
        DataRef::DateTime(date) => {
            let (year, month, day, hour, minute, second, milli) = date.to_ymd_hms_milli();
            let whole = date.is_datetime() && (hour, minute, second, milli) == (0, 0, 0, 0);
            match NaiveDate::from_ymd_opt(year.into(), month.into(), day.into()) {
                Some(day) if whole => Cell::Day(day),
                _ => Cell::Odd(format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")),
            }
        }
        DataRef::DateTimeIso(text) => match text.strip_suffix("T00:00:00").unwrap_or(text).parse() {
            Ok(day) => Cell::Day(day),
            Err(_) => Cell::Odd(text.clone()),
        },
        DataRef::DurationIso(text) => Cell::Odd(text.clone()),
        DataRef::Error(error) => Cell::Odd(shown(error).to_owned()),
    })
}

fn shown(error: &CellErrorType) -> &'static str {
    match error {
        CellErrorType::Div0 => "#DIV/0!",
        CellErrorType::NA => "#N/A",
        CellErrorType::Name => "#NAME?",
        CellErrorType::Null => "#NULL!",
        CellErrorType::Num => "#NUM!",
        CellErrorType::Ref => "#REF!",
        CellErrorType::Value => "#VALUE!",
        _ => "#ERROR!",
    }
}

/// Rows for which a sheet is laid out.
const LAST_ROW: u32 = 9_999;

/// The bytes of a workbook's file; the same book gives the same bytes. Texts are written as texts, whatever they begin with.
pub fn write(book: &Book) -> Result<Vec<u8>, rust_xlsxwriter::XlsxError> {
    let mut file = Workbook::new();
    let made = ExcelDateTime::from_ymd(2000, 1, 1)?;
    file.set_properties(&DocProperties::new().set_title("政务服务事项实施清单").set_creation_datetime(&made));
    for page in &book.pages {
        let sheet = file.add_worksheet();
        sheet.set_name(&page.name)?;
        let columns: Vec<&Column> = match SHEETS.iter().find(|known| known.name == page.name) {
            Some(known) => known.columns.iter().flat_map(|column| vec![column; column.cells().len()]).collect(),
            None => vec![],
        };
        if columns.is_empty() {
            sheet.set_landscape();
            [14, 26, 8, 48, 64].iter().zip(0..).try_for_each(|(width, at)| sheet.set_column_width(at, *width).map(|_| ()))?;
        } else {
            sheet.set_freeze_panes(1, 1)?.set_landscape();
        }
        for (column, at) in columns.iter().zip(0..) {
            dress(sheet, column, at)?;
        }
        for (at, cell) in &page.cells {
            let format = match columns.get(at.column as usize) {
                Some(column) if at.row == 0 => heading(column),
                Some(column) => body(&column.kind),
                None => wrapped(),
            };
            // No row of the table of sheets has as many columns as a sheet may.
            let (row, column) = (at.row, at.column as u16);
            match cell {
                Cell::Text(text) | Cell::Odd(text) => sheet.write_string_with_format(row, column, text, &format)?,
                Cell::Number(number) => sheet.write_number_with_format(row, column, *number, &format)?,
                Cell::Yes(yes) => sheet.write_boolean_with_format(row, column, *yes, &format)?,
                Cell::Day(day) => {
                    // Days of other centuries stand in books as texts.
                    let date = ExcelDateTime::from_ymd(day.year() as u16, day.month() as u8, day.day() as u8)?;
                    sheet.write_datetime_with_format(row, column, &date, &format)?
                }
                Cell::Formula => sheet.write_blank(row, column, &format)?,
            };
        }
    }
    file.save_to_buffer()
}

fn wrapped() -> Format {
    Format::new().set_text_wrap().set_align(FormatAlign::Top)
}

fn heading(column: &Column) -> Format {
    let fill = if column.need { 0x1F4E79 } else { 0x5B7FA3 };
    let format = wrapped().set_bold().set_font_color(Color::White).set_background_color(Color::RGB(fill));
    format.set_border(FormatBorder::Thin).set_border_color(Color::White)
}

/// Codes, texts and rules are kept as texts, so that nothing is made of `001`, `10-1` or `=`.
fn body(kind: &Kind) -> Format {
    match kind {
        Kind::Day => wrapped().set_num_format("yyyy-mm-dd"),
        Kind::Whole(_) => wrapped().set_num_format("0"),
        Kind::Money => wrapped().set_num_format("0.00"),
        Kind::Bound => wrapped(),
        Kind::Rule => wrapped().set_num_format("@").set_font_name("Consolas"),
        _ => wrapped().set_num_format("@"),
    }
}

/// Width, format and choices of a column.
fn dress(sheet: &mut Worksheet, column: &Column, at: u16) -> Result<(), rust_xlsxwriter::XlsxError> {
    let width = match column.kind {
        Kind::Words | Kind::Text | Kind::Texts | Kind::Rule => 36,
        Kind::Codes | Kind::File | Kind::Many(_) => 22,
        Kind::Parent(_) | Kind::Key | Kind::Code | Kind::CodeOf(_) | Kind::One(_) => 18,
        Kind::Whole(_) | Kind::Money | Kind::Bound | Kind::Day | Kind::YesNo => 12,
    };
    sheet.set_column_width(at, width)?.set_column_format(at, &body(&column.kind))?;
    let below = |sheet: &str| Formula::new(format!("='{sheet}'!$A$2:$A${}", LAST_ROW + 1));
    let list = DataValidation::new();
    let list = match &column.kind {
        Kind::One(names) => {
            let names: Vec<String> = names.iter().map(|name| name.shown()).collect();
            list.allow_list_strings(&names)?.set_error_style(DataValidationErrorStyle::Stop)
        }
        Kind::YesNo => list.allow_list_strings(&["是", "否"])?,
        Kind::CodeOf(sheet) => list.allow_list_formula(below(sheet)).show_error_message(false),
        _ => return Ok(()),
    };
    sheet.add_data_validation(1, at, LAST_ROW, at, &list)?;
    Ok(())
}
