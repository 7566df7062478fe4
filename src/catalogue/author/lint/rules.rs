//! What is declared and used by nothing, asked for without ground, or goes round in a circle.

use super::Report;
use crate::catalogue::author::Catalogue;
use crate::catalogue::{Ask, Fact, Gate, GateOutcome, Item, Material, Necessity};
use crate::rules::expr::{Expr, Rule};
use crate::words::Text;
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn check(item: &Item, catalogue: &Catalogue, report: &mut Report) {
    let rules: Vec<&Rule> = super::logic::rules(item).into_iter().map(|placed| placed.rule).collect();
    let read: BTreeSet<&str> = rules.iter().flat_map(|rule| rule.expr.paths()).collect();
    for fact in &item.facts {
        if read.contains(fact.code.as_str()) {
            columns(fact, &rules, report);
        } else {
            report.error(
                "rule.unused-fact",
                format!("facts[{}]", fact.code),
                Text::new(format!("没有规则用到“{}”", fact.code), format!("no rule uses `{}`", fact.code)),
                Text::new(
                    "不要问用不着的:删去它,或者写出用到它的规则。",
                    "Ask nothing that is not needed: drop it, or write the rule that uses it.",
                ),
            );
        }
    }
    derived(item, &rules, report);
    for material in &item.materials {
        asks(material, &read, report);
        ground(material, &read, catalogue, report);
    }
    needed_in_circles(item, report);
}

/// What concerns several items, or the hall: `reports` are those of the catalogue's items, in order.
pub(super) fn across(catalogue: &Catalogue, reports: &mut [Report], hall: &mut Report) {
    let asked: BTreeSet<&str> = materials(catalogue).filter_map(|material| material.document.as_deref()).collect();
    for code in catalogue.documents.keys().filter(|code| !asked.contains(code.as_str())) {
        hall.warn(
            "rule.unused-document",
            format!("documents.{code}"),
            Text::new(format!("没有事项要证照“{code}”"), format!("no item asks for the document `{code}`")),
            Text::new("删去它,或者在材料中写 document。", "Drop it, or name it as the document of a material."),
        );
    }
    sent_in_circles(catalogue, reports);
}

fn materials(catalogue: &Catalogue) -> impl Iterator<Item = &Material> {
    catalogue.items.iter().flat_map(|item| &item.materials)
}

/// The columns of a list that no rule over it reads.
fn columns(fact: &Fact, rules: &[&Rule], report: &mut Report) {
    let over: Vec<&&Rule> = rules.iter().filter(|rule| rule.expr.paths().contains(fact.code.as_str())).collect();
    let mut read: BTreeSet<&str> = BTreeSet::new();
    for rule in over {
        rule.expr.visit(&mut |expr| {
            if let Expr::Field(_, name) = expr {
                read.insert(name);
            }
        });
    }
    for field in fact.fields.iter().filter(|field| !read.contains(field.code.as_str())) {
        report.error(
            "rule.unused-column",
            format!("facts[{}].fields[{}]", fact.code, field.code),
            Text::new(
                format!("没有规则用到“{}”的“{}”", fact.code, field.code),
                format!("no rule uses `{}` of `{}`", field.code, fact.code),
            ),
            Text::new("删去这一列,或者写出用到它的规则。", "Drop this column, or write the rule that uses it."),
        );
    }
}

/// Names for expressions that no rule mentions. What is typed no longer has them, so the texts are read.
fn derived(item: &Item, rules: &[&Rule], report: &mut Report) {
    let texts: Vec<&str> = rules.iter().map(|rule| rule.text.as_str()).chain(item.derived.iter().map(|d| d.rule.text.as_str())).collect();
    for derived in item.derived.iter().filter(|derived| !texts.iter().any(|text| mentions(text, &derived.code))) {
        report.error(
            "rule.unused-derived",
            format!("derived[{}]", derived.code),
            Text::new(format!("没有规则用到“{}”", derived.code), format!("no rule uses `{}`", derived.code)),
            Text::new("删去它,或者在规则中用它。", "Drop it, or use it in a rule."),
        );
    }
}

/// Whether `name` stands in a rule's text, outside its strings.
fn mentions(rule: &str, name: &str) -> bool {
    let mut code = String::new();
    let mut quote = None;
    for c in rule.chars() {
        match quote {
            None if matches!(c, '"' | '\'') => quote = Some(c),
            None => code.push(c),
            Some(open) if c == open => quote = None,
            Some(_) => {}
        }
    }
    code.split(|c: char| !(c.is_alphanumeric() || c == '_')).any(|word| word == name)
}

/// What the material's card asks and nothing reads.
fn asks(material: &Material, read: &BTreeSet<&str>, report: &mut Report) {
    for (at, ask) in material.asks.iter().enumerate() {
        let (field, zh, en) = match ask {
            Ask::ValidUntil => ("valid_until", "有效期", "its last day"),
            Ask::IssuedOn => ("issued_on", "出具日期", "its date"),
            // Check digits are read without a rule.
            Ask::Number if material.number.is_some() => continue,
            Ask::Number => ("number", "号码", "its number"),
        };
        if !read.contains(Material::path(&material.code, field).as_str()) {
            report.warn(
                "rule.unused-field",
                format!("materials[{}].asks[{at}]", material.code),
                Text::new(format!("问了{zh},没有标准用到"), format!("{en} is asked, and no standard uses it")),
                Text::new(
                    format!("写一条用到 materials.{}.{field} 的标准,或者不问。", material.code),
                    format!("Write a standard that reads materials.{}.{field}, or do not ask.", material.code),
                ),
            );
        }
    }
}

/// 行政许可法 arts. 16, 30, 31: a paper may be required only where a statute does, or a condition turns on it.
fn ground(material: &Material, read: &BTreeSet<&str>, catalogue: &Catalogue, report: &mut Report) {
    let statute = |law: &str| catalogue.laws.get(law).is_some_and(|law| law.kind.is_statute());
    let own = Material::path(&material.code, "");
    let decides = read.iter().any(|path| path.starts_with(own.as_str()));
    if material.necessity != Necessity::Optional && !decides && !material.basis.iter().any(|basis| statute(&basis.law)) {
        report.error(
            "rule.material-without-ground",
            format!("materials[{}].basis", material.code),
            Text::new(
                "要求这份材料的只有规范性文件,也没有条件用到它",
                "only a normative document asks for this material, and no condition turns on it",
            ),
            Text::new(
                "写出法律、法规、规章的依据;没有的,不要这份材料,或者改为 optional。",
                "Cite the statute; where there is none, do not ask for it, or make it optional.",
            ),
        );
    }
}

/// Materials that are needed only when something on themselves, or on each other, says so.
fn needed_in_circles(item: &Item, report: &mut Report) {
    let reads = |material: &Material| -> BTreeSet<String> {
        let paths = material.needed_when.iter().flat_map(|rule| rule.expr.paths());
        paths.filter_map(|path| path.strip_prefix("materials.")?.split_once('.')).map(|(code, _)| code.to_owned()).collect()
    };
    let edges: BTreeMap<String, BTreeSet<String>> = item.materials.iter().map(|m| (m.code.clone(), reads(m))).collect();
    for code in edges.keys() {
        if let Some(circle) = circle(code, &edges) {
            report.error(
                "rule.circular-need",
                format!("materials[{code}].needed_when"),
                Text::new(
                    format!("要不要这份材料取决于它自己:{}", circle.join(" → ")),
                    format!("whether it is needed depends on itself: {}", circle.join(" → ")),
                ),
                Text::new("用所问的情形来写 needed_when,不要用这份材料。", "Let needed_when read facts, not this material."),
            );
        }
    }
}

/// Items whose gates send people to each other.
fn sent_in_circles(catalogue: &Catalogue, reports: &mut [Report]) {
    let onward = |gate: &Gate| (gate.outcome == GateOutcome::Elsewhere).then(|| gate.item.clone()).flatten();
    let mut edges: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for item in &catalogue.items {
        edges.entry(item.code.clone()).or_default().extend(item.gates.iter().filter_map(onward));
    }
    for (item, report) in catalogue.items.iter().zip(reports) {
        for gate in &item.gates {
            let Some(next) = onward(gate) else { continue };
            let Some(way) = path(&next, &item.code, &edges) else { continue };
            let circle = [vec![item.code.clone()], way].concat().join(" → ");
            report.warn(
                "rule.circular-gates",
                format!("gates[{}].item", gate.code),
                Text::new(format!("申请人可能被来回指引:{circle}"), format!("an applicant may be sent in a circle: {circle}")),
                Text::new("让其中一个事项受理,或者写明去别处。", "Let one of these items take the case, or send people elsewhere."),
            );
        }
    }
}

/// The way from a node back to itself.
fn circle(node: &str, edges: &BTreeMap<String, BTreeSet<String>>) -> Option<Vec<String>> {
    let next = edges.get(node)?;
    let way = next.iter().find_map(|next| path(next, node, edges))?;
    Some([vec![node.to_owned()], way].concat())
}

/// A shortest way between two nodes, both included.
fn path(from: &str, to: &str, edges: &BTreeMap<String, BTreeSet<String>>) -> Option<Vec<String>> {
    let mut seen: BTreeSet<&str> = BTreeSet::from([from]);
    let mut ways: Vec<Vec<&str>> = vec![vec![from]];
    while !ways.is_empty() {
        let mut longer = Vec::new();
        for way in ways {
            let Some(last) = way.last() else { continue };
            if *last == to {
                return Some(way.into_iter().map(str::to_owned).collect());
            }
            for next in edges.get(*last).into_iter().flatten() {
                if seen.insert(next) {
                    longer.push([way.as_slice(), &[next]].concat());
                }
            }
        }
        ways = longer;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_strings_and_parts_of_names_are_no_mentions() {
        assert!(mentions("total >= 5 && x", "total"));
        assert!(mentions("a.total>1", "total"));
        assert!(!mentions("x == \"total\" || subtotal > 1", "total"));
    }

    #[test]
    fn circles_are_found_and_named() {
        let edges = |all: &[(&str, &str)]| {
            let mut edges: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
            all.iter().for_each(|(a, b)| {
                edges.entry((*a).to_owned()).or_default().insert((*b).to_owned());
            });
            edges
        };
        assert_eq!(circle("a", &edges(&[("a", "a")])).unwrap_or_default(), ["a", "a"]);
        assert_eq!(circle("a", &edges(&[("a", "b"), ("b", "c"), ("c", "a")])).unwrap_or_default(), ["a", "b", "c", "a"]);
        assert_eq!(circle("a", &edges(&[("a", "b"), ("b", "c"), ("c", "b")])), None);
    }
}
