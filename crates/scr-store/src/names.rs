//! Names of people and entries: allowed characters, and names that look alike.
//!
//! A name reads the same to everybody: NFC (Unicode Annex 15), on one line, without control,
//! format, zero-width or bidirectional characters. [`look_alike`] compares names that readers may
//! confuse; nothing here refuses them.

use scr_data::terminal::is_printable;
use unicode_normalization::is_nfc;
use unicode_security::skeleton;

/// Characters that show nothing and are no format characters: joiners, fillers of Hangul,
/// variation selectors (`Default_Ignorable_Code_Point` of Unicode).
const INVISIBLE: [std::ops::RangeInclusive<char>; 8] = [
    '\u{34f}'..='\u{34f}',
    '\u{115f}'..='\u{1160}',
    '\u{17b4}'..='\u{17b5}',
    '\u{180b}'..='\u{180f}',
    '\u{3164}'..='\u{3164}',
    '\u{fe00}'..='\u{fe0f}',
    '\u{ffa0}'..='\u{ffa0}',
    '\u{e0100}'..='\u{e01ef}',
];

/// The rule for names, in words.
pub const NAME_RULE: &str = "on one line, in NFC, without control, format, zero-width or \
                             bidirectional characters";

/// True if a text keeps to [`NAME_RULE`].
///
/// ```
/// assert!(scr_store::is_plain_name("U-Net für Röntgen (2026), 改"));
/// assert!(!scr_store::is_plain_name("N\u{200b}et"));
/// assert!(!scr_store::is_plain_name("Mu\u{308}ller"), "not composed");
/// ```
#[must_use]
pub fn is_plain_name(text: &str) -> bool {
    let is_visible = |sign: char| !INVISIBLE.iter().any(|range| range.contains(&sign));
    text.chars().all(|sign| is_printable(sign) && is_visible(sign)) && is_nfc(text)
}

/// Likeness of two names to the eye: equal skeletons (Unicode Technical Standard 39,
/// confusables), regardless of case, spaces and punctuation. A separator between digits
/// counts, so that versions differ: `1.1` is not `11`.
///
/// ```
/// use scr_store::look_alike;
/// assert!(look_alike("Net", "N\u{435}t"), "Cyrillic e");
/// assert!(look_alike("U-Net", "unet"));
/// assert!(!look_alike("Net 1.1", "Net 11"));
/// ```
#[must_use]
pub fn look_alike(one: &str, other: &str) -> bool {
    keys(one).iter().zip(keys(other)).any(|(one, other)| *one == other)
}

/// Skeletons of a name, one folded after and one before: some letters are confusable in
/// one case only.
fn keys(name: &str) -> [String; 2] {
    let name = joined(name);
    let bare = |key: String| {
        let bare: String =
            key.chars().filter(|sign| sign.is_alphanumeric() || *sign == ' ').collect();
        // A name without letters and digits is compared as it is.
        if bare.trim().is_empty() { key } else { bare }
    };
    let folded_after = skeleton(&name).collect::<String>().to_lowercase();
    let folded_before = skeleton(&name.to_lowercase()).collect();
    [bare(folded_after), bare(folded_before)]
}

/// A name without spaces and ASCII punctuation; a space stands for those between digits.
fn joined(name: &str) -> String {
    let is_separator = |sign: char| sign.is_whitespace() || sign.is_ascii_punctuation();
    let mut joined = String::new();
    let mut parts = name.split(is_separator).filter(|part| !part.is_empty());
    joined.push_str(parts.next().unwrap_or(name));
    for part in parts {
        if joined.ends_with(char::is_numeric) && part.starts_with(char::is_numeric) {
            joined.push(' ');
        }
        joined.push_str(part);
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_seen_or_turns_the_line_is_no_part_of_a_name() {
        for bad in [
            "a\u{0}",
            "a\n",
            "a\u{ad}b",
            "a\u{200d}b",
            "\u{202e}abc",
            "a\u{2066}b",
            "a\u{feff}",
            "a\u{fe0f}",
            "a\u{3164}b",
            "a\u{e0041}",
            "e\u{301}",
            "a\u{2028}b",
        ] {
            assert!(!is_plain_name(bad), "{bad:?}");
        }
        for good in ["", "Net", "Großmann é", "ตัวอย่าง", "नमूना", "名前"]
        {
            assert!(is_plain_name(good), "{good:?}");
        }
    }
    #[test]
    fn names_that_look_alike_are_told_in_any_script_case_and_spacing() {
        for (one, other) in [
            ("Net", "Net"),
            ("Net", "N\u{435}t"),
            ("NET", "\u{39d}\u{395}\u{3a4}"),
            ("paypal", "p\u{430}yp\u{430}l"),
            ("U-Net", "U Net"),
            ("U-Net", "unet"),
            ("U-Net", "U\u{2010}Net"),
            ("Net I", "Net l"),
            ("Net 1", "Net l"),
            ("Net O", "Net 0"),
            ("modern", "modem"),
            ("Net!", "Net\u{1c3}"),
            ("R\u{e9}seau", "Reseau"),
            ("Net  (2026)", "net-2026"),
        ] {
            assert!(look_alike(one, other) && look_alike(other, one), "{one:?} {other:?}");
        }
        for (one, other) in [
            ("Net", "Nets"),
            ("Net 1", "Net 2"),
            ("Net 1.1", "Net 11"),
            ("Net 1.1", "Net 1 2"),
            ("???", "!!!"),
            ("\u{65e5}\u{672c}", "\u{672c}\u{65e5}"),
        ] {
            assert!(!look_alike(one, other), "{one:?} {other:?}");
        }
    }
}
