//! A rule → what it needs, as claims joined the way the rule joins them.

use super::noun::the;
use super::words::{Joint, Words, zh};
use super::{Speaker, Together, Variable, chain, parted, quantified, unwrapped};
use crate::rules::Value;
use crate::rules::expr::{Expr, Macro};
use crate::words::Text;

impl Speaker<'_> {
    /// What it takes for `expr` to be `want`.
    pub(super) fn needs(&self, expr: &Expr, want: bool, variable: Option<&Variable>) -> Words {
        self.deeper(|| self.needs_here(expr, want, variable)).unwrap_or_else(Words::cut)
    }

    fn needs_here(&self, expr: &Expr, want: bool, variable: Option<&Variable>) -> Words {
        if let Some((together, operands)) = chain(expr, want) {
            return self.chained(together, operands, variable);
        }
        let (expr, want) = unwrapped(expr, want);
        match expr {
            // Unwrapping may have laid a chain open.
            Expr::And(..) | Expr::Or(..) => self.needs(expr, want, variable),
            Expr::If(condition, yes, no) => self.cases(condition, yes, no, want, variable),
            Expr::Each { each: each @ (Macro::All | Macro::Exists | Macro::ExistsOne), list, variable: name, body } => {
                let inner = Variable { name, list, value: None, outer: variable };
                let (head, want) = match quantified(*each, want) {
                    Some((together, inside)) => (self.over(list, together, variable), inside),
                    None => (self.exactly_one(list, want, variable), true),
                };
                Words::then(head, self.needs(body, want, Some(&inner)))
            }
            claim => Words::alone(self.claim(claim, want, variable).sentence),
        }
    }

    fn chained(&self, together: Together, operands: Vec<(&Expr, bool)>, variable: Option<&Variable>) -> Words {
        if together == Together::All {
            let parts = self.each(operands, |(e, want)| self.needs(e, want, variable));
            return Words::list(Text::new("下面各项都要满足", "all of these"), Joint::All, parts);
        }
        let any = |operands: Vec<(&Expr, bool)>| {
            let parts = self.each(operands, |(e, want)| self.needs(e, want, variable));
            Words::list(Text::new("满足下面一项即可", "any one of these"), Joint::Any, parts)
        };
        let Some((when, rest)) = parted(&operands) else { return any(operands) };
        let when = self.each(when, |(e, want)| self.needs(e, !want, variable));
        let when = Words::list(Text::default(), Joint::All, when).line();
        Words::then(Text { zh: zh(&["如果", &when.zh]), en: format!("if {}", when.en) }, any(rest))
    }

    /// One case or the other; a branch that is plainly true or false leaves a plain "or" or "and".
    fn cases(&self, condition: &Expr, yes: &Expr, no: &Expr, want: bool, variable: Option<&Variable>) -> Words {
        let plain = |e: &Expr| match e {
            Expr::Literal(Value::Bool(is)) => Some(*is == want),
            _ => None,
        };
        let lines = |together, first, second| self.chained(together, vec![first, second], variable);
        match (plain(yes), plain(no)) {
            (Some(true), _) => lines(Together::Any, (condition, true), (no, want)),
            (Some(false), _) => lines(Together::All, (condition, false), (no, want)),
            (_, Some(true)) => lines(Together::Any, (condition, false), (yes, want)),
            (_, Some(false)) => lines(Together::All, (condition, true), (yes, want)),
            (None, None) => {
                let when = self.needs(condition, true, variable).line();
                let when = Text { zh: zh(&["如果", &when.zh]), en: format!("if {}", when.en) };
                let otherwise = Text::new("否则", "otherwise");
                let parts =
                    vec![Words::then(when, self.needs(yes, want, variable)), Words::then(otherwise, self.needs(no, want, variable))];
                Words::list(Text::new("看是哪种情形", "it depends"), Joint::Cases, parts)
            }
        }
    }

    /// 每一辆货车 / 至少有一辆货车.
    fn over(&self, list: &Expr, together: Together, variable: Option<&Variable>) -> Text {
        match together {
            Together::All => self.quantifier(list, "每一", "for each of", variable),
            Together::Any => self.quantifier(list, "至少有一", "for at least one of", variable),
        }
    }

    fn exactly_one(&self, list: &Expr, want: bool, variable: Option<&Variable>) -> Text {
        if want {
            self.quantifier(list, "正好有一", "for exactly one of", variable)
        } else {
            self.quantifier(list, "不是正好有一", "not for exactly one of", variable)
        }
    }

    fn quantifier(&self, list: &Expr, zh_word: &str, en_word: &str, variable: Option<&Variable>) -> Text {
        let list = self.noun(list, variable);
        let en = format!("{en_word} {}", the(&list.text.en));
        match &list.unit {
            Some(unit) => Text { zh: zh(&[zh_word, &unit.zh, &list.text.zh]), en },
            None => Text { zh: zh(&[&list.text.zh, "中", zh_word, "项"]), en },
        }
    }
}
