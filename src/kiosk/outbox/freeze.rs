//! Draft → [`Submission`] → sealed envelope and device receipt: everything that is done before the database is touched.

use super::record::Record;
use crate::check::{Application, Assessment, MaterialState, assess, questions};
use crate::kiosk::app::{self, App, Draft};
use crate::kiosk::device::keys::Key;
use crate::kiosk::device::net::Failure;
use crate::kiosk::device::{self, clock};
use crate::receipt::{Claims, Kind, MaterialMark, TrustList, Unreadable, Unsigned, identity};
use crate::rules::Today;
use crate::signing::{hex, key_id};
use crate::submission::queue::Row;
use crate::submission::{ATTACHMENTS, Attachment, CHUNK, CHUNKS, ENVELOPE, SealedChunk, Submission, seal, seal_chunk};
use crate::words::Text;
use chrono::TimeDelta;
use leptos::prelude::*;

/// How long a device's receipt is good for.
const RECEIPT_LASTS: TimeDelta = TimeDelta::days(90);

/// Ready to be stored.
pub struct Prepared {
    pub row: Row,
    /// The sealed submission, as the text that is stored and sent.
    pub envelope: String,
    pub chunks: Vec<SealedChunk>,
    pub record: Record,
}

impl Prepared {
    pub fn bytes(&self) -> u64 {
        (self.envelope.len() + self.chunks.iter().map(|chunk| chunk.bytes.len()).sum::<usize>()) as u64
    }
}

/// Freezes, signs and seals.
pub async fn prepare(app: App, draft: &Draft, consent: &str) -> Result<Prepared, Failure> {
    let hall = app.hall.get_untracked().ok_or_else(no_hall)?;
    let trusted = |trust: &TrustList| (trust.sealing.clone(), trust.time_of_issue(app.now()));
    let (sealing, captured_at) = app.trust.with_untracked(|trust| trust.as_ref().map(trusted)).ok_or_else(no_hall)?;
    let (application, assessment) = distil(app, draft);
    let mut attachments = Vec::new();
    let mut chunks = Vec::new();
    for photo in draft.photos.iter().filter(|photo| application.materials.get(&photo.material).is_some_and(|d| d.have)) {
        let mut digests = Vec::new();
        for piece in photo.bytes.chunks(CHUNK) {
            let chunk = seal_chunk(piece, &hall.code, &sealing).map_err(|_| unsealable())?;
            digests.push(chunk.digest);
            chunks.push(chunk);
        }
        if digests.len() > CHUNKS || attachments.len() == ATTACHMENTS {
            return Err(too_many_photos());
        }
        let (material, media_type, length) = (photo.material.clone(), photo.media_type.clone(), photo.bytes.len() as u64);
        attachments.push(Attachment { material, media_type, length, chunks: digests });
    }
    let mut salt = [0; 16];
    app::fill_random(&mut salt);
    let (item, outcome) = (&draft.item, assessment.outcome);
    let materials = MaterialMark::all(&application, &assessment);
    let submission = Submission {
        id: draft.id,
        salt: hex(&salt),
        item: item.code.clone(),
        item_version: item.version,
        catalogue_version: draft.catalogue.clone(),
        applicant: draft.applicant.clone(),
        application,
        attachments,
        consent: consent.to_owned(),
        captured_at,
        assessment,
        corrects: None,
    };
    let frozen = submission.freeze().map_err(|_| unsealable())?;
    let key = Key::of_device().await?;
    vouched(app, Some(&key))?;
    let claims = Claims {
        hall: hall.code.clone(),
        id: draft.id,
        kind: Kind::Queued,
        issued_at: captured_at,
        expires_at: captured_at + RECEIPT_LASTS,
        item: item.code.clone(),
        catalogue: draft.catalogue.clone(),
        digest: hex(&frozen.digest.short()),
        outcome,
        materials,
        short_number: None,
        self_issued: (!super::shared(app)).then(|| hex(&key.public)),
        identity: identity::commit(&draft.id, &draft.applicant.identifier),
    };
    let unsigned = Unsigned::new(&claims, &key.public).map_err(unsignable)?;
    let receipt = signed_text(unsigned, &key).await?;
    let digests = chunks.iter().map(|chunk| chunk.digest).collect();
    let sealed = seal(&frozen, draft.id, &item.code, &hall.code, &sealing, digests, receipt.clone()).map_err(|_| unsealable())?;
    let record = Record {
        id: draft.id,
        item: item.code.clone(),
        item_name: item.name.clone(),
        window: item.window.clone(),
        complaint: item.complaint.clone(),
        captured_at,
        outcome,
        receipt,
        acknowledgement: None,
    };
    let envelope = serde_json::to_string(&sealed).map_err(|_| unsealable())?;
    // The hall would refuse it when the applicant is long gone.
    if envelope.len() > ENVELOPE {
        return Err(too_long());
    }
    Ok(Prepared { row: Row::new(&sealed, envelope.len(), clock::now()), envelope, chunks, record })
}

/// Whether what this device signs now would be believed. The hall refuses whatever a revoked device sends, or a shared one that
/// it does not know, when the applicant is long gone; and no desk believes the receipt of a device whose certificate has run out.
pub fn vouched(app: App, key: Option<&Key>) -> Result<(), Failure> {
    app.trust.with_untracked(|trust| {
        let trust = trust.as_ref().ok_or_else(no_hall)?;
        match key.and_then(|key| trust.device(&key_id(&key.public))) {
            Some(known) if known.revoked_at.is_some() => Err(revoked()),
            Some(known) if known.not_after < trust.time_of_issue(app.now()) => Err(expired()),
            None if super::shared(app) => Err(Failure::Key(device::lost())),
            Some(_) | None => Ok(()),
        }
    })
}

async fn signed_text(unsigned: Unsigned, key: &Key) -> Result<String, Failure> {
    let signature = key.sign(&unsigned.to_sign()).await?;
    unsigned.finish(signature).map_err(unsignable)
}

/// Only what matters: answers that decide something, and materials that are needed; and the assessment of exactly that.
fn distil(app: App, draft: &Draft) -> (Application, Assessment) {
    let calendar = app.calendar();
    let today = Today { date: app.today(), calendar: &calendar };
    let Draft { item, application, .. } = draft;
    let relevant = questions::relevant(item, application, &today);
    let states = assess(item, application, &today).materials;
    let needed = |code: &str| states.iter().any(|(c, state)| c == code && *state != MaterialState::NotNeeded);
    let distilled = Application {
        facts: application.facts.iter().filter(|(code, _)| relevant.contains(code)).map(|(c, v)| (c.clone(), v.clone())).collect(),
        materials: application.materials.iter().filter(|(code, _)| needed(code)).map(|(c, d)| (c.clone(), d.clone())).collect(),
    };
    let assessment = assess(item, &distilled, &today);
    (distilled, assessment)
}

fn no_hall() -> Failure {
    Failure::Key(Text::new(
        "本机还没有大厅的加密公钥,不能安全提交。请联网一次后再试",
        "This device does not have the hall's sealing key yet and cannot submit safely. Please go online once and try again",
    ))
}

fn revoked() -> Failure {
    Failure::Key(Text::new(
        "本机已被停用,不能提交。请换一台机器,或者到窗口办理",
        "This device has been taken out of service and cannot submit. Please use another one, or go to a window",
    ))
}

fn expired() -> Failure {
    Failure::Key(Text::new(
        "本机的证书已经到期,不能提交。请换一台机器,并告诉工作人员重新登记本机",
        "This machine's certificate has run out and it cannot submit. Please use another one, and tell the staff to enrol it again",
    ))
}

fn unsealable() -> Failure {
    Failure::Key(Text::new(
        "大厅的加密公钥有问题,没有提交。请告诉工作人员",
        "Something is wrong with the hall's sealing key; nothing was submitted. Please tell the staff",
    ))
}

fn unsignable(wrong: Unreadable) -> Failure {
    let Text { zh, en } = wrong.say();
    Failure::Key(Text::new(
        format!("回执无法生成({zh}),没有提交。请到窗口办理"),
        format!("The receipt cannot be made ({en}); nothing was submitted. Please go to a window"),
    ))
}

fn too_many_photos() -> Failure {
    Failure::Storage(Text::new(
        format!("照片太多或太大(最多 {ATTACHMENTS} 张),没有提交。请减少后再试"),
        format!("Too many photos, or one is too large (at most {ATTACHMENTS}); nothing was submitted. Please remove some"),
    ))
}

fn too_long() -> Failure {
    Failure::Storage(Text::new(
        "填写的内容太长,大厅收不下,没有提交。请缩短文字后再试",
        "What was entered is too long for the hall to take; nothing was submitted. Please shorten it",
    ))
}
