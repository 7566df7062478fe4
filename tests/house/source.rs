//! A source file as the house checks read it: which file, and its text with comments and the inside of strings blanked
//! out (line numbers stay), so that words in prose accuse nobody.

use std::fs;
use std::path::{Path, PathBuf};

pub struct Source {
    /// Path from the checkout, such as `src/rules/mod.rs`.
    pub path: String,
    pub text: String,
    /// `text` without comments and string contents.
    pub code: String,
    /// Lines (from 0) that belong to `#[cfg(test)]` modules.
    tests: Vec<std::ops::Range<usize>>,
}

impl Source {
    pub fn new(path: &str, text: &str) -> Source {
        let code = blank(text);
        let tests = test_modules(&code);
        Source { path: path.to_owned(), text: text.to_owned(), code, tests }
    }

    /// Every Rust file below a folder of the checkout, in order of name.
    pub fn below(folder: &str) -> Vec<Source> {
        let mut paths = Vec::new();
        walk(&root().join(folder), &mut paths);
        paths.sort();
        paths.iter().filter(|p| p.extension().is_some_and(|e| e == "rs")).map(|p| Source::read(p)).collect()
    }

    fn read(path: &Path) -> Source {
        let text = fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        Source::new(&path.strip_prefix(root()).unwrap().to_string_lossy(), &text)
    }

    /// The first-level module that the file belongs to: `rules` for `src/rules/mod.rs`.
    pub fn module(&self) -> Option<&str> {
        let rest = self.path.strip_prefix("src/")?;
        let first = rest.split('/').next()?;
        if first == "bin" { None } else { Some(first.trim_end_matches(".rs")) }
    }

    /// Number of modules above the file's own items: 1 in `src/rules/mod.rs`, 2 in `src/rules/value.rs`.
    fn depth(&self) -> usize {
        let names = self.path.trim_start_matches("src/").trim_end_matches(".rs").split('/');
        names.filter(|n| *n != "mod" && *n != "lib").count()
    }

    /// Code lines with their number (from 1), without those of test modules.
    pub fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.code.lines().enumerate().filter(|(at, _)| !self.in_tests(*at)).map(|(at, line)| (at + 1, line))
    }

    pub fn in_tests(&self, line: usize) -> bool {
        self.tests.iter().any(|range| range.contains(&line))
    }

    /// Modules at the root of the crate that this file names, with the line (from 1): through `crate::a`,
    /// `crate::{a, b::c}`, `mingbai::a` and `super::super::a`.
    pub fn roots(&self) -> Vec<(usize, String)> {
        let mut found = Vec::new();
        for start in ["crate", "mingbai"] {
            for at in words(&self.code, start) {
                if let Some(rest) = after_path_sign(&self.code[at + start.len()..]) {
                    found.extend(heads(rest).into_iter().map(|name| (self.line(at), name)));
                }
            }
        }
        for at in words(&self.code, "super") {
            // Counted from the first of a chain only.
            if self.code[..at].trim_end().ends_with("super::") {
                continue;
            }
            let (mut rest, mut levels) = (&self.code[at..], 0);
            while let Some(next) = rest.strip_prefix("super").and_then(after_path_sign) {
                (rest, levels) = (next, levels + 1);
            }
            if levels >= self.depth() {
                found.extend(heads(rest).into_iter().map(|name| (self.line(at), name)));
            }
        }
        found
    }

    /// The line (from 1) of a place in the code.
    pub fn line(&self, at: usize) -> usize {
        self.code[..at].matches('\n').count() + 1
    }
}

/// The checkout.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn walk(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display())) {
        let path = entry.unwrap().path();
        if path.is_dir() { walk(&path, into) } else { into.push(path) }
    }
}

/// Where `word` stands as a whole word.
pub fn words(code: &str, word: &str) -> Vec<usize> {
    let part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    let whole = |at: &usize| !part(code[..*at].chars().next_back()) && !part(code[at + word.len()..].chars().next());
    code.match_indices(word).map(|(at, _)| at).filter(whole).collect()
}

fn after_path_sign(code: &str) -> Option<&str> {
    code.trim_start().strip_prefix("::").map(str::trim_start)
}

/// First names of what follows a `::`: one name, or those of a group in braces.
fn heads(code: &str) -> Vec<String> {
    let name = |code: &str| code.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let Some(group) = code.strip_prefix('{') else { return vec![name(code)] };
    let (mut found, mut depth, mut start) = (vec![], 0, 0);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => {
                found.push(name(&group[start..at]));
                break;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                found.push(name(&group[start..at]));
                start = at + 1;
            }
            _ => {}
        }
    }
    found.retain(|n| !n.is_empty());
    found
}

/// Blanks comments, the inside of string and character literals; keeps quotes and line ends.
fn blank(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let is = |at: usize, c: char| chars.get(at) == Some(&c);
    let mut code = String::with_capacity(text.len());
    let mut at = 0;
    let keep_line = |c: char| if c == '\n' { '\n' } else { ' ' };
    while let Some(&c) = chars.get(at) {
        let inside_word = at > 0 && (chars[at - 1].is_alphanumeric() || chars[at - 1] == '_');
        if c == '/' && is(at + 1, '/') {
            while at < chars.len() && chars[at] != '\n' {
                code.push(' ');
                at += 1;
            }
        } else if c == '/' && is(at + 1, '*') {
            let mut depth = 0;
            while at < chars.len() {
                let step = if chars[at] == '/' && is(at + 1, '*') {
                    depth += 1;
                    2
                } else if chars[at] == '*' && is(at + 1, '/') {
                    depth -= 1;
                    2
                } else {
                    1
                };
                code.extend(chars[at..(at + step).min(chars.len())].iter().map(|c| keep_line(*c)));
                at += step;
                if depth == 0 {
                    break;
                }
            }
        } else if c == 'r' && !inside_word && hashes(&chars, at + 1).is_some() {
            let hashes = hashes(&chars, at + 1).unwrap();
            code.push_str(&format!("r{}\"", "#".repeat(hashes)));
            at += hashes + 2;
            while at < chars.len() && !(chars[at] == '"' && (1..=hashes).all(|n| is(at + n, '#'))) {
                code.push(keep_line(chars[at]));
                at += 1;
            }
            code.push_str(&format!("\"{}", "#".repeat(hashes)));
            at += hashes + 1;
        } else if c == '"' {
            code.push('"');
            at += 1;
            while at < chars.len() && chars[at] != '"' {
                let step = if chars[at] == '\\' { 2 } else { 1 };
                code.extend(chars[at..(at + step).min(chars.len())].iter().map(|c| keep_line(*c)));
                at += step;
            }
            code.push('"');
            at += 1;
        } else if c == '\'' && (is(at + 1, '\\') || is(at + 2, '\'')) {
            // A character, not a lifetime.
            let mut end = at + if is(at + 1, '\\') { 3 } else { 2 };
            while end < chars.len() && chars[end] != '\'' {
                end += 1;
            }
            code.push_str("' '");
            at = end + 1;
        } else {
            code.push(c);
            at += 1;
        }
    }
    code
}

/// How many `#` stand before the quote of a raw string; `None` if this is none.
fn hashes(chars: &[char], from: usize) -> Option<usize> {
    let count = chars[from.min(chars.len())..].iter().take_while(|c| **c == '#').count();
    (chars.get(from + count) == Some(&'"')).then_some(count)
}

/// Line ranges of `#[cfg(test)] mod … { … }`.
fn test_modules(code: &str) -> Vec<std::ops::Range<usize>> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("#[cfg(test)]") {
        let (mut depth, mut end) = (0, code.len());
        for (offset, c) in code[at..].char_indices() {
            match c {
                '{' => depth += 1,
                '}' if depth == 1 => {
                    end = at + offset;
                    break;
                }
                '}' => depth -= 1,
                ';' if depth == 0 => {
                    end = at + offset;
                    break;
                }
                _ => {}
            }
        }
        let line = |at: usize| code[..at].matches('\n').count();
        found.push(line(at)..line(end) + 1);
    }
    found
}
