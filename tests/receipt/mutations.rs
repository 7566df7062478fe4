//! Receipts changed at random, in their letters and in their bytes, never come to mean anything else.

use super::dice::Dice;
use super::forge::{pack, unpack};
use super::people::*;
use mingbai::receipt::claims::sign;
use mingbai::receipt::verify::{Verdict, verify};

fn mutate(dice: &mut Dice, bytes: &mut Vec<u8>, letters: &[u8]) {
    for _ in 0..=dice.below(3) {
        let (place, letter) = (dice.below(bytes.len()), letters[dice.below(letters.len())]);
        match dice.below(5) {
            0 => bytes[place] ^= 1 << dice.below(8),
            1 => bytes[place] = letter,
            2 => bytes.insert(place, letter),
            3 if bytes.len() > 1 => drop(bytes.remove(place)),
            _ => {
                let other = dice.below(bytes.len());
                bytes.swap(place, other);
            }
        }
    }
}

/// How many of so many mutations were still genuine, having hit nothing that counts.
fn mutations(rounds: usize) -> usize {
    let letters = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
    let all: Vec<u8> = (0..=255).collect();
    let genuine = each_kind().map(|(claims, signer)| {
        let text = sign(&claims, &key(signer)).unwrap();
        (unpack(&text), text, claims)
    });
    let (trust, now) = (trust(), now());
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let mut same = 0;
    for round in 0..rounds {
        let (cose, text, claims) = &genuine[round % genuine.len()];
        let mutated = if dice.below(2) == 0 {
            let mut bytes = text.clone().into_bytes();
            mutate(&mut dice, &mut bytes, letters);
            String::from_utf8_lossy(&bytes).into_owned()
        } else {
            let mut cose = cose.clone();
            mutate(&mut dice, &mut cose, &all);
            pack(&cose)
        };
        let report = verify(&mutated, Some(&trust), now);
        if matches!(report.verdict, Verdict::Received | Verdict::Queued | Verdict::SelfIssued) {
            assert_eq!(report.claims.as_ref(), Some(claims), "round {round}: {mutated}");
            same += 1;
        }
    }
    same
}

#[test]
fn twenty_thousand_mutations_never_mean_anything_else() {
    mutations(20_000);
}

/// As many as `MINGBAI_MUTATIONS` says.
#[test]
#[ignore = "takes half a minute"]
fn a_million_mutations_never_mean_anything_else() {
    let rounds = std::env::var("MINGBAI_MUTATIONS").map_or(1_000_000, |rounds| rounds.parse().unwrap());
    println!("{rounds} mutations; {} changed nothing, every other was refused", mutations(rounds));
}

#[test]
fn cut_anywhere_it_is_no_receipt() {
    for (claims, signer) in each_kind() {
        let text = sign(&claims, &key(signer)).unwrap();
        for end in 0..text.len() {
            assert_eq!(look(&text[..end]).verdict, Verdict::NotGenuine, "{end} characters");
        }
        let cose = unpack(&text);
        for end in 0..cose.len() {
            assert_eq!(look(&pack(&cose[..end])).verdict, Verdict::NotGenuine, "{end} bytes");
        }
    }
}
