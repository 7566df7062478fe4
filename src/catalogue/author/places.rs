//! Where the values of a TOML file stand: paths such as `conditions[members].rule` ↔ bytes. Entries of a list go by their
//! `code` where they have one, else by their number from 0, so that a path stays true when entries are moved.

use std::collections::BTreeMap;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

#[derive(Clone, Debug, Default)]
pub struct Places {
    /// What to point at for each path.
    values: BTreeMap<String, Range<usize>>,
    /// Every key, value and header, and the path it belongs to.
    spans: Vec<(Range<usize>, String)>,
}

impl Places {
    /// The places in a file; of one that is not TOML, those that can be read.
    pub fn of(text: &str) -> Places {
        let (table, _) = DeTable::parse_recoverable(text);
        let mut places = Places::default();
        places.table("", table.get_ref());
        places
    }

    fn table(&mut self, path: &str, table: &DeTable) {
        for (key, value) in table {
            let path = if path.is_empty() { key.get_ref().to_string() } else { format!("{path}.{}", key.get_ref()) };
            // A table's own span is its whole body: its key is what to point at.
            let span = if matches!(value.get_ref(), DeValue::Table(_)) { key.span() } else { value.span() };
            self.values.insert(path.clone(), span);
            self.spans.push((key.span(), path.clone()));
            self.value(&path, value);
        }
    }

    fn value(&mut self, path: &str, value: &Spanned<DeValue>) {
        self.spans.push((value.span(), path.to_owned()));
        match value.get_ref() {
            DeValue::Table(table) => self.table(path, table),
            DeValue::Array(entries) => {
                for (at, entry) in entries.iter().enumerate() {
                    let code = match entry.get_ref() {
                        DeValue::Table(table) => table.get("code"),
                        _ => None,
                    };
                    let name = code.and_then(|code| Some((code.get_ref().as_str()?.to_owned(), code.span())));
                    let (name, span) = name.unwrap_or_else(|| (at.to_string(), entry.span()));
                    let path = format!("{path}[{name}]");
                    self.values.insert(path.clone(), span);
                    self.value(&path, entry);
                }
            }
            _ => {}
        }
    }

    /// Bytes of the value at `path`, or of the nearest thing around it that the file has.
    pub fn span(&self, path: &str) -> Range<usize> {
        let mut path = path;
        loop {
            if let Some(span) = self.values.get(path) {
                return span.clone();
            }
            match path.rfind(['.', '[']) {
                Some(at) => path = &path[..at],
                None => return 0..0,
            }
        }
    }

    /// The path of the smallest value that holds the byte `at`; empty when none does.
    pub fn path(&self, at: usize) -> &str {
        let holding = self.spans.iter().filter(|(span, _)| span.contains(&at));
        holding.min_by_key(|(span, path)| (span.len(), std::cmp::Reverse(path.len()))).map_or("", |(_, path)| path)
    }

    /// Whether the file itself has something at `path`.
    pub fn has(&self, path: &str) -> bool {
        self.values.contains_key(path)
    }
}

/// Bytes of a string's value → bytes of the string as a file writes it, with its quotes and escapes.
pub fn written(raw: &str, value: &Range<usize>) -> Range<usize> {
    let quote = ["\"\"\"", "'''", "\"", "'"].into_iter().find(|quote| raw.starts_with(quote)).unwrap_or_default();
    let body = raw.get(quote.len()..raw.len().saturating_sub(quote.len())).unwrap_or_default();
    // The line break right behind three quotes is none of the value's.
    let first = if quote.len() == 3 { body.len() - body.strip_prefix("\r\n").or(body.strip_prefix('\n')).unwrap_or(body).len() } else { 0 };
    let mut steps = Steps { rest: &body[first..], escapes: quote.starts_with('"'), raw: quote.len() + first, value: 0 };
    let start = steps.reach(value.start);
    start..steps.reach(value.end).max(start)
}

/// Goes through a string as it is written, and counts the bytes of its value.
struct Steps<'t> {
    rest: &'t str,
    escapes: bool,
    raw: usize,
    value: usize,
}

impl Steps<'_> {
    fn reach(&mut self, value: usize) -> usize {
        while let Some((raw, gives)) = self.next().filter(|(_, gives)| self.value < value || *gives == 0) {
            self.rest = &self.rest[raw..];
            self.raw += raw;
            self.value += gives;
        }
        self.raw
    }

    /// Bytes of what is written next, and of what it gives.
    fn next(&self) -> Option<(usize, usize)> {
        let first = self.rest.chars().next()?;
        let Some(escaped) = self.rest.strip_prefix('\\').filter(|_| self.escapes) else {
            return Some((first.len_utf8(), first.len_utf8()));
        };
        let coded = |digits: usize| {
            let c = u32::from_str_radix(escaped.get(1..1 + digits)?, 16).ok().and_then(char::from_u32)?;
            Some((2 + digits, c.len_utf8()))
        };
        match escaped.chars().next()? {
            'x' => coded(2),
            'u' => coded(4),
            'U' => coded(8),
            // A backslash at the end of a line takes the space before the next word with it.
            c if c.is_whitespace() => Some((1 + escaped.len() - escaped.trim_start().len(), 0)),
            c => Some((1 + c.len_utf8(), 1)),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn paths_lead_to_values_and_back() {
        let text = "code = \"x\"\nname = { zh = \"名\", en = \"N\" }\n[[conditions]]\ncode = \"members\"\nrule = \"n > 1\"\nbasis = [\"a:1\"]\n[[limits]]\nlength = 5\n";
        let places = Places::of(text);
        for (path, value) in [
            ("code", "\"x\""),
            ("name.en", "\"N\""),
            ("conditions[members].rule", "\"n > 1\""),
            ("conditions[members].basis[0]", "\"a:1\""),
            ("limits[0].length", "5"),
            ("conditions[members].remedy", "\"members\""),
            ("name.fr", "name"),
        ] {
            assert_eq!(&text[places.span(path)], value, "{path}");
        }
        assert_eq!(places.span("nothing"), 0..0);
        assert_eq!(places.path(text.find("n > 1").unwrap()), "conditions[members].rule");
        assert_eq!(places.path(text.find("5").unwrap()), "limits[0].length");
        assert_eq!(places.path(text.find("length").unwrap()), "limits[0].length");
        assert_eq!(places.path(text.find("[[conditions").unwrap()), "conditions[members]");
    }

    #[test]
    fn a_value_s_bytes_are_found_in_its_string() {
        for (raw, value, marked) in [
            (r#""a == b""#, "b", "b"),
            (r#""a == \"公办\" || b""#, "b", "b"),
            (r#""a == \"公办\" || b""#, "\"公办\"", r#"\"公办\""#),
            (r#""a == \"\u516c\U0000529e\" || b""#, "b", "b"),
            ("'''\n'公' == a ||\n b'''", "b", "b"),
            ("\"\"\"\r\na || \\\n   b\"\"\"", "b", "b"),
            (r"'\d == b'", "b", "b"),
        ] {
            let read = format!("x = {raw}").parse::<toml::Table>().unwrap()["x"].as_str().unwrap().to_owned();
            let at = read.find(value).unwrap();
            assert_eq!(&raw[written(raw, &(at..at + value.len()))], marked, "{raw}");
        }
        assert_eq!(written("", &(3..5)), 0..0);
    }
}
