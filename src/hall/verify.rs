//! Is everything that the hall keeps whole? Every case, event, chunk, signature and reference is looked at, as it is at one
//! moment, beside the running server. What is found is told by a stable code and the id of what is wrong; never by anything
//! a person has typed.

use super::Error;
use super::catalogue::unpack;
use super::keys::{Keys, Unlock, public};
use super::store::{self, cases, chunks::Chunks};
use crate::case::{self, Act};
use crate::catalogue::bundle::{Bundle, Part};
use crate::receipt::claims::read;
use crate::receipt::{Claims, Kind, Reason, TrustList, Verdict, number, verify as judge};
use crate::signing::{Signed, TRUST_LIST, WHOLE_CATALOGUE, from_hex, hex, key_id};
use crate::submission::{Digest, Sealed, Submission, Unsealable, open, open_chunk};
use crate::words::{Phrase, Text};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use sqlx::{Connection, SqliteConnection};
use std::collections::BTreeSet;
use std::path::Path;
use uuid::Uuid;

/// A kind of finding. Codes are part of the contract: append, never rename.
#[derive(Clone, Copy, Debug)]
pub struct Code {
    pub code: &'static str,
    pub severity: Severity,
    pub title: Phrase,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Something that the hall had is lost or changed.
    Error,
    /// It came like this from a device, and is kept as it came.
    Warning,
}
use Severity::{Error as Fault, Warning};

macro_rules! codes {
    ($($name:ident = $severity:ident, $code:literal, $zh:literal, $en:literal;)*) => {
        $(const $name: Code = Code { code: $code, severity: $severity, title: Phrase::new($zh, $en) };)*
        /// Every kind there is.
        pub const ALL: &[Code] = &[$($name),*];
    };
}

codes! {
    KEYS = Fault, "keys", "密钥文件缺失或已损坏", "The key files are missing or damaged";
    UNREADABLE = Fault, "database.unreadable", "数据库读不出来", "The database cannot be read";
    SCHEMA = Fault, "database.schema", "数据库不是这个版本的,请先用本版本启动一次大厅服务", "The database is of another release: serve the hall once with this one";
    INTEGRITY = Fault, "database.integrity", "数据库文件已损坏", "The database file is damaged";
    REFERENCE = Fault, "database.reference", "引用的记录不存在", "A row refers to one that is not there";

    CASE_ROW = Fault, "case.row", "办件记录无法识别", "The case's row cannot be read";
    CASE_LABEL = Fault, "case.label", "办件各栏与信封或复核结果不一致", "The case's columns differ from its envelope or its check";
    CASE_ENVELOPE = Fault, "case.envelope", "信封无法用本大厅的密钥打开", "The envelope does not open with the hall's key";
    CASE_DIGEST = Fault, "case.digest", "内容与摘要不符", "The content does not have its digest";
    CASE_CONTENT = Fault, "case.content", "信封里不是这份提交", "What is sealed is not this submission";
    CASE_SENDER = Fault, "case.sender", "随附的设备回执不属于这份提交,或者签名不符", "The device's receipt is not for this submission, or its signature does not fit";
    CASE_RECEIPT = Fault, "case.receipt", "大厅回执的签名不符,或者不属于这个办件", "The hall's receipt is not genuine, or not this case's";
    CASE_NUMBER = Fault, "case.number", "办件短号与日期和序号不符", "The short number is not that of the day and the serial";
    CASE_CHUNKS = Fault, "case.chunks", "办件所需的附件没有全部登记", "Not every chunk that the case needs is on record";
    CASE_CATALOGUE = Fault, "case.catalogue", "复核所用的目录版本不存在", "The catalogue it was checked with is not there";
    CASE_EVENTS = Fault, "case.events", "办理记录不连续,或者不是从收到提交开始", "The events have a gap, or do not begin with the receipt";
    CASE_STATE = Fault, "case.state", "办件状态与办理记录不符", "The state is not the one that the events lead to";

    CHUNK_MISSING = Fault, "chunk.missing", "附件缺失", "A chunk is missing";
    CHUNK_DAMAGED = Fault, "chunk.damaged", "附件已损坏", "A chunk is damaged";
    CHUNK_SEALED = Warning, "chunk.sealed", "附件送达时就无法解封", "A chunk cannot be opened, and could not when it came";
    ATTACHMENT_LENGTH = Warning, "attachment.length", "附件长度与提交所述不符", "An attachment is not as long as the submission says";

    SCAN_ROW = Fault, "scan.row", "扫码记录无法识别", "The scan's row cannot be read";
    STAFF_ROW = Fault, "staff.row", "人员记录无法识别", "The row of a member of staff cannot be read";
    DEVICE_ROW = Fault, "device.row", "设备记录无法识别", "The devices' rows cannot be read";
    DEVICE_KEY = Fault, "device.key", "设备编号与公钥不符", "The device's id is not that of its key";
    TRUST_SIGNATURE = Fault, "trust.signature", "信任清单的签名不符", "The trust list's signature does not fit";
    TRUST_ROW = Fault, "trust.row", "信任清单与登记的序号或大厅不符", "The trust list is not the one its row says";
    TRUST_BEHIND = Fault, "trust.behind", "最新的信任清单与登记的设备或密钥不一致", "The latest trust list is not that of the devices and keys on record";
    TRUST_KEY = Fault, "trust.key", "登记的签名密钥不是本大厅的,或者一个也没有", "A signing key on record is not this hall's, or there is none";
    CATALOGUE_HEAD = Fault, "catalogue.head", "目录的签名不符,或者与登记的版本不一致", "The catalogue's signature does not fit, or it is not the one its row says";
    CATALOGUE_PART = Fault, "catalogue.part", "目录的一部分缺失或已损坏", "A part of a catalogue is missing or damaged";
}

/// Something that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub code: &'static str,
    pub severity: Severity,
    /// The id of what is wrong: a case's, a chunk's, a table.
    pub subject: String,
    pub title: Text,
}

/// What was looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    pub cases: usize,
    /// Chunks on disk, and those of them that no case needs: they are collected later.
    pub chunks: usize,
    pub unneeded: usize,
    pub errors: usize,
    pub warnings: usize,
}

/// Looks at all of a data folder and tells of each finding. Keys that do not open with `unlock` are an error: they may be whole.
pub async fn verify(data: &Path, unlock: &Unlock, tell: &mut dyn FnMut(Finding)) -> Result<Summary, Error> {
    let mut told = Told { tell, summary: Summary::default() };
    let keys = match Keys::open(data, unlock) {
        Ok(keys) => keys,
        Err(shut @ (Error::NoKeyFile(_) | Error::NeedsPassphrase | Error::NeedsKeyFile | Error::SealedKeys)) => return Err(shut),
        Err(_) => {
            told.found(KEYS, "keys");
            return Ok(told.summary);
        }
    };
    let Ok(mut db) = store::look(data).await else {
        told.found(UNREADABLE, "hall.db");
        return Ok(told.summary);
    };
    let chunks = Chunks::open(data)?;
    // One transaction: everything is seen as it is at one moment.
    if let Ok(mut moment) = db.begin().await {
        Look { db: &mut moment, keys: &keys, chunks: &chunks, trust: None, told: &mut told }.all().await;
    } else {
        told.found(UNREADABLE, "hall.db");
    }
    let _ = db.close().await;
    Ok(told.summary)
}

struct Told<'a> {
    tell: &'a mut dyn FnMut(Finding),
    summary: Summary,
}

impl Told<'_> {
    fn found(&mut self, code: Code, subject: impl ToString) {
        match code.severity {
            Severity::Error => self.summary.errors += 1,
            Severity::Warning => self.summary.warnings += 1,
        }
        (self.tell)(Finding { code: code.code, severity: code.severity, subject: subject.to_string(), title: code.title.text() });
    }

    fn check(&mut self, good: bool, code: Code, subject: impl ToString) {
        if !good {
            self.found(code, subject);
        }
    }
}

struct Look<'a, 'b> {
    db: &'a mut SqliteConnection,
    keys: &'a Keys,
    chunks: &'a Chunks,
    /// Of what is on record; none before anything was published.
    trust: Option<TrustList>,
    told: &'a mut Told<'b>,
}

impl Look<'_, '_> {
    async fn all(mut self) {
        if !self.whole().await {
            return;
        }
        // What cannot be read in one table does not keep the others from being looked at.
        let result = self.lists().await;
        self.readable(result, "trust_lists");
        let result = self.catalogues().await;
        self.readable(result, "catalogues");
        let result = self.people().await;
        self.readable(result, "scans, staff");
        let result = self.cases().await;
        self.readable(result, "cases");
        let result = self.folder().await;
        self.readable(result, "case_chunks");
    }

    fn readable(&mut self, result: sqlx::Result<()>, table: &str) {
        self.told.check(result.is_ok(), UNREADABLE, table);
    }

    /// The file itself; false when there is no use in looking further.
    async fn whole(&mut self) -> bool {
        let newest = "SELECT MAX(version) FROM _sqlx_migrations";
        let version: sqlx::Result<(Option<i64>,)> = sqlx::query_as(newest).fetch_one(&mut *self.db).await;
        let integrity: sqlx::Result<Vec<(String,)>> = sqlx::query_as("PRAGMA integrity_check").fetch_all(&mut *self.db).await;
        match integrity {
            Ok(lines) if lines.iter().all(|(line,)| line == "ok") => {}
            Ok(_) => self.told.found(INTEGRITY, "hall.db"),
            Err(_) => self.told.found(UNREADABLE, "hall.db"),
        }
        if version.ok().is_none_or(|(version,)| version != store::schema()) {
            self.told.found(SCHEMA, "hall.db");
            return false;
        }
        // Table, row, the table referred to, which reference.
        type Broken = (String, Option<i64>, String, i64);
        let broken: sqlx::Result<Vec<Broken>> = sqlx::query_as("PRAGMA foreign_key_check").fetch_all(&mut *self.db).await;
        self.told.check(broken.is_ok(), UNREADABLE, "hall.db");
        for (table, row, ..) in broken.unwrap_or_default() {
            self.told.found(REFERENCE, row.map_or(table.clone(), |row| format!("{table} {row}")));
        }
        true
    }

    /// Devices, keys and the trust lists made of them.
    async fn lists(&mut self) -> sqlx::Result<()> {
        let kids: Vec<(String, String)> = sqlx::query_as("SELECT kid, public FROM devices").fetch_all(&mut *self.db).await?;
        for (kid, public) in kids {
            let fits = from_hex::<32>(&public).is_some_and(|public| hex(&key_id(&public)) == kid);
            self.told.check(fits, DEVICE_KEY, kid);
        }
        let devices = match store::devices::all(self.db).await {
            Ok(devices) => devices,
            Err(_) => {
                self.told.found(DEVICE_ROW, "devices");
                vec![]
            }
        };
        let hall_keys = store::trust::hall_keys(self.db).await?;
        let rows: Vec<(i64, String, String)> =
            sqlx::query_as("SELECT sequence, hall, signed FROM trust_lists ORDER BY sequence").fetch_all(&mut *self.db).await?;
        let mut latest = None;
        for (sequence, hall, signed) in rows {
            let signed: Option<Signed> = serde_json::from_str(&signed).ok();
            match signed.and_then(|signed| signed.open::<TrustList>(TRUST_LIST, &self.keys.root_public()).ok()) {
                Some(list) => {
                    self.told.check(list.sequence == sequence.unsigned_abs() && list.hall == hall, TRUST_ROW, sequence);
                    latest = Some(list);
                }
                None => self.told.found(TRUST_SIGNATURE, sequence),
            }
        }
        if let Some(list) = latest {
            let own: Vec<String> = (0..=hall_keys.len()).map(|number| public(&self.keys.signing(number))).collect();
            let good = !hall_keys.is_empty() && hall_keys.iter().all(|key| own.contains(&key.public));
            self.told.check(good, TRUST_KEY, "hall_keys");
            self.told.check(list.devices == devices && list.hall_keys == hall_keys, TRUST_BEHIND, list.sequence);
            self.trust = Some(TrustList { devices, hall_keys, ..list });
        }
        Ok(())
    }

    async fn catalogues(&mut self) -> sqlx::Result<()> {
        let rows: Vec<(String, i64, String)> =
            sqlx::query_as("SELECT version, sequence, signed FROM catalogues ORDER BY sequence").fetch_all(&mut *self.db).await?;
        let mut whole: BTreeSet<String> = BTreeSet::new();
        for (version, sequence, signed) in rows {
            let signed: Option<Signed> = serde_json::from_str(&signed).ok();
            let head = signed.and_then(|signed| head(&signed, sequence, self.keys));
            let Some(head) = head.filter(|head| head.version == version && head.sequence == sequence.unsigned_abs()) else {
                self.told.found(CATALOGUE_HEAD, version);
                continue;
            };
            for part in head.parts {
                if !whole.contains(&part.sha256) {
                    let kept = store::catalogues::part(self.db, &part.sha256).await?;
                    let good = kept.and_then(|packed| unpack(&packed).ok()).is_some_and(|bytes| part.check(&bytes).is_ok());
                    self.told.check(good, CATALOGUE_PART, &part.sha256);
                    whole.insert(part.sha256);
                }
            }
        }
        Ok(())
    }

    async fn people(&mut self) -> sqlx::Result<()> {
        let scans: Vec<(String, String, String)> =
            sqlx::query_as("SELECT id, receipt, verdict FROM scans").fetch_all(&mut *self.db).await?;
        for (id, receipt, verdict) in scans {
            let known = serde_json::from_value::<Verdict>(verdict.into()).is_ok();
            let good = known && id.parse::<Uuid>().is_ok() && receipt.parse::<Uuid>().is_ok();
            self.told.check(good, SCAN_ROW, id);
        }
        let users: Vec<(i64, String)> = sqlx::query_as("SELECT rowid, user FROM staff").fetch_all(&mut *self.db).await?;
        for (row, user) in users {
            let good = store::staff::get(self.db, &user).await.is_ok();
            self.told.check(good, STAFF_ROW, row);
        }
        Ok(())
    }

    async fn cases(&mut self) -> sqlx::Result<()> {
        let ids: Vec<(String,)> = sqlx::query_as("SELECT id FROM cases ORDER BY rowid").fetch_all(&mut *self.db).await?;
        self.told.summary.cases = ids.len();
        for (text,) in ids {
            let case = match text.parse::<Uuid>() {
                Ok(id) => cases::by_id(self.db, &id).await.ok().flatten(),
                Err(_) => None,
            };
            match case {
                Some(case) => self.case(&case).await?,
                None => self.told.found(CASE_ROW, text),
            }
        }
        Ok(())
    }

    async fn case(&mut self, case: &cases::Case) -> sqlx::Result<()> {
        let id = case.listed.id;
        let (day, serial): (String, i64) =
            sqlx::query_as("SELECT day, serial FROM cases WHERE id = ?").bind(id.to_string()).fetch_one(&mut *self.db).await?;
        let made = day.parse::<NaiveDate>().ok().zip(u32::try_from(serial).ok()).and_then(|(day, serial)| number::make(day, serial));
        self.told.check(made.as_ref() == Some(&case.listed.short_number), CASE_NUMBER, id);
        self.told.check(labelled(case), CASE_LABEL, id);
        let trust = self.trust.as_ref();
        let received = trust.is_some_and(|trust| receipt_fits(case, trust));
        let sent = trust.is_some_and(|trust| sender_fits(&case.envelope, trust, case.listed.received_at));
        self.told.check(received, CASE_RECEIPT, id);
        self.told.check(sent, CASE_SENDER, id);
        self.record(case).await?;
        if let Some(version) = &case.listed.catalogue {
            let there = store::catalogues::get(self.db, version).await.is_ok_and(|head| head.is_some());
            self.told.check(there, CASE_CATALOGUE, id);
        }
        let submission = self.opened(case);
        self.attachments(case, submission.as_ref()).await
    }

    /// The events, one after the other, and the state they lead to.
    async fn record(&mut self, case: &cases::Case) -> sqlx::Result<()> {
        let id = case.listed.id;
        let seqs: Vec<(i64,)> =
            sqlx::query_as("SELECT seq FROM events WHERE \"case\" = ? ORDER BY seq").bind(id.to_string()).fetch_all(&mut *self.db).await?;
        let (revision,): (i64,) =
            sqlx::query_as("SELECT revision FROM cases WHERE id = ?").bind(id.to_string()).fetch_one(&mut *self.db).await?;
        let Ok(events) = cases::events(self.db, &id).await else {
            self.told.found(CASE_EVENTS, id);
            return Ok(());
        };
        let contiguous = seqs.iter().zip(0..).all(|((seq,), at)| *seq == at) && i64::try_from(seqs.len()) == Ok(revision);
        let begun = events.first().is_some_and(|event| event.act == Act::Receive { submission: id });
        self.told.check(contiguous && begun, CASE_EVENTS, id);
        self.told.check(case::state(&events) == case.listed.state, CASE_STATE, id);
        Ok(())
    }

    /// The submission, if the envelope holds it.
    fn opened(&mut self, case: &cases::Case) -> Option<Submission> {
        let id = case.listed.id;
        let frozen = match open(&case.envelope, self.keys.sealing()) {
            Ok(frozen) => frozen,
            Err(Unsealable::Digest) => {
                self.told.found(CASE_DIGEST, id);
                return None;
            }
            Err(Unsealable::Key | Unsealable::Envelope) => {
                self.told.found(CASE_ENVELOPE, id);
                return None;
            }
        };
        self.told.check(frozen.digest == case.digest, CASE_DIGEST, id);
        let submission: Option<Submission> = serde_json::from_slice(&frozen.bytes).ok();
        let submission = submission.filter(|submission| submission.id == id && submission.item == case.listed.item);
        self.told.check(submission.is_some(), CASE_CONTENT, id);
        submission
    }

    async fn attachments(&mut self, case: &cases::Case, submission: Option<&Submission>) -> sqlx::Result<()> {
        let id = case.listed.id;
        let rows: Vec<(String,)> =
            sqlx::query_as("SELECT sha256 FROM case_chunks WHERE \"case\" = ?").bind(id.to_string()).fetch_all(&mut *self.db).await?;
        let recorded: BTreeSet<Digest> = rows.iter().filter_map(|(digest,)| digest.parse().ok()).collect();
        let attachments = submission.map(|submission| submission.attachments.as_slice()).unwrap_or_default();
        let needed: BTreeSet<Digest> = case.envelope.chunks.iter().chain(attachments.iter().flat_map(|a| &a.chunks)).copied().collect();
        self.told.check(recorded.len() == rows.len() && needed.is_subset(&recorded), CASE_CHUNKS, id);
        let mut lost = BTreeSet::new();
        for digest in recorded.union(&needed) {
            if self.chunks.whole(digest).ok().flatten().is_none() {
                let there = self.chunks.has(digest).await.unwrap_or(false);
                self.told.found(if there { CHUNK_DAMAGED } else { CHUNK_MISSING }, digest);
                lost.insert(*digest);
            }
        }
        for (place, attachment) in attachments.iter().enumerate().filter(|(_, a)| !a.chunks.iter().any(|digest| lost.contains(digest))) {
            let mut length = Some(0);
            for digest in &attachment.chunks {
                let opened = self.length(case, digest);
                self.told.check(opened.is_some(), CHUNK_SEALED, digest);
                length = length.zip(opened).map(|(before, this)| before + this);
            }
            self.told.check(length.is_none_or(|length| length == attachment.length), ATTACHMENT_LENGTH, format!("{id} {place}"));
        }
        Ok(())
    }

    /// How long a chunk is once opened.
    fn length(&self, case: &cases::Case, digest: &Digest) -> Option<u64> {
        let bytes = self.chunks.whole(digest).ok()??;
        let plain = open_chunk(&bytes, &case.envelope.hall, &case.envelope.kid, self.keys.sealing()).ok()?;
        u64::try_from(plain.len()).ok()
    }

    /// What lies in the folder of chunks, and how much of it nobody needs.
    async fn folder(&mut self) -> sqlx::Result<()> {
        let needed: BTreeSet<Digest> = cases::needed(self.db).await?.into_iter().collect();
        for digest in self.chunks.all().map_err(sqlx::Error::Io)? {
            self.told.summary.chunks += 1;
            self.told.summary.unneeded += usize::from(!needed.contains(&digest));
        }
        Ok(())
    }
}

/// What of a head is compared with its row.
struct Head {
    version: String,
    sequence: u64,
    parts: Vec<Part>,
}

fn head(signed: &Signed, sequence: i64, keys: &Keys) -> Option<Head> {
    let root = keys.root_public();
    if sequence > 0 {
        let bundle = Bundle::open(signed, &root).ok()?;
        return Some(Head { parts: bundle.parts().cloned().collect(), version: bundle.version, sequence: bundle.sequence });
    }
    #[derive(Deserialize)]
    struct Whole {
        version: String,
    }
    let Whole { version } = signed.open(WHOLE_CATALOGUE, &root).ok()?;
    Some(Head { version, sequence: 0, parts: vec![] })
}

/// Do the columns say what the envelope and the check say?
fn labelled(case: &cases::Case) -> bool {
    let cases::Listed { id, item, outcome, .. } = &case.listed;
    let Sealed { id: sealed, item: sealed_item, digest, .. } = &case.envelope;
    (sealed, sealed_item, *digest) == (id, item, case.digest) && case.recheck.outcome == *outcome && case.recheck.item == *item
}

fn names(claims: &Claims, kind: Kind, sealed: &Sealed) -> bool {
    claims.kind == kind && claims.id == sealed.id && claims.item == sealed.item && claims.digest == hex(&sealed.digest.short())
}

/// Is the hall's receipt genuine, and this case's? As it was on the day it was issued: receipts run out, cases do not.
fn receipt_fits(case: &cases::Case, trust: &TrustList) -> bool {
    let report = judge(&case.receipt, Some(trust), case.listed.received_at);
    report.verdict == Verdict::Received
        && report.claims.is_some_and(|claims| {
            names(&claims, Kind::Received, &case.envelope)
                && claims.short_number.as_ref() == Some(&case.listed.short_number)
                && claims.issued_at == case.listed.received_at
        })
}

/// Is the device's receipt for this envelope, and not forged? A device that is not on record any more may have issued it.
fn sender_fits(sealed: &Sealed, trust: &TrustList, received_at: DateTime<Utc>) -> bool {
    use Reason::{OtherHall, Signature, Unreadable, WrongSigner};
    let forged = |reason: &Reason| matches!(reason, Signature | WrongSigner | OtherHall { .. } | Unreadable { .. });
    let fits = read(&sealed.receipt).is_ok_and(|receipt| names(&receipt.claims, Kind::Queued, sealed));
    fits && !judge(&sealed.receipt, Some(trust), received_at).reasons.iter().any(forged)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_told_apart() {
        let codes: BTreeSet<_> = ALL.iter().map(|c| c.code).collect();
        assert_eq!(codes.len(), ALL.len());
    }
}
