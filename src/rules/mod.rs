//! Decidable conditions. Rule text is a subset of CEL (Common Expression Language, google/cel-spec); it is parsed and
//! type-checked when the catalogue is built ([`author`], native only) into a typed [`Rule`], which the browser and the
//! hall both evaluate ([`evaluate`]) to *true*, *false* or *unknown*, always with reasons.
//!
//! - [`value`]: the types and values a rule speaks of, and reading them from JSON answers.
//! - [`expr`]: the typed form.
//! - [`evaluate`]: three values with reasons.
//! - [`author`]: text → typed form, refusing what is outside the subset at its place, with a code and a way to mend it.
//!   Names may be derived from others; they are gone from the typed form.
//! - [`solve`] (native): can rules hold together? An example, a proof that they cannot, or that it is not known.
//!
//! What rules can say: `bool`, `int`, `string`, `date`, `money` (fen), choices, lists and records; `&& || ! ?: == != < <= > >=
//! + - * / % in has`; `all exists exists_one filter map size sum startsWith endsWith contains matches`; `today`, `date("…")`,
//! `years months days working_days age_on yuan`. Where CEL has the same, the value is CEL's (tests/rules/conformance); what
//! else CEL has is refused when the catalogue is built. A rule's depth, size and time are bounded there too.

#[cfg(not(target_family = "wasm"))]
pub mod author;
pub mod evaluate;
pub mod expr;
#[cfg(not(target_family = "wasm"))]
pub mod solve;
pub mod value;

pub use evaluate::{Fault, Known, Paths, Today, Verdict};
pub use expr::Rule;
pub use value::{Facts, Type, Value, Wrong};
