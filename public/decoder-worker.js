// The worker around the QR decoder: loads the second wasm and answers each frame with the codes in it and how long that took,
// or with `false` when the decoder broke. A broken decoder cannot be trusted any more: the page replaces the whole worker.
importScripts('/decoder.js');

const ready = wasm_bindgen({ module_or_path: '/decoder_bg.wasm' });

// Frames of these kinds begin with a plane of brightness, a byte a pixel.
const BRIGHTNESS_FIRST = ['I420', 'I420A', 'I422', 'I422A', 'I444', 'I444A', 'NV12'];

// The pixels of a video frame: brightness only where the frame has it, else RGBA, as drawn.
async function opened(frame) {
  const { width, height } = frame.visibleRect;
  try {
    if (BRIGHTNESS_FIRST.includes(frame.format)) {
      const bytes = new Uint8Array(frame.allocationSize());
      const [{ offset, stride }] = await frame.copyTo(bytes);
      for (let y = 0; y < height; y++) {
        bytes.copyWithin(y * width, offset + y * stride, offset + y * stride + width);
      }
      return { pixels: bytes.buffer.slice(0, width * height), width, height };
    }
    const context = new OffscreenCanvas(width, height).getContext('2d', { alpha: false, willReadFrequently: true });
    context.drawImage(frame, 0, 0);
    return { pixels: context.getImageData(0, 0, width, height).data.buffer, width, height };
  } finally {
    frame.close();
  }
}

self.onmessage = async ({ data }) => {
  try {
    await ready;
    const { pixels, width, height } = data.frame ? await opened(data.frame) : data;
    const start = performance.now();
    const texts = self.decode(pixels, width, height);
    self.postMessage({ texts, ms: performance.now() - start });
  } catch {
    self.postMessage(false);
  }
};
