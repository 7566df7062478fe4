//! What is wrong with a catalogue that compiles: texts, rules, logic and law. Each finding has a stable code, a place, a
//! sentence that says what is wrong, one that says how to mend it, and an example application where one can show it.
//!
//! Codes of the compiler stand in the table too. **!** marks warnings: they do not keep a catalogue from being published.
//!
//! | code | what is wrong | |
//! | --- | --- | --- |
//! | `file.syntax` | not TOML | 不合 TOML 的写法 |
//! | `file.missing-field` | something is missing | 缺少一项 |
//! | `file.unknown-field` | a name that nothing has | 不认识的名字 |
//! | `file.type` | text where a number belongs, and the like | 类型不对 |
//! | `file.choice` | none of the choices | 没有这个选项 |
//! | `file.value` | empty, or out of range | 空着或超出范围 |
//! | `file.missing` | the folder has no `hall.toml` | 缺少文件 |
//! | `file.name` | the file's name is not that of what it describes | 文件名不对 |
//! | `file.code` | an ill-formed code | 编码写法不对 |
//! | `file.duplicate-code` | a code used twice | 编码重复 |
//! | `file.duplicate-version` | two files of one version | 版本重复 |
//! | `file.reserved-word` | a fact named like a word of the language | 保留字 |
//! | `file.unknown-category` | no such category in `hall.toml` | 没有这个分类 |
//! | `file.unknown-item` | no such item in the catalogue | 没有这个事项 |
//! | `file.unknown-document` | no such document in `hall.toml` | 没有这种证照 |
//! | `file.unknown-step` | no such step in the flow | 没有这个步骤 |
//! | `file.unknown-base` | an overlay tightens what the item does not have | 事项没有这一条 |
//! | `file.overlay-level` | two overlays of one level on one day | 同级重叠 |
//! | `file.tighten-human` | a rule in place of a person's judgement | 由人判断的不能改成规则 |
//! | `file.options` | options without a choice, or a choice without | 选项不配类型 |
//! | `file.bounds` | the least above the greatest, or bounds of what is no number | 最小大于最大 |
//! | `file.fields` | fields without a list, or a list without | 字段不配类型 |
//! | `file.nested-list` | a list in a list | 列表套列表 |
//! | `file.no-go` | elsewhere, but where? | 没写去哪里办 |
//! | `file.number` | a kind of number that is not asked for | 没有问号码 |
//! | `rule.syntax` | not an expression | 语法错误 |
//! | `rule.outside` | CEL, but outside the subset | 不在子集内 |
//! | `rule.unknown-name` | a name that is not declared | 没有声明的名字 |
//! | `rule.unknown-option` | none of a choice's options | 没有这个选项 |
//! | `rule.type` | types that do not go together | 类型不合 |
//! | `rule.unit` | yuan against fen, days against working days | 单位混用 |
//! | `rule.pattern` | not a regular expression | 正则表达式不对 |
//! | `rule.name-taken` | a variable named like something declared | 名字已用 |
//! | `rule.too-long` | longer than a rule may be | 太长 |
//! | `rule.too-deep` | nested deeper than a rule may be | 嵌套太深 |
//! | `rule.too-large` | too large with its derived names put in | 代入后太大 |
//! | `rule.too-slow` | could take too long on a phone | 太费时 |
//! | `rule.circular` | derived names that rest on themselves | 循环定义 |
//! | `rule.rests-on-refused` | rests on a derived name that is wrong | 所用的名字有误 |
//! | `rule.one-decision` | neither rule nor person, or both | 规则与人工二选一 |
//! | `rule.unused-fact` | asked, and no rule reads it | 问了没用 |
//! | `rule.unused-column` | a column that no rule reads | 列没用 |
//! | `rule.unused-derived` | a derived name that no rule uses | 名字没用 |
//! | `rule.unused-field` ! | a date or number asked, and no standard reads it | 材料上问了没用 |
//! | `rule.unused-document` ! | a document that no item asks for | 证照没用 |
//! | `rule.material-without-ground` | required by a circular only, and no condition turns on it | 要求材料没有根据 |
//! | `rule.circular-need` | needed only if it says so itself | 是否需要取决于自己 |
//! | `rule.circular-gates` ! | items that send people to each other | 来回指引 |
//! | `text.indefinite` | 等, 必要时, 较, “such as”, “if necessary” … | 弹性条款 |
//! | `text.indefinite-without-statute` | left to a person by no statute | 人工判断没有法定依据 |
//! | `text.vague-remedy` ! | a remedy, or where to get a paper, with such words | 办法不明确 |
//! | `text.untranslated` | the same in both languages, or in the wrong one | 没有翻译 |
//! | `text.languages-differ` | other numbers in the other language | 两种文字的数不同 |
//! | `text.number` | a number that the rule does not have, or the reverse | 文字与规则的数不同 |
//! | `text.bound` | text and rule differ on the number itself: at least, or more than | 本数算不算,说法不同 |
//! | `text.missing-standard` | a material without an acceptance standard | 没有受理标准 |
//! | `text.missing-unit` ! | a number without a unit | 数字没有单位 |
//! | `logic.never` | can never be met | 永远不满足 |
//! | `logic.always` ! | is always met | 总是满足 |
//! | `logic.implied` ! | follows from another condition | 被另一条件包含 |
//! | `logic.contradiction` | cannot be met together | 互相矛盾 |
//! | `logic.shadowed` ! | a gate behind another that always decides first | 分流被遮住 |
//! | `logic.unreachable` | an outcome that nobody can reach | 达不到的结果 |
//! | `logic.idle-question` ! | no answer to it changes anything | 问题不起作用 |
//! | `logic.fault` ! | cannot be computed for some answers | 有时算不出 |
//! | `law.no-basis` | a requirement without a basis | 没有依据 |
//! | `law.basis-form` | a basis without its article | 依据写法不对 |
//! | `law.unknown-law` | a law that `hall.toml` does not name | 没有这部法规 |
//! | `law.no-statutory-limit` | no statutory limit | 缺少法定时限 |
//! | `law.limit-length` | a limit of no days, or of ten years | 时限不在范围内 |
//! | `law.limit-twice` | two limits of one kind | 时限重复 |
//! | `law.promise-longer` | more is promised than the law allows | 承诺长于法定 |
//! | `law.fee-basis` | a fee without a law or administrative regulation | 收费没有依据 |
//! | `law.deferral` | what safety, health or environment rules ask for may not follow later | 不得容缺 |
//! | `law.shared` | asked for, though data sharing has it | 共享可得的不得要求 |
//! | `law.code-form` | an ill-formed code of the national list | 事项编码写法不对 |
//! | `law.code-twice` | two items of one code | 事项编码重复 |
//! | `law.overlap` | two versions in force on one day | 版本日期重叠 |
//! | `law.visits` | more visits than the channel needs | 跑动次数过多 |
//! | `law.loosened` | an overlay that lets pass whom the law lets fail | 地方规定放宽了法律 |
//! | `law.unproved-tightening` ! | not proved to be as strict as the item's own rule | 没能证明更严 |
//! | `law.overlay-basis` | an overlay's demand without a basis of its own | 地方要求没有自己的依据 |
//! | `law.overlay-idle` ! | an overlay that is in force on no day | 地方规定没有一天生效 |
//! | `law.overlay-limit` | an overlay's longer limit | 地方时限更长 |
//! | `law.overlay-necessity` | an overlay that asks for less | 地方要求更少 |

mod law;
mod logic;
mod numbers;
mod overlay;
mod rules;
mod text;

use super::overlay::{Named, Origin};
use super::places::Places;
use super::{Catalogue, Finding, HALL_FILE, Severity, Source, Witness, placed};
use crate::calendar::Calendar;
use crate::words::Text;

/// Every finding, in order of files and lines.
pub(super) fn lint(sources: &[Source], catalogue: &Catalogue, origins: &[Origin], calendar: &Calendar) -> Vec<Finding> {
    let mut hall = Report::new(sources.iter().filter(|s| s.name == HALL_FILE));
    let mut reports: Vec<Report> = origins.iter().map(|origin| Report::new(origin.files.iter().copied())).collect();
    for (item, report) in catalogue.items.iter().zip(&mut reports) {
        text::check(item, catalogue, report);
        rules::check(item, catalogue, report);
        law::check(item, catalogue, report);
        // An item that ends before it begins has no day on which its rules could be looked at.
        if item.until.is_none_or(|until| item.version <= until) {
            logic::check(item, calendar, report);
        }
    }
    text::hall(catalogue, &mut hall);
    rules::across(catalogue, &mut reports, &mut hall);
    law::across(catalogue, &mut reports);
    for layer in origins.iter().flat_map(|origin| &origin.layers) {
        let mut report = Report::new([layer.source]);
        overlay::check(layer, &catalogue.laws, calendar, &mut report);
        reports.push(report);
    }
    for source in sources.iter().filter(|source| matches!(Named::of(&source.name), Named::Overlay { .. })) {
        if !origins.iter().flat_map(|origin| &origin.files).any(|file| file.name == source.name) {
            let mut report = Report::new([source]);
            overlay::idle(&mut report);
            reports.push(report);
        }
    }
    let mut findings: Vec<Finding> = reports.into_iter().chain([hall]).flat_map(|report| report.findings).collect();
    findings.sort_by(|a, b| (&a.file, a.line, a.column, a.code, &a.place).cmp(&(&b.file, b.line, b.column, b.code, &b.place)));
    // A file may be part of several versions, each with an example of its own.
    findings.dedup_by(|b, a| Finding { witness: None, ..a.clone() } == Finding { witness: None, ..b.clone() });
    findings
}

/// The findings of one item, or of the hall: each in that of its files which has the place.
pub(super) struct Report<'a> {
    files: Vec<(&'a Source, Places)>,
    findings: Vec<Finding>,
}

impl<'a> Report<'a> {
    fn new(files: impl IntoIterator<Item = &'a Source>) -> Report<'a> {
        Report { files: files.into_iter().map(|file| (file, Places::of(&file.text))).collect(), findings: vec![] }
    }

    /// At a place (`conditions[members].rule`): what is wrong, and how to mend it. The catalogue is not published with it.
    pub fn error(&mut self, code: &'static str, place: impl Into<String>, message: Text, help: Text) {
        let place = place.into();
        // A later file adds to the earlier ones, or tightens what they have, so what it has is its own. What none of them has
        // is the first one's lack.
        let own = |places: &Places| [place.clone(), format!("tighten.{place}")].into_iter().find(|place| places.has(place));
        let found = self.files.iter().rev().find_map(|(source, places)| Some((source, places, own(places)?)));
        let first = || self.files.first().map(|(source, places)| (source, places, place.clone()));
        let Some((source, places, place)) = found.or_else(first) else { return };
        let at = places.span(&place);
        self.findings.push(placed(source, place, code, at, message, Some(help)));
    }

    /// The same, for what may be meant.
    pub fn warn(&mut self, code: &'static str, place: impl Into<String>, message: Text, help: Text) {
        self.error(code, place, message, help);
        if let Some(last) = self.findings.last_mut() {
            last.severity = Severity::Warning;
        }
    }

    /// Of the last finding's text only this word is meant, which has `before` characters before it.
    pub fn mark(&mut self, word: &str, before: usize) {
        let Some(last) = self.findings.last_mut() else { return };
        // Behind the opening quote; where escapes or lines move the word, the whole text stays marked.
        let column = last.column + 1 + before;
        let there = last.text.chars().skip(column - 1).flat_map(char::to_lowercase);
        if last.width > before && there.take(word.chars().count()).eq(word.chars()) {
            (last.column, last.width) = (column, word.chars().count());
        }
    }

    /// An example application for the last finding.
    pub fn witness(&mut self, witness: Witness) {
        if let Some(last) = self.findings.last_mut() {
            last.witness = Some(witness);
        }
    }
}
