//! Overlays add and tighten; they never relax what is under them, and what they demand has a basis of its own (行政许可法
//! arts. 16 and 17: a local rule may make a condition concrete, but adds none against the law; a circular adds nothing).

use super::super::example::{beyond_gates, domains};
use super::super::overlay::Layer;
use super::Report;
use super::law::is_longer;
use crate::calendar::Calendar;
use crate::catalogue::{Basis, Condition, Decided, GateOutcome, Laws, LimitKind, Material, Necessity};
use crate::rules::solve::{Implied, implies};
use crate::words::Text;

/// `report` is over the overlay's own file.
pub(super) fn check(layer: &Layer, laws: &Laws, calendar: &Calendar, report: &mut Report) {
    for gate in layer.after.gates.iter().filter(|gate| layer.before.gates.iter().all(|before| before.code != gate.code)) {
        grounded(&[], &gate.basis, format!("gates[{}].basis", gate.code), laws, report);
        if gate.outcome == GateOutcome::NotRequired {
            let message = Text::new("地方规定不能免去法定的许可", "a local rule cannot free anybody of a licence that the law demands");
            let help = Text::new(
                "地方文件只能指明到哪里办(elsewhere);依法不用办的,写在事项自己的文件里。",
                "An overlay can only say where to go (`elsewhere`); what the law itself frees belongs into the item's own file.",
            );
            report.error("law.loosened", format!("gates[{}].outcome", gate.code), message, help);
        }
    }
    for after in &layer.after.conditions {
        match layer.before.conditions.iter().find(|before| before.code == after.code) {
            None => grounded(&[], &after.basis, format!("conditions[{}].basis", after.code), laws, report),
            Some(before) if before != after => {
                grounded(&before.basis, &after.basis, format!("tighten.conditions[{}].basis", after.code), laws, report);
                tighter(layer, before, after, calendar, report);
            }
            Some(_) => {}
        }
    }
    for after in &layer.after.materials {
        match layer.before.material(&after.code) {
            None => grounded(&[], &after.basis, format!("materials[{}].basis", after.code), laws, report),
            Some(before) if before != after => {
                grounded(&before.basis, &after.basis, format!("tighten.materials[{}].basis", after.code), laws, report);
                no_less(before, after, report);
            }
            Some(_) => {}
        }
    }
    sooner(layer, report);
}

/// An overlay that no version of its item has.
pub(super) fn idle(report: &mut Report) {
    let message = Text::new("这份地方规定没有一天生效", "these local rules are in force on no day");
    let help = Text::new(
        "核对 version 和 until:until 不早于 version,而且事项那时已经生效、还没有失效。已经过期的,删去这个文件。",
        "Check `version` and `until`: `until` is not before `version`, and the item is in force then. Delete what is over.",
    );
    report.warn("law.overlay-idle", "overlay.version", message, help);
}

/// A basis beyond what the item had, that is at least a rule (规章).
fn grounded(before: &[Basis], after: &[Basis], place: String, laws: &Laws, report: &mut Report) {
    let own: Vec<&Basis> = after.iter().filter(|basis| !before.contains(basis)).collect();
    let circular = |basis: &&Basis| laws.get(&basis.law).is_some_and(|law| !law.kind.is_statute());
    let message = if own.is_empty() {
        Text::new("没有自己的依据", "it has no basis of its own")
    } else if own.iter().all(circular) {
        Text::new("依据只有规范性文件", "its only basis is a normative document")
    } else {
        return;
    };
    let help = Text::new(
        "写明法规或者规章的条文;没有的,不得增加要求(行政许可法第 16 条、第 17 条)。",
        "Cite a regulation or a rule; without one, demand no more (Administrative Licensing Law, arts. 16 and 17).",
    );
    report.error("law.overlay-basis", place, message, help);
}

/// Whoever comes past the gates and meets the tightened rule meets the one under it.
fn tighter(layer: &Layer, before: &Condition, after: &Condition, calendar: &Calendar, report: &mut Report) {
    let (Decided::Rule(under), Decided::Rule(over)) = (&before.decided, &after.decided) else { return };
    let place = format!("tighten.conditions[{}].rule", after.code);
    let gates: Vec<_> = beyond_gates(&layer.after).collect();
    let passing: Vec<_> = gates.iter().chain([over]).collect();
    match implies(&passing, under, &domains(&layer.after, calendar)) {
        Implied::Always => {}
        Implied::Not(world) => {
            let message = Text::new(
                format!("放宽了“{}”:有人按这里合格,按法律不合格", before.text.zh),
                format!("it relaxes “{}”: some pass here whom the law lets fail", before.text.en),
            );
            let help = Text::new(
                format!("改成至少与原规则一样严;例如在前面加上 ({}) &&。", under.text),
                format!("Make it at least as strict as the item's own; for instance, begin it with ({}) &&.", under.text),
            );
            report.error("law.loosened", place, message, help);
            report.witness(world.into());
        }
        Implied::Unsure => {
            let message =
                Text::new("没能证明它比原规则更严", "it could not be proved that this is at least as strict as the item's own rule");
            let help = Text::new(
                format!("写成原规则再加上要求:({}) && …。", under.text),
                format!("Write it as the item's own rule and more: ({}) && ….", under.text),
            );
            report.warn("law.unproved-tightening", place, message, help);
        }
    }
}

fn no_less(before: &Material, after: &Material, report: &mut Report) {
    let weight = |necessity| match necessity {
        Necessity::Required => 2,
        Necessity::Deferrable => 1,
        Necessity::Optional => 0,
    };
    for (field, less) in [
        ("necessity", weight(after.necessity) < weight(before.necessity)),
        ("originals", after.originals < before.originals),
        ("copies", after.copies < before.copies),
    ] {
        if less {
            let message = Text::new("比事项原来的要求低", "it asks for less than the item does");
            let help = Text::new(
                "地方文件只能加严;要放宽,改事项自己的文件。",
                "An overlay only tightens; to ask for less, change the item's own file.",
            );
            report.error("law.overlay-necessity", format!("tighten.materials[{}].{field}", after.code), message, help);
        }
    }
}

fn sooner(layer: &Layer, report: &mut Report) {
    let promised = (layer.before.limit(LimitKind::Promised), layer.after.limit(LimitKind::Promised));
    let (Some(before), Some(after)) = promised else { return };
    if is_longer(after, before) {
        let message = Text::new("承诺的时限比原来长", "the promise is longer than the item's");
        let help = Text::new("地方文件只能缩短承诺时限。", "An overlay may only shorten the promised limit.");
        report.error("law.overlay-limit", "tighten.promised.length", message, help);
    }
}
