//! The catalogue as devices keep it: every item with its rules compiled, the hall, the shelves, the laws' names, the
//! calendar and the search index, under one version and the hall's signature.

use super::search::Index;
use super::{Category, Hall, Item, Laws};
use crate::calendar::Calendar;
use crate::signing::Untrusted;
use serde::{Deserialize, Serialize};

/// The format of [`Bundle`]; a device that knows only an older one keeps what it has and says so.
pub const FORMAT: u32 = 1;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bundle {
    pub format: u32,
    /// `yyyymmdd-` and the first 8 hex digits of the SHA-256 of the content: the same content has the same version.
    pub version: String,
    pub hall: Hall,
    pub categories: Vec<Category>,
    pub laws: Laws,
    pub items: Vec<Item>,
    pub calendar: Calendar,
    pub index: Index,
}

impl Bundle {
    pub fn item(&self, code: &str) -> Option<&Item> {
        self.items.iter().find(|i| i.code == code)
    }

    /// Believes a signed bundle only under the hall's root key.
    pub fn open(signed: &crate::signing::Signed, root: &[u8; 32]) -> Result<Bundle, Untrusted> {
        let bundle: Bundle = signed.open(crate::signing::BUNDLE, root)?;
        if bundle.format == FORMAT { Ok(bundle) } else { Err(Untrusted::Content(format!("format {}", bundle.format))) }
    }
}
