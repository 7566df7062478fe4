//! A workbook → files. Every cell is read by the table of [`SHEETS`], the files are made, and then checked as those of
//! authors are; all findings come in one pass, each with its cell. A cell that cannot be read is gone on with by a guess,
//! so that the rest is still judged, and what follows from guesses is not reported.

use super::cells::{self, Wrong, shown};
use super::columns::{Column, GUIDE, Kind, Rows, SHEETS, Sheet};
use super::{At, Book, Cell, CellFinding, Page, nearest, write};
use crate::catalogue::author::places::Places;
use crate::catalogue::author::{Finding, Severity, Source, compile};
use crate::words::{Text, identifier::half_width};
use std::collections::{BTreeMap, BTreeSet};
use toml::{Table, Value};

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
        match book.pages.iter().find(|page| page.name.trim() == sheet.name) {
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
    /// Files whose codes or types are guesses: what their rules say cannot be judged.
    shaky: BTreeSet<String>,
}

/// A file in the making.
#[derive(Default)]
struct File {
    table: Table,
    /// Path of a value → its cell.
    cells: BTreeMap<String, Origin>,
}

/// Where a value came from, and what stands there.
#[derive(Clone)]
struct Origin {
    sheet: &'static str,
    at: At,
    shown: String,
}

/// The columns of a sheet that a page has: title → column of the page.
type Titles = BTreeMap<String, u32>;

/// A row that has been read.
struct Row {
    table: Table,
    cells: Vec<(String, Origin)>,
    /// What the key cells say, in their order: the file, or the parents, or the key.
    file: Option<Origin>,
    parents: Vec<(&'static str, Origin)>,
    key: Option<Origin>,
    /// The first cell that says something.
    first: At,
    shaky: bool,
}

impl Import {
    fn report(&mut self, sheet: &'static str, at: At, code: &'static str, shown: &str, message: Text, help: Text) {
        self.bad.insert((sheet, at));
        self.findings.push(CellFinding::new(sheet, at, code, shown, message, help));
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
        let plain = |text: &str| half_width(text.lines().next().unwrap_or_default()).replace('*', "").trim().to_owned();
        let wanted: Vec<String> = sheet.columns.iter().flat_map(Column::cells).map(|(title, _)| plain(&title)).collect();
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

    // ── rows ──

    fn row(&mut self, sheet: &'static Sheet, titles: &Titles, number: u32, cells: &BTreeMap<u32, &Cell>) -> Row {
        let first = At::new(number, cells.keys().next().copied().unwrap_or(0));
        let mut row = Row { table: Table::new(), cells: vec![], file: None, parents: vec![], key: None, first, shaky: false };
        let mut money = false;
        for column in sheet.columns {
            let halves: Vec<(At, Option<&Cell>, String)> = column
                .cells()
                .into_iter()
                .filter_map(|(title, path)| {
                    let at = At::new(number, *titles.get(&half_width(&title))?);
                    Some((at, cells.get(&at.column).copied(), path))
                })
                .collect();
            let some = halves.iter().any(|(_, cell, _)| cell.is_some());
            for (at, cell, path) in halves {
                let value = match cell {
                    Some(cell) => match cells::read(&column.kind, cell, money) {
                        Ok(value) => value,
                        Err(wrong) => {
                            row.shaky |= shapes(column) && !wrong.near;
                            self.wrong(sheet.name, at, &shown(cell), wrong)
                        }
                    },
                    None if column.need => {
                        row.shaky |= shapes(column);
                        self.wrong(sheet.name, at, "", cells::missing(&column.kind))
                    }
                    None if some => self.wrong(sheet.name, at, "", cells::untranslated(&column.kind)),
                    None => continue,
                };
                money |= column.path == "type" && value.as_str() == Some("money");
                let origin = Origin { sheet: sheet.name, at, shown: cell.map(shown).unwrap_or_default() };
                let code = || Origin { shown: value.as_str().unwrap_or_default().to_owned(), ..origin.clone() };
                match column.kind {
                    Kind::File => row.file = cell.map(|_| code()),
                    Kind::Parent(of) => row.parents.push((of, code())),
                    Kind::Key => row.key = Some(code()),
                    _ => {
                        put(&mut row.table, &path, value);
                        row.cells.push((path, origin));
                    }
                }
            }
            // A parent that need not be named, and is not.
            if let Kind::Parent(of) = column.kind
                && !some
                && !column.need
            {
                row.parents.push((of, Origin { sheet: sheet.name, at: first, shown: String::new() }));
            }
        }
        row
    }

    /// Puts a row into its file.
    fn place(&mut self, sheet: &'static Sheet, row: Row) {
        match sheet.rows {
            Rows::File(under) => self.begin(sheet, under, row),
            Rows::Hall(name) => {
                let file = self.files.entry(HALL.to_owned()).or_default();
                if file.table.contains_key(name) {
                    let message = Text::new("这个表只填一行", "this sheet has one row only");
                    return self.report(
                        sheet.name,
                        row.first,
                        "sheet.one-row",
                        "",
                        message,
                        Text::new("删除多余的行", "delete the others"),
                    );
                }
                file.table.insert(name.to_owned(), Value::Table(row.table));
                file.register(name, row.first, sheet.name, row.cells);
            }
            Rows::Keyed(name) => {
                self.shaky.extend(row.shaky.then(|| HALL.to_owned()));
                let Some(key) = row.key else { return };
                let file = self.files.entry(HALL.to_owned()).or_default();
                let keyed = file.table.entry(name).or_insert_with(|| Value::Table(Table::new()));
                let again = keyed.as_table_mut().is_some_and(|keyed| keyed.insert(key.shown.clone(), Value::Table(row.table)).is_some());
                file.register(&format!("{name}.{}", key.shown), key.at, sheet.name, row.cells);
                if again && !self.bad.contains(&(sheet.name, key.at)) {
                    // Which code was meant to be another is not known.
                    self.shaky.insert(HALL.to_owned());
                    let message = Text::new(format!("编码“{}”重复", key.shown), format!("the code `{}` is used twice", key.shown));
                    self.report(
                        sheet.name,
                        key.at,
                        "file.duplicate-code",
                        &key.shown,
                        message,
                        Text::new("改成别的编码", "choose another"),
                    );
                }
            }
            Rows::HallList(name) => {
                self.shaky.extend(row.shaky.then(|| HALL.to_owned()));
                let file = self.files.entry(HALL.to_owned()).or_default();
                file.push(&[], name, row, sheet.name);
            }
            Rows::Table(path) => self.only(sheet, path, row),
            Rows::List(levels) => self.entry(sheet, levels, row),
        }
    }

    /// A row that begins a file.
    fn begin(&mut self, sheet: &'static Sheet, under: Option<&'static str>, row: Row) {
        let Some(name) = row.file else { return };
        let stem = stem(&name.shown);
        let sound =
            !stem.is_empty() && stem != HALL && stem.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "-@.".contains(c));
        if !sound || stem.starts_with('.') {
            let message = Text::new(format!("“{}”不能作文件名", name.shown), format!("`{}` cannot be the name of a file", name.shown));
            return self.report(sheet.name, name.at, "sheet.file-name", &name.shown, message, cells::how(&Kind::File));
        }
        if self.files.contains_key(&stem) {
            let message = Text::new(format!("文件“{stem}”重复"), format!("the file `{stem}` is there twice"));
            return self.report(sheet.name, name.at, "file.duplicate-code", &name.shown, message, cells::how(&Kind::File));
        }
        self.shaky.extend(row.shaky.then(|| stem.clone()));
        let file = self.files.entry(stem).or_default();
        file.table = match under {
            None => row.table,
            Some(under) => Table::from_iter([(under.to_owned(), Value::Table(row.table))]),
        };
        file.register("", name.at, sheet.name, vec![]);
        file.register(under.unwrap_or_default(), name.at, sheet.name, row.cells);
    }

    /// The file to which a row belongs.
    fn file_of(&mut self, sheet: &'static Sheet, row: &Row) -> Option<String> {
        let name = row.file.as_ref()?;
        let stem = stem(&name.shown);
        let known = |files: &BTreeMap<String, File>| files.contains_key(&stem) && stem != HALL;
        if known(&self.files) {
            self.shaky.extend(row.shaky.then(|| stem.clone()));
            return Some(stem);
        }
        let near = nearest(&stem, self.files.keys().map(String::as_str).filter(|known| *known != HALL)).map(str::to_owned);
        let message = Text::new(
            format!("“事项”和“地方补充”表中没有文件“{stem}”"),
            format!("neither the sheet 事项 nor 地方补充 has a file `{stem}`"),
        );
        let help = match &near {
            Some(near) => Text::new(format!("是不是“{near}”?"), format!("did you mean `{near}`?")),
            None => Text::new("改成那两个表中“文件”列的内容,或者在那里加一行", "write what their column 文件 has, or add a row there"),
        };
        self.shaky.extend(near);
        self.report(sheet.name, name.at, "sheet.unknown-file", &name.shown, message, help);
        None
    }

    /// A row that is a table of which a file has one.
    fn only(&mut self, sheet: &'static Sheet, path: &'static str, row: Row) {
        let Some(stem) = self.file_of(sheet, &row) else { return };
        let Some(file) = self.files.get_mut(&stem) else { return };
        if file.cells.contains_key(path) {
            let at = row.file.map_or(row.first, |name| name.at);
            let message = Text::new("一个文件只填一行", "a file has one row here");
            return self.report(sheet.name, at, "file.duplicate-code", &stem, message, Text::new("删除多余的行", "delete the others"));
        }
        put(&mut file.table, path, Value::Table(row.table));
        file.register(path, row.first, sheet.name, row.cells);
    }

    /// A row that is an entry of a list.
    fn entry(&mut self, sheet: &'static Sheet, levels: &'static [&'static str], row: Row) {
        let Some(stem) = self.file_of(sheet, &row) else { return };
        let Some(file) = self.files.get_mut(&stem) else { return };
        // From the outermost entry inwards; a parent that is not named leaves out its level.
        let mut steps: Vec<(&'static str, String)> = Vec::new();
        let mut lost = None;
        for (level, (of, parent)) in levels.iter().zip(&row.parents) {
            if parent.shown.is_empty() {
                continue;
            }
            steps.push((level, parent.shown.clone()));
            if let Err(known) = file.reach(&steps) {
                lost = Some((*of, parent.clone(), known));
                break;
            }
        }
        let Some((of, parent, known)) = lost else {
            return file.push(&steps, levels.last().unwrap_or(&""), row, sheet.name);
        };
        self.shaky.insert(stem);
        if self.bad.contains(&(sheet.name, parent.at)) {
            return;
        }
        let message = Text::new(
            format!("“{of}”表中这个文件没有编码“{}”", parent.shown),
            format!("this file has no code `{}` in the sheet {of}", parent.shown),
        );
        let help = match nearest(&parent.shown, known.iter().map(String::as_str)) {
            Some(near) => Text::new(format!("是不是“{near}”?"), format!("did you mean `{near}`?")),
            None => {
                Text::new(format!("改成“{of}”表中的编码,或者在那里加一行"), format!("write a code of the sheet {of}, or add a row there"))
            }
        };
        self.report(sheet.name, parent.at, "sheet.unknown-parent", &parent.shown, message, help);
    }

    // ── the files ──

    fn finish(mut self, judge: impl Fn(&[Source]) -> Vec<Finding>) -> Result<Imported, Vec<CellFinding>> {
        let sources: Vec<Source> =
            self.files.iter().map(|(stem, file)| Source { name: format!("{stem}.toml"), text: file.text(stem == HALL) }).collect();
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
                self.findings.push(moved(finding, source, origin, &below));
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

impl File {
    /// Remembers the cells of a table at `path`; the table itself is at `at`.
    fn register(&mut self, path: &str, at: At, sheet: &'static str, cells: Vec<(String, Origin)>) {
        self.cells.insert(path.to_owned(), Origin { sheet, at, shown: String::new() });
        for (below, origin) in cells {
            let place = if path.is_empty() { below } else { format!("{path}.{below}") };
            // A text as a whole is where its Chinese is.
            if let Some(whole) = place.strip_suffix(".zh") {
                self.cells.insert(whole.to_owned(), origin.clone());
            }
            self.cells.insert(place, origin);
        }
    }

    /// The table of the entry to which the steps (list, code) lead, and its path; or the codes that the last list has.
    fn reach(&mut self, steps: &[(&str, String)]) -> Result<(&mut Table, String), Vec<String>> {
        let mut table = &mut self.table;
        let mut path = String::new();
        for (list, code) in steps {
            let entries = hold(table, list).and_then(Value::as_array_mut).map(Vec::as_mut_slice).unwrap_or_default();
            let of = |entry: &Value| entry.get("code").and_then(Value::as_str).map(str::to_owned);
            let Some(at) = entries.iter().position(|entry| of(entry).as_ref() == Some(code)) else {
                return Err(entries.iter().filter_map(of).collect());
            };
            let Some(next) = entries[at].as_table_mut() else { return Err(vec![]) };
            table = next;
            path = format!("{}{list}[{code}]", if path.is_empty() { String::new() } else { path + "." });
        }
        Ok((table, path))
    }

    /// Adds a row to the list of the entry to which the steps lead.
    fn push(&mut self, steps: &[(&'static str, String)], list: &str, row: Row, sheet: &'static str) {
        let Ok((table, path)) = self.reach(steps) else { return };
        if hold(table, list).is_none() {
            put(table, list, Value::Array(vec![]));
        }
        let Some(Value::Array(entries)) = hold(table, list) else { return };
        let code = row.table.get("code").and_then(Value::as_str).map_or_else(|| entries.len().to_string(), str::to_owned);
        entries.push(Value::Table(row.table));
        let list = if path.is_empty() { list.to_owned() } else { format!("{path}.{list}") };
        let at = row.cells.iter().find(|(path, _)| path == "code").map_or(row.first, |(_, origin)| origin.at);
        self.cells.entry(list.clone()).or_insert(Origin { sheet, at, shown: String::new() });
        self.register(&format!("{list}[{code}]"), at, sheet, row.cells);
    }

    /// The cell of a path, or of the nearest thing around it; and how much of the path leads to that.
    fn origin(&self, place: &str) -> (Origin, usize) {
        let mut path = place;
        loop {
            if let Some(origin) = self.cells.get(path) {
                return (origin.clone(), path.len());
            }
            // `basis[0]` lies in the cell of `basis`.
            path = match path.rfind(['.', '[']) {
                Some(at) => &path[..at],
                None if path.is_empty() => return (Origin { sheet: SHEETS[0].name, at: At::new(0, 0), shown: String::new() }, 0),
                None => "",
            };
        }
    }

    /// The text of the file. Lists that a file must have are there without entries too.
    fn text(&self, hall: bool) -> String {
        let mut table = self.table.clone();
        let overlay = table.contains_key("overlay");
        let needed: &[&str] = match (hall, overlay) {
            (true, _) => &["categories"],
            (false, true) => &[],
            (false, false) => &["conditions", "materials", "limits", "flow"],
        };
        for list in needed {
            table.entry(*list).or_insert_with(|| Value::Array(vec![]));
        }
        if hall {
            table.entry("laws").or_insert_with(|| Value::Table(Table::new()));
        }
        write::file(&table)
    }
}

/// Whether other cells are judged by what this column says.
fn shapes(column: &Column) -> bool {
    matches!(column.kind, Kind::File | Kind::Parent(_) | Kind::Key | Kind::Code) || matches!(column.path, "type" | "asks")
}

/// A file's name without `.toml`, however it was typed.
fn stem(name: &str) -> String {
    name.strip_suffix(".toml").unwrap_or(name).to_owned()
}

/// The value at a dotted path.
fn hold<'t>(table: &'t mut Table, path: &str) -> Option<&'t mut Value> {
    match path.split_once('.') {
        None => table.get_mut(path),
        Some((key, rest)) => hold(table.get_mut(key)?.as_table_mut()?, rest),
    }
}

/// Sets the value at a dotted path.
fn put(table: &mut Table, path: &str, value: Value) {
    match path.split_once('.') {
        None => {
            table.insert(path.to_owned(), value);
        }
        Some((key, rest)) => {
            if let Value::Table(inner) = table.entry(key).or_insert_with(|| Value::Table(Table::new())) {
                put(inner, rest, value);
            }
        }
    }
}

/// A finding of a file, moved to its cell: the characters that it marks are those in the cell.
fn moved(finding: Finding, source: &Source, origin: Origin, below: &str) -> CellFinding {
    let shown = origin.shown.as_str();
    let entry = below.strip_prefix('[').and_then(|number| cells::entry(shown, number.strip_suffix(']')?.parse().ok()?));
    let marked = match (below, entry) {
        ("", _) => within(&finding, source, shown),
        (_, entry) => entry.map(|entry| spot(shown, entry.start, shown[entry].chars().count())),
    };
    let (line, column, width) = marked.unwrap_or_else(|| (1, 1, shown.lines().next().map_or(1, |line| line.chars().count().max(1))));
    let text = shown.lines().nth(line - 1).unwrap_or_default().to_owned();
    CellFinding { sheet: origin.sheet.to_owned(), cell: origin.at, finding: Finding { line, column, width, text, ..finding } }
}

/// Line and column of a byte in a cell's text.
fn spot(shown: &str, start: usize, width: usize) -> (usize, usize, usize) {
    let before = &shown[..start];
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (before.matches('\n').count() + 1, column, width)
}

/// Line, column and width in a cell's text of what a finding marks in the file, where the text stands there as it is.
fn within(finding: &Finding, source: &Source, shown: &str) -> Option<(usize, usize, usize)> {
    let line_start: usize = source.text.split_inclusive('\n').take(finding.line - 1).map(str::len).sum();
    let start = line_start + source.text[line_start..].char_indices().nth(finding.column - 1).map_or(0, |(at, _)| at);
    let span = Places::of(&source.text).span(&finding.place);
    let offset = span.start + source.text.get(span)?.find(shown)?;
    let at = start.checked_sub(offset).filter(|at| shown.is_char_boundary(*at))?;
    Some(spot(shown, at, finding.width))
}
