//! Texts and choices: what is said of them, each in agreement with the rest.

use super::super::super::expr::{Expr, Function};
use super::super::super::value::{Type, Value};
use super::super::formula::{Truth, at_least, at_most};
use super::super::linear::{Linear, Variable};
use super::super::saying::Saying;
use super::{Compiler, LONGEST_TEXT, Name};

/// A text, as far as rules can say something of it.
pub(super) enum Words<'e> {
    Literal(&'e str),
    Choice(&'e str, Vec<String>),
    Subject(&'e str),
}

impl Compiler<'_, '_> {
    pub(super) fn words<'e>(&self, expr: &'e Expr) -> Option<Words<'e>> {
        match expr {
            Expr::Literal(Value::Text(text)) => Some(Words::Literal(text)),
            Expr::Fact(path) => match &self.domain(path)?.ty {
                Type::Text => Some(Words::Subject(path)),
                Type::Choice(options) => Some(Words::Choice(path, options.clone())),
                _ => None,
            },
            _ => None,
        }
    }

    pub(super) fn same_words(&mut self, a: &Expr, b: &Expr) -> Option<Truth> {
        match (self.words(a)?, self.words(b)?) {
            (Words::Literal(text), Words::Subject(path)) | (Words::Subject(path), Words::Literal(text)) => {
                Some(self.said(path, Saying::Is(text.to_owned())))
            }
            (Words::Literal(text), Words::Choice(path, options)) | (Words::Choice(path, options), Words::Literal(text)) => {
                Some(options.iter().position(|o| o == text).map_or(Truth::constant(false), |at| self.option(path, &options, at)))
            }
            (Words::Choice(path, options), Words::Subject(text)) | (Words::Subject(text), Words::Choice(path, options)) => {
                Some(self.matching(path, &options, |this, option| this.said(text, Saying::Is(option.to_owned()))))
            }
            (Words::Choice(path, options), Words::Choice(other, others)) => Some(self.matching(path, &options, |this, option| {
                others.iter().position(|o| o == option).map_or(Truth::constant(false), |at| this.option(other, &others, at))
            })),
            _ => None,
        }
    }

    /// True where the choice is an option for which `other` is.
    fn matching(&mut self, path: &str, options: &[String], other: impl Fn(&mut Self, &str) -> Truth) -> Truth {
        let mut found = Truth::constant(false);
        for (at, option) in options.iter().enumerate() {
            let chosen = self.option(path, options, at);
            found = found.or(chosen.and(other(self, option)));
        }
        found
    }

    fn option(&mut self, path: &str, options: &[String], at: usize) -> Truth {
        let known = self.names.len();
        let usual = self.domain(path).map(|d| d.usual.clone());
        let mut sum = Linear::default();
        let mut chosen = sum.clone();
        for (place, option) in options.iter().enumerate() {
            let likely = usual == Some(Value::Text(option.clone()));
            let value = Linear::variable(self.variable(Name::Option(path.to_owned(), place), (0, 1), likely.into()));
            sum = sum.plus(1, &value).unwrap_or(sum);
            if place == at {
                chosen = value;
            }
        }
        if self.names.len() > known {
            self.always(1, &sum, &Linear::default(), 1);
            self.always(-1, &sum, &Linear::default(), -1);
        }
        let sound = self.presence(path);
        Truth::guarded(at_least(&chosen, 1), at_most(&chosen, 0), &sound)
    }

    pub(super) fn says(&mut self, function: Function, arguments: &[Expr]) -> Option<Truth> {
        let [Expr::Fact(path), Expr::Literal(Value::Text(text))] = arguments else { return None };
        if self.domain(path)?.ty != Type::Text {
            return None;
        }
        let saying = match function {
            Function::StartsWith => Saying::Starts,
            Function::EndsWith => Saying::Ends,
            Function::Contains => Saying::Contains,
            Function::Matches => Saying::Matches,
            _ => return None,
        };
        Some(self.said(path, saying(text.clone())))
    }

    /// What is said of a text, in agreement with what else is said of it.
    fn said(&mut self, path: &str, saying: Saying) -> Truth {
        let length = Linear::variable(self.variable(Name::Length(path.to_owned()), (0, LONGEST_TEXT), 0));
        let known = self.names.len();
        let variable = self.variable(Name::Saying(path.to_owned(), saying.clone()), (0, 1), 0);
        let said = Linear::variable(variable);
        if variable == known {
            let shortest = saying.shortest() as i128;
            self.always(shortest, &said, &Linear::default().plus(-1, &length).unwrap_or_default(), 0);
            if let Saying::Is(_) = saying {
                self.always(LONGEST_TEXT - shortest, &said, &length, LONGEST_TEXT);
            }
            let others: Vec<(Variable, Saying)> = self.names[..known]
                .iter()
                .enumerate()
                .filter_map(|(at, name)| match name {
                    Name::Saying(p, other) if p == path => Some((at, other.clone())),
                    _ => None,
                })
                .collect();
            for (at, other) in others {
                let other_said = Linear::variable(at);
                for (from, to, follows) in [(&said, &other_said, saying.decides(&other)), (&other_said, &said, other.decides(&saying))] {
                    match follows {
                        Some(true) => self.always(-1, to, from, 0),
                        Some(false) => self.always(1, to, from, 1),
                        None => {}
                    }
                }
            }
        }
        let sound = self.presence(path);
        Truth::guarded(at_least(&said, 1), at_most(&said, 0), &sound)
    }
}
