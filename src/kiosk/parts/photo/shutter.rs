//! The kiosk's own camera, live, until the button is pressed.

use crate::kiosk::app::App;
use crate::kiosk::device::camera::Camera;
use crate::kiosk::parts::dialog::Dialog;
use crate::kiosk::parts::{phrases, say, tell};
use crate::words::Text;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use web_sys::ImageData;

#[component]
pub fn Shutter(on_shot: Callback<ImageData>, on_cancel: Callback<()>) -> impl IntoView {
    let app = App::get();
    let video = NodeRef::<html::Video>::new();
    let camera = StoredValue::new_local(None::<Camera>);
    let live = RwSignal::new(false);
    let wrong = RwSignal::new(None::<Text>);
    Effect::new(move |_| {
        let Some(video) = video.get() else { return };
        spawn_local(async move {
            match Camera::start(&video, None).await {
                Ok(started) => {
                    // The dialogue may have been closed meanwhile: then the camera must not stay on.
                    if live.try_set(true).is_some() {
                        started.stop();
                    } else {
                        camera.set_value(Some(started));
                    }
                }
                Err(refused) => {
                    wrong.try_set(Some(refused.say()));
                }
            }
        });
    });
    on_cleanup(move || {
        camera.try_update_value(|camera| {
            if let Some(camera) = camera.take() {
                camera.stop();
            }
        });
    });
    let shoot = move |_| {
        let frame = camera.with_value(|camera| camera.as_ref().and_then(Camera::frame));
        if let Some(frame) = frame {
            on_shot.run(frame);
        }
    };
    view! {
        <Dialog title=tell(phrases::PHOTO_CAMERA.text()) test="shutter" on_cancel>
            <p class="dialog-text">{say(phrases::SHUTTER_HOW)}</p>
            <video class="photos-live" node_ref=video muted playsinline></video>
            <p class="quiet" role="status">
                {move || (!live.get() && wrong.get().is_none()).then(|| phrases::CAMERA_STARTS.get(app.lang.get()))}
            </p>
            <p class="wrong" role="alert">{move || wrong.get().map(|w| w.get(app.lang.get()).to_owned())}</p>
            <div class="buttons">
                <button type="button" class="button" on:click=move |_| on_cancel.run(())>{say(phrases::CANCEL)}</button>
                <button type="button" class="button primary" data-test="shoot" disabled=move || !live.get() on:click=shoot>{say(phrases::SHUTTER)}</button>
            </div>
        </Dialog>
    }
}
