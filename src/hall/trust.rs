//! The trust list: made from the hall's signing keys and the enrolled devices, signed by the root key, and issued anew
//! with every change and before it grows old.

use super::Error;
use super::keys::Keys;
use super::store::{self, Store, trust::Issued};
use crate::receipt::{HallKey, TrustList};
use crate::signing::{Signed, TRUST_LIST, hex};
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::SqliteConnection;

/// A list is issued again when it is older than this, well before desks begin to mention its age.
const FRESH: TimeDelta = TimeDelta::hours(12);
/// How long a signing key serves.
const KEY_LIFE: TimeDelta = TimeDelta::days(3650);

/// Issues a new list inside a change.
pub async fn issue(db: &mut SqliteConnection, keys: &Keys, hall: &str, now: DateTime<Utc>) -> Result<Signed, Error> {
    let sequence = store::trust::latest(db).await?.map_or(1, |latest| latest.sequence + 1);
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

/// The same, opened.
pub async fn list(store: &Store, keys: &Keys, hall: &str, now: DateTime<Utc>) -> Result<TrustList, Error> {
    current(store, keys, hall, now).await?.open(TRUST_LIST, &keys.root_public()).map_err(Error::Untrusted)
}
