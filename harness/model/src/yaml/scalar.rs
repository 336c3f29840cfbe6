//! The meaning of a YAML scalar: nothing, a boolean, a number or a text.
//!
//! Quoted scalars are texts. Plain ones are read as YAML 1.1 reads truths (`yes`, `off`) and as
//! YAML 1.2 reads numbers, so `0644` is the number 644 and not an octal one.

use super::Tree;

/// What a plain scalar means; `None` for a number that is not finite, which no matcher fits.
pub(super) fn plain(text: &str) -> Option<Tree> {
    if text.is_empty() || text == "~" || text.eq_ignore_ascii_case("null") {
        return Some(Tree::Null);
    }
    if let Some(truth) = truth(text) {
        return Some(Tree::Bool(truth));
    }
    let numeric = text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.'));
    if !numeric {
        return Some(Tree::Text(text.to_owned()));
    }
    match integer(text) {
        Some(whole) => Some(i64::try_from(whole).map_or(Tree::Float(whole as f64), Tree::Int)),
        None => fraction(text),
    }
}

fn truth(text: &str) -> Option<bool> {
    let is = |words: &[&str]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    // The longest word has five letters, and nearly every text has more.
    if text.len() > 5 {
        None
    } else if is(&["true", "yes", "on", "y"]) {
        Some(true)
    } else if is(&["false", "no", "off", "n"]) {
        Some(false)
    } else {
        None
    }
}

/// A whole number from `i64::MIN` to `u64::MAX`, underscores between digits allowed.
fn integer(text: &str) -> Option<i128> {
    let (negative, rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (radix, digits) = match rest.get(..2) {
        Some("0x" | "0X") => (16, &rest[2..]),
        Some("0o" | "0O") => (8, &rest[2..]),
        Some("0b" | "0B") => (2, &rest[2..]),
        _ => (10, rest),
    };
    let leading_zero = radix == 10 && digits.starts_with('0') && digits != "0";
    let joined = digits.starts_with('_') || digits.ends_with('_') || digits.contains("__");
    let fits = digits.bytes().all(|b| b == b'_' || char::from(b).is_digit(radix));
    if leading_zero || joined || !fits {
        return None;
    }
    let digits = digits.replace('_', "");
    let size = i128::from_str_radix(&digits, radix).ok()?;
    let whole = if negative { -size } else { size };
    (i128::from(i64::MIN)..=i128::from(u64::MAX)).contains(&whole).then_some(whole)
}

fn fraction(text: &str) -> Option<Tree> {
    let unsigned = text.trim_start_matches(['+', '-']);
    if unsigned.eq_ignore_ascii_case(".inf") || unsigned.eq_ignore_ascii_case(".nan") {
        return None;
    }
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() => Some(Tree::Float(number)),
        Ok(_) if unsigned.starts_with(|c: char| c.is_ascii_digit()) => None,
        _ => Some(Tree::Text(text.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_scalars_mean_what_a_reader_takes_them_for() {
        let text = |text: &str| Some(Tree::Text(text.to_owned()));
        let table = [
            ("", Some(Tree::Null)),
            ("~", Some(Tree::Null)),
            ("Null", Some(Tree::Null)),
            ("true", Some(Tree::Bool(true))),
            ("Off", Some(Tree::Bool(false))),
            ("0", Some(Tree::Int(0))),
            ("-17", Some(Tree::Int(-17))),
            ("+5", Some(Tree::Int(5))),
            ("0x1F", Some(Tree::Int(31))),
            ("1_000", Some(Tree::Int(1000))),
            ("0644", Some(Tree::Float(644.0))),
            ("9223372036854775808", Some(Tree::Float(9_223_372_036_854_775_808.0))),
            ("1.5", Some(Tree::Float(1.5))),
            ("-1e3", Some(Tree::Float(-1000.0))),
            (".inf", None),
            ("-.NaN", None),
            ("1e999", None),
            ("1_", text("1_")),
            ("-", text("-")),
            ("-inf", text("-inf")),
            ("nan", text("nan")),
            ("12.5.5", text("12.5.5")),
            ("br;q=0", text("br;q=0")),
        ];
        for (read, meant) in table {
            assert_eq!(plain(read), meant, "{read}");
        }
    }
}
