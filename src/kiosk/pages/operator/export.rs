//! The sealed outbox to a file, for a machine that will never be online again. It is put together piece by piece out of
//! blobs, which the browser may keep on disk, so that a large outbox does not have to fit into memory. Nothing changes here.

use super::{phrases, say};
use crate::api::export::{FORMAT, Head, chunk_line, end_line, sealed_line};
use crate::calendar::moment;
use crate::kiosk::app::App;
use crate::kiosk::device::keys::Key;
use crate::kiosk::device::net::Failure;
use crate::kiosk::device::{clock, files};
use crate::kiosk::outbox::queue;
use crate::words::Text;
use js_sys::Array;
use leptos::prelude::*;
use leptos::task::spawn_local;
use uuid::Uuid;
use wasm_bindgen::JsValue;
use web_sys::{Blob, BlobPropertyBag};

/// So much text is gathered before the browser gets it as one blob, in bytes.
const GATHERED: usize = 4 * 1024 * 1024;

/// What became of an export.
#[derive(Clone)]
struct Exported {
    file: String,
    submissions: usize,
    /// What cannot be read; it stays where it is, and in the queue.
    left_out: usize,
}

#[component]
pub fn Export() -> impl IntoView {
    let app = App::get();
    let done = RwSignal::new(None::<Exported>);
    let progress = RwSignal::new(None::<(usize, usize)>);
    let wrong = RwSignal::new(None::<Text>);
    let export = move |_| {
        done.set(None);
        wrong.set(None);
        progress.set(Some((0, 0)));
        spawn_local(async move {
            let result = write(app, progress).await;
            progress.try_set(None);
            match result {
                Ok(exported) => {
                    done.try_set(Some(exported));
                }
                Err(failure) => {
                    wrong.try_set(Some(failure.say()));
                }
            }
        });
    };
    let none = move || app.waiting.get() == 0;
    view! {
        <section class="desk-block" data-test="export">
            <h2>{say(phrases::EXPORT)}</h2>
            <p>{say(phrases::EXPORT_HOW)}</p>
            <p><code>"hall outbox import FILE"</code></p>
            {move || none().then(|| view! { <p class="desk-quiet">{say(phrases::EXPORT_NONE)}</p> })}
            <button
                class="desk-button primary"
                type="button"
                data-test="export-do"
                disabled=move || none() || progress.with(Option::is_some)
                on:click=export
            >
                {move || match progress.get() {
                    Some((n, of)) => format!("{} {n} / {of}", phrases::EXPORTING.get(app.lang.get())),
                    None => phrases::EXPORT_DO.get(app.lang.get()).to_owned(),
                }}
            </button>
            {move || done.get().map(|Exported { file, submissions, left_out }| view! {
                <p class="desk-worst fine" data-test="exported" data-count=submissions.to_string() role="status">
                    {say(phrases::EXPORTED)} " " {submissions} " " {say(phrases::SUBMISSIONS)} " · " <code>{file}</code>
                </p>
                {(left_out > 0).then(|| view! { <p class="desk-trouble" role="alert">{left_out} " " {say(phrases::EXPORT_LEFT_OUT)}</p> })}
            })}
            <p class="desk-wrong" role="alert">{move || wrong.get().map(|w| w.get(app.lang.get()).to_owned())}</p>
        </section>
    }
}

/// The pieces of a file so far.
struct Pieces {
    blobs: Array,
    gathered: String,
}

impl Pieces {
    fn add(&mut self, line: &str) -> Result<(), Failure> {
        self.gathered.push_str(line);
        if self.gathered.len() >= GATHERED { self.hand_over() } else { Ok(()) }
    }

    fn hand_over(&mut self) -> Result<(), Failure> {
        let piece = blob(&Array::of1(&JsValue::from_str(&self.gathered)))?;
        self.blobs.push(&piece);
        self.gathered.clear();
        Ok(())
    }
}

async fn write(app: App, progress: RwSignal<Option<(usize, usize)>>) -> Result<Exported, Failure> {
    let (ids, chunks) = queue::tally().await?;
    let (total, now) = (ids.len(), clock::now());
    let device = Key::load().await?.map(|key| key.id());
    let hall = app.hall.with_untracked(|hall| hall.as_ref().map(|hall| hall.code.clone())).unwrap_or_default();
    let when: String = moment(now).chars().filter(char::is_ascii_digit).collect();
    let file = format!("mingbai-outbox-{}-{when}.jsonl", device.as_deref().unwrap_or("device"));
    let head = Head { format: FORMAT.to_owned(), hall, device, exported_at: now, submissions: total, chunks };
    let mut pieces = Pieces { blobs: Array::new(), gathered: head.line().map_err(|_| unwritten())? };
    let mut submissions = 0;
    for (at, id) in ids.into_iter().enumerate() {
        progress.try_set(Some((at, total)));
        if add(&mut pieces, id).await? {
            submissions += 1;
        }
    }
    pieces.add(end_line())?;
    pieces.hand_over()?;
    files::download(&blob(&pieces.blobs)?, &file).map_err(|_| unwritten())?;
    Ok(Exported { file, submissions, left_out: total - submissions })
}

/// One submission with its chunks, or nothing of it when any of it cannot be read.
async fn add(pieces: &mut Pieces, id: Uuid) -> Result<bool, Failure> {
    let Some(sealed) = queue::envelope(id).await? else { return Ok(false) };
    for digest in &sealed.chunks {
        let Some(bytes) = queue::piece(digest).await? else { return Ok(false) };
        pieces.add(&chunk_line(digest, &bytes))?;
    }
    let before = queue::acknowledged(id).await?;
    pieces.add(&sealed_line(&sealed, before.as_ref()).map_err(|_| unwritten())?)?;
    Ok(true)
}

fn blob(parts: &Array) -> Result<Blob, Failure> {
    let options = BlobPropertyBag::new();
    options.set_type("application/jsonl");
    Blob::new_with_blob_sequence_and_options(parts, &options).map_err(|_| unwritten())
}

fn unwritten() -> Failure {
    Failure::Storage(Text::new("文件没有写成,本机的数据没有变化", "The file could not be written; nothing changed here"))
}
