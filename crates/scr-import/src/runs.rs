//! Run-length encodings of masks, as COCO, CVAT, V7 and Kaggle's challenges write them.
//!
//! All become runs of set pixels: first pixel, counted from 0, and length. Pixels are counted
//! down the columns or along the rows. Runs are bounded by the image: a longer sum is an
//! error before anything is drawn.

use scr_image::{Mask, Size};

/// Maximum number of runs of a mask.
const MAX_RUNS: usize = 1 << 24;

/// Order in which pixels are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// Down the first column, then the next: COCO, Kaggle.
    Columns,
    /// Along the first row, then the next: CVAT, V7, CheXmask.
    Rows,
}

/// Runs of set pixels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Runs {
    /// Order of the pixels.
    pub(crate) order: Order,
    /// First pixel and length of each run.
    pub(crate) runs: Vec<(u32, u32)>,
}

/// Meaning of the first number of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Start {
    /// Number of the run's first pixel, counted from 1.
    FromOne,
    /// Number of pixels since the end of the run before.
    SinceLast,
}

/// Convention of pairs of start and length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Convention {
    /// Starts count from 1 down the columns, as in most of Kaggle's challenges.
    Kaggle,
    /// Starts count from the end of the run before, down the columns, as in SIIM-ACR.
    Siim,
    /// Starts count from 1 along the rows, as in CheXmask.
    CheXmask,
}

impl Convention {
    /// All conventions.
    pub const ALL: [Self; 3] = [Self::Kaggle, Self::Siim, Self::CheXmask];

    /// Convention with this key; none for other keys.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|convention| convention.key() == key)
    }

    /// Value of the option that states it.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Kaggle => "kaggle",
            Self::Siim => "siim",
            Self::CheXmask => "chexmask",
        }
    }

    /// Meaning in words.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Kaggle => "starts count from 1, down the columns",
            Self::Siim => "starts count from the end of the run before, down the columns",
            Self::CheXmask => "starts count from 1, along the rows",
        }
    }

    /// Runs of pairs in this convention.
    ///
    /// # Errors
    /// As [`Runs::of_pairs`].
    pub(crate) fn runs(self, numbers: &[u32]) -> Result<Runs, String> {
        let (order, start) = match self {
            Self::Kaggle => (Order::Columns, Start::FromOne),
            Self::Siim => (Order::Columns, Start::SinceLast),
            Self::CheXmask => (Order::Rows, Start::FromOne),
        };
        Runs::of_pairs(order, start, numbers)
    }
}

impl Runs {
    /// Runs of counts of unset and set pixels in turn, unset first.
    ///
    /// # Errors
    /// The reason, in words.
    pub(crate) fn of_counts(
        order: Order,
        counts: impl IntoIterator<Item = u64>,
    ) -> Result<Self, String> {
        let mut runs = Vec::new();
        let mut at: u64 = 0;
        for (index, count) in counts.into_iter().enumerate() {
            let end = at.checked_add(count).filter(|&end| end <= u64::from(u32::MAX));
            let end = end.ok_or("more pixels than any image has")?;
            if index % 2 == 1 && count > 0 {
                runs.push((at as u32, count as u32));
            }
            if index > 2 * MAX_RUNS {
                return Err(format!("more than {MAX_RUNS} runs"));
            }
            at = end;
        }
        Ok(Self { order, runs })
    }

    /// Runs of COCO's compressed text: differences of counts in groups of five bits.
    ///
    /// # Errors
    /// The reason, in words.
    pub(crate) fn of_coco_text(text: &str) -> Result<Self, String> {
        let mut counts: Vec<i64> = Vec::new();
        let mut value = 0i64;
        let mut shift = 0;
        for byte in text.bytes() {
            let group = i64::from(byte) - 48;
            if !(0..64).contains(&group) || shift > 30 {
                return Err(format!("`{}` in compressed counts", byte.escape_ascii()));
            }
            value |= (group & 0x1f) << shift;
            shift += 5;
            if group & 0x20 != 0 {
                continue;
            }
            if group & 0x10 != 0 {
                value |= -1 << shift;
            }
            // From the fourth count on, each is the difference to the one before the last.
            let base = if counts.len() > 2 { counts[counts.len() - 2] } else { 0 };
            counts.push(value + base);
            (value, shift) = (0, 0);
        }
        if shift > 0 {
            return Err("compressed counts that end in the middle of a number".to_owned());
        }
        let counts: Result<Vec<u64>, _> = counts.into_iter().map(u64::try_from).collect();
        let counts = counts.map_err(|_| "a negative count of pixels".to_owned())?;
        Self::of_counts(Order::Columns, counts)
    }

    /// Runs of pairs of start and length.
    ///
    /// # Errors
    /// The reason, in words.
    pub(crate) fn of_pairs(order: Order, start: Start, numbers: &[u32]) -> Result<Self, String> {
        let (pairs, []) = numbers.as_chunks::<2>() else {
            return Err(format!("{} numbers, an odd count", numbers.len()));
        };
        if pairs.len() > MAX_RUNS {
            return Err(format!("more than {MAX_RUNS} runs"));
        }
        let mut runs = Vec::with_capacity(pairs.len());
        let mut end: u32 = 0;
        for &[first, length] in pairs {
            let first = match start {
                Start::FromOne => first.checked_sub(1).ok_or("a run that starts at pixel 0")?,
                Start::SinceLast => {
                    end.checked_add(first).ok_or("more pixels than any image has")?
                }
            };
            end = first.checked_add(length).ok_or("more pixels than any image has")?;
            runs.push((first, length));
        }
        Ok(Self { order, runs })
    }

    /// Draws the runs into `mask`.
    ///
    /// # Errors
    /// The reason, in words, when they do not fit the size; nothing is drawn then.
    pub(crate) fn draw(&self, mask: &mut Mask) -> Result<(), String> {
        let size = mask.size();
        let area = size.area() as u64;
        let outside = self.runs.iter().map(|&(first, length)| u64::from(first) + u64::from(length));
        if let Some(end) = outside.max().filter(|&end| end > area) {
            return Err(format!("runs up to pixel {end} of {area}"));
        }
        let total: u64 = self.runs.iter().map(|&(_, length)| u64::from(length)).sum();
        if total > area {
            return Err(format!("runs of {total} pixels in {area}"));
        }
        for &(first, length) in &self.runs {
            draw_run(mask, self.order, first as usize, length as usize);
        }
        Ok(())
    }
}

fn draw_run(mask: &mut Mask, order: Order, first: usize, length: usize) {
    let Size { width, height } = mask.size();
    match order {
        Order::Rows => {
            let mut at = first;
            while at < first + length {
                let (row, col) = (at / width, at % width);
                let end = (col + first + length - at).min(width);
                mask.set_run(row, col, end);
                at += end - col;
            }
        }
        Order::Columns => {
            for at in first..first + length {
                mask.set(at / height, at % height);
            }
        }
    }
}

/// Non-negative numbers of a text, divided by spaces or commas.
///
/// # Errors
/// The first word that is none.
pub(crate) fn numbers(text: &str) -> Result<Vec<u32>, String> {
    let words = text.split(|c: char| c.is_whitespace() || matches!(c, ',' | '[' | ']'));
    let words = words.filter(|word| !word.is_empty());
    // Tables computed with missing values hold `204.0` for 204.
    let number = |word: &str| word.strip_suffix(".0").unwrap_or(word).parse();
    words.map(|word| number(word).map_err(|_| format!("`{}`", word.escape_debug()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn drawn(runs: Result<Runs, String>, size: Size) -> Mask {
        let mut mask = Mask::empty(size);
        runs.unwrap().draw(&mut mask).unwrap();
        mask
    }

    #[test]
    fn every_convention_draws_the_same_mask() {
        let mask = Mask::from_text(".#. .## ...");
        let size = mask.size();
        let counts = |order, counts: [u64; 5]| Runs::of_counts(order, counts);
        assert_eq!(drawn(counts(Order::Columns, [3, 2, 2, 1, 1]), size), mask);
        assert_eq!(drawn(counts(Order::Rows, [1, 1, 2, 2, 3]), size), mask);
        let pairs = |order, start, numbers: &[u32]| Runs::of_pairs(order, start, numbers);
        assert_eq!(drawn(pairs(Order::Columns, Start::FromOne, &[4, 2, 8, 1]), size), mask);
        assert_eq!(drawn(pairs(Order::Columns, Start::SinceLast, &[3, 2, 2, 1]), size), mask);
        assert_eq!(drawn(pairs(Order::Rows, Start::FromOne, &[2, 1, 5, 2]), size), mask);
    }

    #[test]
    fn cocos_text_is_read() {
        // The counts 3 2 2 1 1, the last two as differences of -1.
        let mask = Mask::from_text(".#. .## ...");
        assert_eq!(drawn(Runs::of_coco_text("322OO"), Size::square(3)), mask);
        let text = |counts: &[i64]| {
            let mut text = String::new();
            for (at, &count) in counts.iter().enumerate() {
                let mut value = if at > 2 { count - counts[at - 2] } else { count };
                loop {
                    let group = value & 0x1f;
                    value >>= 5;
                    let is_last = if group & 0x10 != 0 { value == -1 } else { value == 0 };
                    let group = if is_last { group } else { group | 0x20 };
                    text.push(char::from(group as u8 + 48));
                    if is_last {
                        break;
                    }
                }
            }
            text
        };
        let counts = [203, 32, 222, 39, 15, 1000, 3];
        let expected = Runs::of_counts(Order::Columns, counts.map(|count: i64| count as u64));
        assert_eq!(Runs::of_coco_text(&text(&counts)), expected);
    }

    #[test]
    fn what_no_image_holds_is_refused() {
        assert!(Runs::of_coco_text("\u{7f}").is_err());
        assert!(Runs::of_coco_text("o").is_err());
        assert!(Runs::of_coco_text("oooooooooooo1").is_err());
        assert!(Runs::of_pairs(Order::Columns, Start::FromOne, &[1]).is_err());
        assert!(Runs::of_pairs(Order::Columns, Start::FromOne, &[0, 1]).is_err());
        assert!(Runs::of_pairs(Order::Columns, Start::SinceLast, &[u32::MAX, 2]).is_err());
        let whole = [1, 9, 1, 9];
        let runs = Runs::of_pairs(Order::Columns, Start::FromOne, &whole).unwrap();
        assert!(runs.draw(&mut Mask::empty(Size::square(3))).is_err(), "more than all pixels");
        assert!(numbers("1 x").is_err() && numbers("-1").is_err());
        assert_eq!(numbers(" 1 2.0,3 "), Ok(vec![1, 2, 3]));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in ".*", numbers in any::<Vec<u32>>()) {
            let size = Size::new(70, 3);
            let all = [
                Runs::of_coco_text(&text),
                Runs::of_pairs(Order::Rows, Start::SinceLast, &numbers),
                Runs::of_counts(Order::Rows, numbers.iter().map(|&n| u64::from(n))),
            ];
            for runs in all.into_iter().flatten() {
                let _ = runs.draw(&mut Mask::empty(size));
            }
        }
    }
}
