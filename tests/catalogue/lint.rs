//! The linter's cases: a file each under `lint/good` (nothing is found) and `lint/bad` (just what stands in the file).
//!
//! A case changes the sound files of `lint/base`: `change` (a passage `from`, what an author wrote instead `to`; in
//! `reading-room.toml` unless `file` says otherwise; `times` repeats it), `add` (text at the end of the item), `files`
//! (further files, by name; `"base"` copies the item, for `change` to work on), `without` (files left out). `expect` has the code and place of each finding, words of its English
//! message, whether an example application comes with it, and where it matters what the carets mark.

use crate::changed::{Change, ITEM, files, folder, item, sources};
use mingbai::calendar::Calendar;
use mingbai::catalogue::author::{self, Finding, Severity};
use proptest::prelude::*;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    #[serde(default)]
    change: Vec<Change>,
    #[serde(default)]
    add: String,
    #[serde(default)]
    files: BTreeMap<String, String>,
    #[serde(default)]
    without: BTreeSet<String>,
    #[serde(default)]
    expect: Vec<Expected>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    #[serde(default = "item")]
    file: String,
    code: String,
    place: String,
    says: String,
    /// What the carets stand under, where the case is about that.
    marks: Option<String>,
    #[serde(default)]
    witness: bool,
}

fn cases(name: &str) -> BTreeMap<String, Case> {
    let read = |(file, text): (String, String)| {
        let case = toml::from_str(&text).unwrap_or_else(|e| panic!("{name}/{file}: {e}"));
        (format!("{name}/{file}"), case)
    };
    folder(&format!("lint/{name}")).into_iter().map(read).collect()
}

impl Case {
    fn findings(&self) -> Vec<Finding> {
        let mut files = files(&self.files, &self.change);
        files.get_mut(ITEM).unwrap().push_str(&self.add);
        files.retain(|name, _| !self.without.contains(name));
        author::check(&sources(files), &Calendar::announced())
    }
}

impl Expected {
    fn is(&self, found: &Finding) -> bool {
        let marked = || found.text.chars().skip(found.column - 1).take(found.width).collect::<String>();
        self.marks.as_ref().is_none_or(|marks| *marks == marked())
            && (&self.file, self.code.as_str(), &self.place, self.witness)
                == (&found.file, found.code, &found.place, found.witness.is_some())
            && found.message.en.contains(self.says.as_str())
    }
}

#[test]
fn good_catalogues_are_left_alone() {
    for (name, case) in cases("good") {
        let found: Vec<String> = case.findings().iter().map(Finding::to_string).collect();
        assert!(found.is_empty() && case.expect.is_empty(), "{name}:\n{}", found.join("\n"));
    }
}

#[test]
fn bad_ones_are_found_out_and_nothing_more() {
    let mut wrong = String::new();
    for (name, case) in cases("bad") {
        let found = case.findings();
        let missed = case
            .expect
            .iter()
            .filter(|expected| !found.iter().any(|f| expected.is(f)))
            .map(|e| format!("missed {} at {}", e.code, e.place));
        let further = found.iter().filter(|f| !case.expect.iter().any(|expected| expected.is(f)));
        let lines: Vec<String> = missed.chain(further.map(|f| format!("{}\n{f}", f.place))).collect();
        if !lines.is_empty() || case.expect.is_empty() {
            wrong += &format!("── {name}\n{}\n", lines.join("\n"));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// `area.name` of the areas that findings have, each in quotation marks.
fn codes(text: &str) -> BTreeSet<String> {
    let area = |word: &&str| ["file.", "rule.", "text.", "logic.", "law."].iter().any(|area| word.starts_with(area));
    let name = |word: &&str| word.chars().all(|c| c.is_ascii_lowercase() || matches!(c, '.' | '-')) && !word.ends_with(".toml");
    text.split('"').filter(area).filter(name).map(str::to_owned).collect()
}

fn source(file: &Path) -> String {
    let own = |path: &Path| std::fs::read_to_string(path).unwrap().split("#[cfg(test)]").next().unwrap_or_default().to_owned();
    // Spreadsheets have codes of their own.
    if file.ends_with("sheets") {
        String::new()
    } else if file.is_dir() {
        std::fs::read_dir(file).unwrap().map(|entry| source(&entry.unwrap().path())).collect()
    } else {
        own(file)
    }
}

#[test]
fn every_code_has_a_bad_case_and_a_line_in_the_table() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let written = ["catalogue/author", "rules/author", "rules/author.rs"].map(|file| source(&src.join(file))).concat();
    let written: String = written.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    let written = codes(&written);
    let cases: BTreeSet<String> = cases("bad").into_values().flat_map(|case| case.expect).map(|e| e.code).collect();
    let table: BTreeSet<String> = table().into_keys().collect();
    let lacks = |has: &BTreeSet<String>| written.difference(has).cloned().collect::<Vec<_>>();
    assert_eq!(lacks(&cases), Vec::<String>::new(), "codes without a bad case");
    assert_eq!(lacks(&table), Vec::<String>::new(), "codes that the table in lint/mod.rs does not explain");
    assert_eq!(written, table, "the table explains what is not there");
}

/// Code → whether the table marks it as a warning.
fn table() -> BTreeMap<String, bool> {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/catalogue/author/lint/mod.rs")).unwrap();
    let row = |line: &str| {
        let (code, rest) = line.strip_prefix("//! | `")?.split_once('`')?;
        Some((code.to_owned(), rest.starts_with(" !")))
    };
    text.lines().filter_map(row).collect()
}

#[test]
fn every_finding_speaks_both_languages_and_says_how_to_mend_it() {
    let han = |text: &str| text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
    let table = table();
    for (name, case) in cases("bad") {
        for found in case.findings() {
            assert_eq!(table.get(found.code), Some(&(found.severity == Severity::Warning)), "{name}: the table's mark for {}", found.code);
            let help = found.help.as_ref().unwrap_or_else(|| panic!("{name}: no help\n{found}"));
            assert!(han(&found.message.zh) && han(&help.zh) && !found.message.en.is_empty() && !help.en.is_empty(), "{name}: {found}");
            // One style: whole sentences.
            let capital = help.en.chars().find(|c| c.is_alphabetic()).is_some_and(char::is_uppercase) || help.en.starts_with('`');
            assert!(help.zh.ends_with(['。', '?']) && help.en.ends_with(['.', '?']) && capital, "{name}: {help:?}");
            assert!(found.column > 0 && found.line > 0 && found.to_string().contains('^'), "{name}: {found}");
        }
    }
}

#[test]
fn nothing_is_found_in_the_sample() {
    let found: Vec<String> = author::check(&author::sample(), &Calendar::announced()).iter().map(Finding::to_string).collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

proptest! {
    /// Whatever an author makes of a file by cutting and pasting, it is answered, and every place lies in its file.
    #[test]
    fn any_file_is_answered(cuts in prop::collection::vec((any::<prop::sample::Index>(), 0usize..60, any::<prop::sample::Index>()), 1..5)) {
        let mut files = folder("lint/base");
        let mut text: Vec<char> = files[ITEM].chars().collect();
        for (from, length, to) in cuts {
            let from = from.index(text.len());
            let cut: Vec<char> = text.drain(from..(from + length).min(text.len())).collect();
            let to = to.index(text.len() + 1);
            text.splice(to..to, cut);
        }
        files.insert(ITEM.to_owned(), text.into_iter().collect());
        for found in author::check(&sources(files.clone()), &Calendar::announced()) {
            let line = files[&found.file].lines().nth(found.line - 1).unwrap_or_default();
            prop_assert_eq!(line, &found.text);
            prop_assert!(found.width > 0 && found.column <= line.chars().count() + 1);
        }
    }
}
