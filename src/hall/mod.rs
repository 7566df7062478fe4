//! The hall server (native only): takes in sealed submissions, acknowledges them, and lets the window decide. It uses
//! the pure floors for everything that decides anything, and never sees the app.
//!
//! What the commands call:
//!
//! - [`init`]: keys and database in a data folder, once.
//! - [`serve`]: the server itself, until told to stop.
//! - [`staff::add`], [`staff::generate_password`]: people who may sign in.
//! - [`devices::code`]: a one-time code that enrols a kiosk or desk.
//! - [`keys::Keys`]: the hall's three keys; [`keys::Keys::sign_bundle`] for `hall catalogue build`.
//! - [`backup::make`], [`restore::restore`], [`verify::verify`]: the hall in one file, the hall put back, and whether it is whole.
//! - [`import::import`]: an outbox that comes in a file.
//! - [`catalogue::sources`], [`catalogue::calendar`], [`catalogue::load`]: TOML files → catalogue, or every finding.
//! - [`xlsx`], [`folder`]: a catalogue as a workbook's file, and a folder that is written whole.
//! - [`observe::log_to_stderr`]: structured logs.
//!
//! Inside: [`routes`] (a file per resource) → what the hall does ([`intake`], [`casework`], [`devices`], [`fleet`], [`staff`],
//! [`trust`], [`catalogue`], [`open`] data, [`sweep`]) → [`store`] (SQLite). [`auth`] says who is asking, [`guard`] and [`limits`] what
//! every request must pass, [`problem`] how a refusal reads, [`web`] serves the embedded app.
//!
//! The data folder (0700): `keys/` (0700, files 0600), `hall.db` (SQLite, WAL), `chunks/ab/<sha256>` (sealed attachments),
//! `hall.lock` ([`lock`]), and `replaced-…`: what a restore has replaced.

pub mod auth;
pub mod backup;
pub mod casework;
pub mod catalogue;
pub mod commands;
pub mod devices;
pub mod fleet;
pub mod folder;
pub mod import;
pub mod intake;
pub mod keys;
pub mod guard;
pub mod limits;
pub mod lock;
pub mod observe;
pub mod open;
pub mod problem;
pub mod restore;
pub mod routes;
mod serve;
pub mod staff;
pub mod store;
pub mod sweep;
pub mod trust;
pub mod verify;
pub mod web;
pub mod xlsx;

pub use serve::{Config, Hall, KEEP_FREE, Ready, serve};

use std::path::{Path, PathBuf};

/// Why the hall cannot start, or a command cannot be done. For the operator: in English, like the logs.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{what} {path}: {cause}")]
    File { what: &'static str, path: PathBuf, cause: std::io::Error },
    #[error("{0} does not hold a key of this program")]
    Key(PathBuf),
    #[error("there are no keys in {0}: run `hall init` first")]
    NoKeys(PathBuf),
    #[error("{0} has a database but no keys: put back its `keys` folder, or restore a backup with keys")]
    LostKeys(PathBuf),
    #[error("the database: {0}")]
    Database(#[from] sqlx::Error),
    #[error("the database cannot be brought up to date: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    #[error("this data folder is of a newer version of the program (schema {0}): nothing was changed. Use that version")]
    Newer(i64),
    #[error("the operating system gives no random numbers: {0}")]
    Random(#[from] getrandom::Error),
    #[error("the catalogue has {} error(s):\n{}", .0.len(), .0.iter().map(|f| f.to_string()).collect::<Vec<_>>().join("\n"))]
    Catalogue(Vec<crate::catalogue::author::Finding>),
    #[error("the holiday table: {0}")]
    Holidays(#[from] crate::calendar::BadLine),
    #[error("a document cannot be written: {0}")]
    Document(#[from] serde_json::Error),
    #[error("a password cannot be hashed: {0}")]
    Password(argon2::password_hash::Error),
    #[error("this data folder belongs to hall `{kept}`; the catalogue is of hall `{found}`")]
    OtherHall { kept: String, found: String },
    #[error("`{0}` is not a user name: 2 to 32 of a-z, 0-9, `.`, `-`, `_`")]
    UserName(String),
    #[error("there is already a user `{0}`")]
    UserExists(String),
    #[error("a password must have {0} to {1} characters")]
    PasswordLength(usize, usize),
    #[error("a signed document of this hall: {0}")]
    Untrusted(crate::signing::Untrusted),
    #[error("the catalogue: {0}")]
    Part(#[from] crate::catalogue::bundle::BadPart),
    #[error("the catalogue: the listing: {0}")]
    Listing(#[from] crate::catalogue::search::Broken),
    #[error("the catalogue: the part {0} is not in the database")]
    NoPart(String),
    #[error("the catalogue: a part cannot be unpacked: {0}")]
    Unpack(std::io::Error),
    #[error("a task of this program ended early: {0}")]
    Task(tokio::task::JoinError),
    #[error("only kiosks and desks are enrolled")]
    Profile,
    #[error("the TLS certificate or key cannot be used: {0}")]
    Tls(std::io::Error),
    #[error("listening on {address}: {cause}")]
    Listen { address: std::net::SocketAddr, cause: std::io::Error },
    #[error("the sealed keys do not open: another passphrase, or damaged")]
    SealedKeys,
    #[error("{0}: a server, or a restore, is at work in this data folder")]
    Locked(PathBuf),
    #[error("nothing has been published in this data folder yet: run `hall serve` once")]
    NeverServed,
    #[error("metrics cannot be collected: {0}")]
    Metrics(#[from] metrics_exporter_prometheus::BuildError),
}

/// The hall's clock.
pub(crate) fn now() -> chrono::DateTime<chrono::Utc> {
    std::time::SystemTime::now().into()
}

impl Error {
    pub(crate) fn file(what: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Error {
        let path = path.to_owned();
        move |cause| Error::File { what, path, cause }
    }
}

/// What [`init`] found or made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Initialised {
    /// False when the folder had been set up before; then nothing was changed.
    pub created: bool,
}

/// Sets up a data folder: keys and an empty database. Done again, it only brings the database up to date.
pub async fn init(data: &Path) -> Result<Initialised, Error> {
    let created = match keys::Keys::open(data) {
        Ok(_) => false,
        // New keys would open nothing of what is there, and no device would believe them.
        Err(Error::NoKeys(_)) if data.join("hall.db").exists() => return Err(Error::LostKeys(data.to_owned())),
        Err(Error::NoKeys(_)) => {
            keys::Keys::create(data)?;
            true
        }
        Err(other) => return Err(other),
    };
    store::Store::open(data).await?.close().await;
    Ok(Initialised { created })
}
