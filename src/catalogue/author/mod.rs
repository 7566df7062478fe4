//! An author's TOML files → typed items. Every rule is compiled and type-checked here; every mistake that can be found is
//! reported in one pass, each with file, line, column and a caret under the place. What compiles is made into the bundle
//! that devices keep.

mod file;

use super::bundle::{Bundle, FORMAT};
use super::search::{Entry, Index, key};
use super::{Basis, Category, Decided, Fact, GateOutcome, Hall, Item, Laws, LimitKind, Material};
use crate::calendar::Calendar;
use crate::rules::author::{self as rules, Refused};
use crate::rules::expr::Scope;
use crate::rules::{Rule, Type};
use crate::words::Text;
use file::{FactType, HallFile, ItemFile, Words};
use pinyin::ToPinyin;
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;
use toml::Spanned;

/// The file that describes the hall; every other file is an item.
pub const HALL_FILE: &str = "hall.toml";

/// A file of a catalogue.
#[derive(Clone, Debug)]
pub struct Source {
    /// Name without folders.
    pub name: String,
    pub text: String,
}

/// Something wrong in a file. `Display` shows the place as compilers do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub file: String,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    pub message: Text,
    /// The line itself.
    pub text: String,
    /// How many characters are marked.
    pub width: usize,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let wide = |c: char| if c.is_ascii() { " " } else { "\u{3000}" };
        let before: String = self.text.chars().take(self.column - 1).map(wide).collect();
        writeln!(f, "{}:{}:{}: {}", self.file, self.line, self.column, self.message.en)?;
        writeln!(f, "  {}", self.message.zh)?;
        writeln!(f, "    {}", self.text)?;
        write!(f, "    {before}{}", "^".repeat(self.width.max(1)))
    }
}

/// Everything that the files of a catalogue say.
#[derive(Clone, Debug)]
pub struct Catalogue {
    pub hall: Hall,
    pub categories: Vec<Category>,
    pub laws: Laws,
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
    let mut findings = Vec::new();
    let mut read: Vec<&Source> = sources.iter().collect();
    read.sort_by(|a, b| a.name.cmp(&b.name));
    let hall = match read.iter().find(|s| s.name == HALL_FILE) {
        Some(source) => parse::<HallFile>(source, &mut findings),
        None => {
            let source = Source { name: HALL_FILE.into(), text: String::new() };
            findings.push(finding(&source, 0..0, Text::new("缺少这个文件", "this file is missing")));
            None
        }
    };
    let files: Vec<(&Source, ItemFile)> = read
        .iter()
        .filter(|s| s.name != HALL_FILE)
        .filter_map(|source| parse::<ItemFile>(source, &mut findings).map(|file| (*source, file)))
        .collect();
    let codes: BTreeSet<String> = files.iter().map(|(_, f)| f.code.get_ref().clone()).collect();
    let known = Known {
        laws: hall.as_ref().map(|h| h.laws.keys().cloned().collect()),
        categories: hall.as_ref().map(|h| h.categories.iter().map(|c| c.code.clone()).collect()),
        items: codes,
    };
    let items: Vec<Item> = files.into_iter().map(|(source, file)| Checker { source, known: &known, findings: &mut findings }.item(file)).collect();
    match hall {
        Some(hall) if findings.is_empty() => {
            let laws = hall.laws.into_iter().map(|(key, Words(name))| (key, name)).collect();
            Ok(Catalogue { hall: hall.hall, categories: hall.categories, laws, items })
        }
        _ => {
            findings.sort_by(|a, b| (&a.file, a.line, a.column).cmp(&(&b.file, b.line, b.column)));
            Err(findings)
        }
    }
}

impl Catalogue {
    /// The bundle that devices keep. Its version is made from its content alone: the newest item's day and a digest.
    pub fn bundle(self, calendar: Calendar) -> Bundle {
        let index = index(&self.items);
        let day = self.items.iter().map(|i| i.version).max().unwrap_or_default();
        let mut bundle = Bundle {
            format: FORMAT,
            version: String::new(),
            hall: self.hall,
            categories: self.categories,
            laws: self.laws,
            items: self.items,
            calendar,
            index,
        };
        // A bundle always serialises: its maps have text keys and it holds no floats.
        let content = serde_json::to_vec(&bundle).unwrap_or_default();
        let digest = crate::signing::hex(&Sha256::digest(&content)[..4]);
        bundle.version = format!("{}-{digest}", day.format("%Y%m%d"));
        bundle
    }
}

/// Names and everyday names as they are, in full pinyin and in initials.
fn index(items: &[Item]) -> Index {
    let mut entries = Vec::new();
    let mut add = |item: usize, text: String, rank: u8| {
        let key = key(&text);
        if !key.is_empty() && !entries.iter().any(|e: &Entry| e.item == item && e.key == key) {
            entries.push(Entry { item, key, rank });
        }
    };
    for (at, item) in items.iter().enumerate() {
        for (text, rank) in std::iter::once((&item.name.zh, 0)).chain(item.aliases.zh.iter().map(|a| (a, 1))) {
            let syllables = |initial: bool| -> String {
                let read = |(c, p): (char, Option<pinyin::Pinyin>)| match p {
                    Some(p) => if initial { p.first_letter() } else { p.plain() }.to_owned(),
                    None => c.to_string(),
                };
                text.chars().zip(text.as_str().to_pinyin()).map(read).collect()
            };
            add(at, text.clone(), rank);
            add(at, syllables(false), rank + 2);
            add(at, syllables(true), rank + 2);
        }
        add(at, item.name.en.clone(), 0);
        item.aliases.en.iter().for_each(|alias| add(at, alias.clone(), 1));
        add(at, item.body.zh.clone(), 4);
    }
    Index { entries }
}

fn parse<T: serde::de::DeserializeOwned>(source: &Source, findings: &mut Vec<Finding>) -> Option<T> {
    match toml::from_str(&source.text) {
        Ok(file) => Some(file),
        Err(error) => {
            let message = error.message().lines().next().unwrap_or_default().to_owned();
            findings.push(finding(source, error.span().unwrap_or(0..0), Text::new(format!("文件格式:{message}"), message)));
            None
        }
    }
}

/// Bytes of a file → line, column, the line's text.
fn finding(source: &Source, at: Range<usize>, message: Text) -> Finding {
    let start = (0..=at.start.min(source.text.len())).rev().find(|i| source.text.is_char_boundary(*i)).unwrap_or(0);
    let before = &source.text[..start];
    let line_start = before.rfind('\n').map_or(0, |n| n + 1);
    let text = source.text[line_start..].lines().next().unwrap_or_default().to_owned();
    let column = source.text[line_start..start].chars().count();
    let end = at.end.clamp(start, line_start + text.len());
    let width = source.text.get(start..end).map_or(1, |marked| marked.chars().count());
    Finding { file: source.name.clone(), line: before.matches('\n').count() + 1, column: column + 1, message, text, width: width.max(1) }
}

/// What an item may refer to; `None` where `hall.toml` could not be read, so that nothing follows from that.
struct Known {
    laws: Option<BTreeSet<String>>,
    categories: Option<BTreeSet<String>>,
    items: BTreeSet<String>,
}

/// Turns one file into an item and collects what is wrong with it.
struct Checker<'a> {
    source: &'a Source,
    known: &'a Known,
    findings: &'a mut Vec<Finding>,
}

impl Checker<'_> {
    fn wrong(&mut self, at: Range<usize>, zh: impl Into<String>, en: impl Into<String>) {
        self.findings.push(finding(self.source, at, Text::new(zh, en)));
    }

    fn item(&mut self, file: ItemFile) -> Item {
        let code = self.code(&file.code, '-');
        if format!("{code}.toml") != self.source.name {
            self.wrong(file.code.span(), format!("文件名应为 {code}.toml"), format!("the file must be called {code}.toml"));
        }
        if code.len() > 32 {
            self.wrong(file.code.span(), "编码不能超过 32 个字符", "a code has at most 32 characters");
        }
        if self.known.categories.as_ref().is_some_and(|c| !c.contains(file.category.get_ref())) {
            let category = file.category.get_ref();
            self.wrong(file.category.span(), format!("没有分类“{category}”"), format!("there is no category `{category}`"));
        }
        self.unique(file.facts.iter().map(|f| &f.code));
        self.unique(file.gates.iter().map(|g| &g.code));
        self.unique(file.conditions.iter().map(|c| &c.code));
        self.unique(file.materials.iter().map(|m| &m.code));
        self.unique(file.flow.iter().map(|s| &s.code));
        let facts: Vec<Fact> = file.facts.into_iter().map(|fact| self.fact(fact)).collect();
        let mut scope: Scope = facts.iter().map(|f| (f.code.clone(), f.ty.clone())).collect();
        let (materials, rules): (Vec<Material>, Vec<_>) = file.materials.into_iter().map(|m| self.material(m)).unzip();
        for material in &materials {
            scope.extend(material.fields().into_iter().map(|(field, ty)| (Material::path(&material.code, field), ty)));
        }
        // Rules last: they may speak of every fact and material, wherever it stands in the file.
        let materials = materials.into_iter().zip(rules).map(|(m, rules)| self.material_rules(m, rules, &scope)).collect();
        let gates = file.gates.into_iter().filter_map(|gate| self.gate(gate, &scope)).collect();
        let conditions = file.conditions.into_iter().filter_map(|condition| self.condition(condition, &scope)).collect();
        let limits = self.limits(file.limits);
        let fees = file.fees.into_iter().map(|fee| super::Fee { name: fee.name.0, amount: fee.amount, basis: self.basis(fee.basis) }).collect();
        let flow = self.flow(file.flow);
        Item {
            code,
            version: file.version,
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
                self.wrong(code.span(), format!("编码“{}”重复", code.get_ref()), format!("the code `{}` is used twice", code.get_ref()));
            }
        }
    }

    fn fact(&mut self, fact: file::Fact) -> Fact {
        let code = self.code(&fact.code, '_');
        if matches!(code.as_str(), "materials" | "today" | "in" | "true" | "false" | "null") {
            self.wrong(fact.code.span(), format!("“{code}”是保留字"), format!("`{code}` is a reserved word"));
        }
        self.unique(fact.fields.iter().map(|f| &f.code));
        let fields: Vec<Fact> = fact.fields.into_iter().map(|field| self.fact(field)).collect();
        let at = fact.ty.span();
        let choice = matches!(fact.ty.get_ref(), FactType::Choice);
        let list = matches!(fact.ty.get_ref(), FactType::List);
        if choice == fact.options.is_empty() {
            self.wrong(at.clone(), "选项属于 choice 类型,且只属于它", "options belong to a choice, and to nothing else");
        }
        if list == fields.is_empty() {
            self.wrong(at.clone(), "字段属于 list 类型,且只属于它", "fields belong to a list, and to nothing else");
        }
        if fields.iter().any(|f| matches!(f.ty, Type::List(_))) {
            self.wrong(at, "列表里不能再有列表", "a list cannot hold another list");
        }
        let ty = match fact.ty.get_ref() {
            FactType::Bool => Type::Bool,
            FactType::Int => Type::Int,
            FactType::Text => Type::Text,
            FactType::Date => Type::Date,
            FactType::Money => Type::Money,
            FactType::Choice => Type::Choice(fact.options.iter().map(|o| o.code.clone()).collect()),
            FactType::List => Type::List(Box::new(Type::Record(fields.iter().map(|f| (f.code.clone(), f.ty.clone())).collect()))),
        };
        Fact {
            code,
            ty,
            ask: fact.ask.0,
            help: fact.help.map(|w| w.0),
            unit: fact.unit.map(|w| w.0),
            min: fact.min,
            max: fact.max,
            options: fact.options,
            fields,
        }
    }

    /// `law:article` → basis. At least one.
    fn basis(&mut self, basis: Spanned<Vec<Spanned<String>>>) -> Vec<Basis> {
        if basis.get_ref().is_empty() {
            self.wrong(basis.span(), "至少要有一条依据", "at least one basis is needed");
        }
        let mut all = Vec::new();
        for text in basis.into_inner() {
            match text.get_ref().split_once(':') {
                Some((law, article)) if !law.is_empty() && !article.trim().is_empty() => {
                    if self.known.laws.as_ref().is_some_and(|laws| !laws.contains(law)) {
                        self.wrong(text.span(), format!("hall.toml 中没有法规“{law}”"), format!("hall.toml names no law `{law}`"));
                    }
                    all.push(Basis { law: law.to_owned(), article: article.to_owned() });
                }
                _ => self.wrong(text.span(), "依据应写成 \"法规:条\"", "write a basis as \"law:article\""),
            }
        }
        all
    }

    fn rule(&mut self, text: &Spanned<String>, scope: &Scope) -> Option<Rule> {
        match rules::condition(text.get_ref(), scope) {
            Ok(rule) => Some(rule),
            Err(Refused { at, message }) => {
                // A rule stands in quotes: 'x', "x" or '''x'''. Where escapes move its bytes the whole string is marked.
                let span = text.span();
                let verbatim = self.source.text.get(span.clone()).and_then(|raw| raw.find(text.get_ref().as_str()));
                let at = verbatim.map_or(span.clone(), |offset| span.start + offset + at.start..span.start + offset + at.end);
                self.findings.push(finding(self.source, at, message));
                None
            }
        }
    }

    fn gate(&mut self, gate: file::Gate, scope: &Scope) -> Option<super::Gate> {
        let code = self.code(&gate.code, '-');
        let outcome = *gate.outcome.get_ref();
        if outcome == GateOutcome::Elsewhere && gate.go.is_none() {
            self.wrong(gate.outcome.span(), "elsewhere 要写明 go:去哪里办", "`elsewhere` needs `go`: where to go instead");
        }
        if let Some(item) = &gate.item
            && !self.known.items.contains(item.get_ref())
        {
            self.wrong(item.span(), format!("目录中没有事项“{}”", item.get_ref()), format!("the catalogue has no item `{}`", item.get_ref()));
        }
        let basis = self.basis(gate.basis);
        let when = self.rule(&gate.when, scope)?;
        Some(super::Gate { code, when, outcome, say: gate.say.0, go: gate.go.map(|w| w.0), item: gate.item.map(Spanned::into_inner), basis })
    }

    fn condition(&mut self, condition: file::Condition, scope: &Scope) -> Option<super::Condition> {
        let code = self.code(&condition.code, '-');
        let basis = self.basis(condition.basis);
        let decided = match (condition.rule, condition.human_check) {
            (Some(rule), None) => Decided::Rule(self.rule(&rule, scope)?),
            (None, Some(what)) => Decided::HumanCheck(what.0),
            _ => {
                self.wrong(condition.code.span(), "rule 与 human_check 要有且只有一个", "exactly one of rule and human_check is needed");
                return None;
            }
        };
        Some(super::Condition { code, text: condition.text.0, decided, remedy: condition.remedy.0, basis })
    }

    /// The material without its rules, and those.
    fn material(&mut self, material: file::Material) -> (Material, MaterialRules) {
        let code = self.code(&material.code, '_');
        if let Some(number) = &material.number
            && !material.asks.contains(&super::Ask::Number)
        {
            self.wrong(number.span(), "number 需要 asks 里有 \"number\"", "`number` needs \"number\" among its asks");
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
            number: material.number.map(Spanned::into_inner),
            photo: material.photo,
            standards,
            obtain: material.obtain.0,
            basis: self.basis(material.basis),
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
            self.wrong(limits.span(), "缺少法定时限", "the statutory limit is missing");
        }
        let limit = |limit: file::Limit| {
            if !(1..=3650).contains(limit.length.get_ref()) {
                self.wrong(limit.length.span(), "时限应在 1 至 3650 之间", "a limit lies between 1 and 3650");
            }
            super::Limit {
                kind: limit.kind,
                length: limit.length.into_inner(),
                unit: limit.unit,
                start: limit.start.0,
                runs_from: limit.runs_from,
                basis: self.basis(limit.basis),
                note: limit.note.map(|w| w.0),
            }
        };
        limits.into_inner().into_iter().map(limit).collect()
    }

    fn flow(&mut self, steps: Vec<file::Step>) -> Vec<super::Step> {
        let codes: BTreeSet<String> = steps.iter().map(|s| s.code.get_ref().clone()).collect();
        let mut flow = Vec::new();
        for step in steps {
            let code = self.code(&step.code, '-');
            for next in &step.next {
                if !codes.contains(next.get_ref()) {
                    self.wrong(next.span(), format!("流程中没有步骤“{}”", next.get_ref()), format!("the flow has no step `{}`", next.get_ref()));
                }
            }
            let next = step.next.into_iter().map(Spanned::into_inner).collect();
            flow.push(super::Step { code, name: step.name.0, by: step.by, takes: step.takes.map(|w| w.0), next });
        }
        flow
    }
}

/// The rule texts of a material, kept until the whole scope is known.
struct MaterialRules {
    needed_when: Option<Spanned<String>>,
    standards: Vec<Option<Spanned<String>>>,
}
