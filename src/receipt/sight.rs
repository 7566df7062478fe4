//! Codes in the camera's picture → the one that is meant. Frames come thirty times a second and may show several codes;
//! [`Sight`] says which of them is to be judged, and when.
//!
//! - Of several receipts the one nearest the middle is meant. Once judged it is left alone for as long as it stays in view:
//!   a paper that lies there is one scan, however long it lies, and a second one beside it never takes turns with it.
//! - A code of another kind never wins over a receipt. Alone in view it is judged too, so that whoever shows the wrong code
//!   hears of it, but only after a moment: it may only be beside a receipt that is not sharp yet.

use super::PREFIX;

/// So long must a judged code have been out of view before it counts again, in milliseconds: a frame that is not sharp is no
/// absence.
const GONE: f64 = 1_000.0;
/// So long must a code of another kind be all there is.
const STRANGE: f64 = 1_000.0;

/// A code in a frame.
#[derive(Clone, Copy, Debug)]
pub struct InView<'a> {
    pub text: &'a str,
    /// How far its middle is from the picture's, in any measure; only the nearest counts.
    pub off: f64,
}

/// How far the middle of four corners (x, y in turn) lies from the middle of the picture, squared.
pub fn off(corners: &[f32; 8], width: f64, height: f64) -> f64 {
    let middle = |first: usize| corners.iter().skip(first).step_by(2).map(|place| f64::from(*place)).sum::<f64>() / 4.0;
    let (x, y) = (middle(0) - width / 2.0, middle(1) - height / 2.0);
    x * x + y * y
}

/// What a frame says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look<'a> {
    /// To be judged. Stays so until [`Sight::judged`] is told.
    Meant(&'a str),
    /// Only codes that have been judged.
    Same,
    Nothing,
}

/// What has been in view.
#[derive(Default)]
pub struct Sight {
    /// Judged, and when last seen.
    judged: Vec<(String, f64)>,
    /// Since when, and until when, codes of other kinds have been all there is.
    strange: Option<(f64, f64)>,
}

impl Sight {
    /// One frame, at that moment in milliseconds.
    pub fn look<'a>(&mut self, found: &[InView<'a>], at: f64) -> Look<'a> {
        self.judged.retain(|(_, seen)| at - seen < GONE);
        for (text, seen) in &mut self.judged {
            if found.iter().any(|code| code.text == text) {
                *seen = at;
            }
        }
        let (receipts, others): (Vec<InView>, Vec<InView>) = found.iter().partition(|code| code.text.starts_with(PREFIX));
        let since = match self.strange.filter(|(_, last)| at - last < GONE) {
            _ if !receipts.is_empty() => None,
            known if others.is_empty() => known,
            known => Some((known.map_or(at, |(since, _)| since), at)),
        };
        self.strange = since;
        let may = if receipts.is_empty() { others } else { receipts };
        let is_strange = since.is_some();
        let new = may.iter().filter(|code| self.judged.iter().all(|(text, _)| text != code.text));
        match new.min_by(|a, b| a.off.total_cmp(&b.off)) {
            Some(code) if !is_strange || since.is_some_and(|(since, _)| at - since >= STRANGE) => Look::Meant(code.text),
            None if !found.is_empty() => Look::Same,
            _ => Look::Nothing,
        }
    }

    /// This text has been judged, however it was read.
    pub fn judged(&mut self, text: &str, at: f64) {
        self.judged.retain(|(judged, _)| judged != text);
        self.judged.push((text.to_owned(), at));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "MB1:A";
    const B: &str = "MB1:B";
    const WEB: &str = "https://example.org/";

    #[test]
    fn the_receipt_in_the_middle_is_meant_and_none_takes_turns() {
        // From second to second: what is in view (with its distance from the middle) and what that says.
        let mut sight = Sight::default();
        let mut look = |at: f64, found: &[(&'static str, f64)]| {
            let found: Vec<InView> = found.iter().map(|(text, off)| InView { text, off: *off }).collect();
            let look = sight.look(&found, at * 1000.0);
            if let Look::Meant(text) = look {
                sight.judged(text, at * 1000.0);
            }
            look
        };
        for (at, found, said) in [
            (0.0, &[][..], Look::Nothing),
            (0.1, &[(A, 9.0), (B, 4.0), (WEB, 0.0)][..], Look::Meant(B)),
            // The other one, not judged yet, is meant next; then neither again while they lie there.
            (0.2, &[(A, 1.0), (B, 4.0)], Look::Meant(A)),
            (0.3, &[(A, 9.0), (B, 4.0)], Look::Same),
            (0.9, &[(B, 4.0)], Look::Same),
            (1.1, &[(A, 4.0)], Look::Same),
            (1.8, &[(A, 4.0), (B, 4.0), (WEB, 0.0)], Look::Same),
            // A frame that is not sharp is no absence, a second is.
            (2.5, &[], Look::Nothing),
            (2.7, &[(B, 4.0)], Look::Same),
            (4.0, &[(B, 4.0)], Look::Meant(B)),
        ] {
            assert_eq!(look(at, found), said, "at {at} s");
        }
    }

    #[test]
    fn another_kind_of_code_is_judged_only_when_it_stays_alone() {
        let mut sight = Sight::default();
        let mut look = |at: f64, found: &[&'static str]| {
            let found: Vec<InView> = found.iter().map(|text| InView { text, off: 1.0 }).collect();
            let look = sight.look(&found, at * 1000.0);
            if let Look::Meant(text) = look {
                sight.judged(text, at * 1000.0);
            }
            look
        };
        for (at, found, said) in [
            (0.0, &[WEB][..], Look::Nothing),
            (0.5, &[][..], Look::Nothing),
            (0.9, &[WEB], Look::Nothing),
            (0.95, &[WEB, A], Look::Meant(A)),
            // It has to be alone for a second again.
            (1.0, &[WEB], Look::Nothing),
            (1.8, &[WEB], Look::Nothing),
            (2.0, &[WEB], Look::Meant(WEB)),
            (2.5, &[WEB], Look::Same),
            (4.0, &[WEB], Look::Nothing),
        ] {
            assert_eq!(look(at, found), said, "at {at} s");
        }
    }

    #[test]
    fn the_middle_is_where_the_corners_say() {
        assert!(off(&[0.0, 0.0, 10.0, 0.0, 10.0, 10.0, 0.0, 10.0], 10.0, 10.0) < 1e-9);
        assert!((off(&[0.0, 0.0, 4.0, 0.0, 4.0, 4.0, 0.0, 4.0], 10.0, 10.0) - 18.0).abs() < 1e-9);
    }
}
