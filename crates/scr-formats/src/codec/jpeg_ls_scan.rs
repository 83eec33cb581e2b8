//! Scan of JPEG-LS (ITU-T T.87, annex A): context modelling and Golomb codes.
//!
//! Names in brackets are those of the standard.

use scr_image::Size;

use crate::FormatError;

const FORMAT: &str = "JPEG-LS";

/// Logarithms of the lengths that run codes stand for [J].
const RUN_BITS: [u32; 32] = [
    0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 9, 10, 11, 12, 13,
    14, 15,
];

/// Borders between the classes of gradients [T1, T2, T3].
pub(super) struct Thresholds(pub(super) [i32; 3]);

/// Coding parameters of a scan.
pub(super) struct Parameters {
    max_value: i32,
    near: i32,
    thresholds: Thresholds,
    reset: i64,
    /// Number of different errors [RANGE].
    range: i32,
    /// Bits of an error [qbpp].
    error_bits: u32,
    /// Greatest length of a code [LIMIT].
    limit: u32,
}

impl Parameters {
    pub(super) fn new(max_value: i32, near: i32, thresholds: Thresholds, reset: i64) -> Self {
        let range = (max_value + 2 * near) / (2 * near + 1) + 1;
        let bits_of = |values: i32| (values as u32).next_power_of_two().trailing_zeros();
        let sample_bits = bits_of(max_value + 1).max(2);
        Self {
            max_value,
            near,
            thresholds,
            reset,
            range,
            error_bits: bits_of(range),
            limit: 2 * (sample_bits + sample_bits.max(8)),
        }
    }

    /// Decodes the samples, row by row.
    ///
    /// # Errors
    /// When the data are damaged or end early.
    pub(super) fn decode(&self, size: Size, data: &[u8]) -> Result<Vec<u16>, FormatError> {
        let mut scan = Scan::new(self, data);
        let mut samples = Vec::with_capacity(size.area());
        // A row lies between a copy of the first sample of the row above and, above itself,
        // a copy of the last.
        let mut above = vec![0; size.width + 2];
        let mut row = above.clone();
        for _ in 0..size.height {
            row[0] = above[1];
            above[size.width + 1] = above[size.width];
            scan.row(&above, &mut row)?;
            samples.extend(row[1..=size.width].iter().map(|&sample| sample as u16));
            std::mem::swap(&mut above, &mut row);
        }
        Ok(samples)
    }

    fn class(&self, gradient: i32) -> i32 {
        let Thresholds([first, second, third]) = self.thresholds;
        let size = gradient.abs();
        let class = if size <= self.near {
            0
        } else if size < first {
            1
        } else if size < second {
            2
        } else if size < third {
            3
        } else {
            4
        };
        class * gradient.signum()
    }

    /// The sample at `error` steps from its prediction, modulo the range.
    fn sample(&self, prediction: i32, error: i32) -> i32 {
        let step = 2 * self.near + 1;
        let sample = prediction + error * step;
        let sample = if sample < -self.near {
            sample + self.range * step
        } else if sample > self.max_value + self.near {
            sample - self.range * step
        } else {
            sample
        };
        sample.clamp(0, self.max_value)
    }
}

/// Statistics of a context.
#[derive(Clone, Copy)]
struct Context {
    /// Sum of the errors' sizes [A].
    size: i64,
    /// Sum of the errors [B]; of a run's context, number of negative errors [Nn].
    sum: i64,
    /// Correction of the prediction [C].
    correction: i32,
    /// Number of errors [N].
    count: i64,
}

impl Context {
    /// Golomb parameter [k] for a sum of sizes.
    fn parameter(&self, size: i64) -> u32 {
        (0..32).find(|&bits| self.count << bits >= size).unwrap_or(32)
    }

    /// Adds an error of a regular sample (T.87, A.6).
    fn add(&mut self, error: i32, parameters: &Parameters) {
        self.sum += i64::from(error) * i64::from(2 * parameters.near + 1);
        self.size += i64::from(error.abs());
        if self.count == parameters.reset {
            self.size >>= 1;
            self.sum >>= 1;
            self.count >>= 1;
        }
        self.count += 1;
        if self.sum <= -self.count {
            self.sum = (self.sum + self.count).max(1 - self.count);
            self.correction = (self.correction - 1).max(-128);
        } else if self.sum > 0 {
            self.sum = (self.sum - self.count).min(0);
            self.correction = (self.correction + 1).min(127);
        }
    }
}

struct Scan<'a> {
    parameters: &'a Parameters,
    bits: Bits<'a>,
    regular: Vec<Context>,
    /// Contexts of the sample after a run: neighbours differ, neighbours agree.
    runs: [Context; 2],
    run_index: usize,
}

impl<'a> Scan<'a> {
    fn new(parameters: &'a Parameters, data: &'a [u8]) -> Self {
        let size = i64::from(((parameters.range + 32) / 64).max(2));
        let context = Context { size, sum: 0, correction: 0, count: 1 };
        let regular = vec![context; 365];
        Self { parameters, bits: Bits::new(data), regular, runs: [context; 2], run_index: 0 }
    }

    /// Decodes a row; sample `col` lies at `col + 1`.
    fn row(&mut self, above: &[i32], row: &mut [i32]) -> Result<(), FormatError> {
        let width = row.len() - 2;
        let mut at = 1;
        while at <= width {
            let [left, corner] = [row[at - 1], above[at - 1]];
            let [over, right] = [above[at], above[at + 1]];
            let classes = [right - over, over - corner, corner - left]
                .map(|gradient| self.parameters.class(gradient));
            if classes == [0; 3] {
                at = self.run(above, row, at)?;
            } else {
                let index = classes.iter().fold(0, |index, class| index * 9 + class);
                let prediction = match corner {
                    corner if corner >= left.max(over) => left.min(over),
                    corner if corner <= left.min(over) => left.max(over),
                    corner => left + over - corner,
                };
                row[at] = self.regular(index, prediction)?;
                at += 1;
            }
        }
        Ok(())
    }

    /// Sample in the context `index`, of which the negative ones are mirrored (T.87, A.3-A.6).
    fn regular(&mut self, index: i32, prediction: i32) -> Result<i32, FormatError> {
        let Self { parameters, bits, regular, .. } = self;
        let sign = index.signum();
        let context = &mut regular[index.unsigned_abs() as usize];
        let prediction = (prediction + sign * context.correction).clamp(0, parameters.max_value);
        let bit_count = context.parameter(context.size);
        let code = bits.golomb(bit_count, parameters.limit, parameters.error_bits)?;
        let half = (code >> 1) as i32;
        let error = if code & 1 == 0 { half } else { -half - 1 };
        let is_mirrored =
            parameters.near == 0 && bit_count == 0 && 2 * context.sum <= -context.count;
        let error = if is_mirrored { -error - 1 } else { error };
        context.add(error, parameters);
        Ok(parameters.sample(prediction, sign * error))
    }

    /// Run of samples like the left one, and the sample that ends it; the place after both
    /// (T.87, A.7).
    fn run(&mut self, above: &[i32], row: &mut [i32], at: usize) -> Result<usize, FormatError> {
        let end = row.len() - 1;
        let left = row[at - 1];
        let mut after = at;
        while after < end && self.bits.read(1)? == 1 {
            let length = 1 << RUN_BITS[self.run_index];
            after += length;
            if after <= end {
                self.run_index = (self.run_index + 1).min(31);
            }
        }
        let is_interrupted = after < end;
        if is_interrupted {
            after += self.bits.read(RUN_BITS[self.run_index])? as usize;
            if after >= end {
                return Err(FormatError::damaged(FORMAT, "a run beyond the end of its row"));
            }
        }
        let after = after.min(end);
        row[at..after].fill(left);
        if !is_interrupted {
            return Ok(after);
        }
        row[after] = self.interruption(left, above[after])?;
        self.run_index = self.run_index.saturating_sub(1);
        Ok(after + 1)
    }

    /// Sample that ends a run (T.87, A.7.2).
    fn interruption(&mut self, left: i32, above: i32) -> Result<i32, FormatError> {
        let Self { parameters, bits, runs, run_index, .. } = self;
        let agree = i64::from((left - above).abs() <= parameters.near);
        let (prediction, sign) = match agree {
            1 => (left, 1),
            _ => (above, if left > above { -1 } else { 1 }),
        };
        let context = &mut runs[agree as usize];
        let bit_count = context.parameter(context.size + agree * (context.count >> 1));
        let limit = parameters.limit - RUN_BITS[*run_index] - 1;
        let code = bits.golomb(bit_count, limit, parameters.error_bits)?;
        let mapped = code + agree;
        let size = (mapped + 1) >> 1;
        let odd_is_negative = bit_count != 0 || 2 * context.sum >= context.count;
        let is_negative = (mapped & 1 == 1) == odd_is_negative;
        context.sum += i64::from(is_negative && size > 0);
        context.size += (code + 1 - agree) >> 1;
        if context.count == parameters.reset {
            context.size >>= 1;
            context.sum >>= 1;
            context.count >>= 1;
        }
        context.count += 1;
        let error = if is_negative { -(size as i32) } else { size as i32 };
        Ok(parameters.sample(prediction, sign * error))
    }
}

/// Reader of the bits of a scan; after a byte of ones, the next byte has seven bits.
struct Bits<'a> {
    rest: &'a [u8],
    /// Bits not yet read, the next one highest; zeros behind the last.
    ahead: u64,
    count: u32,
    is_after_ones: bool,
}

impl<'a> Bits<'a> {
    const fn new(data: &'a [u8]) -> Self {
        Self { rest: data, ahead: 0, count: 0, is_after_ones: false }
    }

    fn fill(&mut self) {
        while self.count <= 56 {
            let [byte, ref rest @ ..] = *self.rest else { return };
            if self.is_after_ones && byte >= 0x80 {
                // A marker.
                return;
            }
            self.rest = rest;
            let new = if self.is_after_ones { 7 } else { 8 };
            self.ahead |= u64::from(byte) << (64 - new - self.count);
            self.count += new;
            self.is_after_ones = byte == 0xff;
        }
    }

    /// The next `count` bits, at most 32, as a number.
    fn read(&mut self, count: u32) -> Result<u64, FormatError> {
        if count > self.count {
            self.fill();
        }
        if count > self.count {
            return Err(FormatError::damaged(FORMAT, "the compressed data end early"));
        }
        if count == 0 {
            return Ok(0);
        }
        let value = self.ahead >> (64 - count);
        self.ahead <<= count;
        self.count -= count;
        Ok(value)
    }

    /// Golomb code of limited length (T.87, A.5.3).
    fn golomb(&mut self, bits: u32, limit: u32, error_bits: u32) -> Result<i64, FormatError> {
        let escape = limit.saturating_sub(error_bits + 1);
        let mut zeros = 0;
        while self.read(1)? == 0 {
            zeros += 1;
            if zeros > escape {
                return Err(FormatError::damaged(FORMAT, "a code of too many bits"));
            }
        }
        let code = if zeros < escape {
            i64::from(zeros) << bits | self.read(bits)? as i64
        } else {
            self.read(error_bits)? as i64 + 1
        };
        // Neither an error nor its code has more than 17 bits.
        if code >> 17 > 0 {
            return Err(FormatError::damaged(FORMAT, "an error of too many bits"));
        }
        Ok(code)
    }
}
