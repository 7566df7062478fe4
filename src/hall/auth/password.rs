//! Passwords: argon2id, off the async threads and only a few at once, since each takes 19 MiB and a while.

use crate::hall::Error;
use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use std::sync::LazyLock;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

pub const SHORTEST: usize = 10;
/// Longer input is not hashed.
pub const LONGEST: usize = 256;

static AT_ONCE: Semaphore = Semaphore::const_new(4);

/// The hash that an unknown user's password is compared with, so that the answer takes as long as a known one's.
static NOBODY: LazyLock<Option<String>> = LazyLock::new(|| hash_now("nobody has this password").ok());

fn hash_now(password: &str) -> Result<String, Error> {
    Ok(Argon2::default().hash_password(password.as_bytes()).map_err(Error::Password)?.to_string())
}

pub async fn hash(password: String) -> Result<String, Error> {
    spawn_blocking(move || hash_now(&password)).await.map_err(|_| Error::Password(argon2::password_hash::Error::Crypto))?
}

/// Does `password` fit? Without a hash it never does, but takes as long.
pub async fn fits(password: String, hash: Option<String>) -> bool {
    let _turn = AT_ONCE.acquire().await;
    let known = hash.is_some();
    let fits = spawn_blocking(move || {
        let hash = hash.as_deref().or(NOBODY.as_deref()).and_then(|h| PasswordHash::new(h).ok());
        hash.is_some_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
    })
    .await;
    known && fits.unwrap_or(false)
}
