//! Whom a desk believes: the hall's root key signs the [`TrustList`], which names the hall's signing keys and every
//! device the hall vouches for or has revoked. A list has a sequence number and an age; both are shown.

use crate::signing::{from_hex, key_id};
use crate::submission::SealingKey;
use chrono::{DateTime, SubsecRound, Utc};
use serde::{Deserialize, Serialize};

/// What a device is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Profile {
    /// A citizen's own phone or computer; never enrolled.
    #[default]
    Personal,
    Kiosk,
    Desk,
}

/// A signing key of the hall.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HallKey {
    /// Ed25519, hex.
    pub public: String,
    pub not_before: DateTime<Utc>,
    pub not_after: DateTime<Utc>,
    pub revoked_at: Option<DateTime<Utc>>,
}

/// An enrolled device: the hall's signature on the list is its certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct DeviceKey {
    /// Ed25519, hex.
    pub public: String,
    pub profile: Profile,
    /// Such as "east entrance 2"; shown at the desk.
    pub name: String,
    pub not_before: DateTime<Utc>,
    pub not_after: DateTime<Utc>,
    /// Receipts issued from this moment on are not believed.
    pub revoked_at: Option<DateTime<Utc>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrustList {
    /// The hall's code.
    pub hall: String,
    /// Grows by one with every change: a desk refuses to go back.
    pub sequence: u64,
    pub issued_at: DateTime<Utc>,
    /// What devices seal submissions to: believed because the list is signed.
    pub sealing: SealingKey,
    pub hall_keys: Vec<HallKey>,
    pub devices: Vec<DeviceKey>,
}

impl TrustList {
    /// The time that a device which holds this list puts on a receipt: its clock's, in whole seconds, but never one before the
    /// list. A clock set back, as by an empty battery, then makes no receipt older than the device's own certificate.
    pub fn time_of_issue(&self, clock: DateTime<Utc>) -> DateTime<Utc> {
        clock.max(self.issued_at).trunc_subsecs(0)
    }
    /// The hall's signing key of that id.
    pub fn hall_key(&self, kid: &[u8; 8]) -> Option<&HallKey> {
        self.hall_keys.iter().find(|k| from_hex::<32>(&k.public).is_some_and(|p| key_id(&p) == *kid))
    }
    /// The device of that key id.
    pub fn device(&self, kid: &[u8; 8]) -> Option<&DeviceKey> {
        self.devices.iter().find(|d| from_hex::<32>(&d.public).is_some_and(|p| key_id(&p) == *kid))
    }
}
