//! The camera: the one that looks away from the person, where there are several.

use crate::words::Text;
use js_sys::{Array, Function, Object, Reflect};
use std::cell::RefCell;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    CanvasRenderingContext2d, DomException, HtmlCanvasElement, HtmlMediaElement, HtmlVideoElement, ImageData, MediaDeviceInfo,
    MediaDeviceKind, MediaDevices, MediaStream, MediaStreamTrack, MediaStreamTrackState,
};

/// The picture asked for: fine enough for a code of version 12 at arm's length, small enough to decode at once.
const WIDTH: u32 = 1280;
const HEIGHT: u32 = 720;

/// The longer side of a picture that is decoded as it comes; a larger one is shrunk first.
const LARGEST: f64 = 1920.0;

/// Why there is no picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    NoCamera,
    NotAllowed,
    InUse,
    /// The page is not secure: browsers hide the camera from it.
    Insecure,
    Other,
}

impl Refused {
    pub fn say(&self) -> Text {
        match self {
            Refused::NoCamera => Text::new(
                "没有找到摄像头。请接上摄像头,或用扫码枪、手工输入短号",
                "No camera was found. Connect one, or use a scanner or the short number",
            ),
            Refused::NotAllowed => Text::new(
                "浏览器没有允许使用摄像头。请在地址栏旁的权限里允许,再按开始",
                "The browser does not allow the camera. Allow it beside the address bar, then press start",
            ),
            Refused::InUse => Text::new(
                "摄像头正被其他程序使用。请关闭那个程序,再按开始",
                "Another program is using the camera. Close it, then press start",
            ),
            Refused::Insecure => Text::new(
                "摄像头需要安全连接(https)。请用 https 地址打开本页,或用扫码枪",
                "The camera needs a secure connection (https). Open this page under its https address, or use a scanner",
            ),
            Refused::Other => {
                Text::new("摄像头打不开。请重新插拔后再试", "The camera cannot be opened. Unplug it, plug it in and try again")
            }
        }
    }

    fn from_error(error: &JsValue) -> Refused {
        match error.dyn_ref::<DomException>().map(DomException::name).as_deref() {
            Some("NotFoundError" | "OverconstrainedError") => Refused::NoCamera,
            Some("NotAllowedError" | "SecurityError") => Refused::NotAllowed,
            Some("NotReadableError" | "AbortError") => Refused::InUse,
            _ => Refused::Other,
        }
    }
}

/// A picture on its way to the decoder.
pub struct Picture {
    pub content: Content,
    pub width: f64,
    pub height: f64,
}

pub enum Content {
    /// The browser's own frame (WebCodecs), opened by whoever reads it: to take one costs the page nothing.
    Frame(Object),
    Pixels(ImageData),
}

/// An open camera, shown in a video element. Stops when dropped.
pub struct Camera {
    video: HtmlVideoElement,
    stream: MediaStream,
    /// Reused for every frame.
    canvas: RefCell<Option<(HtmlCanvasElement, CanvasRenderingContext2d)>>,
}

impl Camera {
    /// Opens the camera of that id, or the one that looks away from the person, and shows it in `video`.
    pub async fn start(video: &HtmlVideoElement, which: Option<String>) -> Result<Camera, Refused> {
        let constraints = object([("audio", JsValue::FALSE), ("video", wanted(which))]);
        let promise = devices()?.get_user_media_with_constraints(constraints.unchecked_ref()).map_err(|e| Refused::from_error(&e))?;
        let stream: MediaStream = JsFuture::from(promise).await.map_err(|e| Refused::from_error(&e))?.unchecked_into();
        let camera = Camera { video: video.clone(), stream, canvas: RefCell::new(None) };
        video.set_src_object(Some(&camera.stream));
        let playing = video.play().map_err(|e| Refused::from_error(&e))?;
        JsFuture::from(playing).await.map_err(|e| Refused::from_error(&e))?;
        Ok(camera)
    }

    /// The picture of this moment; `None` while there is none yet.
    pub fn frame(&self) -> Option<ImageData> {
        let (width, height) = (self.video.video_width(), self.video.video_height());
        if self.video.ready_state() < HtmlMediaElement::HAVE_CURRENT_DATA || width == 0 || height == 0 {
            return None;
        }
        // A camera may give more than was asked for.
        let scale = (f64::from(WIDTH) / f64::from(width.max(height))).min(1.0);
        let (width, height) = ((f64::from(width) * scale).round(), (f64::from(height) * scale).round());
        let mut canvas = self.canvas.borrow_mut();
        if canvas.is_none() {
            *canvas = make_canvas();
        }
        let (canvas, context) = canvas.as_ref()?;
        if f64::from(canvas.width()) != width || f64::from(canvas.height()) != height {
            canvas.set_width(width as u32);
            canvas.set_height(height as u32);
        }
        context.draw_image_with_html_video_element_and_dw_and_dh(&self.video, 0.0, 0.0, width, height).ok()?;
        context.get_image_data(0.0, 0.0, width, height).ok()
    }

    /// The picture of this moment for the decoder, in the cheapest way that this browser has.
    pub fn picture(&self) -> Option<Picture> {
        let (width, height) = (f64::from(self.video.video_width()), f64::from(self.video.video_height()));
        if width.max(height) <= LARGEST
            && let Some(frame) = self.own_frame()
        {
            return Some(Picture { content: Content::Frame(frame), width, height });
        }
        let image = self.frame()?;
        let (width, height) = (f64::from(image.width()), f64::from(image.height()));
        Some(Picture { content: Content::Pixels(image), width, height })
    }

    /// None where the browser has no such thing, or no picture yet.
    fn own_frame(&self) -> Option<Object> {
        let make: Function = Reflect::get(&js_sys::global(), &"VideoFrame".into()).ok()?.dyn_into().ok()?;
        Reflect::construct(&make, &Array::of1(&self.video)).ok()?.dyn_into().ok()
    }

    pub fn stop(&self) {
        for track in self.tracks() {
            track.stop();
        }
        if self.video.src_object().as_ref() == Some(&self.stream) {
            self.video.set_src_object(None);
        }
    }

    /// Nobody has unplugged it.
    pub fn is_live(&self) -> bool {
        self.tracks().any(|track| track.ready_state() == MediaStreamTrackState::Live)
    }

    /// Whether it says that it has a lamp.
    pub fn has_lamp(&self) -> bool {
        let Some(track) = self.tracks().next() else { return false };
        let capabilities = Reflect::get(&track, &"getCapabilities".into()).ok().and_then(|f| f.dyn_into::<Function>().ok());
        let capabilities = capabilities.and_then(|f| f.call0(&track).ok());
        capabilities.is_some_and(|found| Reflect::get(&found, &"torch".into()).is_ok_and(|torch| torch.is_truthy()))
    }

    /// Switches the lamp; whether the camera has one and did so.
    pub async fn torch(&self, on: bool) -> bool {
        let Some(track) = self.tracks().next() else { return false };
        let advanced = Array::of1(&object([("torch", on.into())]));
        let constraints = object([("advanced", advanced.into())]);
        let Ok(promise) = track.apply_constraints_with_constraints(constraints.unchecked_ref()) else { return false };
        if JsFuture::from(promise).await.is_err() {
            return false;
        }
        // Cameras without a lamp ignore the wish and do not list it among their settings.
        Reflect::get(&track.get_settings(), &"torch".into()).is_ok_and(|torch| torch == JsValue::from_bool(on))
    }

    fn tracks(&self) -> impl Iterator<Item = MediaStreamTrack> {
        self.stream.get_video_tracks().into_iter().map(JsCast::unchecked_into)
    }
}

impl Drop for Camera {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Every camera: id and name. Names are empty until a camera has been allowed once; then a number stands for them.
pub async fn list() -> Vec<(String, String)> {
    let Some(promise) = devices().ok().and_then(|devices| devices.enumerate_devices().ok()) else { return vec![] };
    let Ok(found) = JsFuture::from(promise).await else { return vec![] };
    let found = found.unchecked_into::<Array>().into_iter().map(JsCast::unchecked_into::<MediaDeviceInfo>);
    let cameras = found.filter(|device| device.kind() == MediaDeviceKind::Videoinput && !device.device_id().is_empty());
    let named = |(at, device): (usize, MediaDeviceInfo)| {
        let label = device.label();
        (device.device_id(), if label.is_empty() { format!("{}", at + 1) } else { label })
    };
    cameras.enumerate().map(named).collect()
}

fn devices() -> Result<MediaDevices, Refused> {
    let navigator = web_sys::window().ok_or(Refused::Other)?.navigator();
    // Undefined on insecure pages, which the binding's type does not say.
    let devices = navigator.media_devices().map_err(|_| Refused::Insecure)?;
    if devices.is_undefined() { Err(Refused::Insecure) } else { Ok(devices) }
}

fn wanted(which: Option<String>) -> JsValue {
    let ideal = |n: u32| object([("ideal", n.into())]).into();
    let choice = match which {
        Some(id) => ("deviceId", object([("exact", id.into())]).into()),
        None => ("facingMode", object([("ideal", "environment".into())]).into()),
    };
    object([choice, ("width", ideal(WIDTH)), ("height", ideal(HEIGHT))]).into()
}

fn make_canvas() -> Option<(HtmlCanvasElement, CanvasRenderingContext2d)> {
    let canvas: HtmlCanvasElement = web_sys::window()?.document()?.create_element("canvas").ok()?.unchecked_into();
    let options = object([("alpha", JsValue::FALSE), ("willReadFrequently", JsValue::TRUE)]);
    let context = canvas.get_context_with_context_options("2d", &options).ok()??.unchecked_into();
    Some((canvas, context))
}

fn object<const N: usize>(properties: [(&str, JsValue); N]) -> Object {
    let object = Object::new();
    for (name, value) in properties {
        // Setting a property of a fresh plain object cannot fail.
        let _ = Reflect::set(&object, &name.into(), &value);
    }
    object
}
