//! The receipt (回执): a signed proof of a submission, small enough for a QR code, checked without a network.
//!
//! - [`claims`]: the claims and their bytes.
//! - [`identity`]: two bytes by which the person at the window can be compared.
//! - [`number`]: the short number, digits only, with check digits.
//! - [`trust`]: hall keys and the trust list.
//! - [`verify`]: text → one of five verdicts, with reasons.
//! - [`decode`]: picture → the texts of the QR codes in it. [`sight`]: which of them is meant. [`burst`]: a USB scanner's keys → text.
//!
//! What follows is the whole format: enough to write a verifier in any language. `tests/receipt/vectors.json` holds texts
//! with the verdicts that it must come to.
//!
//! # The text
//!
//! `MB1:`, then base45 (RFC 9285) of a zlib stream (RFC 1950, deflate, no preset dictionary) of the message. All of it is in
//! the alphanumeric characters of a QR code; error correction M or better.
//!
//! A verifier takes away white space before and after the text and refuses:
//!
//! | | `why` |
//! | --- | --- |
//! | another beginning; small letters | `prefix` |
//! | more than 1200 bytes | `too-long` |
//! | base45 that is not what the decoded bytes encode to: a foreign character, three letters above 65535, a last pair above 255, a single last letter | `base45` |
//! | anything but one whole zlib stream with its right checksum; a byte behind it; more than 600 bytes when inflated (stop there: a zip bomb is not to be inflated) | `zlib` |
//!
//! How well the stream is compressed does not matter. A writer makes no message of more than 260 bytes.
//!
//! # The message
//!
//! A COSE_Sign1 message (RFC 9052) with its tag, in deterministic CBOR (RFC 8949, 4.2.1): every integer and every length in
//! its shortest form, no indefinite lengths, no floating-point numbers, no bignums, no other tags, no doubled keys, map keys
//! in the order of their bytes (which is the order given here), nothing behind it. **There is exactly one way to write a
//! receipt, and whatever is written otherwise is refused, signed or not.** The safest way to hold that: read, write again
//! from what was read, and compare the bytes.
//!
//! | bytes | what | `why`, if not |
//! | --- | --- | --- |
//! | `d2` | tag 18 | `cose` |
//! | `84` | array of four | `cose` |
//! | `4d` `a2 01 27 04 48` + 8 bytes | protected header, a byte string of 13: `{1: -8, 4: kid}`. Label 1 is the algorithm, −8 (EdDSA, here Ed25519); label 4 the key id: the first 8 bytes of the SHA-256 of the 32 bytes of the public key | `header` |
//! | `a0` | unprotected header, an empty map. Algorithm and key id count only where they are protected | `header` |
//! | `58`/`59` + length + payload | the claims, encoded, as a byte string (always more than 23 bytes) | `cose` |
//! | `58 40` + 64 bytes | the signature | `cose` |
//!
//! # The claims
//!
//! The payload is a CWT claims set (RFC 8392): a map of these, in this order, and of no other.
//!
//! | label | type | what | `claim`, if wrong |
//! | --- | --- | --- | --- |
//! | 1 `iss` | text | the hall's code | `iss` |
//! | 4 `exp` | unsigned | expiry, seconds since 1970 (UTC), at most 253402300799 (the year 9999) | `exp` |
//! | 6 `iat` | unsigned | issue, likewise | `iat` |
//! | 7 `cti` | 16 bytes | id of the receipt and of its submission, a UUID | `cti` |
//! | 8 `cnf` | map | on self-issued receipts only: `{1: {1: 1, -1: 6, -2: x}}`, the device's own public key (32 bytes `x`) as a COSE_Key (OKP, Ed25519; RFC 8747) | `cnf` |
//! | −65537 | array of 7 | `[kind, item, catalogue, digest, outcome, materials, short number]` | `-65537` |
//! | −65538 | 2 bytes | identity ([`identity`]). Absent when there was no resident ID number, and from receipts made before there was this claim | `identity` |
//!
//! | in −65537 | type | what |
//! | --- | --- | --- |
//! | `kind` | unsigned | 0 queued on the device, 1 received by the hall |
//! | `item` | text | code of the item (事项) |
//! | `catalogue` | text | version of the catalogue |
//! | `digest` | 16 bytes | the first half of the submission's SHA-256 |
//! | `outcome` | unsigned | 0 ready, 1 ready-for-person, 2 ready-with-deferral, 3 incomplete, 4 not-met, 5 not-required, 6 elsewhere, 7 open ([`OUTCOMES`]) |
//! | `materials` | bytes | one byte for each material of the item, in its order: 0 missing, 1 original, 2 copy, 3 electronic, 4 later, 5 not-needed ([`MaterialMark`]) |
//! | `short number` | unsigned or null | the case's number, once there is one: eleven digits (zeros in front are not written) that are 1 modulo 97 ([`number`]) |
//!
//! A missing claim or one of another type, value or length is `claim` with its name; whatever else is not as the program
//! itself would write it is `encoding`. There is no name, no ID number, no phone number and no address in a receipt.
//!
//! # The signature
//!
//! Ed25519 (RFC 8032) over the Sig_structure of RFC 9052, 4.4, in the same CBOR:
//! `["Signature1", protected header as a byte string, external data as a byte string, payload as a byte string]`. The external
//! data is the context, in ASCII: `mingbai/receipt/1` for kind 0, `mingbai/acknowledgement/1` for kind 1. A signature made for
//! anything else never fits; a new version of the format would have a new context and a new prefix.
//!
//! Verification is strict: S below the group's order, neither R nor the public key of small order, and
//! `S·B = R + k·A` without the cofactor.
//!
//! # Who signs, and the trust list
//!
//! `GET /api/v1/trust` serves `{"payload": text, "kid": hex, "signature": hex}`. The signature is the root key's, Ed25519 over
//! `mingbai/trust-list/1`, a zero byte and the UTF-8 of `payload`; `kid` is the root key's id. A verifier has the root key
//! already (from enrolment), checks `kid`, then the signature, and only then reads `payload`, which is JSON:
//!
//! | field | what |
//! | --- | --- |
//! | `hall` | the hall's code |
//! | `sequence` | grows with every list: never go back to a smaller one |
//! | `issued_at` | time of issue. Times are RFC 3339, UTC |
//! | `sealing` | `{"kid", "public"}`: what submissions are sealed to (X25519, hex); of no use to a verifier |
//! | `hall_keys` | the hall's signing keys, present and past: `{"public", "not_before", "not_after", "revoked_at"}` |
//! | `devices` | enrolled devices: the same, with `profile` (`kiosk` or `desk`) and `name` |
//!
//! `public` is Ed25519, hex; `revoked_at` a time or null. A key that is replaced stays in the list, since what it has signed
//! still counts. Keys are found by their key id, the hall's before devices'.
//!
//! # The verdict
//!
//! In this order; the first that does not hold ends it, and is the only reason given.
//!
//! | check | if not: verdict | reason |
//! | --- | --- | --- |
//! | the text, the message and the claims are as above | `not-genuine` | `unreadable` |
//! | *with `cnf`*: the key id is that of its key, the kind is 0, the signature fits that key | `not-genuine` | `signature` |
//! | *with `cnf`*: `iss` is the trust list's hall, if there is a list | `not-genuine` | `other-hall` |
//! | *with `cnf`*: the times (last two rows); then it is `self-issued`, and no row below matters | `not-genuine` | |
//! | there is a trust list | `cannot-tell` | `no-trust-list` |
//! | `iss` is the trust list's hall | `not-genuine` | `other-hall` |
//! | the key id is in the list | `cannot-tell` | `unknown-key` |
//! | the signature fits that key | `not-genuine` | `signature` |
//! | a hall's key signed kind 1, or a device's kind 0 | `not-genuine` | `wrong-signer` |
//! | `iat` ≥ the key's `not_before` − 10 minutes | `not-genuine` | `key-not-yet-valid` |
//! | `iat` ≤ the key's `not_after` | `not-genuine` | `key-expired` |
//! | the key is not revoked, or `iat` < its `revoked_at` | `not-genuine` | `revoked` |
//! | `iat` ≤ now + 10 minutes | `not-genuine` | `not-yet-valid` |
//! | `exp` ≥ now − 10 minutes | `not-genuine` | `expired` |
//!
//! What passes is `received` (kind 1) or `queued` (kind 0). Two reasons stand beside a verdict without changing it:
//! `old-trust-list` (the list is older than two days; beside `unknown-key` too, second) and, after it, `revoked-later` (the key was
//! revoked after `iat`).
//!
//! - A list's age never refuses anything: it is shown. A key that is not in the list may be newer than the list.
//! - Whoever holds a stolen key can date back to before it was revoked. No desk without a network can tell; it shows
//!   `revoked-later`, and what the hall has received counts.
//! - A copy of a receipt verifies like the receipt. The desk compares the person, and notes who was first.
//!
//! # Clocks that are wrong
//!
//! Ten minutes are forgiven ([`verify::TOLERANCE`]). A clock that is ahead by more makes receipts that are `not-yet-valid`,
//! until time has caught up. A clock that is behind is a matter of the device, not of the verifier: **a device never dates a
//! receipt before the trust list that it holds** ([`TrustList::time_of_issue`]), and that list is no older than its own
//! certificate. So a kiosk whose battery is empty and whose clock begins again in the year 2000 still makes receipts that are
//! genuine, dated to its last contact with the hall. What is dated before its key then comes from nobody honest, and is
//! refused. The hall itself refuses no submission for its times: they are noted for the clerk, since nobody at a kiosk could
//! mend them.
//!
//! # A worked example
//!
//! The first of the vectors, queued on a kiosk:
//!
//! ```text
//! MB1:NCF5A0B10FFWTWGSLK/-4/69T3732RNEBMH578BH:KL3DZEDGLF34EFN04TDB-IWY0$NDN29R-0/80*JK2YO-/FNNH-N14%5
//! 0I9/E7V50030N20HECVQEOPCIEC EDZ-DLQENWEU9ENF6TF6%967463W5-CCSICFOCUUCH00PE4XS8-.C4CHCQLK+PS9U870X50A
//! S0/E7V50770GX627B$OMQ:C%.NR00R+J4OQK-ON.UXVI89HA6P86L45MJ:0RY7.ZICD50V9W+J+0JEPBQLR6/F:H4-KCD 6LRTDL
//! RCVST2BMLIC8GZ:5N9A
//! ```
//!
//! is this message:
//!
//! ```text
//! d2 84                                                           -- tag 18, array of 4
//! 4d a2 01 27 04 48 6a 38 03 d5 f0 59 90 2a                       -- protected: EdDSA, key id
//! a0                                                              -- unprotected: nothing
//! 58 72                                                           -- payload: 114 bytes
//! a6                                                              -- 6 claims
//! 01 67 71 69 6e 7a 68 6f 75                                      -- iss: qinzhou
//! 04 1a 6b f2 95 a2                                               -- exp: 2027-05-23T08:15:30Z
//! 06 1a 6b 05 47 a2                                               -- iat: 2026-11-24T08:15:30Z
//! 07 50 01 93 a1 b2 c3 d4 7e 5f 8a 9b 0c 1d 2e 3f 4a 5b           -- cti
//! 3a 00 01 00 00 87                                               -- -65537: array of 7
//! 00                                                              -- kind: queued
//! 71 61 73 73 6f 63 69 61 74 69 6f 6e 2d 73 65 74 75 70           -- item: association-setup
//! 71 32 30 32 36 31 31 30 31 2d 30 61 31 62 32 63 33 64           -- catalogue: 20261101-0a1b2c3d
//! 50 00 11 22 33 44 55 66 77 88 99 aa bb cc dd ee ff              -- digest
//! 01                                                              -- outcome: ready-for-person
//! 43 01 02 04                                                     -- materials: original, copy, later
//! f6                                                              -- short number: none yet
//! 3a 00 01 00 01 42 35 53                                         -- -65538: identity
//! 58 40 b2 63 66 c2 bd 77 00 1b 9d 6e d1 e6 c5 21 f4 c7 93 f6
//! 88 16 c6 d9 a7 33 ae eb 07 cf 3d 74 94 b3 29 e2 4c a4 9d 73
//! 96 73 5b 76 d9 5e 7e 3c 22 cd 62 99 35 d7 ea 39 d9 51 e2 fb
//! 57 7a 92 29 80 04                                               -- signature
//! ```
//!
//! Signed is `84 6a "Signature1" 4d a2…  51 "mingbai/receipt/1" 58 72 a6…`, with the key
//! `8139770ea87d175f56a35466c34c7ecccb8d8a91b4ee37a25df60f5b8fc9b394`.

pub mod burst;
pub mod claims;
pub mod decode;
pub mod identity;
pub mod number;
pub mod sight;
pub mod trust;
pub mod verify;

pub use claims::{Claims, Kind, MaterialMark, OUTCOMES, Unreadable, Unsigned};
pub use trust::{DeviceKey, HallKey, Profile, TrustList};
pub use verify::{Reason, Report, Verdict, verify};

/// What every QR text begins with.
pub const PREFIX: &str = "MB1:";
