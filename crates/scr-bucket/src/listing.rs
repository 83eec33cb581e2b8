//! Answers in XML: a page of a list of objects, and the code of a refusal.

use jiff::Timestamp;
use quick_xml::Reader;
use quick_xml::events::Event;

/// A page of a list of objects.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Page {
    pub(crate) objects: Vec<PageObject>,
    /// Place of the next page; none after the last one.
    pub(crate) next: Option<String>,
}

/// An object in a list.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct PageObject {
    pub(crate) key: String,
    pub(crate) bytes: u64,
    /// Time of its last change, by the bucket's clock.
    pub(crate) changed_at: Timestamp,
    /// Entity tag without quotes; empty where the answer has none.
    pub(crate) etag: String,
}

/// Reads an answer of `ListObjectsV2`; the reason when it is none.
pub(crate) fn read_page(xml: &str) -> Result<Page, String> {
    let (mut page, mut is_more, mut is_listing) = (Page::default(), false, false);
    let (mut key, mut bytes, mut changed_at) = (String::new(), None, None);
    let mut etag = String::new();
    texts(xml, |path, text| {
        is_listing |= path.first().is_some_and(|name| name == "ListBucketResult");
        match path {
            [_, contents, name] if contents == "Contents" && name == "Key" => {
                text.clone_into(&mut key);
            }
            [_, contents, name] if contents == "Contents" && name == "Size" => {
                bytes = Some(text.parse().map_err(|_| format!("a size {text:?}"))?);
            }
            [_, contents, name] if contents == "Contents" && name == "ETag" => {
                unquoted(text).clone_into(&mut etag);
            }
            [_, contents, name] if contents == "Contents" && name == "LastModified" => {
                changed_at = Some(text.parse().map_err(|_| format!("a time {text:?}"))?);
            }
            [_, contents] if contents == "Contents" => {
                let (Some(bytes), Some(changed_at)) = (bytes.take(), changed_at.take()) else {
                    return Err(format!("an object {key:?} without size or time of change"));
                };
                let (key, etag) = (std::mem::take(&mut key), std::mem::take(&mut etag));
                page.objects.push(PageObject { key, bytes, changed_at, etag });
            }
            [_, name] if name == "IsTruncated" => is_more = text == "true",
            [_, name] if name == "NextContinuationToken" => page.next = Some(text.to_owned()),
            _ => {}
        }
        Ok(())
    })?;
    if !is_listing {
        return Err("expected a list of objects".to_owned());
    }
    if !is_more {
        page.next = None;
    } else if page.next.is_none() {
        return Err("a list that goes on, without a place to go on from".to_owned());
    }
    Ok(page)
}

/// Entity tag without its quotes.
pub(crate) fn unquoted(etag: &str) -> &str {
    etag.trim().trim_matches('"')
}

/// Error code in the answer of a refusal; none where it has none.
pub(crate) fn error_code(xml: &str) -> Option<String> {
    let mut code = None;
    let read = texts(xml, |path, text| {
        if let [_, name] = path
            && name == "Code"
        {
            code = Some(text.to_owned());
        }
        Ok(())
    });
    read.ok().and(code)
}

/// Calls `on_text` with the names of the elements around each text, from outside inwards.
fn texts(
    xml: &str,
    mut on_text: impl FnMut(&[String], &str) -> Result<(), String>,
) -> Result<(), String> {
    let mut reader = Reader::from_str(xml);
    let mut path: Vec<String> = Vec::new();
    let mut text = String::new();
    loop {
        match reader.read_event().map_err(|error| error.to_string())? {
            Event::Start(start) => {
                let name = start.local_name();
                let name: &str = name.as_ref();
                path.push(name.to_owned());
                text.clear();
            }
            Event::Text(found) => text += &found,
            Event::GeneralRef(found) => text += resolved(&found),
            Event::End(_) => {
                on_text(&path, &text)?;
                path.pop();
                text.clear();
            }
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

/// Character of one of the five entities of XML.
fn resolved(entity: &str) -> &'static str {
    match entity {
        "amp" => "&",
        "lt" => "<",
        "gt" => ">",
        "quot" => "\"",
        "apos" => "'",
        _ => "\u{fffd}",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_objects_and_the_place_of_the_next_one() {
        let xml = "<?xml version=\"1.0\"?><ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/\">\
                   <Name>b</Name><IsTruncated>true</IsTruncated>\
                   <Contents><Key>a/1&amp;2.png</Key><Size>12</Size>\
                   <LastModified>2026-11-29T10:00:00.000Z</LastModified></Contents>\
                   <Contents><Key>a/3.png</Key><LastModified>2026-11-29T10:00:01Z</LastModified>\
                   <ETag>&quot;x&quot;</ETag><Size>0</Size></Contents>\
                   <NextContinuationToken>t=</NextContinuationToken></ListBucketResult>";
        let page = read_page(xml).unwrap();
        let object = |key: &str, bytes, at: &str, etag: &str| {
            let changed_at = at.parse().unwrap();
            PageObject { key: key.to_owned(), bytes, changed_at, etag: etag.to_owned() }
        };
        let expected = [
            object("a/1&2.png", 12, "2026-11-29T10:00:00Z", ""),
            object("a/3.png", 0, "2026-11-29T10:00:01Z", "x"),
        ];
        assert_eq!(page.objects, expected);
        assert_eq!(page.next.as_deref(), Some("t="));
        let last = read_page(&xml.replace("true", "false")).unwrap();
        assert_eq!(last.next, None);
    }

    #[test]
    fn other_answers_are_refused() {
        let timeless =
            "<ListBucketResult><Contents><Key>a</Key><Size>1</Size></Contents></ListBucketResult>";
        for other in ["", "<html></html>", "<ListBucketResult><Contents>", "no xml", timeless] {
            read_page(other).unwrap_err();
        }
        let truncated = "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>";
        read_page(truncated).unwrap_err();
        let refusal = "<Error><Code>AccessDenied</Code><Message>m</Message></Error>";
        assert_eq!(error_code(refusal).as_deref(), Some("AccessDenied"));
        assert_eq!(error_code("<html>"), None);
    }
}
