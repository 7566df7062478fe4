//! An author's TOML files → typed items. Every rule is compiled and type-checked here; every mistake that can be found is
//! reported in one pass, each with file, line, column and a caret under the place.
//!
//! - `file`, `shape`: the form of a file, and every mistake in it at once.
//! - [`overlay`]: local rules on an item, and its versions.
//! - `lint`: what is wrong with a catalogue that compiles: texts, rules, logic, law.
//! - [`diff`]: what changed for an applicant between two catalogues.
//! - [`sheets`]: the files as a workbook, and back.
//! - [`publish`], [`index`]: what devices keep.
//! - [`places`], `help`, `example`: for findings: where, how to mend it, an application that shows it.

pub mod diff;
mod example;
mod file;
mod help;
pub mod index;
mod lint;
pub mod overlay;
pub mod places;
pub mod publish;
mod shape;
pub mod sheets;

use super::{Basis, Category, Choice, Decided, Derived, Documents, Fact, GateOutcome, Hall, Item, Laws, LimitKind, Material};
use crate::calendar::Calendar;
use crate::rules::author::{self as rules, Refused, Scope};
use crate::rules::{Rule, Type};
use crate::words::{Phrase, Text, blank};
use chrono::NaiveDate;
use file::{FactType, HallFile, ItemFile};
use overlay::{Named, Origin};
use places::Places;
use serde::Serialize;
use shape::Mistake;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Range;
use toml::Spanned;

/// The file that describes the hall; every other file is an item.
pub const HALL_FILE: &str = "hall.toml";

/// Words of the rule language, CEL's own among them.
const RESERVED: [&str; 23] = [
    "materials",
    "today",
    "in",
    "true",
    "false",
    "null",
    "as",
    "break",
    "const",
    "continue",
    "else",
    "for",
    "function",
    "if",
    "import",
    "let",
    "loop",
    "package",
    "namespace",
    "return",
    "var",
    "void",
    "while",
];

/// A file of a catalogue.
#[derive(Clone, Debug)]
pub struct Source {
    /// Name without folders.
    pub name: String,
    pub text: String,
}

/// Something wrong in a file. `Display` shows the place as compilers do.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// Stable: `area.name`, such as `rule.unknown-name`.
    pub code: &'static str,
    pub severity: Severity,
    pub file: String,
    /// Path of the value, as [`Places`] has it.
    pub place: String,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// How many characters are marked.
    pub width: usize,
    /// The line itself.
    pub text: String,
    /// What is wrong.
    pub message: Text,
    /// How to mend it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub witness: Option<Witness>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// The catalogue is not published with it.
    Error,
    Warning,
}

/// An example application that shows a finding: its answers as plain JSON, and the day they are given.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Witness {
    pub today: NaiveDate,
    pub facts: serde_json::Map<String, serde_json::Value>,
    pub materials: serde_json::Map<String, serde_json::Value>,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let before = blank(&self.text.chars().take(self.column - 1).collect::<String>());
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        writeln!(f, "{}:{}:{}: {severity}[{}]: {}", self.file, self.line, self.column, self.code, self.message.zh)?;
        writeln!(f, "  {}", self.message.en)?;
        writeln!(f, "    {}", self.text)?;
        write!(f, "    {before}{}", "^".repeat(self.width.max(1)))?;
        if let Some(help) = &self.help {
            write!(f, "\n  = {}\n  = {}", help.zh, help.en)?;
        }
        if let Some(Witness { today, facts, materials }) = &self.witness {
            let json = |map| serde_json::to_string(map).unwrap_or_default();
            write!(f, "\n  = 例 example ({today}): {}", json(facts))?;
            if !materials.is_empty() {
                write!(f, " {}", json(materials))?;
            }
        }
        Ok(())
    }
}

/// Everything that the files of a catalogue say.
#[derive(Clone, Debug)]
pub struct Catalogue {
    pub hall: Hall,
    pub categories: Vec<Category>,
    pub laws: Laws,
    pub documents: Documents,
    pub items: Vec<Item>,
}

#[derive(rust_embed::RustEmbed)]
#[folder = "public/catalogue"]
struct Sample;

/// The sample catalogue, part of the program.
pub fn sample() -> Vec<Source> {
    Sample::iter().filter(|name| name.ends_with(".toml")).filter_map(|name| embedded(&name)).collect()
}

/// The JSON Schema of an item's file, for authors' editors.
pub fn schema() -> Option<String> {
    embedded("schema.json").map(|file| file.text)
}

fn embedded(name: &str) -> Option<Source> {
    let file = Sample::get(name)?;
    Some(Source { name: name.to_owned(), text: String::from_utf8_lossy(&file.data).into_owned() })
}

/// Reads, types and checks all files. `Err` holds every finding, in order of files and lines.
pub fn compile(sources: &[Source]) -> Result<Catalogue, Vec<Finding>> {
    compile_with_origins(sources).map(|(catalogue, _)| catalogue)
}

/// The same, with what each item was made of.
fn compile_with_origins(sources: &[Source]) -> Result<(Catalogue, Vec<Origin<'_>>), Vec<Finding>> {
    let mut findings = Vec::new();
    let mut read: Vec<&Source> = sources.iter().collect();
    read.sort_by(|a, b| a.name.cmp(&b.name));
    let hall = match read.iter().find(|s| s.name == HALL_FILE) {
        Some(source) => parse::<HallFile>(source, &mut findings),
        None => {
            let source = Source { name: HALL_FILE.into(), text: String::new() };
            findings.push(finding(
                &source,
                "file.missing",
                0..0,
                Text::new("缺少这个文件", "this file is missing"),
                help::of("file.missing").map(Phrase::text),
            ));
            None
        }
    };
    let (overlays, own): (Vec<&Source>, Vec<&Source>) =
        read.iter().filter(|s| s.name != HALL_FILE).partition(|s| matches!(Named::of(&s.name), Named::Overlay { .. }));
    let files: Vec<(&Source, ItemFile)> =
        own.iter().filter_map(|source| parse::<ItemFile>(source, &mut findings).map(|file| (*source, file))).collect();
    one_a_day(&files, &mut findings);
    // A file that cannot be read still says by its name which item it is: no gate that leads there is at fault.
    let unread = own.iter().filter_map(|s| s.name.split(['@', '.']).next()).map(str::to_owned);
    let codes: BTreeSet<String> = files.iter().map(|(_, f)| f.code.get_ref().clone()).chain(unread).collect();
    let known = Known {
        laws: hall.as_ref().map(|h| h.laws.keys().cloned().collect()),
        categories: hall.as_ref().map(|h| h.categories.iter().map(|c| c.code.clone()).collect()),
        documents: hall.as_ref().map(|h| h.documents.keys().cloned().collect()),
        items: codes,
    };
    let mut item = |(source, file)| (source, Checker { source, known: &known, findings: &mut findings }.item(file));
    let bases: Vec<(&Source, Item)> = files.into_iter().map(&mut item).collect();
    let (items, origins) = overlay::versions(&bases, &overlays, &known, &mut findings);
    match hall {
        Some(hall) if findings.is_empty() => {
            let HallFile { hall, categories, laws, documents } = hall;
            Ok((Catalogue { hall, categories, laws, documents, items }, origins))
        }
        _ => {
            findings.sort_by(|a, b| (&a.file, a.line, a.column).cmp(&(&b.file, b.line, b.column)));
            // An overlay is read once for each version that it lies on.
            findings.dedup();
            Err(findings)
        }
    }
}

/// What is wrong with the files: errors of shape, names and types, or else what the linter finds.
pub fn check(sources: &[Source], calendar: &Calendar) -> Vec<Finding> {
    compile_and_lint(sources, calendar).map_or_else(|findings| findings, |(_, findings)| findings)
}

/// The catalogue and what the linter finds in it; `Err` as [`compile`] has it.
pub fn compile_and_lint(sources: &[Source], calendar: &Calendar) -> Result<(Catalogue, Vec<Finding>), Vec<Finding>> {
    let (catalogue, origins) = compile_with_origins(sources)?;
    let findings = lint::lint(sources, &catalogue, &origins, calendar);
    Ok((catalogue, findings))
}

/// No two files describe the same version of an item.
fn one_a_day(files: &[(&Source, ItemFile)], findings: &mut Vec<Finding>) {
    let mut seen = BTreeMap::new();
    for (source, file) in files {
        if let Some(other) = seen.insert((file.code.get_ref(), file.version), &source.name) {
            let at = Places::of(&source.text).span("version");
            let message = Text::new(format!("与 {other} 是同一版本"), format!("the same version as {other}"));
            let help = Text::new("每一版写明自己的生效日期。", "Give each version the day on which it takes effect.");
            findings.push(finding(source, "file.duplicate-version", at, message, Some(help)));
        }
    }
}

fn parse<T: serde::de::DeserializeOwned>(source: &Source, findings: &mut Vec<Finding>) -> Option<T> {
    let mistakes = match shape::read(&source.text) {
        Ok(file) => return Some(file),
        Err(mistakes) => mistakes,
    };
    findings.extend(mistakes.into_iter().map(|Mistake { code, at, message, help }| finding(source, code, at, message, Some(help))));
    None
}

/// At bytes of a file, whatever value stands there.
fn finding(source: &Source, code: &'static str, at: Range<usize>, message: Text, help: Option<Text>) -> Finding {
    let place = Places::of(&source.text).path(source.text.floor_char_boundary(at.start)).to_owned();
    placed(source, place, code, at, message, help)
}

/// Bytes of a file → line, column, the line's text.
fn placed(source: &Source, place: String, code: &'static str, at: Range<usize>, message: Text, help: Option<Text>) -> Finding {
    let start = source.text.floor_char_boundary(at.start);
    let before = &source.text[..start];
    let line_start = before.rfind('\n').map_or(0, |n| n + 1);
    let text = source.text[line_start..].lines().next().unwrap_or_default().to_owned();
    let column = source.text[line_start..start].chars().count();
    let end = at.end.clamp(start, line_start + text.len());
    let width = source.text.get(start..end).map_or(1, |marked| marked.chars().count());
    Finding {
        code,
        severity: Severity::Error,
        file: source.name.clone(),
        place,
        line: before.matches('\n').count() + 1,
        column: column + 1,
        width: width.max(1),
        text,
        message,
        help,
        witness: None,
    }
}

/// What an item may refer to; `None` where `hall.toml` could not be read, so that nothing follows from that.
struct Known {
    laws: Option<BTreeSet<String>>,
    categories: Option<BTreeSet<String>>,
    documents: Option<BTreeSet<String>>,
    items: BTreeSet<String>,
}

/// Turns one file into an item and collects what is wrong with it.
struct Checker<'a> {
    source: &'a Source,
    known: &'a Known,
    findings: &'a mut Vec<Finding>,
}

impl Checker<'_> {
    fn wrong(&mut self, code: &'static str, at: Range<usize>, zh: impl Into<String>, en: impl Into<String>) {
        self.findings.push(finding(self.source, code, at, Text::new(zh, en), help::of(code).map(Phrase::text)));
    }

    fn item(&mut self, file: ItemFile) -> Item {
        let code = self.code(&file.code, '-');
        let name = match Named::of(&self.source.name) {
            Named::Item { version: Some(_), .. } => format!("{code}@{}.toml", file.version),
            _ => format!("{code}.toml"),
        };
        if name != self.source.name {
            self.wrong("file.name", file.code.span(), format!("文件名应为 {name}"), format!("the file must be called {name}"));
        }
        if code.len() > 32 {
            self.wrong("file.code", file.code.span(), "编码不能超过 32 个字符", "a code has at most 32 characters");
        }
        if self.known.categories.as_ref().is_some_and(|c| !c.contains(file.category.get_ref())) {
            let category = file.category.get_ref();
            self.wrong(
                "file.unknown-category",
                file.category.span(),
                format!("没有分类“{category}”"),
                format!("there is no category `{category}`"),
            );
        }
        self.unique(file.facts.iter().map(|f| &f.code).chain(file.derived.iter().map(|d| &d.code)));
        self.unique(file.gates.iter().map(|g| &g.code));
        self.unique(file.conditions.iter().map(|c| &c.code));
        self.unique(file.materials.iter().map(|m| &m.code));
        self.unique(file.flow.iter().map(|s| &s.code));
        let facts: Vec<Fact> = file.facts.into_iter().map(|fact| self.fact(fact)).collect();
        let (materials, rules): (Vec<Material>, Vec<_>) = file.materials.into_iter().map(|m| self.material(m)).unzip();
        let mut scope: Scope = declared(&facts, &materials).into_iter().collect();
        let derived = self.derived(&[], file.derived, &mut scope);
        // Rules last: they may speak of every fact and material, wherever it stands in the file.
        let materials = materials.into_iter().zip(rules).map(|(m, rules)| self.material_rules(m, rules, &scope)).collect();
        let gates = file.gates.into_iter().filter_map(|gate| self.gate(gate, &scope)).collect();
        let conditions = file.conditions.into_iter().filter_map(|condition| self.condition(condition, &scope)).collect();
        let limits = self.limits(file.limits);
        let fees =
            file.fees.into_iter().map(|fee| super::Fee { name: fee.name.0, amount: fee.amount, basis: self.basis(fee.basis) }).collect();
        let flow = self.flow(file.flow);
        Item {
            code,
            version: file.version,
            until: file.until,
            basic_code: file.basic_code,
            implementation_code: file.implementation_code,
            as_of: file.as_of,
            label: file.label.map(|w| w.0),
            name: file.name.0,
            summary: file.summary.0,
            aliases: file.aliases,
            category: file.category.into_inner(),
            body: file.body.0,
            window: file.window.0,
            hours: file.hours.0,
            visits: file.visits,
            audience: file.audience,
            applicant: file.applicant,
            handling: file.handling,
            filing: file.filing,
            facts,
            derived,
            gates,
            conditions,
            materials,
            limits,
            fees,
            flow,
            result: file.result,
            enquiry: file.enquiry.0,
            complaint: file.complaint.0,
        }
    }

    /// A code: lower-case letters, digits and `joint`, a letter first. Facts are names in rules, so theirs is `_`.
    fn code(&mut self, code: &Spanned<String>, joint: char) -> String {
        let text = code.get_ref();
        let sound = text.starts_with(|c: char| c.is_ascii_lowercase())
            && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == joint);
        if !sound {
            self.wrong(
                "file.code",
                code.span(),
                format!("编码只能用小写字母、数字和“{joint}”,以字母开头"),
                format!("a code has lower-case letters, digits and `{joint}` only, a letter first"),
            );
        }
        text.clone()
    }

    fn unique<'s>(&mut self, codes: impl Iterator<Item = &'s Spanned<String>>) {
        let mut seen = BTreeSet::new();
        for code in codes {
            if !seen.insert(code.get_ref()) {
                self.wrong(
                    "file.duplicate-code",
                    code.span(),
                    format!("编码“{}”重复", code.get_ref()),
                    format!("the code `{}` is used twice", code.get_ref()),
                );
            }
        }
    }

    /// A code that rules use as a name.
    fn name(&mut self, code: &Spanned<String>) -> String {
        let name = self.code(code, '_');
        if RESERVED.contains(&name.as_str()) {
            self.wrong("file.reserved-word", code.span(), format!("“{name}”是保留字"), format!("`{name}` is a reserved word"));
        }
        name
    }

    fn fact(&mut self, fact: file::Fact) -> Fact {
        let code = self.name(&fact.code);
        self.bounds(&fact);
        self.unique(fact.fields.iter().map(|f| &f.code));
        let fields: Vec<Fact> = fact.fields.into_iter().map(|field| self.fact(field)).collect();
        let at = fact.ty.span();
        let choice = matches!(fact.ty.get_ref(), FactType::Choice);
        let list = matches!(fact.ty.get_ref(), FactType::List);
        if choice == fact.options.is_empty() {
            self.wrong("file.options", at.clone(), "选项属于 choice 类型,且只属于它", "options belong to a choice, and to nothing else");
        }
        if list == fields.is_empty() {
            self.wrong("file.fields", at.clone(), "字段属于 list 类型,且只属于它", "fields belong to a list, and to nothing else");
        }
        if fields.iter().any(|f| matches!(f.ty, Type::List(_))) {
            self.wrong("file.nested-list", at, "列表里不能再有列表", "a list cannot hold another list");
        }
        let options = self.options(fact.options);
        let ty = match fact.ty.get_ref() {
            FactType::Bool => Type::Bool,
            FactType::Int => Type::Int,
            FactType::Text => Type::Text,
            FactType::Date => Type::Date,
            FactType::Money => Type::Money,
            FactType::Choice => Type::Choice(options.iter().map(|o| o.code.clone()).collect()),
            FactType::List => Type::List(Box::new(Type::Record(fields.iter().map(|f| (f.code.clone(), f.ty.clone())).collect()))),
        };
        Fact {
            code,
            ty,
            name: fact.name.0,
            ask: fact.ask.0,
            help: fact.help.map(|w| w.0),
            unit: fact.unit.map(|w| w.0),
            min: fact.min.map(Spanned::into_inner),
            max: fact.max.map(Spanned::into_inner),
            options,
            fields,
        }
    }

    fn bounds(&mut self, fact: &file::Fact) {
        let number = matches!(fact.ty.get_ref(), FactType::Int | FactType::Money);
        match (&fact.min, &fact.max) {
            (Some(bound), _) | (_, Some(bound)) if !number => {
                self.wrong("file.bounds", bound.span(), "只有数字和金额有 min 和 max", "only numbers and money have `min` and `max`");
            }
            (Some(min), Some(max)) if min.get_ref() > max.get_ref() => {
                let (min, max) = (min.get_ref(), max);
                self.wrong(
                    "file.bounds",
                    max.span(),
                    format!("最大 {} 小于最小 {min}:没有能填的数", max.get_ref()),
                    format!("no number is at least {min} and at most {}", max.get_ref()),
                );
            }
            _ => {}
        }
    }

    fn options(&mut self, options: Vec<Spanned<Choice>>) -> Vec<Choice> {
        let mut seen = BTreeSet::new();
        for option in &options {
            let code = &option.get_ref().code;
            let sound = !code.is_empty() && code.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_'));
            if !sound {
                self.wrong(
                    "file.code",
                    option.span(),
                    format!("选项的编码“{code}”只能用小写字母、数字、“-”和“_”"),
                    format!("the option's code `{code}` may have lower-case letters, digits, `-` and `_` only"),
                );
            }
            if !seen.insert(code) {
                self.wrong("file.duplicate-code", option.span(), format!("编码“{code}”重复"), format!("the code `{code}` is used twice"));
            }
        }
        options.into_iter().map(Spanned::into_inner).collect()
    }

    /// `law:article` → basis. At least one.
    fn basis(&mut self, basis: Spanned<Vec<Spanned<String>>>) -> Vec<Basis> {
        if basis.get_ref().is_empty() {
            self.wrong("law.no-basis", basis.span(), "至少要有一条依据", "at least one basis is needed");
        }
        let mut all = Vec::new();
        for text in basis.into_inner() {
            match text.get_ref().split_once(':') {
                Some((law, article)) if !law.is_empty() && !article.trim().is_empty() => {
                    if self.known.laws.as_ref().is_some_and(|laws| !laws.contains(law)) {
                        self.wrong(
                            "law.unknown-law",
                            text.span(),
                            format!("hall.toml 中没有法规“{law}”"),
                            format!("hall.toml names no law `{law}`"),
                        );
                    }
                    all.push(Basis { law: law.to_owned(), article: article.to_owned() });
                }
                _ => self.wrong("law.basis-form", text.span(), "依据应写成 \"法规:条\"", "write a basis as \"law:article\""),
            }
        }
        all
    }

    fn rule(&mut self, text: &Spanned<String>, scope: &Scope) -> Option<Rule> {
        match rules::condition(text.get_ref(), scope) {
            Ok(rule) => Some(rule),
            Err(refused) => {
                self.refused(text, refused);
                None
            }
        }
    }

    fn refused(&mut self, text: &Spanned<String>, Refused { at, code, message, help }: Refused) {
        let span = text.span();
        let written = places::written(self.source.text.get(span.clone()).unwrap_or_default(), &at);
        let at = span.start + written.start..span.start + written.end;
        self.findings.push(finding(self.source, code, at, message, Some(help)));
    }

    /// Compiles derived names into `scope`, those of a base item with them: they may name each other in any order.
    fn derived(&mut self, base: &[Derived], own: Vec<file::Derived>, scope: &mut Scope) -> Vec<Derived> {
        let base_entries = base.iter().map(|d| (d.code.clone(), d.rule.text.clone()));
        let own_entries = own.iter().map(|d| (d.code.get_ref().clone(), d.rule.get_ref().clone()));
        let entries: Vec<(String, String)> = base_entries.chain(own_entries).collect();
        let answers = rules::derive(&entries, scope).into_iter().skip(base.len());
        let mut derived = Vec::new();
        for (file::Derived { code, name, rule }, answer) in own.into_iter().zip(answers) {
            let code = self.name(&code);
            match answer {
                Ok(rule) => derived.push(Derived { code, name: name.0, rule }),
                Err(refused) => self.refused(&rule, refused),
            }
        }
        derived
    }

    fn gate(&mut self, gate: file::Gate, scope: &Scope) -> Option<super::Gate> {
        let code = self.code(&gate.code, '-');
        let outcome = *gate.outcome.get_ref();
        if outcome == GateOutcome::Elsewhere && gate.go.is_none() {
            self.wrong("file.no-go", gate.outcome.span(), "elsewhere 要写明 go:去哪里办", "`elsewhere` needs `go`: where to go instead");
        }
        if let Some(item) = &gate.item
            && !self.known.items.contains(item.get_ref())
        {
            self.wrong(
                "file.unknown-item",
                item.span(),
                format!("目录中没有事项“{}”", item.get_ref()),
                format!("the catalogue has no item `{}`", item.get_ref()),
            );
        }
        let basis = self.basis(gate.basis);
        let when = self.rule(&gate.when, scope)?;
        Some(super::Gate {
            code,
            when,
            outcome,
            say: gate.say.0,
            go: gate.go.map(|w| w.0),
            item: gate.item.map(Spanned::into_inner),
            basis,
            local: None,
        })
    }

    fn condition(&mut self, condition: file::Condition, scope: &Scope) -> Option<super::Condition> {
        let code = self.code(&condition.code, '-');
        let basis = self.basis(condition.basis);
        let decided = match (condition.rule, condition.human_check) {
            (Some(rule), None) => Decided::Rule(self.rule(&rule, scope)?),
            (None, Some(what)) => Decided::HumanCheck(what.0),
            _ => {
                self.wrong(
                    "rule.one-decision",
                    condition.code.span(),
                    "rule 与 human_check 要有且只有一个",
                    "exactly one of rule and human_check is needed",
                );
                return None;
            }
        };
        Some(super::Condition { code, text: condition.text.0, decided, remedy: condition.remedy.0, basis, local: None })
    }

    /// The material without its rules, and those.
    fn material(&mut self, material: file::Material) -> (Material, MaterialRules) {
        let code = self.code(&material.code, '_');
        if let Some(number) = &material.number
            && !material.asks.contains(&super::Ask::Number)
        {
            self.wrong("file.number", number.span(), "number 需要 asks 里有 \"number\"", "`number` needs \"number\" among its asks");
        }
        if let Some(document) = &material.document
            && self.known.documents.as_ref().is_some_and(|d| !d.contains(document.get_ref()))
        {
            let name = document.get_ref();
            self.wrong(
                "file.unknown-document",
                document.span(),
                format!("hall.toml 中没有证照“{name}”"),
                format!("hall.toml names no document `{name}`"),
            );
        }
        self.unique(material.standards.iter().map(|s| &s.code));
        let mut rules = MaterialRules { needed_when: material.needed_when, standards: vec![] };
        let mut standards = Vec::new();
        for standard in material.standards {
            standards.push(super::Standard { code: self.code(&standard.code, '-'), text: standard.text.0, rule: None });
            rules.standards.push(standard.rule);
        }
        let material = Material {
            code,
            name: material.name.0,
            kind: material.kind,
            form: material.form,
            necessity: material.necessity,
            needed_when: None,
            source: material.source,
            originals: material.originals,
            copies: material.copies,
            asks: material.asks,
            document: material.document.map(Spanned::into_inner),
            number: material.number.map(Spanned::into_inner),
            photo: material.photo,
            standards,
            obtain: material.obtain.0,
            basis: self.basis(material.basis),
            local: None,
        };
        (material, rules)
    }

    fn material_rules(&mut self, mut material: Material, rules: MaterialRules, scope: &Scope) -> Material {
        material.needed_when = rules.needed_when.and_then(|rule| self.rule(&rule, scope));
        for (standard, rule) in material.standards.iter_mut().zip(rules.standards) {
            standard.rule = rule.and_then(|rule| self.rule(&rule, scope));
        }
        material
    }

    fn limits(&mut self, limits: Spanned<Vec<file::Limit>>) -> Vec<super::Limit> {
        if !limits.get_ref().iter().any(|l| l.kind == LimitKind::Statutory) {
            self.wrong("law.no-statutory-limit", limits.span(), "缺少法定时限", "the statutory limit is missing");
        }
        let limit = |limit: file::Limit| {
            self.length(&limit.length);
            super::Limit {
                kind: limit.kind,
                length: limit.length.into_inner(),
                unit: limit.unit,
                start: limit.start.0,
                runs_from: limit.runs_from,
                basis: self.basis(limit.basis),
                note: limit.note.map(|w| w.0),
                local: None,
            }
        };
        limits.into_inner().into_iter().map(limit).collect()
    }

    fn length(&mut self, length: &Spanned<u32>) {
        if !(1..=3650).contains(length.get_ref()) {
            self.wrong("law.limit-length", length.span(), "时限应在 1 至 3650 之间", "a limit lies between 1 and 3650");
        }
    }

    fn flow(&mut self, steps: Vec<file::Step>) -> Vec<super::Step> {
        let codes: BTreeSet<String> = steps.iter().map(|s| s.code.get_ref().clone()).collect();
        let mut flow = Vec::new();
        for step in steps {
            let code = self.code(&step.code, '-');
            for next in &step.next {
                if !codes.contains(next.get_ref()) {
                    self.wrong(
                        "file.unknown-step",
                        next.span(),
                        format!("流程中没有步骤“{}”", next.get_ref()),
                        format!("the flow has no step `{}`", next.get_ref()),
                    );
                }
            }
            let next = step.next.into_iter().map(Spanned::into_inner).collect();
            flow.push(super::Step { code, name: step.name.0, by: step.by, takes: step.takes.map(|w| w.0), next });
        }
        flow
    }
}

/// What rules may speak of: every fact, and the fields of every material.
pub fn declared(facts: &[Fact], materials: &[Material]) -> Vec<(String, Type)> {
    let facts = facts.iter().map(|f| (f.code.clone(), f.ty.clone()));
    let fields = |m: &Material| m.fields().into_iter().map(|(field, ty)| (Material::path(&m.code, field), ty)).collect::<Vec<_>>();
    facts.chain(materials.iter().flat_map(fields)).collect()
}

/// The rule texts of a material, kept until the whole scope is known.
struct MaterialRules {
    needed_when: Option<Spanned<String>>,
    standards: Vec<Option<Spanned<String>>>,
}
