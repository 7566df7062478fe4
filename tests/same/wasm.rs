//! The WebAssembly half of the comparison in `main.rs`, which builds and runs it with its results compiled in.

#![allow(clippy::unwrap_used)]

#[cfg(target_family = "wasm")]
mod case;
#[cfg(target_family = "wasm")]
mod worlds;

#[cfg(target_family = "wasm")]
mod as_natively {
    use crate::case::{Cases, result};
    use crate::worlds;
    use wasm_bindgen_test::wasm_bindgen_test;

    fn cases() -> Cases {
        serde_json::from_str(include_str!(concat!(env!("MINGBAI_SAME"), "/cases.json"))).unwrap()
    }

    #[wasm_bindgen_test]
    fn every_application_is_assessed() {
        let Cases { calendar, items, applications, .. } = cases();
        assert!(applications.len() > 900);
        for case in &applications {
            let item = &items[case.item];
            assert_eq!(result(item, &calendar, case), case.result, "{} · {}", item.code, case.name);
        }
    }

    #[wasm_bindgen_test]
    fn every_rule_is_evaluated_in_every_world() {
        let Cases { calendar, rules, .. } = cases();
        assert!(rules.len() > 1000);
        for (rule, verdicts) in &rules {
            assert_eq!(worlds::verdicts(rule, &calendar), *verdicts, "{}", rule.text);
        }
    }
}

fn main() {}
