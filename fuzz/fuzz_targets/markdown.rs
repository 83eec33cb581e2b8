//! Cards' Markdown: nothing but plain tags and links of the list comes through.

#![no_main]

use libfuzzer_sys::fuzz_target;

const TAGS: [&str; 22] = [
    "p",
    "br",
    "hr",
    "em",
    "strong",
    "code",
    "pre",
    "blockquote",
    "ul",
    "ol",
    "li",
    "a",
    "h3",
    "h4",
    "h5",
    "h6",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
];

fuzz_target!(|text: &str| {
    let html = scr_web::fuzz::markdown(text);
    for tag in html.split('<').skip(1) {
        let tag = tag.split('>').next().unwrap_or_default();
        let name = tag.trim_start_matches('/').split(' ').next().unwrap_or_default();
        assert!(TAGS.contains(&name), "{tag} in {html}");
        let is_link = ["http:", "https:", "mailto:"]
            .iter()
            .any(|scheme| tag.to_lowercase().starts_with(&format!("a href=\"{scheme}")));
        let is_plain = tag.trim_start_matches('/') == name;
        assert!(is_plain || is_link || tag == "a rel=\"nofollow noopener\"", "{tag} in {html}");
    }
});
