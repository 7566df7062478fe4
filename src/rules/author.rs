//! Rule text → typed rule. The text is CEL; the parser is the `cel` crate's. Names are resolved against a [`Scope`],
//! types are checked, and whatever lies outside the subset is refused at its place, so that nothing can go wrong with a
//! published rule but a missing answer or a [`super::Fault`].

mod cost;
mod refused;
mod scope;

use super::evaluate::pattern;
use super::expr::{Comparison, Expr, Function, Macro, Operator, Rule};
use super::value::{Type, Value, read_date};
use crate::words::nearest;
use cel::IdedExpr;
use cel::common::ast::{CallExpr, Expr as Cel, LiteralValue, SourceInfo, operators};
use refused::{Outside, Why};
use scope::Derived;
use std::cell::Cell;
use std::ops::Range;

pub use refused::Refused;
pub use scope::Scope;

/// The longest rule text, in bytes.
pub const LONGEST: usize = 4000;
/// The deepest nesting of a typed rule, derived names included. It bounds the stack that evaluating needs, in the browser
/// too, and stays within what a JSON reader takes (128 levels, of which a typed node is two).
pub const DEEPEST: usize = 48;
/// The most nodes of a typed rule: names that stand for names that stand for names grow quickly.
pub const LARGEST: usize = 2000;
/// Stack of the thread that parses: the parser recurses, and its text may be hostile.
const PARSER_STACK: usize = 64 * 1024 * 1024;

/// Parses and types `text`; any type will do.
pub fn parse(text: &str, scope: &Scope) -> Result<(Rule, Type), Refused> {
    let (tree, places) = parse_cel(text)?;
    let Typed { expr, ty } = typed(text, &tree, places, scope)?;
    Ok((Rule { text: text.to_owned(), expr }, ty))
}

/// Parses and types a condition: its value must be a bool.
pub fn condition(text: &str, scope: &Scope) -> Result<Rule, Refused> {
    let (rule, ty) = parse(text, scope)?;
    if ty == Type::Bool { Ok(rule) } else { Err(Why::Condition(ty).at(0..text.len())) }
}

fn typed(text: &str, tree: &IdedExpr, places: Places, scope: &Scope) -> Result<Typed, Refused> {
    let typed = Author { scope, places, nodes: Cell::new(0) }.typed(tree, None, 0)?;
    if cost::bearable(&typed.expr, scope) { Ok(typed) } else { Err(Why::TooSlow.at(0..text.len())) }
}

/// Compiles derived names (name, text) into `scope`, in whatever order they need each other. Answers in the order given.
pub fn derive(entries: &[(String, String)], scope: &mut Scope) -> Vec<Result<Rule, Refused>> {
    let parsed: Vec<_> = entries.iter().map(|(_, text)| parse_cel(text)).collect();
    // Which entries each of them names, and where.
    let uses: Vec<Vec<(usize, Range<usize>)>> = parsed
        .iter()
        .map(|parsed| {
            let Ok((tree, places)) = parsed else { return vec![] };
            let entry = |(name, node)| Some((entries.iter().position(|(n, _)| n == name)?, places.of(node)));
            names(tree).into_iter().filter_map(entry).collect()
        })
        .collect();
    let mut answers: Vec<Option<Result<Rule, Refused>>> = entries.iter().map(|_| None).collect();
    let mut parsed: Vec<_> = parsed.into_iter().map(Some).collect();
    loop {
        let ready = (0..entries.len()).find(|at| answers[*at].is_none() && uses[*at].iter().all(|(used, _)| answers[*used].is_some()));
        let Some(at) = ready else { break };
        let (name, text) = &entries[at];
        let answer = match parsed[at].take() {
            Some(Ok((tree, places))) => typed(text, &tree, places, scope),
            Some(Err(refused)) => Err(refused),
            None => break,
        };
        answers[at] = Some(answer.map(|Typed { expr, ty }| {
            let (nodes, depth) = expr.extent();
            scope.derive(name.clone(), Some(Derived { expr: expr.clone(), ty, nodes, depth }));
            Rule { text: text.clone(), expr }
        }));
        if let Some(Err(_)) = answers[at] {
            scope.derive(name.clone(), None);
        }
    }
    // What is left stands in a circle, or rests on one.
    let left: Vec<bool> = answers.iter().map(Option::is_none).collect();
    let refused = |at: usize| {
        let next = |at: usize| uses[at].iter().find(|(used, _)| left[*used]);
        let mut way = vec![at];
        while let Some((used, _)) = way.last().and_then(|last| next(*last)) {
            let met = way.contains(used);
            way.push(*used);
            if met {
                break;
            }
        }
        let place = next(at).map_or(0..0, |(_, place)| place.clone());
        let name = |at: &usize| entries[*at].0.clone();
        let why = if way.last() == Some(&at) {
            Why::Circular(way.iter().map(name).collect())
        } else {
            Why::RestsOn(way.get(1).map(name).unwrap_or_default())
        };
        why.at(place)
    };
    let answers: Vec<_> = answers.into_iter().enumerate().map(|(at, answer)| answer.unwrap_or_else(|| Err(refused(at)))).collect();
    for ((name, _), _) in entries.iter().zip(&left).filter(|(_, left)| **left) {
        scope.derive(name.clone(), None);
    }
    answers
}

/// The names that a tree mentions. It may be deep: no recursion.
fn names(tree: &IdedExpr) -> Vec<(&String, &IdedExpr)> {
    let (mut open, mut found) = (vec![tree], vec![]);
    while let Some(node) = open.pop() {
        match &node.expr {
            Cel::Ident(name) => found.push((name, node)),
            Cel::Select(select) => open.push(&select.operand),
            Cel::List(list) => open.extend(&list.elements),
            Cel::Call(call) => {
                open.extend(call.args.iter().rev());
                open.extend(call.target.as_deref());
            }
            _ => {}
        }
    }
    found
}

/// The parser runs on a thread of its own: a deep text cannot overflow our stack, and a panic in it is a refusal.
fn parse_cel(text: &str) -> Result<(IdedExpr, Places), Refused> {
    if text.len() > LONGEST {
        return Err(Why::TooLong.at(0..0));
    }
    let unreadable = |reason: &str| Why::Syntax(reason.to_owned()).at(0..text.len());
    let owned = text.to_owned();
    // Without the standard macros, `all`, `exists` … stay calls: they are typed here, not expanded.
    let parsed = std::thread::Builder::new()
        .stack_size(PARSER_STACK)
        .spawn(move || cel::Env::default().parser().parse_with_source_info(&owned))
        .map_err(|e| unreadable(&e.to_string()))?
        .join();
    match parsed {
        Err(_) => Err(unreadable("not an expression")),
        Ok(Ok((tree, info))) => Ok((tree, Places::new(text, info))),
        Ok(Err(errors)) => match errors.errors.first() {
            Some(first) => Err(Why::Syntax(first.msg.clone()).at(place(text, first.pos))),
            None => Err(unreadable("not an expression")),
        },
    }
}

/// The byte of a parser's line (1-based) and column (0- or 1-based characters).
fn place(text: &str, (line, column): (isize, isize)) -> Range<usize> {
    let line = usize::try_from(line - 1).unwrap_or(0);
    let column = usize::try_from(column - 1).unwrap_or(0);
    let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
    let within =
        text.get(start..).and_then(|rest| rest.char_indices().nth(column)).map_or(text.len() - start.min(text.len()), |(at, _)| at);
    let at = (start + within).min(text.len());
    at..text.get(at..).and_then(|rest| rest.chars().next()).map_or(at, |c| at + c.len_utf8())
}

/// Where each node of the tree stands in the text, in bytes.
struct Places {
    info: SourceInfo,
    text: String,
}

impl Places {
    fn new(text: &str, info: SourceInfo) -> Places {
        Places { info, text: text.to_owned() }
    }
    fn of(&self, node: &IdedExpr) -> Range<usize> {
        // Whatever the parser says, the range lies within the text and between characters.
        let byte = |at: u32| (0..=(at as usize).min(self.text.len())).rev().find(|at| self.text.is_char_boundary(*at)).unwrap_or(0);
        let (start, stop) = self.info.offset_for(node.id).unwrap_or((0, 0));
        byte(start)..byte(stop.saturating_add(1)).max(byte(start))
    }
}

struct Typed {
    expr: Expr,
    ty: Type,
}

/// A macro's variable, innermost first.
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

/// How a function may be written: `f(x)`, `x.f()`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Function,
    Method,
    Both,
}

struct Signature {
    name: &'static str,
    form: Form,
    function: Function,
    takes: &'static [Type],
    gives: Type,
}

/// The functions whose types do not depend on what they are given; `date`, `size` and `sum` are typed apart.
const FUNCTIONS: &[Signature] = {
    use Form::{Both, Method};
    const PERIOD: Signature =
        Signature { name: "days", form: Form::Function, function: Function::Days, takes: &[Type::Int], gives: Type::Period };
    const PART: Signature =
        Signature { name: "contains", form: Method, function: Function::Contains, takes: &[Type::Text, Type::Text], gives: Type::Bool };
    &[
        Signature { name: "years", function: Function::Years, ..PERIOD },
        Signature { name: "months", function: Function::Months, ..PERIOD },
        PERIOD,
        Signature { name: "working_days", function: Function::WorkingDays, ..PERIOD },
        Signature { name: "yuan", function: Function::Yuan, gives: Type::Money, ..PERIOD },
        Signature { name: "age_on", function: Function::AgeOn, takes: &[Type::Date, Type::Date], gives: Type::Int, ..PERIOD },
        Signature { name: "startsWith", function: Function::StartsWith, ..PART },
        Signature { name: "endsWith", function: Function::EndsWith, ..PART },
        PART,
        Signature { name: "matches", form: Both, function: Function::Matches, ..PART },
    ]
};
const MACROS: &[(&str, Macro)] = &[
    (operators::ALL, Macro::All),
    (operators::EXISTS, Macro::Exists),
    (operators::EXISTS_ONE, Macro::ExistsOne),
    ("existsOne", Macro::ExistsOne),
    (operators::FILTER, Macro::Filter),
    (operators::MAP, Macro::Map),
];

fn function_names() -> Vec<&'static str> {
    let apart = ["date", "size", "sum", "has"];
    FUNCTIONS.iter().map(|f| f.name).chain(apart).chain(MACROS.iter().map(|(name, _)| *name)).collect()
}

/// Units that a number's name may end with, and what takes that unit. The longest ending that fits counts.
const UNITS: &[(&str, &str)] =
    &[("working_days", "working_days"), ("days", "days"), ("months", "months"), ("years", "years"), ("yuan", "yuan"), ("fen", "")];

struct Author<'a> {
    scope: &'a Scope,
    places: Places,
    /// Nodes made so far.
    nodes: Cell<usize>,
}

type Local<'v> = Option<&'v Variable<'v>>;

impl Author<'_> {
    fn refuse<T>(&self, node: &IdedExpr, why: Why) -> Result<T, Refused> {
        Err(why.at(self.places.of(node)))
    }

    fn outside<T>(&self, node: &IdedExpr, part: Outside) -> Result<T, Refused> {
        self.refuse(node, Why::Outside(part))
    }

    /// Takes `nodes` more, of which the deepest lies `depth` levels down.
    fn grow(&self, node: &IdedExpr, nodes: usize, depth: usize) -> Result<(), Refused> {
        if depth > DEEPEST {
            return self.refuse(node, Why::TooDeep);
        }
        self.nodes.set(self.nodes.get() + nodes);
        if self.nodes.get() > LARGEST { self.refuse(node, Why::TooLarge) } else { Ok(()) }
    }

    fn typed(&self, node: &IdedExpr, local: Local, depth: usize) -> Result<Typed, Refused> {
        let depth = depth + 1;
        self.grow(node, 1, depth)?;
        match &node.expr {
            Cel::Literal(literal) => self.literal(node, literal),
            Cel::Ident(_) | Cel::Select(_) => self.name(node, local, depth),
            Cel::List(list) => self.list(node, &list.elements, local, depth),
            Cel::Call(call) => self.call(node, call, local, depth),
            Cel::Map(_) => self.outside(node, Outside::Map),
            Cel::Struct(_) => self.outside(node, Outside::Struct),
            Cel::Comprehension(_) | Cel::Unspecified => self.outside(node, Outside::Other),
        }
    }

    fn literal(&self, node: &IdedExpr, literal: &LiteralValue) -> Result<Typed, Refused> {
        let (value, ty) = match literal {
            LiteralValue::Boolean(b) => (Value::Bool(*b.inner()), Type::Bool),
            LiteralValue::Int(n) => (Value::Int(*n.inner()), Type::Int),
            LiteralValue::String(s) => (Value::Text(s.inner().to_owned()), Type::Text),
            LiteralValue::Double(_) => return self.outside(node, Outside::Decimal),
            LiteralValue::UInt(_) => return self.outside(node, Outside::Unsigned),
            LiteralValue::Bytes(_) => return self.outside(node, Outside::Bytes),
            LiteralValue::Null => return self.outside(node, Outside::Null),
        };
        Ok(Typed { expr: Expr::Literal(value), ty })
    }

    /// A fact, a field of a material, a derived name, `today`, a macro's variable, or a field of one.
    fn name(&self, node: &IdedExpr, local: Local, depth: usize) -> Result<Typed, Refused> {
        if let Cel::Ident(name) = &node.expr {
            if let Some(ty) = Variable::find(local, name) {
                return Ok(Typed { expr: Expr::Local(name.clone()), ty: ty.clone() });
            }
            if name == "today" {
                return Ok(Typed { expr: Expr::Today, ty: Type::Date });
            }
            match self.scope.derived(name) {
                Some(Some(derived)) => {
                    self.grow(node, derived.nodes, depth + derived.depth)?;
                    return Ok(Typed { expr: derived.expr.clone(), ty: derived.ty.clone() });
                }
                Some(None) => return self.refuse(node, Why::RestsOn(name.clone())),
                None => {}
            }
        }
        // The longest declared name wins, as CEL resolves namespaces.
        let path = path(node, local);
        if let Some(path) = &path
            && let Some(ty) = self.scope.get(path)
        {
            return Ok(Typed { expr: Expr::Fact(path.clone()), ty: ty.clone() });
        }
        if let Cel::Select(select) = &node.expr
            && !path.as_ref().is_some_and(|path| self.undeclared(path))
        {
            let of = self.typed(&select.operand, local, depth)?;
            let Type::Record(fields) = &of.ty else { return self.refuse(node, Why::Unfielded(of.ty)) };
            let Some(ty) = fields.get(&select.field) else {
                let near = nearest(&select.field, fields.keys().map(String::as_str)).map(str::to_owned);
                return self.refuse(node, Why::UnknownField { field: select.field.clone(), near });
            };
            return Ok(Typed { ty: ty.clone(), expr: Expr::Field(Box::new(of.expr), select.field.clone()) });
        }
        let name = path.unwrap_or_default();
        let near = nearest(&name, self.scope.names()).map(str::to_owned);
        self.refuse(node, Why::UnknownName { name, near })
    }

    /// Whether no declared name is a part of the path: then the whole of it is unknown.
    fn undeclared(&self, path: &str) -> bool {
        let parts = path.match_indices('.').map(|(at, _)| &path[..at]);
        !parts.into_iter().any(|part| part == "today" || self.scope.get(part).is_some() || self.scope.derived(part).is_some())
    }

    fn list(&self, node: &IdedExpr, elements: &[IdedExpr], local: Local, depth: usize) -> Result<Typed, Refused> {
        let mut of: Option<Type> = None;
        let mut entries = Vec::new();
        for element in elements {
            let typed = self.typed(element, local, depth)?;
            match &of {
                None => of = Some(plain(&typed.ty)),
                Some(ty) if *ty == plain(&typed.ty) => {}
                Some(ty) => return self.refuse(element, Why::MixedList(ty.clone(), typed.ty)),
            }
            entries.push(typed.expr);
        }
        match of {
            Some(of) => Ok(Typed { expr: Expr::List(entries), ty: Type::List(Box::new(of)) }),
            None => self.refuse(node, Why::EmptyList),
        }
    }

    fn call(&self, node: &IdedExpr, call: &CallExpr, local: Local, depth: usize) -> Result<Typed, Refused> {
        let name = call.func_name.as_str();
        let each = MACROS.iter().find(|(n, _)| *n == name).map(|(_, each)| *each);
        if let Some(target) = &call.target {
            if let Some(each) = each {
                return self.each(node, each, target, &call.args, local, depth);
            }
            let mut arguments = vec![target.as_ref()];
            arguments.extend(&call.args);
            return self.function(node, name, &arguments, Form::Method, local, depth);
        }
        let arguments: Vec<&IdedExpr> = call.args.iter().collect();
        let comparison = |c| self.comparison(node, c, &arguments, local, depth);
        let arithmetic = |o| self.arithmetic(node, o, &arguments, local, depth);
        let logic = |make: fn(Box<Expr>, Box<Expr>) -> Expr| {
            let [a, b] = self.bools(node, &arguments, local, depth)?;
            Ok(Typed { expr: make(Box::new(a), Box::new(b)), ty: Type::Bool })
        };
        match name {
            operators::LOGICAL_AND => logic(Expr::And),
            operators::LOGICAL_OR => logic(Expr::Or),
            operators::LOGICAL_NOT => {
                let [a] = self.bools(node, &arguments, local, depth)?;
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
                    other => self.refuse(node, Why::NotNegated(other)),
                }
            }
            operators::IN => self.within(node, &arguments, local, depth),
            operators::HAS => self.has(node, &arguments, local, depth),
            operators::INDEX | operators::OPT_INDEX => self.outside(node, Outside::Index),
            operators::OPT_SELECT => self.outside(node, Outside::Other),
            _ if each.is_some() => self.refuse(node, Why::MacroForm),
            _ => self.function(node, name, &arguments, Form::Function, local, depth),
        }
    }

    /// Exactly `N` arguments, typed.
    fn arguments<const N: usize>(&self, node: &IdedExpr, given: &[&IdedExpr], local: Local, depth: usize) -> Result<[Typed; N], Refused> {
        let typed = given.iter().map(|a| self.typed(a, local, depth)).collect::<Result<Vec<_>, _>>()?;
        let found = typed.len();
        <[Typed; N]>::try_from(typed).or_else(|_| self.refuse(node, Why::Arguments { expected: N, found }))
    }

    /// Two operands. An empty list beside another has its type.
    fn pair(&self, node: &IdedExpr, given: &[&IdedExpr], local: Local, depth: usize) -> Result<[Typed; 2], Refused> {
        let [a, b] = given else { return self.refuse(node, Why::Operand) };
        let beside = |typed: &Typed| matches!(typed.ty, Type::List(_)).then(|| Typed { expr: Expr::List(vec![]), ty: typed.ty.clone() });
        if is_empty_list(a) && !is_empty_list(b) {
            let b = self.typed(b, local, depth)?;
            let a = beside(&b).map_or_else(|| self.refuse(a, Why::EmptyList), Ok)?;
            return Ok([a, b]);
        }
        let a = self.typed(a, local, depth)?;
        let b =
            if is_empty_list(b) { beside(&a).map_or_else(|| self.refuse(b, Why::EmptyList), Ok)? } else { self.typed(b, local, depth)? };
        Ok([a, b])
    }

    fn bools<const N: usize>(&self, node: &IdedExpr, given: &[&IdedExpr], local: Local, depth: usize) -> Result<[Expr; N], Refused> {
        let mut bools = Vec::new();
        for operand in given {
            let typed = self.typed(operand, local, depth)?;
            if typed.ty != Type::Bool {
                return self.mismatch(operand, "bool", typed.ty);
            }
            bools.push(typed.expr);
        }
        <[Expr; N]>::try_from(bools).or_else(|_| self.refuse(node, Why::Operand))
    }

    fn mismatch<T>(&self, node: &IdedExpr, expected: &str, found: Type) -> Result<T, Refused> {
        self.refuse(node, Why::Expected { expected: expected.to_owned(), found })
    }

    fn conditional(&self, node: &IdedExpr, given: &[&IdedExpr], local: Local, depth: usize) -> Result<Typed, Refused> {
        let [condition, branches @ ..] = given else { return self.refuse(node, Why::Operand) };
        let [decides] = self.bools(node, &[condition], local, depth)?;
        let [yes, no] = self.pair(node, branches, local, depth)?;
        if plain(&yes.ty) != plain(&no.ty) {
            return self.refuse(node, Why::Branches(yes.ty, no.ty));
        }
        let ty = if yes.ty == no.ty { yes.ty } else { plain(&yes.ty) };
        Ok(Typed { expr: Expr::If(Box::new(decides), Box::new(yes.expr), Box::new(no.expr)), ty })
    }

    fn comparison(
        &self,
        node: &IdedExpr,
        comparison: Comparison,
        given: &[&IdedExpr],
        local: Local,
        depth: usize,
    ) -> Result<Typed, Refused> {
        let [a, b] = self.pair(node, given, local, depth)?;
        if plain(&a.ty) != plain(&b.ty) {
            return self.refuse(
                node,
                match (&a.ty, &b.ty) {
                    (Type::Money, Type::Int) | (Type::Int, Type::Money) => Why::MoneyAndNumber,
                    (Type::Date, Type::Text) | (Type::Text, Type::Date) => Why::DateAndText,
                    (Type::Date, Type::Int) | (Type::Int, Type::Date) => Why::DateAndNumber,
                    (Type::Period, _) | (_, Type::Period) => Why::Periods,
                    _ => Why::Uncomparable(a.ty, b.ty),
                },
            );
        }
        if a.ty == Type::Period {
            return self.refuse(node, Why::Periods);
        }
        let equality = matches!(comparison, Comparison::Equal | Comparison::NotEqual);
        let ordered = |ty: &Type| matches!(ty, Type::Bool | Type::Int | Type::Text | Type::Date | Type::Money);
        if !(if equality { has_equality(&a.ty) } else { ordered(&a.ty) && ordered(&b.ty) }) {
            return self.refuse(node, Why::Unordered(a.ty));
        }
        self.option(given.get(1).unwrap_or(&node), &a.ty, &b.expr)?;
        self.option(given.first().unwrap_or(&node), &b.ty, &a.expr)?;
        Ok(Typed { expr: Expr::Compare(comparison, Box::new(a.expr), Box::new(b.expr)), ty: Type::Bool })
    }

    /// A literal beside a choice must be one of its options: a mistyped one would never hold.
    fn option(&self, node: &IdedExpr, choice: &Type, literal: &Expr) -> Result<(), Refused> {
        match (choice, literal) {
            (Type::Choice(options), Expr::Literal(Value::Text(text))) if !options.contains(text) => {
                self.refuse(node, Why::UnknownOption { text: text.clone(), options: options.clone() })
            }
            (Type::List(choice), Expr::List(entries)) => entries.iter().try_for_each(|entry| self.option(node, choice, entry)),
            _ => Ok(()),
        }
    }

    fn within(&self, node: &IdedExpr, given: &[&IdedExpr], local: Local, depth: usize) -> Result<Typed, Refused> {
        let [one, list] = given else { return self.refuse(node, Why::Operand) };
        let a = self.typed(one, local, depth)?;
        let many = if is_empty_list(list) {
            Typed { expr: Expr::List(vec![]), ty: Type::List(Box::new(plain(&a.ty))) }
        } else {
            self.typed(list, local, depth)?
        };
        match &many.ty {
            Type::List(of) if plain(of) == plain(&a.ty) && has_equality(of) => {}
            _ => return self.refuse(node, Why::In { one: a.ty, list: many.ty }),
        }
        if let Expr::List(entries) = &many.expr {
            entries.iter().try_for_each(|entry| self.option(list, &a.ty, entry))?;
        }
        Ok(Typed { expr: Expr::In(Box::new(a.expr), Box::new(many.expr)), ty: Type::Bool })
    }

    fn has(&self, node: &IdedExpr, given: &[&IdedExpr], local: Local, depth: usize) -> Result<Typed, Refused> {
        match given {
            [of] if matches!(of.expr, Cel::Select(_)) => {
                let of = self.typed(of, local, depth)?;
                Ok(Typed { expr: Expr::Has(Box::new(of.expr)), ty: Type::Bool })
            }
            _ => self.refuse(node, Why::Has),
        }
    }

    fn arithmetic(&self, node: &IdedExpr, operator: Operator, given: &[&IdedExpr], local: Local, depth: usize) -> Result<Typed, Refused> {
        use Operator::{Add, Divide, Multiply, Subtract};
        let [a, b] = self.pair(node, given, local, depth)?;
        let ty = match (operator, &a.ty, &b.ty) {
            (_, Type::Int, Type::Int) => Type::Int,
            (Add | Subtract, Type::Money, Type::Money)
            | (Multiply | Divide, Type::Money, Type::Int)
            | (Multiply, Type::Int, Type::Money) => Type::Money,
            (Add | Subtract, Type::Date, Type::Period) | (Add, Type::Period, Type::Date) => Type::Date,
            (Add, Type::Text, Type::Text) => Type::Text,
            (Add, Type::List(x), Type::List(y)) if x == y => a.ty.clone(),
            (Add, Type::List(x), Type::List(y)) if plain(x) == plain(y) => plain(&a.ty),
            (_, Type::Money, Type::Int) | (_, Type::Int, Type::Money) => return self.refuse(node, Why::MoneyAndNumber),
            (Add | Subtract, Type::Date, Type::Int) | (Add, Type::Int, Type::Date) => return self.refuse(node, Why::DateAndNumber),
            (Subtract, Type::Date, Type::Date) => return self.refuse(node, Why::DateDifference),
            (_, Type::Period, Type::Period | Type::Int) | (_, Type::Int, Type::Period) => return self.refuse(node, Why::Periods),
            _ => return self.refuse(node, Why::Uncombinable(a.ty, b.ty)),
        };
        Ok(Typed { expr: Expr::Arithmetic(operator, Box::new(a.expr), Box::new(b.expr)), ty })
    }

    fn each(
        &self,
        node: &IdedExpr,
        each: Macro,
        list: &IdedExpr,
        given: &[IdedExpr],
        local: Local,
        depth: usize,
    ) -> Result<Typed, Refused> {
        let [variable, body] = given else { return self.refuse(node, Why::MacroForm) };
        let Cel::Ident(name) = &variable.expr else { return self.refuse(variable, Why::MacroVariable) };
        let taken = self.scope.get(name).is_some() || self.scope.has_below(name) || self.scope.derived(name).is_some() || name == "today";
        if taken || Variable::find(local, name).is_some() {
            return self.refuse(variable, Why::NameTaken(name.clone()));
        }
        let typed = self.typed(list, local, depth)?;
        let Type::List(of) = &typed.ty else { return self.mismatch(list, "list", typed.ty) };
        let inner = Variable { name, ty: (**of).clone(), outer: local };
        let within = self.typed(body, Some(&inner), depth)?;
        let ty = match each {
            Macro::Map => Type::List(Box::new(within.ty)),
            _ if within.ty != Type::Bool => return self.mismatch(body, "bool", within.ty),
            Macro::Filter => typed.ty.clone(),
            Macro::All | Macro::Exists | Macro::ExistsOne => Type::Bool,
        };
        let expr = Expr::Each { each, list: Box::new(typed.expr), variable: name.clone(), body: Box::new(within.expr) };
        Ok(Typed { expr, ty })
    }

    fn function(&self, node: &IdedExpr, name: &str, given: &[&IdedExpr], form: Form, local: Local, depth: usize) -> Result<Typed, Refused> {
        match (name, form) {
            ("date", Form::Function) => return self.date(node, given),
            ("size" | "sum", _) => return self.of_list(node, name, given, local, depth),
            _ => {}
        }
        let Some(signature) = FUNCTIONS.iter().find(|f| f.name == name) else {
            let name = name.to_owned();
            return self.refuse(
                node,
                match form {
                    _ if name == "date" || name == "has" => Why::OnlyFunction(name),
                    _ => Why::NoFunction { near: nearest(&name, function_names().into_iter()), name },
                },
            );
        };
        if signature.form != form && signature.form != Form::Both {
            let name = name.to_owned();
            return self.refuse(node, if form == Form::Function { Why::OnlyMethod(name) } else { Why::OnlyFunction(name) });
        }
        if given.len() != signature.takes.len() {
            return self.refuse(node, Why::Arguments { expected: signature.takes.len(), found: given.len() });
        }
        let mut arguments = Vec::new();
        for (argument, wanted) in given.iter().zip(signature.takes) {
            let typed = self.typed(argument, local, depth)?;
            if typed.ty == Type::Money && signature.function == Function::Yuan {
                return self.refuse(argument, Why::MoneyAlready);
            }
            if typed.ty != *wanted {
                return self.mismatch(argument, wanted.name(), typed.ty);
            }
            if *wanted == Type::Int {
                self.unit(argument, name, &typed.expr)?;
            }
            arguments.push(typed.expr);
        }
        if signature.function == Function::Matches {
            self.pattern(given.get(1).unwrap_or(&node), arguments.get(1))?;
        }
        Ok(Typed { expr: Expr::Call(signature.function, arguments), ty: signature.gives.clone() })
    }

    /// `notice_days` is no argument for `working_days`: a name that ends with a unit keeps it.
    fn unit(&self, node: &IdedExpr, function: &str, argument: &Expr) -> Result<(), Refused> {
        let (Expr::Fact(name) | Expr::Field(_, name)) = argument else { return Ok(()) };
        let ending = |unit: &str| name.strip_suffix(unit).is_some_and(|before| before.is_empty() || before.ends_with(['_', '.']));
        match UNITS.iter().find(|(unit, _)| ending(unit)) {
            Some((_, takes)) if *takes != function => {
                let instead = if takes.is_empty() { "type = \"money\"" } else { takes };
                self.refuse(node, Why::Unit { name: name.clone(), function: function.to_owned(), instead })
            }
            _ => Ok(()),
        }
    }

    fn of_list(&self, node: &IdedExpr, name: &str, given: &[&IdedExpr], local: Local, depth: usize) -> Result<Typed, Refused> {
        let [a] = self.arguments(node, given, local, depth)?;
        let (function, ty) = match (name, &a.ty) {
            ("size", Type::Text | Type::List(_)) => (Function::Size, Type::Int),
            ("size", _) => return self.mismatch(node, "string or list", a.ty),
            (_, Type::List(of)) if **of == Type::Int => (Function::Sum, Type::Int),
            (_, Type::List(of)) if **of == Type::Money => (Function::SumMoney, Type::Money),
            _ => return self.mismatch(node, "list of int or money", a.ty),
        };
        Ok(Typed { expr: Expr::Call(function, vec![a.expr]), ty })
    }

    fn date(&self, node: &IdedExpr, given: &[&IdedExpr]) -> Result<Typed, Refused> {
        let [only] = given else { return self.refuse(node, Why::Arguments { expected: 1, found: given.len() }) };
        let date = match &only.expr {
            Cel::Literal(LiteralValue::String(text)) => read_date(text.inner()),
            _ => None,
        };
        match date {
            Some(date) => Ok(Typed { expr: Expr::Literal(Value::Date(date)), ty: Type::Date }),
            None => self.refuse(only, Why::Date),
        }
    }

    fn pattern(&self, node: &IdedExpr, expression: Option<&Expr>) -> Result<(), Refused> {
        match expression {
            Some(Expr::Literal(Value::Text(text))) => pattern(text).map(|_| ()).or_else(|e| self.refuse(node, Why::Pattern(e.to_string()))),
            _ => self.refuse(node, Why::PatternForm),
        }
    }
}

fn is_empty_list(node: &IdedExpr) -> bool {
    matches!(&node.expr, Cel::List(list) if list.elements.is_empty())
}

/// Records may lack fields: whether two are the same is not a question for a rule.
fn has_equality(ty: &Type) -> bool {
    match ty {
        Type::Bool | Type::Int | Type::Text | Type::Date | Type::Money | Type::Choice(_) => true,
        Type::List(of) => has_equality(of),
        Type::Record(_) | Type::Period => false,
    }
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
fn path(mut node: &IdedExpr, local: Local) -> Option<String> {
    let mut parts = Vec::new();
    loop {
        match &node.expr {
            Cel::Ident(name) if Variable::find(local, name).is_none() => {
                parts.push(name.as_str());
                parts.reverse();
                return Some(parts.join("."));
            }
            Cel::Select(select) if !select.test => {
                parts.push(&select.field);
                node = &select.operand;
            }
            _ => return None,
        }
    }
}
