//! Markdown of the documentation as HTML.
//!
//! Pages are trusted, unlike cards, since they are the project's own text. HTML in them, such as
//! comments, is still left out. Links between pages become addresses of the site; a link to a
//! source file, which no site has, becomes its text.

use pulldown_cmark::{Alignment, CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};
use scr_docs::{PAGES, Page};
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use super::places::{address, place};

/// Every page, drawn once, by its address.
pub(super) static RENDERED: LazyLock<HashMap<String, RenderedPage>> =
    LazyLock::new(|| PAGES.iter().map(|page| (address(page), render(page))).collect());

/// A page as HTML.
pub(super) struct RenderedPage {
    pub(super) title: &'static str,
    pub(super) html: String,
    /// The sections, for a list of contents.
    pub(super) contents: Vec<Heading>,
}

/// A section of a page.
pub(super) struct Heading {
    /// Anchor on the page.
    pub(super) id: String,
    /// Text without markup.
    pub(super) text: String,
}

/// Draws a page.
fn render(page: &Page) -> RenderedPage {
    let (html, contents) = to_html(page.text, &|target| place(page, target));
    RenderedPage { title: page.title(), html, contents }
}

/// HTML of a text, and its sections; `place` maps the target of a link to an address.
pub(super) fn to_html(
    text: &str,
    place: &dyn Fn(&str) -> Option<String>,
) -> (String, Vec<Heading>) {
    let mut events = Vec::new();
    let mut contents = Vec::new();
    let mut ids = HashSet::new();
    // Position of the open heading, and its text so far.
    let mut heading: Option<(usize, String)> = None;
    // Open links, with true for those that are kept.
    let mut links = Vec::new();
    for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
        if let (Event::Text(part) | Event::Code(part), Some((_, text))) = (&event, &mut heading) {
            text.push_str(part);
        }
        match event {
            Event::Html(_) | Event::InlineHtml(_) => {}
            Event::Start(Tag::HtmlBlock) | Event::End(TagEnd::HtmlBlock) => {}
            Event::Start(Tag::Heading { .. }) => {
                heading = Some((events.len(), String::new()));
                events.push(event);
            }
            Event::End(TagEnd::Heading(level)) => {
                let (start, text) = heading.take().unwrap_or_default();
                let id = unused(&slug(&text), &mut ids);
                if level != HeadingLevel::H1 {
                    events.push(own(format!(
                        " <a class=\"anchor\" href=\"#{id}\" aria-label=\"Link to this section\">#</a>"
                    )));
                }
                events[start] = Event::Start(Tag::Heading {
                    level,
                    id: Some(id.clone().into()),
                    classes: Vec::new(),
                    attrs: Vec::new(),
                });
                events.push(event);
                if level == HeadingLevel::H2 {
                    contents.push(Heading { id, text });
                }
            }
            Event::Start(Tag::Table(alignments)) => {
                events.push(own(
                    "<div class=\"table-box\" tabindex=\"0\" role=\"group\" aria-label=\"Table\">",
                ));
                // Alignment would be a style in an attribute, which the policy forbids.
                let plain = vec![Alignment::None; alignments.len()];
                events.push(Event::Start(Tag::Table(plain)));
            }
            Event::End(TagEnd::Table) => {
                events.push(event);
                events.push(own("</div>\n"));
            }
            Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
                let target = place(&dest_url);
                links.push(target.is_some());
                if let Some(target) = target {
                    let dest_url = target.into();
                    events.push(Event::Start(Tag::Link { link_type, dest_url, title, id }));
                }
            }
            Event::End(TagEnd::Link) => {
                if links.pop() == Some(true) {
                    events.push(event);
                }
            }
            Event::Start(Tag::Image { link_type, dest_url, title, id }) => {
                let dest_url = place(&dest_url).map_or(dest_url, CowStr::from);
                events.push(Event::Start(Tag::Image { link_type, dest_url, title, id }));
            }
            other => events.push(other),
        }
    }
    let mut written = String::new();
    html::push_html(&mut written, events.into_iter());
    (written, contents)
}

/// HTML of this module's own.
fn own<'a>(html: impl Into<CowStr<'a>>) -> Event<'a> {
    Event::InlineHtml(html.into())
}

/// Anchor of a heading, by the usual rule of sites that show Markdown.
fn slug(text: &str) -> String {
    let kept = |c: char| match c {
        ' ' => Some('-'),
        c if c.is_alphanumeric() || c == '-' || c == '_' => Some(c),
        _ => None,
    };
    text.trim().to_lowercase().chars().filter_map(kept).collect()
}

/// Anchor, with a number if the page already has it.
fn unused(id: &str, ids: &mut HashSet<String>) -> String {
    let mut free = id.to_owned();
    let mut number = 0;
    while !ids.insert(free.clone()) {
        number += 1;
        free = format!("{id}-{number}");
    }
    free
}
