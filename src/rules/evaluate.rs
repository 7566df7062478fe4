//! The evaluator.
use std::collections::BTreeSet;
