//! Reed–Solomon correction of one block (GF(256), ISO/IEC 18004 annex A), of errors and of erasures: a codeword known to be
//! doubtful costs half of what an unknown error costs.

/// Powers of two, and what power a number is.
struct Field {
    power: [u8; 512],
    log: [u8; 256],
}

const FIELD: Field = {
    let mut field = Field { power: [0; 512], log: [0; 256] };
    let (mut n, mut value) = (0, 1usize);
    while n < 255 {
        field.power[n] = value as u8;
        field.power[n + 255] = value as u8;
        field.log[value] = n as u8;
        value <<= 1;
        if value > 255 {
            value ^= 0x11d;
        }
        n += 1;
    }
    field
};

fn times(a: u8, b: u8) -> u8 {
    if a == 0 || b == 0 { 0 } else { FIELD.power[usize::from(FIELD.log[usize::from(a)]) + usize::from(FIELD.log[usize::from(b)])] }
}
fn power(n: usize) -> u8 {
    FIELD.power[n % 255]
}
/// One by `a`, which is not zero.
fn inverse(a: u8) -> u8 {
    FIELD.power[255 - usize::from(FIELD.log[usize::from(a)])]
}

/// The value of a polynomial, whose lowest coefficient comes first.
fn value(polynomial: &[u8], x: u8) -> u8 {
    polynomial.iter().rev().fold(0, |sum, c| times(sum, x) ^ c)
}

/// The block with its errors corrected, `extra` codewords of it being there for that; each codeword comes with how sure it is.
/// First without erasures; then with more and more of the least sure erased.
pub fn corrected(block: &[(u8, f32)], extra: usize) -> Option<Vec<u8>> {
    let bytes: Vec<u8> = block.iter().map(|(byte, _)| *byte).collect();
    let mut doubtful: Vec<usize> = (0..block.len()).collect();
    doubtful.sort_by(|a, b| block[*a].1.total_cmp(&block[*b].1));
    // Two codewords are kept in reserve: with all of them spent on erasures, anything would be corrected to something.
    let most = extra.saturating_sub(2);
    let step = (extra / 6).max(1);
    let attempts = (0..=most).step_by(step).chain([most]);
    attempts.into_iter().find_map(|erased| {
        let reserve = if erased == 0 { 0 } else { 2 };
        attempt(&bytes, extra, &doubtful[..erased.min(doubtful.len())], reserve)
    })
}

fn attempt(bytes: &[u8], extra: usize, erased: &[usize], reserve: usize) -> Option<Vec<u8>> {
    let syndromes = syndromes(bytes, extra);
    if syndromes.iter().all(|s| *s == 0) {
        return Some(bytes.to_vec());
    }
    let place = |at: usize| power(bytes.len() - 1 - at);
    // The locator of errors and erasures (Berlekamp and Massey, begun with that of the erasures).
    let mut locator = vec![1u8];
    for at in erased {
        let with = place(*at);
        locator.push(0);
        for n in (1..locator.len()).rev() {
            locator[n] ^= times(locator[n - 1], with);
        }
    }
    let mut before = locator.clone();
    let mut length = erased.len();
    for n in erased.len()..extra {
        let wrong = locator.iter().take(n + 1).enumerate().fold(0, |sum, (k, c)| sum ^ times(*c, syndromes[n - k]));
        before.insert(0, 0);
        if wrong == 0 {
            continue;
        }
        let mut next = locator.clone();
        next.resize(next.len().max(before.len()), 0);
        next.iter_mut().zip(&before).for_each(|(c, old)| *c ^= times(wrong, *old));
        if 2 * length <= n + erased.len() {
            length = n + 1 + erased.len() - length;
            let by = inverse(wrong);
            before = locator.iter().map(|c| times(*c, by)).collect();
        }
        locator = next;
    }
    while locator.last() == Some(&0) {
        locator.pop();
    }
    let roots = locator.len() - 1;
    let errors = roots.checked_sub(erased.len())?;
    if 2 * errors + erased.len() + reserve > extra {
        return None;
    }
    let wrong: Vec<usize> = (0..bytes.len()).filter(|at| value(&locator, inverse(place(*at))) == 0).collect();
    if wrong.len() != roots {
        return None;
    }
    // How wrong each is (Forney).
    let mut evaluator = vec![0u8; extra];
    for (n, value) in evaluator.iter_mut().enumerate() {
        *value = locator.iter().take(n + 1).enumerate().fold(0, |sum, (k, c)| sum ^ times(*c, syndromes[n - k]));
    }
    let slope: Vec<u8> = locator.iter().enumerate().skip(1).map(|(n, c)| if n % 2 == 1 { *c } else { 0 }).collect();
    let mut right = bytes.to_vec();
    for at in wrong {
        let x = place(at);
        let steep = value(&slope, inverse(x));
        if steep == 0 {
            return None;
        }
        right[at] ^= times(x, times(value(&evaluator, inverse(x)), inverse(steep)));
    }
    self::syndromes(&right, extra).iter().all(|s| *s == 0).then_some(right)
}

fn syndromes(bytes: &[u8], extra: usize) -> Vec<u8> {
    (0..extra).map(|n| bytes.iter().fold(0, |sum, byte| times(sum, power(n)) ^ byte)).collect()
}
