//! The catalogue as it is published: a signed head and its parts, numbered; what counts on which day; and every
//! catalogue ever published stays open for the submissions that were made with it.

use crate::world::*;
use chrono::{Days, NaiveDate};
use ed25519_dalek::SigningKey;
use mingbai::api::Acknowledgement;
use mingbai::calendar::{Calendar, hall_date};
use mingbai::case::{Act, State};
use mingbai::catalogue::Item;
use mingbai::catalogue::author::{self, Source};
use mingbai::catalogue::bundle::pack_of;
use mingbai::catalogue::search::Listing;
use mingbai::hall::Config;
use mingbai::hall::catalogue::{Authored, Catalogues};
use mingbai::hall::keys::Keys;
use mingbai::hall::store::Store;
use mingbai::signing::{Signed, WHOLE_CATALOGUE, hex};
use reqwest::{Method, Response, StatusCode, header};
use serde_json::Value;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{Connection as _, SqlSafeStr as _, SqliteConnection};
use std::path::Path;
use tempfile::TempDir;

async fn get(client: &Client, path: &str, name: header::HeaderName, value: &str) -> Response {
    client.request(Method::GET, path).header(name, value).send().await.unwrap()
}

#[tokio::test]
async fn a_head_names_parts_and_both_are_sent_once() {
    let world = World::start().await;
    let client = world.anonymous();
    let head = client.head().await;
    assert_eq!((head.sequence, head.count as usize), (1, author::compile(&author::sample()).unwrap().items.len()));
    assert_eq!(head.front.len(), head.count as usize, "so few items are all on the first page");
    let listing = Listing::open(client.part(&head.listing).await).unwrap();
    assert_eq!(listing.len(), head.front.len());
    assert_eq!(listing.card(0).as_ref(), head.front.first());
    let items = client.catalogue().await.items;
    assert_eq!(items.len(), head.front.len());
    for (at, pack) in head.packs.iter().enumerate() {
        let inside = pack.items(&client.part(pack).await).unwrap();
        assert!(inside.iter().all(|item| pack_of(&item.code, head.packs.len()) == at));
    }

    let answer = client.get("/catalogue").await;
    let tag = answer.headers()[header::ETAG].to_str().unwrap().to_owned();
    assert_eq!(get(&client, "/catalogue", header::IF_NONE_MATCH, &tag).await.status(), StatusCode::NOT_MODIFIED);
    assert_eq!(get(&client, "/catalogue", header::IF_NONE_MATCH, "\"else\"").await.status(), StatusCode::OK);
    let schema: Value = read(client.get("/catalogue/schema.json").await).await;
    assert!(schema.is_object());

    let part = format!("/catalogue/parts/{}", head.packs[0].sha256);
    let answer = client.get(&part).await;
    assert_eq!(answer.headers()[header::CONTENT_TYPE], "application/octet-stream");
    assert!(answer.headers()[header::CACHE_CONTROL].to_str().unwrap().contains("immutable"));
    let tag = answer.headers()[header::ETAG].to_str().unwrap().to_owned();
    assert_eq!(get(&client, &part, header::IF_NONE_MATCH, &tag).await.status(), StatusCode::NOT_MODIFIED);
    // Packed for whoever reads brotli, the same bytes inside.
    for path in ["/catalogue", &part] {
        let plain = client.get(path).await.bytes().await.unwrap();
        let packed = get(&client, path, header::ACCEPT_ENCODING, "gzip, br").await;
        assert_eq!(packed.headers()[header::CONTENT_ENCODING], "br");
        let packed = packed.bytes().await.unwrap();
        assert!(packed.len() * 2 < plain.len(), "{path}: {} of {} bytes", packed.len(), plain.len());
        assert_eq!(mingbai::hall::catalogue::unpack(&packed).unwrap(), plain);
    }

    let unknown = client.get(&format!("/catalogue/parts/{}", "0".repeat(64))).await;
    assert_eq!(refused(unknown).await, (StatusCode::NOT_FOUND, "not-found".into()));
    for malformed in ["0".repeat(63), "A".repeat(64), "..".into()] {
        let answer = client.get(&format!("/catalogue/parts/{malformed}")).await;
        assert!(answer.status().is_client_error(), "{malformed}");
    }
}

/// A folder with the sample, each file changed, and others beside it.
pub fn folder(change: impl Fn(&Source) -> String, more: &[(&str, String)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for source in author::sample() {
        std::fs::write(folder.path().join(&source.name), change(&source)).unwrap();
    }
    for (name, text) in more {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

pub fn from(folder: &TempDir) -> impl FnOnce(&mut Config) + use<> {
    let path = folder.path().to_owned();
    move |config| config.catalogue = Some(path)
}

/// The sample's file of [`ITEM`].
fn file() -> String {
    author::sample().into_iter().find(|source| source.name == format!("{ITEM}.toml")).unwrap().text
}

pub fn version() -> NaiveDate {
    author::compile(&author::sample()).unwrap().items.into_iter().find(|item| item.code == ITEM).unwrap().version
}

/// The sample's file of [`ITEM`] as a version of another day, with a name of its own.
pub fn version_of(day: NaiveDate) -> (String, String) {
    let text = file().replacen(&format!("version = {}", version()), &format!("version = {day}"), 1);
    assert!(text.contains(&day.to_string()));
    (format!("{ITEM}@{day}.toml"), text.replacen("name = { zh = \"", "name = { zh = \"新版", 1))
}

#[tokio::test]
async fn what_the_linter_calls_an_error_is_not_published() {
    let world = World::start().await;
    let before = world.anonymous().head().await;
    let fee = "\n[[fees]]\nname = { zh = \"工本费\", en = \"Certificate fee\" }\namount = 1000\nbasis = [\"port-operation:10\"]\n";
    let charged = folder(|source| source.text.clone() + if source.name == format!("{ITEM}.toml") { fee } else { "" }, &[]);
    let refused = mingbai::hall::catalogue::load(Some(charged.path())).unwrap();
    let (keys, store) = (Keys::open(world.data.path(), &world.data.unlock()).unwrap(), Store::open(world.data.path()).await.unwrap());
    let found = Catalogues::open(&store, &keys, refused, Calendar::announced(), now()).await.err().expect("a fee without a law");
    assert!(found.to_string().contains("law.fee-basis"), "{found}");
    assert_eq!(world.anonymous().head().await, before);
}

#[tokio::test]
async fn each_publication_of_other_content_has_the_next_number() {
    let world = World::start().await;
    let first = world.anonymous().head().await;
    let world = world.restart().await;
    assert_eq!(world.anonymous().head().await, first, "the same content is not published again");
    let other = folder(|source| source.text.replacen("en = \"", "en = \"New: ", 1), &[]);
    let world = world.restart_with(from(&other)).await;
    let second = world.anonymous().head().await;
    assert_eq!(second.sequence, 2);
    assert_ne!(second.version, first.version);
    let world = world.restart().await;
    let again = world.anonymous().head().await;
    assert_eq!((again.sequence, &again.version), (3, &first.version), "back to the first content, and still forward");
    assert_eq!(again.packs, first.packs);
    for part in first.parts().chain(second.parts()) {
        world.anonymous().part(part).await;
    }
}

#[tokio::test]
async fn a_submission_is_checked_with_the_very_version_it_began_with() {
    let world = World::start().await;
    let phone = world.phone().await;
    let begun = phone.catalogue.item(ITEM).unwrap().clone();
    let (early, another) = (phone.seal(phone.prepare()), phone.seal(phone.prepare()));
    // A newer version of the item takes effect, beside the one before; and then that one is gone.
    let (name, text) = version_of(begun.version + Days::new(1));
    let both = folder(|source| source.text.clone(), &[(&name, text.clone())]);
    let world = world.restart_with(from(&both)).await;
    let phone = Device { client: world.anonymous(), ..phone };
    let clerk = world.clerk().await;
    let number = read::<Acknowledgement>(phone.client.submit(&early.sealed).await).await.short_number;
    shows(&clerk, &number, &begun).await;

    let catalogue = world.anonymous().catalogue().await;
    let versions: Vec<_> = catalogue.items.iter().filter(|item| item.code == ITEM).map(|item| item.version).collect();
    assert_eq!(versions.len(), 2);
    let newest = catalogue.item(ITEM).unwrap();
    assert_eq!(newest.version, begun.version + Days::new(1));
    assert!(catalogue.head.front.iter().any(|card| card.code == ITEM && card.name == newest.name), "listed in the version in force");
    // The older version out of the newer catalogue.
    let older = phone.seal(phone.prepare_with(&begun, &catalogue.head.version));
    let number = read::<Acknowledgement>(phone.client.submit(&older.sealed).await).await.short_number;
    shows(&clerk, &number, &begun).await;
    let newer = phone.seal(phone.prepare_with(newest, &catalogue.head.version));
    let number = read::<Acknowledgement>(phone.client.submit(&newer.sealed).await).await.short_number;
    let case = clerk.case(&number).await;
    assert_eq!((case.recheck.version, case.problems.len()), (newest.version, 0), "{:?}", case.problems);

    let alone = folder(|source| if source.name == format!("{ITEM}.toml") { text.clone() } else { source.text.clone() }, &[]);
    let world = world.restart_with(from(&alone)).await;
    let clerk = Clerk(world.staff("another", mingbai::api::Role::Clerk).await);
    let number = read::<Acknowledgement>(world.anonymous().submit(&another.sealed).await).await.short_number;
    shows(&clerk, &number, &begun).await;
}

/// The case is checked, named and decided by that version of its item.
async fn shows(clerk: &Clerk, number: &str, item: &Item) {
    let case = clerk.case(number).await;
    assert_eq!(case.recheck.version, item.version);
    assert!(case.agrees && case.problems.iter().any(|p| p.en.contains("newer version")), "{:?}", case.problems);
    let row = clerk.list("").await.into_iter().find(|row| row.short_number == number).unwrap();
    assert_eq!(row.item_name, item.name);
    assert_eq!(clerk.act(number, 1, Act::Accept).await.state, State::Accepted);
}

#[tokio::test]
async fn what_takes_effect_is_published_on_its_day() {
    let data = Data::new();
    mingbai::hall::init(data.path(), &data.unlock()).await.unwrap();
    let (keys, store) = (Keys::open(data.path(), &data.unlock()).unwrap(), Store::open(data.path()).await.unwrap());
    let now = now();
    let (today, tomorrow) = (hall_date(now), hall_date(now) + Days::new(1));
    let mut catalogue = author::compile(&author::sample()).unwrap();
    let mut next = catalogue.items[0].clone();
    (next.version, next.until, next.name.en) = (tomorrow, Some(tomorrow), "Only tomorrow".into());
    catalogue.items.push(next);
    assert_eq!(catalogue.next_change(today), Some(tomorrow));
    let read = Authored { catalogue, sources: author::sample() };
    let catalogues = Catalogues::open(&store, &keys, read, Calendar::announced(), now).await.unwrap();
    let first = catalogues.current().bundle.clone();
    catalogues.renew(&store, &keys, now).await.unwrap();
    assert_eq!(catalogues.current().bundle, first, "not before its day");
    for (days, sequence, name) in [(1, 2, "Only tomorrow"), (2, 3, first.front[0].name.en.as_str())] {
        catalogues.renew(&store, &keys, now + Days::new(days)).await.unwrap();
        let bundle = &catalogues.current().bundle;
        assert_eq!((bundle.sequence, bundle.count, bundle.front[0].name.en.as_str()), (sequence, first.count, name));
        assert_eq!(bundle.packs, first.packs, "devices have had every version all along");
    }
}

/// A database as the program made it before catalogues had parts, with the catalogue that it had published.
async fn earlier_hall(data: &Path, whole: &str) {
    let keys: [[u8; 32]; 3] = [random(), random(), random()];
    std::fs::create_dir_all(data.join("keys")).unwrap();
    for (name, key) in ["root.key", "signing.key", "sealing.key"].into_iter().zip(keys) {
        std::fs::write(data.join("keys").join(name), hex(&key)).unwrap();
    }
    let root = keys[0];
    let payload: Value = serde_json::from_str(whole).unwrap();
    let signed = Signed::sign(&payload, WHOLE_CATALOGUE, &SigningKey::from_bytes(&root)).unwrap();
    let file = sqlx::sqlite::SqliteConnectOptions::new().filename(data.join("hall.db")).create_if_missing(true);
    let mut database = SqliteConnection::connect_with(&file).await.unwrap();
    let first = include_str!("../../src/hall/store/migrations/0001_first.sql").into_sql_str();
    let first = Migration::new(1, "first".into(), MigrationType::Simple, first, false);
    Migrator::with_migrations(vec![first]).run(&mut database).await.unwrap();
    sqlx::query("INSERT INTO catalogues (version, published_at, signed) VALUES (?, 1, ?)")
        .bind(payload["version"].as_str().unwrap())
        .bind(serde_json::to_string(&signed).unwrap())
        .execute(&mut database)
        .await
        .unwrap();
    database.close().await.unwrap();
}

#[tokio::test]
async fn catalogues_of_before_there_were_parts_stay_open() {
    let whole = include_str!("whole-catalogue.json");
    let data = Data::new();
    earlier_hall(data.path(), whole).await;
    let world = World::open(data, |_| {}).await;
    let phone = world.phone().await;
    assert_eq!(phone.catalogue.head.sequence, 1);
    let whole: Value = serde_json::from_str(whole).unwrap();
    let item = serde_json::from_value::<Item>(whole["items"][0].clone()).unwrap().completed();
    assert!(item.facts.iter().all(|fact| !fact.name.zh.is_empty()));
    let filing = phone.seal(phone.prepare_with(&item, whole["version"].as_str().unwrap()));
    let number = read::<Acknowledgement>(phone.client.submit(&filing.sealed).await).await.short_number;
    shows(&world.clerk().await, &number, &item).await;
}
