//! Rules made by chance, always the same ones: every node of the language, over the facts of [`crate::worlds`].

use crate::dice::Dice;
use mingbai::rules::author;
use mingbai::rules::author::Scope;
use mingbai::rules::{Rule, Type};

/// How many facts one rule reads at most: its worlds are enumerated whole.
const FACTS_AT_MOST: usize = 4;

fn scope() -> Scope {
    let record = Type::Record([("k".to_owned(), Type::Int)].into());
    let facts = [
        ("a", Type::Bool),
        ("b", Type::Bool),
        ("n", Type::Int),
        ("m", Type::Int),
        ("money", Type::Money),
        ("c", Type::Choice(vec!["x".into(), "y".into()])),
        ("d", Type::Date),
        ("t", Type::Text),
        ("l", Type::List(Box::new(record))),
    ];
    facts.into_iter().map(|(name, ty)| (name.to_owned(), ty)).collect()
}

pub fn rules(count: usize) -> Vec<Rule> {
    let scope = scope();
    let mut author = Author(Dice(0x2545_f491_4f6c_dd1d));
    let mut found = Vec::new();
    while found.len() < count {
        let text = author.bool(4);
        let rule = author::condition(&text, &scope).unwrap_or_else(|refused| panic!("{text}: {refused}"));
        if rule.expr.paths().len() <= FACTS_AT_MOST {
            found.push(rule);
        }
    }
    found
}

struct Author(Dice);

impl Author {
    fn below(&mut self, n: usize) -> usize {
        self.0.below(n)
    }
    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }

    fn bool(&mut self, depth: u32) -> String {
        let deeper = depth.saturating_sub(1);
        match self.below(if depth == 0 { 8 } else { 16 }) {
            0 => self.one(&["a", "b", "true", "false"]).to_owned(),
            1 => format!("{} {} {}", self.int(deeper), self.comparison(), self.int(deeper)),
            2 => format!("{} {} {}", self.date(), self.comparison(), self.date()),
            3 => format!("money {} yuan({})", self.comparison(), self.one(&["0", "30000"])),
            4 => format!(
                "t.{}(\"{}\")",
                self.one(&["startsWith", "endsWith", "contains", "matches"]),
                self.one(&["中国", "ab", "会", "[a-z]+"])
            ),
            5 => {
                self.one(&["c == \"x\"", "c != \"y\"", "c in [\"x\"]", "t == \"ab😀\"", "n in [0, 2]", "age_on(d, today) >= 2"]).to_owned()
            }
            6 => format!(
                "l.{}(e, {})",
                self.one(&["all", "exists", "exists_one"]),
                self.one(&["e.k > 1", "e.k / n > 0", "e.k == m", "has(e.k)", "a || e.k > 2"])
            ),
            7 => self
                .one(&["size(l) > 1", "l.map(e, e.k).sum() > n", "l.filter(e, e.k > 1).size() == 1", "size(t) >= 3", "m in l.map(e, e.k)"])
                .to_owned(),
            8..=10 => format!("({} && {})", self.bool(deeper), self.bool(deeper)),
            11..=13 => format!("({} || {})", self.bool(deeper), self.bool(deeper)),
            14 => format!("!({})", self.bool(deeper)),
            _ => format!("({} ? {} : {})", self.bool(deeper), self.bool(deeper), self.bool(deeper)),
        }
    }

    fn int(&mut self, depth: u32) -> String {
        match self.below(if depth == 0 { 2 } else { 4 }) {
            0 => self.one(&["n", "m"]).to_owned(),
            1 => self.one(&["0", "1", "2", "9223372036854775807"]).to_owned(),
            2 => format!("({} {} {})", self.int(depth - 1), self.one(&["+", "-", "*", "/", "%"]), self.int(depth - 1)),
            _ => format!("-({})", self.int(depth - 1)),
        }
    }

    fn date(&mut self) -> String {
        let date = self.one(&["d", "today", "date(\"2026-02-16\")"]);
        let period = self.one(&["years(1)", "months(n)", "days(30)", "working_days(5)", "working_days(m)"]);
        match self.below(3) {
            0 => date.to_owned(),
            1 => format!("{date} + {period}"),
            _ => format!("{date} - {period}"),
        }
    }

    fn comparison(&mut self) -> &'static str {
        self.one(&["==", "!=", "<", "<=", ">", ">="])
    }
}
