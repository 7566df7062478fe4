//! Notices (告知书): every decision at the window has one, and each shows what the law wants it to show. A notice is
//! plain lines of label and text, so that screen, A4 and thermal paper all print the same.

use super::{Act, Clock, Event, point_name};
use crate::calendar::{Due, hall_date};
use crate::catalogue::{Hall, Item, Laws, LimitKind, cite};
use crate::receipt::number;
use crate::submission::Submission;
use crate::words::{Phrase, Text};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct Notice {
    pub title: Text,
    /// Short number of the case.
    pub number: String,
    pub lines: Vec<Line>,
    /// What the applicant may do, or must know, in closing.
    pub closing: Vec<Text>,
    /// Who seals it: the implementing body. The seal is put on the print.
    pub body: Text,
    pub date: chrono::NaiveDate,
}

/// One row: a label, and one or more texts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct Line {
    pub label: Text,
    pub texts: Vec<Text>,
}

/// What a notice is made from.
pub struct Case<'a> {
    pub short_number: &'a str,
    pub submission: &'a Submission,
    pub item: &'a Item,
    pub hall: &'a Hall,
    pub clock: Clock,
}

fn line(zh: &str, en: &str, texts: Vec<Text>) -> Line {
    Line { label: Text::new(zh, en), texts }
}

/// The same words in both languages: names, numbers, what a clerk typed.
fn same(text: impl Into<String>) -> Text {
    let text = text.into();
    Text { zh: text.clone(), en: text }
}

fn due(due: Option<Due>) -> Vec<Text> {
    due.map(|d| {
        let mut text = same(d.date.to_string());
        if d.provisional {
            text.zh.push_str("(节假日安排尚未公布,暂定)");
            text.en.push_str(" (provisional: holidays not announced yet)");
        }
        text
    })
    .into_iter()
    .collect()
}

const NOT_ACCEPTANCE: Phrase =
    Phrase::new("本凭证仅证明收到材料,不等于受理。", "This proves that materials were taken in. It is not acceptance.");
const REMEDIES: Phrase = Phrase::new(
    "如对本决定不服,可以自收到之日起 60 日内申请行政复议,或者 6 个月内提起行政诉讼。",
    "Against this decision you may apply for administrative review within 60 days, or bring suit within 6 months.",
);
const ALL_AT_ONCE: Phrase = Phrase::new(
    "以上为需要补正的全部内容,一次性告知;补齐后当日视为材料收齐。",
    "This is everything to be corrected, told all at once; acceptance counts from the day the last correction comes in.",
);

/// The notice of `event`, if it has one.
pub fn notice(event: &Event, case: &Case) -> Option<Notice> {
    let Case { short_number, submission, item, hall, clock } = case;
    let mut lines = vec![
        line("办件编号", "Case number", vec![same(number::show(short_number))]),
        line("申请人", "Applicant", vec![same(&submission.applicant.name)]),
        line("事项", "Matter", vec![item.name.clone()]),
        line("申请日期", "Date of application", vec![same(hall_date(submission.captured_at).to_string())]),
    ];
    let mut closing = Vec::new();
    let title = match &event.act {
        Act::Receive { .. } | Act::Supplied => return None,
        Act::TakeIn { materials } => {
            let rows = materials.iter().filter_map(|m| {
                let name = &item.material(&m.material)?.name;
                Some(Text {
                    zh: format!("{}:原件 {} 份,复印件 {} 份", name.zh, m.originals, m.copies),
                    en: format!("{}: {} original(s), {} copies", name.en, m.originals, m.copies),
                })
            });
            lines.push(line("收到材料", "Materials taken in", rows.collect()));
            closing.push(NOT_ACCEPTANCE.text());
            Text::new("材料接收凭证", "Receipt of materials")
        }
        Act::Accept => {
            let contact = if submission.applicant.contact.is_empty() { &submission.applicant.name } else { &submission.applicant.contact };
            lines.push(line("联系人", "Contact", vec![same(format!("{contact} {}", submission.applicant.phone))]));
            // Often an earlier day than the decision's: that of the last correction, or the day from which the law deems it accepted.
            lines.push(line("受理日期", "Accepted as of", clock.accepted_on.map(|day| same(day.to_string())).into_iter().collect()));
            lines.push(line("受理依据", "Basis", vec![licensing("32")]));
            let fee = if item.fees.is_empty() {
                Text::new("不收费", "No fee")
            } else {
                Text::new("收费,标准见事项页", "Charged, as published for the item")
            };
            lines.push(line("是否收费", "Fee", vec![fee]));
            for (kind, zh, en) in
                [(LimitKind::Statutory, "法定时限", "Statutory limit"), (LimitKind::Promised, "承诺时限", "Promised limit")]
            {
                if let Some(limit) = item.limit(kind) {
                    lines.push(line(zh, en, vec![limit.unit.say(limit.length)]));
                }
            }
            lines.push(line(
                "不计入时限",
                "Not counted",
                vec![Text::new(
                    "依法进行的听证、招标、检验、检测、检疫、鉴定和专家评审所需时间",
                    "Time for hearings, tenders, inspection, testing, quarantine, appraisal and expert review under the law",
                )],
            ));
            lines.push(line("办结日期", "Decision due", due(clock.due_promised.or(clock.due_statutory))));
            lines.push(line("查询方式", "Ask for progress", vec![item.enquiry.clone()]));
            lines.push(line("送达方式", "Delivery", vec![item.result.delivery.clone()]));
            let needed = item.materials.iter().filter(|m| submission.application.materials.get(&m.code).is_some_and(|d| d.have));
            lines.push(line("材料清单", "Materials", needed.map(|m| m.name.clone()).collect()));
            Text::new("受理通知书", "Notice of acceptance")
        }
        Act::AskCorrection { points } => {
            lines.push(line("依据", "Basis", vec![licensing("32(4)")]));
            let rows = points.iter().filter_map(|p| {
                let name = point_name(item, &p.point)?;
                Some(Text { zh: format!("{}:{}", name.zh, p.standard), en: format!("{}: {}", name.en, p.standard) })
            });
            lines.push(line("需要补正", "To be corrected", rows.collect()));
            closing.push(ALL_AT_ONCE.text());
            Text::new("补正告知书", "Notice of correction")
        }
        Act::Refuse { reason, basis, go } => {
            lines.push(line("不予受理的理由", "Reason", vec![same(reason)]));
            lines.push(line("依据", "Basis", vec![same(basis)]));
            if !go.trim().is_empty() {
                lines.push(line("请前往", "Where to go", vec![same(go)]));
            }
            closing.push(REMEDIES.text());
            Text::new("不予受理决定书", "Decision not to accept")
        }
    };
    if let Some(by) = &event.by {
        lines.push(line("经办人", "Officer", vec![same(format!("{} {} {}", by.name, by.window, by.phone))]));
    }
    closing.push(Text { zh: format!("监督投诉:{}", item.complaint.zh), en: format!("Complaints: {}", item.complaint.en) });
    closing.push(Text { zh: hall.name.zh.clone(), en: hall.name.en.clone() });
    let date = hall_date(event.at);
    return Some(Notice { title, number: (*short_number).to_owned(), lines, closing, body: item.body.clone(), date });

    // The licensing law is cited by every notice, whatever the item cites.
    fn licensing(article: &str) -> Text {
        let name = Text::new("中华人民共和国行政许可法", "Administrative Licensing Law");
        let law = crate::catalogue::Law { name, kind: crate::catalogue::LawKind::Law, protects: None };
        let laws = Laws::from([("licensing".to_owned(), law)]);
        cite(&crate::catalogue::Basis { law: "licensing".to_owned(), article: article.to_owned() }, &laws)
    }
}
