//! Points, and how a flat code maps to the picture.

use std::ops::{Add, Mul, Sub};

/// A place or a way, in pixels or in modules.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Point {
    pub x: f32,
    pub y: f32,
}

impl Point {
    pub fn length(self) -> f32 {
        self.dot(self).sqrt()
    }
    pub fn dot(self, other: Point) -> f32 {
        self.x * other.x + self.y * other.y
    }
    pub fn cross(self, other: Point) -> f32 {
        self.x * other.y - self.y * other.x
    }
}

impl Add for Point {
    type Output = Point;
    fn add(self, other: Point) -> Point {
        Point { x: self.x + other.x, y: self.y + other.y }
    }
}
impl Sub for Point {
    type Output = Point;
    fn sub(self, other: Point) -> Point {
        Point { x: self.x - other.x, y: self.y - other.y }
    }
}
impl Mul<f32> for Point {
    type Output = Point;
    fn mul(self, by: f32) -> Point {
        Point { x: self.x * by, y: self.y * by }
    }
}

/// A plane seen from somewhere: (u, v) ↦ (origin + u·across + v·down) / (1 + u·g + v·h).
#[derive(Clone, Copy, Debug)]
pub struct Plane {
    pub origin: Point,
    pub across: Point,
    pub down: Point,
    pub g: f32,
    pub h: f32,
}

impl Plane {
    pub fn at(&self, module: Point) -> Point {
        let by = 1.0 / (1.0 + module.x * self.g + module.y * self.h);
        (self.origin + self.across * module.x + self.down * module.y) * by
    }

    /// The plane on which these modules lie at these places, as well as can be: least squares, weighted.
    pub fn through(pairs: &[(Point, Point, f32)]) -> Option<Plane> {
        // x·(1 + u·g + v·h) = ox + u·ax + v·dx, and the same for y: linear in the eight unknowns. Shifted and scaled to
        // about one, for the sake of rounding.
        let places = || pairs.iter().map(|(_, place, _)| *place);
        let middle = places().fold(Point::default(), |a, b| a + b) * (1.0 / pairs.len() as f32);
        let size = places().map(|p| (p - middle).length()).fold(1.0, f32::max);
        let most = pairs.iter().map(|(module, ..)| module.length()).fold(1.0, f32::max);
        let mut equations = vec![[0.0f64; 9]; 8];
        for (module, place, weight) in pairs {
            let (u, v) = (f64::from(module.x / most), f64::from(module.y / most));
            let place = (*place - middle) * (1.0 / size);
            for (value, first) in [(f64::from(place.x), 0), (f64::from(place.y), 3)] {
                let mut row = [0.0; 9];
                (row[first], row[first + 1], row[first + 2]) = (1.0, u, v);
                (row[6], row[7], row[8]) = (-u * value, -v * value, value);
                for (i, equation) in equations.iter_mut().enumerate() {
                    equation.iter_mut().zip(row).for_each(|(sum, part)| *sum += f64::from(*weight) * row[i] * part);
                }
            }
        }
        let s: Vec<f32> = solve(equations)?.into_iter().map(|s| s as f32).collect();
        let (g, h) = (s[6] / most, s[7] / most);
        let place = |n: usize| Point { x: s[n] * size, y: s[n + 3] * size };
        let (across, down) = (place(1) * (1.0 / most), place(2) * (1.0 / most));
        Some(Plane { origin: place(0) + middle, across: across + middle * g, down: down + middle * h, g, h })
    }
}

/// Solves linear equations, each with its right side last; none when they do not say enough.
pub fn solve<const N: usize>(mut equations: Vec<[f64; N]>) -> Option<Vec<f64>> {
    let count = equations.len();
    for at in 0..count {
        let pivot = (at..count).max_by(|a, b| equations[*a][at].abs().total_cmp(&equations[*b][at].abs()))?;
        equations.swap(at, pivot);
        let head = equations[at];
        if head[at].abs() < 1e-9 {
            return None;
        }
        for (n, equation) in equations.iter_mut().enumerate() {
            let by = equation[at] / head[at];
            if n != at && by != 0.0 {
                equation.iter_mut().zip(head).skip(at).for_each(|(value, part)| *value -= by * part);
            }
        }
    }
    Some(equations.iter().enumerate().map(|(n, equation)| equation[count] / equation[n]).collect())
}
