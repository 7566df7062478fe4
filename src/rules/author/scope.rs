//! The names that a rule may use: facts and material fields with their types, and derived names with the expressions they
//! stand for.

use crate::rules::expr::Expr;
use crate::rules::value::Type;
use std::collections::BTreeMap;

#[derive(Clone, Debug, Default)]
pub struct Scope {
    declared: BTreeMap<String, Type>,
    /// `None` for a name whose own expression was refused.
    derived: BTreeMap<String, Option<Derived>>,
}

/// What a derived name stands for.
#[derive(Clone, Debug)]
pub(super) struct Derived {
    pub expr: Expr,
    pub ty: Type,
    pub nodes: usize,
    pub depth: usize,
}

impl Scope {
    pub fn new() -> Scope {
        Scope::default()
    }

    pub fn insert(&mut self, name: impl Into<String>, ty: Type) {
        self.declared.insert(name.into(), ty);
    }

    /// The type of a fact or a material's field.
    pub fn get(&self, name: &str) -> Option<&Type> {
        self.declared.get(name)
    }

    pub(super) fn derive(&mut self, name: String, derived: Option<Derived>) {
        self.derived.insert(name, derived);
    }

    pub(super) fn derived(&self, name: &str) -> Option<&Option<Derived>> {
        self.derived.get(name)
    }

    /// Every name that can be written.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.declared.keys().chain(self.derived.keys()).map(String::as_str)
    }

    /// Whether a declared name begins with `path.`.
    pub(super) fn has_below(&self, path: &str) -> bool {
        self.declared.keys().any(|name| name.strip_prefix(path).is_some_and(|rest| rest.starts_with('.')))
    }
}

impl FromIterator<(String, Type)> for Scope {
    fn from_iter<I: IntoIterator<Item = (String, Type)>>(names: I) -> Scope {
        Scope { declared: names.into_iter().collect(), derived: BTreeMap::new() }
    }
}

impl Extend<(String, Type)> for Scope {
    fn extend<I: IntoIterator<Item = (String, Type)>>(&mut self, names: I) {
        self.declared.extend(names);
    }
}
