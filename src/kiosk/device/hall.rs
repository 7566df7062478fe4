//! The hall this device belongs to. The first hall that answers is pinned with its root key; trust list and catalogue are
//! believed under that key only, and neither ever goes back to an older one. All of it is kept, so that the app works
//! with no network.

use super::catalogue;
use super::clock;
use super::database::{self, Change, Store};
use super::net::{self, Failure};
use crate::api::HallInfo;
use crate::kiosk::app::App;
use crate::kiosk::outbox;
use crate::receipt::TrustList;
use crate::signing::{Signed, TRUST_LIST, from_hex};
use crate::words::Text;
use leptos::prelude::*;

const HALL: &str = "hall";
const TRUST: &str = "trust";

/// Reads what is kept into the app's signals.
pub async fn load(app: App) -> Result<(), Failure> {
    let Some(hall) = database::get_row::<HallInfo>(Store::Settings, HALL).await? else { return Ok(()) };
    let Some(root) = from_hex(&hall.root) else { return Ok(()) };
    app.hall.set(Some(hall));
    if let Some(signed) = database::get_row::<Signed>(Store::Settings, TRUST).await? {
        app.trust.set(signed.open(TRUST_LIST, &root).ok());
    }
    catalogue::load(app, &root).await
}

/// Asks the hall who it is: whether it is still the pinned one, its clock, and whether it was put back from a backup.
pub async fn greet(app: App) -> Result<HallInfo, Failure> {
    let asked = clock::now();
    let hall: HallInfo = net::get_json("/hall").await?;
    let answered = clock::now();
    recognise(app, &hall)?;
    app.skew.set(hall.now - (asked + (answered - asked) / 2));
    app.hall.set(Some(hall.clone()));
    Ok(hall)
}

/// Asks the hall for everything that may be newer. What cannot be had or believed leaves what there is.
pub async fn renew(app: App) -> Result<(), Failure> {
    let hall = greet(app).await?;
    store(app, vec![Change::Put(Store::Settings, HALL.to_owned(), database::row(&hall))]).await;
    let root = from_hex(&hall.root).ok_or(Failure::Answer)?;
    let trust = renew_trust(app, &root).await;
    let catalogue = catalogue::renew(app, &root).await;
    trust.and(catalogue)
}

/// Whether this is the pinned hall, or the first.
fn recognise(app: App, hall: &HallInfo) -> Result<(), Failure> {
    from_hex::<32>(&hall.root).ok_or(Failure::Answer)?;
    let stranger = app.hall.with_untracked(|pinned| pinned.as_ref().is_some_and(|p| p.root != hall.root || p.code != hall.code));
    if stranger {
        return Err(distrust(
            app,
            Text::new(
                "回答的不是本机登记的大厅(根密钥不同)。本机继续使用已有的目录,不会接受它的任何内容。请告诉工作人员",
                "This is not the hall this device belongs to (another root key). The device goes on with what it has \
                 and accepts nothing from it. Please tell the staff",
            ),
        ));
    }
    Ok(())
}

async fn renew_trust(app: App, root: &[u8; 32]) -> Result<(), Failure> {
    let signed: Signed = net::get_json("/trust").await?;
    if let Some(change) = accept_trust(app, &signed, root)? {
        store(app, vec![change]).await;
    }
    Ok(())
}

/// Takes over a trust list if it is the hall's and newer than the one at hand; the change that stores it.
pub fn accept_trust(app: App, signed: &Signed, root: &[u8; 32]) -> Result<Option<Change>, Failure> {
    let list: TrustList = signed.open(TRUST_LIST, root).map_err(|_| unbelieved(app))?;
    let code = app.hall.with_untracked(|hall| hall.as_ref().map(|hall| hall.code.clone()));
    if code.as_ref() != Some(&list.hall) {
        return Err(unbelieved(app));
    }
    let newer = app.trust.with_untracked(|known| known.as_ref().is_none_or(|known| list.sequence > known.sequence));
    if !newer {
        return Ok(None);
    }
    app.trust.set(Some(list));
    Ok(Some(Change::Put(Store::Settings, TRUST.to_owned(), database::row(signed))))
}

/// The changes that forget the hall, its trust list and its catalogue.
pub fn forget() -> Vec<Change> {
    let own = [HALL, TRUST].map(|key| Change::Delete(Store::Settings, key.to_owned()));
    own.into_iter().chain([outbox::forget_epoch()]).chain(catalogue::forget()).collect()
}

/// Writes what is already in memory; a device that cannot store it works on, and says so.
async fn store(app: App, changes: Vec<Change>) {
    if let Err(failure) = database::write(changes).await {
        app.trouble.set(Some(failure.say()));
    }
}

pub(super) fn unbelieved(app: App) -> Failure {
    distrust(
        app,
        Text::new(
            "收到的信任清单或目录没有大厅的有效签名,已弃用,本机继续使用已有的内容。请告诉工作人员",
            "A trust list or catalogue came without the hall's valid signature and was discarded; the device goes on \
             with what it has. Please tell the staff",
        ),
    )
}

fn distrust(app: App, text: Text) -> Failure {
    app.trouble.set(Some(text.clone()));
    Failure::Key(text)
}
