//! The trust list: made from the hall's signing keys and the enrolled devices, signed by the root key, and issued anew
//! with every change and before it grows old.

use super::keys::Keys;
use super::store::{self, Store, trust::Issued};
use super::{Error, Hall};
use crate::receipt::{HallKey, TrustList};
use crate::signing::{Signed, TRUST_LIST, hex};
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::SqliteConnection;
use std::sync::{Arc, Mutex, PoisonError};

/// A list is issued again when it is older than this, well before desks begin to mention its age.
const FRESH: TimeDelta = TimeDelta::hours(12);
/// How long a signing key serves.
const KEY_LIFE: TimeDelta = TimeDelta::days(3650);

/// The list that was opened last, so that not every submission opens it anew.
#[derive(Default)]
pub struct Opened(Mutex<Option<Arc<TrustList>>>);

impl Opened {
    fn get(&self, sequence: u64) -> Option<Arc<TrustList>> {
        let opened = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        opened.as_ref().filter(|list| list.sequence == sequence).cloned()
    }

    fn put(&self, list: Arc<TrustList>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(list);
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

/// At the start: the signing key is in the list, and the list is this hall's.
pub async fn prepare(store: &Store, keys: &Keys, hall: &str, now: DateTime<Utc>) -> Result<(), Error> {
    let public = hex(&keys.signing().verifying_key().to_bytes());
    let mut change = store.begin().await?;
    let latest = store::trust::latest(&mut change).await?;
    if let Some(other) = latest.filter(|l| l.hall != hall) {
        return Err(Error::OtherHall { kept: other.hall, found: hall.to_owned() });
    }
    store::trust::add_hall_key(&mut change, &HallKey { public, not_before: now, not_after: now + KEY_LIFE, revoked_at: None }).await?;
    issue(&mut change, keys, hall, now).await?;
    change.commit().await?;
    Ok(())
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
