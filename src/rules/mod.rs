//! Decidable conditions. Rule text is a subset of CEL (Common Expression Language, google/cel-spec); it is parsed and
//! type-checked when the catalogue is built ([`author`], native only) into a typed [`Rule`], which the browser and the
//! hall both evaluate ([`evaluate`]) to *true*, *false* or *unknown*, always with reasons.
//!
//! - [`value`]: the types and values a rule speaks of, and reading them from JSON answers.
//! - [`expr`]: the typed form.
//! - [`evaluate`]: three values with reasons.
//! - [`author`]: text → typed form, refusing what is outside the subset at its place.

#[cfg(not(target_family = "wasm"))]
pub mod author;
pub mod evaluate;
pub mod expr;
pub mod value;

pub use evaluate::{Fault, Known, Today, Verdict};
pub use expr::Rule;
pub use value::{Facts, Type, Value, Wrong};
