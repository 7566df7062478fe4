//! The app's own database, read and changed from the page behind the app's back.

use crate::browser::Browser;
use serde_json::Value;

/// Requests and transactions as promises.
pub const PROMISES: &str = "
    const wait = (request) => new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
    });
    const committed = (transaction) => new Promise((resolve, reject) => {
        transaction.oncomplete = () => resolve();
        transaction.onabort = () => reject(transaction.error);
    });";

/// Opens the database and closes it again.
const WITHIN: &str = "
    const within = async (work) => {
        const app = await wait(indexedDB.open('mingbai'));
        try { return await work(app); } finally { app.close(); }
    };";

/// `work` is an asynchronous function of the open database; it sees `wait` and `committed`.
pub async fn within(browser: &Browser, work: &str) -> Value {
    let script = format!(
        "const done = arguments[arguments.length - 1]; {PROMISES} {WITHIN}
        within({work}).then(done, (error) => done({{ error: String(error) }}));"
    );
    let found = browser.script_async(&script).await;
    assert!(found["error"].is_null(), "{work}: {found}");
    found
}

/// What `work`, an asynchronous function of the open store, finds in it.
pub async fn read(browser: &Browser, store: &str, work: &str) -> Value {
    in_store(browser, store, "readonly", work).await
}

/// The same; it may write to the store, and answers after the commit.
pub async fn change(browser: &Browser, store: &str, work: &str) -> Value {
    in_store(browser, store, "readwrite", work).await
}

async fn in_store(browser: &Browser, store: &str, mode: &str, work: &str) -> Value {
    let work = format!(
        "async (app) => {{
            const transaction = app.transaction('{store}', '{mode}');
            const ended = committed(transaction);
            const found = await ({work})(transaction.objectStore('{store}'));
            await ended;
            return found ?? null;
        }}"
    );
    within(browser, &work).await
}

/// The rows of a store, those of text as what they say.
pub async fn rows(browser: &Browser, store: &str) -> Vec<Value> {
    let all = "async (store) => (await wait(store.getAll())).map((row) => (typeof row === 'string' ? JSON.parse(row) : null))";
    read(browser, store, all).await.as_array().expect("rows").clone()
}

/// How many rows a store has.
pub async fn count(browser: &Browser, store: &str) -> Value {
    read(browser, store, "async (store) => wait(store.count())").await
}

/// Every row of every store with its key, and the version, as text.
pub async fn everything(browser: &Browser) -> String {
    let all = "async (app) => {
        const plain = (key, value) => (ArrayBuffer.isView(value) ? Array.from(value) : value);
        const all = [app.version];
        for (const name of app.objectStoreNames) {
            const store = app.transaction(name).objectStore(name);
            all.push(name, await Promise.all([wait(store.getAllKeys()), wait(store.getAll())]));
        }
        return JSON.stringify(all, plain);
    }";
    within(browser, all).await.as_str().expect("text").to_owned()
}
