//! A workbook → files. Every cell is read by the table of [`SHEETS`], the files are made, and then checked as those of
//! authors are; all findings come in one pass, each with its cell. A cell that cannot be read is gone on with by a guess,
//! so that the rest is still judged, and what follows from guesses is not reported.

mod file;
mod marks;
mod rows;

use self::file::{File, Origin, stem};
use super::cells::{Wrong, shown};
use super::columns::{Column, GUIDE, Rows, SHEETS, Sheet};
use super::{At, Book, Cell, CellFinding, Page};
use crate::catalogue::author::{Finding, Severity, Source, compile};
use crate::words::{Text, identifier::half_width, nearest};
use std::collections::BTreeSet;
use std::collections::btree_map::{BTreeMap, Entry};
use toml::Value;

/// The files of a workbook, and what the linter warns of.
#[derive(Debug)]
pub struct Imported {
    pub sources: Vec<Source>,
    pub warnings: Vec<CellFinding>,
}

/// The files, or everything that keeps the workbook from being a catalogue; `judge` says what is wrong with files.
pub fn import(book: &Book, judge: impl Fn(&[Source]) -> Vec<Finding>) -> Result<Imported, Vec<CellFinding>> {
    let mut import = Import::default();
    for page in &book.pages {
        import.strange(page);
    }
    for sheet in SHEETS {
        // A sheet whose name was mistyped has been reported, and is read all the same.
        let named = |page: &&Page| page.name.trim() == sheet.name;
        let meant = |page: &&Page| import.meant.get(page.name.trim()) == Some(&sheet.name);
        match book.pages.iter().find(named).or_else(|| book.pages.iter().find(meant)) {
            Some(page) => import.sheet(sheet, page),
            None => import.no_sheet(sheet),
        }
    }
    import.finish(judge)
}

/// The stem of [`HALL_FILE`].
const HALL: &str = "hall";

#[derive(Default)]
struct Import {
    /// By their stems; the hall's own too.
    files: BTreeMap<String, File>,
    findings: Vec<CellFinding>,
    /// Cells with findings of their own.
    bad: BTreeSet<(&'static str, At)>,
    /// Sheets or columns are missing, so that files cannot be judged.
    torn: bool,
    missing: BTreeSet<&'static str>,
    /// Sheets under a name that nobody knows → what was meant.
    meant: BTreeMap<String, &'static str>,
    /// What is reported once, however many cells say it → the finding, and those cells beyond the first.
    once: BTreeMap<(String, String), (usize, usize)>,
    /// Files whose codes or types are guesses: what their rules say cannot be judged.
    shaky: BTreeSet<String>,
}

/// The columns of a sheet that a page has: title → column of the page.
type Titles = BTreeMap<String, u32>;

impl Import {
    fn report(&mut self, sheet: &'static str, at: At, code: &'static str, shown: &str, message: Text, help: Text) {
        self.bad.insert((sheet, at));
        self.findings.push(CellFinding::new(sheet, at, code, shown, message, help));
    }

    /// The first cell that says `what`, which is wrong wherever it stands: often it is another cell that has to change.
    fn report_once(&mut self, what: (String, String), sheet: &'static str, cell: &Origin, code: &'static str, message: Text, help: Text) {
        self.bad.insert((sheet, cell.at));
        match self.once.entry(what) {
            Entry::Occupied(mut known) => known.get_mut().1 += 1,
            Entry::Vacant(new) => {
                new.insert((self.findings.len(), 0));
                self.findings.push(CellFinding::new(sheet, cell.at, code, &cell.shown, message, help));
            }
        }
    }

    fn wrong(&mut self, sheet: &'static str, at: At, shown: &str, wrong: Wrong) -> Value {
        self.report(sheet, at, wrong.code, shown, wrong.message, wrong.help);
        wrong.guess
    }

    // ── sheets and titles ──

    /// A sheet with something in it that nobody reads.
    fn strange(&mut self, page: &Page) {
        let name = page.name.trim();
        if name == GUIDE || page.cells.is_empty() || SHEETS.iter().any(|sheet| sheet.name == name) {
            return;
        }
        let near = nearest(name, SHEETS.iter().map(|sheet| sheet.name));
        self.meant.extend(near.map(|near| (name.to_owned(), near)));
        let message = Text::new(format!("不认识工作表“{name}”"), format!("there is no sheet `{name}`"));
        let help = match near {
            Some(near) => Text::new(format!("是不是“{near}”?"), format!("did you mean {near}?")),
            None => Text::new(
                "删除这个工作表,或者把内容移到“说明”所列的表中",
                "delete it, or move what it says to one of the sheets that 说明 lists",
            ),
        };
        self.findings.push(CellFinding::new(name, At::new(0, 0), "sheet.unknown", name, message, help));
    }

    fn no_sheet(&mut self, sheet: &'static Sheet) {
        self.torn = true;
        self.missing.insert(sheet.name);
        let message = Text::new(format!("缺少工作表“{}”", sheet.name), format!("the sheet {} is missing", sheet.name));
        let help = Text::new("补上这个工作表和它的列名;没有内容也要保留", "put it back with its titles, even if it has no rows");
        self.report(sheet.name, At::new(0, 0), "sheet.missing", "", message, help);
    }

    fn sheet(&mut self, sheet: &'static Sheet, page: &Page) {
        let titles = self.titles(sheet, page);
        let cells = self.merged(sheet, page);
        let mut rows: BTreeMap<u32, BTreeMap<u32, &Cell>> = BTreeMap::new();
        for (at, cell) in cells.iter().filter(|(at, cell)| at.row > 0 && !shown(cell).is_empty()) {
            rows.entry(at.row).or_default().insert(at.column, *cell);
        }
        self.untitled(sheet, page, &rows);
        for (number, cells) in rows {
            if cells.keys().any(|column| titles.values().any(|titled| titled == column)) {
                let row = self.row(sheet, &titles, number, &cells);
                self.place(sheet, row);
            }
        }
        self.one_hall(sheet);
    }

    /// The titles in the first row. Those too many and those missing are findings.
    fn titles(&mut self, sheet: &'static Sheet, page: &Page) -> Titles {
        let plain = |text: &str| -> String {
            let first = half_width(text.lines().next().unwrap_or_default());
            first.chars().filter(|c| *c != '*' && !c.is_whitespace()).collect()
        };
        let wanted: Vec<String> = sheet.columns.iter().flat_map(Column::cells).map(|(title, _)| plain(&title)).collect();
        let there: BTreeSet<String> = page.cells.iter().filter(|(at, _)| at.row == 0).map(|(_, cell)| plain(&shown(cell))).collect();
        let mut titles = Titles::new();
        for (at, cell) in page.cells.iter().filter(|(at, _)| at.row == 0) {
            let text = shown(cell);
            let title = plain(&text);
            if title.is_empty() {
                continue;
            }
            if !wanted.contains(&title) {
                let message = Text::new(format!("不认识列“{title}”"), format!("there is no column `{title}`"));
                let near = nearest(&title, wanted.iter().map(String::as_str));
                let help = match near {
                    Some(near) => Text::new(format!("是不是“{near}”?"), format!("did you mean {near}?")),
                    None => Text::new("删除这一列,或者改成“说明”所列的列名", "delete it, or give it a title that 说明 lists"),
                };
                self.report(sheet.name, *at, "sheet.unknown-column", &text, message, help);
                // Read as what was meant, so that the rest is judged.
                if let Some(near) = near.filter(|near| !there.contains(*near)) {
                    titles.entry(near.to_owned()).or_insert(at.column);
                }
            } else if titles.insert(title.clone(), at.column).is_some() {
                let message = Text::new(format!("列“{title}”重复"), format!("the column `{title}` is there twice"));
                self.report(sheet.name, *at, "sheet.duplicate-column", &text, message, Text::new("只留一列", "leave one of them"));
            }
        }
        let missing: Vec<&str> = wanted.iter().filter(|title| !titles.contains_key(*title)).map(String::as_str).collect();
        if !missing.is_empty() {
            self.torn = true;
            let missing = missing.join("、");
            let message = Text::new(format!("缺少列:{missing}"), format!("columns are missing: {missing}"));
            let help = Text::new("在第一行补上列名;没有内容也要保留", "put their titles back into the first row, even if they stay empty");
            self.report(sheet.name, At::new(0, 0), "sheet.missing-column", "", message, help);
        }
        titles
    }

    /// Cells below no title.
    fn untitled(&mut self, sheet: &'static Sheet, page: &Page, rows: &BTreeMap<u32, BTreeMap<u32, &Cell>>) {
        let titled = |column: u32| page.cells.get(&At::new(0, column)).is_some_and(|cell| !shown(cell).is_empty());
        let mut seen = BTreeSet::new();
        for (row, cells) in rows {
            for (column, cell) in cells.iter().filter(|(column, _)| !titled(**column)) {
                if seen.insert(*column) {
                    let message = Text::new("这一列没有列名,内容不会被读取", "this column has no title, so that nothing in it is read");
                    let help = Text::new("删除这些内容,或者移到有列名的列中", "delete what stands there, or move it below a title");
                    self.report(sheet.name, At::new(*row, *column), "sheet.no-title", &shown(cell), message, help);
                }
            }
        }
    }

    /// The cells with those that are merged down a column filled in. Areas across columns are findings; so are long texts
    /// for many rows, and areas that no spreadsheet program makes.
    fn merged<'p>(&mut self, sheet: &'static Sheet, page: &'p Page) -> BTreeMap<At, &'p Cell> {
        let mut cells: BTreeMap<At, &Cell> = page.cells.iter().map(|(at, cell)| (*at, cell)).collect();
        let mut areas: Vec<&(At, At)> = page.merged.iter().filter(|(_, to)| to.row > 0).collect();
        areas.sort_by_key(|(from, _)| (from.column, from.row));
        let rows: BTreeSet<u32> = page.cells.keys().map(|at| at.row).collect();
        let mut last: Option<At> = None;
        for (from, to) in areas {
            let top = page.cells.get(from);
            let over = last.is_some_and(|last| last.column == from.column && last.row >= from.row);
            let long = top.is_some_and(|top| shown(top).len() > 200);
            if from.column != to.column || from.row == 0 || from.row > to.row || over || long {
                let message = Text::new(format!("{from}:{to} 是合并的单元格"), format!("{from}:{to} are merged into one cell"));
                let help = Text::new("取消合并,每格分别填写", "unmerge them and fill in each");
                self.report(sheet.name, *from, "cell.merged", &top.map(shown).unwrap_or_default(), message, help);
                continue;
            }
            last = Some(*to);
            if let Some(top) = top {
                cells.extend(rows.range(from.row..=to.row).map(|row| (At::new(*row, from.column), top)));
            }
        }
        cells
    }

    fn one_hall(&mut self, sheet: &'static Sheet) {
        let Rows::Hall(name) = sheet.rows else { return };
        if !self.files.get(HALL).is_some_and(|file| file.table.contains_key(name)) && !self.torn {
            let message = Text::new("这个表要填一行", "this sheet needs one row");
            self.report(sheet.name, At::new(1, 0), "sheet.one-row", "", message, Text::new("填写大厅的信息", "fill in what the hall is"));
        }
    }

    // ── the files ──

    fn finish(mut self, judge: impl Fn(&[Source]) -> Vec<Finding>) -> Result<Imported, Vec<CellFinding>> {
        let sources: Vec<Source> =
            self.files.iter().map(|(stem, file)| Source { name: format!("{stem}.toml"), text: file.text(stem == HALL) }).collect();
        // Rows whose file is not there may be those of one that has none.
        if self.findings.iter().any(|found| found.finding.code == "sheet.unknown-file") {
            self.shaky.extend(self.files.iter().filter(|(_, file)| file.is_bare()).map(|(stem, _)| stem.clone()));
        }
        let found = match (self.torn, self.findings.is_empty()) {
            (true, _) => vec![],
            (false, true) => judge(&sources),
            // With guesses among the cells, only what no guess can be the reason of.
            (false, false) => compile(&sources).err().unwrap_or_default(),
        };
        for finding in found {
            let Some(source) = sources.iter().find(|source| source.name == finding.file) else { continue };
            let stem = stem(&source.name);
            let unsure = self.shaky.contains(&stem) || self.shaky.contains(HALL) && finding.code.contains("unknown");
            if unsure {
                continue;
            }
            let origin = self.files.get(&stem).map(|file| file.origin(&finding.place));
            let Some((origin, at)) = origin else { continue };
            if !self.bad.contains(&(origin.sheet, origin.at)) {
                let below = finding.place[at..].to_owned();
                self.findings.push(marks::moved(finding, source, origin, &below));
            }
        }
        for (at, more) in std::mem::take(&mut self.once).into_values().filter(|(_, more)| *more > 0) {
            if let Some(CellFinding { finding, .. }) = self.findings.get_mut(at) {
                finding.message.zh += &format!("(另有 {more} 个单元格也这样写)");
                finding.message.en += &format!(" ({more} more cells say the same)");
            }
        }
        let order = |name: &str| SHEETS.iter().position(|sheet| sheet.name == name).unwrap_or(SHEETS.len());
        self.findings.sort_by_key(|found| (order(&found.sheet), found.cell));
        if self.findings.iter().any(|found| found.finding.severity == Severity::Error) {
            return Err(self.findings);
        }
        Ok(Imported { sources, warnings: self.findings })
    }
}
