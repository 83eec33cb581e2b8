//! Answers in XML: a page of a list of objects, and the code of a refusal.

use quick_xml::Reader;
use quick_xml::events::Event;

/// A page of a list of objects.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Page {
    /// Keys and sizes in bytes.
    pub(crate) objects: Vec<(String, u64)>,
    /// Place of the next page; none after the last one.
    pub(crate) next: Option<String>,
}

/// Reads an answer of `ListObjectsV2`; the reason when it is none.
pub(crate) fn read_page(xml: &str) -> Result<Page, String> {
    let (mut page, mut key, mut is_more) = (Page::default(), String::new(), false);
    let mut is_listing = false;
    texts(xml, |path, text| {
        is_listing |= path.first().is_some_and(|name| name == "ListBucketResult");
        match path {
            [_, contents, name] if contents == "Contents" && name == "Key" => {
                text.clone_into(&mut key);
            }
            [_, contents, name] if contents == "Contents" && name == "Size" => {
                let bytes = text.parse().map_err(|_| format!("a size {text:?}"))?;
                page.objects.push((std::mem::take(&mut key), bytes));
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
                   <Contents><Key>a/1&amp;2.png</Key><Size>12</Size></Contents>\
                   <Contents><Key>a/3.png</Key><ETag>\"x\"</ETag><Size>0</Size></Contents>\
                   <NextContinuationToken>t=</NextContinuationToken></ListBucketResult>";
        let page = read_page(xml).unwrap();
        assert_eq!(page.objects, [("a/1&2.png".to_owned(), 12), ("a/3.png".to_owned(), 0)]);
        assert_eq!(page.next.as_deref(), Some("t="));
        let last = read_page(&xml.replace("true", "false")).unwrap();
        assert_eq!(last.next, None);
    }

    #[test]
    fn other_answers_are_refused() {
        for other in ["", "<html></html>", "<ListBucketResult><Contents>", "no xml"] {
            read_page(other).unwrap_err();
        }
        let truncated = "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>";
        read_page(truncated).unwrap_err();
        let refusal = "<Error><Code>AccessDenied</Code><Message>m</Message></Error>";
        assert_eq!(error_code(refusal).as_deref(), Some("AccessDenied"));
        assert_eq!(error_code("<html>"), None);
    }
}
