//! Why a text is not a rule: a stable code, what is wrong, and how to mend it, in both languages.

use crate::rules::value::Type;
use crate::words::{Phrase, Text};
use std::ops::Range;

/// A refusal, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .message.en)]
pub struct Refused {
    /// Bytes of the text.
    pub at: Range<usize>,
    /// Stable, such as `rule.unknown-name`.
    pub code: &'static str,
    /// What is wrong.
    pub message: Text,
    /// How to mend it.
    pub help: Text,
}

/// Everything for which a rule may be refused, with what is needed to say it well.
#[derive(Clone, Debug)]
pub(super) enum Why {
    Syntax(String),
    TooLong,
    TooDeep,
    TooLarge,
    TooSlow,
    Outside(Outside),
    NoFunction { name: String, near: Option<&'static str> },
    OnlyMethod(String),
    OnlyFunction(String),
    UnknownName { name: String, near: Option<String> },
    UnknownField { field: String, near: Option<String> },
    Unfielded(Type),
    NameTaken(String),
    Circular(Vec<String>),
    RestsOn(String),
    Expected { expected: String, found: Type },
    Condition(Type),
    Arguments { expected: usize, found: usize },
    Operand,
    MixedList(Type, Type),
    EmptyList,
    Branches(Type, Type),
    Uncomparable(Type, Type),
    Unordered(Type),
    Uncombinable(Type, Type),
    NotNegated(Type),
    In { one: Type, list: Type },
    MoneyAndNumber,
    MoneyAlready,
    DateAndNumber,
    DateAndText,
    DateDifference,
    Periods,
    Unit { name: String, function: String, instead: &'static str },
    UnknownOption { text: String, options: Vec<String> },
    Has,
    MacroForm,
    MacroVariable,
    Date,
    Pattern(String),
    PatternForm,
}

/// Parts of CEL that rules do without.
#[derive(Clone, Copy, Debug)]
pub(super) enum Outside {
    Decimal,
    Unsigned,
    Bytes,
    Null,
    Map,
    Struct,
    Index,
    Other,
}

impl Why {
    pub fn at(&self, at: Range<usize>) -> Refused {
        let (message, help) = self.say();
        Refused { at, code: self.code(), message, help }
    }

    fn code(&self) -> &'static str {
        match self {
            Why::Syntax(_) => "rule.syntax",
            Why::TooLong => "rule.too-long",
            Why::TooDeep => "rule.too-deep",
            Why::TooLarge => "rule.too-large",
            Why::TooSlow => "rule.too-slow",
            Why::Outside(_) | Why::NoFunction { .. } | Why::OnlyMethod(_) | Why::OnlyFunction(_) => "rule.outside",
            Why::UnknownName { .. } | Why::UnknownField { .. } => "rule.unknown-name",
            Why::NameTaken(_) => "rule.name-taken",
            Why::Circular(_) => "rule.circular",
            Why::RestsOn(_) => "rule.rests-on-refused",
            Why::MoneyAndNumber | Why::MoneyAlready | Why::DateAndNumber | Why::DateDifference | Why::Periods | Why::Unit { .. } => {
                "rule.unit"
            }
            Why::UnknownOption { .. } => "rule.unknown-option",
            Why::Pattern(_) | Why::PatternForm => "rule.pattern",
            Why::Unfielded(_)
            | Why::Expected { .. }
            | Why::Condition(_)
            | Why::Arguments { .. }
            | Why::Operand
            | Why::MixedList(..)
            | Why::EmptyList
            | Why::Branches(..)
            | Why::Uncomparable(..)
            | Why::Unordered(_)
            | Why::Uncombinable(..)
            | Why::NotNegated(_)
            | Why::In { .. }
            | Why::DateAndText
            | Why::Has
            | Why::MacroForm
            | Why::MacroVariable
            | Why::Date => "rule.type",
        }
    }

    /// What is wrong, and how to mend it.
    fn say(&self) -> (Text, Text) {
        match self {
            Why::Syntax(what) => syntax(what),
            Why::TooLong => (
                Text::new(format!("规则不能超过 {} 字节", super::LONGEST), format!("a rule may have at most {} bytes", super::LONGEST)),
                Text::new(
                    "把一部分写成 [[derived]],或分成几个条件。",
                    "Give a part of it a name under [[derived]], or split the condition.",
                ),
            ),
            Why::TooDeep => (
                Text::new(format!("嵌套超过 {} 层", super::DEEPEST), format!("nested deeper than {} levels", super::DEEPEST)),
                Text::new("分成几个条件。", "Split it into several conditions."),
            ),
            Why::TooLarge => (
                Text::new(
                    format!("代入 derived 之后超过 {} 项", super::LARGEST),
                    format!("more than {} parts once every derived name stands for its expression", super::LARGEST),
                ),
                Text::new("少用一些 derived,或分成几个条件。", "Use fewer derived names in one rule, or split the condition."),
            ),
            Why::TooSlow => (
                Text::new("计算太慢:宏在长列表上层层嵌套", "it would take too long to evaluate: macros nest over long lists"),
                Text::new(
                    "列表最多 500 项;宏在列表上最多套两层。",
                    "A list may have 500 entries: nest macros over such lists at most two deep.",
                ),
            ),
            Why::Outside(part) => part.say(),
            Why::NoFunction { name, near } => {
                let hint = match (name.as_str(), near) {
                    ("timestamp", _) => Text::new("日期请写 date(\"2026-01-01\")。", "Write a date as date(\"2026-01-01\")."),
                    ("duration", _) => Text::new(
                        "时长请写 days(n)、working_days(n)、months(n) 或 years(n)。",
                        "Write days(n), working_days(n), months(n) or years(n).",
                    ),
                    (_, Some(near)) => Text::new(format!("是不是 {near}?"), format!("Did you mean {near}?")),
                    _ => {
                        let all = super::function_names().join(", ");
                        Text::new(format!("可用的函数:{all}。"), format!("The functions are: {all}."))
                    }
                };
                (Text::new(format!("没有函数“{name}”"), format!("there is no function `{name}`")), hint)
            }
            Why::OnlyMethod(name) => (
                Text::new(format!("{name} 要写在文字后面"), format!("`{name}` is written behind a text")),
                Text::new(format!("写成 text.{name}('…')。"), format!("Write text.{name}('…').")),
            ),
            Why::OnlyFunction(name) => (
                Text::new(format!("没有方法“{name}”"), format!("there is no method `{name}`")),
                Text::new(format!("写成 {name}(…)。"), format!("Write {name}(…).")),
            ),
            Why::UnknownName { name, near: Some(near) } => (
                Text::new(format!("没有声明“{name}”,是不是“{near}”?"), format!("`{name}` is not declared; did you mean `{near}`?")),
                Text::new(format!("改成 {near},或者在 [[facts]] 里声明它。"), format!("Write {near}, or declare it under [[facts]].")),
            ),
            Why::UnknownName { name, near: None } => (
                Text::new(format!("没有声明“{name}”"), format!("`{name}` is not declared")),
                Text::new(
                    "在 [[facts]]、[[materials]] 或 [[derived]] 里声明它。",
                    "Declare it under [[facts]], [[materials]] or [[derived]].",
                ),
            ),
            Why::UnknownField { field, near } => (
                Text::new(format!("没有字段“{field}”"), format!("there is no field `{field}`")),
                match near {
                    Some(near) => Text::new(format!("是不是 {near}?"), format!("Did you mean {near}?")),
                    None => Text::new("在这个列表的 fields 里声明它。", "Declare it among the fields of the list."),
                },
            ),
            Why::Unfielded(ty) => (
                Text::new(format!("{}没有字段", zh(ty)), format!("{} has no fields", a(ty))),
                Text::new(
                    "点号后面只能是记录的字段;列表请用 all、exists 等逐项判断。",
                    "Only a record has fields; look into a list with all, exists and the like.",
                ),
            ),
            Why::NameTaken(name) => (
                Text::new(format!("变量名“{name}”已被使用"), format!("the name `{name}` is taken")),
                Text::new("给宏的变量另起一个名字。", "Give the macro's variable another name."),
            ),
            Why::Circular(circle) => {
                let circle = circle.join(" → ");
                (
                    Text::new(format!("循环定义:{circle}"), format!("defined in a circle: {circle}")),
                    Text::new("让其中一个只用已经知道的情形来写。", "Write one of them from facts alone."),
                )
            }
            Why::RestsOn(name) => (
                Text::new(format!("它用到的“{name}”本身有误"), format!("it rests on `{name}`, which is refused itself")),
                Text::new(format!("先改好 {name}。"), format!("Mend {name} first.")),
            ),
            Why::Expected { expected, found } => (
                Text::new(
                    format!("应为{},这里是{}", in_chinese(expected), zh(found)),
                    format!("expected {expected}, found {}", called(found)),
                ),
                Text::new(format!("这里要写{}。", in_chinese(expected)), format!("Write {} here.", article(expected))),
            ),
            Why::Condition(found) => (
                Text::new(format!("条件的值应为是或否,这里是{}", zh(found)), format!("a condition must be a bool; this is {}", a(found))),
                Text::new("写成比较,如 members >= 50。", "Write a comparison, such as members >= 50."),
            ),
            Why::Arguments { expected, found } => (
                Text::new(format!("应有 {expected} 个参数,这里有 {found} 个"), format!("{expected} argument(s) expected, {found} given")),
                Text::new(format!("写 {expected} 个参数。"), format!("Give {expected} argument(s).")),
            ),
            Why::Operand => (
                Text::new("运算符的操作数不全", "an operand is missing"),
                Text::new("运算符两边都要有内容。", "Write something on both sides of the operator."),
            ),
            Why::MixedList(one, other) => (
                Text::new(
                    format!("列表各项类型要一致:{}与{}", zh(one), zh(other)),
                    format!("the entries of a list have one type: {} and {}", called(one), called(other)),
                ),
                Text::new("不同类型分成两个列表。", "Put values of another type into a list of their own."),
            ),
            Why::EmptyList => (
                Text::new("空列表没有类型", "an empty list has no type"),
                Text::new(
                    "空列表只能写在有类型的列表旁边,如 list == []。",
                    "An empty list may only stand beside a list that has a type, as in list == [].",
                ),
            ),
            Why::Branches(one, other) => (
                Text::new(
                    format!("两个分支的类型不同:{}与{}", zh(one), zh(other)),
                    format!("the branches differ: {} and {}", called(one), called(other)),
                ),
                Text::new("? 和 : 后面要写同一种类型的值。", "Write values of one type behind ? and :."),
            ),
            Why::Uncomparable(Type::Bool, Type::Int | Type::Money | Type::Date) => (
                Text::new("比较不能连着写", "comparisons cannot be chained: a bool cannot be compared with a number or a date"),
                Text::new("分开写,如 10 <= n && n <= 20。", "Write two of them, as in 10 <= n && n <= 20."),
            ),
            Why::Uncomparable(one, other) => (
                Text::new(format!("{}与{}不能比较", zh(one), zh(other)), format!("{} cannot be compared with {}", a(one), a(other))),
                Text::new("两边要是同一种类型。", "Compare values of one type."),
            ),
            Why::Unordered(ty) => (
                Text::new(format!("{}不能这样比较", zh(ty)), format!("values of type {} cannot be compared this way", called(ty))),
                Text::new(
                    "选项用 == 或 in;列表用 ==、size 或 all、exists。",
                    "Use == or in for a choice; ==, size, all or exists for a list.",
                ),
            ),
            Why::Uncombinable(one, other) => (
                Text::new(
                    format!("{}与{}不能这样运算", zh(one), zh(other)),
                    format!("{} and {} cannot be combined this way", a(one), a(other)),
                ),
                Text::new("数字与数字、金额与金额、日期与时长才能运算。", "Numbers go with numbers, money with money, dates with periods."),
            ),
            Why::NotNegated(ty) => (
                Text::new(format!("{}不能取负", zh(ty)), format!("{} cannot be negated", a(ty))),
                Text::new("只有数字和金额可以取负;“不是”写 !。", "Only numbers and money have a minus; a bool has !."),
            ),
            Why::In { one, list } => (
                Text::new(
                    format!("in 的右边应是{}的列表,这里是{}", zh(one), zh(list)),
                    format!("`in` needs a list of {} on its right, found {}", called(one), called(list)),
                ),
                Text::new("写成 kind in ['a', 'b']。", "Write kind in ['a', 'b']."),
            ),
            Why::MoneyAndNumber => (
                Text::new(
                    "金额与数字不能比较或运算:金额以分计",
                    "money cannot be compared or combined with a plain number: money counts fen",
                ),
                Text::new("金额请写 yuan(…),如 capital >= yuan(30000)。", "Write money as yuan(…), as in capital >= yuan(30000)."),
            ),
            Why::MoneyAlready => (
                Text::new("yuan() 里要写元数,这里已经是金额", "yuan() takes a number of yuan; this is money already"),
                Text::new("去掉 yuan()。", "Leave yuan() out."),
            ),
            Why::DateAndNumber => (
                Text::new(
                    "日期不能加减数字:没有说是天、工作日、月还是年",
                    "a date and a plain number: days, working days, months or years?",
                ),
                Text::new(
                    "写成 days(n)、working_days(n)、months(n) 或 years(n)。",
                    "Write days(n), working_days(n), months(n) or years(n).",
                ),
            ),
            Why::DateAndText => (
                Text::new("日期与文字不能比较", "a date cannot be compared with a text"),
                Text::new("日期请写 date(\"2026-01-01\")。", "Write a date as date(\"2026-01-01\")."),
            ),
            Why::DateDifference => (
                Text::new("两个日期不能相减:天数还是工作日?", "a date cannot be taken from a date: days or working days?"),
                Text::new(
                    "写成 opened + days(30) <= closed,年龄写 age_on(born, today)。",
                    "Write opened + days(30) <= closed; for ages age_on(born, today).",
                ),
            ),
            Why::Periods => (
                Text::new(
                    "时长之间不能比较或运算:天与工作日、月与年长短不定",
                    "periods cannot be compared or combined: days and working days, months and years have no common measure",
                ),
                Text::new(
                    "各自加到日期上再比较,如 opened + working_days(20) <= opened + days(30)。",
                    "Add each to a date and compare the dates, as in opened + working_days(20) <= opened + days(30).",
                ),
            ),
            Why::Unit { name, function, instead } => (
                Text::new(
                    format!("“{name}”的名字说的不是 {function} 的单位"),
                    format!("`{name}` does not count what {function}() takes, by its name"),
                ),
                Text::new(format!("用 {instead},或者给它改名。"), format!("Use {instead}, or give it another name.")),
            ),
            Why::UnknownOption { text, options } => {
                let all = options.join(", ");
                (
                    Text::new(format!("“{text}”不是选项之一:{all}"), format!("`{text}` is none of the options: {all}")),
                    Text::new("写选项的编码。", "Write the code of an option."),
                )
            }
            Why::Has => (
                Text::new("has() 里要写字段", "has() takes a field"),
                Text::new("写成 has(materials.x.number)。", "Write has(materials.x.number)."),
            ),
            Why::MacroForm => (
                Text::new("宏要有一个变量和一个条件", "a macro takes a variable and a condition"),
                Text::new("应写成 list.all(v, 条件)。", "Write list.all(v, condition)."),
            ),
            Why::MacroVariable => (
                Text::new("第一个参数应是变量名", "the first argument must be a name"),
                Text::new("应写成 list.all(v, 条件)。", "Write list.all(v, condition)."),
            ),
            Why::Date => (
                Text::new("date() 里要写一个确实存在的日期", "date() takes a day that exists, in quotes"),
                Text::new("应写成 date(\"2026-01-01\")。", "Write date(\"2026-01-01\")."),
            ),
            Why::Pattern(why) => (
                Text::new(format!("正则表达式不对:{why}"), format!("not a regular expression: {why}")),
                Text::new("检查括号与重复次数。", "See to its brackets and repetitions."),
            ),
            Why::PatternForm => (
                Text::new("正则表达式应是字面量", "the pattern must be a literal"),
                Text::new("应写成 text.matches('^[0-9]+$')。", "Write text.matches('^[0-9]+$')."),
            ),
        }
    }
}

impl Outside {
    fn say(self) -> (Text, Text) {
        match self {
            Outside::Decimal => (
                Text::new("规则中没有小数", "there are no decimals in rules"),
                Text::new("写整数,金额写 yuan(…)。", "Write whole numbers, and money as yuan(…)."),
            ),
            Outside::Unsigned => (
                Text::new("规则中没有无符号数", "unsigned numbers are not part of the rule language"),
                Text::new("去掉后面的 u。", "Leave out the u."),
            ),
            Outside::Bytes => (
                Text::new("规则中没有字节串", "bytes are not part of the rule language"),
                Text::new("写成文字 '…'。", "Write a text: '…'."),
            ),
            Outside::Null => (
                Text::new("规则中没有 null:没有回答就是未知", "null is not part of the rule language: what has no answer is unknown"),
                Text::new("材料有没有填写用 has(…)。", "Ask with has(…) whether a material's field has been filled in."),
            ),
            Outside::Map => (
                Text::new("规则中不能使用映射", "maps are not part of the rule language"),
                Text::new("用列表或选项。", "Use a list or a choice."),
            ),
            Outside::Struct => (
                Text::new("规则中不能使用结构", "structs are not part of the rule language"),
                Text::new("用声明过的情形。", "Use declared facts."),
            ),
            Outside::Index => (
                Text::new("列表不能按序号取项", "a list has no index in rules: its order means nothing"),
                Text::new("用 all、exists、filter 等逐项判断。", "Look into it with all, exists, filter and the like."),
            ),
            Outside::Other => (
                Text::new("无法理解的表达式", "not an expression of the rule language"),
                Text::new("规则语言见 rules 模块的说明。", "The rule language is described with the module `rules`."),
            ),
        }
    }
}

/// What the parser says, for people: what does not belong here or is missing, and what to write instead.
fn syntax(said: &str) -> (Text, Text) {
    const LOOK: Phrase = Phrase::new(
        "检查括号、引号和运算符是否成对、完整。",
        "See that brackets and quotes are closed and every operator has both its sides.",
    );
    let said = said.strip_prefix("Syntax error: ").unwrap_or(said);
    let stray = ["token recognition error at: '", "mismatched input '", "extraneous input '"].iter().find_map(|way| said.strip_prefix(way));
    let stray =
        stray.map(|rest| rest.split("' expecting ").next().unwrap_or(rest)).map(|rest| rest.strip_suffix('\'').unwrap_or(rest).trim());
    match (stray, said.strip_prefix("reserved identifier: ")) {
        (Some("<EOF>"), _) => (Text::new("规则没有写完", "syntax error: it ends too soon"), LOOK.text()),
        (Some(open), _) if open.starts_with(['"', '\'']) => (
            Text::new(
                "引号没有收尾,或者反斜线后面的字符不对",
                "syntax error: a quote is not closed, or nothing is called by this backslash",
            ),
            Text::new("文字写成 '…';其中的反斜线写成 \\\\。", "Write a text as '…', and a backslash in it as \\\\."),
        ),
        (Some(stray), _) => (
            Text::new(format!("这里不能写“{stray}”"), format!("syntax error: `{stray}` does not belong here")),
            instead(stray).unwrap_or(LOOK).text(),
        ),
        (None, Some(word)) => (
            Text::new(format!("“{word}”是保留字"), format!("syntax error: `{word}` is a reserved word")),
            if word == "if" {
                Text::new("如果…就…写成 条件 ? 甲 : 乙。", "Write a choice as condition ? one : other.")
            } else {
                Text::new("换一个名字。", "Choose another name.")
            },
        ),
        (None, None) if said.starts_with("missing '") => {
            let missing = said.split('\'').nth(1).unwrap_or_default();
            (Text::new(format!("缺少“{missing}”"), format!("syntax error: `{missing}` is missing")), LOOK.text())
        }
        (None, None) if said.contains("`_?_:_`") => (
            Text::new("? 后面缺少 : 和另一个值", "syntax error: behind ? a : and another value are missing"),
            Text::new("写成 条件 ? 甲 : 乙。", "Write condition ? one : other."),
        ),
        (None, None) => (Text::new(format!("语法错误:{said}"), format!("syntax error: {said}")), LOOK.text()),
    }
}

/// What is written in rules for what people write elsewhere.
fn instead(stray: &str) -> Option<Phrase> {
    const SIGNS: [(&[&str], Phrase); 7] = [
        (&["="], Phrase::new("比较是否相等写 ==。", "Write == to compare.")),
        (&["and", "AND", "&", "且", "并且"], Phrase::new("“并且”写 &&。", "Write && for “and”.")),
        (&["or", "OR", "|", "或", "或者"], Phrase::new("“或者”写 ||。", "Write || for “or”.")),
        (&["≥", "≧", "=>"], Phrase::new("“不小于”写 >=。", "Write >= for “at least”.")),
        (&["≤", "≦", "=<"], Phrase::new("“不大于”写 <=。", "Write <= for “at most”.")),
        (&["≠", "<>"], Phrase::new("“不等于”写 !=。", "Write != for “is not”.")),
        (&["×", "÷"], Phrase::new("乘写 *,除写 /。", "Write * to multiply and / to divide.")),
    ];
    const NARROW: Phrase =
        Phrase::new("括号、引号、逗号和运算符用英文(半角)的。", "Write brackets, quotes, commas and operators as in English.");
    const NAMES: Phrase =
        Phrase::new("情形和材料写它的编码;中文文字放在引号中。", "Write the code of a fact or material, and put Chinese text in quotes.");
    let sign = SIGNS.iter().find(|(signs, _)| signs.contains(&stray)).map(|(_, phrase)| *phrase);
    let first = stray.chars().next()?;
    // Full-width forms, and the quotation marks and points of Chinese texts.
    let wide = matches!(first, '\u{ff01}'..='\u{ff5e}' | '\u{2018}'..='\u{201d}' | '\u{3000}'..='\u{303f}');
    sign.or(wide.then_some(NARROW)).or(('\u{3400}'..='\u{9fff}').contains(&first).then_some(NAMES))
}

/// A type's name in messages.
pub(super) fn called(ty: &Type) -> String {
    match ty {
        Type::List(of) => format!("list of {}", called(of)),
        other => other.name().to_owned(),
    }
}

fn a(ty: &Type) -> String {
    article(&called(ty))
}

fn article(name: &str) -> String {
    format!("{} {name}", if name.starts_with('i') { "an" } else { "a" })
}

fn zh(ty: &Type) -> String {
    match ty {
        Type::List(of) => format!("{}的列表", zh(of)),
        other => in_chinese(other.name()),
    }
}

/// The name of a type, or of some of them, in Chinese.
fn in_chinese(name: &str) -> String {
    let zh = match name {
        "bool" => "“是”或“否”",
        "int" => "数字",
        "string" => "文字",
        "date" => "日期",
        "money" => "金额",
        "period" => "时长",
        "choice" => "选项",
        "record" => "记录",
        "list" => "列表",
        "string or list" => "文字或列表",
        "list of int or money" => "数字或金额的列表",
        other => other,
    };
    zh.to_owned()
}
