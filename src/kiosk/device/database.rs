//! The database (IndexedDB): one row a record, written in transactions of strict durability, so that "saved" means on
//! disk. A connection that the browser has closed is opened again; a database that is blocked, full or silent gives a
//! [`Failure`] in words, never a hang.
//!
//! Rows are JSON text, but for keys and bytes. Inside a transaction nothing is awaited but the database itself: what must
//! be sealed or signed is sealed and signed before.
//!
//! Rows of earlier versions are moved inside the transaction that upgrades the database ([`moves`]): interrupted, it has
//! never been, and the next start begins it anew. A database of a later version is not touched.

mod moves;

use super::clock::within;
use super::net::Failure;
use crate::words::Text;
use gloo_timers::future::TimeoutFuture;
use indexed_db_futures::KeyRange;
use indexed_db_futures::database::{Database, VersionChangeEvent};
use indexed_db_futures::error::{DomException, Error, OpenDbError};
use indexed_db_futures::internals::SystemRepr;
use indexed_db_futures::prelude::*;
use indexed_db_futures::transaction::{
    Transaction, TransactionDurability, TransactionFinishKind, TransactionMode, TransactionOptions, TransactionRef,
};
use leptos::prelude::{WindowListenerHandle, window_event_listener_untyped};
use leptos::task::spawn_local;
use serde::{Serialize, de::DeserializeOwned};
use std::cell::{Cell, RefCell};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};

const NAME: &str = "mingbai";
const VERSION: u8 = 3;
/// How long opening may take, and a transaction, in milliseconds: a slow flash disk with many pictures takes a while.
const PATIENCE_OPEN: u32 = 8_000;
const PATIENCE: u32 = 30_000;
/// How long is waited before opening is tried again, in milliseconds: all of it well within [`PATIENCE`].
const OPENED_AGAIN: [u32; 3] = [500, 1_000, 2_000];
/// Rows that are read at a time where there may be thousands.
pub const BATCH: u32 = 200;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Store {
    /// The pinned hall, trust list, head of the catalogue, and what this device is.
    Settings,
    /// The device's signing key.
    Keys,
    /// What the hall has not acknowledged, by id: small rows without the envelopes.
    Outbox,
    /// Sealed pieces of attachments, by digest.
    Chunks,
    /// Applications under way, by item; personal devices only.
    Drafts,
    /// What was submitted, by id; personal devices only.
    Records,
    /// The hall's acknowledgements, by id; kept a while so that none is queued twice, and so that a hall put back from a
    /// backup gets back what it has lost.
    Acknowledged,
    /// What a desk has scanned, by receipt and scan ([`super::scans`]).
    Scans,
    /// Parts of the catalogue, by digest.
    Parts,
    /// Sealed submissions, by id: written once, never again. They outlive their rows as long as the acknowledgements do.
    Envelopes,
    /// Pictures of drafts, by an id of their own; personal devices only.
    Photos,
}

/// Which version of the schema brought which stores. Append only: a device may come from any earlier one.
const SCHEMA: [(u8, &[Store]); 3] = {
    use Store::*;
    [(1, &[Settings, Keys, Outbox, Chunks, Drafts, Records, Acknowledged, Scans]), (2, &[Parts]), (3, &[Envelopes, Photos])]
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
            Store::Envelopes => "envelopes",
            Store::Photos => "photos",
        }
    }
}

/// One change inside a transaction.
pub enum Change {
    Put(Store, String, JsValue),
    /// Puts what is not there yet; else the transaction fails, and nothing has changed.
    Add(Store, String, JsValue),
    Delete(Store, String),
    Clear(Store),
}

impl Change {
    fn store(&self) -> Store {
        match self {
            Change::Put(store, ..) | Change::Add(store, ..) | Change::Delete(store, _) | Change::Clear(store) => *store,
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

/// The stores of one transaction.
pub struct Stores<'a>(&'a TransactionRef<'a>);

impl Stores<'_> {
    pub async fn get(&self, store: Store, key: &str) -> Result<Option<JsValue>, Error> {
        self.0.object_store(store.name())?.get::<JsValue, _, _>(key.to_owned()).primitive()?.await
    }

    pub async fn get_row<T: DeserializeOwned>(&self, store: Store, key: &str) -> Result<Option<T>, Error> {
        Ok(self.get(store, key).await?.as_ref().and_then(content))
    }

    /// All keys of a store, in order.
    pub async fn keys(&self, store: Store) -> Result<Vec<String>, Error> {
        self.0.object_store(store.name())?.get_all_keys::<String>().primitive()?.await?.collect()
    }

    /// At most so many rows with their keys, in the order of the keys, beginning after `key`.
    pub async fn after(&self, store: Store, key: &str, most: u32) -> Result<Vec<(String, JsValue)>, Error> {
        let rows = self.0.object_store(store.name())?;
        let range = || KeyRange::LowerBound(key.to_owned(), true);
        let keys = rows.get_all_keys::<String>().with_query::<String, _>(range()).with_limit(most).primitive()?;
        let values = rows.get_all::<JsValue>().with_query::<String, _>(range()).with_limit(most).primitive()?;
        let keys: Vec<String> = keys.await?.collect::<Result<_, _>>()?;
        let values: Vec<JsValue> = values.await?.collect::<Result<_, _>>()?;
        Ok(keys.into_iter().zip(values).collect())
    }

    /// Requests one change; its failure fails the transaction.
    fn apply(&self, change: Change) -> Result<(), Error> {
        let store = self.0.object_store(change.store().name())?;
        match change {
            Change::Put(_, key, value) => drop(store.put(value).with_key(key).primitive()?),
            Change::Add(_, key, value) => drop(store.add(value).with_key(key).primitive()?),
            Change::Delete(_, key) => drop(store.delete(key).primitive()?),
            Change::Clear(_) => drop(store.clear()?),
        }
        Ok(())
    }
}

pub async fn get(store: Store, key: &str) -> Result<Option<JsValue>, Failure> {
    look(&[store], async |stores| stores.get(store, key).await).await
}

pub async fn get_row<T: DeserializeOwned>(store: Store, key: &str) -> Result<Option<T>, Failure> {
    Ok(get(store, key).await?.as_ref().and_then(content))
}

/// All rows of a store, in the order of their keys.
pub async fn all(store: Store) -> Result<Vec<JsValue>, Failure> {
    look(&[store], async |stores| stores.0.object_store(store.name())?.get_all::<JsValue>().primitive()?.await?.collect()).await
}

/// The keys of a store, in order.
pub async fn keys(store: Store) -> Result<Vec<String>, Failure> {
    look(&[store], async |stores| stores.keys(store).await).await
}

pub async fn count(store: Store) -> Result<usize, Failure> {
    Ok(look(&[store], async |stores| stores.0.object_store(store.name())?.count().primitive()?.await).await? as usize)
}

/// Shows every row of a store to `each`, a batch at a time, so that the page goes on meanwhile.
pub async fn walk(store: Store, mut each: impl FnMut(&str, &JsValue)) -> Result<(), Failure> {
    let mut last = String::new();
    loop {
        let rows = look(&[store], async |stores| stores.after(store, &last, BATCH).await).await?;
        for (key, row) in &rows {
            each(key, row);
        }
        match rows.into_iter().next_back() {
            Some((key, _)) => last = key,
            None => return Ok(()),
        }
    }
}

/// Reads, as of one moment, and changes nothing.
pub async fn look<R>(stores: &[Store], read: impl AsyncFnOnce(Stores<'_>) -> Result<R, Error>) -> Result<R, Failure> {
    transaction(stores, TransactionMode::Readonly, Durability::Relaxed, async |transaction| {
        read(Stores(transaction)).await.map_err(refused)
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
    let stores: Vec<Store> = keys.iter().map(|(store, _)| *store).chain(others.iter().copied()).collect();
    change(Durability::Strict, &stores, async |stores| {
        let mut found = Vec::with_capacity(keys.len());
        for (store, key) in keys {
            found.push(stores.get(*store, key).await?);
        }
        Ok(decide(found))
    })
    .await
}

/// Whether the answer waits for the disk.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    Strict,
    /// For what does no harm when a power cut takes it back.
    Relaxed,
}

/// One transaction: `work` reads as it likes and says what to change, and the answer comes after the commit.
pub async fn change<R>(
    durability: Durability,
    stores: &[Store],
    work: impl AsyncFnOnce(Stores<'_>) -> Result<(Vec<Change>, R), Error>,
) -> Result<R, Failure> {
    transaction(stores, TransactionMode::Readwrite, durability, async |transaction| {
        let work = async {
            let done = transaction.on_done()?;
            let (changes, result) = work(Stores(transaction)).await?;
            for change in changes {
                Stores(transaction).apply(change)?;
            }
            let finish = match done.await {
                // One request has failed; the transaction's end follows, and tells why.
                TransactionFinishKind::Err => transaction.on_done()?.await,
                finish => finish,
            };
            Ok::<_, Error>((finish, result))
        };
        let (finish, result) = work.await.map_err(refused)?;
        match finish {
            TransactionFinishKind::Ok => Ok(result),
            // A full disk shows itself as the transaction's own error; one that has none was taken away.
            TransactionFinishKind::Err | TransactionFinishKind::Abort => Err(transaction.error().map_or(Failure::Closed, refused)),
        }
    })
    .await
}

/// Begins a transaction, on a new connection where the browser has closed the old one, and lets `work` have it for a while.
async fn transaction<R>(
    stores: &[Store],
    mode: TransactionMode,
    durability: Durability,
    work: impl AsyncFnOnce(&Transaction<'_>) -> Result<R, Failure>,
) -> Result<R, Failure> {
    in_time(async {
        let first = connection().await?;
        let second;
        let transaction = match begin(&first, stores, mode, durability) {
            Ok(transaction) => transaction,
            Err(_) => {
                second = reconnect().await?;
                begin(&second, stores, mode, durability).map_err(refused)?
            }
        };
        work(&transaction).await
    })
    .await
}

fn begin<'a>(database: &'a Database, stores: &[Store], mode: TransactionMode, durability: Durability) -> Result<Transaction<'a>, Error> {
    // A browser minds no name that stands there twice.
    let names: Vec<&str> = stores.iter().map(|store| store.name()).collect();
    let durability = match durability {
        Durability::Strict => TransactionDurability::Strict,
        Durability::Relaxed => TransactionDurability::Relaxed,
    };
    let options = TransactionOptions::new().with_durability(durability);
    database.transaction(names).with_mode(mode).with_options(options).build()
}

thread_local! {
    static OPEN: RefCell<Option<Database>> = const { RefCell::new(None) };
    /// The browser cannot reach its files, and that does not pass: nobody waits for it any more.
    static OUT_OF_REACH: Cell<bool> = const { Cell::new(false) };
}

/// Why the database was not opened.
enum Unopened {
    /// The browser cannot reach its own files. After a crash the process before may hold them for a moment.
    OutOfReach(Failure),
    Otherwise(Failure),
}

async fn connection() -> Result<Database, Failure> {
    let mut pauses = OPENED_AGAIN.into_iter();
    loop {
        if let Some(open) = OPEN.with_borrow(Clone::clone) {
            return Ok(open);
        }
        match open().await {
            Ok(database) => return Ok(database),
            Err(Unopened::Otherwise(failure)) => return Err(failure),
            Err(Unopened::OutOfReach(failure)) => match pauses.next().filter(|_| !OUT_OF_REACH.get()) {
                Some(pause) => TimeoutFuture::new(pause).await,
                None => {
                    OUT_OF_REACH.set(true);
                    return Err(failure);
                }
            },
        }
    }
}

async fn open() -> Result<Database, Unopened> {
    let here = NotKept::now();
    let request = Database::open(NAME).with_version(VERSION).with_on_upgrade_needed_fut(upgrade);
    let mut request = request.build().map_err(unopened)?;
    let Some(opened) = within(PATIENCE_OPEN, &mut request).await else {
        // Another tab, or the disk, may let it go on later. Were it dropped now, the upgrade would come with nobody to make
        // the stores, and the database would have none for ever.
        spawn_local(async move {
            if let Ok(late) = request.await {
                keep(&late);
            }
            drop(here);
        });
        return Err(Unopened::Otherwise(Failure::Silent));
    };
    let database = opened.map_err(unopened)?;
    keep(&database);
    Ok(database)
}

/// While it lives, the browser does not keep this page to come back to once it is left. Chromium would keep it with its
/// opening half done, and until it lets go of that page, in minutes, no other page could open the database. It keeps no page
/// that listens to its unloading.
struct NotKept(Option<WindowListenerHandle>);

impl NotKept {
    fn now() -> NotKept {
        NotKept(Some(window_event_listener_untyped("unload", |_| {})))
    }
}

impl Drop for NotKept {
    fn drop(&mut self) {
        if let Some(listener) = self.0.take() {
            listener.remove();
        }
    }
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

/// Makes the stores that are missing and moves the rows of earlier versions, all in the one transaction that the browser gives
/// for it.
async fn upgrade(event: VersionChangeEvent, database: Database) -> Result<(), Error> {
    let before = event.old_version();
    let mut made = None;
    for (version, stores) in SCHEMA {
        if before < f64::from(version) {
            for store in stores {
                made = Some(database.create_object_store(store.name()).build()?);
            }
        }
    }
    let Some(made) = made.filter(|_| (1.0..3.0).contains(&before)) else { return Ok(()) };
    let moved = moves::to_version_3(Stores(made.transaction())).await;
    if moved.is_err() {
        // Else the browser would commit half of it. One that has failed by itself is over already.
        let _ = made.transaction().as_sys().abort();
    }
    moved
}

async fn in_time<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    within(PATIENCE, work).await.unwrap_or_else(|| Err(Failure::Silent))
}

fn unopened(error: OpenDbError) -> Unopened {
    match error {
        OpenDbError::Base(error) if name(&error) == "UnknownError" => Unopened::OutOfReach(refused(error)),
        OpenDbError::Base(error) => Unopened::Otherwise(refused(error)),
        OpenDbError::NullFactory | OpenDbError::UnsupportedEnvironment | OpenDbError::VersionZero => Unopened::Otherwise(blocked()),
    }
}

fn blocked() -> Failure {
    Failure::Storage(Text::new(
        "浏览器不允许本页保存数据(可能是无痕模式)。可以自查,但不能提交",
        "The browser does not let this page save anything (private mode?). You can check, but not submit",
    ))
}

/// The name of the browser's exception, if it is one.
fn name(error: &Error) -> String {
    let Error::DomException(exception) = error else { return String::new() };
    let exception: &JsValue = DomException::as_ref(exception);
    js_sys::Reflect::get(exception, &"name".into()).ok().and_then(|name| name.as_string()).unwrap_or_default()
}

fn refused(error: Error) -> Failure {
    match name(&error).as_str() {
        "QuotaExceededError" => Failure::Full,
        // The browser has taken the database away in the middle of something, which then has not been done.
        "AbortError" | "InvalidStateError" | "TransactionInactiveError" => Failure::Closed,
        "SecurityError" => blocked(),
        "VersionError" => Failure::Storage(Text::new(
            "本机的数据由更新版本的程序保存。本版本不会读取或改动它,在更新之前什么都不会保存,也不能提交。请联网后刷新页面",
            "The data on this device were saved by a newer version of the app. This one neither reads nor changes them, saves \
             nothing and cannot submit until it is updated. Please go online and reload the page",
        )),
        _ => Failure::Storage(Text::new(
            format!("本机存储出错,内容没有保存({error})"),
            format!("This device's storage failed; nothing was saved ({error})"),
        )),
    }
}
