//! `hall device code`, `list`, `revoke`: kiosks and desks, enrolled and taken back, beside the running server.

use super::people::set_up;
use super::{DataFolder, Ended, Ending, Unlocking, Voice, misuse, named, wait};
use crate::calendar::{hall_time, moment};
use crate::hall::{devices, keys::Keys, now, store};
use crate::receipt::{DeviceKey, Profile};
use chrono::{DateTime, NaiveDateTime, Utc};
use clap::{Args, Subcommand};
use serde::Serialize;

/// Kiosks and desks.
#[derive(Subcommand)]
pub enum Device {
    Code(Code),
    List(List),
    Revoke(Revoke),
}

/// Make a one-time code that enrols a kiosk or a desk; it lives ten minutes.
#[derive(Args)]
pub struct Code {
    #[command(flatten)]
    data: DataFolder,
    /// What the device will be.
    #[arg(long, value_parser = named::<Profile, _>(["kiosk", "desk"]))]
    profile: Profile,
}

/// List every device that was ever enrolled.
#[derive(Args)]
pub struct List {
    #[command(flatten)]
    data: DataFolder,
}

/// Take a device back that is lost, stolen or given up: desks do not believe what it issues.
///
/// Desks know it as soon as they have the new trust list, at the latest when they are next in contact with the hall. Given
/// again with an earlier time, that one holds; a later one changes nothing.
#[derive(Args)]
pub struct Revoke {
    /// Its id or its name, as `hall device list` shows them.
    device: String,
    /// Since when it is not to be believed, such as `2026-11-30 12:00` by the hall's clock; by default, now.
    #[arg(long, value_name = "TIME", value_parser = time)]
    at: Option<DateTime<Utc>>,
    #[command(flatten)]
    data: DataFolder,
    #[command(flatten)]
    unlock: Unlocking,
}

/// By the hall's clock, or with an offset of its own (RFC 3339).
fn time(text: &str) -> Result<DateTime<Utc>, String> {
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Ok(time.to_utc());
    }
    let here = ["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"].iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok());
    let time = here.and_then(|here| here.and_local_timezone(hall_time(now()).timezone()).single());
    time.map(|time| time.to_utc()).ok_or_else(|| "a time is written `YYYY-MM-DD HH:MM`".into())
}

/// What is told of a device.
#[derive(Serialize)]
struct Told {
    kid: String,
    #[serde(flatten)]
    device: DeviceKey,
    /// Of a revocation only.
    #[serde(skip_serializing_if = "Option::is_none")]
    changed: Option<bool>,
}

impl Told {
    fn of(device: DeviceKey, changed: Option<bool>) -> Told {
        Told { kid: store::devices::kid(&device), device, changed }
    }

    fn line(&self) -> String {
        let DeviceKey { name, profile, not_after, revoked_at, .. } = &self.device;
        let kind = match profile {
            Profile::Kiosk => "自助机 kiosk",
            Profile::Desk => "窗口 desk",
            Profile::Personal => "个人设备 personal",
        };
        let state = match revoked_at {
            Some(at) => format!("已吊销 revoked {}", moment(*at)),
            None if *not_after <= now() => format!("已到期 ran out {}", moment(*not_after)),
            None => format!("有效至 until {}", moment(*not_after)),
        };
        format!("{} {name}: {kind}, {state}", self.kid)
    }
}

impl Device {
    pub(super) fn run(self, voice: &Voice) -> Ended {
        match self {
            Device::Code(Code { data, profile }) => {
                let folder = set_up(&data)?;
                let made = wait(async { Ok(devices::code(&folder, profile).await?) })?;
                voice.tell(&made, || {
                    let until = hall_time(made.expires_at).format("%H:%M");
                    format!("登记码 {}(有效至 {until})\nenrolment code {} (until {until})", made.code, made.code)
                })?;
            }
            Device::List(List { data }) => {
                let folder = set_up(&data)?;
                let devices = wait(async {
                    let store = store::Store::open(&folder).await?;
                    let devices = store::devices::all(&mut *store.read().await?).await?;
                    store.close().await;
                    Ok(devices)
                })?;
                if devices.is_empty() && !voice.json {
                    voice.tell(&(), || "还没有登记任何设备\nno device is enrolled".to_owned())?;
                }
                for device in devices {
                    let told = Told::of(device, None);
                    voice.tell(&told, || told.line())?;
                }
            }
            Device::Revoke(Revoke { device, at, data, unlock }) => {
                let folder = set_up(&data)?;
                let now = now();
                let at = at.unwrap_or(now);
                if at > now {
                    return misuse(
                        "--at: 时间还没有到,吊销只能从现在或过去算起\n\
                         --at: that time is yet to come: a device is revoked as of now or of the past",
                    );
                }
                let keys = Keys::open(&folder, &unlock.unlock()?)?;
                let (device, changed) = wait(async {
                    let store = store::Store::open(&folder).await?;
                    let revoked = devices::revoke_as_of(&store, &keys, &device, at, now).await;
                    store.close().await;
                    Ok(revoked?)
                })?;
                let told = Told::of(device, Some(changed));
                voice.tell(&told, || {
                    let (kid, name) = (&told.kid, &told.device.name);
                    let since = told.device.revoked_at.map(moment).unwrap_or_default();
                    match changed {
                        true => format!(
                            "{name}({kid})已吊销:{since} 起签发的回执不再有效,新的信任清单已发布\n\
                             {name} ({kid}) is revoked: what it has issued since {since} is not believed, and a new trust list is out"
                        ),
                        false => format!(
                            "{name}({kid})早已吊销,自 {since} 起,没有改动\n\
                             {name} ({kid}) was revoked before, as of {since}: nothing was changed"
                        ),
                    }
                })?;
            }
        }
        Ok(Ending::Done)
    }
}
