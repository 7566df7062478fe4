//! The one table by which a catalogue is written into sheets and read back: what each sheet holds, and for each of its
//! columns the title, the place in the file and the kind of cell. Titles are those of the national list (政务服务事项
//! 实施清单) where it has them.

use crate::catalogue::Audience;
use crate::words::Phrase;

/// A sheet of the workbook.
pub struct Sheet {
    pub name: &'static str,
    /// What its rows are.
    pub about: Phrase,
    pub rows: Rows,
    pub columns: &'static [Column],
}

/// What a row of a sheet is.
pub enum Rows {
    /// A file of its own; its cells lie in this table of it, or at its root.
    File(Option<&'static str>),
    /// The one row of a table of `hall.toml`.
    Hall(&'static str),
    /// A table of `hall.toml` under its code.
    Keyed(&'static str),
    /// An entry of a list of `hall.toml`.
    HallList(&'static str),
    /// A table that a file has once.
    Table(&'static str),
    /// An entry of a list in a file, or of a list inside its entries. Levels whose parent cell is empty are left out.
    List(&'static [&'static str]),
}

pub struct Column {
    /// As it stands in the first row. [`Kind::Words`] has a second column, `title(英文)`.
    pub title: &'static str,
    pub en: &'static str,
    /// Where the value lies in the row's table; empty for cells that say which table it is.
    pub path: &'static str,
    pub kind: Kind,
    pub need: bool,
}

pub enum Kind {
    /// Name of the file without `.toml`: `code`, `code@version` or `code.place`.
    File,
    /// Code of the entry to which a row belongs: a row of this sheet.
    Parent(&'static str),
    /// The key of [`Rows::Keyed`].
    Key,
    Code,
    /// A code that the first column of this sheet has.
    CodeOf(&'static str),
    /// Codes, one a line.
    Codes,
    /// A text in both languages, in two columns.
    Words,
    /// A text as it is.
    Text,
    /// Texts, one a line.
    Texts,
    Rule,
    /// A whole number up to this.
    Whole(i64),
    /// Money, in yuan here and in fen in the file.
    Money,
    /// A whole number, or money where the row's type is money.
    Bound,
    Day,
    YesNo,
    One(&'static [Named]),
    /// Names, one a line.
    Many(&'static [Named]),
}

/// A value of a closed choice.
pub struct Named {
    /// In the file.
    pub value: &'static str,
    /// In the national list, where it has one.
    pub number: &'static str,
    pub zh: &'static str,
}

impl Named {
    /// As it is written into a cell.
    pub fn shown(&self) -> String {
        if self.number.is_empty() { self.zh.to_owned() } else { format!("{} {}", self.number, self.zh) }
    }
}

impl Column {
    /// The titles and paths of its cells: two for words.
    pub fn cells(&self) -> Vec<(String, String)> {
        match self.kind {
            Kind::Words => {
                vec![(self.title.to_owned(), format!("{}.zh", self.path)), (format!("{}(英文)", self.title), format!("{}.en", self.path))]
            }
            _ => vec![(self.title.to_owned(), self.path.to_owned())],
        }
    }
}

const fn column(title: &'static str, en: &'static str, path: &'static str, kind: Kind) -> Column {
    Column { title, en, path, kind, need: false }
}

const fn need(title: &'static str, en: &'static str, path: &'static str, kind: Kind) -> Column {
    Column { title, en, path, kind, need: true }
}

const fn named(value: &'static str, number: &'static str, zh: &'static str) -> Named {
    Named { value, number, zh }
}

const FILE: Column = need("文件", "File", "", Kind::File);
const BASIS: Column = need("依据", "Basis, one a line: law:article", "basis", Kind::Codes);

/// The sheet that explains the others; it is not read.
pub const GUIDE: &str = "说明";

pub const SHEETS: &[Sheet] = &[
    Sheet {
        name: "事项",
        about: Phrase::new("一行一个事项(一个文件)", "An item, which is a file, a row"),
        rows: Rows::File(None),
        columns: &[
            FILE,
            need("事项编码", "Code", "code", Kind::Code),
            column("基本编码", "Basic code", "basic_code", Kind::Code),
            column("实施编码", "Implementation code", "implementation_code", Kind::Code),
            need("事项名称", "Name", "name", Kind::Words),
            need("事项简介", "Summary", "summary", Kind::Words),
            need("生效日期", "In force from", "version", Kind::Day),
            column("失效日期", "In force until", "until", Kind::Day),
            need("核对日期", "True to its sources on", "as_of", Kind::Day),
            column("标注", "Label", "label", Kind::Words),
            column("俗称", "Everyday names in Chinese, one a line", "aliases.zh", Kind::Texts),
            column("俗称(英文)", "Everyday names in English, one a line", "aliases.en", Kind::Texts),
            need("分类", "Category", "category", Kind::CodeOf("分类")),
            need("实施主体", "Implementing body", "body", Kind::Words),
            need("办理窗口", "Window", "window", Kind::Words),
            need("办理时间", "Hours", "hours", Kind::Words),
            need("到办事现场次数", "Visits", "visits", Kind::Whole(255)),
            need("服务对象", "Audience, one a line", "audience", Kind::Many(AUDIENCE)),
            need("申请人", "Whose identifier is given", "applicant", Kind::One(APPLICANT)),
            need("办件类型", "Handling", "handling", Kind::One(HANDLING)),
            need("申报方式", "Filing", "filing", Kind::One(FILING)),
            need("审批结果名称", "Result", "result.name", Kind::Words),
            need("审批结果有效期", "Validity of the result", "result.validity", Kind::Words),
            need("审批结果送达", "Delivery of the result", "result.delivery", Kind::Words),
            need("咨询方式", "Enquiry", "enquiry", Kind::Words),
            need("监督投诉方式", "Complaint", "complaint", Kind::Words),
        ],
    },
    Sheet {
        name: "地方补充",
        about: Phrase::new("本省、市、县在事项上补充或收紧的规定,一行一个文件", "Local rules on an item, a file a row"),
        rows: Rows::File(Some("overlay")),
        columns: &[
            FILE,
            need("事项编码", "Item", "base", Kind::CodeOf("事项")),
            need("层级", "Level", "level", Kind::One(LEVELS)),
            need("地方名称", "Whose rules", "name", Kind::Words),
            need("生效日期", "In force from", "version", Kind::Day),
            column("失效日期", "In force until", "until", Kind::Day),
            need("核对日期", "True to its sources on", "as_of", Kind::Day),
        ],
    },
    Sheet {
        name: "提问",
        about: Phrase::new("问申请人的情形,按提问顺序", "What the applicant is asked, in order"),
        rows: Rows::List(&["facts"]),
        columns: &[
            FILE,
            need("提问编码", "Code", "code", Kind::Code),
            need("类型", "Type", "type", Kind::One(TYPES)),
            need("信息名称", "Name, a noun", "name", Kind::Words),
            need("提问", "Question", "ask", Kind::Words),
            column("填写说明", "Help", "help", Kind::Words),
            column("单位", "Unit", "unit", Kind::Words),
            column("最小值", "Least", "min", Kind::Bound),
            column("最大值", "Most", "max", Kind::Bound),
        ],
    },
    Sheet {
        name: "列表字段",
        about: Phrase::new("“列表”类提问的每一栏", "The columns of questions that are lists"),
        rows: Rows::List(&["facts", "fields"]),
        columns: &[
            FILE,
            need("提问编码", "Question", "", Kind::Parent("提问")),
            need("字段编码", "Code", "code", Kind::Code),
            need("类型", "Type", "type", Kind::One(TYPES)),
            need("信息名称", "Name, a noun", "name", Kind::Words),
            need("提问", "Question", "ask", Kind::Words),
            column("填写说明", "Help", "help", Kind::Words),
            column("单位", "Unit", "unit", Kind::Words),
            column("最小值", "Least", "min", Kind::Bound),
            column("最大值", "Most", "max", Kind::Bound),
        ],
    },
    Sheet {
        name: "选项",
        about: Phrase::new("“选择”类提问或字段的选项,按显示顺序", "The options of choices, in order"),
        rows: Rows::List(&["facts", "fields", "options"]),
        columns: &[
            FILE,
            need("提问编码", "Question", "", Kind::Parent("提问")),
            column("字段编码", "Column of a list", "", Kind::Parent("列表字段")),
            need("选项编码", "Code", "code", Kind::Code),
            need("选项名称", "Name", "name", Kind::Words),
        ],
    },
    Sheet {
        name: "引用名",
        about: Phrase::new("规则中可以引用的算式", "Names for expressions that rules may use"),
        rows: Rows::List(&["derived"]),
        columns: &[
            FILE,
            need("引用编码", "Code", "code", Kind::Code),
            need("引用名称", "Name", "name", Kind::Words),
            need("算式", "Expression", "rule", Kind::Rule),
        ],
    },
    Sheet {
        name: "前置判断",
        about: Phrase::new("先于条件判断:不需要办,或者到别处办", "Decided before conditions: no licence needed, or elsewhere"),
        rows: Rows::List(&["gates"]),
        columns: &[
            FILE,
            need("判断编码", "Code", "code", Kind::Code),
            need("规则", "Rule", "when", Kind::Rule),
            need("结论", "Outcome", "outcome", Kind::One(OUTCOMES)),
            need("告知内容", "What is said", "say", Kind::Words),
            column("到哪里办", "Where to go", "go", Kind::Words),
            column("转办事项", "Item to go on with", "item", Kind::Code),
            BASIS,
        ],
    },
    Sheet {
        name: "受理条件",
        about: Phrase::new("“规则”和“人工判断”填且只填一个", "Either a rule or what a person judges"),
        rows: Rows::List(&["conditions"]),
        columns: &[
            FILE,
            need("条件编码", "Code", "code", Kind::Code),
            need("受理条件", "Condition", "text", Kind::Words),
            column("规则", "Rule", "rule", Kind::Rule),
            column("人工判断", "What a person judges", "human_check", Kind::Words),
            need("不符合时怎么办", "Remedy", "remedy", Kind::Words),
            BASIS,
        ],
    },
    Sheet {
        name: "申请材料",
        about: Phrase::new("要带的材料,按清单顺序", "The documents to bring, in order"),
        rows: Rows::List(&["materials"]),
        columns: &[
            FILE,
            need("材料编码", "Code", "code", Kind::Code),
            need("材料名称", "Name", "name", Kind::Words),
            need("材料类型", "Kind", "kind", Kind::One(MATERIAL_KINDS)),
            need("材料形式", "Form", "form", Kind::One(FORMS)),
            need("材料必要性", "Necessity", "necessity", Kind::One(NECESSITY)),
            column("需要的情形", "Needed when, a rule", "needed_when", Kind::Rule),
            need("来源渠道", "Source", "source", Kind::One(SOURCES)),
            need("原件份数", "Originals", "originals", Kind::Whole(255)),
            need("复印件份数", "Copies", "copies", Kind::Whole(255)),
            column("填报信息", "What its card asks, one a line", "asks", Kind::Many(ASKS)),
            column("证照", "Document", "document", Kind::CodeOf("证照")),
            column("号码类型", "Kind of its number", "number", Kind::One(NUMBERS)),
            column("可以拍照", "A photo may be attached", "photo", Kind::YesNo),
            need("获取方式", "Where to get it", "obtain", Kind::Words),
            BASIS,
        ],
    },
    Sheet {
        name: "受理标准",
        about: Phrase::new("每份材料要达到的标准;没有规则的由窗口人员看", "What each material must meet; without a rule the clerk looks"),
        rows: Rows::List(&["materials", "standards"]),
        columns: &[
            FILE,
            need("材料编码", "Material", "", Kind::Parent("申请材料")),
            need("标准编码", "Code", "code", Kind::Code),
            need("受理标准", "Standard", "text", Kind::Words),
            column("规则", "Rule", "rule", Kind::Rule),
        ],
    },
    Sheet {
        name: "办理时限",
        about: Phrase::new("法定办结时限必填一行", "The statutory limit is needed"),
        rows: Rows::List(&["limits"]),
        columns: &[
            FILE,
            need("时限类型", "Kind", "kind", Kind::One(LIMITS)),
            need("办结时限", "Length", "length", Kind::Whole(u32::MAX as i64)),
            need("时限单位", "Unit", "unit", Kind::One(UNITS)),
            need("起算说明", "Start, in the law's words", "start", Kind::Words),
            column("起算点", "Counted from", "runs_from", Kind::One(STARTS)),
            BASIS,
            column("时限说明", "Note", "note", Kind::Words),
        ],
    },
    Sheet {
        name: "收费",
        about: Phrase::new("不收费的不填", "Nothing where none is charged"),
        rows: Rows::List(&["fees"]),
        columns: &[
            FILE,
            need("收费项目名称", "Name", "name", Kind::Words),
            need("收费标准(元)", "Amount in yuan", "amount", Kind::Money),
            BASIS,
        ],
    },
    Sheet {
        name: "办理流程",
        about: Phrase::new("“下一步”不填的,接着办下一行", "Without a next step the next row follows"),
        rows: Rows::List(&["flow"]),
        columns: &[
            FILE,
            need("环节编码", "Code", "code", Kind::Code),
            need("环节名称", "Name", "name", Kind::Words),
            need("办理人", "By", "by", Kind::One(ACTORS)),
            column("环节时限", "How long or when", "takes", Kind::Words),
            column("下一步", "Steps that may follow, one a line", "next", Kind::Codes),
        ],
    },
    Sheet {
        name: "收紧条件",
        about: Phrase::new("地方补充中更严的条件,编码是原条件的", "Conditions that a local rule makes stricter, by their codes"),
        rows: Rows::List(&["tighten.conditions"]),
        columns: &[
            FILE,
            need("条件编码", "Code", "code", Kind::Code),
            need("受理条件", "Condition", "text", Kind::Words),
            need("规则", "Rule", "rule", Kind::Rule),
            column("不符合时怎么办", "Remedy", "remedy", Kind::Words),
            BASIS,
        ],
    },
    Sheet {
        name: "收紧材料",
        about: Phrase::new("地方补充中要求更高的材料,编码是原材料的", "Materials of which a local rule asks more, by their codes"),
        rows: Rows::List(&["tighten.materials"]),
        columns: &[
            FILE,
            need("材料编码", "Code", "code", Kind::Code),
            column("材料必要性", "Necessity", "necessity", Kind::One(NECESSITY)),
            column("原件份数", "Originals", "originals", Kind::Whole(255)),
            column("复印件份数", "Copies", "copies", Kind::Whole(255)),
            BASIS,
        ],
    },
    Sheet {
        name: "收紧材料标准",
        about: Phrase::new("收紧材料时增加的受理标准", "Standards that are added to them"),
        rows: Rows::List(&["tighten.materials", "standards"]),
        columns: &[
            FILE,
            need("材料编码", "Material", "", Kind::Parent("收紧材料")),
            need("标准编码", "Code", "code", Kind::Code),
            need("受理标准", "Standard", "text", Kind::Words),
            column("规则", "Rule", "rule", Kind::Rule),
        ],
    },
    Sheet {
        name: "收紧承诺时限",
        about: Phrase::new("地方补充中更短的承诺办结时限,一个文件一行", "A shorter promise of a local rule, a row a file"),
        rows: Rows::Table("tighten.promised"),
        columns: &[
            FILE,
            need("办结时限", "Length", "length", Kind::Whole(u32::MAX as i64)),
            need("时限单位", "Unit", "unit", Kind::One(UNITS)),
            BASIS,
            column("时限说明", "Note", "note", Kind::Words),
        ],
    },
    Sheet {
        name: "大厅",
        about: Phrase::new("发布目录的大厅,只有一行", "The hall that publishes: one row"),
        rows: Rows::Hall("hall"),
        columns: &[
            need("大厅编码", "Code", "code", Kind::Code),
            need("行政区划代码", "Division", "division", Kind::Code),
            need("大厅名称", "Name", "name", Kind::Words),
            need("地址", "Address", "address", Kind::Words),
            need("办理时间", "Hours", "hours", Kind::Words),
            need("咨询方式", "Enquiry", "enquiry", Kind::Words),
            need("监督投诉方式", "Complaint", "complaint", Kind::Words),
            need("帮办窗口", "Window for help", "help_window", Kind::Words),
            need("数据许可", "Licence of the data (SPDX)", "licence.code", Kind::Text),
            need("数据许可网址", "Its address", "licence.url", Kind::Text),
        ],
    },
    Sheet {
        name: "分类",
        about: Phrase::new("首页的分类,按显示顺序", "The shelves of the home page, in order"),
        rows: Rows::HallList("categories"),
        columns: &[
            need("分类编码", "Code", "code", Kind::Code),
            need("图标字", "One character", "sign", Kind::Text),
            need("分类名称", "Name", "name", Kind::Words),
        ],
    },
    Sheet {
        name: "法规",
        about: Phrase::new("依据中引用的法规", "The laws that bases cite"),
        rows: Rows::Keyed("laws"),
        columns: &[
            need("法规编码", "Code", "", Kind::Key),
            need("法规名称", "Name", "name", Kind::Words),
            need("法规层级", "Rank", "kind", Kind::One(RANKS)),
            column("保护对象", "What it protects", "protects", Kind::One(PROTECTS)),
        ],
    },
    Sheet {
        name: "证照",
        about: Phrase::new("多个事项共用的证照", "Documents that several items ask for"),
        rows: Rows::Keyed("documents"),
        columns: &[
            need("证照编码", "Code", "", Kind::Key),
            need("证照名称", "Name", "name", Kind::Words),
            need("可以共享获取", "Obtained by data sharing", "shared", Kind::YesNo),
        ],
    },
];

const AUDIENCE: &[Named] = &[
    named("natural-person", "1", Audience::NaturalPerson.name().zh),
    named("enterprise", "2", Audience::Enterprise.name().zh),
    named("public-institution", "3", Audience::PublicInstitution.name().zh),
    named("social-organisation", "4", Audience::SocialOrganisation.name().zh),
    named("unincorporated-enterprise", "5", Audience::UnincorporatedEnterprise.name().zh),
    named("government-body", "6", Audience::GovernmentBody.name().zh),
    named("other", "9", Audience::Other.name().zh),
];
const APPLICANT: &[Named] = &[named("person", "", "个人"), named("organisation", "", "单位")];
const HANDLING: &[Named] = &[named("instant", "1", "即办件"), named("promised", "2", "承诺件")];
const FILING: &[Named] = &[named("online", "", "可以网上申报"), named("pre-check-only", "", "只能自查(到场办理)")];
const TYPES: &[Named] = &[
    named("bool", "", "是否"),
    named("int", "", "整数"),
    named("text", "", "文字"),
    named("date", "", "日期"),
    named("money", "", "金额"),
    named("choice", "", "选择"),
    named("list", "", "列表"),
];
const LEVELS: &[Named] = &[named("province", "", "省级"), named("city", "", "市级"), named("county", "", "县级")];
const OUTCOMES: &[Named] = &[named("not-required", "", "不需要办"), named("elsewhere", "", "到别处办")];
const MATERIAL_KINDS: &[Named] =
    &[named("certificate", "1", "证件证书证明"), named("form", "2", "申请表格文书"), named("other", "3", "其他")];
const FORMS: &[Named] = &[named("paper", "1", "纸质"), named("electronic", "2", "电子"), named("both", "3", "纸质或电子")];
const NECESSITY: &[Named] = &[named("required", "1", "必要"), named("optional", "2", "非必要"), named("deferrable", "3", "容缺后补")];
const SOURCES: &[Named] = &[named("own", "10", "申请人自备"), named("government", "20", "政府部门核发"), named("other", "99", "其他")];
const ASKS: &[Named] = &[named("valid-until", "", "有效期至"), named("issued-on", "", "签发日期"), named("number", "", "号码")];
const NUMBERS: &[Named] = &[
    named("resident-id", "", "居民身份证号码"),
    named("credit-code", "", "统一社会信用代码"),
    named("mobile", "", "手机号码"),
    named("passport", "", "护照号码"),
];
const LIMITS: &[Named] = &[named("statutory", "", "法定办结时限"), named("promised", "", "承诺办结时限")];
const UNITS: &[Named] = &[named("working-day", "", "工作日"), named("day", "", "自然日")];
const STARTS: &[Named] = &[named("receipt", "", "收件之日"), named("acceptance", "", "受理之日")];
const ACTORS: &[Named] = &[
    named("applicant", "", "申请人"),
    named("window", "", "窗口"),
    named("section", "", "业务科室"),
    named("leader", "", "负责人"),
    named("other", "", "其他"),
];
const RANKS: &[Named] = &[
    named("law", "", "法律"),
    named("administrative-regulation", "", "行政法规"),
    named("local-regulation", "", "地方性法规"),
    named("department-rule", "", "部门规章"),
    named("local-rule", "", "地方政府规章"),
    named("normative-document", "", "规范性文件"),
];
const PROTECTS: &[Named] = &[named("safety", "", "安全"), named("health", "", "健康"), named("environment", "", "环境")];
