//! Why a text is not a rule: a stable code, what is wrong, and how to mend it, in both languages.

use crate::rules::value::Type;
use crate::words::Text;
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
            Why::Syntax(what) => (
                Text::new(format!("语法错误:{what}"), format!("syntax error: {what}")),
                Text::new(
                    "检查括号、引号和运算符是否成对、完整",
                    "see that brackets and quotes are closed and every operator has both its sides",
                ),
            ),
            Why::TooLong => (
                Text::new(format!("规则不能超过 {} 字节", super::LONGEST), format!("a rule may have at most {} bytes", super::LONGEST)),
                Text::new("把一部分写成 [[derived]],或分成几个条件", "give a part of it a name under [[derived]], or split the condition"),
            ),
            Why::TooDeep => (
                Text::new(format!("嵌套超过 {} 层", super::DEEPEST), format!("nested deeper than {} levels", super::DEEPEST)),
                Text::new("分成几个条件", "split it into several conditions"),
            ),
            Why::TooLarge => (
                Text::new(
                    format!("代入 derived 之后超过 {} 项", super::LARGEST),
                    format!("more than {} parts once every derived name stands for its expression", super::LARGEST),
                ),
                Text::new("少用一些 derived,或分成几个条件", "use fewer derived names in one rule, or split the condition"),
            ),
            Why::TooSlow => (
                Text::new("计算太慢:宏在长列表上层层嵌套", "it would take too long to evaluate: macros nest over long lists"),
                Text::new(
                    "列表最多 500 项;宏在列表上最多套两层",
                    "a list may have 500 entries: nest macros over such lists at most two deep",
                ),
            ),
            Why::Outside(part) => part.say(),
            Why::NoFunction { name, near } => {
                let hint = match (name.as_str(), near) {
                    ("timestamp", _) => Text::new("日期请写 date(\"2026-01-01\")", "write a date as date(\"2026-01-01\")"),
                    ("duration", _) => Text::new(
                        "时长请写 days(n)、working_days(n)、months(n) 或 years(n)",
                        "write days(n), working_days(n), months(n) or years(n)",
                    ),
                    (_, Some(near)) => Text::new(format!("是不是 {near}?"), format!("did you mean {near}?")),
                    _ => {
                        let all = super::function_names().join(", ");
                        Text::new(format!("可用的函数:{all}"), format!("the functions are: {all}"))
                    }
                };
                (Text::new(format!("没有函数“{name}”"), format!("there is no function `{name}`")), hint)
            }
            Why::OnlyMethod(name) => (
                Text::new(format!("{name} 要写在文字后面"), format!("`{name}` is written behind a text")),
                Text::new(format!("写成 text.{name}('…')"), format!("write text.{name}('…')")),
            ),
            Why::OnlyFunction(name) => (
                Text::new(format!("没有方法“{name}”"), format!("there is no method `{name}`")),
                Text::new(format!("写成 {name}(…)"), format!("write {name}(…)")),
            ),
            Why::UnknownName { name, near: Some(near) } => (
                Text::new(format!("没有声明“{name}”,是不是“{near}”?"), format!("`{name}` is not declared; did you mean `{near}`?")),
                Text::new(format!("改成 {near},或者在 [[facts]] 里声明它"), format!("write {near}, or declare it under [[facts]]")),
            ),
            Why::UnknownName { name, near: None } => (
                Text::new(format!("没有声明“{name}”"), format!("`{name}` is not declared")),
                Text::new(
                    "在 [[facts]]、[[materials]] 或 [[derived]] 里声明它",
                    "declare it under [[facts]], [[materials]] or [[derived]]",
                ),
            ),
            Why::UnknownField { field, near } => (
                Text::new(format!("没有字段“{field}”"), format!("there is no field `{field}`")),
                match near {
                    Some(near) => Text::new(format!("是不是 {near}?"), format!("did you mean {near}?")),
                    None => Text::new("在这个列表的 fields 里声明它", "declare it among the fields of the list"),
                },
            ),
            Why::Unfielded(ty) => (
                Text::new(format!("{} 没有字段", called(ty)), format!("a {} has no fields", called(ty))),
                Text::new(
                    "点号后面只能是记录的字段;列表请用 all、exists 等逐项判断",
                    "only a record has fields; look into a list with all, exists and the like",
                ),
            ),
            Why::NameTaken(name) => (
                Text::new(format!("变量名“{name}”已被使用"), format!("the name `{name}` is taken")),
                Text::new("给宏的变量另起一个名字", "give the macro's variable another name"),
            ),
            Why::Circular(circle) => {
                let circle = circle.join(" → ");
                (
                    Text::new(format!("循环定义:{circle}"), format!("defined in a circle: {circle}")),
                    Text::new("让其中一个只用已经知道的情形来写", "write one of them from facts alone"),
                )
            }
            Why::RestsOn(name) => (
                Text::new(format!("它用到的“{name}”本身有误"), format!("it rests on `{name}`, which is refused itself")),
                Text::new(format!("先改好 {name}"), format!("mend {name} first")),
            ),
            Why::Expected { expected, found } => (
                Text::new(format!("应为 {expected},这里是 {}", called(found)), format!("expected {expected}, found {}", called(found))),
                Text::new(format!("这里写一个 {expected}"), format!("write a {expected} here")),
            ),
            Why::Condition(found) => (
                Text::new(
                    format!("条件的值应为 bool,这里是 {}", called(found)),
                    format!("a condition must be a bool; this is a {}", called(found)),
                ),
                Text::new("写成比较,如 members >= 50", "write a comparison, such as members >= 50"),
            ),
            Why::Arguments { expected, found } => (
                Text::new(format!("应有 {expected} 个参数,这里有 {found} 个"), format!("{expected} argument(s) expected, {found} given")),
                Text::new(format!("写 {expected} 个参数"), format!("give {expected} argument(s)")),
            ),
            Why::Operand => (
                Text::new("运算符的操作数不全", "an operand is missing"),
                Text::new("运算符两边都要有内容", "write something on both sides of the operator"),
            ),
            Why::MixedList(a, b) => (
                Text::new(
                    format!("列表各项类型要一致:{} 与 {}", called(a), called(b)),
                    format!("the entries of a list have one type: {} and {}", called(a), called(b)),
                ),
                Text::new("不同类型分成两个列表", "put values of another type into a list of their own"),
            ),
            Why::EmptyList => (
                Text::new("空列表没有类型", "an empty list has no type"),
                Text::new(
                    "空列表只能写在有类型的列表旁边,如 list == []",
                    "an empty list may only stand beside a list that has a type, as in list == []",
                ),
            ),
            Why::Branches(a, b) => (
                Text::new(
                    format!("两个分支的类型不同:{} 与 {}", called(a), called(b)),
                    format!("the branches differ: {} and {}", called(a), called(b)),
                ),
                Text::new("? 和 : 后面要写同一种类型的值", "write values of one type behind ? and :"),
            ),
            Why::Uncomparable(a, b) => (
                Text::new(
                    format!("不能比较 {} 与 {}", called(a), called(b)),
                    format!("a {} cannot be compared with a {}", called(a), called(b)),
                ),
                Text::new("两边要是同一种类型", "compare values of one type"),
            ),
            Why::Unordered(ty) => (
                Text::new(format!("{} 不能这样比较", called(ty)), format!("values of type {} cannot be compared this way", called(ty))),
                Text::new(
                    "选项用 == 或 in;列表用 ==、size 或 all、exists",
                    "use == or in for a choice; ==, size, all or exists for a list",
                ),
            ),
            Why::Uncombinable(a, b) => (
                Text::new(
                    format!("{} 与 {} 不能这样运算", called(a), called(b)),
                    format!("a {} and a {} cannot be combined this way", called(a), called(b)),
                ),
                Text::new("数字与数字、金额与金额、日期与时长才能运算", "numbers go with numbers, money with money, dates with periods"),
            ),
            Why::NotNegated(ty) => (
                Text::new(format!("{} 不能取负", called(ty)), format!("a {} cannot be negated", called(ty))),
                Text::new("只有数字和金额可以取负;bool 用 !", "only numbers and money have a minus; a bool has !"),
            ),
            Why::In { one, list } => (
                Text::new(
                    format!("in 的右边应是 {} 的列表,这里是 {}", called(one), called(list)),
                    format!("`in` needs a list of {} on its right, found {}", called(one), called(list)),
                ),
                Text::new("写成 kind in ['a', 'b']", "write kind in ['a', 'b']"),
            ),
            Why::MoneyAndNumber => (
                Text::new(
                    "金额与数字不能比较或运算:金额以分计",
                    "money cannot be compared or combined with a plain number: money counts fen",
                ),
                Text::new("金额请写 yuan(…),如 capital >= yuan(30000)", "write money as yuan(…), as in capital >= yuan(30000)"),
            ),
            Why::MoneyAlready => (
                Text::new("yuan() 里要写元数,这里已经是金额", "yuan() takes a number of yuan; this is money already"),
                Text::new("去掉 yuan()", "leave yuan() out"),
            ),
            Why::DateAndNumber => (
                Text::new(
                    "日期不能加减数字:没有说是天、工作日、月还是年",
                    "a date and a plain number: days, working days, months or years?",
                ),
                Text::new("写成 days(n)、working_days(n)、months(n) 或 years(n)", "write days(n), working_days(n), months(n) or years(n)"),
            ),
            Why::DateAndText => (
                Text::new("日期与文字不能比较", "a date cannot be compared with a text"),
                Text::new("日期请写 date(\"2026-01-01\")", "write a date as date(\"2026-01-01\")"),
            ),
            Why::DateDifference => (
                Text::new("两个日期不能相减:天数还是工作日?", "a date cannot be taken from a date: days or working days?"),
                Text::new(
                    "写成 opened + days(30) <= closed,年龄写 age_on(born, today)",
                    "write opened + days(30) <= closed; for ages age_on(born, today)",
                ),
            ),
            Why::Periods => (
                Text::new(
                    "时长之间不能比较或运算:天与工作日、月与年长短不定",
                    "periods cannot be compared or combined: days and working days, months and years have no common measure",
                ),
                Text::new(
                    "各自加到日期上再比较,如 opened + working_days(20) <= opened + days(30)",
                    "add each to a date and compare the dates, as in opened + working_days(20) <= opened + days(30)",
                ),
            ),
            Why::Unit { name, function, instead } => (
                Text::new(
                    format!("“{name}”的名字说的不是 {function} 的单位"),
                    format!("`{name}` does not count what {function}() takes, by its name"),
                ),
                Text::new(format!("用 {instead},或者给它改名"), format!("use {instead}, or give it another name")),
            ),
            Why::UnknownOption { text, options } => {
                let all = options.join(", ");
                (
                    Text::new(format!("“{text}”不是选项之一:{all}"), format!("`{text}` is none of the options: {all}")),
                    Text::new("写选项的编码", "write the code of an option"),
                )
            }
            Why::Has => (
                Text::new("has() 里要写字段", "has() takes a field"),
                Text::new("写成 has(materials.x.number)", "write has(materials.x.number)"),
            ),
            Why::MacroForm => (
                Text::new("宏要有一个变量和一个条件", "a macro takes a variable and a condition"),
                Text::new("应写成 list.all(v, 条件)", "write list.all(v, condition)"),
            ),
            Why::MacroVariable => (
                Text::new("第一个参数应是变量名", "the first argument must be a name"),
                Text::new("应写成 list.all(v, 条件)", "write list.all(v, condition)"),
            ),
            Why::Date => (
                Text::new("date() 里要写一个确实存在的日期", "date() takes a day that exists, in quotes"),
                Text::new("应写成 date(\"2026-01-01\")", "write date(\"2026-01-01\")"),
            ),
            Why::Pattern(why) => (
                Text::new(format!("正则表达式不对:{why}"), format!("not a regular expression: {why}")),
                Text::new("检查括号与重复次数", "see to its brackets and repetitions"),
            ),
            Why::PatternForm => (
                Text::new("正则表达式应是字面量", "the pattern must be a literal"),
                Text::new("应写成 text.matches('^[0-9]+$')", "write text.matches('^[0-9]+$')"),
            ),
        }
    }
}

impl Outside {
    fn say(self) -> (Text, Text) {
        match self {
            Outside::Decimal => (
                Text::new("规则中没有小数", "there are no decimals in rules"),
                Text::new("写整数,金额写 yuan(…)", "write whole numbers, and money as yuan(…)"),
            ),
            Outside::Unsigned => (
                Text::new("规则中没有无符号数", "unsigned numbers are not part of the rule language"),
                Text::new("去掉后面的 u", "leave out the u"),
            ),
            Outside::Bytes => {
                (Text::new("规则中没有字节串", "bytes are not part of the rule language"), Text::new("写成文字 '…'", "write a text: '…'"))
            }
            Outside::Null => (
                Text::new("规则中没有 null:没有回答就是未知", "null is not part of the rule language: what has no answer is unknown"),
                Text::new("材料有没有填写用 has(…)", "ask with has(…) whether a material's field has been filled in"),
            ),
            Outside::Map => (
                Text::new("规则中不能使用映射", "maps are not part of the rule language"),
                Text::new("用列表或选项", "use a list or a choice"),
            ),
            Outside::Struct => (
                Text::new("规则中不能使用结构", "structs are not part of the rule language"),
                Text::new("用声明过的情形", "use declared facts"),
            ),
            Outside::Index => (
                Text::new("列表不能按序号取项", "a list has no index in rules: its order means nothing"),
                Text::new("用 all、exists、filter 等逐项判断", "look into it with all, exists, filter and the like"),
            ),
            Outside::Other => (
                Text::new("无法理解的表达式", "not an expression of the rule language"),
                Text::new("规则语言见 rules 模块的说明", "the rule language is described with the module `rules`"),
            ),
        }
    }
}

/// A type's name in messages.
pub(super) fn called(ty: &Type) -> String {
    match ty {
        Type::List(of) => format!("list of {}", called(of)),
        other => other.name().to_owned(),
    }
}
