//! Kiosks and desks: one-time codes, enrolment, certificates, revocation. The trust list, which is what certifies a device,
//! follows every change.

use super::auth::secret;
use super::keys::Keys;
use super::problem::{self, Refusal};
use super::store::{self, Store};
use super::{Error, Hall, trust};
use crate::api::{DeviceCode, Enrol, Enrolled};
use crate::receipt::{DeviceKey, Profile};
use crate::signing::{from_hex, hex, key_id};
use crate::words::identifier::normalise;
use chrono::{DateTime, TimeDelta, Utc};
use ed25519_dalek::VerifyingKey;
use sqlx::SqliteConnection;
use std::net::IpAddr;
use std::path::Path;

const CODE_LENGTH: usize = 8;
const CODE_LIFE: TimeDelta = TimeDelta::minutes(10);
/// How long a device's certificate lasts.
pub const CERTIFICATE: TimeDelta = TimeDelta::days(365);
/// A device that is heard of so long before the end gets another [`CERTIFICATE`]; one that is silent for longer must be
/// enrolled again.
pub const RENEWAL: TimeDelta = TimeDelta::days(60);
/// The longest name of a device, in characters.
const NAME: usize = 60;

/// Makes a one-time code in the database of a data folder; works beside a running server.
pub async fn code(data: &Path, profile: Profile) -> Result<DeviceCode, Error> {
    if profile == Profile::Personal {
        return Err(Error::Profile);
    }
    let store = Store::open(data).await?;
    let code = new_code(&store, profile, super::now()).await?;
    store.close().await;
    Ok(code)
}

/// Makes a one-time code; it is shown now and kept only as its digest.
pub async fn new_code(store: &Store, profile: Profile, now: DateTime<Utc>) -> Result<DeviceCode, Error> {
    let code = secret::readable(CODE_LENGTH)?;
    let expires_at = now + CODE_LIFE;
    let mut change = store.begin().await?;
    store::devices::add_code(&mut change, &secret::kept(&code), profile, now, expires_at).await?;
    change.commit().await?;
    Ok(DeviceCode { code, profile, expires_at })
}

/// Enrols the device that knows a code. The same device asking again with the same code gets the same answer, since the
/// first may have been lost on the way.
pub async fn enrol(hall: &Hall, enrol: Enrol, stranger: IpAddr, now: DateTime<Utc>) -> Result<Enrolled, Refusal> {
    let name = enrol.name.trim();
    if name.is_empty() || name.chars().count() > NAME || name.chars().any(char::is_control) {
        return Err(problem::NAME.into());
    }
    let sound = |public: &[u8; 32]| VerifyingKey::from_bytes(public).is_ok_and(|key| !key.is_weak());
    let public = from_hex::<32>(&enrol.public).filter(sound).ok_or(problem::PUBLIC_KEY)?;
    if let Some(wait) = hall.doors.code_wait(stranger) {
        return Err(problem::RATE.after(wait));
    }
    let hash = secret::kept(&normalise(&enrol.code));
    let kid = hex(&key_id(&public));
    let mut change = hall.store.begin().await?;
    let code = store::devices::code(&mut change, &hash).await?;
    let Some(code) = code.filter(|c| c.expires_at > now && c.used_by.as_ref().is_none_or(|user| *user == kid)) else {
        hall.doors.code_failed(stranger);
        return Err(problem::CODE.into());
    };
    if code.used_by.is_none() {
        if store::devices::get(&mut change, &kid).await?.is_some() {
            return Err(problem::DEVICE_EXISTS.into());
        }
        let device = DeviceKey {
            public: hex(&public),
            profile: code.profile,
            name: name.to_owned(),
            not_before: now,
            not_after: now + CERTIFICATE,
            revoked_at: None,
        };
        store::devices::add(&mut change, &device).await?;
        store::devices::use_code(&mut change, &hash, &kid).await?;
        trust::issue(&mut change, &hall.keys, hall.code(), now).await?;
    }
    let device = store::devices::get(&mut change, &kid).await?.ok_or(problem::CODE)?;
    change.commit().await?;
    let trust = trust::current(&hall.store, &hall.keys, hall.code(), now).await?;
    Ok(Enrolled { profile: device.profile, name: device.name, trust })
}

/// Makes the certificate of a device longer when it nears its end, for one that has just proved that it has its key. Never
/// that of a revoked one.
pub async fn renew(db: &mut SqliteConnection, hall: &Hall, device: &DeviceKey, now: DateTime<Utc>) -> Result<(), Error> {
    if device.not_after - now < RENEWAL && store::devices::extend(db, &store::devices::kid(device), now + CERTIFICATE).await? {
        trust::issue(db, &hall.keys, hall.code(), now).await?;
    }
    Ok(())
}

/// Revokes a device: receipts that it issues from now on are not believed.
pub async fn revoke(hall: &Hall, kid: &str, now: DateTime<Utc>) -> Result<DeviceKey, Refusal> {
    let mut change = hall.store.begin().await?;
    store::devices::get(&mut change, kid).await?.ok_or(problem::NOT_FOUND)?;
    if store::devices::revoke(&mut change, kid, now).await? {
        trust::issue(&mut change, &hall.keys, hall.code(), now).await?;
    }
    let device = store::devices::get(&mut change, kid).await?.ok_or(problem::NOT_FOUND)?;
    change.commit().await?;
    Ok(device)
}

/// A device by its key id or its name, revoked as of `at`: an earlier time takes the place of a later one, never the reverse.
/// Works beside a running server; also says whether anything was changed.
pub async fn revoke_as_of(
    store: &Store,
    keys: &Keys,
    which: &str,
    at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(DeviceKey, bool), Error> {
    let mut change = store.begin().await?;
    let hall = store::trust::latest(&mut change).await?.ok_or(Error::NeverServed)?.hall;
    let kid = find(&store::devices::all(&mut change).await?, which)?;
    let changed = store::devices::revoke(&mut change, &kid, at).await?;
    if changed {
        trust::issue(&mut change, keys, &hall, now).await?;
    }
    let device = store::devices::get(&mut change, &kid).await?.ok_or_else(|| Error::NoDevice(which.to_owned()))?;
    change.commit().await?;
    Ok((device, changed))
}

/// The key id of the one device of that id or name.
fn find(devices: &[DeviceKey], which: &str) -> Result<String, Error> {
    let which = which.trim();
    let kids = || devices.iter().map(store::devices::kid);
    if let Some(kid) = kids().find(|kid| kid.eq_ignore_ascii_case(which)) {
        return Ok(kid);
    }
    let named: Vec<String> = kids().zip(devices).filter(|(_, device)| device.name == which).map(|(kid, _)| kid).collect();
    match &*named {
        [] => Err(Error::NoDevice(which.to_owned())),
        [one] => Ok(one.clone()),
        several => Err(Error::SeveralDevices { name: which.to_owned(), kids: several.join(", ") }),
    }
}
