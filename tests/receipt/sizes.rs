//! Receipts of every item in the sample catalogue are small enough to print.

use super::people::*;
use mingbai::catalogue::author;
use mingbai::receipt::claims::{COSE_MAX, fits, sign};
use mingbai::receipt::{Claims, MaterialMark};
use qrcode::{EcLevel, QrCode, Version};

#[test]
fn receipts_of_every_item_are_small_enough_to_print() {
    let catalogue = author::compile(&author::sample()).unwrap_or_else(|f| panic!("{}", f[0]));
    println!("{:<12} bytes: min median max  largest item", "");
    for (claims, signer) in each_kind() {
        let name = if claims.self_issued.is_some() { "self-issued".to_owned() } else { format!("{:?}", claims.kind) };
        assert!(claims.identity.is_some());
        let mut sizes = Vec::new();
        for item in &catalogue.items {
            assert!(fits(&catalogue.hall.code, &item.code, item.materials.len()), "{}", item.code);
            let (hall, code) = (catalogue.hall.code.clone(), item.code.clone());
            let materials = vec![MaterialMark::Original; item.materials.len()];
            let text = sign(&Claims { hall, item: code, materials, ..claims.clone() }, &key(signer)).unwrap();
            let size = super::forge::unpack(&text).len();
            assert!(size <= COSE_MAX, "{}: {size} bytes", item.code);
            let code = QrCode::with_error_correction_level(&text, EcLevel::M).unwrap();
            assert!(matches!(code.version(), Version::Normal(1..=13)), "{}: {:?}", item.code, code.version());
            sizes.push((size, item.code.as_str()));
        }
        sizes.sort_unstable();
        let (smallest, middle, largest) = (sizes[0].0, sizes[sizes.len() / 2].0, sizes[sizes.len() - 1]);
        println!("{name:<12} {smallest:>10} {middle:>6} {:>3}  {}", largest.0, largest.1);
    }
}

#[test]
fn what_would_not_fit_is_known_before() {
    let (hall, item) = ("h".repeat(12), "i".repeat(24));
    let largest = (0..100).take_while(|materials| fits(&hall, &item, *materials)).last().unwrap();
    let of = |materials: usize| {
        let materials = vec![MaterialMark::Later; materials];
        let claims = Claims { hall: hall.clone(), item: item.clone(), materials, ..self_issued(STRANGER) };
        sign(&claims, &key(STRANGER))
    };
    assert!(of(largest).is_ok() && of(largest + 1).is_err(), "{largest}");
}
