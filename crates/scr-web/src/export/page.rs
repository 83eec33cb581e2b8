//! Conversion of a page of the site into a page of a copy.
//!
//! Finds the attributes with addresses; the caller maps the addresses.

use lol_html::html_content::{ContentType, Element};
use lol_html::{RewriteStrSettings, element, rewrite_str};
use std::collections::BTreeMap;

use crate::security::CONTENT_SECURITY_POLICY;

/// Attributes that hold one address.
const ADDRESSES: [&str; 5] =
    ["href", "src", "data-image-href", "data-outlines-href", "data-cases-href"];
/// The attribute that holds several: names and addresses, as JSON.
const SEVERAL: &str = "data-posteriors";

/// Page without the parts that need a live site, with a note on the copy. A file server
/// sends no policy, so the page includes the site's.
pub(super) fn without_live_parts(html: &[u8], date: &str) -> Result<String, String> {
    // Only a header can set frame-ancestors.
    let policy = CONTENT_SECURITY_POLICY.split("; frame-ancestors").next().unwrap_or_default();
    let policy = format!(r#"<meta http-equiv="Content-Security-Policy" content="{policy}">"#);
    let note = format!(
        "<p class=\"copy-note\">This is a read-only copy of {date}. Tables stand in one order, \
         and choosing what is drawn over a radiograph needs script.</p>"
    );
    let settings = RewriteStrSettings::new()
        .append_element_content_handler(element!("[data-live], form[method=post]", |part| {
            part.remove();
            Ok(())
        }))
        .append_element_content_handler(element!("meta[charset]", |meta| {
            meta.after(&policy, ContentType::Html);
            Ok(())
        }))
        .append_element_content_handler(element!("footer", |footer| {
            footer.append(&note, ContentType::Html);
            Ok(())
        }));
    rewrite_str(text(html)?, settings).map_err(|error| error.to_string())
}

/// Every address on a page.
pub(super) fn links(html: &str) -> Result<Vec<String>, String> {
    let mut links = Vec::new();
    relinked(html.as_bytes(), |link| {
        links.push(link.to_owned());
        Some(link.to_owned())
    })?;
    Ok(links)
}

/// The page with every address put through `relink`; where that gives none, a link
/// becomes its words, and anything else goes without an address.
pub(super) fn relinked(
    html: &[u8],
    mut relink: impl FnMut(&str) -> Option<String>,
) -> Result<String, String> {
    let settings =
        RewriteStrSettings::new().append_element_content_handler(element!("*", |part| {
            for name in ADDRESSES {
                let Some(link) = value(part, name) else { continue };
                match relink(&link) {
                    Some(link) => part.set_attribute(name, &escaped(&link))?,
                    None if part.tag_name() == "a" => part.remove_and_keep_content(),
                    None => part.remove_attribute(name),
                }
            }
            if let Some(list) = value(part, SEVERAL) {
                let addresses: BTreeMap<String, String> = serde_json::from_str(&list)?;
                let relinked =
                    addresses.into_iter().filter_map(|(key, link)| Some((key, relink(&link)?)));
                let list = serde_json::to_string(&relinked.collect::<BTreeMap<_, _>>())?;
                part.set_attribute(SEVERAL, &escaped(&list))?;
            }
            Ok(())
        }));
    rewrite_str(text(html)?, settings).map_err(|error| error.to_string())
}

fn text(html: &[u8]) -> Result<&str, String> {
    std::str::from_utf8(html).map_err(|error| error.to_string())
}

/// An attribute's value; the parser gives it as it is written.
fn value(part: &Element<'_, '_>, name: &str) -> Option<String> {
    let written = part.get_attribute(name)?;
    // Escapes of the site's own templates.
    let plain = ["&#38;", "&amp;"].iter().fold(
        ["&#34;", "&quot;"].iter().fold(written, |text, mark| text.replace(mark, "\"")),
        |text, mark| text.replace(mark, "&"),
    );
    Some(plain)
}

/// A value as the writer wants it, who sees to the quotes.
fn escaped(value: &str) -> String {
    value.replace('&', "&amp;")
}
