//! Memory layout of columns for fast sums over resamples.
//!
//! A resample visits images in random order, and an image's values lie side by
//! side: one visit reads one cache line for eight columns, whose sums stay in
//! registers. Adds and counts; the drawing is [`Bootstrap`](crate::Bootstrap)'s.

/// Eight `f64` are one cache line, and their sums fit the registers of every
/// processor of 64 bits.
const LANES: usize = 8;

/// Values by block of eight lanes, then image.
pub(crate) struct Table {
    blocks: Vec<Vec<[f64; LANES]>>,
    /// Lane that counts a column's defined values; `None` where all are defined.
    counting_lanes: Vec<Option<usize>>,
}

/// Count and sum of a column over some images.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Total {
    /// Number of defined values.
    pub(crate) n_defined: usize,
    /// Sum of the defined values.
    pub(crate) sum: f64,
}

impl Total {
    /// Adds up a column in the order of its images.
    pub(crate) fn of(values: &[Option<f64>]) -> Self {
        let n_defined = values.iter().flatten().count();
        Self { n_defined, sum: values.iter().flatten().sum() }
    }

    /// Mean of the defined values; `None` without any.
    pub(crate) fn mean(self) -> Option<f64> {
        (self.n_defined > 0).then(|| self.sum / self.n_defined as f64)
    }
}

impl Table {
    /// Lays columns out by image. An undefined value becomes a zero, and its
    /// column gets a lane of ones and zeros that counts the defined ones.
    ///
    /// # Panics
    /// When a column does not hold one value for each image.
    pub(crate) fn new(columns: &[Vec<Option<f64>>], n_images: usize) -> Self {
        let mut n_lanes = columns.len();
        let counting_lanes: Vec<_> = columns
            .iter()
            .map(|column| {
                assert_eq!(column.len(), n_images, "a column holds one value for each image");
                let lane = column.iter().any(Option::is_none).then_some(n_lanes);
                n_lanes += usize::from(lane.is_some());
                lane
            })
            .collect();
        let mut blocks = vec![vec![[0.0; LANES]; n_images]; n_lanes.div_ceil(LANES)];
        for (lane, column) in columns.iter().enumerate() {
            for (image, value) in column.iter().enumerate() {
                blocks[lane / LANES][image][lane % LANES] = value.unwrap_or(0.0);
                if let Some(lane) = counting_lanes[lane] {
                    let is_defined = f64::from(u8::from(value.is_some()));
                    blocks[lane / LANES][image][lane % LANES] = is_defined;
                }
            }
        }
        Self { blocks, counting_lanes }
    }

    /// Each column's total over images, which may repeat, added in their order.
    pub(crate) fn totals(&self, images: &[u32]) -> Vec<Total> {
        let sums: Vec<[f64; LANES]> =
            self.blocks.iter().map(|block| sum_rows(block, images)).collect();
        let sum = |lane: usize| sums[lane / LANES][lane % LANES];
        let total = |(column, counting_lane): (usize, &Option<usize>)| Total {
            n_defined: counting_lane.map_or(images.len(), |lane| sum(lane) as usize),
            sum: sum(column),
        };
        self.counting_lanes.iter().enumerate().map(total).collect()
    }
}

/// Adds up rows of one block, lane by lane.
fn sum_rows(block: &[[f64; LANES]], images: &[u32]) -> [f64; LANES] {
    let mut sums = [0.0; LANES];
    for &image in images {
        for (sum, value) in sums.iter_mut().zip(&block[image as usize]) {
            *sum += value;
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_are_those_of_the_columns_themselves() {
        // Eleven columns, of which four have undefined values, fill two blocks but for a lane.
        let value = |column: u32, image: u32| {
            (column % 3 != 1 || image < 3).then(|| f64::from(column * 10 + image))
        };
        let columns: Vec<Vec<_>> =
            (0..11).map(|column| (0..5).map(|image| value(column, image)).collect()).collect();
        let table = Table::new(&columns, 5);
        assert_eq!(table.blocks.len(), 2);
        let images = [4, 1, 1, 3, 0];
        for (column, total) in (0..).zip(table.totals(&images)) {
            let drawn: Vec<_> = images.iter().map(|&image| value(column, image)).collect();
            assert_eq!(total, Total::of(&drawn));
        }
    }

    #[test]
    fn nothing_has_a_sum_of_zero_and_no_mean() {
        let total = Total::of(&[None, None]);
        assert_eq!((total.n_defined, total.sum, total.mean()), (0, 0.0, None));
        assert_eq!(Table::new(&[vec![]], 0).totals(&[])[0].mean(), None);
    }
}
