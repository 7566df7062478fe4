//! From a chosen file or a frame of the camera to the bytes that are kept. A picture is drawn anew: upright, at a size and
//! weight that a clerk can read and a slow line can carry, and without what cameras write into their files (place, time,
//! device). A PDF goes as it is.

use crate::submission::media::limits::{AIM, KEPT, LADDER, PICTURE_READ};
use crate::submission::media::{JPEG, Kind, PDF, Wrong, look};
use js_sys::Reflect;
use leptos::prelude::{document, window};
use wasm_bindgen::{Clamped, JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, CanvasRenderingContext2d, HtmlCanvasElement, ImageBitmap, ImageData};

/// What is kept, and its media type.
pub type Kept = (&'static str, Vec<u8>);

/// Reads a file that was chosen.
pub async fn file(file: &Blob) -> Result<Kept, Wrong> {
    // A film of gigabytes is not even read.
    if file.size() > PICTURE_READ as f64 {
        return Err(Wrong::TooLarge(PICTURE_READ));
    }
    let read = bytes(file).await.map_err(|_| Wrong::Damaged)?;
    let kind = look(&read)?.kind;
    if kind == Kind::Pdf {
        return Ok((PDF, read));
    }
    drop(read);
    // The browser turns it upright, as the camera noted.
    let bitmap = window().create_image_bitmap_with_blob(file);
    let undecodable = if kind == Kind::Heic { Wrong::Heic } else { Wrong::Damaged };
    light(bitmap, undecodable).await
}

/// A frame of the camera.
pub async fn frame(frame: &ImageData) -> Result<Kept, Wrong> {
    let plain = ImageData::new_with_u8_clamped_array_and_sh(Clamped(&frame.data()), frame.width(), frame.height());
    light(plain.and_then(|plain| window().create_image_bitmap_with_image_data(&plain)), Wrong::Damaged).await
}

/// Down the ladder until it is light enough. What is still too heavy at its end is kept if it fits at all.
async fn light(bitmap: Result<js_sys::Promise, JsValue>, undecodable: Wrong) -> Result<Kept, Wrong> {
    let decoded = async { JsFuture::from(bitmap?).await?.dyn_into::<ImageBitmap>() };
    let bitmap = decoded.await.map_err(|_| undecodable)?;
    let mut lightest = None;
    for (side, quality) in LADDER {
        let drawn = draw(&bitmap, f64::from(side), quality).await.map_err(|_| Wrong::Damaged)?;
        let light = drawn.size() <= AIM as f64;
        lightest = Some(drawn);
        if light {
            break;
        }
    }
    bitmap.close();
    let lightest = lightest.filter(|blob| blob.size() <= KEPT as f64).ok_or(Wrong::TooLarge(KEPT))?;
    Ok((JPEG, bytes(&lightest).await.map_err(|_| Wrong::Damaged)?))
}

/// As JPEG, its longer side at most `side` pixels.
async fn draw(bitmap: &ImageBitmap, side: f64, quality: f64) -> Result<Blob, JsValue> {
    let (width, height) = (f64::from(bitmap.width()), f64::from(bitmap.height()));
    let scale = (side / width.max(height)).min(1.0);
    let (width, height) = ((width * scale).round().max(1.0), (height * scale).round().max(1.0));
    let canvas: HtmlCanvasElement = document().create_element("canvas")?.dyn_into()?;
    canvas.set_width(width as u32);
    canvas.set_height(height as u32);
    let context: CanvasRenderingContext2d = canvas.get_context("2d")?.ok_or(JsValue::NULL)?.dyn_into()?;
    // Small print stays legible only if pixels are averaged.
    Reflect::set(&context, &"imageSmoothingQuality".into(), &"high".into())?;
    // JPEG knows no transparency: what was clear is paper, not black.
    context.set_fill_style_str("#fff");
    context.fill_rect(0.0, 0.0, width, height);
    context.draw_image_with_image_bitmap_and_dw_and_dh(bitmap, 0.0, 0.0, width, height)?;
    let (send, receive) = promised();
    canvas.to_blob_with_type_and_encoder_options(&send, JPEG, &quality.into())?;
    JsFuture::from(receive).await?.dyn_into()
}

async fn bytes(blob: &Blob) -> Result<Vec<u8>, JsValue> {
    let buffer = JsFuture::from(blob.array_buffer()).await?;
    Ok(js_sys::Uint8Array::new(&buffer).to_vec())
}

/// A callback and the promise of what it will be called with.
fn promised() -> (js_sys::Function, js_sys::Promise) {
    let mut callback = None;
    let promise = js_sys::Promise::new(&mut |resolve, _| {
        let once = Closure::once_into_js(move |blob: JsValue| resolve.call1(&JsValue::UNDEFINED, &blob));
        callback = Some(once.unchecked_into());
    });
    (callback.unwrap_or_default(), promise)
}
