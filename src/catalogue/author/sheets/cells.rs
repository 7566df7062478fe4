//! One value ↔ one cell, by the kind of its column. What is read is forgiving in form (full-width digits, numbers kept as
//! text, dates in several ways, blanks around) and strict in sense.

use super::Cell;
use super::columns::{Kind, Named};
use crate::words::{Text, identifier::half_width, money, nearest};
use chrono::{Datelike, NaiveDate};
use std::ops::Range;
use toml::Value;
use toml::value::{Date, Datetime};

/// What is wrong with a cell, and a value to go on with, so that the rest can still be judged.
pub(super) struct Wrong {
    pub code: &'static str,
    pub message: Text,
    pub help: Text,
    pub guess: Value,
    /// The guess is close to what was meant.
    pub near: bool,
}

/// A cell as a person sees it, without blanks around. Empty when there is nothing to see.
pub(super) fn shown(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) => text.replace("\r\n", "\n").replace('\r', "\n").trim().to_owned(),
        Cell::Number(number) => number.to_string(),
        Cell::Yes(yes) => if *yes { "TRUE" } else { "FALSE" }.to_owned(),
        Cell::Day(day) => day.to_string(),
        Cell::Odd(what) => what.clone(),
        Cell::Formula => "=".to_owned(),
    }
}

/// Numbers that a spreadsheet keeps digit for digit.
const EXACT: f64 = 1e15;

/// What else parts the names in a cell; names hold none of it.
const MANY: &[char] = &[',', '、'];

/// The most that fits into a cell, counted as spreadsheets do.
const LONGEST: usize = 32_767;

/// The cell for a value; `None` when it cannot be read back from one.
pub(super) fn write(kind: &Kind, value: &Value, money: bool) -> Option<Cell> {
    let cell = match (kind, value) {
        (Kind::Code | Kind::CodeOf(_) | Kind::Words | Kind::Text | Kind::Rule, Value::String(text)) => Cell::Text(text.clone()),
        (Kind::Codes | Kind::Texts, Value::Array(entries)) => Cell::Text(joined(entries.iter().map(|e| e.as_str().map(str::to_owned)))?),
        (Kind::Many(names), Value::Array(entries)) => Cell::Text(joined(entries.iter().map(|e| Some(by_value(names, e)?.shown())))?),
        (Kind::One(names), value) => Cell::Text(by_value(names, value)?.shown()),
        (Kind::YesNo, Value::Boolean(yes)) => Cell::Text(if *yes { "是" } else { "否" }.to_owned()),
        (Kind::Bound, Value::Integer(fen)) if money => in_yuan(*fen),
        (Kind::Money, Value::Integer(fen)) => in_yuan(*fen),
        (Kind::Whole(_) | Kind::Bound, Value::Integer(number)) => {
            if (number.unsigned_abs() as f64) < EXACT {
                Cell::Number(*number as f64)
            } else {
                Cell::Text(number.to_string())
            }
        }
        (Kind::Day, Value::Datetime(date)) => {
            let day = date.to_string().parse::<NaiveDate>().ok()?;
            // Spreadsheets count their days from 1900, and that year wrongly.
            if day.year() > 1900 { Cell::Day(day) } else { Cell::Text(day.to_string()) }
        }
        _ => return None,
    };
    let fits = shown(&cell).encode_utf16().count() <= LONGEST;
    let same = read(kind, &cell, money).is_ok_and(|back| back == *value);
    (fits && same).then_some(cell)
}

fn joined(entries: impl Iterator<Item = Option<String>>) -> Option<String> {
    entries.collect::<Option<Vec<String>>>().map(|entries| entries.join("\n"))
}

fn by_value<'n>(names: &'n [Named], value: &Value) -> Option<&'n Named> {
    names.iter().find(|name| Some(name.value) == value.as_str())
}

fn in_yuan(fen: i64) -> Cell {
    let (sign, yuan, rest) = (if fen < 0 { "-" } else { "" }, fen.unsigned_abs() / 100, fen.unsigned_abs() % 100);
    let text = format!("{sign}{yuan}.{rest:02}");
    match text.parse::<f64>() {
        Ok(number) if (fen.unsigned_abs() as f64) < EXACT => Cell::Number(number),
        _ => Cell::Text(text),
    }
}

/// The value of a cell that is not empty. `money` says what [`Kind::Bound`] is in this row.
pub(super) fn read(kind: &Kind, cell: &Cell, money: bool) -> Result<Value, Wrong> {
    match cell {
        Cell::Odd(what) => Err(wrong(
            kind,
            "cell.error",
            Text::new(format!("单元格的值“{what}”不能用"), format!("the cell's value is `{what}`, which is of no use")),
            if what.starts_with('#') {
                Text::new("改成要填的内容;以 = 或 - 开头的文字前面加 '", "write what is meant; put ' before a text that begins with = or -")
            } else {
                // A date with a time of day, or a duration.
                how(kind)
            },
        )),
        Cell::Formula => Err(wrong(
            kind,
            "cell.formula",
            Text::new("公式没有保存计算结果", "the formula's result was not kept in the file"),
            Text::new(
                "在表格软件中打开并保存一次,或者改成要填的内容",
                "open and save the file in a spreadsheet program, or write what is meant",
            ),
        )),
        _ => match kind {
            Kind::File | Kind::Parent(_) | Kind::Key | Kind::Code | Kind::CodeOf(_) => code(kind, cell).map(Value::String),
            Kind::Words | Kind::Text => text(kind, cell).map(Value::String),
            Kind::Rule => rule(kind, cell).map(Value::String),
            Kind::Codes => text(kind, cell).map(|text| list(&half_width(&text))),
            Kind::Texts => text(kind, cell).map(|text| list(&text)),
            Kind::Whole(most) => whole(kind, cell).and_then(|n| within(kind, n, 0, *most)).map(Value::Integer),
            Kind::Money => yuan(kind, cell).map(Value::Integer),
            Kind::Bound if money => yuan(kind, cell).map(Value::Integer),
            Kind::Bound => whole(kind, cell).map(Value::Integer),
            Kind::Day => day(kind, cell),
            Kind::YesNo => yes_no(kind, cell).map(Value::Boolean),
            Kind::One(names) => one(names, &shown(cell)).map(|name| Value::String(name.value.to_owned())),
            Kind::Many(names) => {
                let text = shown(cell);
                entries(&text, MANY)
                    .into_iter()
                    .map(|entry| one(names, entry).map(|name| Value::String(name.value.to_owned())))
                    .collect::<Result<_, _>>()
                    .map(Value::Array)
            }
        },
    }
}

/// A required cell that has nothing in it.
pub(super) fn missing(kind: &Kind) -> Wrong {
    wrong(kind, "cell.empty", Text::new("这个单元格必须填写", "this cell must be filled in"), how(kind))
}

/// One language of a text without the other.
pub(super) fn untranslated(kind: &Kind) -> Wrong {
    wrong(
        kind,
        "cell.translation",
        Text::new("缺少另一种语言的文字", "the text is missing in one language"),
        Text::new("中文和英文都要填,或者都不填", "fill in both Chinese and English, or neither"),
    )
}

fn wrong(kind: &Kind, code: &'static str, message: Text, help: Text) -> Wrong {
    let guess = match kind {
        Kind::File | Kind::Parent(_) | Kind::Key | Kind::Code | Kind::CodeOf(_) | Kind::Words | Kind::Text => Value::String("?".into()),
        Kind::Rule => Value::String("true".into()),
        Kind::Codes | Kind::Texts | Kind::Many(_) => Value::Array(vec![]),
        Kind::Whole(_) | Kind::Money | Kind::Bound => Value::Integer(1),
        Kind::Day => Value::Datetime(dated(NaiveDate::default())),
        Kind::YesNo => Value::Boolean(false),
        Kind::One(names) => Value::String(names.first().map_or("", |name| name.value).to_owned()),
    };
    Wrong { code, message, help, guess, near: false }
}

fn of_wrong_kind(kind: &Kind, cell: &Cell) -> Wrong {
    let (zh, en) = match cell {
        Cell::Text(_) => ("文字", "text"),
        Cell::Number(_) => ("数字", "a number"),
        Cell::Yes(_) => ("TRUE 或 FALSE", "TRUE or FALSE"),
        Cell::Day(_) => ("日期", "a date"),
        Cell::Odd(_) | Cell::Formula => ("公式", "a formula"),
    };
    let wanted = how(kind);
    wrong(
        kind,
        "cell.kind",
        Text::new(format!("这里不能填{zh}“{}”", shown(cell)), format!("`{}` is {en}, which does not belong here", shown(cell))),
        wanted,
    )
}

/// What belongs into a cell.
pub(super) fn how(kind: &Kind) -> Text {
    match kind {
        Kind::File => Text::new(
            "填事项编码;其他版本填“编码@生效日期”,地方补充填“编码.地方”",
            "the item's code; of another version `code@date`, of local rules `code.place`",
        ),
        Kind::Parent(sheet) => {
            Text::new(format!("填“{sheet}”表中同一文件的编码"), format!("a code that the same file has in the sheet {sheet}"))
        }
        Kind::CodeOf(sheet) => {
            Text::new(format!("填“{sheet}”表第一列的编码"), format!("a code from the first column of the sheet {sheet}"))
        }
        Kind::Key | Kind::Code => Text::new("填编码:小写字母、数字和 - 或 _", "a code: lower-case letters, digits and - or _"),
        Kind::Codes => Text::new("一行一个编码(单元格内换行)", "codes, one a line of the cell"),
        Kind::Words | Kind::Text => Text::new("填文字", "a text"),
        Kind::Texts => Text::new("一行一个(单元格内换行)", "one a line of the cell"),
        Kind::Rule => Text::new("填规则,如 individuals >= 50", "a rule, such as individuals >= 50"),
        Kind::Whole(most) => Text::new(format!("填 0 至 {most} 的整数"), format!("a whole number from 0 to {most}")),
        Kind::Money => Text::new("填金额,单位元,最多两位小数", "an amount in yuan, with two decimals at most"),
        Kind::Bound => Text::new("填整数;“金额”类填元", "a whole number; of money, yuan"),
        Kind::Day => Text::new("填日期,如 2026-11-01", "a date, such as 2026-11-01"),
        Kind::YesNo => Text::new("填“是”或“否”", "是 (yes) or 否 (no)"),
        Kind::One(names) => Text::new(format!("填其中一个:{}", all(names)), format!("one of: {}", all(names))),
        Kind::Many(names) => Text::new(format!("一行一个,选自:{}", all(names)), format!("one a line, of: {}", all(names))),
    }
}

fn all(names: &[Named]) -> String {
    names.iter().map(Named::shown).collect::<Vec<_>>().join("、")
}

fn text(kind: &Kind, cell: &Cell) -> Result<String, Wrong> {
    match cell {
        Cell::Text(_) | Cell::Number(_) => Ok(shown(cell)),
        _ => Err(of_wrong_kind(kind, cell)),
    }
}

fn code(kind: &Kind, cell: &Cell) -> Result<String, Wrong> {
    match cell {
        Cell::Number(number) if number.abs() >= EXACT => Err(wrong(
            kind,
            "cell.digits-lost",
            Text::new("编码被当作数字保存,后面的数位已经丢失", "the code was kept as a number and has lost its last digits"),
            Text::new("把单元格格式设为“文本”,重新填写", "set the cell's format to text and write the code again"),
        )),
        _ => text(kind, cell).map(|text| half_width(&text).trim().to_owned()),
    }
}

fn rule(kind: &Kind, cell: &Cell) -> Result<String, Wrong> {
    match cell {
        Cell::Yes(yes) => Ok(yes.to_string()),
        _ => text(kind, cell),
    }
}

/// Where the entries of a cell's text stand: one a line, or parted by semicolons and what else parts them.
fn parts(text: &str, further: &[char]) -> Vec<Range<usize>> {
    let parting = |c| matches!(narrow(c), '\n' | ';') || further.contains(&narrow(c));
    let mut start = 0;
    let mut parts = Vec::new();
    for piece in text.split_inclusive(parting) {
        let part = piece.trim_end_matches(parting);
        let from = start + part.len() - part.trim_start().len();
        let to = start + part.trim_end().len();
        if from < to {
            parts.push(from..to);
        }
        start += piece.len();
    }
    parts
}

fn entries<'t>(text: &'t str, further: &[char]) -> Vec<&'t str> {
    parts(text, further).into_iter().map(|part| &text[part]).collect()
}

/// Where an entry of a list stands in its cell's text.
pub(super) fn entry(text: &str, number: usize) -> Option<Range<usize>> {
    parts(text, &[]).get(number).cloned()
}

fn narrow(c: char) -> char {
    half_width(c.encode_utf8(&mut [0; 4])).chars().next().unwrap_or(c)
}

fn list(text: &str) -> Value {
    Value::Array(entries(text, &[]).into_iter().map(|entry| Value::String(entry.to_owned())).collect())
}

fn whole(kind: &Kind, cell: &Cell) -> Result<i64, Wrong> {
    let number = match cell {
        Cell::Number(number) if number.fract() == 0.0 && number.abs() < EXACT => Some(*number as i64),
        Cell::Text(_) => half_width(&shown(cell)).replace([',', ' '], "").parse().ok(),
        _ => None,
    };
    number.ok_or_else(|| of_wrong_kind(kind, cell))
}

fn within(kind: &Kind, number: i64, least: i64, most: i64) -> Result<i64, Wrong> {
    if (least..=most).contains(&number) {
        return Ok(number);
    }
    Err(wrong(kind, "cell.range", Text::new(format!("{number} 超出范围"), format!("{number} is out of range")), how(kind)))
}

/// Yuan → fen.
fn yuan(kind: &Kind, cell: &Cell) -> Result<i64, Wrong> {
    let fen = match cell {
        Cell::Number(number) => {
            let fen = (number * 100.0).round();
            // What two decimals cannot say is no amount; what only binary fractions blur is one.
            let exact = (number * 100.0 - fen).abs() <= (2.0 * f64::EPSILON * fen.abs()).max(1e-6) && fen.abs() < EXACT;
            exact.then_some(fen as i64)
        }
        Cell::Text(_) => {
            let typed = half_width(&shown(cell));
            match typed.strip_prefix('-') {
                Some(rest) => money::parse_yuan(rest).map(|fen| -fen),
                None => money::parse_yuan(&typed),
            }
        }
        _ => None,
    };
    fen.ok_or_else(|| of_wrong_kind(kind, cell))
}

fn day(kind: &Kind, cell: &Cell) -> Result<Value, Wrong> {
    let day = match cell {
        Cell::Day(day) => Some(*day),
        Cell::Text(_) | Cell::Number(_) => written_day(&half_width(&shown(cell))),
        _ => None,
    };
    let day = day.filter(|day| (1..=9999).contains(&day.year())).map(dated);
    day.map(Value::Datetime).ok_or_else(|| {
        let message = Text::new(format!("“{}”不是日期", shown(cell)), format!("`{}` is no date", shown(cell)));
        wrong(kind, "cell.date", message, how(kind))
    })
}

/// `2026-11-01`, `2026/11/1`, `2026.11.1`, `2026年11月1日`, `20261101`.
fn written_day(typed: &str) -> Option<NaiveDate> {
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit()).then(|| part.parse::<u32>().ok())?;
    if typed.len() == 8 && typed.is_ascii() {
        return NaiveDate::from_ymd_opt(digits(&typed[..4])?.try_into().ok()?, digits(&typed[4..6])?, digits(&typed[6..])?);
    }
    let plain = typed.trim_end_matches('日').replace(['/', '.', '年', '月'], "-");
    match plain.split('-').map(str::trim).collect::<Vec<_>>()[..] {
        [year, month, day] if year.len() == 4 => NaiveDate::from_ymd_opt(digits(year)?.try_into().ok()?, digits(month)?, digits(day)?),
        _ => None,
    }
}

fn dated(day: NaiveDate) -> Datetime {
    // A date's parts are within these types: its year is one of four digits, or the year 1970.
    let date = Date { year: day.year() as u16, month: day.month() as u8, day: day.day() as u8 };
    Datetime { date: Some(date), time: None, offset: None }
}

fn yes_no(kind: &Kind, cell: &Cell) -> Result<bool, Wrong> {
    match (cell, shown(cell).to_lowercase().as_str()) {
        (Cell::Yes(yes), _) => Ok(*yes),
        (Cell::Text(_), "是" | "yes" | "true") => Ok(true),
        (Cell::Text(_), "否" | "no" | "false") => Ok(false),
        _ => Err(of_wrong_kind(kind, cell)),
    }
}

/// The name that stands in a cell: by its Chinese, its number, both, or its value in the file.
fn one<'n>(names: &'n [Named], typed: &str) -> Result<&'n Named, Wrong> {
    let plain = |text: &str| half_width(text).to_lowercase().replace(char::is_whitespace, "");
    let wanted = plain(typed);
    let forms = |name: &Named| [plain(name.zh), plain(name.value), plain(name.number), plain(&name.shown())];
    let is = |name: &&Named| forms(name).iter().any(|form| !form.is_empty() && *form == wanted);
    names.iter().find(is).ok_or_else(|| {
        let near = nearest(typed, names.iter().map(|name| name.zh)).or_else(|| nearest(typed, names.iter().map(|name| name.value)));
        let near = near.and_then(|near| names.iter().find(|name| name.zh == near || name.value == near));
        let message = Text::new(format!("没有“{typed}”这个选项"), format!("`{typed}` is none of the choices"));
        let kind = Kind::One(&[]);
        let help = match near {
            Some(near) => Text::new(
                format!("是不是“{}”?可以填:{}", near.shown(), all(names)),
                format!("did you mean {}? The choices: {}", near.shown(), all(names)),
            ),
            None => Text::new(format!("可以填:{}", all(names)), format!("the choices: {}", all(names))),
        };
        let guess = near.or(names.first()).map_or("", |name| name.value);
        Wrong { guess: Value::String(guess.to_owned()), near: near.is_some(), ..wrong(&kind, "cell.choice", message, help) }
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::*;

    const NAMES: &[Named] = &[
        Named { value: "required", number: "1", zh: "必要" },
        Named { value: "optional", number: "2", zh: "非必要" },
        Named { value: "deferrable", number: "3", zh: "容缺后补" },
    ];

    fn texts(entries: &[&str]) -> Value {
        Value::Array(entries.iter().map(|e| Value::String((*e).to_owned())).collect())
    }

    #[test]
    fn cells_are_read_in_the_forms_people_write() {
        let text = |text: &str| Cell::Text(text.to_owned());
        let string = |text: &str| Value::String(text.to_owned());
        let whole = Value::Integer;
        let date = |text: &str| Value::Datetime(text.parse().unwrap());
        for (kind, cell, value) in [
            (Kind::Whole(255), Cell::Number(3.0), whole(3)),
            (Kind::Whole(255), text(" 3 "), whole(3)),
            (Kind::Whole(255), text("\u{ff11}\u{ff12}"), whole(12)),
            (Kind::Bound, text("1,000"), whole(1000)),
            (Kind::Bound, text("-9223372036854775808"), whole(i64::MIN)),
            (Kind::Money, Cell::Number(0.1 + 0.2), whole(30)),
            (Kind::Money, text("1,000.50 元"), whole(100_050)),
            (Kind::Day, text("2026/11/1"), date("2026-11-01")),
            (Kind::Day, text("2026年11月1日"), date("2026-11-01")),
            (Kind::Day, text("20261101"), date("2026-11-01")),
            (Kind::Day, Cell::Number(20_261_101.0), date("2026-11-01")),
            (Kind::Day, Cell::Day("2026-11-01".parse().unwrap()), date("2026-11-01")),
            (Kind::Code, Cell::Number(450_702.0), string("450702")),
            (Kind::Code, text("\u{ff4d}embers "), string("members")),
            (Kind::Text, text(" a\r\nb "), string("a\nb")),
            (Kind::Rule, Cell::Yes(true), string("true")),
            (Kind::Codes, text("a:1;b\u{ff1a}2\u{ff08}1\u{ff09}\u{ff1b}\n\nc:3"), texts(&["a:1", "b:2(1)", "c:3"])),
            (Kind::Texts, text("开协会 \n 办协会"), texts(&["开协会", "办协会"])),
            (Kind::YesNo, text("是"), Value::Boolean(true)),
            (Kind::YesNo, Cell::Yes(false), Value::Boolean(false)),
            (Kind::One(NAMES), text("1 必要"), string("required")),
            (Kind::One(NAMES), text("非必要"), string("optional")),
            (Kind::One(NAMES), Cell::Number(3.0), string("deferrable")),
            (Kind::One(NAMES), text("Optional"), string("optional")),
            (Kind::Many(NAMES), text("1、容缺后补"), texts(&["required", "deferrable"])),
        ] {
            let Ok(read) = read(&kind, &cell, false) else { panic!("{cell:?}") };
            assert_eq!(read, value, "{cell:?}");
        }
    }

    #[test]
    fn but_not_what_they_cannot_mean() {
        let text = |text: &str| Cell::Text(text.to_owned());
        for (kind, cell, code, says) in [
            (Kind::Whole(255), text("一"), "cell.kind", "whole number"),
            (Kind::Whole(255), Cell::Number(1.5), "cell.kind", "whole number"),
            (Kind::Whole(255), Cell::Number(256.0), "cell.range", "255"),
            (Kind::Whole(255), text("-1"), "cell.range", "255"),
            (Kind::Money, Cell::Number(1.234), "cell.kind", "yuan"),
            (Kind::Money, text("1.234"), "cell.kind", "yuan"),
            (Kind::Day, text("2026-02-30"), "cell.date", "2026-11-01"),
            (Kind::Day, text("26-11-01"), "cell.date", "2026-11-01"),
            (Kind::Day, Cell::Number(46_327.0), "cell.date", "2026-11-01"),
            (Kind::Code, Cell::Number(1.1e20), "cell.digits-lost", "text"),
            (Kind::Codes, Cell::Day(NaiveDate::default()), "cell.kind", "codes"),
            (Kind::YesNo, text("也许"), "cell.kind", "是"),
            (Kind::One(NAMES), text("容缺后朴"), "cell.choice", "did you mean 3 容缺后补"),
            (Kind::Many(NAMES), text("必要\n四"), "cell.choice", "the choices"),
            (Kind::Text, Cell::Odd("#N/A".into()), "cell.error", "begins with ="),
            (Kind::Text, Cell::Formula, "cell.formula", "save the file"),
        ] {
            let Err(wrong) = read(&kind, &cell, false) else { panic!("{cell:?}") };
            assert_eq!(wrong.code, code, "{cell:?}");
            assert!(wrong.help.en.contains(says), "{cell:?}: {}", wrong.help.en);
        }
    }

    #[test]
    fn only_what_reads_back_is_written() {
        for (kind, value) in [
            (Kind::Text, Value::String(" a".into())),
            (Kind::Text, Value::String("a\r\nb".into())),
            (Kind::Text, Value::String("长".repeat(40_000))),
            (Kind::Texts, texts(&["a;b"])),
            (Kind::Codes, texts(&["a\u{ff1a}1"])),
            (Kind::One(NAMES), Value::String("needed".into())),
            (Kind::Whole(255), Value::Integer(256)),
            (Kind::Text, Value::Integer(1)),
        ] {
            assert_eq!(write(&kind, &value, false), None, "{value:?}");
        }
        for number in [0, -1, 1, 99, 1_234_567, 999_999_999_999_999, 99_999_999_999_999_999] {
            assert!(write(&Kind::Bound, &Value::Integer(number), true).is_some(), "{number} fen");
            assert!(write(&Kind::Bound, &Value::Integer(number), false).is_some(), "{number}");
        }
        for number in [i64::MAX, i64::MIN] {
            assert!(write(&Kind::Bound, &Value::Integer(number), false).is_some(), "{number}");
            assert!(write(&Kind::Bound, &Value::Integer(number), true).is_none(), "{number} fen are beyond all money");
        }
    }
}
