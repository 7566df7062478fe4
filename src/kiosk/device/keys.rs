//! The device's signing key: Ed25519, made by the browser and never extractable. What is stored is the browser's handle;
//! the private half cannot be read by any script, this one included.

use super::database::{self, Change, Store};
use super::net::Failure;
use crate::signing::{hex, key_id};
use crate::words::Text;
use js_sys::{Array, Object, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{CryptoKey, CryptoKeyPair, SubtleCrypto};

/// The place of the device's key in the store of keys.
const DEVICE: &str = "device";
/// Made for an enrolment that is not complete yet.
const PENDING: &str = "pending";
const ALGORITHM: &str = "Ed25519";

pub struct Key {
    private: CryptoKey,
    pub public: [u8; 32],
}

impl Key {
    /// A fresh key, stored nowhere yet.
    pub async fn make() -> Result<Key, Failure> {
        let crypto = crypto()?;
        let uses = Array::of2(&"sign".into(), &"verify".into());
        let pair = crypto.generate_key_with_str(ALGORITHM, false, &uses).map_err(|_| unable())?;
        let pair: CryptoKeyPair = JsFuture::from(pair).await.map_err(|_| unable())?.unchecked_into();
        let raw = crypto.export_key("raw", &pair.get_public_key()).map_err(|_| unable())?;
        let raw = JsFuture::from(raw).await.map_err(|_| unable())?;
        let public = Uint8Array::new(&raw).to_vec().try_into().map_err(|_| unable())?;
        Ok(Key { private: pair.get_private_key(), public })
    }

    /// The stored key, if there is one.
    pub async fn load() -> Result<Option<Key>, Failure> {
        Ok(database::get(Store::Keys, DEVICE).await?.as_ref().and_then(Key::from_row))
    }

    /// The changes that end an enrolment. Of a machine that still has something to send the key is kept for the next one: a hall
    /// that was put back from a backup and does not know it any more can take that in only under the same key.
    pub async fn unenrol(waiting: bool) -> Result<Vec<Change>, Failure> {
        let kept = Key::load().await?.filter(|_| waiting).map(|key| key.put(PENDING));
        Ok(kept.into_iter().chain([Key::forget()]).collect())
    }

    /// The key for an enrolment: stored before the hall is asked, so that an answer that gets lost does not leave the hall with
    /// a key that nobody has. The next attempt, with the same code, is made with the same key.
    pub async fn for_enrolment() -> Result<Key, Failure> {
        Key::kept_or_fresh(PENDING).await
    }

    /// The stored key, or a fresh one that is stored now. Two tabs agree on whichever was stored first.
    pub async fn of_device() -> Result<Key, Failure> {
        Key::kept_or_fresh(DEVICE).await
    }

    async fn kept_or_fresh(place: &str) -> Result<Key, Failure> {
        if let Some(key) = database::get(Store::Keys, place).await?.as_ref().and_then(Key::from_row) {
            return Ok(key);
        }
        let fresh = Key::make().await?;
        database::transact(&[], &[(Store::Keys, place)], |mut found| match found.pop().flatten().as_ref().and_then(Key::from_row) {
            Some(earlier) => (vec![], earlier),
            None => (vec![fresh.put(place)], fresh),
        })
        .await
    }

    /// The changes that make this, which was made for an enrolment, the device's key.
    pub fn enrol(&self) -> [Change; 2] {
        [self.put(DEVICE), Key::forget_pending()]
    }

    /// The change that forgets a key made for an enrolment.
    pub fn forget_pending() -> Change {
        Change::Delete(Store::Keys, PENDING.to_owned())
    }

    fn put(&self, place: &str) -> Change {
        let row = Object::new();
        // Setting a property of a fresh plain object cannot fail.
        let _ = Reflect::set(&row, &"private".into(), &self.private);
        let _ = Reflect::set(&row, &"public".into(), &Uint8Array::from(self.public.as_slice()));
        Change::Put(Store::Keys, place.to_owned(), row.into())
    }

    /// The change that forgets whatever key is stored.
    fn forget() -> Change {
        Change::Delete(Store::Keys, DEVICE.to_owned())
    }

    fn from_row(row: &JsValue) -> Option<Key> {
        let private = Reflect::get(row, &"private".into()).ok()?.dyn_into().ok()?;
        let public: Uint8Array = Reflect::get(row, &"public".into()).ok()?.dyn_into().ok()?;
        Some(Key { private, public: public.to_vec().try_into().ok()? })
    }

    pub fn id(&self) -> String {
        hex(&key_id(&self.public))
    }

    pub async fn sign(&self, message: &[u8]) -> Result<[u8; 64], Failure> {
        let message = Uint8Array::from(message);
        let promise = crypto()?.sign_with_str_and_buffer_source(ALGORITHM, &self.private, &message).map_err(|_| unable())?;
        let signature = JsFuture::from(promise).await.map_err(|_| unable())?;
        Uint8Array::new(&signature).to_vec().try_into().map_err(|_| unable())
    }
}

/// Browsers give it to secure pages only.
pub(super) fn crypto() -> Result<SubtleCrypto, Failure> {
    let window = web_sys::window().ok_or_else(unable)?;
    if !window.is_secure_context() {
        return Err(Failure::Key(Text::new(
            "签名需要安全连接(https)。请用 https 地址打开本页",
            "Signing needs a secure connection (https). Please open this page under its https address",
        )));
    }
    window.crypto().map(|crypto| crypto.subtle()).map_err(|_| unable())
}

fn unable() -> Failure {
    Failure::Key(Text::new(
        "本浏览器不能生成或使用签名密钥(Ed25519)。请更新浏览器,或者到窗口办理",
        "This browser cannot make or use a signing key (Ed25519). Please update it, or go to a window",
    ))
}
