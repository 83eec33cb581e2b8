//! Addresses of pages and files, percent-encoded.
//!
//! Knows no page and looks nothing up. Identifiers come from benchmarks and entries and may
//! hold any character.

use scr_documents::{BenchmarkDocument, EntryRole};
use scr_store::{Copies, EntryRow};
use std::fmt::Write as _;

use crate::outline_form::OutlineForm;

/// Page of a benchmark; `section` names a subpage or is empty.
pub(crate) fn benchmark(id: &str, section: &str) -> String {
    let separator = if section.is_empty() { "" } else { "/" };
    format!("/benchmarks/{}{separator}{section}", encoded(id))
}

/// Query options of the image browser that choose layers and grey window, on any image.
pub(crate) const DRAWN: [&str; 11] = [
    "entries",
    "observers",
    "structures",
    "window",
    "invert",
    "posterior",
    "compare",
    "object",
    "show",
    "consensus",
    "ctr",
];

/// Image browser on one image; `query` is a query string without `?`, or empty.
pub(crate) fn browse(benchmark: &str, image: &str, query: &str) -> String {
    let separator = if query.is_empty() { "" } else { "?" };
    format!("/benchmarks/{}/browse/{}{separator}{query}", encoded(benchmark), encoded(image))
}

/// Scores of one image, of all entries and of a submission if one is named.
pub(crate) fn scores(benchmark: &str, image: &str, submission: Option<&str>) -> String {
    let address = format!("{}/scores", browse(benchmark, image, ""));
    match submission {
        Some(id) => format!("{address}?{}", query([("submission", id)])),
        None => address,
    }
}

/// Comparison of entries by an object (`all` for whole images) and measure; by the first ones
/// where they are empty.
pub(crate) fn compare(benchmark: &str, entries: &[&str], object: &str, measure: &str) -> String {
    let entries = entries.join(",");
    let options = [("entries", entries.as_str()), ("object", object), ("measure", measure)];
    let given = options.into_iter().filter(|(_, value)| !value.is_empty());
    format!("{}?{}", self::benchmark(benchmark, "compare"), query(given))
}

/// The page of an entry.
pub(crate) fn entry(id: &str) -> String {
    format!("/entries/{}", encoded(id))
}

/// Past results of an entry, as JSON.
pub(crate) fn past_results(id: &str) -> String {
    format!("/api/v1/entries/{}/past-results", encoded(id))
}

/// Radiograph or its display copy, as PNG.
pub(crate) fn image(benchmark: &BenchmarkDocument, image: &str, copies: Copies) -> String {
    match copies {
        Copies::Exact => file(benchmark, &["images", image], "png"),
        Copies::Display => file(benchmark, &["display", "images", image], "png"),
    }
}

/// Thumbnail of a radiograph.
pub(crate) fn thumbnail(benchmark: &BenchmarkDocument, image: &str) -> String {
    file(benchmark, &["thumbnails", image], "png")
}

/// Mean of the radiographs of a benchmark, as PNG.
pub(crate) fn mean_image(benchmark: &BenchmarkDocument) -> String {
    file(benchmark, &["mean-image"], "png")
}

/// An observer's outlines over a thumbnail, as SVG.
pub(crate) fn thumbnail_outlines(
    benchmark: &BenchmarkDocument,
    observer: &str,
    image: &str,
) -> String {
    file(benchmark, &["thumbnails", observer, image], "svg")
}

/// An entry's outlines over a thumbnail, as SVG.
pub(crate) fn entry_thumbnail_outlines(entry: &str, image: &str) -> String {
    format!("/api/v1/entries/{}/thumbnails/{}.svg", encoded(entry), encoded(image))
}

/// Cases of a benchmark, as JSON.
pub(crate) fn cases(benchmark: &str) -> String {
    format!("/api/v1/benchmarks/{}/cases.json", encoded(benchmark))
}

/// Scores of an entry in every image, as JSON. An at sign of a measure stays: files of an
/// exported site have these names.
pub(crate) fn scores_of_images(entry: &str, object: &str, measure: &str) -> String {
    let measure = encoded(measure).replace("%40", "@");
    format!("/api/v1/entries/{}/scores/{}/{measure}.json", encoded(entry), encoded(object))
}

/// Observer's outlines in one image or their display copy, as JSON.
pub(crate) fn outlines(
    benchmark: &BenchmarkDocument,
    observer: &str,
    image: &str,
    copies: Copies,
    form: OutlineForm,
) -> String {
    let segments: &[&str] = match copies {
        Copies::Exact => &["outlines", observer, image],
        Copies::Display => &["display", "outlines", observer, image],
    };
    file(benchmark, segments, form.extension())
}

/// An observer's mask of one structure in one image, as PNG.
pub(crate) fn mask(
    benchmark: &BenchmarkDocument,
    observer: &str,
    structure: &str,
    image: &str,
) -> String {
    file(benchmark, &["masks", observer, structure, image], "png")
}

/// File of a benchmark. The address names the benchmark's version, so that a browser can
/// cache the file and never shows it for another benchmark of the same name.
fn file(benchmark: &BenchmarkDocument, segments: &[&str], extension: &str) -> String {
    let mut address = format!("/api/v1/benchmarks/{}", encoded(&benchmark.id));
    for segment in segments {
        address.push('/');
        address.push_str(&encoded(segment));
    }
    format!("{address}.{extension}?v={}", version(benchmark))
}

/// Version of a benchmark: the first twelve digits of its digest.
pub(crate) fn version(benchmark: &BenchmarkDocument) -> String {
    let (_, digits) = benchmark.digest.split_once(':').unwrap_or(("", &benchmark.digest));
    digits.chars().filter(char::is_ascii_hexdigit).take(12).collect()
}

/// An entry's outlines in one image, or the display copy of an observer's, in packed form.
pub(crate) fn entry_outlines(entry: &EntryRow, image: &str, copies: Copies) -> String {
    let display = match copies {
        Copies::Display if entry.role == EntryRole::Observer => "display/",
        _ => "",
    };
    let extension = OutlineForm::Packed.extension();
    let image = encoded(image);
    format!("/api/v1/entries/{}/{display}outlines/{image}.{extension}", encoded(&entry.id))
}

/// A file of an entry's model.
pub(crate) fn model(entry: &str, file: &str) -> String {
    format!("/api/v1/entries/{}/model/{}", encoded(entry), encoded(file))
}

/// An entry's posterior of one structure in one image, as PNG.
pub(crate) fn entry_posterior(entry: &str, structure: &str, image: &str) -> String {
    let entry = encoded(entry);
    let structure = encoded(structure);
    let image = encoded(image);
    format!("/api/v1/entries/{entry}/posteriors/{structure}/{image}.png")
}

/// The page of a submission.
pub(crate) fn submission(id: &str) -> String {
    format!("/submissions/{}", encoded(id))
}

/// The page on which a curator decides on a submission.
pub(crate) fn review(id: &str) -> String {
    format!("/review/{}", encoded(id))
}

/// A submission's outlines in one image, in packed form.
pub(crate) fn submission_outlines(id: &str, image: &str) -> String {
    let extension = OutlineForm::Packed.extension();
    format!("/api/v1/submissions/{}/outlines/{}.{extension}", encoded(id), encoded(image))
}

/// Sign-in page, which leads on to `next`, an address of this site.
pub(crate) fn sign_in(next: &str) -> String {
    format!("/account/sign-in?{}", query([("next", next)]))
}

/// Sign-up page, which leads on to `next` once the address is confirmed.
pub(crate) fn sign_up(next: &str) -> String {
    format!("/account/sign-up?{}", query([("next", next)]))
}

/// Sign-in at an identity provider.
pub(crate) fn with(provider: &str, options: &[(&str, &str)]) -> String {
    let separator = if options.is_empty() { "" } else { "?" };
    format!("/account/with/{}{separator}{}", encoded(provider), query(options.iter().copied()))
}

/// `next` if it is an address of this site, else the account page. Prevents open redirects:
/// browsers read `\` as `/` and skip control characters, so neither is allowed.
pub(crate) fn own(next: &str) -> &str {
    let is_own = next.starts_with('/')
        && !next.starts_with("//")
        && next.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if is_own { next } else { "/account" }
}

/// A query string from names and values, without `?`.
pub(crate) fn query<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut text = String::new();
    for (name, value) in pairs {
        if !text.is_empty() {
            text.push('&');
        }
        text.push_str(&encoded(name));
        text.push('=');
        text.push_str(&encoded(value));
    }
    text
}

/// Percent-encodes all but letters, digits and `-._~,`. A comma means nothing
/// in a path or query and keeps lists of entries readable.
pub(crate) fn encoded(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~,".contains(&byte) {
            result.push(char::from(byte));
        } else {
            write!(result, "%{byte:02X}").expect("writing to a String does not fail");
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_end_a_segment_or_an_attribute_is_encoded() {
        assert_eq!(entry("a/../b?\"<ü"), "/entries/a%2F..%2Fb%3F%22%3C%C3%BC");
        assert_eq!(benchmark("scr", ""), "/benchmarks/scr");
        assert_eq!(benchmark("scr", "data"), "/benchmarks/scr/data");
    }

    #[test]
    fn nobody_is_sent_to_another_site() {
        for good in ["/", "/account", "/benchmarks/a/results?sort=b&x=//y", "/a%20b"] {
            assert_eq!(own(good), good);
        }
        for bad in [
            "",
            "//evil.org",
            "/\\evil.org",
            "\\\\evil.org",
            "https://evil.org",
            "javascript:x",
            "/\t/evil.org",
            "\n//evil.org",
            "/a\r\nSet-Cookie: x",
            "evil.org",
            "/ü",
            " /a",
        ] {
            assert_eq!(own(bad), "/account", "{bad:?}");
        }
    }

    #[test]
    fn a_query_keeps_commas_and_encodes_what_separates() {
        assert_eq!(
            query([("entries", "a,b"), ("sort", "nsd@2px&x")]),
            "entries=a,b&sort=nsd%402px%26x"
        );
    }
}
