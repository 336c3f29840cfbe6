//! One test of one value: true, false or undecided.

use crate::observation::Value;
use crate::scenario::{Comparison, Scalar, ScalarTemplate, Test};

use super::{Context, StepFacts, shown};

/// Whether `test` holds for `value`; `None` where that is unknown.
pub(super) fn apply(
    test: &Test,
    value: &Value,
    seen: &StepFacts,
    context: Context,
) -> Option<bool> {
    match test {
        Test::Present(present) => Some((*value != Value::Absent) == *present),
        Test::Equals(wanted, equal) => Some(equals(value, &meant(wanted, context)) == *equal),
        Test::OneOf(list, within) => {
            Some(list.iter().any(|wanted| equals(value, wanted)) == *within)
        }
        Test::Compare(comparison, bound) => compare(*comparison, value, context.number(*bound)),
        Test::Token(token, has) => {
            let token = token.text(context.params);
            let list = match value {
                Value::Texts(list) => list.as_slice(),
                _ => &[],
            };
            Some(list.iter().any(|one| one.eq_ignore_ascii_case(&token)) == *has)
        }
        Test::Contains(part, has) => {
            let part = part.text(context.params);
            Some(matches!(value, Value::Text(text) if text.contains(&part)) == *has)
        }
        Test::Empty(empty) => match value {
            Value::Text(text) => Some(text.is_empty() == *empty),
            Value::Texts(list) => Some(list.is_empty() == *empty),
            _ => Some(false),
        },
        Test::Same(step, field, equal) => {
            let other = seen.get(step).and_then(|facts| facts.get(field.as_str()))?;
            Some((value == other) == *equal)
        }
    }
}

fn meant(wanted: &ScalarTemplate, context: Context) -> Scalar {
    match wanted {
        ScalarTemplate::Is(scalar) => scalar.clone(),
        ScalarTemplate::Text(template) => Scalar::Text(template.text(context.params)),
    }
}

/// Equality as a reader sees it: the text of a parameter equals the number that it spells.
fn equals(value: &Value, wanted: &Scalar) -> bool {
    match (value, wanted) {
        (Value::Text(text), wanted) => *text == wanted.text(),
        (Value::Bool(value), Scalar::Bool(wanted)) => value == wanted,
        (Value::Bool(value), Scalar::Text(wanted)) => value.to_string() == *wanted,
        (Value::Int(value), Scalar::Int(wanted)) => value == wanted,
        (Value::Int(value), Scalar::Float(wanted)) => *value as f64 == *wanted,
        (Value::Int(value), Scalar::Text(wanted)) => value.to_string() == *wanted,
        (Value::Float(value), Scalar::Int(wanted)) => *value == *wanted as f64,
        (Value::Float(value), Scalar::Float(wanted)) => value == wanted,
        _ => false,
    }
}

/// Compare a number or an interval. An interval that contains the bound gives no answer.
fn compare(comparison: Comparison, value: &Value, bound: f64) -> Option<bool> {
    let (low, high) = match value {
        Value::Int(number) => (*number as f64, *number as f64),
        Value::Float(number) => (*number, *number),
        Value::Interval { low, high } => (*low, *high),
        Value::Absent => return Some(false),
        Value::Bool(_) | Value::Text(_) | Value::Texts(_) => return None,
    };
    if low.is_nan() || high.is_nan() {
        return None;
    }
    let holds = |number: f64| match comparison {
        Comparison::AtMost => number <= bound,
        Comparison::AtLeast => number >= bound,
        Comparison::Below => number < bound,
        Comparison::Above => number > bound,
    };
    (holds(low) == holds(high)).then(|| holds(low))
}

/// What a test expects, in words that follow "expected".
pub(super) fn expected(test: &Test, seen: &StepFacts, context: Context) -> String {
    match test {
        Test::Equals(wanted, true) => format!("`{}`", meant(wanted, context).text()),
        Test::Equals(wanted, false) => format!("anything but `{}`", meant(wanted, context).text()),
        Test::OneOf(list, within) => {
            let list: Vec<String> = list.iter().map(|one| format!("`{}`", one.text())).collect();
            let list = list.join(", ");
            if *within { format!("one of {list}") } else { format!("none of {list}") }
        }
        Test::Compare(comparison, bound) => {
            let word = match comparison {
                Comparison::AtMost => "at most",
                Comparison::AtLeast => "at least",
                Comparison::Below => "below",
                Comparison::Above => "above",
            };
            format!("{word} {}", number(context.number(*bound)))
        }
        Test::Token(token, true) => format!("a list with `{}`", token.text(context.params)),
        Test::Token(token, false) => format!("a list without `{}`", token.text(context.params)),
        Test::Contains(part, true) => format!("a text with `{}`", part.text(context.params)),
        Test::Contains(part, false) => format!("a text without `{}`", part.text(context.params)),
        Test::Present(true) => "present".to_owned(),
        Test::Present(false) => "absent".to_owned(),
        Test::Empty(true) => "empty".to_owned(),
        Test::Empty(false) => "not empty".to_owned(),
        Test::Same(step, field, equal) => {
            let other = shown(seen.get(step).and_then(|facts| facts.get(field.as_str())));
            let word = if *equal { "the same as" } else { "different from" };
            format!("{word} {step}.{field}, which is {other}")
        }
    }
}

/// A number with at most three decimals and no trailing zeros.
pub(super) fn number(value: f64) -> String {
    let text = format!("{value:.3}");
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_decides_only_where_it_does_not_straddle() {
        let at_most = |low, high| compare(Comparison::AtMost, &Value::Interval { low, high }, 2.0);
        assert_eq!(at_most(1.0, 1.9), Some(true));
        assert_eq!(at_most(2.1, 9.0), Some(false));
        assert_eq!(at_most(1.0, 3.0), None);
        assert_eq!(at_most(f64::NAN, 3.0), None);
    }

    #[test]
    fn numbers_are_short() {
        assert_eq!(number(2.0), "2");
        assert_eq!(number(0.12345), "0.123");
    }
}
