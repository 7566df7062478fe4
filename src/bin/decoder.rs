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
    use js_sys::{Array, ArrayBuffer, Object, Reflect, Uint8Array};
    use mingbai::receipt::decode::{Found, live};
    use wasm_bindgen::JsValue;
    use wasm_bindgen::closure::Closure;

    /// Gives the worker's script a function `decode(pixels, width, height)`: the codes in a picture (RGBA, or a byte
    /// of brightness a pixel), as a list of
    /// `{ text, corners }`.
    pub fn offer() {
        let mut nth = 0;
        let decode = Closure::<dyn FnMut(ArrayBuffer, u32, u32) -> Array>::new(move |pixels: ArrayBuffer, width, height| {
            let found = live(&luma(Uint8Array::new(&pixels).to_vec(), width, height), width, height, nth);
            nth += 1;
            found.iter().map(told).collect()
        });
        // A worker's global object takes properties; if it did not, the script would find no `decode` and be replaced.
        let _ = Reflect::set(&js_sys::global(), &"decode".into(), &decode.into_js_value());
    }

    fn told(found: &Found) -> JsValue {
        let told = Object::new();
        let corners: Array = found.corners.iter().map(|place| JsValue::from_f64(f64::from(*place))).collect();
        for (name, value) in [("text", JsValue::from_str(&found.text)), ("corners", corners.into())] {
            // A plain object takes properties.
            let _ = Reflect::set(&told, &name.into(), &value);
        }
        told.into()
    }

    /// Brightness (ITU-R BT.601) of RGBA pixels; a byte a pixel is brightness already.
    fn luma(rgba: Vec<u8>, width: u32, height: u32) -> Vec<u8> {
        if rgba.len() == width as usize * height as usize {
            return rgba;
        }
        let grey = |p: &[u8; 4]| ((306 * u32::from(p[0]) + 601 * u32::from(p[1]) + 117 * u32::from(p[2])) >> 10) as u8;
        rgba.as_chunks::<4>().0.iter().map(grey).collect()
    }
}
