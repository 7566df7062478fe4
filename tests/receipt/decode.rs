//! A picture of a receipt's code is read back as the very text, in every class of pictures that the measurements have.

use super::dice::Dice;
use super::people::{KIOSK, key, queued};
use mingbai::receipt::claims::sign;
use mingbai::receipt::decode::{Found, live, thorough};

// The measurements need more of it.
#[allow(dead_code)]
#[path = "../bench/pictures.rs"]
mod pictures;

fn texts(found: &[Found]) -> Vec<&str> {
    found.iter().map(|found| found.text.as_str()).collect()
}

#[test]
fn a_camera_reads_the_very_text_and_says_where_it_is() {
    let text = sign(&queued(), &key(KIOSK)).unwrap();
    let code = qrcode::QrCode::with_error_correction_level(&text, qrcode::EcLevel::M).unwrap();
    let (modules, scale, quiet) = (code.width(), 4, 4);
    let side = (modules + 2 * quiet) * scale;
    let dark = |place: usize| place.checked_sub(quiet * scale).map(|p| p / scale).filter(|m| *m < modules);
    let pixel = |n: usize| match (dark(n % side), dark(n / side)) {
        (Some(x), Some(y)) if code[(x, y)] == qrcode::Color::Dark => 0,
        _ => 255,
    };
    let luma: Vec<u8> = (0..side * side).map(pixel).collect();
    let size = u32::try_from(side).unwrap();
    let found = live(&luma, size, size, 0);
    assert_eq!(texts(&found), [&text]);
    let (near, far) = ((quiet * scale) as f32, ((quiet + modules) * scale) as f32);
    let corners = [near, near, far, near, far, far, near, far];
    assert!(found[0].corners.iter().zip(corners).all(|(found, place)| (found - place).abs() < 2.0), "{:?}", found[0].corners);
    assert_eq!(texts(&thorough(&luma, size, size)), [&text]);
    assert!(live(&luma, size, size - 1, 0).is_empty(), "a frame of another size than its pixels is no frame");
    assert!(thorough(&[], 0, 0).is_empty());
    let grey: Vec<u8> = (0..side * side).scan(Dice(1), |dice, _| Some(dice.below(256) as u8)).collect();
    assert!(thorough(&grey, size, size).is_empty(), "there is nothing in noise");
}

#[test]
fn pictures_of_every_class_are_read() {
    let texts = [sign(&queued(), &key(KIOSK)).unwrap(), "26328013742".into(), "钦州市政务服务中心".into(), "B".into(), "C".into()];
    let mut missed = Vec::new();
    for (class, (name, _)) in pictures::CLASSES.iter().enumerate() {
        let picture = pictures::picture(class, 0.3, &texts, 20_261_130 + class as u64);
        let found = live(&picture.luma, picture.width as u32, picture.height as u32, 0);
        if !picture.texts.iter().all(|text| found.iter().any(|found| found.text == *text)) {
            missed.push(name);
        }
    }
    assert!(missed.is_empty(), "{missed:?}");
}
