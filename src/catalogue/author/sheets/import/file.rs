//! A file in the making: what the rows have put into it so far, and from which cell each value came.

use super::super::columns::SHEETS;
use super::super::{At, write};
use super::rows::Row;
use std::collections::BTreeMap;
use toml::{Table, Value};

/// A file in the making.
#[derive(Default)]
pub(super) struct File {
    pub table: Table,
    /// Path of a value → its cell.
    pub cells: BTreeMap<String, Origin>,
}

/// Where a value came from, and what stands there.
#[derive(Clone)]
pub(super) struct Origin {
    pub sheet: &'static str,
    pub at: At,
    pub shown: String,
}

impl File {
    /// Remembers the cells of a table at `path`; the table itself is at `at`.
    pub(super) fn register(&mut self, path: &str, at: At, sheet: &'static str, cells: Vec<(String, Origin)>) {
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
    pub(super) fn reach(&mut self, steps: &[(&str, String)]) -> Result<(&mut Table, String), Vec<String>> {
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
    pub(super) fn push(&mut self, steps: &[(&'static str, String)], list: &str, row: Row, sheet: &'static str) {
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
    pub(super) fn origin(&self, place: &str) -> (Origin, usize) {
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

    /// No row has been put into it but the one that it begins with.
    pub(super) fn is_bare(&self) -> bool {
        !self.table.values().any(|value| value.as_array().is_some_and(|rows| rows.iter().any(Value::is_table)))
    }

    /// The text of the file. Lists that a file must have are there without entries too.
    pub(super) fn text(&self, hall: bool) -> String {
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

/// A file's name without `.toml`, however it was typed.
pub(super) fn stem(name: &str) -> String {
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
pub(super) fn put(table: &mut Table, path: &str, value: Value) {
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
