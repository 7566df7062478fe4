//! Grey pixels, and the frames that are made of them to look again: smaller, larger, softer, closed.

use super::geometry::Point;

/// Grey pixels, row by row. Never empty.
#[derive(Clone)]
pub struct Frame {
    pub luma: Vec<u8>,
    pub width: usize,
    pub height: usize,
}

impl Frame {
    pub fn new(luma: &[u8], width: u32, height: u32) -> Option<Frame> {
        let (width, height) = (usize::try_from(width).ok()?, usize::try_from(height).ok()?);
        let whole = width > 0 && height > 0 && width.checked_mul(height) == Some(luma.len());
        whole.then(|| Frame { luma: luma.to_vec(), width, height })
    }

    pub fn shorter(&self) -> usize {
        self.width.min(self.height)
    }
    pub fn longer(&self) -> usize {
        self.width.max(self.height)
    }

    /// A frame of the same size, of other pixels.
    fn with(&self, luma: Vec<u8>) -> Frame {
        Frame { luma, width: self.width, height: self.height }
    }

    /// The light at a place between pixels, whose middles lie at halves; beyond the edge it is that of the edge.
    pub fn light(&self, at: Point) -> f32 {
        let (x, y) = ((at.x - 0.5).clamp(0.0, (self.width - 1) as f32), (at.y - 0.5).clamp(0.0, (self.height - 1) as f32));
        let (left, top) = (x as usize, y as usize);
        let (right, bottom) = ((left + 1).min(self.width - 1), (top + 1).min(self.height - 1));
        let (across, down) = (x - left as f32, y - top as f32);
        let pixel = |x: usize, y: usize| f32::from(self.luma[y * self.width + x]);
        let row = |y: usize| pixel(left, y) * (1.0 - across) + pixel(right, y) * across;
        row(top) * (1.0 - down) + row(bottom) * down
    }

    /// Smaller by a whole factor; a pixel is the mean of those it stands for.
    pub fn shrunk(&self, factor: usize) -> Frame {
        let (width, height) = (self.width / factor, self.height / factor);
        let mut luma = Vec::with_capacity(width * height);
        let mut sums = vec![0u32; width];
        for y in 0..height {
            sums.fill(0);
            for row in self.luma[y * factor * self.width..].chunks_exact(self.width).take(factor) {
                for (sum, pixels) in sums.iter_mut().zip(row.chunks_exact(factor)) {
                    *sum += pixels.iter().map(|p| u32::from(*p)).sum::<u32>();
                }
            }
            luma.extend(sums.iter().map(|sum| (sum / (factor * factor) as u32) as u8));
        }
        Frame { luma, width, height }
    }

    /// Larger by a whole factor, with pixels in between (bilinear).
    pub fn enlarged(&self, factor: usize) -> Frame {
        let (width, height) = (self.width * factor, self.height * factor);
        let place = |n: usize| (n as f32 + 0.5) / factor as f32;
        let luma = (0..width * height).map(|n| self.light(Point { x: place(n % width), y: place(n / width) }) as u8).collect();
        Frame { luma, width, height }
    }

    /// Overlapping parts, `parts` to a side and those that lie across their borders, each with its left and its top. None of
    /// a small frame.
    pub fn tiles(&self, parts: usize) -> impl Iterator<Item = (usize, usize, Frame)> {
        let (width, height) = (self.width / parts, self.height / parts);
        let steps = if self.shorter() / parts >= 80 { 2 * parts - 1 } else { 0 };
        (0..steps * steps).map(move |n| {
            let (left, top) = (n % steps * width / 2, n / steps * height / 2);
            let luma = (top..top + height).flat_map(|y| &self.luma[y * self.width + left..][..width]).copied().collect();
            (left, top, Frame { luma, width, height })
        })
    }

    /// Softened (1 : 2 : 1 in both directions): for noise and for the dots of a printer.
    pub fn softened(&self) -> Frame {
        let soft = |a: u8, b: u8, c: u8| ((u32::from(a) + 2 * u32::from(b) + u32::from(c) + 2) / 4) as u8;
        let mut across = self.luma.clone();
        for (row, from) in across.chunks_exact_mut(self.width).zip(self.luma.chunks_exact(self.width)) {
            // The outermost pixels stay: there is nothing beyond.
            for (middle, near) in row.iter_mut().skip(1).zip(from.windows(3)) {
                *middle = soft(near[0], near[1], near[2]);
            }
        }
        let mut luma = across.clone();
        let below = across[self.width..].iter().skip(self.width);
        let near = across.iter().zip(across.iter().skip(self.width)).zip(below);
        for (middle, ((above, here), below)) in luma.iter_mut().skip(self.width).zip(near) {
            *middle = soft(*above, *here, *below);
        }
        self.with(luma)
    }

    /// With thin light lines inside the black closed: for a print head with dead dots.
    pub fn closed(&self) -> Frame {
        self.each_with_neighbours(u8::min).each_with_neighbours(u8::max)
    }

    /// Black is what is darker than the square of `radius` around it, by more than one part in `margin`.
    pub fn dark(&self, radius: usize, margin: u32) -> Mask {
        let mut dark = Vec::with_capacity(self.luma.len());
        // The sum of each column over the rows around; then along the row, sums of all columns before.
        let mut columns = vec![0u32; self.width];
        let mut before = vec![0u32; self.width + 1];
        let row = |y: usize| &self.luma[y * self.width..(y + 1) * self.width];
        for y in 0..radius.min(self.height) {
            columns.iter_mut().zip(row(y)).for_each(|(sum, pixel)| *sum += u32::from(*pixel));
        }
        for y in 0..self.height {
            if y + radius < self.height {
                columns.iter_mut().zip(row(y + radius)).for_each(|(sum, pixel)| *sum += u32::from(*pixel));
            }
            if y > radius {
                columns.iter_mut().zip(row(y - radius - 1)).for_each(|(sum, pixel)| *sum -= u32::from(*pixel));
            }
            let rows = ((y + radius + 1).min(self.height) - y.saturating_sub(radius)) as u32;
            let mut sum = 0;
            for (column, before) in columns.iter().zip(&mut before[1..]) {
                sum += column;
                *before = sum;
            }
            let tell = |pixel: u8, sum: u32, count: u32| (u32::from(pixel) + 1) * (count * margin) < sum * (margin - 1);
            let at_edge = |x: usize| {
                let (left, right) = (x.saturating_sub(radius), (x + radius + 1).min(self.width));
                tell(row(y)[x], before[right] - before[left], rows * (right - left) as u32)
            };
            let wide = 2 * radius + 1;
            dark.extend((0..radius.min(self.width)).map(at_edge));
            let within = row(y).iter().skip(radius).zip(&before).zip(before.iter().skip(wide));
            dark.extend(within.map(|((pixel, left), right)| tell(*pixel, right - left, rows * wide as u32)));
            dark.extend((dark.len() - y * self.width..self.width).map(at_edge));
        }
        Mask { dark, width: self.width, height: self.height }
    }

    /// Each pixel with its eight neighbours, joined by `join`.
    fn each_with_neighbours(&self, join: fn(u8, u8) -> u8) -> Frame {
        let line = |pixels: &[u8], step: usize, places: usize| -> Vec<u8> {
            let near = |at: usize, place: usize| {
                let before = if place > 0 { pixels[at - step] } else { pixels[at] };
                let after = if place + 1 < places { pixels[at + step] } else { pixels[at] };
                join(join(before, pixels[at]), after)
            };
            (0..pixels.len()).map(|at| near(at, at / step % places)).collect()
        };
        let across = line(&self.luma, 1, self.width);
        self.with(line(&across, self.width, self.height))
    }
}

/// Black and white.
pub struct Mask {
    pub dark: Vec<bool>,
    pub width: usize,
    pub height: usize,
}

impl Mask {
    /// None outside.
    pub fn at(&self, at: Point) -> Option<bool> {
        let inside = at.x >= 0.0 && at.y >= 0.0 && at.x < self.width as f32 && at.y < self.height as f32;
        inside.then(|| self.dark[at.y as usize * self.width + at.x as usize])
    }

    /// Where the colour changes along a row, with its two ends.
    pub fn changes(&self, y: usize, places: &mut Vec<usize>) {
        const MANY: usize = 16;
        let row = &self.dark[y * self.width..(y + 1) * self.width];
        places.clear();
        places.push(0);
        let mut colour = row[0];
        for (n, part) in row.chunks(MANY).enumerate() {
            // Most of a picture is flat.
            if part.iter().all(|dark| *dark == colour) {
                continue;
            }
            for (m, dark) in part.iter().enumerate() {
                if *dark != colour {
                    places.push(n * MANY + m);
                    colour = *dark;
                }
            }
        }
        places.push(row.len());
    }
}
