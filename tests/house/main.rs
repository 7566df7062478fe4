//! The plan of the house, held by a test: floors use only floors before them, pure floors know no browser, server, clock
//! or chance, kiosk and hall never see each other, nothing strange lies at the top level, every phrase says something in
//! both languages, and nothing unwraps without saying why it may.
//!
//! A check that cannot fail is no check: `mod convicted` at the end shows each of them a guilty snippet.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod source;

use source::{Source, root, words};
use std::fmt;

/// Something the house does not allow, and where.
struct Guilty {
    path: String,
    line: usize,
    why: String,
}

impl Guilty {
    fn new(source: &Source, line: usize, why: impl Into<String>) -> Guilty {
        Guilty { path: source.path.clone(), line, why: why.into() }
    }
}

impl fmt::Display for Guilty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.why)
    }
}

/// Fails with every finding at once.
fn acquit(found: Vec<Guilty>) {
    let list: Vec<String> = found.iter().map(Guilty::to_string).collect();
    assert!(list.is_empty(), "{} against the house rules:\n{}", list.len(), list.join("\n"));
}

const SHELLS: [&str; 2] = ["kiosk", "hall"];

/// The pure floors in their order, as lib.rs declares them.
fn floors() -> Vec<String> {
    declared(&std::fs::read_to_string(root().join("src/lib.rs")).unwrap())
}

fn declared(lib: &str) -> Vec<String> {
    let modules = lib.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'));
    modules.filter(|name| !SHELLS.contains(name)).map(str::to_owned).collect()
}

/// The floors that the map in lib.rs's documentation names, in its order.
fn mapped(lib: &str) -> Vec<String> {
    let entries = lib.lines().filter_map(|line| line.strip_prefix("//! - [`")?.split_once('`'));
    entries.map(|(name, _)| name.to_owned()).collect()
}

// ── the checks ──

/// Uses of a later floor, or of a shell, in a floor; and of the other shell in a shell.
fn order(source: &Source, floors: &[String]) -> Vec<Guilty> {
    let place = |name: &str| floors.iter().position(|f| f == name);
    let mut found = Vec::new();
    let binary = source.path.strip_prefix("src/bin/");
    let own = match (source.module(), binary) {
        (Some(module), _) => module,
        (None, Some(binary)) if binary.starts_with("kiosk") || binary.starts_with("decoder") => "kiosk",
        // The hall's program and the tasks are native.
        (None, _) => "hall",
    };
    for (line, name) in source.roots() {
        let why = match (place(own), place(&name)) {
            (Some(here), Some(there)) if there > here => format!("floor `{own}` uses the later floor `{name}`"),
            (Some(_), None) if SHELLS.contains(&name.as_str()) => format!("floor `{own}` uses the shell `{name}`"),
            (None, None) if SHELLS.contains(&own) && SHELLS.contains(&name.as_str()) && own != name => {
                format!("`{own}` sees `{name}`")
            }
            _ => continue,
        };
        found.push(Guilty::new(source, line, why));
    }
    found
}

/// Crates of the browser and of the server, and doors to clock, chance and the machine.
const NOT_PURE: [&str; 41] = [
    "leptos",
    "leptos_router",
    "web_sys",
    "js_sys",
    "gloo_storage",
    "gloo_timers",
    "wasm_bindgen",
    "wasm_bindgen_futures",
    "serde_wasm_bindgen",
    "indexed_db_futures",
    "futures_util",
    "calamine",
    "rust_xlsxwriter",
    "rustix",
    "console_error_panic_hook",
    "anyhow",
    "argon2",
    "axum",
    "axum_server",
    "clap",
    "metrics",
    "reqwest",
    "rustls",
    "sqlx",
    "tokio",
    "tower",
    "tower_http",
    "tracing",
    "tracing_subscriber",
    "getrandom",
    "rand",
    "OsRng",
    "SystemTime",
    "Instant::now",
    "std::fs",
    "std::net",
    "std::process",
    "std::env",
    "std::io",
    "Utc::now",
    "Local::now",
];
/// What only the native author modules of pure floors may use: parsers, a stack of their own, the embedded sample.
const AUTHORS_ONLY: [&str; 6] = ["cel", "toml", "pinyin", "regex_syntax", "rust_embed", "std::thread"];
/// Native-only modules inside pure floors.
const AUTHORS: [&str; 3] = ["src/rules/author", "src/rules/solve", "src/catalogue/author"];

/// Anything of the world outside in a pure floor.
fn purity(source: &Source, floors: &[String]) -> Vec<Guilty> {
    if !source.module().is_some_and(|m| floors.iter().any(|f| f == m)) {
        return vec![];
    }
    let author = AUTHORS.iter().any(|a| source.path.starts_with(a));
    let barred = NOT_PURE.iter().chain(if author { &[][..] } else { &AUTHORS_ONLY });
    let mut found = Vec::new();
    for word in barred {
        let path_only = AUTHORS_ONLY.contains(word);
        for at in words(&source.code, word) {
            let line = source.line(at);
            // `toml` and `cel` are also good names for a variable: as a crate they begin a path.
            let names_crate = !path_only || source.code[at + word.len()..].starts_with("::");
            if names_crate && !source.in_tests(line - 1) {
                found.push(Guilty::new(source, line, format!("`{word}` in a pure floor")));
            }
        }
    }
    found
}

/// `unwrap()` and `expect("…")` outside tests that no comment beside them answers for.
fn unwraps(source: &Source) -> Vec<Guilty> {
    let raw: Vec<&str> = source.text.lines().collect();
    let mut found = Vec::new();
    for (line, code) in source.lines() {
        let answered = [line.checked_sub(2), Some(line - 1)].into_iter().flatten().any(|at| raw.get(at).is_some_and(|l| l.contains("//")));
        if (code.contains(".unwrap()") || code.contains(".expect(\"") || code.contains(".expect(&format!")) && !answered {
            found.push(Guilty::new(source, line, "unwraps without saying why it cannot fail"));
        }
    }
    found
}

/// Phrases that say nothing in one language, or have their languages exchanged.
fn phrases(source: &Source) -> Vec<Guilty> {
    let mut found = Vec::new();
    for start in ["Phrase::new(", "Text::new("] {
        for (at, _) in source.text.match_indices(start) {
            let line = source.text[..at].matches('\n').count() + 1;
            let Some((zh, rest)) = literal(&source.text[at + start.len()..]) else { continue };
            let en = rest.trim_start().strip_prefix(',').and_then(literal).map(|(en, _)| en);
            if zh.trim().is_empty() || en.is_some_and(|en| en.trim().is_empty()) {
                found.push(Guilty::new(source, line, "a phrase that says nothing"));
            } else if en.is_some_and(|en| han(en) && !han(zh)) {
                found.push(Guilty::new(source, line, "Chinese stands where English belongs"));
            }
        }
    }
    found
}

fn han(text: &str) -> bool {
    text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
}

/// The string literal that begins here, and what follows it.
fn literal(text: &str) -> Option<(&str, &str)> {
    let inside = text.trim_start().strip_prefix('"')?;
    let mut escaped = false;
    for (at, c) in inside.char_indices() {
        match c {
            '\\' if !escaped => escaped = true,
            '"' if !escaped => return Some((&inside[..at], &inside[at + 1..])),
            _ => escaped = false,
        }
    }
    None
}

/// A file that does not open with what it is for.
fn opening(source: &Source) -> Vec<Guilty> {
    if source.text.starts_with("//! ") { vec![] } else { vec![Guilty::new(source, 1, "does not open with `//!` and what it is for")] }
}

/// What the design card has at the top level.
const TOP: [&str; 9] = ["Cargo.lock", "Cargo.toml", "LICENSE", "README.md", "Trunk.toml", "public", "src", "style", "tests"];
/// Made by builds and ignored by git.
const MADE: [&str; 2] = ["target", "dist"];

/// Entries too many or too few.
fn top_level(entries: &[String]) -> Vec<String> {
    let strange = entries.iter().filter(|e| !e.starts_with('.') && !TOP.contains(&e.as_str()) && !MADE.contains(&e.as_str()));
    let absent = TOP.iter().filter(|t| !entries.iter().any(|e| e == *t));
    strange.map(|e| format!("`{e}` is not on the plan")).chain(absent.map(|t| format!("`{t}` is missing"))).collect()
}

/// Sentences of a catalogue file that say nothing in one language.
fn empty_sentences(toml: &str) -> Vec<usize> {
    let empty = |line: &str| ["zh", "en"].iter().any(|lang| line.contains(&format!("{lang} = \"\"")));
    toml.lines().enumerate().filter(|(_, line)| empty(line)).map(|(at, _)| at + 1).collect()
}

// ── the house ──

fn each(check: impl Fn(&Source) -> Vec<Guilty>) -> Vec<Guilty> {
    Source::below("src").iter().flat_map(check).collect()
}

#[test]
fn the_map_is_the_house() {
    let lib = std::fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let floors = declared(&lib);
    assert_eq!(floors.len(), 10, "{floors:?}");
    assert_eq!(mapped(&lib), floors, "the map in lib.rs and its modules differ");
    assert!(SHELLS.iter().all(|shell| lib.contains(&format!("//! - `{shell}`"))), "lib.rs does not name the shells");
}

#[test]
fn floors_use_only_floors_before_them_and_the_shells_do_not_see_each_other() {
    let floors = floors();
    acquit(each(|source| order(source, &floors)));
}

#[test]
fn pure_floors_know_no_browser_server_clock_or_chance() {
    let floors = floors();
    acquit(each(|source| purity(source, &floors)));
}

#[test]
fn nothing_unwraps_without_a_reason() {
    acquit(each(unwraps));
}

#[test]
fn every_phrase_speaks_both_languages() {
    acquit(each(phrases));
    for entry in std::fs::read_dir(root().join("public/catalogue")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "toml") {
            let lines = empty_sentences(&std::fs::read_to_string(&path).unwrap());
            assert!(lines.is_empty(), "{} says nothing in lines {lines:?}", path.display());
        }
    }
}

#[test]
fn every_file_opens_with_what_it_is_for() {
    acquit(each(opening));
}

#[test]
fn the_top_level_is_the_plans() {
    let entries = std::fs::read_dir(root()).unwrap().map(|e| e.unwrap().file_name().to_string_lossy().into_owned());
    assert_eq!(top_level(&entries.collect::<Vec<_>>()), Vec::<String>::new());
}

mod convicted {
    use super::*;

    /// Lines at which a check finds fault with a snippet.
    fn lines(found: Vec<Guilty>) -> Vec<usize> {
        found.into_iter().map(|g| g.line).collect()
    }

    fn floors() -> Vec<String> {
        ["words", "rules", "catalogue", "check"].map(str::to_owned).to_vec()
    }

    fn order_of(path: &str, text: &str) -> Vec<usize> {
        lines(order(&Source::new(path, text), &floors()))
    }

    #[test]
    fn a_floor_that_uses_a_later_one() {
        assert_eq!(order_of("src/rules/mod.rs", "use crate::words::Text;\nuse crate::check::assess;"), [2]);
        assert_eq!(order_of("src/rules/mod.rs", "use crate::{words::{Text, check}, catalogue::Item};"), [1]);
        assert_eq!(order_of("src/rules/value.rs", "fn f(x: &super::super::check::Point) {}"), [1]);
        assert_eq!(order_of("src/rules/value.rs", "fn f(x: crate::kiosk::App, y: crate::hall::Hall) {}"), [1, 1]);
        assert_eq!(order_of("src/words.rs", "use\n  crate ::\n  rules;"), [2]);
    }

    #[test]
    fn shells_that_see_each_other() {
        assert_eq!(order_of("src/kiosk/app.rs", "use crate::check;\nuse crate::hall::store;"), [2]);
        assert_eq!(order_of("src/hall/mod.rs", "use crate::kiosk::app;"), [1]);
        assert_eq!(order_of("src/bin/kiosk.rs", "use mingbai::hall;"), [1]);
        assert_eq!(order_of("src/bin/hall.rs", "fn main() { mingbai::kiosk::start() }"), [1]);
        assert_eq!(order_of("src/bin/x/size.rs", "use mingbai::{words, kiosk};"), [1]);
    }

    #[test]
    fn but_not_prose_own_names_or_earlier_floors() {
        let text = "//! Unlike crate::check.\n/* crate::check /* nested */ crate::hall */\nlet s = \"crate::check\";\nlet r = r#\"crate::\"hall\"#;\nuse super::value;\nuse crate::words;\nlet c = '\"'; use self::check;";
        assert_eq!(order_of("src/rules/evaluate.rs", text), [0; 0]);
        assert_eq!(order_of("src/check/mod.rs", "use crate::{words, rules::Value, catalogue};"), [0; 0]);
        assert_eq!(order_of("src/kiosk/app.rs", "use crate::check; use crate::kiosk::device;"), [0; 0]);
    }

    #[test]
    fn a_pure_floor_that_looks_outside() {
        let guilty = |text: &str| lines(purity(&Source::new("src/check/mod.rs", text), &floors()));
        assert_eq!(guilty("use leptos::prelude::*;\nuse web_sys::Window;"), [1, 2]);
        assert_eq!(guilty("\nlet now = chrono::Utc::now();"), [2]);
        assert_eq!(guilty("use std::time::{Duration, Instant};\nlet a = Instant::now();\nlet b = SystemTime::now();").len(), 2);
        assert_eq!(guilty("fn f() { std::fs::read(\"x\"); }"), [1]);
        assert_eq!(guilty("use cel::Program;"), [1]);
        assert_eq!(guilty("let toml = instant(tokio_like); // tokio, leptos\n#[cfg(test)]\nmod tests { use std::fs; }"), [0; 0]);
        assert_eq!(lines(purity(&Source::new("src/rules/author.rs", "use cel::Program;\nuse axum::Router;"), &floors())), [2]);
        assert_eq!(lines(purity(&Source::new("src/hall/mod.rs", "use axum::Router;"), &floors())), [0; 0]);
    }

    #[test]
    fn an_unwrap_without_a_reason() {
        let guilty = |text: &str| lines(unwraps(&Source::new("src/words/mod.rs", text)));
        assert_eq!(guilty("a.unwrap();\nb.expect(\"it is there\");\n\nc.expect(&format!(\"{x}\"));"), [1, 2, 4]);
        assert_eq!(guilty("// Never empty: made two lines above.\na.unwrap();"), [0; 0]);
        assert_eq!(guilty("self.expect(Token::Comma); a.unwrap_or(1);"), [0; 0]);
        assert_eq!(guilty("#[cfg(test)]\nmod tests {\n    fn f() { a.unwrap(); }\n}\nfn g() { b.unwrap(); }"), [5]);
    }

    #[test]
    fn a_phrase_that_says_nothing() {
        let guilty = |text: &str| lines(phrases(&Source::new("src/kiosk/pages/phrases.rs", text)));
        assert_eq!(
            guilty("const A: Phrase = Phrase::new(\"\", \"Yes\");\nconst B: Phrase = Phrase::new(\n    \"是\",\n    \" \",\n);"),
            [1, 2]
        );
        assert_eq!(guilty("Phrase::new(\"Yes\", \"是\")"), [1]);
        assert_eq!(
            guilty("Text::new(\"是\", \"Yes\"); Text::new(name, other); Phrase::new(\"说\\\"是\\\"\", \"say \\\"yes\\\"\");"),
            [0; 0]
        );
        assert_eq!(empty_sentences("name = { zh = \"名\", en = \"Name\" }\nask = { zh = \"\", en = \"Ask\" }"), [2]);
    }

    #[test]
    fn a_file_that_does_not_say_what_it_is_for() {
        assert_eq!(lines(opening(&Source::new("src/words/x.rs", "use std::fmt;"))), [1]);
        assert_eq!(lines(opening(&Source::new("src/words/x.rs", "//! What it is for.\n"))), [0; 0]);
    }

    #[test]
    fn a_stranger_at_the_top_level() {
        let mut entries: Vec<String> = TOP.iter().chain(&MADE).map(|e| (*e).to_owned()).collect();
        entries.push(".git".to_owned());
        assert_eq!(top_level(&entries), Vec::<String>::new());
        entries.retain(|e| e != "style");
        entries.push("docs".to_owned());
        assert_eq!(top_level(&entries), ["`docs` is not on the plan", "`style` is missing"]);
    }

    #[test]
    fn a_map_that_differs() {
        let lib = "//! - [`words`]: text\n//! - [`rules`]: rules\npub mod rules;\npub mod words;\npub mod hall;\n";
        assert_eq!(declared(lib), ["rules", "words"]);
        assert_ne!(mapped(lib), declared(lib));
    }
}
