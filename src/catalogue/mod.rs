//! What the hall offers: approval items (事项) with their facts, gates, conditions, materials, limits, fees and flow, as
//! 行政许可法 art. 30 wants them published.
//!
//! - [`author`] (native): TOML files, with local rules and versions → typed items; what is wrong with them, what changed
//!   between two catalogues, the same as a workbook; what is published.
//! - [`bundle`]: the hall-signed head and the parts that devices keep offline.
//! - [`search`]: Chinese, pinyin, initials, everyday words and English.
//!
//! An author's file mirrors these types; where a type has a [`Rule`], the file has its text.

#[cfg(not(target_family = "wasm"))]
pub mod author;
pub mod bundle;
pub mod search;

use crate::rules::{Rule, Type};
use crate::words::{Phrase, Text, identifier};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One approval matter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Item {
    /// `[a-z0-9-]`, at most 32 characters; also the file's name, and what receipts carry.
    pub code: String,
    /// The day this version takes effect; versions of an item are told apart by it.
    pub version: NaiveDate,
    /// The last day this version is in force; without it, until the next version takes effect.
    pub until: Option<NaiveDate>,
    /// 基本编码 and 实施编码 of the national list (政务服务事项), where they have been given.
    pub basic_code: Option<String>,
    pub implementation_code: Option<String>,
    /// The day on which the facts below were true to their sources.
    pub as_of: NaiveDate,
    /// The sample's label (示例,非官方). A real catalogue leaves it out.
    pub label: Option<Text>,
    pub name: Text,
    pub summary: Text,
    pub aliases: Aliases,
    /// Code of a [`Category`].
    pub category: String,
    /// The implementing body, and its place in the hall.
    pub body: Text,
    pub window: Text,
    pub hours: Text,
    /// Visits to the hall, at most (到办事现场次数).
    pub visits: u8,
    /// 服务对象: who may apply.
    pub audience: Vec<Audience>,
    /// Whose identifier the applicant gives.
    pub applicant: Applicant,
    pub handling: Handling,
    pub filing: Filing,
    pub facts: Vec<Fact>,
    /// Names for expressions over the facts, for authors: rules that use them carry the expression itself.
    #[serde(default)]
    pub derived: Vec<Derived>,
    pub gates: Vec<Gate>,
    pub conditions: Vec<Condition>,
    pub materials: Vec<Material>,
    pub limits: Vec<Limit>,
    /// None charged when empty (行政许可法 art. 58).
    pub fees: Vec<Fee>,
    pub flow: Vec<Step>,
    pub result: Outcome,
    pub enquiry: Text,
    pub complaint: Text,
}

/// An item in short, as lists show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    pub code: String,
    pub name: Text,
    pub summary: Text,
    pub category: String,
    pub filing: Filing,
    pub handling: Handling,
    /// The promised limit.
    pub promised: Option<(u32, crate::calendar::Unit)>,
    pub label: Option<Text>,
}

/// Everyday names by which people look for the item.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Aliases {
    #[serde(default)]
    pub zh: Vec<String>,
    #[serde(default)]
    pub en: Vec<String>,
}

/// 服务对象 of the national list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Audience {
    NaturalPerson,
    Enterprise,
    PublicInstitution,
    SocialOrganisation,
    UnincorporatedEnterprise,
    GovernmentBody,
    Other,
}

impl Audience {
    /// As the national list calls them.
    pub const fn name(self) -> Phrase {
        match self {
            Audience::NaturalPerson => Phrase::new("自然人", "natural persons"),
            Audience::Enterprise => Phrase::new("企业法人", "enterprises"),
            Audience::PublicInstitution => Phrase::new("事业法人", "public institutions"),
            Audience::SocialOrganisation => Phrase::new("社会组织法人", "social organisations"),
            Audience::UnincorporatedEnterprise => Phrase::new("非法人企业", "unincorporated enterprises"),
            Audience::GovernmentBody => Phrase::new("行政机关", "government bodies"),
            Audience::Other => Phrase::new("其他组织", "other organisations"),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Applicant {
    /// Resident ID or passport.
    Person,
    /// Unified social credit code, and a person to speak to.
    Organisation,
}

/// 办件类型: instant (即办件) or promised (承诺件).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Handling {
    Instant,
    Promised,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Filing {
    /// May be filed from a device.
    Online,
    /// Check and prepare only; the matter itself must be done in person (电子签名法 art. 3).
    PreCheckOnly,
}

/// A law and an article of it. The law's name is in the bundle's `laws`, under `law`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Basis {
    pub law: String,
    /// Article as cited, such as `10` or `33(1)`.
    pub article: String,
}

/// Something asked of the applicant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fact {
    pub code: String,
    pub ty: Type,
    /// What it is, as a noun: `个人会员`. The words that explain a rule are made from it.
    #[serde(default)]
    pub name: Text,
    pub ask: Text,
    pub help: Option<Text>,
    pub unit: Option<Text>,
    /// Bounds of an int, or of money in fen; a value outside is a typing mistake, not a failed condition.
    pub min: Option<i64>,
    pub max: Option<i64>,
    /// The options of a choice, in the order of its type.
    pub options: Vec<Choice>,
    /// The columns of a list of records.
    pub fields: Vec<Fact>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Choice {
    pub code: String,
    pub name: Text,
}

/// A name for an expression: `total = individuals + units`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Derived {
    pub code: String,
    pub name: Text,
    pub rule: Rule,
}

/// Decided before any condition (行政许可法 art. 32 (1) and (2)).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Gate {
    pub code: String,
    pub when: Rule,
    pub outcome: GateOutcome,
    /// What the applicant is told.
    pub say: Text,
    /// Where to go instead; required for `elsewhere`.
    pub go: Option<Text>,
    /// An item of this catalogue to go on with.
    pub item: Option<String>,
    pub basis: Vec<Basis>,
    /// Whose local rule it is, when an overlay added it to the item.
    pub local: Option<Text>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum GateOutcome {
    NotRequired,
    Elsewhere,
}

/// What the law requires: its text, how it is decided, basis and remedy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Condition {
    pub code: String,
    pub text: Text,
    pub decided: Decided,
    /// What the applicant can do when it is not met.
    pub remedy: Text,
    pub basis: Vec<Basis>,
    /// Whose local rule it is, when an overlay added or tightened it.
    pub local: Option<Text>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decided {
    Rule(Rule),
    /// Only a person can judge it; the text says what they will look at.
    HumanCheck(Text),
}

/// A document to bring.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Material {
    pub code: String,
    pub name: Text,
    pub kind: MaterialKind,
    pub form: Form,
    pub necessity: Necessity,
    /// Needed only when this holds; always when absent.
    pub needed_when: Option<Rule>,
    pub source: Source,
    pub originals: u8,
    pub copies: u8,
    pub asks: Vec<Ask>,
    /// Code of a [`Document`], for papers that the hall knows by kind.
    pub document: Option<String>,
    /// What kind of number `Ask::Number` is, where it is one with check digits.
    pub number: Option<identifier::Kind>,
    /// A photo may be attached.
    pub photo: bool,
    pub standards: Vec<Standard>,
    /// Where to get it.
    pub obtain: Text,
    pub basis: Vec<Basis>,
    /// Whose local rule it is, when an overlay added or tightened it.
    pub local: Option<Text>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum MaterialKind {
    Certificate,
    Form,
    Other,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    Paper,
    Electronic,
    Both,
}

/// 必要, 非必要, 容缺后补.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Necessity {
    Required,
    Optional,
    /// May follow later, against a written promise (容缺后补).
    Deferrable,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema), schema(as = MaterialSource))]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    Own,
    Government,
    Other,
}

/// What the material's card asks besides "do you have it".
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Ask {
    ValidUntil,
    IssuedOn,
    Number,
}

/// An acceptance standard (受理标准).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Standard {
    pub code: String,
    pub text: Text,
    /// Checked by the program; without it, shown to the applicant and looked at by the clerk.
    pub rule: Option<Rule>,
}

/// A time limit: kind, length, unit, when it starts, basis.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Limit {
    pub kind: LimitKind,
    pub length: u32,
    pub unit: crate::calendar::Unit,
    pub start: Text,
    pub runs_from: RunsFrom,
    pub basis: Vec<Basis>,
    /// Such as "invented for the sample".
    pub note: Option<Text>,
    /// Whose promise it is, when an overlay made it.
    pub local: Option<Text>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum LimitKind {
    Statutory,
    Promised,
}

/// The day from which a limit is counted, as the clock understands it; [`Limit::start`] says it in the law's words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum RunsFrom {
    /// Of the application that was accepted, or of the last of its corrections.
    Receipt,
    #[default]
    Acceptance,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fee {
    pub name: Text,
    /// In fen.
    pub amount: i64,
    pub basis: Vec<Basis>,
}

/// One box of the drawn flow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema), schema(as = FlowStep))]
#[serde(deny_unknown_fields)]
pub struct Step {
    pub code: String,
    pub name: Text,
    pub by: Actor,
    /// How long it takes or when it happens, in words.
    #[serde(default)]
    pub takes: Option<Text>,
    /// Codes of the steps that may follow; the next in the list when empty.
    #[serde(default)]
    pub next: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Actor {
    Applicant,
    Window,
    Section,
    Leader,
    Other,
}

/// What the applicant gets in the end.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema), schema(as = ItemResult))]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    pub name: Text,
    pub validity: Text,
    pub delivery: Text,
}

/// A shelf of the catalogue on the home screen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Category {
    pub code: String,
    pub name: Text,
    /// One character drawn on its tile.
    pub sign: String,
}

/// The hall that publishes the catalogue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema), schema(as = HallAddress))]
#[serde(deny_unknown_fields)]
pub struct Hall {
    pub code: String,
    pub name: Text,
    pub address: Text,
    pub hours: Text,
    pub enquiry: Text,
    pub complaint: Text,
    /// Where to go when a device cannot help.
    pub help_window: Text,
    /// Administrative division (GB/T 2260) of the hall.
    pub division: String,
    /// On what terms others may use the published catalogue.
    pub licence: Licence,
}

/// Terms of use of the open data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Licence {
    /// SPDX identifier, such as `CC-BY-4.0`.
    pub code: String,
    pub url: String,
}

/// Law key → the law; keys are what [`Basis::law`] says.
pub type Laws = BTreeMap<String, Law>;

/// A statute, or another document that items cite.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Law {
    pub name: Text,
    pub kind: LawKind,
    /// What its requirements protect; papers that it asks for may then not follow later (容缺) nor be declared only.
    #[serde(default)]
    pub protects: Option<Protects>,
}

/// Rank of a norm (立法法). Only the first two may found a fee (行政许可法 art. 58).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum LawKind {
    /// 法律
    Law,
    /// 行政法规
    AdministrativeRegulation,
    /// 地方性法规
    LocalRegulation,
    /// 部门规章
    DepartmentRule,
    /// 地方政府规章
    LocalRule,
    /// 规范性文件
    NormativeDocument,
}

impl LawKind {
    /// 法律、法规、规章: what may found a requirement (行政许可法 arts. 14 to 17); a normative document founds none.
    pub fn is_statute(self) -> bool {
        self != LawKind::NormativeDocument
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Protects {
    Safety,
    Health,
    Environment,
}

/// A kind of paper that several items ask for (证照).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    pub name: Text,
    /// The hall can obtain it by data sharing, so that nobody has to bring it (行政许可法 art. 31; 优化营商环境条例).
    pub shared: bool,
}

/// Document code → the document; codes are what [`Material::document`] says.
pub type Documents = BTreeMap<String, Document>;

/// How a basis is cited: `《社会团体登记管理条例》第10条` / `Regulations on …, art. 10`.
pub fn cite(basis: &Basis, laws: &Laws) -> Text {
    let name = laws.get(&basis.law).map(|law| law.name.clone()).unwrap_or_else(|| Text::new(basis.law.as_str(), basis.law.as_str()));
    let (article, rest) = basis
        .article
        .split_once('(')
        .map_or((basis.article.as_str(), String::new()), |(a, r)| (a, r.trim_end_matches(')').replace(")(", "、")));
    let point = if rest.is_empty() { String::new() } else { format!("第({rest})项") };
    Text { zh: format!("《{}》第{article}条{point}", name.zh), en: format!("{}, art. {}", name.en, basis.article) }
}

impl Item {
    pub fn fact(&self, code: &str) -> Option<&Fact> {
        self.facts.iter().find(|f| f.code == code)
    }
    pub fn material(&self, code: &str) -> Option<&Material> {
        self.materials.iter().find(|m| m.code == code)
    }
    pub fn limit(&self, kind: LimitKind) -> Option<&Limit> {
        self.limits.iter().find(|l| l.kind == kind)
    }
    /// An item as an earlier program kept it, with what that program did not know yet.
    pub fn completed(mut self) -> Item {
        self.facts.iter_mut().for_each(Fact::complete);
        self
    }
    pub fn card(&self) -> Card {
        Card {
            code: self.code.clone(),
            name: self.name.clone(),
            summary: self.summary.clone(),
            category: self.category.clone(),
            filing: self.filing,
            handling: self.handling,
            promised: self.limit(LimitKind::Promised).map(|limit| (limit.length, limit.unit)),
            label: self.label.clone(),
        }
    }
}

impl Fact {
    fn complete(&mut self) {
        if self.name.zh.is_empty() {
            self.name = self.ask.clone();
        }
        self.fields.iter_mut().for_each(Fact::complete);
    }
}

impl Material {
    /// Its fields that rules may read, with their types.
    pub fn fields(&self) -> Vec<(&'static str, Type)> {
        let mut fields = vec![("have", Type::Bool), ("originals", Type::Int), ("copies", Type::Int)];
        for ask in &self.asks {
            fields.push(match ask {
                Ask::ValidUntil => ("valid_until", Type::Date),
                Ask::IssuedOn => ("issued_on", Type::Date),
                Ask::Number => ("number", Type::Text),
            });
        }
        fields
    }

    /// The path under which rules see one of its fields: `materials.<code>.<field>`.
    pub fn path(code: &str, field: &str) -> String {
        format!("materials.{code}.{field}")
    }
}
