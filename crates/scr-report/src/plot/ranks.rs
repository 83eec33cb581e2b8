//! Plot of rank stability.

use super::svg::{escaped, push, shortened};

/// Rank distribution of one method.
#[derive(Debug, Clone, PartialEq)]
pub struct RankRow {
    /// Label.
    pub label: String,
    /// Share of resamples with each rank, from 1.
    pub shares: Vec<f64>,
    /// Median rank.
    pub median: Option<usize>,
}

const LABEL_WIDTH: f64 = 250.0;
const COLUMN: f64 = 64.0;
const ROW_HEIGHT: f64 = 46.0;
const TOP: f64 = 34.0;
const MAX_RADIUS: f64 = 19.0;
/// Width of a box plot, so that both have the same text size.
const MIN_WIDTH: f64 = 880.0;

/// Draws a disc for each method and rank, with the share of resamples as its area and in
/// words; the median rank has a ring.
#[must_use]
pub fn rank_plot(title: &str, rows: &[RankRow]) -> String {
    let n_ranks = rows.iter().map(|row| row.shares.len()).max().unwrap_or(0);
    let width = (LABEL_WIDTH + COLUMN * n_ranks as f64 + 20.0).max(MIN_WIDTH);
    let height = TOP + ROW_HEIGHT * rows.len() as f64 + 6.0;
    let mut svg = format!(
        "<svg class=\"rank-plot\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
         role=\"img\" font-size=\"14\" fill=\"none\" stroke=\"currentColor\"><title>{}</title>",
        escaped(title)
    );
    for rank in 0..n_ranks {
        let x = LABEL_WIDTH + COLUMN * (rank as f64 + 0.5);
        push(
            &mut svg,
            format_args!(
                "<text x=\"{x:.1}\" y=\"20\" text-anchor=\"middle\" fill=\"currentColor\" stroke=\"none\">rank {}</text>\
                 <path class=\"grid\" d=\"M{x:.1} {TOP}V{height}\" stroke-opacity=\"0.15\"/>",
                rank + 1
            ),
        );
    }
    for (index, row) in rows.iter().enumerate() {
        let y = TOP + ROW_HEIGHT * (index as f64 + 0.5);
        push(
            &mut svg,
            format_args!(
                "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\" fill=\"currentColor\" stroke=\"none\">{}</text>",
                LABEL_WIDTH - 10.0,
                y + 5.0,
                shortened(&row.label)
            ),
        );
        for (rank, &share) in row.shares.iter().enumerate().filter(|(_, share)| **share > 0.0) {
            draw_share(&mut svg, row, rank, share, y);
        }
    }
    svg + "</svg>"
}

fn draw_share(svg: &mut String, row: &RankRow, rank: usize, share: f64, y: f64) {
    let x = LABEL_WIDTH + COLUMN * (rank as f64 + 0.5);
    let radius = MAX_RADIUS * share.sqrt();
    let percent = if share < 0.01 { "< 1".to_owned() } else { format!("{:.0}", 100.0 * share) };
    push(
        svg,
        format_args!(
            "<g><title>{}: rank {} in {percent} % of resamples</title>\
             <circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius:.1}\" class=\"box\" fill=\"currentColor\" fill-opacity=\"0.2\"/>",
            escaped(&row.label),
            rank + 1
        ),
    );
    if row.median == Some(rank + 1) {
        let ring = MAX_RADIUS + 2.0;
        push(
            svg,
            format_args!(
                "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{ring:.1}\" class=\"median\" stroke-width=\"2\"/>"
            ),
        );
    }
    push(
        svg,
        format_args!(
            "<text x=\"{x:.1}\" y=\"{:.1}\" font-size=\"11\" text-anchor=\"middle\" fill=\"currentColor\" stroke=\"none\">{} %</text></g>",
            y + 4.0,
            escaped(&percent)
        ),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_share_is_a_disc_and_the_median_has_a_ring() {
        let row = |label: &str, shares: [f64; 2], median| RankRow {
            label: label.into(),
            shares: shares.into(),
            median,
        };
        let svg = rank_plot("t", &[row("a", [0.9, 0.1], Some(1)), row("<b>", [0.0, 1.0], Some(2))]);
        assert_eq!(svg.matches("<circle").count(), 5);
        assert!(svg.contains("90 %") && svg.contains("&lt;b&gt;") && !svg.contains("<b>"));
        assert!(rank_plot("t", &[]).ends_with("</svg>"));
    }
}
