//! The reckoning: what people were shown, what devices keep and what the hall has, held against each other. A submission
//! shown as saved is at the hall once, byte for byte, or still in an outbox; what was shown as received is true; and
//! nothing waits for ever.

use mingbai::api::Acknowledgement;
use mingbai::submission::Digest;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use uuid::Uuid;

/// What a page says of itself.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Heard {
    /// The button is pressed now.
    Pressed,
    /// It says that nothing was saved, and why.
    Refused { id: Uuid, why: String },
    /// A receipt is on the screen.
    Receipt { id: Uuid, standing: String, short: String, text: String },
}

/// What was shown of a submission.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// Short number and text of the hall's receipt.
    pub received: Option<(String, String)>,
}

/// All that was seen and heard on the way, of the whole run.
#[derive(Default)]
pub struct Witness {
    /// Applications that somebody meant to hand in.
    pub meant: HashSet<Uuid>,
    pub refused: HashMap<Uuid, String>,
    /// By whom a receipt was seen, that is, everything shown as saved.
    pub shown: BTreeMap<Uuid, Shown>,
    /// Digests of the envelopes that devices keep, and of those that were on the wire.
    pub kept: HashMap<Uuid, Digest>,
    sent: HashMap<Uuid, BTreeSet<Digest>>,
    /// What the hall said, by how often it had been put back from a backup: what a device has never heard of then, the hall
    /// may say anew.
    answers: HashMap<(u32, Uuid), Vec<Acknowledgement>>,
    pub restored: u32,
    /// Pages that did not do what they must, a line each.
    pub silent: BTreeSet<String>,
}

impl Witness {
    pub fn hear(&mut self, heard: Heard) {
        match heard {
            // Only the moment matters.
            Heard::Pressed => {}
            Heard::Refused { id, why } => drop(self.refused.insert(id, why)),
            Heard::Receipt { id, standing, short, text } => {
                let shown = self.shown.entry(id).or_default();
                if standing == "received" {
                    shown.received = Some((short, text));
                }
            }
        }
    }

    pub fn sent(&mut self, id: Uuid, envelope: Digest) {
        self.sent.entry(id).or_default().insert(envelope);
    }

    pub fn answered(&mut self, acknowledgement: Acknowledgement) {
        let known = self.answers.entry((self.restored, acknowledgement.id)).or_default();
        if !known.contains(&acknowledgement) {
            known.push(acknowledgement);
        }
    }

    /// What must be at the hall in the end.
    pub fn saved(&self) -> impl Iterator<Item = &Uuid> {
        self.shown.keys().chain(self.kept.keys().filter(|id| !self.shown.contains_key(id)))
    }
}

/// A case, as the hall's database has it.
#[derive(Clone)]
pub struct Case {
    pub id: Uuid,
    pub digest: Digest,
    pub short_number: String,
    pub receipt: String,
    /// Of the envelope's text.
    pub envelope: Digest,
    /// Every piece of its attachments is there, with the bytes that its name promises.
    pub whole: bool,
}

/// What devices still have.
#[derive(Default)]
pub struct Devices {
    /// Rows of the outboxes, as they are.
    pub waiting: BTreeMap<Uuid, String>,
    pub drafts: HashSet<Uuid>,
}

/// Everything that is not as it must be; a line each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    pub lost: BTreeSet<String>,
    pub doubled: BTreeSet<String>,
    pub stuck: BTreeSet<String>,
}

impl Verdict {
    pub fn is_clean(&self) -> bool {
        *self == Verdict::default()
    }

    /// Takes over what is new in `other`; returns that.
    pub fn learn(&mut self, other: Verdict) -> Verdict {
        let fresh = |known: &mut BTreeSet<String>, now: BTreeSet<String>| -> BTreeSet<String> {
            let fresh: BTreeSet<String> = now.difference(known).cloned().collect();
            known.extend(fresh.iter().cloned());
            fresh
        };
        Verdict {
            lost: fresh(&mut self.lost, other.lost),
            doubled: fresh(&mut self.doubled, other.doubled),
            stuck: fresh(&mut self.stuck, other.stuck),
        }
    }
}

pub fn judge(witness: &Witness, hall: &[Case], devices: &Devices) -> Verdict {
    let mut verdict = Verdict::default();
    lost(witness, hall, devices, &mut verdict.lost);
    doubled(witness, hall, devices, &mut verdict.doubled);
    verdict.stuck.extend(devices.waiting.keys().map(|id| format!("{id} waits for ever")));
    verdict.stuck.extend(witness.silent.iter().cloned());
    verdict
}

fn lost(witness: &Witness, hall: &[Case], devices: &Devices, lost: &mut BTreeSet<String>) {
    let cases: HashMap<Uuid, &Case> = hall.iter().map(|case| (case.id, case)).collect();
    for id in witness.saved() {
        if !cases.contains_key(id) && !devices.waiting.contains_key(id) {
            lost.insert(format!("{id} was saved and is nowhere"));
        }
    }
    for (id, shown) in &witness.shown {
        let (Some((short, text)), Some(case)) = (&shown.received, cases.get(id)) else { continue };
        if *short != case.short_number || *text != case.receipt {
            lost.insert(format!("{id}: the acknowledgement that was shown is not the hall's"));
        }
    }
    for case in hall {
        let id = case.id;
        if witness.kept.get(&id).is_some_and(|kept| *kept != case.envelope) {
            lost.insert(format!("{id} at the hall is not what the device has"));
        }
        if witness.sent.get(&id).is_some_and(|sent| !sent.contains(&case.envelope)) {
            lost.insert(format!("{id} at the hall is not what was sent"));
        }
        if !case.whole {
            lost.insert(format!("{id} came without all of its attachments"));
        }
    }
}

fn doubled(witness: &Witness, hall: &[Case], devices: &Devices, doubled: &mut BTreeSet<String>) {
    let (mut ids, mut digests, mut numbers) = (HashSet::new(), HashSet::new(), HashSet::new());
    for case in hall {
        let id = case.id;
        if !ids.insert(id) || !digests.insert(case.digest) {
            doubled.insert(format!("{id} is there twice"));
        }
        if !numbers.insert(&case.short_number) {
            doubled.insert(format!("{id} has another's short number"));
        }
        if !witness.meant.contains(&id) {
            doubled.insert(format!("{id} was never meant to be handed in"));
        }
        if devices.drafts.contains(&id) {
            doubled.insert(format!("{id} is handed in and can be handed in again"));
        }
    }
    for ((_, id), answers) in &witness.answers {
        if answers.len() > 1 {
            doubled.insert(format!("{id} was acknowledged in {} ways", answers.len()));
        }
    }
    for (id, sent) in &witness.sent {
        if sent.len() > 1 {
            doubled.insert(format!("{id} was sent in {} forms", sent.len()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u8) -> Uuid {
        Uuid::from_bytes([n; 16])
    }

    fn digest(n: u8) -> Digest {
        Digest([n; 32])
    }

    fn acknowledgement(n: u8, short_number: &str) -> Acknowledgement {
        let (received_at, receipt) = (chrono::DateTime::UNIX_EPOCH, format!("MB1:{n}"));
        Acknowledgement { id: id(n), digest: digest(n), received_at, short_number: short_number.to_owned(), receipt }
    }

    /// Three submissions, all of them well: one shown as received, one only as saved, one not shown at all.
    struct World {
        witness: Witness,
        hall: Vec<Case>,
        devices: Devices,
    }

    fn world() -> World {
        let (mut witness, mut hall) = (Witness::default(), Vec::new());
        for n in 1..=3 {
            witness.meant.insert(id(n));
            witness.kept.insert(id(n), digest(n + 100));
            witness.sent(id(n), digest(n + 100));
            witness.answered(acknowledgement(n, &n.to_string()));
            let Acknowledgement { digest, short_number, receipt, .. } = acknowledgement(n, &n.to_string());
            hall.push(Case { id: id(n), digest, short_number, receipt, envelope: self::digest(n + 100), whole: true });
        }
        witness.hear(Heard::Receipt { id: id(1), standing: "queued".into(), short: String::new(), text: "MB1:own".into() });
        witness.hear(Heard::Receipt { id: id(1), standing: "received".into(), short: "1".into(), text: "MB1:1".into() });
        witness.hear(Heard::Receipt { id: id(2), standing: "queued".into(), short: String::new(), text: "MB1:own".into() });
        World { witness, hall, devices: Devices::default() }
    }

    fn verdict(doctor: impl FnOnce(&mut World)) -> Verdict {
        let mut world = world();
        doctor(&mut world);
        judge(&world.witness, &world.hall, &world.devices)
    }

    #[test]
    fn what_is_well_is_clean() {
        assert_eq!(verdict(|_| {}), Verdict::default());
        assert!(verdict(|w| w.witness.restored = 1).is_clean());
        // After a restore the hall may number anew what no device has heard of.
        assert!(
            verdict(|w| {
                w.witness.restored = 1;
                w.witness.answered(acknowledgement(2, "9"));
            })
            .is_clean()
        );
    }

    #[test]
    fn what_is_lost_is_found() {
        type Doctor = fn(&mut World);
        let doctors: [(&str, Doctor); 7] = [
            ("nowhere", |w| drop(w.hall.remove(0))),
            ("nowhere", |w| drop(w.hall.remove(2))),
            ("not the hall's", |w| w.hall[0].short_number = "7".into()),
            ("not the hall's", |w| w.hall[0].receipt = "MB1:7".into()),
            ("not what the device has", |w| w.hall[1].envelope = digest(7)),
            ("not what was sent", |w| (w.hall[1].envelope, w.witness.kept) = (digest(7), HashMap::new())),
            ("attachments", |w| w.hall[2].whole = false),
        ];
        for (word, doctor) in doctors {
            let found = verdict(doctor);
            assert!(found.lost.iter().any(|line| line.contains(word)), "{word}: {found:?}");
        }
    }

    #[test]
    fn what_is_doubled_is_found() {
        type Doctor = fn(&mut World);
        let doctors: [(&str, Doctor); 7] = [
            ("twice", |w| w.hall.push(w.hall[0].clone())),
            ("twice", |w| w.hall[1].digest = w.hall[0].digest),
            ("another's short number", |w| w.hall[1].short_number = "1".into()),
            ("never meant", |w| w.witness.meant = [id(1), id(2)].into()),
            ("handed in again", |w| w.devices.drafts = [id(2)].into()),
            ("in 2 ways", |w| w.witness.answered(acknowledgement(3, "8"))),
            ("in 2 forms", |w| w.witness.sent(id(3), digest(9))),
        ];
        for (word, doctor) in doctors {
            let found = verdict(doctor);
            assert!(found.doubled.iter().any(|line| line.contains(word)), "{word}: {found:?}");
        }
    }

    #[test]
    fn what_is_stuck_is_found_and_is_not_lost() {
        let found = verdict(|w| {
            w.hall.remove(1);
            w.devices.waiting.insert(id(2), "queued".into());
            w.witness.silent.insert("a page".into());
        });
        assert_eq!((found.lost.len(), found.doubled.len(), found.stuck.len()), (0, 0, 2), "{found:?}");
    }

    #[test]
    fn nothing_is_counted_twice() {
        let mut known = Verdict::default();
        let found = verdict(|w| drop(w.hall.remove(0)));
        assert_eq!(known.learn(found.clone()), found);
        assert!(known.learn(found).is_clean());
    }
}
