//! Spread plots: the distribution of a value over images, in lanes, with images as links.

use super::scale::Scale;
use super::svg::{escaped, push, shortened};

/// Row of a spread plot: one quantity in one or more lanes, such as folds.
#[derive(Debug, Clone, PartialEq)]
pub struct SpreadRow {
    /// Label.
    pub label: String,
    /// Lanes from the top, each with its label, which may be empty.
    pub lanes: Vec<(String, Vec<SpreadPoint>)>,
}

/// Value of one image; it is finite.
#[derive(Debug, Clone, PartialEq)]
pub struct SpreadPoint {
    /// Identifier of the image.
    pub image: String,
    /// The value.
    pub value: f64,
    /// Address of the image.
    pub href: String,
}

const LABEL_WIDTH: f64 = 190.0;
const LANE_LABEL_WIDTH: f64 = 60.0;
const PLOT_WIDTH: f64 = 560.0;
const RIGHT_MARGIN: f64 = 30.0;
const LANE_HEIGHT: f64 = 30.0;
const ROW_GAP: f64 = 12.0;
const TOP: f64 = 8.0;
const AXIS_HEIGHT: f64 = 46.0;
const DOT_RADIUS: f64 = 3.5;
/// A lane of more images is a histogram with its extremes as dots.
const MAX_DOTS: usize = 60;
/// Dots at either end of a histogram.
const N_EXTREMES: usize = 4;
const N_BINS: usize = 48;

/// Draws the rows from the top over one axis. A lane of few images has a dot for each, of many a
/// histogram with dots for the smallest and largest; a dot links to its image. A tall line is the
/// median, a thick one goes from the lower to the upper quartile. Dots are out of the tab order:
/// a page says the images of the extremes in words.
#[must_use]
pub fn spread_plot(title: &str, axis: &str, rows: &[SpreadRow]) -> String {
    let values =
        || rows.iter().flat_map(|row| &row.lanes).flat_map(|(_, points)| points).map(|p| p.value);
    let scale = Scale::around(
        values().fold(f64::INFINITY, f64::min),
        values().fold(f64::NEG_INFINITY, f64::max),
    );
    let has_lanes = rows.iter().flat_map(|row| &row.lanes).any(|(label, _)| !label.is_empty());
    let left = LABEL_WIDTH + if has_lanes { LANE_LABEL_WIDTH } else { 0.0 };
    let n_lanes: usize = rows.iter().map(|row| row.lanes.len()).sum();
    let bottom = TOP + LANE_HEIGHT * n_lanes as f64 + ROW_GAP * rows.len() as f64;
    let width = left + PLOT_WIDTH + RIGHT_MARGIN;
    let mut svg = format!(
        "<svg class=\"spread-plot\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {}\" \
         role=\"group\" aria-label=\"{title}\" font-size=\"14\" fill=\"none\" stroke=\"currentColor\">",
        bottom + AXIS_HEIGHT,
        title = escaped(title)
    );
    let place = Place { scale: &scale, left };
    draw_axis(&mut svg, &place, axis, bottom);
    let mut y = TOP;
    for row in rows {
        let middle = y + LANE_HEIGHT * row.lanes.len() as f64 / 2.0 + 5.0;
        text(&mut svg, LABEL_WIDTH - 12.0, middle, "end", &shortened(&row.label));
        for (index, (label, points)) in row.lanes.iter().enumerate() {
            if !label.is_empty() {
                text(&mut svg, left - 8.0, y + LANE_HEIGHT / 2.0 + 4.0, "end", &shortened(label));
            }
            push(&mut svg, format_args!("<g class=\"lane lane-{}\">", index % 2));
            draw_lane(&mut svg, &place, y, points);
            svg.push_str("</g>");
            y += LANE_HEIGHT;
        }
        y += ROW_GAP;
    }
    svg + "</svg>"
}

struct Place<'a> {
    scale: &'a Scale,
    left: f64,
}

impl Place<'_> {
    fn x(&self, value: f64) -> f64 {
        self.left + PLOT_WIDTH * self.scale.share(value)
    }
}

fn text(svg: &mut String, x: f64, y: f64, anchor: &str, escaped: &str) {
    push(
        svg,
        format_args!(
            "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" fill=\"currentColor\" stroke=\"none\">{escaped}</text>"
        ),
    );
}

fn draw_axis(svg: &mut String, place: &Place<'_>, axis: &str, bottom: f64) {
    for tick in place.scale.ticks() {
        let x = place.x(tick);
        push(
            svg,
            format_args!(
                "<path class=\"grid\" d=\"M{x:.1} {TOP}V{bottom:.1}\" stroke-opacity=\"0.15\"/>"
            ),
        );
        text(svg, x, bottom + 17.0, "middle", &place.scale.label(tick));
    }
    text(svg, place.left + PLOT_WIDTH / 2.0, bottom + 38.0, "middle", &escaped(axis));
}

fn draw_lane(svg: &mut String, place: &Place<'_>, top: f64, points: &[SpreadPoint]) {
    let mut sorted: Vec<&SpreadPoint> = points.iter().collect();
    sorted.sort_by(|a, b| a.value.total_cmp(&b.value).then_with(|| a.image.cmp(&b.image)));
    let Some(last) = sorted.len().checked_sub(1) else { return };
    let base = top + LANE_HEIGHT - 4.0;
    let dots: Vec<&SpreadPoint> = if sorted.len() > MAX_DOTS {
        draw_histogram(svg, place, base, &sorted);
        sorted[..N_EXTREMES].iter().chain(&sorted[last + 1 - N_EXTREMES..]).copied().collect()
    } else {
        sorted.clone()
    };
    let at = |share: f64| {
        let position = share * last as f64;
        let (low, high) = (position.floor() as usize, position.ceil() as usize);
        let part = position - position.floor();
        place.x(sorted[low].value + part * (sorted[high].value - sorted[low].value))
    };
    let [lower, median, upper] = [0.25, 0.5, 0.75].map(at);
    push(
        svg,
        format_args!(
            "<path class=\"quartiles\" d=\"M{lower:.1} {base:.1}H{upper:.1}\" stroke-width=\"4\" stroke-opacity=\"0.5\"/>\
             <path class=\"median\" d=\"M{median:.1} {:.1}V{:.1}\" stroke-width=\"2\"/>",
            base + 3.0,
            top + 4.0
        ),
    );
    // Dots that would lie on one another are stacked.
    let mut stacks: Vec<(f64, f64)> = Vec::new();
    svg.push_str("<g fill=\"currentColor\" fill-opacity=\"0.55\" stroke=\"none\">");
    for dot in dots {
        let x = place.x(dot.value);
        let near = |at: f64| (at - x).abs() < 2.0 * DOT_RADIUS;
        let height = stacks.iter().filter(|(at, _)| near(*at)).map(|(_, height)| height + 1.0);
        let height = height.fold(0.0, f64::max) % 3.0;
        stacks.push((x, height));
        let y = base - 2.0 - DOT_RADIUS - height * 2.0 * DOT_RADIUS;
        push(
            svg,
            format_args!(
                "<a href=\"{}\" tabindex=\"-1\"><title>{}: {}</title><circle class=\"dot\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{DOT_RADIUS}\"/></a>",
                escaped(&dot.href),
                escaped(&dot.image),
                plain(dot.value)
            ),
        );
    }
    svg.push_str("</g>");
}

fn draw_histogram(svg: &mut String, place: &Place<'_>, base: f64, sorted: &[&SpreadPoint]) {
    let mut counts = [0usize; N_BINS];
    for point in sorted {
        let bin = place.scale.share(point.value) * N_BINS as f64;
        counts[(bin.max(0.0) as usize).min(N_BINS - 1)] += 1;
    }
    let most = counts.iter().copied().max().unwrap_or(0).max(1);
    let step = PLOT_WIDTH / N_BINS as f64;
    let mut path = format!("M{:.1} {base:.1}", place.left);
    for (bin, count) in counts.iter().enumerate() {
        let y = base - (LANE_HEIGHT - 8.0) * *count as f64 / most as f64;
        let x = place.left + step * bin as f64;
        push(&mut path, format_args!("L{x:.1} {y:.1}H{:.1}", x + step));
    }
    push(
        svg,
        format_args!(
            "<path class=\"box\" d=\"{path}V{base:.1}Z\" fill=\"currentColor\" fill-opacity=\"0.2\" stroke=\"none\"/>"
        ),
    );
}

/// A value with four digits.
fn plain(value: f64) -> String {
    let digits = if value == 0.0 { 0.0 } else { value.abs().log10().floor() };
    let places = (3.0 - digits).clamp(0.0, 6.0) as usize;
    format!("{value:.places$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(n: usize) -> SpreadRow {
        let point = |index: usize| SpreadPoint {
            image: format!("i<{index}"),
            value: index as f64,
            href: format!("/x?a=1&b={index}"),
        };
        SpreadRow {
            label: "<b>".into(),
            lanes: vec![("one".into(), (0..n).map(point).collect()), (String::new(), vec![])],
        }
    }

    #[test]
    fn few_images_are_all_linked_and_of_many_the_extremes() {
        for (n, expected) in [(0, 0), (1, 1), (60, 60), (61, 8), (5000, 8)] {
            let svg = spread_plot("t", "a", &[row(n)]);
            assert_eq!(svg.matches("<circle").count(), expected, "{n}");
            assert_eq!(svg.matches("<path class=\"box\"").count(), usize::from(n > 60), "{n}");
            assert!(!svg.contains("NaN") && !svg.contains("inf") && svg.len() < 20_000);
        }
        let svg = spread_plot("t", "a", &[row(5000)]);
        assert!(svg.contains("i&lt;4999: 4999") && svg.contains("/x?a=1&amp;b=0"));
    }

    #[test]
    fn the_median_is_between_the_middle_values_and_hostile_labels_are_escaped() {
        let svg = spread_plot("<t>", "a", &[row(4)]);
        let scale = Scale::around(0.0, 3.0);
        let x = LABEL_WIDTH + LANE_LABEL_WIDTH + PLOT_WIDTH * scale.share(1.5);
        assert!(svg.contains(&format!("<path class=\"median\" d=\"M{x:.1} ")), "{svg}");
        assert!(!svg.contains("<b>") && !svg.contains("<t>"));
    }

    #[test]
    fn values_have_four_digits() {
        let found = [0.0, 0.012_345, 1.5, 123.46, 98_765.4].map(plain);
        assert_eq!(found, ["0.000", "0.01235", "1.500", "123.5", "98765"]);
    }
}
