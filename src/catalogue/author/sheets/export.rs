//! Files → a workbook. Every value of every file goes into the cell that [`SHEETS`] has for it; a value for which there
//! is no cell, or that its cell cannot hold, is refused: nothing is left out in silence.

use super::cells;
use super::columns::{Column, GUIDE, Kind, Rows, SHEETS, Sheet};
use super::{At, Book, Cell, Page};
use crate::catalogue::author::places::Places;
use crate::catalogue::author::{Finding, HALL_FILE, Source, compile, placed};
use crate::words::Text;
use std::collections::BTreeSet;
use toml::{Table, Value};

/// The workbook of a catalogue without errors; else its errors, or what sheets cannot hold.
pub fn export(sources: &[Source]) -> Result<Book, Vec<Finding>> {
    compile(sources)?;
    let mut files: Vec<File> = sources.iter().filter_map(File::of).collect();
    let mut pages = vec![guide()];
    pages.extend(SHEETS.iter().map(|sheet| page(sheet, &mut files)));
    let findings: Vec<Finding> = files.into_iter().flat_map(File::left).collect();
    if findings.is_empty() { Ok(Book { pages }) } else { Err(findings) }
}

/// A file on its way into the sheets.
struct File<'a> {
    source: &'a Source,
    /// Its name without `.toml`.
    stem: &'a str,
    table: Table,
    /// Paths of the values that have gone into a cell.
    told: BTreeSet<String>,
}

/// A table of a file that makes a row: the codes of the entries around it, its path and its own code.
struct Row<'t> {
    parents: Vec<&'t str>,
    path: String,
    key: &'t str,
    table: &'t Table,
}

impl File<'_> {
    /// A file that compiles is a table.
    fn of(source: &Source) -> Option<File<'_>> {
        let stem = source.name.strip_suffix(".toml").unwrap_or(&source.name);
        Some(File { source, stem, table: source.text.parse().ok()?, told: BTreeSet::new() })
    }

    fn is_hall(&self) -> bool {
        self.source.name == HALL_FILE
    }

    /// What no cell holds.
    fn left(self) -> Vec<Finding> {
        let places = Places::of(&self.source.text);
        let mut all = Vec::new();
        leaves("", &Value::Table(self.table), &mut all);
        let left = all.into_iter().filter(|path| !self.told.contains(path));
        let report = |path: String| {
            let message = Text::new(
                format!("表格放不下“{path}”:没有这一列,或者单元格里写不了这个值"),
                format!("the sheets cannot hold `{path}`: there is no column for it, or a cell cannot say it"),
            );
            let help = Text::new(
                "去掉首尾空格、分号和超长文字",
                "leave out blanks at its ends, semicolons in lists and texts beyond 32,767 characters",
            );
            let at = places.span(&path);
            placed(self.source, path, "sheet.cannot-hold", at, message, Some(help))
        };
        left.map(report).collect()
    }
}

/// The path of every value in a file that says something.
fn leaves(path: &str, value: &Value, all: &mut Vec<String>) {
    match value {
        Value::Table(table) => table.iter().for_each(|(key, value)| leaves(&join(path, key), value, all)),
        Value::Array(entries) if entries.is_empty() => {}
        Value::Array(entries) if entries.iter().all(Value::is_table) => {
            entries.iter().enumerate().for_each(|(at, entry)| leaves(&entry_path(path, at, entry), entry, all));
        }
        _ => all.push(path.to_owned()),
    }
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

fn entry_path(list: &str, at: usize, entry: &Value) -> String {
    match entry.get("code").and_then(Value::as_str) {
        Some(code) => format!("{list}[{code}]"),
        None => format!("{list}[{at}]"),
    }
}

/// The rows that a sheet has of a file.
fn rows<'t>(sheet: &Sheet, table: &'t Table, hall: bool) -> Vec<Row<'t>> {
    let one = |name: &str| -> Vec<Row<'t>> {
        let found = lookup(table, name).and_then(Value::as_table);
        found.map(|table| Row { parents: vec![], path: name.to_owned(), key: "", table }).into_iter().collect()
    };
    match &sheet.rows {
        Rows::File(None) if !hall && !table.contains_key("overlay") => vec![Row { parents: vec![], path: String::new(), key: "", table }],
        Rows::File(Some(name)) | Rows::Table(name) if !hall => one(name),
        Rows::Hall(name) if hall => one(name),
        Rows::Keyed(name) if hall => {
            let entries = table.get(*name).and_then(Value::as_table);
            let row = |(key, value): (&'t String, &'t Value)| {
                Some(Row { parents: vec![], path: format!("{name}.{key}"), key, table: value.as_table()? })
            };
            entries.into_iter().flatten().filter_map(row).collect()
        }
        Rows::HallList(name) if hall => listed(table, &[name], "", &[]),
        Rows::List(levels) if !hall => listed(table, levels, "", &[]),
        _ => vec![],
    }
}

/// The entries of a list, or of the lists inside its entries; a level in between may be left out.
fn listed<'t>(table: &'t Table, levels: &[&str], path: &str, parents: &[&'t str]) -> Vec<Row<'t>> {
    let [level, below @ ..] = levels else { return vec![] };
    let list = join(path, level);
    let mut rows = Vec::new();
    for (at, entry) in lookup(table, level).and_then(Value::as_array).into_iter().flatten().enumerate() {
        let Some(table) = entry.as_table() else { continue };
        let path = entry_path(&list, at, entry);
        if below.is_empty() {
            rows.push(Row { parents: parents.to_vec(), path, key: "", table });
            continue;
        }
        let code = entry.get("code").and_then(Value::as_str).unwrap_or_default();
        if let [_, further @ ..] = below
            && !further.is_empty()
        {
            rows.extend(listed(table, further, &path, &[parents, &[code, ""][..]].concat()));
        }
        rows.extend(listed(table, below, &path, &[parents, &[code][..]].concat()));
    }
    rows
}

fn page(sheet: &Sheet, files: &mut [File]) -> Page {
    let mut page = Page { name: sheet.name.to_owned(), ..Page::default() };
    for (at, heading) in headings(sheet).into_iter().enumerate() {
        page.cells.insert(At::new(0, at as u32), Cell::Text(heading));
    }
    let mut below = 1;
    for file in files {
        let hall = file.is_hall();
        let mut told = Vec::new();
        for row in rows(sheet, &file.table, hall) {
            for (at, cell, path) in filled(sheet, file.stem, &row) {
                page.cells.insert(At::new(below, at), cell);
                told.extend(path);
            }
            below += 1;
        }
        file.told.extend(told);
    }
    page
}

/// The first line of a sheet: `事项名称*` with its English below, `*` for what must be filled in.
pub fn headings(sheet: &Sheet) -> Vec<String> {
    let heading = |column: &Column| {
        let star = if column.need { "*" } else { "" };
        let english = |at: usize| if at == 0 { column.en.to_owned() } else { format!("{} (English)", column.en) };
        column.cells().iter().enumerate().map(|(at, (title, _))| format!("{title}{star}\n{}", english(at))).collect::<Vec<_>>()
    };
    sheet.columns.iter().flat_map(heading).collect()
}

/// The cells of a row: column, content, and the path of the value that it holds.
fn filled(sheet: &Sheet, stem: &str, row: &Row) -> Vec<(u32, Cell, Option<String>)> {
    let money = row.table.get("type").and_then(Value::as_str) == Some("money");
    let mut parents = row.parents.iter();
    let mut cells = Vec::new();
    let mut at = 0;
    for column in sheet.columns {
        let key = match column.kind {
            Kind::File => Some(stem),
            Kind::Parent(_) => parents.next().copied(),
            Kind::Key => Some(row.key),
            _ => None,
        };
        if let Some(key) = key {
            if !key.is_empty() {
                cells.push((at, Cell::Text(key.to_owned()), None));
            }
            at += 1;
            continue;
        }
        for (_, path) in column.cells() {
            let cell = lookup(row.table, &path).and_then(|value| cells::write(&column.kind, value, money));
            cells.extend(cell.map(|cell| (at, cell, Some(join(&row.path, &path)))));
            at += 1;
        }
    }
    cells
}

fn lookup<'t>(table: &'t Table, path: &str) -> Option<&'t Value> {
    match path.split_once('.') {
        Some((key, rest)) => lookup(table.get(key)?.as_table()?, rest),
        None => table.get(path),
    }
}

/// How to fill in the workbook: a line for each column of each sheet.
fn guide() -> Page {
    let intro = [
        "明白 · 事项目录(政务服务事项实施清单)",
        "每个工作表的第一行是列名,请不要改动;带 * 的必须填写。一行一条,顺序就是显示顺序。空行跳过。\nThe first row of each sheet has the titles: leave them as they are; * must be filled in. Rows are shown in their order.",
        "“文件”列把各表的行连在一起:填事项编码;另一个版本填“编码@生效日期”,地方补充填“编码.地方”。\nThe column 文件 binds rows together: the item's code; of another version `code@date`, of local rules `code.place`.",
        "可以写几个的单元格,一行一个(单元格内换行)。规则按原文填写,不要以 = 开头。\nCells for several have one a line. Rules are written as they are, without = in front.",
        "填好后运行 hall catalogue import --xlsx 本文件 --out 文件夹:有错误时逐个指出单元格,什么也不写入。\nThen run hall catalogue import --xlsx FILE --out DIR: errors are shown with their cells, and nothing is written.",
    ];
    let mut lines: Vec<Vec<String>> = intro.iter().map(|line| vec![(*line).to_owned()]).collect();
    lines.push(vec![]);
    lines.push(["工作表\nSheet", "列名\nColumn", "必填\nNeeded", "怎么填", "How"].map(str::to_owned).to_vec());
    for sheet in SHEETS {
        lines.push(vec![sheet.name.to_owned(), String::new(), String::new(), sheet.about.zh.to_owned(), sheet.about.en.to_owned()]);
        for column in sheet.columns {
            let how = cells::how(&column.kind);
            let needed = if column.need { "是" } else { "" };
            lines.push(vec![sheet.name.to_owned(), format!("{}\n{}", column.title, column.en), needed.to_owned(), how.zh, how.en]);
        }
    }
    let mut page = Page { name: GUIDE.to_owned(), ..Page::default() };
    for (row, line) in lines.into_iter().enumerate() {
        for (column, text) in line.into_iter().enumerate().filter(|(_, text)| !text.is_empty()) {
            page.cells.insert(At::new(row as u32, column as u32), Cell::Text(text));
        }
    }
    page
}
