//! Rows: their cells are read by the columns of their sheet, and each goes to its place in its file.

use super::super::cells::{self, shown};
use super::super::columns::{Column, Kind, Rows, Sheet};
use super::super::{At, Cell};
use super::file::{File, Origin, put, stem};
use super::{HALL, Import, Titles};
use crate::words::{Text, identifier::half_width, nearest};
use std::collections::BTreeMap;
use toml::{Table, Value};

/// The sheet in which files begin.
const FILES: &str = "事项";

/// A row that has been read.
pub(super) struct Row {
    pub table: Table,
    pub cells: Vec<(String, Origin)>,
    /// What the key cells say, in their order: the file, or the parents, or the key.
    pub file: Option<Origin>,
    pub parents: Vec<(&'static str, Origin)>,
    pub key: Option<Origin>,
    /// The first cell that says something.
    pub first: At,
    pub shaky: bool,
}

impl Import {
    pub(super) fn row(&mut self, sheet: &'static Sheet, titles: &Titles, number: u32, cells: &BTreeMap<u32, &Cell>) -> Row {
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
    pub(super) fn place(&mut self, sheet: &'static Sheet, row: Row) {
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
        if self.missing.contains(FILES) {
            return None;
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
        self.report_once((String::new(), stem), sheet.name, name, "sheet.unknown-file", message, help);
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
        self.shaky.insert(stem.clone());
        if self.bad.contains(&(sheet.name, parent.at)) || self.missing.contains(of) {
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
        let what = (format!("{stem}/{of}"), parent.shown.clone());
        self.report_once(what, sheet.name, &parent, "sheet.unknown-parent", message, help);
    }
}

/// Whether other cells are judged by what this column says.
fn shapes(column: &Column) -> bool {
    matches!(column.kind, Kind::File | Kind::Parent(_) | Kind::Key | Kind::Code) || matches!(column.path, "type" | "asks")
}
