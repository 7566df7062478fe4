//! What the law does not allow: limits, fees, deferral, papers the hall can obtain itself, codes, dates and visits.

use super::Report;
use crate::calendar::Unit;
use crate::catalogue::author::Catalogue;
use crate::catalogue::{Basis, Decided, Filing, Handling, Item, LawKind, Limit, LimitKind, Material, Necessity, Protects, RunsFrom};
use crate::words::Text;
use chrono::NaiveDate;
use std::collections::BTreeMap;

pub(super) fn check(item: &Item, catalogue: &Catalogue, report: &mut Report) {
    limits(item, report);
    fees(item, catalogue, report);
    for material in &item.materials {
        deferral(item, material, catalogue, report);
        shared(material, catalogue, report);
    }
    codes(item, report);
    visits(item, report);
    if let Some(until) = item.until.filter(|until| *until < item.version) {
        report.error(
            "law.overlap",
            "until",
            Text::new(
                format!("失效日 {until} 早于生效日 {}", item.version),
                format!("it ends on {until}, before it takes effect on {}", item.version),
            ),
            Text::new("until 是最后一个有效日,不早于 version。", "`until` is the last day in force, not before `version`."),
        );
    }
}

/// What concerns several items: `reports` are theirs, in order.
pub(super) fn across(catalogue: &Catalogue, reports: &mut [Report]) {
    unique_codes(catalogue, reports);
    overlaps(catalogue, reports);
}

// ── limits ──

fn limits(item: &Item, report: &mut Report) {
    for (at, limit) in item.limits.iter().enumerate() {
        if item.limits[..at].iter().any(|earlier| earlier.kind == limit.kind) {
            let (zh, en) = match limit.kind {
                LimitKind::Statutory => ("法定", "statutory"),
                LimitKind::Promised => ("承诺", "promised"),
            };
            report.error(
                "law.limit-twice",
                format!("limits[{at}].kind"),
                Text::new(format!("有两个{zh}时限"), format!("there are two {en} limits")),
                Text::new("每种时限只写一个。", "Give one limit of each kind."),
            );
        }
    }
    let place = |kind| item.limits.iter().position(|limit| limit.kind == kind);
    let (Some(statutory), Some(promised)) = (place(LimitKind::Statutory), place(LimitKind::Promised)) else { return };
    if is_longer(&item.limits[promised], &item.limits[statutory]) {
        let [law, promise] = [statutory, promised].map(|at| item.limits[at].unit.say(item.limits[at].length));
        report.error(
            "law.promise-longer",
            format!("limits[{promised}].length"),
            Text::new(
                format!("承诺 {},比法定 {}长", promise.zh, law.zh),
                format!("{} are promised, longer than the statutory {}", promise.en, law.en),
            ),
            Text::new("承诺时限不得长于法定时限。", "Promise no more than the statutory limit."),
        );
    }
}

/// Five working days are at least seven days. A promise that starts before the statutory limit does may be longer by what
/// acceptance takes, so those two are not compared.
pub(super) fn is_longer(promise: &Limit, law: &Limit) -> bool {
    let sooner = promise.runs_from == RunsFrom::Receipt && law.runs_from == RunsFrom::Acceptance;
    // In fifths of a working day's week, so that nothing is rounded.
    let fifths = |limit: &Limit| u64::from(limit.length) * if limit.unit == Unit::WorkingDay { 7 } else { 5 };
    !sooner && fifths(promise) > fifths(law)
}

// ── money ──

/// 行政许可法 art. 58: no fee unless a law or an administrative regulation says so.
fn fees(item: &Item, catalogue: &Catalogue, report: &mut Report) {
    let may = |basis: &Basis| {
        let kind = catalogue.laws.get(&basis.law).map(|law| law.kind);
        matches!(kind, Some(LawKind::Law | LawKind::AdministrativeRegulation))
    };
    for (at, fee) in item.fees.iter().enumerate().filter(|(_, fee)| !fee.basis.iter().any(may)) {
        report.error(
            "law.fee-basis",
            format!("fees[{at}].basis"),
            Text::new(
                format!("收“{}”没有法律、行政法规的依据", fee.name.zh),
                format!("“{}” is charged without a law or administrative regulation", fee.name.en),
            ),
            Text::new(
                "写出法律或行政法规的条文;没有的,不得收费(行政许可法第 58 条)。",
                "Cite the law or administrative regulation; without one, charge nothing (Administrative Licensing Law, art. 58).",
            ),
        );
    }
}

// ── materials ──

/// What safety, health and environment rules ask for has to be there before the decision.
fn deferral(item: &Item, material: &Material, catalogue: &Catalogue, report: &mut Report) {
    if material.necessity != Necessity::Deferrable {
        return;
    }
    let own = Material::path(&material.code, "");
    let decided_by_it = item.conditions.iter().filter(|condition| match &condition.decided {
        Decided::Rule(rule) => rule.expr.paths().iter().any(|path| path.starts_with(own.as_str())),
        Decided::HumanCheck(_) => false,
    });
    let bases = decided_by_it.flat_map(|condition| &condition.basis).chain(&material.basis);
    let protecting = bases.filter_map(|basis| catalogue.laws.get(&basis.law)).find_map(|law| Some((&law.name, law.protects?)));
    if let Some((law, protects)) = protecting {
        let (zh, en) = match protects {
            Protects::Safety => ("安全", "safety"),
            Protects::Health => ("健康", "health"),
            Protects::Environment => ("环境", "the environment"),
        };
        report.error(
            "law.deferral",
            format!("materials[{}].necessity", material.code),
            Text::new(
                format!("《{}》保护{zh},它要求的材料不得容缺后补", law.zh),
                format!("{} protects {en}: what it asks for may not follow later", law.en),
            ),
            Text::new("改为 required,或者 optional。", "Make it required, or optional."),
        );
    }
}

/// 优化营商环境条例: what the hall can obtain by data sharing is not asked of the applicant.
fn shared(material: &Material, catalogue: &Catalogue, report: &mut Report) {
    let document = material.document.as_ref().and_then(|code| catalogue.documents.get(code)).filter(|document| document.shared);
    if let Some(document) = document.filter(|_| material.necessity != Necessity::Optional) {
        report.error(
            "law.shared",
            format!("materials[{}].document", material.code),
            Text::new(
                format!("“{}”可以通过数据共享取得,不得要求申请人提交", document.name.zh),
                format!("“{}” can be obtained by data sharing, so the applicant may not be asked for it", document.name.en),
            ),
            Text::new("删去这份材料,或者改为 optional。", "Leave the material out, or make it optional."),
        );
    }
}

// ── codes and dates ──

fn codes(item: &Item, report: &mut Report) {
    let plain = |code: &str| code.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase());
    if item.basic_code.as_ref().is_some_and(|code| code.len() != 12 || !plain(code)) {
        report.error(
            "law.code-form",
            "basic_code",
            Text::new("基本编码应为 12 位数字或大写字母", "a basic code has 12 digits or capital letters"),
            Text::new("照国家事项清单上的基本编码填写。", "Copy it from the national list of items."),
        );
    }
    if item.implementation_code.as_ref().is_some_and(|code| !(1..=36).contains(&code.len()) || !plain(code)) {
        report.error(
            "law.code-form",
            "implementation_code",
            Text::new("实施编码应为至多 36 位数字或大写字母", "an implementation code has at most 36 digits or capital letters"),
            Text::new("照实施清单上的实施编码填写。", "Copy it from the implementation list."),
        );
    }
}

/// An implementation code belongs to one item. So does a basic code here: a hall implements an item of the list once.
fn unique_codes(catalogue: &Catalogue, reports: &mut [Report]) {
    type Of = fn(&Item) -> Option<&String>;
    let kinds: [(&str, Of); 2] =
        [("basic_code", |item| item.basic_code.as_ref()), ("implementation_code", |item| item.implementation_code.as_ref())];
    for (key, of) in kinds {
        let mut owners: BTreeMap<&String, &Item> = BTreeMap::new();
        for (item, report) in catalogue.items.iter().zip(reports.iter_mut()) {
            let Some(code) = of(item) else { continue };
            // Versions of an item share its codes.
            let owner = owners.entry(code).or_insert(item);
            if owner.code != item.code {
                report.error(
                    "law.code-twice",
                    key,
                    Text::new(format!("事项“{}”也用这个编码", owner.code), format!("the item `{}` has this code too", owner.code)),
                    Text::new("每个事项有自己的编码。", "Every item has a code of its own."),
                );
            }
        }
    }
}

/// Two versions of an item are never in force on the same day.
fn overlaps(catalogue: &Catalogue, reports: &mut [Report]) {
    let mut versions: BTreeMap<&str, Vec<(NaiveDate, usize)>> = BTreeMap::new();
    for (at, item) in catalogue.items.iter().enumerate() {
        versions.entry(&item.code).or_default().push((item.version, at));
    }
    for days in versions.values_mut() {
        days.sort_unstable();
        for pair in days.windows(2) {
            let [(_, earlier), (next, later)] = pair else { continue };
            let until = catalogue.items[*earlier].until;
            if catalogue.items[*earlier].version == *next {
                reports[*later].error(
                    "law.overlap",
                    "version",
                    Text::new(format!("另一个版本也在 {next} 生效"), format!("another version takes effect on {next} too")),
                    Text::new("每个版本有自己的生效日。", "Every version has a day of its own."),
                );
            } else if let Some(until) = until.filter(|until| until >= next) {
                reports[*earlier].error(
                    "law.overlap",
                    "until",
                    Text::new(
                        format!("下一版本 {next} 生效,这一版本到 {until} 才失效"),
                        format!("the next version takes effect on {next}, this one ends on {until}"),
                    ),
                    Text::new("删去 until,或者写到下一版本生效的前一日。", "Drop until, or end it the day before the next version."),
                );
            }
        }
    }
}

// ── visits ──

/// Filing on line needs one visit at most; so does an instant matter. What is done in person and decided later needs two.
fn visits(item: &Item, report: &mut Report) {
    let most = if item.filing == Filing::PreCheckOnly && item.handling == Handling::Promised { 2 } else { 1 };
    if item.visits > most {
        report.error(
            "law.visits",
            "visits",
            Text::new(
                format!("这样办理最多跑 {most} 次,这里写 {} 次", item.visits),
                format!("handled this way it takes {most} at most, and {} are asked", item.visits),
            ),
            Text::new("减少到办事现场次数:网上提交,邮寄结果。", "Ask for fewer visits: file on line, post the result."),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_of_different_units_are_compared_for_certain_only() {
        let limit = |length, unit, runs_from| Limit {
            kind: LimitKind::Promised,
            length,
            unit,
            start: Text::default(),
            runs_from,
            basis: vec![],
            note: None,
            local: None,
        };
        use RunsFrom::{Acceptance, Receipt};
        use Unit::{Day, WorkingDay};
        for (promise, law, longer) in [
            ((20, WorkingDay, Acceptance), (20, WorkingDay, Acceptance), false),
            ((21, WorkingDay, Acceptance), (20, WorkingDay, Acceptance), true),
            ((20, WorkingDay, Acceptance), (28, Day, Acceptance), false),
            ((20, WorkingDay, Acceptance), (27, Day, Acceptance), true),
            ((28, Day, Acceptance), (20, WorkingDay, Acceptance), false),
            ((29, Day, Acceptance), (20, WorkingDay, Acceptance), true),
            ((21, WorkingDay, Receipt), (20, WorkingDay, Acceptance), false),
            ((61, Day, Acceptance), (60, Day, Receipt), true),
        ] {
            let of = |(length, unit, runs_from)| limit(length, unit, runs_from);
            assert_eq!(is_longer(&of(promise), &of(law)), longer, "{promise:?} {law:?}");
        }
    }
}
