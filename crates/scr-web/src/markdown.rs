//! Untrusted Markdown, such as cards, as sanitised HTML.
//!
//! HTML in a card is shown as text, an image becomes a link, so that no other site is
//! contacted, and the output passes an allowlist. Links are not followed.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

/// Deepest nesting; a deeper text is shown as plain text.
const MAX_DEPTH: usize = 24;
/// Levels by which headings of cards move down, below those of the page.
const CARD_HEADINGS_BELOW: usize = 2;
/// Levels by which headings of the site's own texts move down, below the page's title.
const SITE_HEADINGS_BELOW: usize = 1;

static ALLOWED: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let tags = [
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
        "h2",
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
    let mut builder = Builder::empty();
    builder
        .tags(HashSet::from(tags))
        .generic_attributes(HashSet::new())
        .tag_attributes(HashMap::from([("a", HashSet::from(["href"]))]))
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .url_relative(UrlRelative::Deny)
        .link_rel(Some("nofollow noopener"));
    builder
});

/// HTML of a card's text.
pub(crate) fn to_html(text: &str) -> String {
    rendered(text, CARD_HEADINGS_BELOW)
}

/// HTML of a text of the site, such as its privacy notice.
pub(crate) fn site_text_to_html(text: &str) -> String {
    rendered(text, SITE_HEADINGS_BELOW)
}

fn rendered(text: &str, headings_below: usize) -> String {
    let events = || Parser::new_ext(text, Options::ENABLE_TABLES);
    let mut written = String::new();
    if depth(events()) > MAX_DEPTH {
        let whole =
            [Event::Start(Tag::Paragraph), Event::Text(text.into()), Event::End(TagEnd::Paragraph)];
        html::push_html(&mut written, whole.into_iter());
    } else {
        html::push_html(&mut written, events().map(|event| shown(event, headings_below)));
    }
    ALLOWED.clean(&written).to_string()
}

fn depth<'a>(events: impl Iterator<Item = Event<'a>>) -> usize {
    let mut depth = 0_usize;
    let mut deepest = 0;
    for event in events {
        match event {
            Event::Start(_) => depth += 1,
            Event::End(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

fn shown(event: Event<'_>, headings_below: usize) -> Event<'_> {
    match event {
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
        Event::Start(Tag::HtmlBlock) => Event::Start(Tag::Paragraph),
        Event::End(TagEnd::HtmlBlock) => Event::End(TagEnd::Paragraph),
        Event::Start(Tag::Image { link_type, dest_url, title, id }) => {
            Event::Start(Tag::Link { link_type, dest_url, title, id })
        }
        Event::End(TagEnd::Image) => Event::End(TagEnd::Link),
        Event::Start(Tag::Heading { level, .. }) => Event::Start(Tag::Heading {
            level: below(level, headings_below),
            id: None,
            classes: Vec::new(),
            attrs: Vec::new(),
        }),
        Event::End(TagEnd::Heading(level)) => {
            Event::End(TagEnd::Heading(below(level, headings_below)))
        }
        other => other,
    }
}

fn below(level: HeadingLevel, levels: usize) -> HeadingLevel {
    HeadingLevel::try_from(level as usize + levels).unwrap_or(HeadingLevel::H6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_lists_tables_and_links_are_drawn() {
        let html = to_html(
            "# Method\n\nA *mean* shape, **twice**: [paper](https://doi.org/10.1/2).\n\n\
             - one\n- two\n\n|a|b|\n|-|-|\n|1|2|\n",
        );
        for part in [
            "<h3>Method</h3>",
            "<em>mean</em>",
            "<strong>twice</strong>",
            "<a href=\"https://doi.org/10.1/2\" rel=\"nofollow noopener\">paper</a>",
            "<li>one</li>",
            "<td>1</td>",
        ] {
            assert!(html.contains(part), "{part} is not in {html}");
        }
    }

    #[test]
    fn nothing_that_runs_or_is_fetched_comes_through() {
        for hostile in [
            "<script>alert(1)</script>",
            "x <img src=x onerror=alert(1)> y",
            "[a](javascript:alert(1)) [b](JaVaScRiPt:alert(1)) [c](data:text/html,x) [d](vbscript:x)",
            "[a](  java\nscript:alert(1)) <javascript:alert(1)> [e](/account/delete) [f](//evil.org)",
            "![picture](https://evil.org/track.png \"onload=alert(1)\")",
            "<a href=\"https://x.org\" onclick=alert(1)>x</a> <iframe src=//evil.org></iframe>",
            "<div style=\"position:fixed\">\n\n<form action=//evil.org><input name=password>\n\n</div>",
            "[x](https://x.org/\"onmouseover=alert(1)) `<b>`\n\n```<script>\nalert(1)\n```",
            "<svg><style><img src=x onerror=alert(1)></style></svg>",
            "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
            "[r]\n\n[r]: javascript:alert(1)\n\n&#60;script&#62;alert(1)&#60;/script&#62;",
        ] {
            let html = to_html(hostile);
            // Only tags of the allowlist remain, and only links have attributes.
            for tag in html.split('<').skip(1) {
                let tag = tag.split('>').next().unwrap();
                let is_plain =
                    tag.trim_start_matches('/').bytes().all(|b| b.is_ascii_alphanumeric());
                let is_link = tag.starts_with("a href=\"https://")
                    && tag.ends_with("\" rel=\"nofollow noopener\"")
                    && tag.matches('"').count() == 4;
                assert!(
                    is_plain || is_link || tag == "a rel=\"nofollow noopener\"",
                    "{hostile} gave {html}"
                );
                assert!(
                    !["script", "img", "iframe", "style", "svg", "form"].contains(&tag),
                    "{html}"
                );
            }
        }
        assert!(to_html("<b>x</b>").contains("&lt;b&gt;x&lt;/b&gt;"), "HTML is shown as text");
        assert!(to_html("![alt](https://x.org/a.png)").contains(">alt</a>"));
    }

    #[test]
    fn nesting_without_end_is_shown_as_it_was_written() {
        for deep in [">", "- ", "*", "[", "![", "<div>", "`", "a\n1. ", "|-"] {
            let text = deep.repeat(20_000 / deep.len());
            let html = to_html(&text);
            assert!(html.matches('<').count() < 60_000 && html.starts_with('<'), "{deep}");
            assert!(html.matches("<blockquote>").count() <= MAX_DEPTH, "{deep}");
        }
    }
}
