//! The QR decoder's entry, in a worker of its own (`public/decoder-worker.js` loads it): a second, small wasm, whose panic
//! costs one frame and not the desk. Natively there is nothing to start.

#[cfg(target_family = "wasm")]
fn main() {
    worker::offer();
}

#[cfg(not(target_family = "wasm"))]
fn main() {}

#[cfg(target_family = "wasm")]
mod worker {
    use js_sys::{ArrayBuffer, Reflect, Uint8Array};
    use mingbai::receipt::decode::quick;
    use wasm_bindgen::JsValue;
    use wasm_bindgen::closure::Closure;

    /// Gives the worker's script a function `decode(pixels, width, height)`: the text in an RGBA picture, or null.
    pub fn offer() {
        let decode = Closure::<dyn FnMut(ArrayBuffer, u32, u32) -> JsValue>::new(|pixels: ArrayBuffer, width, height| {
            let texts = quick(&luma(&Uint8Array::new(&pixels).to_vec()), width, height);
            texts.first().map_or(JsValue::NULL, |text| JsValue::from_str(text))
        });
        // A worker's global object takes properties; if it did not, the script would find no `decode` and be replaced.
        let _ = Reflect::set(&js_sys::global(), &"decode".into(), &decode.into_js_value());
    }

    /// Brightness (ITU-R BT.601) of RGBA pixels.
    fn luma(rgba: &[u8]) -> Vec<u8> {
        let grey = |p: &[u8; 4]| ((299 * u32::from(p[0]) + 587 * u32::from(p[1]) + 114 * u32::from(p[2])) / 1000) as u8;
        rgba.as_chunks::<4>().0.iter().map(grey).collect()
    }
}
