//! Rule text → typed rule. The text is CEL; the parser is the `cel` crate's. Names are resolved against a [`Scope`],
//! types are checked, and whatever lies outside the subset is refused at its place, so that nothing can go wrong with a
//! published rule but a missing answer or a [`super::Fault`].

use super::expr::{Comparison, Expr, Function, Macro, Operator, Rule, Scope};
use super::value::{Type, Value, read_date};
use crate::words::Text;
use cel::IdedExpr;
use cel::common::ast::{CallExpr, Expr as Cel, LiteralValue, SourceInfo, operators};
use std::ops::Range;

/// The longest rule text, in bytes.
pub const LONGEST: usize = 4000;
/// The deepest nesting of a typed rule: bounds the stack that evaluating it needs, in the browser too.
pub const DEEPEST: usize = 64;
/// How deep macros may nest: with lists of at most 500 entries this bounds the time that evaluating takes.
pub const MACROS_DEEPEST: usize = 2;
/// Stack of the thread that parses: the parser recurses, and its text may be hostile.
const PARSER_STACK: usize = 64 * 1024 * 1024;

/// Why a text is not a rule, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .message.en)]
pub struct Refused {
    /// Bytes of the text.
    pub at: Range<usize>,
    pub message: Text,
}

/// Parses and types `text`; any type will do.
pub fn parse(text: &str, scope: &Scope) -> Result<(Rule, Type), Refused> {
    if text.len() > LONGEST {
        let message = Text::new(format!("规则不能超过 {LONGEST} 字节"), format!("a rule may have at most {LONGEST} bytes"));
        return Err(Refused { at: 0..0, message });
    }
    let (tree, places) = parse_cel(text)?;
    let author = Author { scope, places: Places::new(text, places) };
    let typed = author.typed(&tree, None, Depth::default())?;
    Ok((Rule { text: text.to_owned(), expr: typed.expr }, typed.ty))
}

/// Parses and types a condition: its value must be a bool.
pub fn condition(text: &str, scope: &Scope) -> Result<Rule, Refused> {
    let (rule, ty) = parse(text, scope)?;
    if ty == Type::Bool {
        Ok(rule)
    } else {
        let message = Text::new(
            format!("条件的值应为 bool,这里是 {}", ty.name()),
            format!("a condition must be a bool; this is a {}", ty.name()),
        );
        Err(Refused { at: 0..text.len(), message })
    }
}

/// The parser runs on a thread of its own: a deep text cannot overflow our stack, and a panic in it is a refusal.
fn parse_cel(text: &str) -> Result<(IdedExpr, SourceInfo), Refused> {
    let whole = 0..text.len();
    let unreadable = |reason: String| Refused {
        at: whole.clone(),
        message: Text::new(format!("无法解析:{reason}"), format!("cannot be parsed: {reason}")),
    };
    let owned = text.to_owned();
    // Without the standard macros, `all`, `exists` … stay calls: they are typed here, not expanded.
    let parsed = std::thread::Builder::new()
        .stack_size(PARSER_STACK)
        .spawn(move || cel::Env::default().parser().parse_with_source_info(&owned))
        .map_err(|e| unreadable(e.to_string()))?
        .join();
    match parsed {
        Err(_) => Err(unreadable("not an expression".to_owned())),
        Ok(Ok(parsed)) => Ok(parsed),
        Ok(Err(errors)) => {
            let Some(first) = errors.errors.first() else { return Err(unreadable("not an expression".to_owned())) };
            let at = place(text, first.pos);
            let message = Text::new(format!("语法错误:{}", first.msg), format!("syntax error: {}", first.msg));
            Err(Refused { at, message })
        }
    }
}

/// The byte of a parser's line (1-based) and column (0- or 1-based characters).
fn place(text: &str, (line, column): (isize, isize)) -> Range<usize> {
    let line = usize::try_from(line - 1).unwrap_or(0);
    let column = usize::try_from(column - 1).unwrap_or(0);
    let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
    let within = text.get(start..).and_then(|rest| rest.char_indices().nth(column)).map_or(text.len() - start.min(text.len()), |(at, _)| at);
    let at = (start + within).min(text.len());
    at..text.get(at..).and_then(|rest| rest.chars().next()).map_or(at, |c| at + c.len_utf8())
}

/// Where each node of the tree stands in the text. The parser counts characters; we count bytes.
struct Places {
    info: SourceInfo,
    bytes: Vec<usize>,
}

impl Places {
    fn new(text: &str, info: SourceInfo) -> Places {
        let bytes = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        Places { info, bytes }
    }
    fn of(&self, node: &IdedExpr) -> Range<usize> {
        let byte = |at: u32| self.bytes.get(at as usize).or(self.bytes.last()).copied().unwrap_or(0);
        let (start, stop) = self.info.offset_for(node.id).unwrap_or((0, 0));
        byte(start)..byte(stop.saturating_add(1)).max(byte(start))
    }
}

struct Typed {
    expr: Expr,
    ty: Type,
}

#[derive(Clone, Copy, Default)]
struct Depth {
    nodes: usize,
    macros: usize,
}

struct Variable<'a> {
    name: &'a str,
    ty: Type,
    outer: Option<&'a Variable<'a>>,
}

impl Variable<'_> {
    fn find<'v>(mut variable: Option<&'v Variable<'v>>, name: &str) -> Option<&'v Type> {
        while let Some(v) = variable {
            if v.name == name {
                return Some(&v.ty);
            }
            variable = v.outer;
        }
        None
    }
}

struct Author<'a> {
    scope: &'a Scope,
    places: Places,
}

impl Author<'_> {
    fn refuse<T>(&self, node: &IdedExpr, zh: impl Into<String>, en: impl Into<String>) -> Result<T, Refused> {
        Err(Refused { at: self.places.of(node), message: Text::new(zh, en) })
    }

    fn typed(&self, node: &IdedExpr, local: Option<&Variable>, depth: Depth) -> Result<Typed, Refused> {
        if depth.nodes >= DEEPEST {
            return self.refuse(node, format!("嵌套超过 {DEEPEST} 层"), format!("nested deeper than {DEEPEST} levels"));
        }
        let depth = Depth { nodes: depth.nodes + 1, ..depth };
        match &node.expr {
            Cel::Literal(literal) => self.literal(node, literal),
            Cel::Ident(_) | Cel::Select(_) => self.name(node, local, depth),
            Cel::List(list) => self.list(node, &list.elements, local, depth),
            Cel::Call(call) => self.call(node, call, local, depth),
            Cel::Map(_) | Cel::Struct(_) => self.refuse(node, "规则中不能使用映射或结构", "maps and structs are not part of the rule language"),
            Cel::Comprehension(_) | Cel::Unspecified => self.refuse(node, "无法理解的表达式", "not an expression of the rule language"),
        }
    }

    fn literal(&self, node: &IdedExpr, literal: &LiteralValue) -> Result<Typed, Refused> {
        let (value, ty) = match literal {
            LiteralValue::Boolean(b) => (Value::Bool(*b.inner()), Type::Bool),
            LiteralValue::Int(n) => (Value::Int(*n.inner()), Type::Int),
            LiteralValue::String(s) => (Value::Text(s.inner().to_owned()), Type::Text),
            LiteralValue::Double(_) => {
                return self.refuse(node, "规则中没有小数,金额请写 yuan(…)", "there are no decimals in rules; write money as yuan(…)");
            }
            LiteralValue::UInt(_) | LiteralValue::Bytes(_) | LiteralValue::Null => {
                return self.refuse(node, "规则中没有这种字面量", "this kind of literal is not part of the rule language");
            }
        };
        Ok(Typed { expr: Expr::Literal(value), ty })
    }

    /// A fact, a field of a material, `today`, a macro's variable, or a field of one.
    fn name(&self, node: &IdedExpr, local: Option<&Variable>, depth: Depth) -> Result<Typed, Refused> {
        if let Cel::Ident(name) = &node.expr {
            if let Some(ty) = Variable::find(local, name) {
                return Ok(Typed { expr: Expr::Local(name.clone()), ty: ty.clone() });
            }
            if name == "today" {
                return Ok(Typed { expr: Expr::Today, ty: Type::Date });
            }
        }
        let path = path(node, local);
        if let Some((path, ty)) = path.as_ref().and_then(|p| self.scope.get_key_value(p.as_str())) {
            return Ok(Typed { expr: Expr::Fact(path.clone()), ty: ty.clone() });
        }
        if let Cel::Select(select) = &node.expr {
            // Below a record of the scope or of a macro's variable; else the whole path is unknown.
            let root = path.as_deref().map(|p| self.scope.keys().any(|k| p.starts_with(&format!("{k}."))));
            if root != Some(false) {
                let of = self.typed(&select.operand, local, depth)?;
                return match &of.ty {
                    Type::Record(fields) => match fields.get(&select.field) {
                        Some(ty) => Ok(Typed { expr: Expr::Field(Box::new(of.expr), select.field.clone()), ty: ty.clone() }),
                        None => self.refuse(node, format!("没有字段“{}”", select.field), format!("there is no field `{}`", select.field)),
                    },
                    other => self.refuse(
                        node,
                        format!("{} 没有字段", other.name()),
                        format!("a {} has no fields", other.name()),
                    ),
                };
            }
        }
        let name = path.unwrap_or_default();
        match nearest(&name, self.scope.keys()) {
            Some(near) => self.refuse(
                node,
                format!("没有声明“{name}”,是不是“{near}”?"),
                format!("`{name}` is not declared; did you mean `{near}`?"),
            ),
            None => self.refuse(node, format!("没有声明“{name}”"), format!("`{name}` is not declared")),
        }
    }

    fn list(&self, node: &IdedExpr, elements: &[IdedExpr], local: Option<&Variable>, depth: Depth) -> Result<Typed, Refused> {
        let mut of: Option<Type> = None;
        let mut entries = Vec::new();
        for element in elements {
            let typed = self.typed(element, local, depth)?;
            match &of {
                None => of = Some(plain(&typed.ty)),
                Some(ty) if *ty == plain(&typed.ty) => {}
                Some(ty) => {
                    return self.refuse(
                        element,
                        format!("列表各项类型要一致:{} 与 {}", ty.name(), typed.ty.name()),
                        format!("the entries of a list have one type: {} and {}", ty.name(), typed.ty.name()),
                    );
                }
            }
            entries.push(typed.expr);
        }
        match of {
            Some(of) => Ok(Typed { expr: Expr::List(entries), ty: Type::List(Box::new(of)) }),
            None => self.refuse(node, "空列表没有类型", "an empty list has no type"),
        }
    }

    fn call(&self, node: &IdedExpr, call: &CallExpr, local: Option<&Variable>, depth: Depth) -> Result<Typed, Refused> {
        let name = call.func_name.as_str();
        if let Some(target) = &call.target {
            if let Some(each) = each(name) {
                return self.each(node, each, target, &call.args, local, depth);
            }
            let mut arguments = vec![target.as_ref()];
            arguments.extend(&call.args);
            return match name {
                "size" | "sum" | "startsWith" | "endsWith" | "contains" | "matches" => self.function(node, name, &arguments, local, depth),
                _ => self.refuse(node, format!("没有方法“{name}”"), format!("there is no method `{name}`")),
            };
        }
        let arguments: Vec<&IdedExpr> = call.args.iter().collect();
        let comparison = |c| self.comparison(node, c, &arguments, local, depth);
        let arithmetic = |o| self.arithmetic(node, o, &arguments, local, depth);
        let logic = |make: fn(Box<Expr>, Box<Expr>) -> Expr| {
            let [a, b] = self.bools(&arguments, local, depth)?;
            Ok(Typed { expr: make(Box::new(a), Box::new(b)), ty: Type::Bool })
        };
        match name {
            operators::LOGICAL_AND => logic(Expr::And),
            operators::LOGICAL_OR => logic(Expr::Or),
            operators::LOGICAL_NOT => {
                let [a] = self.bools(&arguments, local, depth)?;
                Ok(Typed { expr: Expr::Not(Box::new(a)), ty: Type::Bool })
            }
            operators::CONDITIONAL => self.conditional(node, &arguments, local, depth),
            operators::EQUALS => comparison(Comparison::Equal),
            operators::NOT_EQUALS => comparison(Comparison::NotEqual),
            operators::LESS => comparison(Comparison::Less),
            operators::LESS_EQUALS => comparison(Comparison::AtMost),
            operators::GREATER => comparison(Comparison::Greater),
            operators::GREATER_EQUALS => comparison(Comparison::AtLeast),
            operators::ADD => arithmetic(Operator::Add),
            operators::SUBSTRACT => arithmetic(Operator::Subtract),
            operators::MULTIPLY => arithmetic(Operator::Multiply),
            operators::DIVIDE => arithmetic(Operator::Divide),
            operators::MODULO => arithmetic(Operator::Remainder),
            operators::NEGATE => {
                let [a] = self.arguments(node, &arguments, local, depth)?;
                match a.ty {
                    Type::Int | Type::Money => Ok(Typed { expr: Expr::Negate(Box::new(a.expr)), ty: a.ty }),
                    _ => self.refuse(node, format!("{} 不能取负", a.ty.name()), format!("a {} cannot be negated", a.ty.name())),
                }
            }
            operators::IN => self.within(node, &arguments, local, depth),
            operators::HAS => self.has(node, &arguments, local, depth),
            _ => self.function(node, name, &arguments, local, depth),
        }
    }

    /// Exactly `N` arguments, typed.
    fn arguments<const N: usize>(
        &self,
        node: &IdedExpr,
        given: &[&IdedExpr],
        local: Option<&Variable>,
        depth: Depth,
    ) -> Result<[Typed; N], Refused> {
        let typed = given.iter().map(|a| self.typed(a, local, depth)).collect::<Result<Vec<_>, _>>()?;
        let found = typed.len();
        match <[Typed; N]>::try_from(typed) {
            Ok(typed) => Ok(typed),
            Err(_) => self.refuse(node, format!("应有 {N} 个参数,这里有 {found} 个"), format!("{N} argument(s) expected, {found} given")),
        }
    }

    fn bools<const N: usize>(&self, given: &[&IdedExpr], local: Option<&Variable>, depth: Depth) -> Result<[Expr; N], Refused> {
        let mut bools = Vec::new();
        for node in given {
            let typed = self.typed(node, local, depth)?;
            if typed.ty != Type::Bool {
                return self.mismatch(node, "bool", &typed.ty);
            }
            bools.push(typed.expr);
        }
        <[Expr; N]>::try_from(bools).or_else(|_| match given.first() {
            Some(node) => self.refuse(node, "运算符的操作数不全", "an operand is missing"),
            None => Err(Refused { at: 0..0, message: Text::new("运算符的操作数不全", "an operand is missing") }),
        })
    }

    fn mismatch<T>(&self, node: &IdedExpr, expected: &str, found: &Type) -> Result<T, Refused> {
        let found = found.name();
        self.refuse(node, format!("应为 {expected},这里是 {found}"), format!("expected {expected}, found {found}"))
    }

    fn conditional(&self, node: &IdedExpr, given: &[&IdedExpr], local: Option<&Variable>, depth: Depth) -> Result<Typed, Refused> {
        let [condition, yes, no] = self.arguments(node, given, local, depth)?;
        if condition.ty != Type::Bool {
            return self.mismatch(given.first().unwrap_or(&node), "bool", &condition.ty);
        }
        if plain(&yes.ty) != plain(&no.ty) {
            return self.refuse(
                node,
                format!("两个分支的类型不同:{} 与 {}", yes.ty.name(), no.ty.name()),
                format!("the branches differ: {} and {}", yes.ty.name(), no.ty.name()),
            );
        }
        let ty = if yes.ty == no.ty { yes.ty } else { plain(&yes.ty) };
        Ok(Typed { expr: Expr::If(Box::new(condition.expr), Box::new(yes.expr), Box::new(no.expr)), ty })
    }

    fn comparison(
        &self,
        node: &IdedExpr,
        comparison: Comparison,
        given: &[&IdedExpr],
        local: Option<&Variable>,
        depth: Depth,
    ) -> Result<Typed, Refused> {
        let [a, b] = self.arguments(node, given, local, depth)?;
        let (zh, en) = match (&a.ty, &b.ty) {
            (Type::Money, Type::Int) | (Type::Int, Type::Money) => (";金额请写 yuan(…)", "; write money as yuan(…)"),
            (Type::Date, Type::Text) | (Type::Text, Type::Date) => (";日期请写 date(\"2026-01-01\")", "; write a date as date(\"2026-01-01\")"),
            _ => ("", ""),
        };
        if plain(&a.ty) != plain(&b.ty) {
            return self.refuse(
                node,
                format!("不能比较 {} 与 {}{zh}", a.ty.name(), b.ty.name()),
                format!("a {} cannot be compared with a {}{en}", a.ty.name(), b.ty.name()),
            );
        }
        let equality = matches!(comparison, Comparison::Equal | Comparison::NotEqual);
        let comparable = match plain(&a.ty) {
            Type::Bool | Type::Int | Type::Text | Type::Date | Type::Money => true,
            Type::List(of) => equality && !matches!(*of, Type::Record(_) | Type::List(_)),
            Type::Choice(_) | Type::Record(_) | Type::Period => false,
        };
        if !comparable || (!equality && matches!((&a.ty, &b.ty), (Type::Choice(_), _) | (_, Type::Choice(_)))) {
            return self.refuse(node, format!("{} 不能这样比较", a.ty.name()), format!("values of type {} cannot be compared this way", a.ty.name()));
        }
        for (choice, other) in [(&a, 1), (&b, 0)] {
            let literal = if other == 1 { &b.expr } else { &a.expr };
            self.option(given.get(other).unwrap_or(&node), &choice.ty, literal)?;
        }
        Ok(Typed { expr: Expr::Compare(comparison, Box::new(a.expr), Box::new(b.expr)), ty: Type::Bool })
    }

    /// A literal beside a choice must be one of its options: a mistyped one would never hold.
    fn option(&self, node: &IdedExpr, choice: &Type, literal: &Expr) -> Result<(), Refused> {
        let (Type::Choice(options), Expr::Literal(Value::Text(text))) = (choice, literal) else { return Ok(()) };
        if options.contains(text) {
            return Ok(());
        }
        let all = options.join(", ");
        self.refuse(node, format!("“{text}”不是选项之一:{all}"), format!("`{text}` is none of the options: {all}"))
    }

    fn within(&self, node: &IdedExpr, given: &[&IdedExpr], local: Option<&Variable>, depth: Depth) -> Result<Typed, Refused> {
        let [a, list] = self.arguments(node, given, local, depth)?;
        match &list.ty {
            Type::List(of) if plain(of) == plain(&a.ty) && !matches!(**of, Type::Record(_)) => {
                if let Expr::List(entries) = &list.expr {
                    for entry in entries {
                        self.option(node, &a.ty, entry)?;
                    }
                }
                Ok(Typed { expr: Expr::In(Box::new(a.expr), Box::new(list.expr)), ty: Type::Bool })
            }
            other => self.refuse(
                node,
                format!("in 的右边应是 {} 的列表,这里是 {}", a.ty.name(), other.name()),
                format!("`in` needs a list of {} on its right, found {}", a.ty.name(), other.name()),
            ),
        }
    }

    fn has(&self, node: &IdedExpr, given: &[&IdedExpr], local: Option<&Variable>, depth: Depth) -> Result<Typed, Refused> {
        match given {
            [of] if matches!(of.expr, Cel::Select(_)) => {
                let of = self.typed(of, local, depth)?;
                Ok(Typed { expr: Expr::Has(Box::new(of.expr)), ty: Type::Bool })
            }
            _ => self.refuse(node, "has() 里要写字段,如 has(materials.x.number)", "has() takes a field, such as has(materials.x.number)"),
        }
    }

    fn arithmetic(
        &self,
        node: &IdedExpr,
        operator: Operator,
        given: &[&IdedExpr],
        local: Option<&Variable>,
        depth: Depth,
    ) -> Result<Typed, Refused> {
        use Operator::{Add, Divide, Multiply, Subtract};
        let [a, b] = self.arguments(node, given, local, depth)?;
        let ty = match (operator, &a.ty, &b.ty) {
            (_, Type::Int, Type::Int) => Type::Int,
            (Add | Subtract, Type::Money, Type::Money) | (Multiply | Divide, Type::Money, Type::Int) | (Multiply, Type::Int, Type::Money) => {
                Type::Money
            }
            (Add | Subtract, Type::Date, Type::Period) | (Add, Type::Period, Type::Date) => Type::Date,
            (Add, Type::Text, Type::Text) => Type::Text,
            (Add, Type::List(x), Type::List(y)) if x == y => a.ty.clone(),
            (_, a, b) => {
                return self.refuse(
                    node,
                    format!("{} 与 {} 不能这样运算", a.name(), b.name()),
                    format!("a {} and a {} cannot be combined this way", a.name(), b.name()),
                );
            }
        };
        Ok(Typed { expr: Expr::Arithmetic(operator, Box::new(a.expr), Box::new(b.expr)), ty })
    }

    fn each(
        &self,
        node: &IdedExpr,
        each: Macro,
        list: &IdedExpr,
        given: &[IdedExpr],
        local: Option<&Variable>,
        depth: Depth,
    ) -> Result<Typed, Refused> {
        if depth.macros >= MACROS_DEEPEST {
            return self.refuse(node, format!("宏嵌套不能超过 {MACROS_DEEPEST} 层"), format!("macros may nest {MACROS_DEEPEST} deep"));
        }
        let [variable, body] = given else {
            return self.refuse(node, "应写成 list.all(v, 条件)", "write list.all(v, condition)");
        };
        let Cel::Ident(name) = &variable.expr else {
            return self.refuse(variable, "第一个参数应是变量名", "the first argument must be a name");
        };
        let taken = self.scope.keys().any(|k| k.split('.').next() == Some(name)) || name == "today";
        if taken || Variable::find(local, name).is_some() {
            return self.refuse(variable, format!("变量名“{name}”已被使用"), format!("the name `{name}` is taken"));
        }
        let typed = self.typed(list, local, depth)?;
        let Type::List(of) = &typed.ty else { return self.mismatch(list, "list", &typed.ty) };
        let inner = Variable { name, ty: (**of).clone(), outer: local };
        let body_typed = self.typed(body, Some(&inner), Depth { macros: depth.macros + 1, ..depth })?;
        let ty = match each {
            Macro::Map => Type::List(Box::new(body_typed.ty.clone())),
            _ if body_typed.ty != Type::Bool => return self.mismatch(body, "bool", &body_typed.ty),
            Macro::Filter => typed.ty.clone(),
            Macro::All | Macro::Exists | Macro::ExistsOne => Type::Bool,
        };
        let expr = Expr::Each { each, list: Box::new(typed.expr), variable: name.clone(), body: Box::new(body_typed.expr) };
        Ok(Typed { expr, ty })
    }

    fn function(&self, node: &IdedExpr, name: &str, given: &[&IdedExpr], local: Option<&Variable>, depth: Depth) -> Result<Typed, Refused> {
        let one = |function, takes: Type, ty| {
            let [a] = self.arguments(node, given, local, depth)?;
            if a.ty != takes {
                return self.mismatch(given.first().unwrap_or(&node), takes.name(), &a.ty);
            }
            Ok(Typed { expr: Expr::Call(function, vec![a.expr]), ty })
        };
        match name {
            "yuan" => one(Function::Yuan, Type::Int, Type::Money),
            "years" => one(Function::Years, Type::Int, Type::Period),
            "months" => one(Function::Months, Type::Int, Type::Period),
            "days" => one(Function::Days, Type::Int, Type::Period),
            "working_days" => one(Function::WorkingDays, Type::Int, Type::Period),
            "date" => self.date(node, given),
            "age_on" => {
                let [birth, day] = self.arguments(node, given, local, depth)?;
                for (at, typed) in [&birth, &day].into_iter().enumerate() {
                    if typed.ty != Type::Date {
                        return self.mismatch(given.get(at).unwrap_or(&node), "date", &typed.ty);
                    }
                }
                Ok(Typed { expr: Expr::Call(Function::AgeOn, vec![birth.expr, day.expr]), ty: Type::Int })
            }
            "size" => {
                let [a] = self.arguments(node, given, local, depth)?;
                match a.ty {
                    Type::Text | Type::List(_) => Ok(Typed { expr: Expr::Call(Function::Size, vec![a.expr]), ty: Type::Int }),
                    other => self.mismatch(node, "string or list", &other),
                }
            }
            "sum" => {
                let [a] = self.arguments(node, given, local, depth)?;
                let (function, ty) = match &a.ty {
                    Type::List(of) if **of == Type::Int => (Function::Sum, Type::Int),
                    Type::List(of) if **of == Type::Money => (Function::SumMoney, Type::Money),
                    other => return self.mismatch(node, "list of int or money", other),
                };
                Ok(Typed { expr: Expr::Call(function, vec![a.expr]), ty })
            }
            "startsWith" => self.text_function(node, Function::StartsWith, given, local, depth),
            "endsWith" => self.text_function(node, Function::EndsWith, given, local, depth),
            "contains" => self.text_function(node, Function::Contains, given, local, depth),
            "matches" => self.text_function(node, Function::Matches, given, local, depth),
            _ if each(name).is_some() => self.refuse(node, "应写成 list.all(v, 条件)", "write list.all(v, condition)"),
            _ => self.refuse(node, format!("没有函数“{name}”"), format!("there is no function `{name}`")),
        }
    }

    fn date(&self, node: &IdedExpr, given: &[&IdedExpr]) -> Result<Typed, Refused> {
        let [only] = given else {
            return self.refuse(node, "date() 只有一个参数", "date() takes one argument");
        };
        let date = match &only.expr {
            Cel::Literal(LiteralValue::String(text)) => read_date(text.inner()),
            _ => None,
        };
        match date {
            Some(date) => Ok(Typed { expr: Expr::Literal(Value::Date(date)), ty: Type::Date }),
            None => self.refuse(only, "应写成 date(\"2026-01-01\")", "write date(\"2026-01-01\")"),
        }
    }

    fn text_function(
        &self,
        node: &IdedExpr,
        function: Function,
        given: &[&IdedExpr],
        local: Option<&Variable>,
        depth: Depth,
    ) -> Result<Typed, Refused> {
        let [text, part] = self.arguments(node, given, local, depth)?;
        for (at, typed) in [&text, &part].into_iter().enumerate() {
            if typed.ty != Type::Text {
                return self.mismatch(given.get(at).unwrap_or(&node), "string", &typed.ty);
            }
        }
        if function == Function::Matches {
            let pattern = given.get(1).unwrap_or(&node);
            match &part.expr {
                Expr::Literal(Value::Text(text)) => {
                    if let Err(e) = regex_lite::Regex::new(text) {
                        return self.refuse(pattern, format!("正则表达式不对:{e}"), format!("not a regular expression: {e}"));
                    }
                }
                _ => return self.refuse(pattern, "正则表达式应是字面量", "the pattern must be a literal"),
            }
        }
        Ok(Typed { expr: Expr::Call(function, vec![text.expr, part.expr]), ty: Type::Bool })
    }
}

fn each(name: &str) -> Option<Macro> {
    Some(match name {
        operators::ALL => Macro::All,
        operators::EXISTS => Macro::Exists,
        operators::EXISTS_ONE | "existsOne" => Macro::ExistsOne,
        operators::FILTER => Macro::Filter,
        operators::MAP => Macro::Map,
        _ => return None,
    })
}

/// A choice is text wherever it is not declared.
fn plain(ty: &Type) -> Type {
    match ty {
        Type::Choice(_) => Type::Text,
        Type::List(of) => Type::List(Box::new(plain(of))),
        other => other.clone(),
    }
}

/// `a.b.c` as one path, unless it begins with a macro's variable.
fn path(node: &IdedExpr, local: Option<&Variable>) -> Option<String> {
    match &node.expr {
        Cel::Ident(name) if Variable::find(local, name).is_none() => Some(name.clone()),
        Cel::Select(select) if !select.test => Some(format!("{}.{}", path(&select.operand, local)?, select.field)),
        _ => None,
    }
}

/// The declared name that is most like `name`, if any is close.
fn nearest<'a>(name: &str, declared: impl Iterator<Item = &'a String>) -> Option<&'a str> {
    let close = |other: &&String| distance(name, other) <= 2;
    declared.filter(close).min_by_key(|other| distance(name, other)).map(String::as_str)
}

/// Levenshtein distance.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut before = i;
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let swap = before + usize::from(x != *y);
            before = row[j + 1];
            row[j + 1] = swap.min(before + 1).min(row[j] + 1);
        }
    }
    row.last().copied().unwrap_or(0)
}
