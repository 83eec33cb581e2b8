//! Names of people and entries: what may stand in them.
//!
//! A name reads the same to everybody: NFC (Unicode Annex 15), on one line, without control,
//! format, zero-width or bidirectional characters.

use scr_data::terminal::is_harmless;
use unicode_normalization::is_nfc;

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

/// Whether a text keeps to [`NAME_RULE`].
///
/// ```
/// assert!(scr_store::is_plain_name("U-Net für Röntgen (2026), 改"));
/// assert!(!scr_store::is_plain_name("N\u{200b}et"));
/// assert!(!scr_store::is_plain_name("Mu\u{308}ller"), "not composed");
/// ```
#[must_use]
pub fn is_plain_name(text: &str) -> bool {
    let is_visible = |sign: char| !INVISIBLE.iter().any(|range| range.contains(&sign));
    text.chars().all(|sign| is_harmless(sign) && is_visible(sign)) && is_nfc(text)
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
}
