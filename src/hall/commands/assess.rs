//! `hall assess`: what the check says of an application, as the device and the window would.

use super::{Day, Ended, Ending, Voice, both, read};
use crate::calendar::Calendar;
use crate::catalogue::Item;
use crate::catalogue::bundle::in_force;
use crate::check::explain;
use crate::check::{Application, Assessment, Outcome, Point, PointKind, assess};
use crate::rules::Today;
use crate::words::Text;
use anyhow::{Context, bail};
use clap::Args;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// Assess an application: is it ready, and what exactly is missing.
///
/// The file holds {"facts":{…},"materials":{…}}: answers by fact code (money in fen), and for each material code an
/// object with "have" and, as far as it applies, "originals", "copies", "electronic", "valid_until", "issued_on", "number".
#[derive(Args)]
pub struct Assess {
    /// Code of the item, such as association-setup; the version in force on the day counts.
    #[arg(long, value_name = "CODE")]
    item: String,
    #[arg(long, value_name = "FILE.json")]
    answers: PathBuf,
    #[command(flatten)]
    day: Day,
    /// A folder of catalogue files; by default the sample catalogue inside this program.
    #[arg(long, value_name = "DIR")]
    catalogue: Option<PathBuf>,
}

impl Assess {
    pub(super) fn run(self, voice: &Voice) -> Ended {
        let text = read(&self.answers)?;
        let application: Application =
            serde_json::from_str(&text).with_context(|| format!("{} is not an application", self.answers.display()))?;
        let calendar = Calendar::announced();
        let items = super::catalogue::compiled(self.catalogue.as_deref())?.items;
        let day = self.day.date();
        let Some(item) = in_force(&items, &self.item, day) else {
            let known: BTreeSet<&str> = items.iter().map(|item| item.code.as_str()).collect();
            bail!("there is no item `{}` on {day}; there are: {}", self.item, Vec::from_iter(known).join(", "));
        };
        let today = Today { date: day, calendar: &calendar };
        let assessment = assess(item, &application, &today);
        voice.tell(&assessment, || sentence(item, &application, &assessment, &today))?;
        Ok(Ending::Done)
    }
}

fn sentence(item: &Item, application: &Application, assessment: &Assessment, today: &Today) -> String {
    let outcome = match assessment.outcome {
        Outcome::NotRequired => Text::new("无需办理许可", "no licence is needed"),
        Outcome::Elsewhere => Text::new("请到别处办理", "to be done elsewhere"),
        Outcome::Open => Text::new("还有问题或材料没有填完", "questions or materials remain"),
        Outcome::NotMet => Text::new("不符合条件", "conditions are not met"),
        Outcome::Incomplete => Text::new("材料不齐", "materials are missing or defective"),
        Outcome::ReadyWithDeferral => Text::new("可以办理,部分材料可容缺后补", "ready; some materials may follow later"),
        Outcome::ReadyForPerson => Text::new("材料齐全,有事项需窗口人员判断", "complete; something remains for a clerk to judge"),
        Outcome::Ready => Text::new("可以办理", "ready"),
    };
    let mut said = format!("{}:{}\n{}: {}", item.name.zh, outcome.zh, item.name.en, outcome.en);
    for point in &assessment.points {
        for (at, text) in point_texts(item, point).iter().enumerate() {
            let indent = if at == 0 { "- " } else { "  " };
            said += &format!("\n{indent}{}", both(text).replace('\n', "\n  "));
        }
        for words in explain::why_listed(item, application, point, today) {
            said += &format!("\n  = {}", both(&words.line()).replace('\n', "\n    "));
        }
    }
    let asked = assessment.open.iter().filter_map(|code| Some(&item.fact(code)?.ask));
    let undeclared = assessment.undeclared.iter().filter_map(|code| Some(&item.material(code)?.name));
    for text in asked.chain(undeclared) {
        said += &format!("\n? {}", both(text).replace('\n', "\n  "));
    }
    for answer in &assessment.unusable {
        said += &format!("\n! 无法使用的回答 unusable answer: {answer}");
    }
    said
}

/// What a point says, then what there is to know about it.
fn point_texts(item: &Item, point: &Point) -> Vec<Text> {
    let Some((kind, code)) = point.id.split_once('.') else { return vec![] };
    let mut texts = Vec::new();
    match kind {
        "gate" => {
            if let Some(gate) = item.gates.iter().find(|gate| gate.code == code) {
                texts.push(gate.say.clone());
                texts.extend(gate.go.clone());
            }
        }
        "condition" => {
            if let Some(condition) = item.conditions.iter().find(|condition| condition.code == code) {
                texts.push(headed(point.kind, &condition.text));
                if point.kind == PointKind::NotMet {
                    texts.push(condition.remedy.clone());
                }
            }
        }
        _ => {
            if let Some(material) = item.material(code) {
                texts.push(headed(point.kind, &material.name));
                let unmet = |code: &String| material.standards.iter().find(|standard| standard.code == *code);
                texts.extend(point.standards.iter().filter_map(unmet).map(|standard| standard.text.clone()));
                texts.push(material.obtain.clone());
            }
        }
    }
    texts.extend(point.detail.clone());
    texts
}

fn headed(kind: PointKind, text: &Text) -> Text {
    let (zh, en) = match kind {
        PointKind::NotRequired => ("无需办理", "not required"),
        PointKind::Elsewhere => ("别处办理", "elsewhere"),
        PointKind::NotMet => ("不符合", "not met"),
        PointKind::Person => ("需人工判断", "for a clerk to judge"),
        PointKind::Missing => ("缺少", "missing"),
        PointKind::Defective => ("不合要求", "defective"),
        PointKind::Deferred => ("可后补", "may follow"),
    };
    Text::new(format!("{zh}:{}", text.zh), format!("{en}: {}", text.en))
}
