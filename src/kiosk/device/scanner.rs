//! Scanners. A USB scanner types: [`listen`] gives every key to [`Burst`], wherever the focus is, and keeps from the page what
//! is not a person's. A camera gives pictures: the [`Decoder`] reads them in a worker of its own, whose failure costs one
//! frame.

use super::camera::{Content, Picture};
use super::clock::within;
use crate::receipt::burst::{Burst, Heard, Key, PAUSE};
use crate::receipt::decode::Found;
use gloo_timers::callback::Timeout;
use js_sys::{Array, Object, Promise, Reflect};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AddEventListenerOptions, Event, HtmlElement, HtmlInputElement, HtmlTextAreaElement, KeyboardEvent, MessageEvent, Worker};

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

/// Calls `on_text` with every receipt or short number that a USB scanner types.
pub fn listen(on_text: impl Fn(String) + 'static) -> Listening {
    let ear = Rc::new(Ear { burst: RefCell::default(), before: RefCell::default(), taken: RefCell::default(), on_text });
    let pause: Cell<Option<Timeout>> = Cell::new(None);
    let on_key = Closure::<dyn FnMut(KeyboardEvent)>::new(move |event: KeyboardEvent| {
        ear.hears(&event);
        let ear = ear.clone();
        pause.set(Some(Timeout::new(PAUSE as u32, move || ear.pauses())));
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

/// A burst, and what the page's fields have to do with it.
struct Ear<F> {
    burst: RefCell<Burst>,
    /// The field with the focus, as it was before each key that was let through.
    before: RefCell<Vec<Option<Field>>>,
    /// The field that keys were taken back from.
    taken: RefCell<Option<Field>>,
    on_text: F,
}

impl<F: Fn(String)> Ear<F> {
    fn hears(&self, event: &KeyboardEvent) {
        let (code, key, at) = (event.code(), event.key(), event.time_stamp());
        if self.burst.borrow().is_over(at) {
            self.pauses();
        }
        let composing = event.is_composing() || matches!(key.as_str(), "Process" | "Unidentified" | "Dead");
        let chord = event.ctrl_key() || event.alt_key() || event.meta_key();
        let key = Key { code: &code, key: &key, shift: event.shift_key(), chord, repeat: event.repeat(), composing, at };
        let heard = self.burst.borrow_mut().press(key);
        match heard {
            Heard::Beside => {}
            Heard::Passed { place } => {
                let mut before = self.before.borrow_mut();
                before.truncate(place);
                before.push(Field::with_focus());
            }
            Heard::Taken { from } => {
                event.prevent_default();
                self.take_back(from);
            }
            Heard::Code { text, from } => {
                event.prevent_default();
                self.is_code(text, from);
            }
            Heard::Nothing { back } => self.give_back(&back),
        }
    }

    /// No key has come for a while.
    fn pauses(&self) {
        let heard = self.burst.borrow_mut().end();
        match heard {
            Some(Heard::Code { text, from }) => self.is_code(text, from),
            Some(Heard::Nothing { back }) => self.give_back(&back),
            _ => {}
        }
    }

    fn is_code(&self, text: String, from: usize) {
        self.take_back(from);
        self.taken.take();
        (self.on_text)(text);
    }

    /// What the keys from that place on wrote disappears from the field, as if it had never been there.
    fn take_back(&self, from: usize) {
        let mut before = self.before.borrow_mut();
        if from < before.len() {
            let field = before.swap_remove(from);
            before.truncate(from);
            if let Some(field) = &field {
                field.restore();
            }
            self.taken.replace(field);
        }
    }

    /// It was a person after all: the field gets what it would have got.
    fn give_back(&self, text: &str) {
        if let Some(field) = self.taken.take().filter(|_| !text.is_empty()) {
            field.add(text);
        }
    }
}

/// A text field as it was at a moment.
struct Field {
    element: HtmlElement,
    value: String,
    /// Where the cursor stood. Fields of some kinds, such as numbers, do not tell.
    cursor: Option<(u32, u32)>,
}

impl Field {
    /// The field that has the focus, if one has.
    fn with_focus() -> Option<Field> {
        let element: HtmlElement = web_sys::window()?.document()?.active_element()?.dyn_into().ok()?;
        let (value, start, end) = if let Some(input) = element.dyn_ref::<HtmlInputElement>() {
            if matches!(input.type_().as_str(), "checkbox" | "radio" | "file" | "range") {
                return None;
            }
            (input.value(), input.selection_start(), input.selection_end())
        } else {
            let area: &HtmlTextAreaElement = element.dyn_ref()?;
            (area.value(), area.selection_start(), area.selection_end())
        };
        let cursor = start.ok().flatten().zip(end.ok().flatten());
        Some(Field { element, value, cursor })
    }

    fn restore(&self) {
        let now = self.element.dyn_ref::<HtmlInputElement>().map(HtmlInputElement::value);
        let now = now.or_else(|| self.element.dyn_ref::<HtmlTextAreaElement>().map(HtmlTextAreaElement::value));
        if now.as_ref() == Some(&self.value) {
            return;
        }
        // An input method may still be at work on the keys: it lets go of them when the focus goes. Neither can fail for an
        // element of this page.
        let _ = self.element.blur();
        self.write(&self.value, self.cursor);
        let _ = self.element.focus();
    }

    /// As it was, with `text` where the cursor stood.
    fn add(&self, text: &str) {
        // The cursor is counted in UTF-16, as scripts count.
        let units: Vec<u16> = self.value.encode_utf16().collect();
        let (start, end) = self.cursor.map_or((units.len(), units.len()), |(start, end)| (start as usize, end as usize));
        let (start, end) = (start.min(units.len()), end.min(units.len()));
        let value = [&units[..start], &text.encode_utf16().collect::<Vec<_>>(), &units[end..]].concat();
        let cursor = (start + text.encode_utf16().count()) as u32;
        self.write(&String::from_utf16_lossy(&value), self.cursor.map(|_| (cursor, cursor)));
    }

    fn write(&self, value: &str, cursor: Option<(u32, u32)>) {
        let (start, end) = (cursor.map(|c| c.0), cursor.map(|c| c.1));
        // Only a field without a cursor refuses one, and then there is none.
        let _ = if let Some(input) = self.element.dyn_ref::<HtmlInputElement>() {
            input.set_value(value);
            cursor.map_or(Ok(()), |_| {
                input.set_selection_start(start)?;
                input.set_selection_end(end)
            })
        } else if let Some(area) = self.element.dyn_ref::<HtmlTextAreaElement>() {
            area.set_value(value);
            area.set_selection_start(start).and_then(|()| area.set_selection_end(end))
        } else {
            Ok(())
        };
        // The page's own copy follows, as after typing.
        if let Ok(typed) = Event::new("input") {
            typed.init_event_with_bubbles("input", true);
            let _ = self.element.dispatch_event(&typed);
        }
    }
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

    /// The codes in a picture. A worker that breaks or falls silent is replaced, and this picture is lost.
    pub async fn decode(&self, picture: &Picture) -> Vec<Found> {
        let worker = self.worker.borrow().clone();
        let answer = match worker {
            Some(worker) => within(if self.warm.get() { PATIENCE } else { PATIENCE_FIRST }, ask(&worker, picture)).await.flatten(),
            None => None,
        };
        match answer {
            Some(answer) => {
                self.warm.set(true);
                found(&answer).unwrap_or_default()
            }
            None => {
                self.restart();
                vec![]
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

/// Sends a picture, which moves over without a copy. `None` when the worker broke.
async fn ask(worker: &Worker, picture: &Picture) -> Option<JsValue> {
    let message = Object::new();
    let put = |name: &str, value: JsValue| Reflect::set(&message, &name.into(), &value);
    let moved: JsValue = match &picture.content {
        Content::Frame(frame) => {
            put("frame", frame.into()).ok()?;
            frame.into()
        }
        Content::Pixels(image) => {
            let pixels = Reflect::get(image, &"data".into()).and_then(|data| Reflect::get(&data, &"buffer".into())).ok()?;
            put("pixels", pixels.clone()).ok()?;
            put("width", image.width().into()).ok()?;
            put("height", image.height().into()).ok()?;
            pixels
        }
    };
    let answered = Promise::new(&mut |resolve, reject| {
        worker.set_onmessage(Some(&resolve));
        worker.set_onmessageerror(Some(&reject));
        worker.set_onerror(Some(&reject));
    });
    worker.post_message_with_transfer(&message, &Array::of1(&moved)).ok()?;
    let answer = JsFuture::from(answered).await.ok()?.unchecked_into::<MessageEvent>().data();
    // The worker says `false` when the decoder panicked.
    (answer != JsValue::FALSE).then_some(answer)
}

/// Reads an answer: `{ texts: [{ text, corners: [x, y, …] }] }`.
fn found(answer: &JsValue) -> Option<Vec<Found>> {
    let texts: Array = Reflect::get(answer, &"texts".into()).ok()?.dyn_into().ok()?;
    let one = |told: JsValue| {
        let corners: Array = Reflect::get(&told, &"corners".into()).ok()?.dyn_into().ok()?;
        let corners: Vec<f32> = corners.iter().filter_map(|place| Some(place.as_f64()? as f32)).collect();
        Some(Found { text: Reflect::get(&told, &"text".into()).ok()?.as_string()?, corners: corners.try_into().ok()? })
    };
    Some(texts.iter().filter_map(one).collect())
}
