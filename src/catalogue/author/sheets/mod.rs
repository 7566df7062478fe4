//! A catalogue as a workbook, for authors who would rather fill in tables: sheets and columns have the names of the
//! national list (实施清单). Both directions follow one table, [`columns`]; nothing is lost on the way there and back but
//! comments and blanks at the ends of texts, and what a sheet cannot hold or a file cannot be made of is refused, all of
//! it at once, with its cell.
//!
//! - [`export`]: files → [`Book`].
//! - [`import`]: [`Book`] → files, checked as authors' own files are, each finding at its cell.
//! - `write`: a table → the text of a file.
//!
//! How a book lies in an `.xlsx` file is no concern of this floor.

mod cells;
pub mod columns;
pub mod export;
pub mod import;
mod write;

use super::{Finding, Severity};
use crate::words::Text;
use chrono::NaiveDate;
use serde::{Serialize, Serializer};
use std::collections::BTreeMap;
use std::fmt;

/// What a cell holds. Empty cells are left out.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    Text(String),
    Number(f64),
    Yes(bool),
    Day(NaiveDate),
    /// A date with a time of day, a duration, an error such as `#N/A`: as it is shown.
    Odd(String),
    /// A formula whose value was not kept in the file.
    Formula,
}

/// A cell's place in its sheet, counted from 0. Shown as in the program: `F12`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct At {
    pub row: u32,
    pub column: u32,
}

impl At {
    pub fn new(row: u32, column: u32) -> At {
        At { row, column }
    }
}

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut letters = String::new();
        let mut left = self.column + 1;
        while left > 0 {
            left -= 1;
            // `left % 26` is below 26.
            letters.insert(0, char::from(b'A' + (left % 26) as u8));
            left /= 26;
        }
        write!(f, "{letters}{}", self.row + 1)
    }
}

impl Serialize for At {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A sheet as it is in a workbook.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    pub name: String,
    pub cells: BTreeMap<At, Cell>,
    /// First and last cell of areas that are merged into one.
    pub merged: Vec<(At, At)>,
}

/// The sheets of a workbook in their order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Book {
    pub pages: Vec<Page>,
}

/// Something wrong in a workbook: line and column of the finding are those inside the cell.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CellFinding {
    pub sheet: String,
    pub cell: At,
    #[serde(flatten)]
    pub finding: Finding,
}

impl fmt::Display for CellFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = format!("{}!{}", self.sheet, self.cell);
        Finding { file: place, ..self.finding.clone() }.fmt(f)
    }
}

impl CellFinding {
    /// About the whole of a cell.
    fn new(sheet: &str, cell: At, code: &'static str, shown: &str, message: Text, help: Text) -> CellFinding {
        let text = shown.lines().next().unwrap_or_default().to_owned();
        let finding = Finding {
            code,
            severity: Severity::Error,
            file: String::new(),
            place: String::new(),
            line: 1,
            column: 1,
            width: text.chars().count().max(1),
            text,
            message,
            help: Some(help),
            witness: None,
        };
        CellFinding { sheet: sheet.to_owned(), cell, finding }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_named_as_in_the_program() {
        for (column, row, name) in [(0, 0, "A1"), (5, 11, "F12"), (25, 0, "Z1"), (26, 0, "AA1"), (701, 8, "ZZ9"), (702, 8, "AAA9")] {
            assert_eq!(At::new(row, column).to_string(), name);
        }
    }
}
