//! The app's entry in the browser. Natively there is nothing to start.

fn main() {
    #[cfg(target_family = "wasm")]
    mingbai::kiosk::mount();
}
