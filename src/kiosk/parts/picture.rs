//! A receipt as a picture, for a phone's album: the code large enough for any scanner, and in words what it is.

use super::qr::Drawing;
use leptos::prelude::document;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

/// Pixels to a module: whole, so that every edge is sharp.
const MODULE: usize = 10;
const LINE: f64 = 46.0;
const FONT: &str = "30px 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', sans-serif";

/// The code of `text` with `lines` below it. `None` where it cannot be drawn.
pub fn draw(text: &str, lines: &[String]) -> Option<HtmlCanvasElement> {
    let code = Drawing::new(text)?;
    let width = (code.side() * MODULE) as f64;
    let height = width + LINE * (lines.len() as f64 + 0.5);
    let paint = || -> Result<HtmlCanvasElement, JsValue> {
        let canvas: HtmlCanvasElement = document().create_element("canvas")?.dyn_into()?;
        canvas.set_width(width as u32);
        canvas.set_height(height as u32);
        let context: CanvasRenderingContext2d = canvas.get_context("2d")?.ok_or(JsValue::NULL)?.dyn_into()?;
        context.set_fill_style_str("#fff");
        context.fill_rect(0.0, 0.0, width, height);
        context.set_fill_style_str("#000");
        for (x, y, length) in code.across() {
            let [x, y, length, module] = [x, y, length, 1].map(|modules| (modules * MODULE) as f64);
            context.fill_rect(x, y, length, module);
        }
        context.set_font(FONT);
        context.set_text_align("center");
        for (at, line) in lines.iter().enumerate() {
            // A long line is set narrower, and stays on the picture.
            context.fill_text_with_max_width(line, width / 2.0, width + LINE * (at as f64 + 0.7), width * 0.92)?;
        }
        Ok(canvas)
    };
    paint().ok()
}
