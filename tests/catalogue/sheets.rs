//! A catalogue as a workbook: there and back without loss, and every cell that is wrong found in one pass.

use mingbai::catalogue::author::sheets::columns::{Column, Kind, Rows, SHEETS, Sheet};
use mingbai::catalogue::author::sheets::{At, Book, Cell, CellFinding, Page, export, import};
use mingbai::catalogue::author::{self, HALL_FILE, Source};
use mingbai::hall::xlsx::{self, Unreadable};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::io::{Cursor, Read, Write};
use std::path::Path;
use toml::{Table, Value};

const ITEM: &str = "association-setup";

fn sample(wanted: impl Fn(&str) -> bool) -> Vec<Source> {
    author::sample().into_iter().filter(|s| s.name == HALL_FILE || wanted(&s.name)).collect()
}

fn one_item() -> Vec<Source> {
    sample(|name| name == format!("{ITEM}.toml"))
}

fn book(sources: &[Source]) -> Book {
    export::export(sources).unwrap_or_else(|found| panic!("{}", found.iter().map(|f| format!("{f}\n")).collect::<String>()))
}

fn imported(book: &Book) -> Result<Vec<Source>, Vec<CellFinding>> {
    import::import(book, |files| author::compile(files).err().unwrap_or_default()).map(|imported| imported.sources)
}

fn shown(found: &[CellFinding]) -> String {
    found.iter().map(|f| format!("{f}\n")).collect()
}

/// What a file says: lists and tables that say nothing are as good as absent.
fn said(value: &Value) -> Value {
    let says = |value: &Value| !matches!(value, Value::Array(a) if a.is_empty()) && !matches!(value, Value::Table(t) if t.is_empty());
    match value {
        Value::Table(table) => Value::Table(table.iter().map(|(k, v)| (k.clone(), said(v))).filter(|(_, v)| says(v)).collect()),
        Value::Array(entries) => Value::Array(entries.iter().map(said).collect()),
        plain => plain.clone(),
    }
}

fn parsed(source: &Source) -> Value {
    said(&Value::Table(source.text.parse().unwrap_or_else(|e| panic!("{}: {e}\n{}", source.name, source.text))))
}

/// Out into a file, in again, and compared.
fn there_and_back(sources: &[Source]) {
    let book = book(sources);
    let read = xlsx::read(&xlsx::write(&book).unwrap()).unwrap();
    assert_eq!(read, book, "the file holds the book");
    let back = imported(&read).unwrap_or_else(|found| panic!("{}", shown(&found)));
    assert_eq!(back.len(), sources.len());
    for source in sources {
        let same = back.iter().find(|b| b.name == source.name).unwrap_or_else(|| panic!("{} is gone", source.name));
        assert_eq!(parsed(same), parsed(source), "{}", source.name);
    }
    let (before, after) = (author::compile(sources).unwrap(), author::compile(&back).unwrap());
    assert_eq!(after.items, before.items);
    assert_eq!(
        (after.hall, after.categories, after.laws, after.documents),
        (before.hall, before.categories, before.laws, before.documents)
    );
    assert_eq!(
        imported(&self::book(&back)).unwrap().iter().map(|s| &s.text).collect::<Vec<_>>(),
        back.iter().map(|s| &s.text).collect::<Vec<_>>()
    );
}

#[test]
fn the_sample_goes_there_and_back() {
    there_and_back(&sample(|_| true));
}

#[test]
fn versions_and_overlays_go_there_and_back() {
    let folder = |name: &str| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/catalogue").join(name);
        let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        files
            .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read_to_string(path).unwrap()))
            .collect::<Vec<_>>()
    };
    let mut overlays = 0;
    for (case, text) in folder("overlays") {
        let case: Table = text.parse().unwrap_or_else(|e| panic!("{case}: {e}"));
        let mut files = folder("lint/base");
        // A version of the item is a copy of it with another day.
        let base = files.iter().find(|(name, _)| name == "reading-room.toml").unwrap().1.clone();
        for (name, text) in case["files"].as_table().unwrap() {
            let text = text.as_str().unwrap();
            let day = name.split('@').nth(1).map(|rest| rest.trim_end_matches(".toml"));
            let copy = base.lines().map(|line| {
                if line.starts_with("version = ") { format!("version = {}\n", day.unwrap_or("2026-11-01")) } else { format!("{line}\n") }
            });
            files.push((name.clone(), if text == "base" { copy.collect() } else { text.to_owned() }));
            overlays += usize::from(text != "base");
        }
        let sources: Vec<Source> = files.into_iter().map(|(name, text)| Source { name, text }).collect();
        there_and_back(&sources);
    }
    assert!(overlays > 0);
}

/// Words as people write them, and worse: what programs take for formulas, escapes, numbers and tags.
fn words() -> impl Strategy<Value = String> {
    let start =
        prop::sample::select(vec!["", "=", "+", "-", "@", "'", "\"", "_x0041_", "001", "<b>", "&amp;", "2026-11-01", "TRUE", "\\", "#N/A"]);
    let text =
        (start, "[\\PC\n]{0,24}", "[a-z字,。;]{1,4}").prop_map(|(start, middle, end)| format!("{start}{middle}{end}").trim().to_owned());
    text.prop_filter("says something", |text| !text.is_empty())
}

/// Puts other words wherever a file has words, and other numbers where any will do.
fn change(value: &mut Value, key: &str, words: &mut impl Iterator<Item = String>, numbers: &mut impl Iterator<Item = u8>) {
    match value {
        Value::Table(table) => table.iter_mut().for_each(|(key, value)| change(value, key, words, numbers)),
        // No entry of a list holds what parts entries.
        Value::Array(entries) if matches!(key, "zh" | "en") => {
            let whole = |word: String| format!("{}办", word.replace([';', '\u{ff1b}', '\n'], "").trim());
            entries.iter_mut().for_each(|entry| *entry = whole(words.next().unwrap()).into());
        }
        Value::Array(entries) => entries.iter_mut().for_each(|entry| change(entry, key, words, numbers)),
        Value::String(text) if matches!(key, "zh" | "en" | "sign") => *text = words.next().unwrap(),
        Value::Integer(number) if matches!(key, "visits" | "originals" | "copies" | "amount") => *number = numbers.next().unwrap().into(),
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn generated_catalogues_go_there_and_back(
        pool in prop::collection::vec(words(), 12), numbers in prop::collection::vec(any::<u8>(), 5), kept in any::<u64>(), item in 0usize..14,
    ) {
        let all = author::sample();
        let name = all.iter().map(|s| &s.name).filter(|name| *name != HALL_FILE).nth(item).unwrap().clone();
        let mut words = pool.iter().cloned().cycle();
        let mut numbers = numbers.iter().copied().cycle();
        let mut sources = Vec::new();
        for source in sample(|n| n == name) {
            let mut table: Table = source.text.parse().unwrap();
            // Gates may name items that are not here; some entries go, and the rest is turned round.
            table.remove("gates");
            for (at, list) in ["conditions", "fees"].into_iter().enumerate() {
                let mut nth = at as u32;
                if let Some(entries) = table.get_mut(list).and_then(Value::as_array_mut) {
                    entries.retain(|_| { nth += 7; kept.rotate_left(nth) & 1 == 0 });
                    entries.reverse();
                }
            }
            let mut value = Value::Table(table);
            change(&mut value, "", &mut words, &mut numbers);
            sources.push(Source { name: source.name, text: toml::to_string(&value).unwrap() });
        }
        there_and_back(&sources);
    }
}

// ── what is wrong in cells ──

fn sheet(name: &str) -> &'static Sheet {
    SHEETS.iter().find(|sheet| sheet.name == name).unwrap_or_else(|| panic!("no sheet {name}"))
}

/// The cell of a column in a row, as the program counts rows.
fn at(name: &str, title: &str, row: u32) -> At {
    let titles: Vec<String> = sheet(name).columns.iter().flat_map(Column::cells).map(|(title, _)| title).collect();
    let column = titles.iter().position(|t| t == title).unwrap_or_else(|| panic!("{name} has no {title}"));
    At::new(row - 1, column as u32)
}

fn page<'b>(book: &'b mut Book, name: &str) -> &'b mut Page {
    book.pages.iter_mut().find(|page| page.name == name).unwrap()
}

fn put(book: &mut Book, name: &str, at: At, cell: Option<Cell>) {
    let cells = &mut page(book, name).cells;
    match cell {
        Some(cell) => cells.insert(at, cell),
        None => cells.remove(&at),
    };
}

fn text(text: &str) -> Option<Cell> {
    Some(Cell::Text(text.to_owned()))
}

struct Bad {
    sheet: &'static str,
    title: &'static str,
    row: u32,
    written: Option<Cell>,
    code: &'static str,
    /// The characters of the cell that are marked.
    marked: &'static str,
    /// Part of what is said, or of how to mend it.
    says: &'static str,
}

/// What is written into which cell of a sound workbook, and what must be said of that cell, and of no other.
fn bad() -> Vec<Bad> {
    let bad = |sheet, title, row, written, code, marked, says| Bad { sheet, title, row, written, code, marked, says };
    vec![
        bad("事项", "生效日期", 2, text("2026-02-30"), "cell.date", "2026-02-30", "is no date"),
        bad("事项", "核对日期", 2, None, "cell.empty", "", "must be filled in"),
        bad("事项", "分类", 2, text("clubs"), "file.unknown-category", "clubs", "no category"),
        bad("事项", "事项编码", 2, text("association"), "file.name", "association", "must be called association.toml"),
        bad("事项", "事项名称(英文)", 2, None, "cell.empty", "", "must be filled in"),
        bad("事项", "标注(英文)", 2, None, "cell.translation", "", "missing in one language"),
        bad("事项", "到办事现场次数", 2, Some(Cell::Number(300.0)), "cell.range", "300", "out of range"),
        bad("事项", "服务对象", 2, text("自然人\n企业"), "cell.choice", "自然人", "企业法人"),
        bad("提问", "类型", 3, text("整树"), "cell.choice", "整树", "did you mean 整数"),
        bad("提问", "填写说明", 3, None, "cell.translation", "", "both Chinese and English"),
        bad("提问", "最大值", 3, text("很多"), "cell.kind", "很多", "a whole number"),
        bad("提问", "文件", 8, text("association-setpu"), "sheet.unknown-file", "association-setpu", "did you mean `association-setup`"),
        bad("选项", "提问编码", 2, text("scop"), "sheet.unknown-parent", "scop", "did you mean `scope`"),
        bad("选项", "选项编码", 3, Some(Cell::Number(1e20)), "cell.digits-lost", "100000000000000000000", "lost its last digits"),
        bad("前置判断", "结论", 2, text("不用办"), "cell.choice", "不用办", "不需要办"),
        bad("前置判断", "规则", 3, text("scope == \"abroad\""), "rule.unknown-option", "\"abroad\"", "abroad"),
        bad("受理条件", "规则", 2, text("individuals >= 50 ||\n  unitz >= 30"), "rule.unknown-name", "unitz", "did you mean `units`"),
        bad("受理条件", "条件编码", 3, text("members"), "file.duplicate-code", "members", "used twice"),
        bad("受理条件", "依据", 4, text("association:10(2)"), "law.unknown-law", "association:10(2)", "no law"),
        bad("受理条件", "依据", 5, text("associations"), "law.basis-form", "associations", "law:article"),
        bad("受理条件", "依据", 6, Some(Cell::Day("2026-10-01".parse().unwrap())), "cell.kind", "2026-10-01", "is a date"),
        bad("受理条件", "受理条件", 7, Some(Cell::Odd("#N/A".into())), "cell.error", "#N/A", "of no use"),
        bad("受理条件", "不符合时怎么办", 8, Some(Cell::Formula), "cell.formula", "=", "not kept"),
        bad("申请材料", "材料必要性", 3, text("容缺后朴"), "cell.choice", "容缺后朴", "did you mean 3 容缺后补"),
        bad("申请材料", "原件份数", 2, text("一份"), "cell.kind", "一份", "is text"),
        bad("申请材料", "复印件份数", 2, Some(Cell::Number(1.5)), "cell.kind", "1.5", "is a number"),
        bad("申请材料", "证照", 2, text("passport-of-mars"), "file.unknown-document", "passport-of-mars", "no document"),
        bad("申请材料", "可以拍照", 2, text("也许"), "cell.kind", "也许", "是 (yes)"),
        bad("受理标准", "材料编码", 2, text("aplication"), "sheet.unknown-parent", "aplication", "did you mean `application`"),
        bad("办理时限", "办结时限", 2, Some(Cell::Number(0.0)), "law.limit-length", "0", "between 1 and 3650"),
        bad("办理流程", "下一步", 3, text("review\nacept"), "file.unknown-step", "acept", "no step"),
        bad("法规", "法规编码", 3, text("licensing"), "file.duplicate-code", "licensing", "used twice"),
        bad("大厅", "地址", 2, None, "cell.empty", "", "must be filled in"),
        bad("分类", "分类名称", 2, Some(Cell::Yes(true)), "cell.kind", "TRUE", "does not belong"),
    ]
}

/// Checks that the cell is found as it should be.
fn is_found(found: &[CellFinding], bad: &Bad) {
    let cell = at(bad.sheet, bad.title, bad.row);
    let Some(CellFinding { finding, .. }) = found.iter().find(|f| f.sheet == bad.sheet && f.cell == cell) else {
        panic!("nothing at {}!{cell}:\n{}", bad.sheet, shown(found));
    };
    let marked: String = finding.text.chars().skip(finding.column - 1).take(finding.width).collect();
    assert_eq!((finding.code, marked.as_str()), (bad.code, bad.marked), "{}!{cell}:\n{}", bad.sheet, shown(found));
    let words = [Some(&finding.message), finding.help.as_ref()];
    assert!(words.iter().flatten().any(|words| words.en.contains(bad.says)), "{}!{cell}: {finding}", bad.sheet);
    assert!(words.iter().flatten().all(|words| !words.zh.is_empty() && !words.en.is_empty()));
}

#[test]
fn each_bad_cell_is_reported_and_no_other() {
    let sound = book(&one_item());
    assert!(imported(&sound).is_ok());
    for bad in bad() {
        let mut book = sound.clone();
        put(&mut book, bad.sheet, at(bad.sheet, bad.title, bad.row), bad.written.clone());
        let found = imported(&book).expect_err(bad.title);
        is_found(&found, &bad);
        assert_eq!(found.len(), 1, "{}!{}:\n{}", bad.sheet, bad.title, shown(&found));
    }
}

#[test]
fn all_bad_cells_are_reported_in_one_pass() {
    let mut book = book(&one_item());
    // What is judged by a code or a type that cannot be read waits until that is mended.
    let waits = ["file", "rule", "law"];
    let together: Vec<Bad> = bad().into_iter().filter(|bad| !waits.iter().any(|area| bad.code.starts_with(area))).collect();
    for bad in &together {
        put(&mut book, bad.sheet, at(bad.sheet, bad.title, bad.row), bad.written.clone());
    }
    let found = imported(&book).unwrap_err();
    together.iter().for_each(|bad| is_found(&found, bad));
    assert_eq!(found.len(), together.len(), "{}", shown(&found));
}

#[test]
fn a_bad_cell_hides_no_mistake_elsewhere() {
    let mut book = book(&one_item());
    let both: Vec<Bad> =
        bad().into_iter().filter(|bad| matches!(bad.code, "cell.range" | "rule.unknown-name" | "law.basis-form")).collect();
    for bad in &both {
        put(&mut book, bad.sheet, at(bad.sheet, bad.title, bad.row), bad.written.clone());
    }
    let found = imported(&book).unwrap_err();
    both.iter().for_each(|bad| is_found(&found, bad));
    assert_eq!((found.len(), both.len()), (3, 3), "{}", shown(&found));
}

/// One mistake that many cells follow from, beside another that it must not hide.
#[test]
fn what_follows_from_a_mistake_is_not_reported_and_hides_nothing() {
    type Change = fn(&mut Book);
    let mistake = |b: &mut Book| put(b, "受理条件", at("受理条件", "依据", 4), text("association:10(2)"));
    let cases: &[(&str, Change, &[(&str, &str)])] = &[
        ("a sheet renamed", |b| page(b, "提问").name = "提问表".into(), &[("law.unknown-law", ""), ("sheet.unknown", "did you mean 提问")]),
        (
            "a column renamed",
            |b| put(b, "受理条件", at("受理条件", "规则", 1), text("规则式")),
            &[("sheet.unknown-column", "did you mean 规则"), ("law.unknown-law", "")],
        ),
        (
            "a question's code changed",
            |b| put(b, "提问", at("提问", "提问编码", 2), text("range")),
            &[("sheet.unknown-parent", "2 more cells")],
        ),
        ("a sheet that rows belong to gone", |b| b.pages.retain(|p| p.name != "提问"), &[("sheet.missing", "提问")]),
        (
            "the file's name changed where it begins",
            |b| put(b, "事项", at("事项", "文件", 2), text("clubs")),
            &[("sheet.unknown-file", "more cells say the same")],
        ),
    ];
    for (what, change, expected) in cases {
        let mut book = book(&one_item());
        mistake(&mut book);
        change(&mut book);
        let found = imported(&book).unwrap_err();
        let fits = |(f, (code, says)): (&CellFinding, &(&str, &str))| f.finding.code == *code && f.to_string().contains(says);
        assert!(found.len() == expected.len() && found.iter().zip(*expected).all(fits), "{what}:\n{}", shown(&found));
    }
}

/// Changes to the make-up of a workbook: what is done, and the code and words of the report; none where it is no harm.
#[test]
fn what_is_out_of_place_is_reported_and_what_is_not_is_read() {
    type Change = fn(&mut Book);
    let cases: &[(&str, Change, Option<(&str, &str)>)] = &[
        ("an empty sheet more", |b| b.pages.push(Page { name: "Sheet1".into(), ..Page::default() }), None),
        (
            "a sheet that nobody knows",
            |b| {
                let cells = [(At::new(3, 3), Cell::Text("忘了".into()))].into();
                b.pages.push(Page { name: "申请财料".into(), cells, ..Page::default() });
            },
            Some(("sheet.unknown", "did you mean 申请材料")),
        ),
        ("a sheet less", |b| b.pages.retain(|p| p.name != "收费"), Some(("sheet.missing", "收费"))),
        ("a sheet without titles", |b| page(b, "收费").cells.clear(), Some(("sheet.missing-column", "收费项目名称"))),
        (
            "a title that nobody knows",
            |b| put(b, "收费", at("收费", "收费项目名称", 1), text("收费名目")),
            Some(("sheet.unknown-column", "收费名目")),
        ),
        ("a title twice", |b| put(b, "收费", At::new(0, 30), text("依据")), Some(("sheet.duplicate-column", "依据"))),
        ("a note beside the table", |b| put(b, "提问", At::new(4, 30), text("待查")), Some(("sheet.no-title", "no title"))),
        (
            "titles without stars and English",
            |b| {
                for cell in page(b, "提问").cells.iter_mut().filter(|(at, _)| at.row == 0).map(|(_, cell)| cell) {
                    let Cell::Text(title) = cell else { panic!() };
                    *title = title.lines().next().unwrap().replace('*', " ").replace('(', "\u{ff08}").replace(')', "\u{ff09}");
                }
            },
            None,
        ),
        (
            "columns in another order",
            |b| {
                let cells = std::mem::take(&mut page(b, "提问").cells);
                page(b, "提问").cells = cells.into_iter().map(|(at, cell)| (At::new(at.row, 40 - at.column), cell)).collect();
            },
            None,
        ),
        (
            "blank rows between, and far below",
            |b| {
                let cells = std::mem::take(&mut page(b, "提问").cells);
                page(b, "提问").cells = cells.into_iter().map(|(at, cell)| (At::new(at.row * 50, at.column), cell)).collect();
                put(b, "提问", At::new(1_000_000, 3), text(" \n"));
            },
            None,
        ),
        (
            "the file merged down the rows",
            |b| {
                let page = page(b, "提问");
                page.cells.retain(|at, _| at.column > 0 || at.row < 2);
                page.merged.push((At::new(1, 0), At::new(10, 0)));
            },
            None,
        ),
        (
            "a merged area from below to above",
            |b| page(b, "提问").merged.push((At::new(9, 0), At::new(2, 0))),
            Some(("cell.merged", "A10:A3")),
        ),
        (
            "areas that lie over each other",
            |b| page(b, "提问").merged.extend([(At::new(2, 0), At::new(4, 0)); 2]),
            Some(("cell.merged", "A3:A5")),
        ),
        ("cells merged across columns", |b| page(b, "提问").merged.push((At::new(2, 3), At::new(2, 4))), Some(("cell.merged", "D3:E3"))),
        (
            "the hall twice",
            |b| {
                let cells: Vec<_> =
                    page(b, "大厅").cells.iter().filter(|(at, _)| at.row == 1).map(|(at, c)| (At::new(2, at.column), c.clone())).collect();
                page(b, "大厅").cells.extend(cells);
            },
            Some(("sheet.one-row", "one row only")),
        ),
        ("no hall", |b| page(b, "大厅").cells.retain(|at, _| at.row == 0), Some(("sheet.one-row", "needs one row"))),
        (
            "an item twice",
            |b| {
                let cells: Vec<_> =
                    page(b, "事项").cells.iter().filter(|(at, _)| at.row == 1).map(|(at, c)| (At::new(2, at.column), c.clone())).collect();
                page(b, "事项").cells.extend(cells);
            },
            Some(("file.duplicate-code", "there twice")),
        ),
        (
            "a file outside the folder",
            |b| put(b, "事项", at("事项", "文件", 2), text("../../etc/passwd")),
            Some(("sheet.file-name", "cannot be the name")),
        ),
        (
            "the hall's file as an item",
            |b| put(b, "事项", at("事项", "文件", 2), text("hall")),
            Some(("sheet.file-name", "cannot be the name")),
        ),
        (
            "line breaks, blanks and full-width letters",
            |b| {
                put(b, "提问", at("提问", "文件", 3), text(" \u{ff41}ssociation-setup.toml\r\n"));
                put(b, "申请材料", at("申请材料", "原件份数", 2), text("\u{ff11} "));
            },
            None,
        ),
    ];
    let sound = book(&one_item());
    let before = imported(&sound).unwrap();
    for (what, change, expected) in cases {
        let mut book = sound.clone();
        change(&mut book);
        match (imported(&book), expected) {
            (Ok(files), None) => assert!(files.iter().zip(&before).all(|(a, b)| a.text == b.text), "{what} changes the files"),
            (Err(found), Some((code, says))) => {
                let fits = |f: &CellFinding| f.finding.code == *code && f.to_string().contains(says);
                assert!(found.iter().any(fits), "{what}:\n{}", shown(&found));
            }
            (Ok(_), Some(_)) => panic!("{what} is not reported"),
            (Err(found), None) => panic!("{what}:\n{}", shown(&found)),
        }
    }
}

#[test]
fn what_a_cell_cannot_hold_is_not_exported() {
    for (from, to, place) in [
        ("\"办协会\"", "\"办;协会\"", "aliases.zh"),
        ("社会团体成立登记", " 社会团体成立登记", "name.zh"),
        ("basis = [\"associations:12\"]", "basis = [\"associations:12;13\"]", "limits[0].basis"),
    ] {
        let change = |s: Source| Source { text: if s.name == HALL_FILE { s.text } else { s.text.replacen(from, to, 1) }, name: s.name };
        let sources: Vec<Source> = one_item().into_iter().map(change).collect();
        let found = export::export(&sources).expect_err(to);
        assert_eq!(found.iter().map(|f| (f.code, f.place.as_str())).collect::<Vec<_>>(), [("sheet.cannot-hold", place)]);
    }
}

/// The columns say what the schema of files says: the same values, choices (`a|b`) and needs (`!`).
#[test]
fn every_value_of_the_schema_has_its_column() {
    let schema: serde_json::Value = serde_json::from_str(&author::schema().unwrap()).unwrap();
    let mut wanted = BTreeSet::new();
    for file in ["item", "overlay"] {
        values(&schema, &schema["$defs"][file], "", true, &mut wanted);
    }
    let mut columns = BTreeSet::new();
    for sheet in SHEETS {
        let lists = match &sheet.rows {
            Rows::File(table) => vec![table.unwrap_or_default().to_owned()],
            Rows::Table(path) => vec![(*path).to_owned()],
            // Options are those of questions and of the columns of lists.
            Rows::List(levels @ [_, _, last]) => vec![levels.join("."), [levels[0], last].join(".")],
            Rows::List(levels) => vec![levels.join(".")],
            _ => continue,
        };
        for column in sheet.columns.iter().filter(|column| !column.path.is_empty()) {
            let choices: BTreeSet<&str> = match column.kind {
                Kind::One(names) | Kind::Many(names) => names.iter().map(|name| name.value).collect(),
                _ => BTreeSet::new(),
            };
            columns.extend(lists.iter().map(|list| value(&[list, column.path].join("."), column.need, choices.iter().copied())));
        }
    }
    assert_eq!(wanted.difference(&columns).collect::<Vec<_>>(), Vec::<&String>::new(), "in the schema only");
    assert_eq!(columns.difference(&wanted).collect::<Vec<_>>(), Vec::<&String>::new(), "in the sheets only");
}

fn value<'a>(path: &str, need: bool, choices: impl Iterator<Item = &'a str>) -> String {
    format!("{}{} {}", path.trim_start_matches('.'), if need { "!" } else { "" }, choices.collect::<Vec<_>>().join("|"))
}

/// The values of a schema's part. What begins a row of its own is needed in that row.
fn values(root: &serde_json::Value, schema: &serde_json::Value, path: &str, need: bool, found: &mut BTreeSet<String>) {
    let led = |schema: &serde_json::Value| schema["$ref"].as_str().map(|to| root.pointer(to.trim_start_matches('#')).unwrap());
    if let Some(to) = led(schema) {
        return values(root, to, path, need, found);
    }
    let words = schema["properties"]["zh"]["type"] == "string";
    if let Some(properties) = schema["properties"].as_object().filter(|_| !words) {
        for (name, inner) in properties {
            let path = format!("{path}.{name}");
            let required = schema["required"].as_array().is_some_and(|names| names.iter().any(|n| n == name.as_str()));
            let row = [".overlay", ".tighten.promised"].contains(&path.as_str());
            // Lists hold no lists.
            if !path.contains("fields.fields") {
                values(root, inner, &path, row || need && required, found);
            }
        }
    } else if led(&schema["items"]).unwrap_or(&schema["items"])["properties"].is_object() {
        values(root, &schema["items"], path, true, found);
    } else {
        let choices = schema["enum"].as_array().or(schema["items"]["enum"].as_array());
        let choices: BTreeSet<&str> = choices.into_iter().flatten().filter_map(|c| c.as_str()).collect();
        found.insert(value(path, need, choices.into_iter()));
    }
}

// ── the file ──

fn zipped(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn what_is_no_workbook_is_an_error() {
    let bomb = vec![b' '; 210 << 20];
    let sound = xlsx::write(&book(&one_item())).unwrap();
    let cases: Vec<(Vec<u8>, fn(&Unreadable) -> bool)> = vec![
        (vec![], |e| matches!(e, Unreadable::Empty)),
        (vec![0; xlsx::LARGEST + 1], |e| matches!(e, Unreadable::Big)),
        (b"hello".to_vec(), |e| matches!(e, Unreadable::Strange(_))),
        (vec![0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1], |e| matches!(e, Unreadable::Old)),
        (zipped(&[("mimetype", b"application/vnd.oasis.opendocument.spreadsheet")]), |e| matches!(e, Unreadable::OpenDocument)),
        (zipped(&[("readme.txt", b"x")]), |e| matches!(e, Unreadable::Strange(_))),
        (zipped(&[("xl/sharedStrings.xml", &bomb)]), |e| matches!(e, Unreadable::Bomb)),
        (sound[..sound.len() / 2].to_vec(), |e| matches!(e, Unreadable::Strange(_))),
    ];
    for (at, (bytes, is)) in cases.iter().enumerate() {
        let error = xlsx::read(bytes).expect_err("no workbook");
        assert!(is(&error), "{at}: {error}");
        assert!(!error.text().zh.is_empty() && !error.text().en.is_empty());
    }
}

/// A text that is in every cell makes a small file of a huge table.
#[test]
fn a_text_in_too_many_cells_is_an_error() {
    let mut file = rust_xlsxwriter::Workbook::new();
    let sheet = file.add_worksheet();
    let long = "长".repeat(30_000);
    for row in 0..1_300 {
        sheet.write_string(row, 0, &long).unwrap();
    }
    assert!(matches!(xlsx::read(&file.save_to_buffer().unwrap()), Err(Unreadable::Cells)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    /// Whatever happens to a file's bytes: a workbook or an error, and of a workbook files or findings.
    #[test]
    fn broken_bytes_never_crash(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12), part in 0usize..40) {
        let sound = xlsx::write(&book(&one_item())).unwrap();
        let mut bytes = sound.clone();
        for (at, byte) in &changes {
            bytes[at.index(sound.len())] = *byte;
        }
        let _ = xlsx::read(&bytes).map(|book| imported(&book));
        // Inside the zip file, where no checksum protects.
        let mut parts = unzipped(&sound);
        let at = part % parts.len();
        for (place, byte) in &changes {
            let content = &mut parts[at].1;
            let place = place.index(content.len());
            content[place] = *byte;
        }
        let parts: Vec<(&str, &[u8])> = parts.iter().map(|(name, content)| (name.as_str(), content.as_slice())).collect();
        let _ = xlsx::read(&zipped(&parts)).map(|book| imported(&book));
    }
}

fn unzipped(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let count = zip.len();
    let read = |at| {
        let mut file = zip.by_index(at).unwrap();
        let mut content = Vec::new();
        file.read_to_end(&mut content).unwrap();
        (file.name().unwrap().into_owned(), content)
    };
    (0..count).map(read).collect()
}

/// Texts that a spreadsheet program would run are texts in the file, and stay what they are.
#[test]
fn no_text_becomes_a_formula() {
    for dangerous in ["=1+1", "=HYPERLINK(\"http://x\",\"y\")", "+cmd|' /C calc'!A0", "-1+1", "@SUM(1)", "{=1}", "\t=1"] {
        let change =
            |s: Source| Source { text: s.text.replacen("社会团体成立登记", &dangerous.replace('"', "'"), 1), name: s.name };
        let sources: Vec<Source> = one_item().into_iter().map(change).collect();
        let trimmed = dangerous.starts_with('\t');
        let Ok(book) = export::export(&sources) else {
            assert!(trimmed, "{dangerous}");
            continue;
        };
        let bytes = xlsx::write(&book).unwrap();
        for (name, content) in unzipped(&bytes) {
            let content = String::from_utf8_lossy(&content);
            assert!(!name.contains("worksheets/") || !content.contains("<f>") && !content.contains("<f "), "{dangerous}");
        }
        let cell = at("事项", "事项名称", 2);
        let read = xlsx::read(&bytes).unwrap();
        let page = read.pages.iter().find(|page| page.name == "事项").unwrap();
        assert_eq!(page.cells[&cell], Cell::Text(dangerous.replace('"', "'")));
    }
}

/// What other programs write: formulas with and without a kept value, dates with a time, errors, numbers kept as texts.
#[test]
fn cells_of_other_programs_are_what_a_person_sees() {
    use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};
    let mut file = Workbook::new();
    let sheet = file.add_worksheet();
    let date = Format::new().set_num_format("yyyy/m/d");
    sheet.write_formula(0, 0, Formula::new("=A9&\"x\"").set_result("kept")).unwrap();
    sheet.write_formula(1, 0, Formula::new("=NA()").set_result("#N/A")).unwrap();
    sheet.write_datetime_with_format(2, 0, ExcelDateTime::from_ymd(2026, 11, 1).unwrap(), &date).unwrap();
    sheet.write_datetime_with_format(3, 0, ExcelDateTime::from_ymd(2026, 11, 1).unwrap().and_hms(8, 30, 0).unwrap(), &date).unwrap();
    sheet.write_string(4, 0, "007").unwrap();
    sheet.write_number(5, 0, 7).unwrap();
    sheet.write_boolean(6, 0, true).unwrap();
    sheet.write_string(7, 0, "a\r\nb_x0041_").unwrap();
    sheet.set_row_hidden(5).unwrap();
    sheet.merge_range(8, 1, 9, 1, "two", &Format::new()).unwrap();
    let book = xlsx::read(&file.save_to_buffer().unwrap()).unwrap();
    let cells: Vec<Option<&Cell>> = (0..8).map(|row| book.pages[0].cells.get(&At::new(row, 0))).collect();
    let text = |text: &str| Cell::Text(text.to_owned());
    let expected = [
        text("kept"),
        Cell::Odd("#N/A".into()),
        Cell::Day("2026-11-01".parse().unwrap()),
        Cell::Odd("2026-11-01 08:30:00".into()),
        text("007"),
        Cell::Number(7.0),
        Cell::Yes(true),
        text("a\r\nb_x0041_"),
    ];
    assert_eq!(cells, expected.iter().map(Some).collect::<Vec<_>>());
    assert_eq!(book.pages[0].merged, [(At::new(8, 1), At::new(9, 1))]);
}
