//! The hall server (native only): takes in sealed submissions, acknowledges them, and lets the window decide. It uses
//! the pure floors for everything that decides anything, and never sees the app.
//!
//! What the commands call:
//!
//! - [`init`]: keys and database in a data folder, once.
//! - [`serve`]: the server itself, until told to stop.
//! - [`staff::add`], [`staff::generate_password`]: people who may sign in.
//! - [`devices::code`]: a one-time code that enrols a kiosk or desk; [`devices::revoke_as_of`]: one that is lost, taken back.
//! - [`keys::Keys`]: the hall's keys, and [`keys::Unlock`] what opens them; [`trust::rotate`]: the next signing key.
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
//! The data folder (0700): `keys/sealed.json` (0600; [`keys`]), `hall.db` (SQLite, WAL), `chunks/ab/<sha256>` (sealed attachments),
//! `hall.lock` and `open.lock` ([`lock`]), and `replaced-…`: what a restore has replaced. All of
//! it belongs to the folder's owner ([`owner`]).

pub mod auth;
pub mod backup;
pub mod casework;
pub mod catalogue;
pub mod commands;
pub mod devices;
pub mod fleet;
pub mod folder;
pub mod guard;
pub mod import;
pub mod intake;
pub mod keys;
pub mod limits;
pub mod lock;
pub mod observe;
pub mod open;
pub mod owner;
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

/// Why the hall cannot start, or a command cannot be done. For the operator: in English, like the logs; in both languages
/// where somebody has to do something about it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{what} {path}: {cause}")]
    File { what: &'static str, path: PathBuf, cause: std::io::Error },
    #[error("{0}: 里面不是本程序的密钥,或者已经损坏\n{0} does not hold a key of this program, or is damaged")]
    Key(PathBuf),
    #[error("{0}: 还没有密钥,请先运行 hall init\nthere are no keys in {0}: run `hall init` first")]
    NoKeys(PathBuf),
    #[error(
        "{0}: 有数据库,却没有密钥。请放回 keys 文件夹,或运行 hall key import,或恢复带密钥的备份\n\
         {0} has a database but no keys: put back its `keys` folder, run `hall key import`, or restore a backup with keys"
    )]
    LostKeys(PathBuf),
    #[error(
        "找不到密钥文件 {0}:请把它放回原处,或用 --key-file 指出;丢失了就运行 hall key import。什么都没有改动\n\
         the key file {0} is not there: put it back, or name it with --key-file; if it is lost, run `hall key import`. \
         Nothing was changed"
    )]
    NoKeyFile(PathBuf),
    #[error(
        "密钥文件 {path} 不能建立({cause}):请用 --key-file 指出数据文件夹以外、会长期保留的地方,或用 --passphrase-file 改用口令\n\
         the key file {path} cannot be made ({cause}): name a lasting place outside the data folder with --key-file, or use a \
         passphrase with --passphrase-file"
    )]
    KeyFileNotMade { path: PathBuf, cause: std::io::Error },
    #[error(
        "密钥是用口令封存的:请用 --passphrase-file 或环境变量 MINGBAI_PASSPHRASE 给出口令\n\
         the keys are under a passphrase: give it with --passphrase-file, or in MINGBAI_PASSPHRASE"
    )]
    NeedsPassphrase,
    #[error(
        "密钥要用密钥文件打开,不是口令:请用 --key-file 或环境变量 MINGBAI_KEY_FILE 指出\n\
         the keys open with a key file, not with a passphrase: name it with --key-file, or in MINGBAI_KEY_FILE"
    )]
    NeedsKeyFile,
    #[error("口令至少要有 {} 个字符\na passphrase has at least {} characters", keys::PASSPHRASE, keys::PASSPHRASE)]
    Passphrase,
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
    #[error(
        "事项 {item} 的回执放不进二维码({materials} 项材料):请缩短事项编码,或合并材料\n\
         a receipt of item {item} would be too large for its code ({materials} materials): shorten the item's code, or merge materials"
    )]
    ReceiptTooLarge { item: String, materials: usize },
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
    #[error(
        "密钥打不开:口令或密钥文件不对,或者已经损坏。什么都没有改动\n\
         the keys do not open: another passphrase or key file, or damaged. Nothing was changed"
    )]
    SealedKeys,
    #[error("这些密钥不是这个大厅的,没有改动\nthese are not the keys of this hall: nothing was changed")]
    OtherKeys,
    #[error("{0}: 文件已经存在,不覆盖\n{0}: the file exists and is not replaced")]
    Exists(PathBuf),
    #[error("没有这台设备:{0}\nthere is no such device: {0}")]
    NoDevice(String),
    #[error("名称为 {name} 的设备不止一台,请写编号:{kids}\nseveral devices are called {name}: give the id of one of {kids}")]
    SeveralDevices { name: String, kids: String },
    #[error("{0}: a server, a command or a restore is at work in this data folder")]
    Locked(PathBuf),
    #[error(
        "这个数据文件夹还没有发布过任何内容,请先运行一次 hall serve\nnothing has been published in this data folder yet: run `hall serve` once"
    )]
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

/// Sets up a data folder: keys and an empty database. Done again, it only brings both up to date.
pub async fn init(data: &Path, unlock: &keys::Unlock) -> Result<Initialised, Error> {
    let created = match keys::Keys::open(data, unlock) {
        Ok(_) => {
            convert(data, unlock)?;
            false
        }
        // New keys would open nothing of what is there, and no device would believe them.
        Err(Error::NoKeys(_)) if data.join("hall.db").exists() => return Err(Error::LostKeys(data.to_owned())),
        Err(Error::NoKeys(_)) => {
            keys::Keys::create(data, unlock)?;
            true
        }
        Err(other) => return Err(other),
    };
    store::Store::open(data).await?.close().await;
    Ok(Initialised { created })
}

/// A hall that was served until yesterday is served today, also where nobody has yet said where a key file may lie.
fn convert(data: &Path, unlock: &keys::Unlock) -> Result<(), Error> {
    match keys::convert(data, unlock) {
        Err(Error::KeyFileNotMade { path, cause }) if matches!(unlock, keys::Unlock::Beside) => {
            tracing::warn!(path = %path.display(), %cause, "the keys stay as plain files: name a place for their key file with --key-file");
            Ok(())
        }
        done => done,
    }
}
