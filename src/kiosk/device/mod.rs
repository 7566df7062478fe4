//! Every browser API behind one door each, and what this machine is: a citizen's own device, a kiosk or a desk.
//!
//! - [`database`]: rows and transactions; [`drafts`], [`scans`]: what is kept in it beside the outbox.
//! - [`copies`]: the second place of what must not be lost.
//! - [`keys`]: the signing key; [`operator_code`]: what the operator's page asks first.
//! - [`hall`]: the pinned hall and its trust list. [`catalogue`]: its catalogue, part by part.
//! - [`net`]: the way to the hall. [`lock`]: between tabs. [`clock`]: time and patience.
//! - [`camera`], [`scanner`], [`sound`], [`print`], [`files`]: what people and codes meet.
//! - [`preferences`], [`update`], [`health`]: language and size, new versions, how the machine is doing; [`heartbeat`] tells the
//!   hall of it, [`self_test`] finds out.

pub mod camera;
pub mod catalogue;
pub mod clock;
pub mod copies;
pub mod database;
pub mod drafts;
pub mod files;
pub mod hall;
pub mod health;
pub mod heartbeat;
pub mod keys;
pub mod lock;
pub mod net;
pub mod operator_code;
pub mod preferences;
pub mod print;
pub mod scanner;
pub mod scans;
pub mod self_test;
pub mod sound;
pub mod update;

pub use scans::{ScanSeen, Told, record_scan};

use crate::api::{Enrol, Enrolled};
use crate::kiosk::app::App;
use crate::kiosk::outbox;
use crate::receipt::Profile;
use crate::signing::{from_hex, hex, key_id};
use crate::words::Text;
use database::{Change, Store};
use keys::Key;
use leptos::prelude::*;
use net::Failure;
use serde::{Deserialize, Serialize};

const DEVICE: &str = "device";

/// What this machine was enrolled as.
#[derive(Serialize, Deserialize)]
struct Enrolment {
    profile: Profile,
    name: String,
}

/// Reads the enrolment into the app's signals.
pub async fn load(app: App) -> Result<(), Failure> {
    // A shared machine stays one when its database cannot be opened, or is lost.
    app.profile.set(preferences::noted_profile());
    match database::get_row(Store::Settings, DEVICE).await? {
        Some(Enrolment { profile, name }) => {
            app.profile.set(profile);
            app.device_name.set(Some(name));
        }
        None if app.profile.get_untracked() != Profile::Personal => app.trouble.set(Some(lost())),
        None => {}
    }
    Ok(())
}

/// A machine whose enrolment, with its key, the browser has lost.
pub fn lost() -> Text {
    Text::new(
        "本机的存储丢失过,暂时不能提交申请。已保存的申请不受影响,会照常上传。请换一台机器,并告诉工作人员重新登记本机",
        "This machine has lost its storage and cannot take applications for now. What was saved is safe and will be sent. Please \
         use another machine, and tell the staff to enrol this one again",
    )
}

/// Enrols this machine with the operator's one-time code: a fresh key, which the hall then vouches for. What the machine
/// becomes is decided by the code; `operator_code` is asked from then on before the operator's page. Nothing changes here
/// until the hall's new trust list names the key.
pub async fn enrol(app: App, code: String, name: String, operator_code: &str) -> Result<(), Failure> {
    let operator_code = operator_code::Code::make(operator_code).await?;
    if app.hall.with_untracked(Option::is_none) {
        hall::renew(app).await?;
    }
    let root = app.hall.with_untracked(|hall| hall.as_ref().and_then(|hall| from_hex(&hall.root))).ok_or(Failure::Answer)?;
    let (key, Enrolled { profile, name, trust }) = ask_to_enrol(code, name).await?;
    let mut changes: Vec<Change> = hall::accept_trust(app, &trust, &root)?.into_iter().collect();
    let vouched = app.trust.with_untracked(|trust| {
        let device = trust.as_ref().and_then(|trust| trust.device(&key_id(&key.public)));
        device.is_some_and(|device| device.public == hex(&key.public) && device.profile == profile && device.revoked_at.is_none())
    });
    if !vouched {
        database::write(vec![Key::forget_pending()]).await?;
        return Err(Failure::Key(Text::new(
            "大厅的信任清单里没有本机的新密钥,登记没有完成。请向运维人员要一个新的登记码",
            "The hall's trust list does not name this device's new key; enrolment is not complete. Ask the operator for a new code",
        )));
    }
    changes.extend(key.enrol());
    changes.extend(operator_code.store());
    changes.push(Change::Put(Store::Settings, DEVICE.to_owned(), database::row(&Enrolment { profile, name: name.clone() })));
    // A shared machine keeps nothing readable that somebody may have entered while it was nobody's.
    changes.extend([Store::Drafts, Store::Photos, Store::Records].map(Change::Clear));
    database::write(changes).await?;
    preferences::forget();
    preferences::note_profile(profile);
    app.profile.set(profile);
    app.device_name.set(Some(name));
    if profile == Profile::Desk {
        update::keep_decoder().await;
    }
    // What the hall has refused from a machine that it did not know, it may take now.
    outbox::push(app, outbox::Push::Asked);
    Ok(())
}

/// The hall's answer, and the key it is for. When an earlier answer was lost, the same code with the same key gets it again; a
/// new code wants a new key.
async fn ask_to_enrol(code: String, name: String) -> Result<(Key, Enrolled), Failure> {
    let key = Key::for_enrolment().await?;
    let ask = async |key: &Key| {
        let asked = Enrol { code: code.clone(), public: hex(&key.public), name: name.clone() };
        net::post_json::<_, Enrolled>("/devices", &asked).await
    };
    match ask(&key).await {
        Err(Failure::Problem(problem, _)) if problem.code == "device-exists" => {
            database::write(vec![Key::forget_pending()]).await?;
            let key = Key::for_enrolment().await?;
            let enrolled = ask(&key).await?;
            Ok((key, enrolled))
        }
        answer => Ok((key, answer?)),
    }
}

/// Makes this machine a plain device again: its key and profile go, and, when nothing waits to be sent, the pinned hall
/// too, so that it may join another.
pub async fn unenrol(app: App) -> Result<(), Failure> {
    outbox::forget_session(app).await;
    let done = outbox::is_empty().await?;
    let mut changes = Key::unenrol(!done).await?;
    changes.push(Change::Delete(Store::Settings, DEVICE.to_owned()));
    changes.extend(operator_code::forget());
    database::write(changes).await?;
    preferences::note_profile(Profile::Personal);
    app.profile.set(Profile::Personal);
    app.device_name.set(None);
    if done {
        database::write(hall::forget()).await?;
        app.hall.set(None);
        app.trust.set(None);
        app.bundle.set(None);
        app.trouble.set(None);
        app.refresh().await;
    }
    Ok(())
}
