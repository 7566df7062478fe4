//! People who may sign in.

use super::Error;
use super::auth::{password, secret};
use super::store::{self, Store};
use crate::api::Staff;
use std::path::Path;

/// Adds a user to the database of a data folder.
pub async fn add(data: &Path, staff: &Staff, password: &str) -> Result<(), Error> {
    let fits = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, b'.' | b'-' | b'_');
    if !(2..=32).contains(&staff.user.len()) || !staff.user.bytes().all(fits) {
        return Err(Error::UserName(staff.user.clone()));
    }
    if password.chars().count() < password::SHORTEST || password.len() > password::LONGEST {
        return Err(Error::PasswordLength(password::SHORTEST, password::LONGEST));
    }
    let hash = password::hash(password.to_owned()).await?;
    let store = Store::open(data).await?;
    let mut change = store.begin().await?;
    let added = store::staff::add(&mut change, staff, &hash).await?;
    change.commit().await?;
    store.close().await;
    if added { Ok(()) } else { Err(Error::UserExists(staff.user.clone())) }
}

/// A password of 60 random bits that can be read aloud: `k7mw-2xqp-9hcd`.
pub fn generate_password() -> Result<String, Error> {
    let text = secret::readable(12)?.to_lowercase();
    Ok(format!("{}-{}-{}", &text[..4], &text[4..8], &text[8..]))
}
