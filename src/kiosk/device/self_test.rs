//! The self-test: every part that a submission goes through, tried once with something that is nobody's. Camera, loudspeaker
//! and printer are tried here too, but only a person can tell what came out of the last two.

use super::camera::{Camera, Refused};
use super::database::{self, Change, Store};
use super::keys::Key;
use super::net::{self, Failure};
use super::{clock, heartbeat, update};
use crate::api::{Heartbeat, SKEW};
use crate::kiosk::app::{App, fill_random};
use crate::signing::{HEARTBEAT, hex};
use crate::submission::{SealingKey, open_chunk, public_of, seal_chunk};
use crate::words::Text;
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use web_sys::HtmlVideoElement;

/// The key in the settings under which the database is tried.
const TRIAL: &str = "self-test-trial";
/// How long the camera may take to open, and to give a picture that is not all one colour, in milliseconds.
const PATIENCE_CAMERA: u32 = 15_000;
const LOOKS: u32 = 40;
const LOOK: u32 = 100;

/// Writes with strict durability, reads the same back, and takes it away.
pub async fn database() -> Result<(), Text> {
    let mut random = [0; 16];
    fill_random(&mut random);
    let written = hex(&random);
    let put = Change::Put(Store::Settings, TRIAL.to_owned(), database::row(&written));
    database::write(vec![put]).await.map_err(said)?;
    let read: Option<String> = database::get_row(Store::Settings, TRIAL).await.map_err(said)?;
    database::write(vec![Change::Delete(Store::Settings, TRIAL.to_owned())]).await.map_err(said)?;
    if read == Some(written) {
        Ok(())
    } else {
        Err(Text::new("写入的内容读回来不一样,本机存储不可信", "What was written reads back otherwise: the storage cannot be trusted"))
    }
}

/// Signs with the device's key and verifies; seals to a throw-away key and opens; seals to the hall's.
pub async fn keys(app: App) -> Result<(), Text> {
    let key = Key::load().await.map_err(said)?;
    let key = key.ok_or_else(|| Text::new("本机没有签名密钥,请重新登记", "This machine has no signing key: enrol it again"))?;
    let heartbeat = heartbeat::of(app).await;
    let signed = heartbeat::sign(&heartbeat, &key).await.map_err(said)?;
    let opened = signed.open::<Heartbeat>(HEARTBEAT, &key.public).ok();
    let mut private = [0; 32];
    fill_random(&mut private);
    let sealed = public_of(&private).and_then(|public| {
        let own = SealingKey { kid: "self-test".to_owned(), public: hex(&public) };
        let chunk = seal_chunk(&private, "self-test", &own)?;
        open_chunk(&chunk.bytes, "self-test", &own.kid, &private)
    });
    let hall = app.trust.with_untracked(|trust| trust.as_ref().map(|trust| (trust.hall.clone(), trust.sealing.clone())));
    let (hall, sealing) =
        hall.ok_or_else(|| Text::new("本机还没有大厅的加密公钥,请联网一次", "The hall's sealing key is not here yet: go online once"))?;
    let to_hall = seal_chunk(&private, &hall, &sealing);
    if opened.as_ref() == Some(&heartbeat) && sealed.is_ok_and(|opened| opened == private) && to_hall.is_ok() {
        Ok(())
    } else {
        Err(Text::new("签名或加密不对,本机不能再接收申请", "Signing or sealing went wrong: this machine must not take submissions"))
    }
}

/// The app starts without a network.
pub async fn installed() -> Result<(), Text> {
    if update::is_whole().await {
        Ok(())
    } else {
        Err(Text::new(
            "程序没有完整保存在本机,断网后可能打不开。请联网后刷新页面",
            "The app is not wholly kept on this machine and may not start offline. Go online and reload the page",
        ))
    }
}

pub async fn hall() -> Result<(), Text> {
    if net::reachable().await { Ok(()) } else { Err(Failure::Unreachable.say()) }
}

/// Compared with the hall's, which is asked again.
pub async fn clock(app: App) -> Result<(), Text> {
    app.refresh().await;
    if !app.online.get_untracked() {
        return Err(Text::new("连不上大厅,无法比对时钟", "The hall cannot be reached, so the clocks cannot be compared"));
    }
    let skew = app.skew.get_untracked();
    if skew.abs() <= SKEW {
        Ok(())
    } else {
        Err(Text::new(
            format!("时钟偏差 {} 秒。请校准系统时间", skew.num_seconds()),
            format!("The clock is off by {} seconds. Set the system's time", skew.num_seconds()),
        ))
    }
}

/// A picture that shows something: a camera behind a lid gives one colour.
pub async fn camera(video: &HtmlVideoElement) -> Result<(), Dark> {
    let camera = clock::within(PATIENCE_CAMERA, Camera::start(video, None)).await.unwrap_or(Err(Refused::Other)).map_err(Dark::Refused)?;
    for _ in 0..LOOKS {
        if camera.frame().is_some_and(|frame| shows_something(&frame.data().0)) {
            return Ok(());
        }
        TimeoutFuture::new(LOOK).await;
    }
    Err(Dark::Blank)
}

/// Why there is no picture.
pub enum Dark {
    Refused(Refused),
    Blank,
}

impl Dark {
    pub fn say(&self) -> Text {
        match self {
            Dark::Refused(refused) => refused.say(),
            Dark::Blank => {
                Text::new("摄像头只有一片单色,请看看镜头是否被遮住", "The camera shows one flat colour: see whether something covers it")
            }
        }
    }
}

/// Red, green, blue and alpha of each pixel: whether any two sampled ones clearly differ.
fn shows_something(pixels: &[u8]) -> bool {
    let greens = || pixels.iter().skip(1).step_by(4 * 97);
    let (Some(darkest), Some(brightest)) = (greens().min(), greens().max()) else { return false };
    brightest - darkest > 12
}

fn said(failure: Failure) -> Text {
    failure.say()
}
