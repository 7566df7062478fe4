// The worker around the QR decoder: loads the second wasm and answers each frame with a text, null, or `false` when the
// decoder broke. A broken decoder cannot be trusted any more: the page replaces the whole worker.
importScripts('/decoder.js');

const ready = wasm_bindgen({ module_or_path: '/decoder_bg.wasm' });

self.onmessage = async ({ data: { pixels, width, height } }) => {
  try {
    await ready;
    self.postMessage(self.decode(pixels, width, height));
  } catch {
    self.postMessage(false);
  }
};
