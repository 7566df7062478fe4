//! The database (IndexedDB): one row a record, written in transactions of strict durability, so that "saved" means on
//! disk. A connection that the browser has closed is opened again; a database that is blocked, full or silent gives a
//! [`Failure::Storage`] in words, never a hang.
//!
//! Rows are JSON text, but for keys and bytes. Inside a transaction nothing is awaited but the database itself: what must
//! be sealed or signed is sealed and signed before.

use super::clock::within;
use super::net::Failure;
use crate::words::Text;
use indexed_db_futures::database::{Database, VersionChangeEvent};
use indexed_db_futures::error::{DomException, Error, OpenDbError};
use indexed_db_futures::internals::SystemRepr;
use indexed_db_futures::object_store::ObjectStore;
use indexed_db_futures::prelude::*;
use indexed_db_futures::transaction::{Transaction, TransactionDurability, TransactionFinishKind, TransactionMode, TransactionOptions};
use leptos::task::spawn_local;
use serde::{Serialize, de::DeserializeOwned};
use std::cell::RefCell;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};

const NAME: &str = "mingbai";
const VERSION: u8 = 2;
/// How long opening may take, and a transaction, in milliseconds: a slow flash disk with many pictures takes a while.
const PATIENCE_OPEN: u32 = 8_000;
const PATIENCE: u32 = 30_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Store {
    /// The pinned hall, trust list, head of the catalogue, and what this device is.
    Settings,
    /// The device's signing key.
    Keys,
    /// Sealed submissions, by id.
    Outbox,
    /// Sealed pieces of attachments, by digest.
    Chunks,
    /// Applications under way, by item; personal devices only.
    Drafts,
    /// What was submitted, by id; personal devices only.
    Records,
    /// Submissions that the hall has acknowledged, by id; kept a while so that none is queued twice.
    Acknowledged,
    /// What a desk has scanned, by the scan's id.
    Scans,
    /// Parts of the catalogue, by digest.
    Parts,
}

/// Which version of the schema brought which stores. Append only: a device may come from any earlier one.
const SCHEMA: [(u8, &[Store]); 2] = {
    use Store::*;
    [(1, &[Settings, Keys, Outbox, Chunks, Drafts, Records, Acknowledged, Scans]), (2, &[Parts])]
};

impl Store {
    fn name(self) -> &'static str {
        match self {
            Store::Settings => "settings",
            Store::Keys => "keys",
            Store::Outbox => "outbox",
            Store::Chunks => "chunks",
            Store::Drafts => "drafts",
            Store::Records => "records",
            Store::Acknowledged => "acknowledged",
            Store::Scans => "scans",
            Store::Parts => "parts",
        }
    }
}

/// One change inside a transaction.
pub enum Change {
    Put(Store, String, JsValue),
    Delete(Store, String),
    Clear(Store),
}

impl Change {
    fn store(&self) -> Store {
        match self {
            Change::Put(store, ..) | Change::Delete(store, _) | Change::Clear(store) => *store,
        }
    }
}

/// A row as it is stored.
pub fn row(content: &impl Serialize) -> JsValue {
    // The rows' types have text keys only, so they always serialise; null reads back as no row.
    serde_json::to_string(content).map_or(JsValue::NULL, |text| JsValue::from_str(&text))
}

/// A stored row, if it can be read.
pub fn content<T: DeserializeOwned>(row: &JsValue) -> Option<T> {
    // From bytes, as the app reads all its JSON: each kind of reader is compiled once more for every type.
    serde_json::from_slice(row.as_string()?.as_bytes()).ok()
}

pub async fn get(store: Store, key: &str) -> Result<Option<JsValue>, Failure> {
    transact(&[], &[(store, key)], |mut found| (vec![], found.pop().flatten())).await
}

pub async fn get_row<T: DeserializeOwned>(store: Store, key: &str) -> Result<Option<T>, Failure> {
    Ok(get(store, key).await?.as_ref().and_then(content))
}

/// All rows of a store, in the order of their keys.
pub async fn all(store: Store) -> Result<Vec<JsValue>, Failure> {
    look(store, async |store| store.get_all::<JsValue>().primitive()?.await?.collect()).await
}

/// The keys of a store, in order.
pub async fn keys(store: Store) -> Result<Vec<String>, Failure> {
    look(store, async |store| store.get_all_keys::<String>().primitive()?.await?.collect()).await
}

/// Reads in one store, and changes nothing.
async fn look<R>(store: Store, read: impl AsyncFnOnce(ObjectStore<'_>) -> Result<R, Error>) -> Result<R, Failure> {
    in_time(async {
        let first = connection().await?;
        let second;
        let transaction = match begin(&first, &[store], TransactionMode::Readonly) {
            Ok(transaction) => transaction,
            Err(_) => {
                second = reconnect().await?;
                begin(&second, &[store], TransactionMode::Readonly).map_err(refused)?
            }
        };
        let rows = async { read(transaction.object_store(store.name())?).await };
        rows.await.map_err(refused)
    })
    .await
}

pub async fn write(changes: Vec<Change>) -> Result<(), Failure> {
    let stores: Vec<Store> = changes.iter().map(Change::store).collect();
    transact(&stores, &[], |_| (changes, ())).await
}

/// One transaction: reads `keys`, lets `decide` say what to change (in the stores read and in `others`), and answers
/// after the commit has reached the disk.
pub async fn transact<R>(
    others: &[Store],
    keys: &[(Store, &str)],
    decide: impl FnOnce(Vec<Option<JsValue>>) -> (Vec<Change>, R),
) -> Result<R, Failure> {
    let mut stores: Vec<Store> = Vec::new();
    for store in keys.iter().map(|(store, _)| store).chain(others) {
        if !stores.contains(store) {
            stores.push(*store);
        }
    }
    in_time(async {
        let first = connection().await?;
        let second;
        let transaction = match begin(&first, &stores, TransactionMode::Readwrite) {
            Ok(transaction) => transaction,
            Err(_) => {
                second = reconnect().await?;
                begin(&second, &stores, TransactionMode::Readwrite).map_err(refused)?
            }
        };
        let work = async {
            let done = transaction.on_done()?;
            let mut found = Vec::with_capacity(keys.len());
            for (store, key) in keys {
                found.push(transaction.object_store(store.name())?.get::<JsValue, _, _>((*key).to_owned()).primitive()?.await?);
            }
            let (changes, result) = decide(found);
            for change in changes {
                apply(&transaction, change)?;
            }
            Ok::<_, Error>((done.await, result))
        };
        let (finish, result) = work.await.map_err(refused)?;
        match finish {
            TransactionFinishKind::Ok => Ok(result),
            // A full disk shows itself only at the commit, as the transaction's own error.
            TransactionFinishKind::Err | TransactionFinishKind::Abort => Err(transaction.error().map_or_else(silent, refused)),
        }
    })
    .await
}

/// Requests one change; its failure fails the transaction.
fn apply(transaction: &Transaction<'_>, change: Change) -> Result<(), Error> {
    let store = transaction.object_store(change.store().name())?;
    match change {
        Change::Put(_, key, value) => drop(store.put(value).with_key(key).primitive()?),
        Change::Delete(_, key) => drop(store.delete(key).primitive()?),
        Change::Clear(_) => drop(store.clear()?),
    }
    Ok(())
}

fn begin<'a>(database: &'a Database, stores: &[Store], mode: TransactionMode) -> Result<Transaction<'a>, Error> {
    let names: Vec<&str> = stores.iter().map(|store| store.name()).collect();
    let options = TransactionOptions::new().with_durability(TransactionDurability::Strict);
    database.transaction(names).with_mode(mode).with_options(options).build()
}

thread_local! {
    static OPEN: RefCell<Option<Database>> = const { RefCell::new(None) };
}

async fn connection() -> Result<Database, Failure> {
    if let Some(open) = OPEN.with_borrow(Clone::clone) {
        return Ok(open);
    }
    let mut request = Database::open(NAME).with_version(VERSION).with_on_upgrade_needed(upgrade).build().map_err(unopened)?;
    let Some(opened) = within(PATIENCE_OPEN, &mut request).await else {
        // Another tab, or the disk, may let it go on later. Were it dropped now, the upgrade would come with nobody to make
        // the stores, and the database would have none for ever.
        spawn_local(async move {
            if let Ok(late) = request.await {
                keep(&late);
            }
        });
        return Err(silent());
    };
    let database = opened.map_err(unopened)?;
    keep(&database);
    Ok(database)
}

/// Works with this connection until the browser closes it.
fn keep(database: &Database) {
    let forget = Closure::<dyn FnMut()>::new(|| OPEN.set(None)).into_js_value();
    database.as_sys().set_onclose(Some(forget.unchecked_ref()));
    let held = database.clone();
    // Another tab has a newer version of the app: it must not wait for this one.
    let make_way = Closure::<dyn FnMut()>::new(move || {
        OPEN.set(None);
        held.as_sys().close();
    });
    database.as_sys().set_onversionchange(Some(make_way.into_js_value().unchecked_ref()));
    OPEN.set(Some(database.clone()));
}

async fn reconnect() -> Result<Database, Failure> {
    OPEN.set(None);
    connection().await
}

fn upgrade(event: VersionChangeEvent, database: Database) -> Result<(), Error> {
    for (version, stores) in SCHEMA {
        if event.old_version() < f64::from(version) {
            for store in stores {
                database.create_object_store(store.name()).build()?;
            }
        }
    }
    Ok(())
}

async fn in_time<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    within(PATIENCE, work).await.unwrap_or_else(|| Err(silent()))
}

fn silent() -> Failure {
    Failure::Storage(Text::new(
        "本机的存储没有响应,内容没有保存。请关闭其他标签页后再试,或者到窗口办理",
        "This device's storage does not respond; nothing was saved. Close other tabs and try again, or go to a window",
    ))
}

fn unopened(error: OpenDbError) -> Failure {
    match error {
        OpenDbError::Base(error) => refused(error),
        OpenDbError::NullFactory | OpenDbError::UnsupportedEnvironment | OpenDbError::VersionZero => blocked(),
    }
}

fn blocked() -> Failure {
    Failure::Storage(Text::new(
        "浏览器不允许本页保存数据(可能是无痕模式)。可以自查,但不能提交",
        "The browser does not let this page save anything (private mode?). You can check, but not submit",
    ))
}

fn refused(error: Error) -> Failure {
    let name = match &error {
        Error::DomException(exception) => {
            let exception: &JsValue = DomException::as_ref(exception);
            js_sys::Reflect::get(exception, &"name".into()).ok().and_then(|name| name.as_string()).unwrap_or_default()
        }
        _ => String::new(),
    };
    match name.as_str() {
        "QuotaExceededError" => Failure::Storage(Text::new(
            "本机存储空间已满,内容没有保存。请清理空间或减少照片后再试,或者到窗口办理",
            "This device's storage is full; nothing was saved. Free some space or take fewer photos, or go to a window",
        )),
        "SecurityError" => blocked(),
        "VersionError" => Failure::Storage(Text::new(
            "本机的数据来自更新的版本,请刷新页面",
            "The data on this device come from a newer version: please reload the page",
        )),
        _ => Failure::Storage(Text::new(
            format!("本机存储出错,内容没有保存({error})"),
            format!("This device's storage failed; nothing was saved ({error})"),
        )),
    }
}
