//! Mistakes of authors: one change to a sound file, and the place and words of the report.

use mingbai::catalogue::author::{self, Source};

/// The sound file, a passage of it, what an author wrote instead, and what the report must mark and say.
const MISTAKES: &[(&str, &str, &str, &str)] = &[
    ("individuals >= 50", "individual >= 50", "individual", "did you mean `individuals`"),
    ("funds >= yuan(30000)", "funds >= 30000", ">=", "money counts fen"),
    ("full_time_staff >= 1", "full_time_staff", "full_time_staff", "a condition must be a bool"),
    ("scope == \"cross-region\"", "scope == \"abroad\"", "\"abroad\"", "none of the options"),
    ("today + years(1)", "today + 1", "+", "days, working days, months or years"),
    ("today + years(1)", "today + years(1", "\n", "syntax error"),
    ("full_time_staff >= 1", "full_time_staff >= 1.5", "1.5", "no decimals"),
    ("\"associations:10(1)\"", "\"association:10(1)\"", "\"association:10(1)\"", "names no law"),
    ("\"associations:10(1)\"", "\"associations\"", "\"associations\"", "law:article"),
    ("category = \"organisations\"", "category = \"clubs\"", "\"clubs\"", "no category"),
    ("next = [\"accept\"]", "next = [\"acept\"]", "\"acept\"", "no step"),
    ("necessity = \"required\"", "necessity = \"needed\"", "\"needed\"", "there is no choice `needed`"),
    ("visits = 1", "visits = \"one\"", "\"one\"", "a whole number, not text"),
    ("visits = 1", "visit = 1", "visit", "unknown field"),
];

fn sources(change: impl Fn(&str) -> String) -> Vec<Source> {
    let wanted = |s: &Source| s.name == "hall.toml" || s.name == "association-setup.toml";
    let changed = |s: Source| if s.name == "hall.toml" { s } else { Source { text: change(&s.text), ..s } };
    author::sample().into_iter().filter(wanted).map(changed).collect()
}

#[test]
fn each_mistake_is_reported_at_its_place() {
    author::compile(&sources(str::to_owned)).expect("sound before the change");
    for (sound, wrong, marked, says) in MISTAKES {
        let changed = sources(|text| {
            assert!(text.contains(sound), "the sample no longer has `{sound}`");
            text.replacen(sound, wrong, 1)
        });
        let findings = author::compile(&changed).expect_err(wrong);
        let found = findings.iter().find(|f| f.message.en.contains(says));
        let found = found.unwrap_or_else(|| panic!("`{wrong}`: {findings:#?}"));
        let text: String = found.text.chars().skip(found.column - 1).take(found.width).collect();
        assert!(*marked == "\n" || text == *marked, "`{wrong}` is marked at `{text}`\n{found}");
        assert!(found.to_string().contains('^'), "{found}");
    }
}

#[test]
fn all_mistakes_are_reported_in_one_pass() {
    let changed = sources(|text| {
        let text = text.replacen("individuals >= 50", "individual >= 50", 1);
        let text = text.replacen("full_time_staff >= 1", "full_time_staff >= true", 1);
        text.replacen("\"associations:12\"", "\"12\"", 1)
    });
    assert_eq!(author::compile(&changed).expect_err("three mistakes").len(), 3);
}

#[test]
fn broken_files_are_findings_too() {
    for text in ["", "code = ", "\u{0}", "[[[[", "code = \"x\"\ncode = \"y\""] {
        let mut files = sources(|_| text.to_owned());
        assert!(!author::compile(&files).expect_err(text).is_empty());
        files.retain(|f| f.name != "hall.toml");
        assert!(!author::compile(&files).expect_err(text).is_empty());
    }
}
