//! The trust list: made from the hall's signing keys and the enrolled devices, signed by the root key, and issued anew
//! with every change and before it grows old.
//!
//! A signing key serves [`KEY_LIFE`]; the hall goes over to the next one by itself [`AHEAD`] of the end, or when the operator
//! says so ([`rotate`]). Receipts of earlier keys stay good: those keys stay in the list. Which key signs is asked of the
//! database inside the very change that files a submission, so that a rotation by another process holds from that moment on.

use super::keys::{self, Keys};
use super::store::{self, Store, trust::Issued};
use super::{Error, Hall};
use crate::receipt::verify::TOLERANCE;
use crate::receipt::{HallKey, TrustList};
use crate::signing::{Signed, TRUST_LIST};
use chrono::{DateTime, TimeDelta, Utc};
use ed25519_dalek::SigningKey;
use sqlx::SqliteConnection;
use std::sync::{Arc, Mutex, PoisonError};

/// A list is issued again when it is older than this, well before desks begin to mention its age.
const FRESH: TimeDelta = TimeDelta::hours(12);
/// How long a signing key serves.
pub const KEY_LIFE: TimeDelta = TimeDelta::days(180);
/// The next key comes this long before.
pub const AHEAD: TimeDelta = TimeDelta::days(30);
/// How long the key before it still counts.
pub const OVERLAP: TimeDelta = TimeDelta::days(1);

/// How often the hall may have rotated since a backup: by itself, and because the operator said so.
const LOST: usize = 2;

/// The list that was opened last and the key that signed last, so that not every submission opens and derives them anew.
#[derive(Default)]
pub struct Opened {
    list: Mutex<Option<Arc<TrustList>>>,
    signer: Mutex<Option<SigningKey>>,
}

impl Opened {
    fn get(&self, sequence: u64) -> Option<Arc<TrustList>> {
        let opened = self.list.lock().unwrap_or_else(PoisonError::into_inner);
        opened.as_ref().filter(|list| list.sequence == sequence).cloned()
    }

    fn put(&self, list: Arc<TrustList>) {
        *self.list.lock().unwrap_or_else(PoisonError::into_inner) = Some(list);
    }

    /// The signing key of that public half, which is one of the first `count`.
    fn signer(&self, keys: &Keys, public: &str, count: usize) -> Option<SigningKey> {
        let mut last = self.signer.lock().unwrap_or_else(PoisonError::into_inner);
        if last.as_ref().is_none_or(|key| keys::public(key) != public) {
            *last = (0..count).map(|number| keys.signing(number)).find(|key| keys::public(key) == public);
        }
        last.clone()
    }
}

/// Issues a new list inside a change. After a backup was put back the numbers go on above every one that the lost database
/// can have given out, or devices would take the list for an old one.
pub async fn issue(db: &mut SqliteConnection, keys: &Keys, hall: &str, now: DateTime<Utc>) -> Result<Signed, Error> {
    let next = store::trust::latest(db).await?.map_or(1, |latest| latest.sequence + 1);
    let sequence = next.max(store::hall::epoch(db).await?.unsigned_abs());
    let list = TrustList {
        hall: hall.to_owned(),
        sequence,
        issued_at: now,
        sealing: keys.sealing_public().clone(),
        hall_keys: store::trust::hall_keys(db).await?,
        devices: store::devices::all(db).await?,
    };
    let signed = keys.sign_trust(&list)?;
    store::trust::put(db, &Issued { sequence, issued_at: now, hall: hall.to_owned(), signed: signed.clone() }).await?;
    Ok(signed)
}

/// At the start: there is a signing key in the list which still serves for a while, and the list is this hall's.
pub async fn prepare(store: &Store, keys: &Keys, hall: &str, now: DateTime<Utc>) -> Result<(), Error> {
    let mut change = store.begin().await?;
    let latest = store::trust::latest(&mut change).await?;
    if let Some(other) = latest.filter(|l| l.hall != hall) {
        return Err(Error::OtherHall { kept: other.hall, found: hall.to_owned() });
    }
    let known = store::trust::hall_keys(&mut change).await?;
    if known.is_empty() {
        store::trust::add_hall_key(&mut change, &begins(&keys.signing(0), now)).await?;
    }
    if is_due(&store::trust::hall_keys(&mut change).await?, now) {
        replace(&mut change, keys, Old::Ends, now).await?;
    }
    issue(&mut change, keys, hall, now).await?;
    change.commit().await?;
    Ok(())
}

/// A key that serves from now on.
fn begins(key: &SigningKey, now: DateTime<Utc>) -> HallKey {
    HallKey { public: keys::public(key), not_before: now, not_after: now + KEY_LIFE, revoked_at: None }
}

/// What becomes of the key that signed until now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Old {
    /// It counts for [`OVERLAP`] more.
    Ends,
    /// Somebody else may have it: nothing that it signs from now on is believed.
    Revoked,
}

/// The hall signs with the next key from now on, and devices learn it from a new list; its public half.
pub async fn rotate(store: &Store, keys: &Keys, old: Old, now: DateTime<Utc>) -> Result<HallKey, Error> {
    let mut change = store.begin().await?;
    let hall = store::trust::latest(&mut change).await?.ok_or(Error::NeverServed)?.hall;
    let next = replace(&mut change, keys, old, now).await?;
    issue(&mut change, keys, &hall, now).await?;
    change.commit().await?;
    Ok(next)
}

/// Rotates when it is time.
pub async fn renew(hall: &Hall, now: DateTime<Utc>) -> Result<(), Error> {
    if is_due(&store::trust::hall_keys(&mut *hall.store.read().await?).await?, now) {
        let next = rotate(&hall.store, &hall.keys, Old::Ends, now).await?;
        tracing::info!(public = next.public, until = %next.not_after, "receipts are signed with a new key");
    }
    Ok(())
}

async fn replace(db: &mut SqliteConnection, keys: &Keys, old: Old, now: DateTime<Utc>) -> Result<HallKey, Error> {
    let known = store::trust::hall_keys(db).await?;
    for key in known.iter().filter(|key| serves(key, now)) {
        match old {
            Old::Ends => store::trust::end_hall_key(db, &key.public, now + OVERLAP).await?,
            Old::Revoked => store::trust::revoke_hall_key(db, &key.public, now).await?,
        }
    }
    let next = begins(&unused(keys, &known), now);
    store::trust::add_hall_key(db, &next).await?;
    Ok(next)
}

/// After a backup was put back. The keys of the hall that is replaced are this one's, with what has become of them since the
/// backup; and where it is lost, keys that it may have gone over to: what they have signed until now is believed, and devices
/// get back what they were acknowledged.
pub async fn take_over(
    db: &mut SqliteConnection,
    keys: &Keys,
    replaced: &[HallKey],
    since: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let known = store::trust::hall_keys(db).await?;
    // The folder may have held another hall.
    let own: Vec<String> = (0..known.len() + replaced.len()).map(|number| keys::public(&keys.signing(number))).collect();
    for key in replaced.iter().filter(|key| own.contains(&key.public)) {
        store::trust::add_hall_key(db, key).await?;
        store::trust::end_hall_key(db, &key.public, key.not_after).await?;
        if let Some(at) = key.revoked_at {
            store::trust::revoke_hall_key(db, &key.public, at).await?;
        }
    }
    for _ in 0..LOST {
        let next = unused(keys, &store::trust::hall_keys(db).await?);
        let lost = HallKey { public: keys::public(&next), not_before: since, not_after: now, revoked_at: None };
        store::trust::add_hall_key(db, &lost).await?;
    }
    Ok(())
}

/// The first signing key that is not in the list.
fn unused(keys: &Keys, known: &[HallKey]) -> SigningKey {
    let mut number = 0;
    loop {
        let key = keys.signing(number);
        let public = keys::public(&key);
        if known.iter().all(|k| k.public != public) {
            return key;
        }
        number += 1;
    }
}

fn serves(key: &HallKey, now: DateTime<Utc>) -> bool {
    key.revoked_at.is_none() && (key.not_before - TOLERANCE..key.not_after).contains(&now)
}

/// The key that signs. A clock that was wrong may have left keys of another time, so the last one is not always it.
pub fn in_use(known: &[HallKey], now: DateTime<Utc>) -> Option<&HallKey> {
    known.iter().rev().find(|key| serves(key, now))
}

/// Earlier versions have made keys for ten years: not only the end counts.
fn is_due(known: &[HallKey], now: DateTime<Utc>) -> bool {
    in_use(known, now).is_none_or(|key| key.not_after.min(key.not_before + KEY_LIFE) - now < AHEAD)
}

/// The key to sign a receipt of that time with, asked inside the change that files it. What comes again after a backup was
/// put back is of an earlier time, and so is its key.
pub async fn signing(db: &mut SqliteConnection, hall: &Hall, issued_at: DateTime<Utc>) -> Result<SigningKey, Error> {
    let known = store::trust::hall_keys(db).await?;
    // Without one that served, which the next look at the time mends, the last is better than no receipt.
    let key = in_use(&known, issued_at).or(known.last()).ok_or(Error::NeverServed)?;
    hall.trust.signer(&hall.keys, &key.public, known.len()).ok_or(Error::OtherKeys)
}

/// The list to hand out.
pub async fn current(store: &Store, keys: &Keys, hall: &str, now: DateTime<Utc>) -> Result<Signed, Error> {
    let latest = store::trust::latest(&mut *store.read().await?).await?;
    if let Some(fresh) = latest.filter(|l| now - l.issued_at < FRESH) {
        return Ok(fresh.signed);
    }
    let mut change = store.begin().await?;
    // Somebody else may have been quicker.
    if let Some(fresh) = store::trust::latest(&mut change).await?.filter(|l| now - l.issued_at < FRESH) {
        return Ok(fresh.signed);
    }
    let signed = issue(&mut change, keys, hall, now).await?;
    change.commit().await?;
    Ok(signed)
}

/// The same, opened. Another process may have issued one, so the database is asked for its number every time.
pub async fn list(hall: &Hall, now: DateTime<Utc>) -> Result<Arc<TrustList>, Error> {
    let newest = store::trust::newest(&mut *hall.store.read().await?).await?;
    let fresh = newest.filter(|(_, issued_at)| now - *issued_at < FRESH);
    if let Some(list) = fresh.and_then(|(sequence, _)| hall.trust.get(sequence)) {
        return Ok(list);
    }
    let signed = current(&hall.store, &hall.keys, hall.code(), now).await?;
    let list = Arc::new(signed.open::<TrustList>(TRUST_LIST, &hall.keys.root_public()).map_err(Error::Untrusted)?);
    hall.trust.put(list.clone());
    Ok(list)
}
