//! Links in plain text: addresses, DOIs and arXiv identifiers.
//!
//! Only `http`, `https`, DOIs and arXiv identifiers become links; everything
//! else, a `javascript:` address for one, stays text.

/// Piece of text, with or without a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Piece {
    /// Text of the piece.
    pub(crate) text: String,
    /// Link target; `None` for plain text.
    pub(crate) href: Option<String>,
}

/// The pieces of a text, in order; joined they are the text again.
pub(crate) fn linked(text: &str) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut push = |text: &str, href: Option<String>| {
        if text.is_empty() {
            return;
        }
        match pieces.last_mut() {
            Some(last) if last.href.is_none() && href.is_none() => last.text.push_str(text),
            _ => pieces.push(Piece { text: text.to_owned(), href }),
        }
    };
    for word in text.split_inclusive(char::is_whitespace) {
        let start = word.len() - word.trim_start_matches(['(', '<', '"', '\'']).len();
        let core = word[start..].trim_end_matches(|c: char| {
            c.is_whitespace() || matches!(c, '.' | ',' | ';' | ')' | '>' | '"' | '\'')
        });
        match address_of(core) {
            Some(href) => {
                push(&word[..start], None);
                push(core, Some(href));
                push(&word[start + core.len()..], None);
            }
            None => push(word, None),
        }
    }
    pieces
}

fn address_of(word: &str) -> Option<String> {
    if word.starts_with("https://") || word.starts_with("http://") {
        return Some(word.to_owned());
    }
    if let Some(doi) = word.strip_prefix("doi:").filter(|doi| doi.starts_with("10.")) {
        return Some(format!("https://doi.org/{doi}"));
    }
    let number = word.strip_prefix("arXiv:")?;
    number
        .starts_with(|c: char| c.is_ascii_digit())
        .then(|| format!("https://arxiv.org/abs/{number}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn links(text: &str) -> Vec<String> {
        linked(text).into_iter().filter_map(|piece| piece.href).collect()
    }

    #[test]
    fn dois_arxiv_numbers_and_addresses_are_linked() {
        assert_eq!(
            links(
                "see doi:10.1016/j.media.2005.02.002, (arXiv:1810.02113) and https://example.org/a."
            ),
            [
                "https://doi.org/10.1016/j.media.2005.02.002",
                "https://arxiv.org/abs/1810.02113",
                "https://example.org/a"
            ]
        );
    }

    #[test]
    fn nothing_else_becomes_a_link() {
        assert!(links("javascript:alert(1) data:text/html,x doi:javascript:1 //evil").is_empty());
    }

    #[test]
    fn the_pieces_joined_are_the_text() {
        let text = "  a (https://x.org/b), doi:10.1/2 as re-reported  by C. ";
        let joined: String = linked(text).iter().map(|piece| piece.text.as_str()).collect();
        assert_eq!(joined, text);
    }
}
