//! Pictures of QR codes as a desk's camera sees them, made from a text and a seed: what the paper or the screen shows, how it
//! lies before the camera, what lens, light and sensor do to it. Every class has a severity from 0 (any decoder reads it) to
//! 1 (hardly any does).

use crate::dice::Dice;
use qrcode::{Color, EcLevel, QrCode};

/// Every class of picture, by name.
pub const CLASSES: [(&str, fn(&mut Scene, f32)); 20] = [
    ("plain", |_, _| {}),
    ("rotation", rotation),
    ("perspective", perspective),
    ("defocus", |scene, t| scene.defocus = scene.module * (0.2 + 0.95 * t)),
    ("motion", motion),
    ("noise", |scene, t| scene.noise = 0.04 + 0.5 * t),
    ("low light", |scene, t| (scene.light, scene.photons) = (0.5 - 0.46 * t, 900.0 * (1.0 - t) + 14.0)),
    ("glare", glare),
    ("phone screen", phone_screen),
    ("cracked glass", cracked_glass),
    ("low toner", |scene, t| scene.toner = 0.2 + 0.8 * t),
    ("thermal banding", thermal_banding),
    ("creases", creases),
    ("203 dpi", printed_203),
    ("small in a large frame", small),
    ("several codes", several),
    ("mirrored", |scene, t| {
        rotation(scene, 0.7 * t);
        scene.mirrored = true;
    }),
    ("inverted", |scene, t| {
        scene.inverted = true;
        scene.defocus = scene.module * 0.75 * t;
        scene.noise = 0.03 + 0.1 * t;
    }),
    ("shadow", shadow),
    ("curved paper", |scene, t| scene.curve = 1.0 / (140.0 - 108.0 * t)),
];

/// A grey picture and the texts in it.
pub struct Picture {
    pub width: usize,
    pub height: usize,
    pub luma: Vec<u8>,
    pub texts: Vec<String>,
}

/// The `index`-th picture of a class. `texts`: the first is the code's; the others are for pictures of several codes.
pub fn picture(class: usize, severity: f32, texts: &[String], seed: u64) -> Picture {
    let mut chance = Chance(Dice(seed | 1));
    for _ in 0..16 {
        chance.unit();
    }
    let mut scene = Scene::new(texts, chance);
    CLASSES[class].1(&mut scene, severity);
    scene.take()
}

/// Chance as scenes need it.
struct Chance(Dice);

impl Chance {
    /// From 0 to 1.
    fn unit(&mut self) -> f32 {
        self.0.below(1 << 24) as f32 / (1 << 24) as f32
    }
    fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit()
    }
    /// Close to a normal distribution of deviation 1.
    fn normal(&mut self) -> f32 {
        ((0..4).map(|_| self.unit()).sum::<f32>() - 2.0) * 1.732
    }
}

/// A flat code somewhere on the table.
struct Code {
    dark: Vec<bool>,
    size: usize,
    /// Middle in the picture, in pixels off the picture's own middle; and size beside the first code's.
    place: (f32, f32),
    scale: f32,
}

impl Code {
    fn new(text: &str) -> Code {
        let code = QrCode::with_error_correction_level(text, EcLevel::M).expect("a QR code");
        Code { dark: code.to_colors().iter().map(|c| *c == Color::Dark).collect(), size: code.width(), place: (0.0, 0.0), scale: 1.0 }
    }
    fn at(&self, x: f32, y: f32) -> bool {
        let (x, y) = (x.floor(), y.floor());
        let inside = x >= 0.0 && y >= 0.0 && x < self.size as f32 && y < self.size as f32;
        inside && self.dark[y as usize * self.size + x as usize]
    }
}

/// A fold: where, across which direction, how steep.
struct Fold {
    place: f32,
    normal: (f32, f32),
    steep: f32,
}

/// What is before the camera, and how it is taken.
pub struct Scene {
    chance: Chance,
    texts: Vec<String>,
    codes: Vec<Code>,
    /// So many of them are in view.
    shown: usize,
    width: usize,
    height: usize,
    /// Pixels a module, at the middle of the first code.
    module: f32,
    /// In the plane of the paper; towards the camera, and in which direction. Radians.
    turn: f32,
    tilt: f32,
    tilt_towards: f32,
    /// One by the radius of the cylinder that the paper lies on, in modules.
    curve: f32,
    mirrored: bool,
    inverted: bool,
    /// Radius of a point out of focus, and the way of a moving one; pixels.
    defocus: f32,
    moved: (f32, f32),
    noise: f32,
    light: f32,
    /// Photons of a white pixel.
    photons: f32,
    /// Spots of light: place in pixels off the middle, radii, strength.
    glare: Vec<((f32, f32), (f32, f32), f32)>,
    haze: f32,
    /// Pixels of the camera to a pixel of the screen, 0 for paper; how deep its grid and its bands are.
    screen: f32,
    grid: f32,
    bands: f32,
    /// Cracks run from here, in modules; each with its angle and the displacement of the shard behind it.
    impact: (f32, f32),
    cracks: Vec<(f32, (f32, f32))>,
    crack_width: f32,
    toner: f32,
    /// Rows printed too faint: depth, modules from one to the next. Columns never printed: place and width in modules.
    faint_rows: (f32, f32),
    dead: Vec<(f32, f32)>,
    folds: Vec<Fold>,
    flaked: f32,
    /// Dots of the printer a module, 0 for a better printer; dots missing of a hundred; how far ink spreads in dots.
    dots: f32,
    missing: f32,
    spread: f32,
    /// Shadow: how dark, how soft, and where its edges are.
    shadow: f32,
    shadow_soft: f32,
    shadow_lines: Vec<(f32, f32, f32)>,
    clutter: bool,
}

impl Scene {
    fn new(texts: &[String], mut chance: Chance) -> Scene {
        let (turn, tilt) = (chance.between(-0.2, 0.2), chance.between(0.0, 0.25));
        Scene {
            texts: texts.to_vec(),
            shown: 1,
            codes: texts.iter().map(|text| Code::new(text)).collect(),
            width: 1280,
            height: 720,
            module: chance.between(4.5, 7.0),
            turn,
            tilt,
            tilt_towards: chance.between(0.0, std::f32::consts::TAU),
            curve: 0.0,
            mirrored: false,
            inverted: false,
            defocus: 0.0,
            moved: (0.0, 0.0),
            noise: 0.015,
            light: chance.between(0.75, 1.0),
            photons: 4000.0,
            glare: vec![],
            haze: chance.between(0.0, 0.06),
            screen: 0.0,
            grid: 0.0,
            bands: 0.0,
            impact: (0.0, 0.0),
            cracks: vec![],
            crack_width: 0.0,
            toner: 0.0,
            faint_rows: (0.0, 1.0),
            dead: vec![],
            folds: vec![],
            flaked: 0.0,
            dots: 0.0,
            missing: 0.0,
            spread: 0.0,
            shadow: 0.0,
            shadow_soft: 1.0,
            shadow_lines: vec![],
            clutter: true,
            chance,
        }
    }

    fn take(mut self) -> Picture {
        self.codes.truncate(self.shown);
        self.texts.truncate(self.shown);
        let salt = self.chance.0.below(1 << 30) as u32;
        let (width, height) = (self.width, self.height);
        let mut picture = vec![0.0f32; width * height];
        let fine = 3;
        for y in 0..height {
            for x in 0..width {
                let mut sum = 0.0;
                for sub in 0..fine * fine {
                    let across = x as f32 + ((sub % fine) as f32 + 0.5) / fine as f32;
                    let down = y as f32 + ((sub / fine) as f32 + 0.5) / fine as f32;
                    sum += self.seen(across - width as f32 / 2.0, down - height as f32 / 2.0, salt);
                }
                picture[y * width + x] = sum / (fine * fine) as f32;
            }
        }
        if self.mirrored {
            picture.chunks_exact_mut(width).for_each(<[f32]>::reverse);
        }
        let picture = blurred(picture, width, 0.55 + self.defocus, self.moved);
        let mut luma = Vec::with_capacity(picture.len());
        for light in picture {
            let light = light * self.light + self.haze * self.light;
            let shot = (light.max(0.0) / self.photons).sqrt() * self.chance.normal();
            let value = (light + shot + self.noise * self.chance.normal()) * 235.0;
            luma.push(value.clamp(0.0, 255.0) as u8);
        }
        Picture { width, height, luma, texts: self.texts }
    }

    /// Light from one direction, in pixels off the middle of the picture.
    fn seen(&self, x: f32, y: f32, salt: u32) -> f32 {
        let mut light = self.table(x, y, salt);
        for code in &self.codes {
            let (u, v, height) = self.on_paper(x - code.place.0, y - code.place.1);
            let (u, v) = (u / (self.module * code.scale), v / (self.module * code.scale));
            let half = code.size as f32 / 2.0;
            if u.abs() > half + 5.0 || v.abs() > half + 5.0 {
                continue;
            }
            light = self.sheet(code, u + half, v + half, salt);
            if self.curve > 0.0 {
                light *= 1.0 - 0.4 * height.abs().min(1.0);
            }
            if self.screen > 0.0 {
                light *= self.pixel_grid(u * self.module, v * self.module);
                light *= 1.0 - self.bands * (0.5 + 0.5 * (y * 0.021 + f32::from(salt as u8)).sin()).powi(2);
            }
        }
        for (a, b, c) in &self.shadow_lines {
            let depth = (a * x + b * y + c) / self.shadow_soft;
            light *= 1.0 - self.shadow / (1.0 + (-depth).exp());
        }
        for ((gx, gy), (rx, ry), strength) in &self.glare {
            let (dx, dy) = ((x - gx) / rx, (y - gy) / ry);
            light += strength * (-(dx * dx + dy * dy)).exp();
        }
        light
    }

    /// From a direction to the paper (pixels at its middle's distance); and how steeply it turns away there, for curved paper.
    fn on_paper(&self, x: f32, y: f32) -> (f32, f32, f32) {
        const FAR: f32 = 1500.0;
        // The plane's two directions in space: turned, then tilted.
        let (s, c) = self.tilt_towards.sin_cos();
        let (st, ct) = self.tilt.sin_cos();
        // Tilting is a turn about the axis (c, s, 0): a point (along, across) becomes (along, across·cos, across·sin).
        // The ray (x, y, FAR)·k meets the plane where across·sin + FAR = FAR·k.
        let (along, across) = (x * c + y * s, y * c - x * s);
        let k = FAR * ct / (FAR * ct - across * st);
        let (along, across) = (along * k, across * k / ct);
        let (px, py) = (along * c - across * s, along * s + across * c);
        let (sr, cr) = self.turn.sin_cos();
        let (mut u, mut v) = (px * cr + py * sr, py * cr - px * sr);
        let mut steep = 0.0;
        if self.curve > 0.0 {
            let radius = self.module / self.curve;
            let sine = (u / radius).clamp(-0.999, 0.999);
            let deep = radius * (1.0 - (1.0 - sine * sine).sqrt());
            u = radius * sine.asin();
            v *= 1.0 + deep / FAR;
            steep = sine;
        }
        for fold in &self.folds {
            let d = (u * fold.normal.0 + v * fold.normal.1) / self.module - fold.place;
            if d > 0.0 {
                let more = d * (1.0 / fold.steep.cos() - 1.0) * self.module;
                u += fold.normal.0 * more;
                v += fold.normal.1 * more;
            }
        }
        (u, v, steep)
    }

    /// What the sheet shows, in modules from the code's corner.
    fn sheet(&self, code: &Code, x: f32, y: f32, salt: u32) -> f32 {
        let (mut x, mut y) = (x, y);
        let mut cracked = 0.0f32;
        if !self.cracks.is_empty() {
            let (dx, dy) = (x - self.impact.0, y - self.impact.1);
            let angle = dy.atan2(dx) + 0.12 * wave(dx.hypot(dy) * 0.6, salt);
            let far = dx.hypot(dy);
            let mut shard = (0.0, 0.0);
            for (at, shift) in &self.cracks {
                if angle > *at {
                    shard = *shift;
                }
                let off = (angle - at).sin() * far;
                if off.abs() < self.crack_width * (1.2 - 0.012 * far).max(0.3) {
                    cracked = if off > 0.0 { 1.0 } else { -1.0 };
                }
            }
            x += shard.0;
            y += shard.1;
        }
        let (paper, mut ink) = if self.screen > 0.0 { (0.95, 0.03) } else { (0.86 + 0.02 * smooth(x * 0.4, y * 0.4, salt), 0.09) };
        let mut dark = if self.dots > 0.0 { self.printed(code, x, y, salt) } else { code.at(x, y) };
        if self.inverted {
            dark = !dark && x > -4.0 && y > -4.0 && x < code.size as f32 + 4.0 && y < code.size as f32 + 4.0;
        }
        if self.toner > 0.0 {
            // Clouds of missing toner, and specks.
            let cloud = smooth(x * 0.12, y * 0.12, salt ^ 1) + 0.5 * smooth(x * 0.5, y * 0.5, salt ^ 2);
            ink += self.toner * (0.42 + 0.35 * cloud);
            let speck = grain((x * 4.0).floor(), (y * 4.0).floor(), salt ^ 3);
            if speck < 0.55 * self.toner * (0.6 + cloud) {
                dark = false;
            }
        }
        if self.faint_rows.0 > 0.0 {
            let phase = wave(y / self.faint_rows.1, salt ^ 4) + 0.3 * wave(y * 1.7 / self.faint_rows.1, salt ^ 5);
            ink += self.faint_rows.0 * phase.max(0.0) * 0.75;
        }
        if self.dead.iter().any(|(place, width)| (x - place).abs() < width / 2.0) {
            dark = false;
        }
        let mut light = if dark { ink.min(paper) } else { paper };
        for fold in &self.folds {
            let half = code.size as f32 / 2.0;
            let d = (x - half) * fold.normal.0 + (y - half) * fold.normal.1 - fold.place;
            let wobble = 0.35 * smooth(x * 1.3, y * 1.3, salt ^ 6);
            if (d + wobble).abs() < self.flaked && grain((x * 3.0).floor(), (y * 3.0).floor(), salt ^ 7) < 0.85 {
                light = 0.8;
            }
            light *= if d > 0.0 { 1.0 - 0.5 * fold.steep } else { 1.0 };
            light *= 1.0 - 0.35 * (-(d * d) / 1.5).exp();
        }
        if cracked != 0.0 {
            light = if cracked > 0.0 { 0.35 * light + 0.6 } else { 0.3 * light };
        }
        light
    }

    /// The nearest dots of a printer that knows only black and white, with the ink that spreads from neighbours.
    fn printed(&self, code: &Code, x: f32, y: f32, salt: u32) -> bool {
        let dot = |x: f32, y: f32| {
            let (x, y) = (x.floor(), y.floor());
            code.at((x + 0.5) / self.dots, (y + 0.5) / self.dots) && grain(x, y, salt ^ 8) >= self.missing
        };
        let (x, y) = (x * self.dots, y * self.dots);
        let near = self.spread;
        dot(x, y) || (near > 0.0 && [(near, 0.0), (-near, 0.0), (0.0, near), (0.0, -near)].iter().any(|(dx, dy)| dot(x + dx, y + dy)))
    }

    /// Light of a screen within one of its pixels: three bars of colour and the dark between.
    fn pixel_grid(&self, x: f32, y: f32) -> f32 {
        let (x, y) = ((x / self.screen).rem_euclid(1.0), (y / self.screen).rem_euclid(1.0));
        let bar = [0.9, 1.25, 0.5][((x * 3.0) as usize).min(2)];
        let open = y < 0.78 && (x * 3.0).fract() < 0.8;
        1.0 - self.grid + self.grid * if open { bar * 1.6 } else { 0.0 }
    }

    /// A desk: wood, papers with lines of writing, dark things.
    fn table(&self, x: f32, y: f32, salt: u32) -> f32 {
        let base = 0.32 + 0.1 * smooth(x * 0.004, y * 0.02, salt ^ 10);
        if !self.clutter {
            return base;
        }
        let (column, row) = ((x + 3000.0) / 310.0, (y + 3000.0) / 260.0);
        let kind = grain(column.floor(), row.floor(), salt ^ 11);
        if kind > 0.45 {
            return base;
        }
        let (u, v) = (column.fract(), row.fract());
        if !(0.08..0.92).contains(&u) || !(0.1..0.9).contains(&v) {
            return base;
        }
        let line = (v * 22.0).fract() > 0.5 && grain((u * 60.0).floor(), (v * 22.0).floor(), salt ^ 12) < 0.6;
        if line && grain((u * 180.0).floor(), (v * 88.0).floor(), salt ^ 13) < 0.55 { 0.15 } else { 0.75 }
    }
}

// ── the classes ──

fn rotation(scene: &mut Scene, t: f32) {
    scene.turn = scene.chance.between(0.0, std::f32::consts::TAU);
    scene.module = 5.5 - 3.7 * t;
}

fn perspective(scene: &mut Scene, t: f32) {
    scene.tilt = (25.0 + 50.0 * t).to_radians();
    scene.turn = scene.chance.between(0.0, std::f32::consts::TAU);
    scene.module = scene.chance.between(6.0, 7.5);
}

fn motion(scene: &mut Scene, t: f32) {
    let (length, angle) = (scene.module * (0.5 + 1.9 * t), scene.chance.between(0.0, std::f32::consts::PI));
    scene.moved = (length * angle.cos(), length * angle.sin());
}

fn glare(scene: &mut Scene, t: f32) {
    let side = scene.module * 65.0;
    for _ in 0..2 {
        let place = (scene.chance.between(-0.4, 0.4) * side, scene.chance.between(-0.4, 0.4) * side);
        let radii = (side * (0.08 + 0.13 * t) * scene.chance.between(0.7, 1.4), side * (0.08 + 0.13 * t) * scene.chance.between(0.7, 1.4));
        scene.glare.push((place, radii, 0.6 + 2.2 * t));
    }
    scene.haze = 0.05 + 0.3 * t;
}

fn phone_screen(scene: &mut Scene, t: f32) {
    scene.screen = scene.chance.between(1.1, 2.6);
    scene.grid = 0.35 + 0.65 * t;
    scene.bands = 0.2 + 0.6 * t;
    scene.module = scene.chance.between(5.5, 6.5) - 2.6 * t;
    scene.noise = 0.02 + 0.05 * t;
    let side = scene.module * 65.0;
    scene.glare.push(((0.3 * side, -0.3 * side), (side * 0.3, side * 0.15), 0.5 * t));
}

fn cracked_glass(scene: &mut Scene, t: f32) {
    phone_screen(scene, 0.15);
    scene.impact = (scene.chance.between(15.0, 50.0), scene.chance.between(15.0, 50.0));
    let count = 5 + (8.0 * t) as usize;
    for n in 0..count {
        let angle = -std::f32::consts::PI + std::f32::consts::TAU * (n as f32 + scene.chance.unit() * 0.7) / count as f32;
        let far = 0.15 + 0.75 * t;
        scene.cracks.push((angle, (scene.chance.between(-far, far), scene.chance.between(-far, far))));
    }
    scene.crack_width = 0.2 + 0.5 * t;
}

fn thermal_banding(scene: &mut Scene, t: f32) {
    scene.faint_rows = (0.4 + 0.7 * t, scene.chance.between(1.5, 5.0));
    scene.dots = 3.3;
    for _ in 0..1 + (9.0 * t) as usize {
        let width = scene.chance.between(0.2, 0.4 + 0.5 * t);
        scene.dead.push((scene.chance.between(0.0, 65.0), width));
    }
}

fn creases(scene: &mut Scene, t: f32) {
    for n in 0..2 + (3.0 * t) as usize {
        let angle = if n % 2 == 0 { scene.chance.between(-0.3, 0.3) } else { scene.chance.between(1.2, 1.9) };
        let (sin, cos) = angle.sin_cos();
        let place = scene.chance.between(-22.0, 22.0);
        scene.folds.push(Fold { place, normal: (cos, sin), steep: scene.chance.between(0.1, 0.25 + 0.4 * t) });
    }
    scene.flaked = 0.15 + 0.75 * t;
}

fn printed_203(scene: &mut Scene, t: f32) {
    scene.dots = 4.3 - 2.7 * t;
    scene.missing = 0.01 + 0.1 * t;
    scene.spread = 0.3 + 0.35 * t;
    scene.module = scene.chance.between(4.0, 5.5) - 1.2 * t;
}

fn small(scene: &mut Scene, t: f32) {
    (scene.width, scene.height) = (1920, 1080);
    scene.module = 3.2 - 1.9 * t;
    scene.turn = scene.chance.between(-0.5, 0.5);
    scene.codes[0].place = (scene.chance.between(-700.0, 700.0), scene.chance.between(-350.0, 350.0));
}

fn several(scene: &mut Scene, t: f32) {
    let count = 2 + (2.9 * t) as usize;
    let module = 3.7 - 1.4 * t;
    scene.module = module;
    scene.tilt *= 0.5;
    let step = 1200.0 / count as f32;
    let first = scene.chance.0.below(count);
    for n in 0..count {
        let column = (n + first) % count;
        let code = &mut scene.codes[n];
        let room = (step / ((code.size as f32 + 10.0) * module * 1.1)).min(1.0);
        code.scale = room * (1.0 - 0.15 * scene.chance.unit());
        code.place = ((column as f32 + 0.5) * step - 600.0, scene.chance.between(-150.0, 150.0));
    }
    scene.turn = scene.chance.between(-0.12, 0.12);
    scene.shown = count;
    scene.noise = 0.015 + 0.05 * t;
}

fn shadow(scene: &mut Scene, t: f32) {
    scene.shadow = 0.5 + 0.47 * t;
    scene.shadow_soft = 60.0 - 57.0 * t;
    for _ in 0..2 {
        let angle = scene.chance.between(0.0, std::f32::consts::TAU);
        scene.shadow_lines.push((angle.cos(), angle.sin(), scene.chance.between(-120.0, 120.0)));
    }
    scene.noise = 0.01 + 0.02 * t;
}

// ── chance that depends on the place alone ──

fn grain(x: f32, y: f32, salt: u32) -> f32 {
    let mut n = (x as i32 as u32).wrapping_mul(0x85eb_ca6b) ^ (y as i32 as u32).wrapping_mul(0xc2b2_ae35) ^ salt.wrapping_mul(0x9e37_79b9);
    n ^= n >> 15;
    n = n.wrapping_mul(0x2c1b_3c6d);
    n ^= n >> 12;
    n = n.wrapping_mul(0x297a_2d39);
    n ^= n >> 15;
    (n >> 8) as f32 / (1 << 24) as f32
}

/// Between -1 and 1, without edges.
fn smooth(x: f32, y: f32, salt: u32) -> f32 {
    let (left, top) = (x.floor(), y.floor());
    let ease = |f: f32| f * f * (3.0 - 2.0 * f);
    let (fx, fy) = (ease(x - left), ease(y - top));
    let row = |y: f32| grain(left, y, salt) * (1.0 - fx) + grain(left + 1.0, y, salt) * fx;
    2.0 * (row(top) * (1.0 - fy) + row(top + 1.0) * fy) - 1.0
}

fn wave(x: f32, salt: u32) -> f32 {
    smooth(x, 0.5, salt)
}

/// Every point spread over a disc of this radius, and along a way.
fn blurred(picture: Vec<f32>, width: usize, radius: f32, moved: (f32, f32)) -> Vec<f32> {
    let reach = radius.ceil() as i32;
    let mut spread: Vec<(i32, i32, f32)> = Vec::new();
    for dy in -reach..=reach {
        for dx in -reach..=reach {
            // How much of the pixel lies within the disc.
            let near = (radius + 0.5 - (dx as f32).hypot(dy as f32)).clamp(0.0, 1.0);
            if near > 0.0 {
                spread.push((dx, dy, near));
            }
        }
    }
    let picture = convolved(&picture, width, &spread);
    let steps = (moved.0.hypot(moved.1) * 2.0) as i32;
    if steps == 0 {
        return picture;
    }
    let mut way: Vec<(i32, i32, f32)> = Vec::new();
    for step in 0..=steps {
        let part = step as f32 / steps as f32 - 0.5;
        let (x, y) = (part * moved.0, part * moved.1);
        for (dx, dy) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
            let (left, top) = (x.floor() as i32 + dx, y.floor() as i32 + dy);
            way.push((left, top, (1.0 - (x - left as f32).abs()).max(0.0) * (1.0 - (y - top as f32).abs()).max(0.0)));
        }
    }
    way.retain(|(_, _, weight)| *weight > 0.0);
    convolved(&picture, width, &way)
}

fn convolved(picture: &[f32], width: usize, spread: &[(i32, i32, f32)]) -> Vec<f32> {
    let height = picture.len() / width;
    let total: f32 = spread.iter().map(|(_, _, weight)| weight).sum();
    let mut out = vec![0.0; picture.len()];
    for (dx, dy, weight) in spread {
        let weight = weight / total;
        for y in 0..height {
            let from = (y as i32 + dy).clamp(0, height as i32 - 1) as usize * width;
            let (low, high) = ((-dx).max(0) as usize, (width as i32 - dx.max(&0)) as usize);
            let source = &picture[from + (low as i32 + dx) as usize..from + (high as i32 + dx) as usize];
            for (to, value) in out[y * width + low..y * width + high].iter_mut().zip(source) {
                *to += weight * value;
            }
            // Beyond the picture it goes on as at its edge.
            for x in (0..low).chain(high..width) {
                out[y * width + x] += weight * picture[from + (x as i32 + dx).clamp(0, width as i32 - 1) as usize];
            }
        }
    }
    out
}
