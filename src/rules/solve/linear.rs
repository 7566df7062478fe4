//! Sums of whole numbers, `Σ factor · variable + constant`, and what follows from some of them being at most 0. All
//! arithmetic is checked: where a number would grow too large nothing is concluded.

/// Number of a variable.
pub type Variable = usize;
/// The least and the greatest value of a variable or a sum.
pub type Span = (i128, i128);

/// Factors beyond this are not computed with.
const LARGEST: i128 = 1 << 96;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Linear {
    /// In order of variables; no factor is 0.
    terms: Vec<(Variable, i128)>,
    pub constant: i128,
}

impl Linear {
    pub fn constant(constant: i128) -> Linear {
        Linear { terms: vec![], constant }
    }

    pub fn variable(variable: Variable) -> Linear {
        Linear { terms: vec![(variable, 1)], constant: 0 }
    }

    pub fn variables(&self) -> impl Iterator<Item = Variable> {
        self.terms.iter().map(|(variable, _)| *variable)
    }

    pub fn is_constant(&self) -> bool {
        self.terms.is_empty()
    }

    /// The variable and what is added to it, where the sum is no more than that.
    pub fn shifted_variable(&self) -> Option<(Variable, i128)> {
        match self.terms[..] {
            [(variable, 1)] => Some((variable, self.constant)),
            _ => None,
        }
    }

    /// `self + factor · other`
    pub fn plus(&self, factor: i128, other: &Linear) -> Option<Linear> {
        let mut terms = self.terms.clone();
        for (variable, more) in &other.terms {
            let more = factor.checked_mul(*more)?;
            match terms.binary_search_by_key(variable, |(v, _)| *v) {
                Ok(at) => terms[at].1 = terms[at].1.checked_add(more)?,
                Err(at) => terms.insert(at, (*variable, more)),
            }
        }
        terms.retain(|(_, f)| *f != 0);
        let constant = self.constant.checked_add(factor.checked_mul(other.constant)?)?;
        let small = terms.iter().all(|(_, f)| f.abs() <= LARGEST) && constant.abs() <= LARGEST;
        small.then_some(Linear { terms, constant })
    }

    pub fn times(&self, factor: i128) -> Option<Linear> {
        Linear::default().plus(factor, self)
    }

    /// `self - limit`, which is at most 0 when the sum is at most `limit`.
    pub fn minus(&self, limit: i128) -> Linear {
        Linear { terms: self.terms.clone(), constant: self.constant.saturating_sub(limit) }
    }

    /// `1 - self`, which is at most 0 exactly when `self` is not.
    pub fn otherwise(&self) -> Linear {
        Linear { terms: self.terms.iter().map(|(v, f)| (*v, -f)).collect(), constant: 1 - self.constant }
    }

    /// The least and the greatest value, given those of the variables.
    pub fn span(&self, bounds: &[Span]) -> Option<Span> {
        self.terms.iter().try_fold((self.constant, self.constant), |(low, high), (variable, factor)| {
            let (lo, hi) = bounds[*variable];
            let (a, b) = (factor.checked_mul(lo)?, factor.checked_mul(hi)?);
            Some((low.checked_add(a.min(b))?, high.checked_add(a.max(b))?))
        })
    }

    /// Whether the sum is at most 0 for every value within bounds, for none, or for some (`None`).
    pub fn holds(&self, bounds: &[Span]) -> Option<bool> {
        match self.span(bounds)? {
            (_, high) if high <= 0 => Some(true),
            (low, _) if low > 0 => Some(false),
            _ => None,
        }
    }

    /// Narrows the bounds to where the sum can be at most 0; whether that changed any. `None`: nowhere.
    pub fn narrow(&self, bounds: &mut [Span]) -> Option<bool> {
        let Some((low, _)) = self.span(bounds) else { return Some(false) };
        if low > 0 {
            return None;
        }
        let mut changed = false;
        for (variable, factor) in &self.terms {
            let (lo, hi) = &mut bounds[*variable];
            // How far this variable may move from the end at which the sum is least.
            let room = -low / factor.abs();
            if *factor > 0 && *hi - *lo > room {
                (*hi, changed) = (*lo + room, true);
            } else if *factor < 0 && *hi - *lo > room {
                (*lo, changed) = (*hi - room, true);
            }
        }
        Some(changed)
    }

    /// The same for whole numbers with the smallest factors: `2x - 3 ≤ 0` says `x - 1 ≤ 0`.
    fn reduced(mut self) -> Linear {
        let divisor = self.terms.iter().fold(0, |d, (_, f)| greatest_common_divisor(d, f.abs()));
        if divisor > 1 {
            self.terms.iter_mut().for_each(|(_, f)| *f /= divisor);
            self.constant = -(-self.constant).div_euclid(divisor);
        }
        self
    }
}

fn greatest_common_divisor(a: i128, b: i128) -> i128 {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}

/// More sums than this are not worked through.
const MOST: usize = 200;

/// Whether it is certain that these sums cannot all be at most 0 (Fourier and Motzkin's elimination, rounding to whole
/// numbers on the way). `false` only says that no contradiction was found.
pub fn contradictory(sums: Vec<Linear>) -> bool {
    let mut sums = tidied(sums);
    loop {
        if sums.iter().any(|s| s.is_constant() && s.constant > 0) {
            return true;
        }
        sums.retain(|s| !s.is_constant());
        let Some(variable) = cheapest(&sums) else { return false };
        let factor = |s: &Linear| s.terms.iter().find(|(v, _)| *v == variable).map_or(0, |(_, f)| *f);
        let (with, mut rest): (Vec<Linear>, Vec<Linear>) = sums.into_iter().partition(|s| factor(s) != 0);
        let (above, below): (Vec<Linear>, Vec<Linear>) = with.into_iter().partition(|s| factor(s) > 0);
        if rest.len() + above.len() * below.len() > MOST {
            return false;
        }
        for a in &above {
            for b in &below {
                // A sum that would grow too large is left out: fewer sums contradict less.
                rest.extend(a.times(-factor(b)).and_then(|scaled| scaled.plus(factor(a), b)));
            }
        }
        sums = tidied(rest);
    }
}

/// The variable whose elimination leaves the fewest sums.
fn cheapest(sums: &[Linear]) -> Option<Variable> {
    let mut count = std::collections::BTreeMap::<Variable, (i64, i64)>::new();
    for (variable, factor) in sums.iter().flat_map(|s| &s.terms) {
        let (above, below) = count.entry(*variable).or_default();
        *(if *factor > 0 { above } else { below }) += 1;
    }
    count.into_iter().min_by_key(|(_, (above, below))| above * below - above - below).map(|(variable, _)| variable)
}

/// Reduced, and of sums with the same terms only the strictest.
fn tidied(sums: Vec<Linear>) -> Vec<Linear> {
    let mut kept = std::collections::BTreeMap::<Vec<(Variable, i128)>, i128>::new();
    for sum in sums.into_iter().map(Linear::reduced) {
        let constant = kept.entry(sum.terms).or_insert(sum.constant);
        *constant = sum.constant.max(*constant);
    }
    kept.into_iter().map(|(terms, constant)| Linear { terms, constant }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Σ factors · x + constant
    fn sum(factors: &[i128], constant: i128) -> Linear {
        let terms = factors.iter().copied().enumerate().filter(|(_, f)| *f != 0).collect();
        Linear { terms, constant }
    }

    #[test]
    fn contradictions_are_found_over_any_distance() {
        // x + y ≥ 50000, x + y ≤ 49999
        assert!(contradictory(vec![sum(&[-1, -1], 50_000), sum(&[1, 1], -49_999)]));
        assert!(!contradictory(vec![sum(&[-1, -1], 50_000), sum(&[1, 1], -50_000)]));
        // x < y, y < z, z < x
        assert!(contradictory(vec![sum(&[1, -1], 1), sum(&[0, 1, -1], 1), sum(&[-1, 0, 1], 1)]));
        // 2x = 1
        assert!(contradictory(vec![sum(&[2], -1), sum(&[-2], 1)]));
    }

    #[test]
    fn bounds_are_narrowed_to_what_can_be() {
        let mut bounds = vec![(0, 100), (0, 30)];
        assert_eq!(sum(&[2, -1], 0).narrow(&mut bounds), Some(true), "2x ≤ y");
        assert_eq!(bounds, [(0, 15), (0, 30)]);
        assert_eq!(sum(&[-1, 0], 10).narrow(&mut bounds), Some(true), "x ≥ 10");
        assert_eq!(sum(&[2, -1], 0).narrow(&mut bounds), Some(true));
        assert_eq!(bounds, [(10, 15), (20, 30)]);
        assert_eq!(sum(&[-1, 0], 16).narrow(&mut bounds), None, "x ≥ 16");
    }
}
