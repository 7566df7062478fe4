//! The text of a file → its typed form, with every mistake of its shape in one pass.
//!
//! serde stops at the first mistake. So each mistake is mended in a copy of what was read: what is missing or of the wrong
//! type is given something that fits, what is unknown is dropped. Then the copy is read again, until nothing is wrong. A
//! mended copy only serves to find the next mistake; it is never used.

use crate::words::{Phrase, Text, nearest};
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue, Deserializer, Error};

/// Bounds the work on a file that is wrong all over.
const MOST_READINGS: usize = 2_000;

/// What is tried, in this order, where something is missing or of the wrong type.
const FILLERS: [&str; 7] = ["''", "0", "false", "[]", "2000-01-01", "{}", "{ zh = '-', en = '-' }"];

/// Something wrong with a file's shape.
#[derive(Clone, Debug, PartialEq)]
pub struct Mistake {
    pub code: &'static str,
    /// Bytes of the text.
    pub at: Range<usize>,
    pub message: Text,
    pub help: Text,
}

/// Reads a file, or says all that keeps it from being read.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, Vec<Mistake>> {
    let (table, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        return Err(errors.iter().map(syntax).collect());
    }
    let root = table.span();
    let mut copy = Copy { root: table, tried: BTreeMap::new(), next: text.len() + 1 };
    let mut mistakes = Vec::new();
    for _ in 0..MOST_READINGS {
        let error = match T::deserialize(Deserializer::from(copy.root.clone())) {
            Ok(file) if mistakes.is_empty() => return Ok(file),
            Ok(_) => break,
            Err(error) => error,
        };
        let at = error.span().unwrap_or(root.clone());
        let wrong = Wrong::of(error.message());
        if at.start <= text.len() {
            mistakes.push(wrong.mistake(at.clone()));
        }
        if !copy.mend(&at, &wrong) {
            break;
        }
    }
    Err(mistakes)
}

// ── mending ──

struct Copy<'t> {
    root: Spanned<DeTable<'t>>,
    /// Where a filler stands → which of them it is. Fillers stand behind the end of the text.
    tried: BTreeMap<usize, usize>,
    next: usize,
}

impl<'t> Copy<'t> {
    /// Whether something has been changed.
    fn mend(&mut self, at: &Range<usize>, wrong: &Wrong) -> bool {
        match wrong {
            // A filler of the wrong shape.
            Wrong::Unknown { .. } | Wrong::Type { .. } | Wrong::Value { .. } if self.tried.contains_key(&at.start) => self.next_filler(at),
            Wrong::Unknown { field, .. } => each_table(&mut self.root, &mut |_, table| {
                let key = table.keys().find(|key| key.span() == *at && key.get_ref() == field).cloned();
                key.is_some_and(|key| table.remove(&key).is_some())
            }),
            Wrong::Missing { field } => {
                let filler = self.filler(0);
                each_table(&mut self.root, &mut |span, table| {
                    let lacks = span == at && !table.contains_key(field.as_str());
                    if lacks {
                        table.insert(Spanned::new(at.clone(), field.clone().into()), filler.clone());
                    }
                    lacks
                })
            }
            Wrong::Choice { choices, .. } => {
                let Some(first) = choices.first() else { return false };
                let filler = Spanned::new(self.place(0), DeValue::String(first.clone().into()));
                self.replace(at, &filler)
            }
            Wrong::Type { .. } | Wrong::Value { .. } => self.next_filler(at),
        }
    }

    fn next_filler(&mut self, at: &Range<usize>) -> bool {
        let which = self.tried.get(&at.start).map_or(0, |tried| tried + 1);
        let filler = self.filler(which);
        which < FILLERS.len() && self.replace(at, &filler)
    }

    fn replace(&mut self, at: &Range<usize>, filler: &Spanned<DeValue<'t>>) -> bool {
        each_table(&mut self.root, &mut |_, table| table.iter_mut().any(|(_, value)| replace(value, at, filler)))
    }

    fn filler(&mut self, which: usize) -> Spanned<DeValue<'t>> {
        // The fillers are sound TOML: `tests::fillers_are_values` reads them.
        let value = FILLERS.get(which).and_then(|filler| DeValue::parse(filler).ok()).map_or(DeValue::Boolean(false), Spanned::into_inner);
        Spanned::new(self.place(which), value)
    }

    fn place(&mut self, which: usize) -> Range<usize> {
        self.tried.insert(self.next, which);
        self.next += 1;
        self.next - 1..self.next
    }
}

/// Shows `change` every table, the root first, until it has changed one.
fn each_table<'t>(root: &mut Spanned<DeTable<'t>>, change: &mut impl FnMut(&Range<usize>, &mut DeTable<'t>) -> bool) -> bool {
    let span = root.span();
    change(&span, root.get_mut()) || root.get_mut().iter_mut().any(|(_, value)| inside(value, change))
}

fn inside<'t>(value: &mut Spanned<DeValue<'t>>, change: &mut impl FnMut(&Range<usize>, &mut DeTable<'t>) -> bool) -> bool {
    let span = value.span();
    match value.get_mut() {
        DeValue::Table(table) => change(&span, table) || table.iter_mut().any(|(_, value)| inside(value, change)),
        DeValue::Array(entries) => entries.iter_mut().any(|entry| inside(entry, change)),
        _ => false,
    }
}

/// Replaces `value`, or an entry of it when it is a list.
fn replace<'t>(value: &mut Spanned<DeValue<'t>>, at: &Range<usize>, filler: &Spanned<DeValue<'t>>) -> bool {
    if value.span() == *at {
        *value = filler.clone();
        return true;
    }
    match value.get_mut() {
        DeValue::Array(entries) => entries.iter_mut().any(|entry| replace(entry, at, filler)),
        _ => false,
    }
}

// ── saying it ──

/// What serde says, taken apart.
enum Wrong {
    Missing {
        field: String,
    },
    Unknown {
        field: String,
        known: Vec<String>,
    },
    Choice {
        choice: String,
        choices: Vec<String>,
    },
    Type {
        found: String,
        expected: String,
    },
    /// Of the right type, but out of its range or refused by the type itself.
    Value {
        why: String,
    },
}

impl Wrong {
    fn of(message: &str) -> Wrong {
        let mut named = message.split('`').skip(1).step_by(2).map(str::to_owned);
        let mut first = || named.next().unwrap_or_default();
        if message.starts_with("missing field") {
            Wrong::Missing { field: first() }
        } else if message.starts_with("unknown field") {
            Wrong::Unknown { field: first(), known: named.collect() }
        } else if message.starts_with("unknown variant") {
            Wrong::Choice { choice: first(), choices: named.collect() }
        } else if message == "wanted string or table" {
            Wrong::Type { found: String::new(), expected: "a string".into() }
        } else if let Some((found, expected)) = message.strip_prefix("invalid type: ").and_then(|rest| rest.rsplit_once(", expected ")) {
            Wrong::Type { found: found.into(), expected: expected.into() }
        } else {
            Wrong::Value { why: message.into() }
        }
    }

    fn mistake(&self, at: Range<usize>) -> Mistake {
        let (code, message, help) = match self {
            Wrong::Missing { field } => (
                "file.missing-field",
                Text::new(format!("缺少“{field}”"), format!("missing field `{field}`")),
                Text::new(
                    format!("在这里补上 {field} = …;写法见 schema.json 和示例目录。"),
                    format!("Add {field} = … here; see schema.json and the sample catalogue."),
                ),
            ),
            Wrong::Unknown { field, known } => (
                "file.unknown-field",
                Text::new(format!("不认识“{field}”"), format!("unknown field `{field}`")),
                match nearest(field, known.iter().map(String::as_str)) {
                    Some(near) => Text::new(format!("是不是 {near}?不是的话,删去它。"), format!("Did you mean `{near}`? If not, drop it.")),
                    None => Text::new(
                        format!("删去它,或者改成其中之一:{}。", known.join("、")),
                        format!("Drop it, or write one of {}.", known.join(", ")),
                    ),
                },
            ),
            Wrong::Choice { choice, choices } => (
                "file.choice",
                Text::new(format!("没有“{choice}”这个选项"), format!("there is no choice `{choice}`")),
                Text::new(format!("改成其中之一:{}。", choices.join("、")), format!("Write one of {}.", choices.join(", "))),
            ),
            Wrong::Type { found, expected } => {
                let expected = expectation(expected);
                let found = kind(found);
                (
                    "file.type",
                    Text::new(
                        format!("这里应是{},不是{}", expected.zh, found.zh),
                        format!("this should be {}, not {}", expected.en, found.en),
                    ),
                    Text::new(format!("写成{}。", expected.zh), format!("Write {}.", expected.en)),
                )
            }
            Wrong::Value { why } => {
                ("file.value", refusal(why), Text::new("写法见 schema.json 和示例目录。", "See schema.json and the sample catalogue."))
            }
        };
        Mistake { code, at, message, help }
    }
}

/// What serde expects, for people.
fn expectation(expected: &str) -> Text {
    match expected {
        "a string" | "string" | "a borrowed string" => Text::new("引号中的文字", "text in quotes"),
        "a boolean" => Text::new(" true 或 false", "true or false"),
        "a sequence" => Text::new("方括号中的列表 [ … ]", "a list in brackets, [ … ]"),
        "a TOML datetime" => Text::new("不加引号的日期,如 2026-11-01", "a date without quotes, such as 2026-11-01"),
        "struct Text" => Text::new("两种文字 { zh = \"…\", en = \"…\" }", "both languages, { zh = \"…\", en = \"…\" }"),
        whole if whole.len() <= 4 && whole.starts_with(['u', 'i']) => Text::new("整数", "a whole number"),
        _ => Text::new("一个表 { … }", "a table, { … }"),
    }
}

/// What serde found, for people.
fn kind(found: &str) -> Text {
    match found.split([' ', '`']).next().unwrap_or_default() {
        "string" => Text::new("文字", "text"),
        "integer" => Text::new("整数", "a whole number"),
        "floating" => Text::new("小数", "a decimal"),
        "boolean" => Text::new(" true 或 false", "true or false"),
        "sequence" => Text::new("列表", "a list"),
        "map" => Text::new("表或日期", "a table or a date"),
        _ => Text::new("这个", "this"),
    }
}

/// Why a value of the right type is refused.
fn refusal(why: &str) -> Text {
    if why.contains("both zh and en") {
        Text::new("中文、英文都要写,不能空着", "both zh and en must say something")
    } else if why.contains("date") {
        Text::new("这里应是日期,如 2026-11-01", "a date is expected, such as 2026-11-01")
    } else if why.starts_with("invalid value: integer") {
        Text::new("这个数太大或太小", "this number is too large or too small")
    } else {
        Text::new(format!("这个值不能用:{why}"), why)
    }
}

/// What is not TOML at all.
fn syntax(error: &Error) -> Mistake {
    const LINES: Phrase = Phrase::new(
        "每行写成 名字 = 值;文字用英文引号 \"…\",其中再用引号的写 '…'。",
        "Write name = value on each line, with text in straight quotes \"…\", and quotes within it as '…'.",
    );
    let said = error.message();
    let (zh, help) = match said {
        "duplicate key" => ("这个名字在同一个表里已经有了", Phrase::new("两处只留一处。", "Keep one of the two.")),
        _ if said.starts_with("string values must be quoted") => ("文字要放在英文引号中", LINES),
        _ if said.starts_with("unclosed") || said.starts_with("invalid basic string") => ("没有收尾:缺少右括号或右引号", LINES),
        _ if said.starts_with("key with no value") => ("名字后面缺少等号和值", LINES),
        _ if said.contains("unquoted key") => ("名字只能用英文字母、数字、- 和 _", LINES),
        _ if said.starts_with("unexpected key or value") => ("一行只写一项", LINES),
        _ if said.starts_with("invalid date") || said.starts_with("invalid time") => {
            ("没有这个日期或时间", Phrase::new("写成如 2026-11-01,不加引号。", "Write it like 2026-11-01, without quotes."))
        }
        _ => ("这里不合 TOML 的写法", LINES),
    };
    Mistake {
        code: "file.syntax",
        at: error.span().unwrap_or(0..0),
        message: Text::new(zh, format!("not TOML: {said}")),
        help: help.text(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::file::{HallFile, ItemFile};
    use super::*;

    #[test]
    fn fillers_are_values() {
        assert!(FILLERS.iter().all(|filler| DeValue::parse(filler).is_ok()));
    }

    #[test]
    fn every_mistake_is_found_in_one_pass_and_at_its_place() {
        let sample = super::super::sample();
        let text = &sample.iter().find(|s| s.name == "association-setup.toml").unwrap().text;
        let mut wrong = text.clone();
        let mut expected = Vec::new();
        for (from, to, code, marked) in [
            ("visits = 1", "visit = 1", "file.unknown-field", "visit"),
            ("handling = \"promised\"", "handling = \"slow\"", "file.choice", "\"slow\""),
            ("version = 2026-11-01", "version = \"2026-11-01\"", "file.type", "\"2026-11-01\""),
            ("photo = true", "photo = 1", "file.type", "1"),
            ("originals = 1\n", "originals = 1000\n", "file.value", "1000"),
            ("copies = 0\n", "", "file.missing-field", "[[materials]]"),
            ("necessity = \"required\"", "necessity = 3", "file.type", "3"),
            ("asks = [\"valid-until\"]", "asks = [\"valid\"]", "file.choice", "\"valid\""),
            ("type = \"bool\"", "", "file.missing-field", "[[facts]]"),
            (
                "remedy = { zh = \"先租、借或购置一处固定住所,再申请。\", en = \"Rent, borrow or buy fixed premises, then apply.\" }",
                "remedy = { zh = \"\", en = \"x\" }",
                "file.value",
                "{ zh = \"\", en = \"x\" }",
            ),
            ("length = 60", "length = \"60\"", "file.type", "\"60\""),
        ] {
            assert!(wrong.contains(from), "{from}");
            wrong = wrong.replacen(from, to, 1);
            expected.push((code, marked));
        }
        // The unknown `visit` leaves `visits` missing.
        expected.push(("file.missing-field", ""));
        let mistakes = read::<ItemFile>(&wrong).unwrap_err();
        let mut found: Vec<(&str, &str)> = mistakes.iter().map(|m| (m.code, &wrong[m.at.clone()])).collect();
        found.sort_unstable();
        expected.sort_unstable();
        assert_eq!(found, expected, "{mistakes:#?}");
        assert!(read::<ItemFile>(text).is_ok());
    }

    #[test]
    fn anything_is_read_or_refused() {
        for text in [
            "",
            "code = ",
            "\u{0}",
            "[[[[",
            "a = 1\na = 2",
            "facts = 1",
            "facts = [1, [2], {}]",
            "hall = []\nlaws = { x = 1, y = {} }",
            "[hall]\nname = 1",
        ] {
            assert!(!read::<ItemFile>(text).unwrap_err().is_empty(), "{text}");
            assert!(!read::<HallFile>(text).unwrap_err().is_empty(), "{text}");
        }
    }
}
