//! A table → the text of a catalogue file, in the form in which authors write them: plain values first, then sections,
//! then lists, an entry under its heading; the lists inside entries have a line for each of theirs.

use toml::{Table, Value};

/// The text of a file. It depends on the table alone.
pub(super) fn file(table: &Table) -> String {
    let mut text = String::new();
    body(&mut text, "", table);
    text
}

/// A table under its heading; the file itself has none, nor does a section of nothing but sections and lists.
fn body(text: &mut String, path: &str, table: &Table) {
    let below = |value: &Value| is_list(value) || is_section(value) && has_headings(path, table);
    let (below, plain): (Vec<_>, Vec<_>) = table.iter().partition(|(_, value)| below(value));
    if !path.is_empty() && !plain.is_empty() {
        heading(text, &format!("[{path}]"));
    }
    lines(text, &plain);
    let (lists, sections): (Vec<_>, Vec<_>) = below.into_iter().partition(|(_, value)| is_list(value));
    let join = |key: &str| if path.is_empty() { word(key) } else { format!("{path}.{}", word(key)) };
    for (key, value) in sections {
        if let Value::Table(section) = value {
            body(text, &join(key), section);
        }
    }
    for (key, value) in lists {
        for entry in value.as_array().into_iter().flatten().filter_map(Value::as_table) {
            heading(text, &format!("[[{}]]", join(key)));
            lines(text, &entry.iter().collect::<Vec<_>>());
        }
    }
}

/// Whether the tables in a table have headings: in a file, and in a section that has lists. Elsewhere they are lines.
fn has_headings(path: &str, table: &Table) -> bool {
    path.is_empty() || table.values().any(is_list)
}

/// A table with a heading of its own: any but a text in both languages.
fn is_section(value: &Value) -> bool {
    value.as_table().is_some_and(|table| !table.iter().all(|(key, value)| (key == "zh" || key == "en") && value.is_str()))
}

/// A list of tables.
fn is_list(value: &Value) -> bool {
    value.as_array().is_some_and(|entries| entries.first().is_some_and(Value::is_table))
}

fn heading(text: &mut String, heading: &str) {
    if !text.is_empty() {
        text.push('\n');
    }
    text.push_str(heading);
    text.push('\n');
}

fn lines(text: &mut String, entries: &[(&String, &Value)]) {
    for (key, value) in entries {
        let value = match value {
            Value::Array(rows) if is_list(value) => {
                let rows: String = rows.iter().map(|row| format!("  {},\n", inline(row))).collect();
                format!("[\n{rows}]")
            }
            _ => inline(value),
        };
        text.push_str(&format!("{} = {value}\n", word(key)));
    }
}

/// A value on one line, but for line breaks inside its strings.
fn inline(value: &Value) -> String {
    match value {
        Value::Array(entries) => format!("[{}]", entries.iter().map(inline).collect::<Vec<_>>().join(", ")),
        Value::Table(entries) if entries.is_empty() => "{}".to_owned(),
        Value::Table(entries) => {
            let entries: Vec<String> = entries.iter().map(|(key, value)| format!("{} = {}", word(key), inline(value))).collect();
            format!("{{ {} }}", entries.join(", "))
        }
        plain => plain.to_string(),
    }
}

/// A key, in quotes where it must be.
fn word(key: &str) -> String {
    let bare = !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    if bare { key.to_owned() } else { format!("\"{}\"", key.chars().map(escaped).collect::<String>()) }
}

/// A character of a quoted key.
fn escaped(c: char) -> String {
    match c {
        '"' | '\\' => format!("\\{c}"),
        c if c.is_control() => format!("\\u{:04X}", u32::from(c)),
        c => c.to_string(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back_and_looks_like_an_authors_file() {
        let text = concat!(
            "code = \"x\"\nversion = 2026-11-01\nname = { zh = \"名\", en = \"N\" }\nconditions = []\n\n",
            "[aliases]\nzh = [\"甲\", \"乙\"]\n\n[laws]\n\"a b\" = { kind = \"law\" }\n\n",
            "[tighten.promised]\nlength = 7\n\n[[tighten.conditions]]\ncode = \"c\"\n\n",
            "[[facts]]\ncode = \"f\"\nrule = 'f == \"a\"'\noptions = [\n  { code = \"a\", name = { zh = \"甲\", en = \"A\" } },\n]\n\n",
            "[[gates]]\ncode = \"g\"\n",
        );
        assert_eq!(file(&text.parse().unwrap()), text);
    }

    #[test]
    fn any_string_reads_back() {
        for odd in ["", "'", "\"", "'\"", "'''\"\"\"", "a\nb", "a\r\nb\\", "\u{1}\u{7f}\t", "\n", "= { 中 }"] {
            let table = Table::from_iter([("k".to_owned(), Value::String(odd.to_owned())), (odd.to_owned(), Value::Boolean(true))]);
            let entry = Table::from_iter([("l".to_owned(), Value::Array(vec![Value::Table(table)]))]);
            assert_eq!(file(&entry).parse::<Table>().unwrap(), entry, "{odd:?}");
        }
    }
}
