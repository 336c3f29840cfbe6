//! Whether a name is content-addressed, so that it may be cached forever.
//!
//! The rule, on path and query; any one is enough:
//! 1. an exact version: three numbers joined by dots in any segment of the path, as in
//!    `/v1.2.3/`, `@1.2.3`, `jquery-3.7.1.min.js` (one or two numbers are ranges, which move);
//! 2. a query that versions: `v`, `ver`, `version`, `hash`, `rev`, `h` or `build` with a value,
//!    or a bare query that is a hash;
//! 3. a hash: a piece of a segment (split at `.`, `-`, `_`, `~`, `@`), or the last eight
//!    characters after a `-` or `.` (base64url has `-` and `_` in it), of one of these shapes:
//!    - hexadecimal, six digits or more, with letters and digits, but not a word with a number
//!      of up to two digits after it (`decade1`); of eight or more the letters alone are enough,
//!      as no word of a name is written with `a` to `f` alone (`facade` has six);
//!    - eight or more decimal digits that are no `YYYYMMDD`: a date does not change with the
//!      second build of a day, a time in seconds does;
//!    - eight or more letters and digits in both cases that do not read as `CamelCase` words;
//!    - eight or more in one case with digits in two or more places;
//!    - exactly eight of base32 (`A-Z2-7`) in a name that is otherwise lower case (esbuild).
//!
//! A name is doubtful if it has none of these, and its last eight characters after a `-` or `.` are
//! letters in both cases with a capital after the first: `DiwrgTda` is a digest of Vite, while
//! `MyWidget` and `onLoader` are words with the same shape. A doubtful name never gives a finding
//! that hurts people.
//!
//! A rule about shapes makes some errors. It misses about 1 % of random digests of eight hex
//! digits, 5 % of eight base64url characters and 8 % of six hex digits (most of those are all
//! decimal). A test measures these rates.

/// Query names that carry a version or a digest.
const VERSION_WORDS: &[&str] = &["v", "ver", "version", "hash", "rev", "h", "build"];

/// Length of the digests that vite, rollup and esbuild put into names.
const SHORT_DIGEST: usize = 8;

/// Whether the path or query (without scheme and host) is content-addressed.
pub fn is_content_addressed(path: &str, query: Option<&str>) -> bool {
    path.split('/').any(segment_says_so) || query.is_some_and(query_says_so)
}

/// Whether the file name could be a hash or words, and is not content-addressed by the rule.
pub fn is_doubtful(path: &str, query: Option<&str>) -> bool {
    let file = path.rsplit('/').next().unwrap_or(path);
    let tail = stem_tail(file.rsplit_once('.').map_or(file, |(stem, _)| stem));
    let looks_like_both = |tail: &str| {
        tail.bytes().all(|b| b.is_ascii_alphabetic())
            && tail.bytes().skip(1).any(|b| b.is_ascii_uppercase())
            && tail.bytes().any(|b| b.is_ascii_lowercase())
    };
    tail.is_some_and(looks_like_both) && !is_content_addressed(path, query)
}

/// Whether the file name has a part with the shape of a hash. A version does not count.
pub(crate) fn carries_hash(path: &str) -> bool {
    let file = path.rsplit('/').next().unwrap_or(path);
    without_hash(file) != file
        || stem_tail(file.rsplit_once('.').map_or(file, |(stem, _)| stem))
            .is_some_and(|tail| is_mixed_hash(&tail.replace(['-', '_'], "")))
}

/// A file name with `*` for each part that looks like a hash, so that the names of one file in two
/// builds are equal.
pub fn without_hash(file: &str) -> String {
    let lower = file.bytes().any(|b| b.is_ascii_lowercase());
    let mut kept = String::new();
    for piece in file.split_inclusive(['.', '-', '_', '~', '@']) {
        let bare = piece.trim_end_matches(['.', '-', '_', '~', '@']);
        match is_hash(bare, lower) {
            true => kept.push('*'),
            false => kept.push_str(bare),
        }
        kept.push_str(&piece[bare.len()..]);
    }
    kept
}

fn query_says_so(query: &str) -> bool {
    query.split('&').any(|pair| match pair.split_once('=') {
        Some((name, value)) => {
            VERSION_WORDS.contains(&name.to_ascii_lowercase().as_str()) && !value.is_empty()
        }
        None => pieces(pair).any(|piece| is_hash(piece, false)),
    })
}

fn segment_says_so(segment: &str) -> bool {
    let stem = segment.rsplit_once('.').map_or(segment, |(stem, _)| stem);
    let lower = segment.bytes().any(|b| b.is_ascii_lowercase());
    has_exact_version(segment)
        || pieces(segment).any(|piece| is_hash(piece, lower))
        || stem_tail(stem).is_some_and(|tail| is_mixed_hash(&tail.replace(['-', '_'], "")))
}

/// The pieces of a name between its separators.
fn pieces(name: &str) -> impl Iterator<Item = &str> {
    name.split(['.', '-', '_', '~', '@'])
}

/// The last eight characters, where they are of base64url and follow a `-` or `.`.
fn stem_tail(stem: &str) -> Option<&str> {
    let at = stem.len().checked_sub(SHORT_DIGEST)?;
    let (head, tail) = stem.split_at_checked(at)?;
    let fits = tail.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    (head.ends_with(['-', '.']) && fits).then_some(tail)
}

/// Three numbers joined by dots, standing alone or after `v`, `@`, `-` or `_`.
fn has_exact_version(segment: &str) -> bool {
    segment.split(['-', '_', '@', '~']).any(|part| {
        let part = part.strip_prefix(['v', 'V']).unwrap_or(part);
        let number = |text: &&str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        part.split('.').take_while(number).count() >= 3
    })
}

fn is_hash(piece: &str, name_has_lower: bool) -> bool {
    if !piece.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return false;
    }
    let (digits, long) = (count(piece, u8::is_ascii_digit), piece.len() >= SHORT_DIGEST);
    if digits == piece.len() {
        return long && !is_date(piece);
    }
    let base32 = piece.bytes().all(|b| matches!(b, b'A'..=b'Z' | b'2'..=b'7'));
    is_hex_hash(piece, digits)
        || (long && is_mixed_hash(piece))
        || (long && one_case(piece) && digit_groups(piece) >= 2)
        || (piece.len() == SHORT_DIGEST && base32 && name_has_lower)
}

fn is_hex_hash(piece: &str, digits: usize) -> bool {
    let letters_first = piece.bytes().take_while(u8::is_ascii_alphabetic).count();
    let word_and_number = letters_first + digits == piece.len() && digits <= 2;
    let hex = piece.bytes().all(|b| b.is_ascii_hexdigit());
    if digits == 0 {
        return piece.len() >= SHORT_DIGEST && hex && one_case(piece);
    }
    piece.len() >= 6 && hex && one_case(piece) && !word_and_number
}

/// Both cases, and not readable as words: a digit between letters, or a piece without a vowel.
fn is_mixed_hash(text: &str) -> bool {
    let uppers = count(text, u8::is_ascii_uppercase);
    let mixed = uppers > 0 && count(text, u8::is_ascii_lowercase) > 0;
    text.len() >= SHORT_DIGEST - 2 && mixed && !reads_as_words(text)
}

/// `CamelCase`: words of a capital and lower letters with a vowel in them, or acronyms of two
/// to five capitals; digits only at the end, and at most two.
fn reads_as_words(text: &str) -> bool {
    let letters = text.trim_end_matches(|c: char| c.is_ascii_digit());
    if text.len() - letters.len() > 2 || count(letters, u8::is_ascii_digit) > 0 {
        return false;
    }
    let bytes = letters.as_bytes();
    let (mut start, mut odd) = (0, 0);
    let words = (1..=bytes.len()).all(|at| {
        let ends = at == bytes.len()
            || (bytes[at].is_ascii_uppercase() && bytes[at - 1].is_ascii_lowercase());
        if !ends {
            return true;
        }
        let word = &letters[start..at];
        start = at;
        let acronym = word.bytes().take(2).all(|b| b.is_ascii_uppercase());
        odd += usize::from(word.len() < 3 || acronym);
        is_word(word)
    });
    // One `My` or `HTML` is usual in a name; two are the mark of a digest.
    words && odd <= 1
}

/// One word: an acronym of two to five capitals, or lower letters after up to five capitals,
/// with a vowel among them and no more consonants in a row than words have (`Strength`: four).
fn is_word(word: &str) -> bool {
    let capitals = word.bytes().take_while(u8::is_ascii_uppercase).count();
    if capitals == word.len() {
        return (2..=5).contains(&capitals);
    }
    let syllables = word[capitals.saturating_sub(1)..].to_ascii_lowercase();
    let vowel = syllables.contains(VOWELS);
    let consonants = syllables.split(VOWELS).map(str::len).max().unwrap_or(0);
    capitals <= 5 && vowel && consonants <= if word.len() > 6 { 4 } else { 3 }
}

const VOWELS: [char; 6] = ['a', 'e', 'i', 'o', 'u', 'y'];

/// `YYYYMMDD` of the years 1990 to 2099.
fn is_date(digits: &str) -> bool {
    let number = |range: std::ops::Range<usize>| digits[range].parse::<u32>().unwrap_or(0);
    digits.len() == 8
        && (1990..2100).contains(&number(0..4))
        && (1..=12).contains(&number(4..6))
        && (1..=31).contains(&number(6..8))
}

fn one_case(piece: &str) -> bool {
    count(piece, u8::is_ascii_uppercase) == 0 || count(piece, u8::is_ascii_lowercase) == 0
}

fn digit_groups(piece: &str) -> usize {
    piece.split(|c: char| !c.is_ascii_digit()).filter(|group| !group.is_empty()).count()
}

fn count(text: &str, of: impl Fn(&u8) -> bool) -> usize {
    text.bytes().filter(|b| of(b)).count()
}

#[cfg(test)]
#[path = "name_tests.rs"]
mod tests;
