//! The words in which changes are told.

use crate::catalogue::{Applicant, Basis, Filing, Form, Gate, GateOutcome, Handling, Item, Laws, Limit, cite};
use crate::words::{Phrase, Text};

/// `窗口:“甲”改为“乙”`
pub(super) fn became(what: Phrase, old: &Text, new: &Text) -> Text {
    let zh =
        if old.zh == new.zh { format!("“{}”(只改了英文)", new.zh) } else { format!("“{}”改为“{}”", old.zh, new.zh) };
    let en = if old.en == new.en {
        format!("“{}” (changed in Chinese only)", new.en)
    } else {
        format!("“{}” becomes “{}”", old.en, new.en)
    };
    Text::new(format!("{}:{zh}", what.zh), format!("{}: {en}", what.en))
}

/// `新增条件:“…”`
pub(super) fn about(what: Text, of: &Text) -> Text {
    Text::new(format!("{}:“{}”", what.zh, of.zh), format!("{}: “{}”", what.en, of.en))
}

pub(super) fn whose(what: Phrase, local: &Option<Text>) -> Text {
    match local {
        Some(place) => Text::new(format!("{}({}规定)", what.zh, place.zh), format!("{} (local rule of {})", what.en, place.en)),
        None => what.text(),
    }
}

pub(super) fn outcome(gate: &Gate, when: Phrase) -> Text {
    match gate.outcome {
        GateOutcome::NotRequired => Text::new(format!("{}免办", when.zh), format!("{} free of the licence", when.en)),
        GateOutcome::Elsewhere => Text::new(format!("{}到别处办", when.zh), format!("{} done elsewhere", when.en)),
    }
}

pub(super) fn cited(bases: &[Basis], laws: &Laws) -> Text {
    let (zh, en): (Vec<String>, Vec<String>) = bases.iter().map(|basis| cite(basis, laws)).map(|text| (text.zh, text.en)).unzip();
    Text::new(zh.join("、"), en.join("; "))
}

pub(super) fn length(limit: &Limit) -> Text {
    limit.unit.say(limit.length)
}

pub(super) fn applicant(item: &Item) -> Text {
    match item.applicant {
        Applicant::Person => Text::new("个人证件", "a person's"),
        Applicant::Organisation => Text::new("统一社会信用代码", "an organisation's"),
    }
}

pub(super) fn handling(item: &Item) -> Text {
    match item.handling {
        Handling::Instant => Text::new("即办件", "on the spot"),
        Handling::Promised => Text::new("承诺件", "within a limit"),
    }
}

pub(super) fn filing(item: &Item) -> Text {
    match item.filing {
        Filing::Online => Text::new("可以在设备上提交", "from a device"),
        Filing::PreCheckOnly => Text::new("只能到窗口提交", "in person only"),
    }
}

pub(super) fn form(form: Form) -> Phrase {
    match form {
        Form::Paper => Phrase::new("现在只收纸质", "now taken on paper only"),
        Form::Electronic => Phrase::new("现在只收电子件", "now taken electronically only"),
        Form::Both => Phrase::new("现在纸质、电子都收", "now taken on paper and electronically"),
    }
}
