//! Scanners. A USB scanner types: [`listen`] knows it by its pace and reads physical keys, so that neither an input method
//! nor caps lock nor the focus can garble a code. A camera gives pictures: the [`Decoder`] reads them in a worker of its
//! own, whose failure costs one frame.

use super::clock::within;
use crate::receipt::{PREFIX, claims, number};
use gloo_timers::callback::Timeout;
use js_sys::{Array, Object, Promise, Reflect};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AddEventListenerOptions, ImageData, KeyboardEvent, MessageEvent, Worker};

/// Keys of one code follow each other within this, in milliseconds; a longer pause ends the code.
const PAUSE: u32 = 120;
/// A scanner's average pace, in milliseconds a key, at most; people are slower.
const PACE: f64 = 50.0;
/// After so many keys at that pace it is a scanner, and nothing more goes into the field that has the focus.
const SURE: usize = 4;
/// The longest code that is kept, in keys.
const LONGEST: usize = 2000;
/// How many stray characters a scanner may add to the end of a code.
const SUFFIX: usize = 4;

/// Listening for a USB scanner, until dropped.
pub struct Listening {
    on_key: Closure<dyn FnMut(KeyboardEvent)>,
}

impl Drop for Listening {
    fn drop(&mut self) {
        if let Some(window) = web_sys::window() {
            // It was added with the same arguments, so it is removed.
            let _ = window.remove_event_listener_with_callback_and_bool("keydown", self.on_key.as_ref().unchecked_ref(), true);
        }
    }
}

/// The keys of a burst so far.
#[derive(Default)]
struct Burst {
    text: String,
    keys: usize,
    first: f64,
    last: f64,
}

impl Burst {
    fn at_pace(&self) -> bool {
        self.keys > 1 && (self.last - self.first) / (self.keys - 1) as f64 <= PACE
    }

    fn add(&mut self, key: char, at: f64) {
        if self.keys == 0 {
            self.first = at;
        }
        self.last = at;
        self.keys += 1;
        if self.keys <= LONGEST {
            self.text.push(key);
        }
    }
}

/// Calls `on_text` with every receipt or short number that a USB scanner types.
pub fn listen(on_text: impl Fn(String) + 'static) -> Listening {
    let burst = Rc::new(RefCell::new(Burst::default()));
    let end = {
        let burst = burst.clone();
        Rc::new(move || {
            let burst = burst.take();
            if let Some(text) = Some(&burst).filter(|b| b.at_pace()).and_then(|b| code_in(&b.text)) {
                on_text(text);
                return true;
            }
            false
        })
    };
    let pause: Cell<Option<Timeout>> = Cell::new(None);
    let on_key = Closure::<dyn FnMut(KeyboardEvent)>::new(move |event: KeyboardEvent| {
        if event.repeat() || event.ctrl_key() || event.alt_key() || event.meta_key() {
            return;
        }
        let code = event.code();
        if matches!(code.as_str(), "ShiftLeft" | "ShiftRight" | "CapsLock") {
            return;
        }
        if matches!(code.as_str(), "Enter" | "NumpadEnter" | "Tab") {
            pause.set(None);
            if end() {
                event.prevent_default();
            }
            return;
        }
        let at = event.time_stamp();
        {
            let mut burst = burst.borrow_mut();
            if at - burst.last > f64::from(PAUSE) {
                *burst = Burst::default();
            }
            // A key outside the alphabet may be part of a scanner's prefix: it keeps its place.
            burst.add(character(&code, event.shift_key()).unwrap_or('\u{fffd}'), at);
            if burst.keys >= SURE && burst.at_pace() {
                event.prevent_default();
            }
        }
        let end = end.clone();
        pause.set(Some(Timeout::new(PAUSE, move || {
            end();
        })));
    });
    if let Some(window) = web_sys::window() {
        let options = AddEventListenerOptions::new();
        // First of all listeners, wherever the focus is.
        options.set_capture(true);
        // A window always takes listeners.
        let _ =
            window.add_event_listener_with_callback_and_add_event_listener_options("keydown", on_key.as_ref().unchecked_ref(), &options);
    }
    Listening { on_key }
}

/// What a US keyboard writes with a key, as far as codes have it. Letters are capitals whatever caps lock says.
fn character(code: &str, shift: bool) -> Option<char> {
    if let Some(letter) = code.strip_prefix("Key") {
        return letter.chars().next();
    }
    let digit = code.strip_prefix("Digit").or_else(|| code.strip_prefix("Numpad")).filter(|d| d.len() == 1);
    if let Some(digit) = digit.and_then(|d| d.chars().next()) {
        return match (digit, shift && code.starts_with("Digit")) {
            (digit, false) => Some(digit),
            ('4', true) => Some('$'),
            ('5', true) => Some('%'),
            ('8', true) => Some('*'),
            (_, true) => None,
        };
    }
    match (code, shift) {
        ("Space", _) => Some(' '),
        ("Semicolon", true) => Some(':'),
        ("Equal", true) | ("NumpadAdd", _) => Some('+'),
        ("Minus", false) | ("NumpadSubtract", _) => Some('-'),
        ("Period", false) | ("NumpadDecimal", _) => Some('.'),
        ("Slash", false) | ("NumpadDivide", _) => Some('/'),
        ("NumpadMultiply", _) => Some('*'),
        _ => None,
    }
}

/// The receipt or short number in what was typed, without what a scanner may add before and after.
fn code_in(typed: &str) -> Option<String> {
    if let Some(start) = typed.find(PREFIX) {
        let text = typed.get(start..)?;
        let shorter = (0..=SUFFIX).filter_map(|n| text.char_indices().rev().nth(n).map(|(at, last)| &text[..at + last.len_utf8()]));
        let whole = shorter.into_iter().find(|t| claims::read(t).is_ok());
        return Some(whole.unwrap_or(text).to_owned());
    }
    let digits = typed.trim_matches(|c: char| !c.is_ascii_digit());
    (digits.len() == number::LENGTH && digits.bytes().all(|b| b.is_ascii_digit())).then(|| digits.to_owned())
}

/// The script of the worker, which loads the second wasm.
const WORKER: &str = "/decoder-worker.js";
/// How long the first frame may take, while the worker is still loading, and each later one, in milliseconds.
const PATIENCE_FIRST: u32 = 30_000;
const PATIENCE: u32 = 3_000;

/// Reads QR codes in frames.
pub struct Decoder {
    worker: RefCell<Option<Worker>>,
    /// The worker has answered once.
    warm: Cell<bool>,
}

impl Decoder {
    pub fn start() -> Decoder {
        Decoder { worker: RefCell::new(Worker::new(WORKER).ok()), warm: Cell::new(false) }
    }

    /// The text of a code in `frame`. A worker that breaks or falls silent is replaced, and this frame is lost.
    pub async fn decode(&self, frame: ImageData) -> Option<String> {
        let worker = self.worker.borrow().clone();
        let answer = match worker {
            Some(worker) => within(if self.warm.get() { PATIENCE } else { PATIENCE_FIRST }, ask(&worker, &frame)).await.flatten(),
            None => None,
        };
        match answer {
            Some(answer) => {
                self.warm.set(true);
                answer.as_string()
            }
            None => {
                self.restart();
                None
            }
        }
    }

    fn restart(&self) {
        self.warm.set(false);
        if let Some(broken) = self.worker.replace(Worker::new(WORKER).ok()) {
            broken.terminate();
        }
    }
}

impl Drop for Decoder {
    fn drop(&mut self) {
        if let Some(worker) = self.worker.take() {
            worker.terminate();
        }
    }
}

/// Sends a frame, whose pixels move over without a copy. The answer is a text or null; `None` when the worker broke.
async fn ask(worker: &Worker, frame: &ImageData) -> Option<JsValue> {
    let pixels = Reflect::get(frame, &"data".into()).and_then(|data| Reflect::get(&data, &"buffer".into())).ok()?;
    let message = Object::new();
    for (name, value) in [("pixels", pixels.clone()), ("width", frame.width().into()), ("height", frame.height().into())] {
        Reflect::set(&message, &name.into(), &value).ok()?;
    }
    let answered = Promise::new(&mut |resolve, reject| {
        worker.set_onmessage(Some(&resolve));
        worker.set_onmessageerror(Some(&reject));
        worker.set_onerror(Some(&reject));
    });
    worker.post_message_with_transfer(&message, &Array::of1(&pixels)).ok()?;
    let answer = JsFuture::from(answered).await.ok()?.unchecked_into::<MessageEvent>().data();
    // The worker says `false` when the decoder panicked.
    (answer != JsValue::FALSE).then_some(answer)
}
