//! Reference of the measures: the output of `scr measures`, and `docs/reference/measures.md`.
//!
//! Formats the registry, the list of peers and the test vectors. Computes nothing.

use std::fmt::Write;

use scr_measures::peers::{PEERS, Peer, Verification};
use scr_measures::registry::{IMAGE_MEASURES, MeasureInfo, VARIANTS};
use scr_measures::{Better, Kind, Measure, Percentile, Quantity, registry::BoundaryChoice};
use serde_json::{Value, json};

use crate::layout;

/// Columns that text in a terminal may take.
const WIDTH: usize = 96;

/// Text for a terminal without colour, a block a measure.
#[must_use]
pub fn text() -> String {
    let mut text = "MEASURES OF AN OBJECT\n\n".to_owned();
    for kind in Kind::ALL {
        text += &block(kind.info(), &[("unit", unit(kind)), ("variants", variants(kind))]);
        text += &line("equals", &equals(kind, str::to_owned));
        text += "\n";
    }
    text += "VARIANTS, to match another tool\n\n";
    for variant in VARIANTS {
        text += &wrapped(&format!("  .{:<9} ", variant.key), 13, variant.definition);
        text += &wrapped("", 13, &format!("({})", variant.purpose));
    }
    text += "\nMEASURES OF A WHOLE IMAGE, computed when its structures are covered\n\n";
    for info in &IMAGE_MEASURES {
        text += &block(info, &[]);
        text += "\n";
    }
    text += "KEYS\n\n";
    for paragraph in keys() {
        text += &wrapped("  ", 2, &paragraph.replace('`', ""));
    }
    text
}

/// Markdown of `docs/reference/measures.md`.
#[must_use]
pub fn markdown() -> String {
    let mut text = HEAD.to_owned();
    text += "## Of an object\n\n";
    for kind in Kind::ALL {
        text += &section(kind);
    }
    text += "## Variants\n\nTo match another tool: the same algorithm with another boundary or percentile.\n\n";
    text += "| variant | difference | purpose |\n|---|---|---|\n";
    for variant in VARIANTS {
        row(&mut text, &[&format!("`.{}`", variant.key), variant.definition, variant.purpose]);
    }
    text += "\n## Of a whole image\n\n| key | name | definition | range | better | empty masks | source |\n|---|---|---|---|---|---|---|\n";
    for info in &IMAGE_MEASURES {
        let key = format!("`{}`", info.key);
        let cells =
            [&key, info.name, info.definition, info.range, better(info), info.empty, info.source];
        row(&mut text, &cells);
    }
    text += "\n## Keys\n\n";
    for paragraph in keys() {
        text += &format!("{paragraph}\n\n");
    }
    text += BOUNDARIES;
    text += POLICIES;
    text += &matching();
    text += &examples();
    text += TEST_VECTORS;
    text
}

/// JSON for scripts.
#[must_use]
pub fn to_json() -> String {
    let to_json = |info: &MeasureInfo| {
        json!({
            "key": info.key,
            "name": info.name,
            "definition": info.definition,
            "range": info.range,
            "better": info.better.map(|better| match better {
                Better::Higher => "higher",
                Better::Lower => "lower",
            }),
            "empty": info.empty,
            "source": info.source,
        })
    };
    let measures = Kind::ALL.map(|kind| {
        let mut measure = to_json(kind.info());
        measure["unit"] = match kind.info().quantity {
            Quantity::Share => Value::Null,
            Quantity::Distance => json!("mm or px"),
        };
        measure["needs_length"] = json!(kind.needs_length());
        measure["variants"] = json!(kind.variant_keys());
        measure
    });
    let variants = VARIANTS.map(|variant| {
        json!({"key": variant.key, "definition": variant.definition, "purpose": variant.purpose})
    });
    let peers = PEERS.each_ref().map(|peer| {
        let number = |(name, key): &(&str, &str)| json!({"name": name, "key": key});
        let other = |(name, what): &(&str, &str)| json!({"name": name, "what": what});
        json!({
            "name": peer.name,
            "version": peer.version,
            "checked": peer.verification.words(),
            "note": peer.note,
            "numbers": peer.numbers.iter().map(number).collect::<Vec<_>>(),
            "without_key": peer.without_key.iter().map(other).collect::<Vec<_>>(),
        })
    });
    let all = json!({
        "measures": measures,
        "variants": variants,
        "image_measures": IMAGE_MEASURES.each_ref().map(to_json),
        "peers": peers,
    });
    format!("{all:#}\n")
}

const HEAD: &str = "# Measures: exact definitions, and equal numbers of other tools

<!-- Made by `scr measures --format markdown`: change crates/scr-measures/src/registry.rs, peers.rs
     beside it, or crates/scr-report/src/measures.rs, and run
     cargo run --release -- measures --format markdown > docs/reference/measures.md -->

Tools disagree because their definitions differ, not because they err: two definitions of the 95th
percentile of the Hausdorff distance can differ by many pixels on the same masks. So every measure here
has one exact definition, a key that names it, and a list of the tools with the same number. `scr
measures` prints the same in a terminal; `--format json` is for scripts.

## Notation

R is the reference, P the prediction: two masks of one size. TP counts the pixels in both, FP those in P
only, FN those in R only, TN those in neither.

A boundary pixel is a set pixel with a 4-neighbour that is not set; pixels outside the image are not set.
A boundary distance runs from the centre of a boundary pixel of one mask to the nearest centre of a
boundary pixel of the other: Euclidean, exact, times the spacing. There are two directions, from R's
boundary to P's and back, and so two lists of distances. Directed: of one list. Pooled: of both lists
together.

All values are computed in double precision from whole numbers: counts and, with equal spacing in both
directions, squared distances in pixels.

";

const KEYS: [&str; 3] = [
    "A key is a kind, its variants and its length, as in `dice`, `masd.i8`, `hausdorff_95.pooled.i4o`, \
     `nsd@2px`, `boundary_iou.i8@3mm`. One percentile and one boundary can be combined; `hausdorff_95.corners` \
     has its own percentile.",
    "In results a distance carries its unit: `masd_mm` with a known spacing of the benchmark, `masd_px` \
     without. The two never share a column.",
    "`nsd` and `boundary_iou` need a length. After `@2px` it is in pixels with any spacing, and distances are \
     measured in pixels; after `@3mm` it is in mm, and requires a known spacing.",
];

/// Syntax of keys, and the default measures.
fn keys() -> Vec<String> {
    let default: Vec<String> = Measure::DEFAULT.iter().map(ToString::to_string).collect();
    let asked = format!(
        "`--measures` of `scr evaluate` takes keys separated by commas. Default: {}.",
        default.join(", ")
    );
    KEYS.into_iter().map(str::to_owned).chain([asked]).collect()
}

const BOUNDARIES: &str = "## Boundaries

One mask, cut by the left and the upper border of the image, with its boundary by each rule (`#`; `o` is
the rest of the mask):

```text
mask        i4          i8          i4o         i8o
####....    ####....    ####....    ooo#....    ooo#....
######..    #ooo##..    #oo###..    oooo##..    ooo###..
######..    #oooo#..    #oooo#..    ooooo#..    ooooo#..
######..    #ooo##..    #oo###..    oooo##..    ooo###..
####....    ####....    ####....    ####....    ####....
........    ........    ........    ........    ........
```

- `i4`, the default: a 4-neighbour is not set; outside the image nothing is set.
- `i8`: one of 8 neighbours is not set. Inner corners of the outline gain a pixel.
- `i4o`, `i8o`: outside the image counts as set. A mask that fills the image has no boundary: against
  another such mask distances are 0 and shares 1, against any other distances are undefined and shares 0.
- `corners`: the corners between four pixels, in place of pixels; outside the image nothing is set. A corner
  is on the outline when some of its pixels are set and some are not. Its weight is the length of the line
  between them: half a diagonal around one or three set pixels, a side between two neighbours, two half
  diagonals for two opposite pixels. Means and shares are weighted by length. The percentile is the first
  distance at which the cumulative length, from the smallest distance up, reaches 95 % of the whole.

A distance is within a tolerance when it is at most as large, in double precision: with a spacing of
0.1 mm three pixels are 0.30000000000000004 mm and not within 0.3 mm. Lengths between two distances avoid
this problem.

";

const POLICIES: &str = "## Empty masks

One policy (`crates/scr-measures/src/empty.rs`):

| reference | prediction | shares: overlap, dice, sensitivity, precision, nsd, boundary_iou | distances | specificity |
|---|---|---|---|---|
| empty | empty | 1 | 0 | 1 |
| empty | not | 0 | undefined | as defined |
| not | empty | 0 | undefined | 1, or undefined where the reference fills the image |

Every summary counts and shows undefined values. None is dropped silently or counts as a perfect score:
rankings treat it as worst. Where a benchmark says `undefined = diagonal`, or with `scr evaluate --undefined
diagonal`, it counts as a distance as long as the image's diagonal in every summary, as many challenges do.

## Summaries

Over the images of a benchmark, in their order:

- mean; standard deviation with divisor n - 1;
- smallest and largest value, median and quartiles by linear interpolation between the two nearest
  (numpy's default, type 7 of Hyndman and Fan, The American Statistician 50, 1996);
- n, the number of values, and the number of undefined ones;
- the 95 % interval of the mean by bootstrap: 2000 resamples of whole images with replacement, so that the
  objects of an image stay together; the interval runs from the 2.5th to the 97.5th percentile of the means
  (Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13). Every result states seed and
  number of resamples.

";

const MATCHING: &str = "## Matching another tool

Compared on 100 pairs of lung masks of 1024 x 1024 pixels and on 128 pairs of difficult masks: moved, with
holes, cut by the border, ragged, thin; half of them with different spacings of columns and rows. None was
empty: there tools differ most, and the policy above is ours. A number is listed beside a key when the two
were equal on every mask, except as noted; the names are the tools' own. SimpleITK gives contours and
distance maps: the words after `LabelContour` name the statistic of the distances between two contours.
";

const TEST_VECTORS: &str = "## Test vectors

`crates/scr-measures/vectors.json` holds these and about thirty more pairs of small masks with the value of every
measure in every variant, and images for the measures of whole images. The values come from
`tests/peers/independent.py`, an implementation in Python that shares no code with this one and tries
every pair of pixels; the values by hand agree with it, and so do the measures of this project, to 1e-12.
Test your tool with it: `#` is set and `.` is not, `spacing_mm` is null, one number or `[x, y]`, null is
undefined.

`tests/peers/compare.py` runs the tools above and `scr` on the same masks.
";

/// Tables of peers: each number's name and key.
fn matching() -> String {
    let mut text = MATCHING.to_owned();
    for peer in &PEERS {
        let checked = as_sentence(peer.verification.words());
        let note = if peer.note.is_empty() { String::new() } else { format!(" {}", peer.note) };
        let _ = write!(text, "\n### {} {}\n\n{checked}{note}\n\n", peer.name, peer.version);
        text += "| its number | key |\n|---|---|\n";
        for (name, key) in peer.numbers {
            row(&mut text, &[&format!("`{name}`"), &format!("`{key}`")]);
        }
        for (name, what) in peer.without_key {
            row(&mut text, &[&format!("`{name}`"), &format!("none: {what}")]);
        }
    }
    text + "\n"
}

/// Capitalises words and adds a full stop.
fn as_sentence(words: &str) -> String {
    let (first, rest) = words.split_at(1);
    format!("{}{rest}.", first.to_uppercase())
}

/// Worked examples: the test vectors with values by hand.
fn examples() -> String {
    let file: Value = serde_json::from_str(scr_measures::VECTORS).expect("the vectors are JSON");
    let mut text = "## Worked examples\n\n".to_owned();
    let vectors = file["vectors"].as_array().map(Vec::as_slice).unwrap_or_default();
    let by_hand =
        |vector: &&Value| vector["by_hand"].as_object().is_some_and(|keys| keys.len() > 5);
    for vector in vectors.iter().filter(by_hand) {
        let word = |key: &str| vector[key].as_str().unwrap_or_default();
        let _ =
            write!(text, "### {}\n\n```text\n", as_sentence(word("name")).trim_end_matches('.'));
        let rows = |key: &str| vector[key].as_array().map(Vec::as_slice).unwrap_or_default();
        let width = "reference".len().max(rows("reference")[0].as_str().map_or(0, str::len));
        let _ = writeln!(text, "{:width$}  prediction", "reference");
        for (r, p) in rows("reference").iter().zip(rows("prediction")) {
            let [r, p] = [r, p].map(|row| row.as_str().unwrap_or_default());
            let _ = writeln!(text, "{r:width$}  {p}");
        }
        let _ =
            write!(text, "```\n\n{}\n\n| key | by hand | value |\n|---|---|---|\n", word("note"));
        for (key, formula) in vector["by_hand"].as_object().into_iter().flatten() {
            let formula = formula.as_str().unwrap_or_default().replace("math.", "");
            row(&mut text, &[&format!("`{key}`"), &formula, &vector["values"][key].to_string()]);
        }
        text += "\n";
    }
    text
}

/// Markdown section of one kind.
fn section(kind: Kind) -> String {
    let info = kind.info();
    let definition = as_sentence(info.definition);
    let mut text = format!("### `{}`: {}\n\n{definition}\n\n", info.key, info.name);
    let _ = writeln!(
        text,
        "- Range: {}, {} is better. Unit: {}.",
        info.range,
        better(info),
        unit(kind)
    );
    let _ = writeln!(text, "- Empty masks: {}.", info.empty);
    if !kind.variant_keys().is_empty() {
        let _ = writeln!(text, "- Variants: `{}`.", variants(kind).replace(' ', "`, `"));
    }
    let _ = writeln!(text, "- Source: {}.", info.source);
    let equals = equals(kind, |name| format!("`{name}`"));
    if !equals.is_empty() {
        let _ = writeln!(text, "- Equals: {equals}.");
    }
    text + "\n"
}

/// Peers' names of the default variant of a kind, formatted by `quoted`.
fn equals(kind: Kind, quoted: impl Fn(&str) -> String) -> String {
    let is_of_kind = |key: &str| {
        key.parse().is_ok_and(|measure: Measure| {
            (measure.kind(), measure.boundary(), measure.percentile())
                == (kind, BoundaryChoice::DEFAULT, Percentile::Directed)
        })
    };
    let of_peer = |peer: &Peer| {
        let numbers = peer.numbers.iter().filter(|(_, key)| is_of_kind(key));
        let names: Vec<String> = numbers.map(|(name, _)| quoted(name)).collect();
        let by_source =
            if peer.verification == Verification::Source { " (by its source)" } else { "" };
        (!names.is_empty()).then(|| format!("{} {}{by_source}", peer.name, names.join(", ")))
    };
    PEERS.iter().filter_map(of_peer).collect::<Vec<_>>().join("; ")
}

fn unit(kind: Kind) -> String {
    let mut unit = match kind.info().quantity {
        Quantity::Share => "none".to_owned(),
        Quantity::Distance => "mm, or px where the spacing is not known".to_owned(),
    };
    if kind.needs_length() {
        unit += &format!("; needs a length, as in {0}@2px or {0}@3mm", kind.info().key);
    }
    unit
}

fn variants(kind: Kind) -> String {
    kind.variant_keys().iter().map(|key| format!(".{key}")).collect::<Vec<_>>().join(" ")
}

fn better(info: &MeasureInfo) -> &'static str {
    match info.better {
        Some(Better::Higher) => "higher",
        Some(Better::Lower) => "lower",
        None => "neither",
    }
}

/// Description of a measure, a line a property.
fn block(info: &MeasureInfo, more: &[(&str, String)]) -> String {
    let mut text = format!("{}  {}\n", info.key, info.name);
    text += &line("is", info.definition);
    let better = if info.better.is_some() { better(info) } else { "neither end" };
    text += &line("range", &format!("{}, {better} is better", info.range));
    for (label, what) in more {
        text += &line(label, what);
    }
    text += &line("empty", info.empty);
    text + &line("source", info.source)
}

/// Labelled line; empty without a text.
fn line(label: &str, what: &str) -> String {
    if what.is_empty() { String::new() } else { wrapped(&format!("  {label:<9} "), 12, what) }
}

/// Wraps words after `start` to the width of a terminal, with further lines indented.
fn wrapped(start: &str, indent: usize, words: &str) -> String {
    let lines = layout::wrapped(words, WIDTH - indent);
    format!("{start:indent$}{}\n", lines.replace('\n', &format!("\n{:indent$}", "")))
}

fn row(text: &mut String, cells: &[&str]) {
    let _ = writeln!(text, "| {} |", cells.join(" | "));
}

#[cfg(test)]
mod tests {
    use super::*;
    use scr_image::Mask;
    use scr_measures::boundary::boundary;

    /// Mask cut by the image's border, with its boundary by each rule: `#` on the boundary, `o`
    /// the rest of the mask.
    const DRAWN: [(&str, &str); 5] = [
        ("mask", "####.... ######.. ######.. ######.. ####.... ........"),
        ("i4", "####.... #ooo##.. #oooo#.. #ooo##.. ####.... ........"),
        ("i8", "####.... #oo###.. #oooo#.. #oo###.. ####.... ........"),
        ("i4o", "ooo#.... oooo##.. ooooo#.. oooo##.. ####.... ........"),
        ("i8o", "ooo#.... ooo###.. ooooo#.. ooo###.. ####.... ........"),
    ];

    #[test]
    fn lines_fit_into_a_terminal() {
        for line in text().lines() {
            assert!(line.chars().count() <= WIDTH, "{line}");
        }
    }

    #[test]
    fn the_drawn_boundaries_are_those_that_are_measured() {
        let mask = Mask::from_text(DRAWN[0].1);
        for (key, drawn) in &DRAWN[1..] {
            let choice = BoundaryChoice::ALL.into_iter().find(|choice| choice.key() == *key);
            let Some(BoundaryChoice::Pixels(rule)) = choice else { panic!("{key} is no rule") };
            assert_eq!(boundary(&mask, rule), Mask::from_text(drawn), "{key}");
        }
        for row in 0..6 {
            let rows = DRAWN.map(|(_, drawn)| drawn.split_whitespace().nth(row).unwrap());
            assert!(BOUNDARIES.contains(&rows.join("    ")), "{rows:?}");
        }
    }

    #[test]
    fn every_measure_and_every_tool_is_in_every_form() {
        for written in [text(), markdown(), to_json()] {
            let kinds = Kind::ALL.map(|kind| kind.info().key);
            let images = IMAGE_MEASURES.each_ref().map(|info| info.key);
            let variants = VARIANTS.map(|variant| variant.definition);
            let tools = PEERS.each_ref().map(|peer| peer.name);
            for word in kinds.iter().chain(&images).chain(&variants).chain(&tools) {
                let words = written.split_whitespace().collect::<Vec<_>>().join(" ");
                assert!(words.contains(word), "{word} is missing");
            }
        }
    }
}
