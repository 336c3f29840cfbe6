//! Tables of keys, from a JSON schema.

use serde_json::Value;

use crate::program::cell;

/// The display name of a definition: `RawHost` is `host`.
fn plain(name: &str) -> String {
    let name = name.strip_prefix("Raw").unwrap_or(name);
    let mut words = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !words.is_empty() {
            words.push('-');
        }
        words.push(letter.to_ascii_lowercase());
    }
    words
}

/// A link to the table of a definition.
fn link(reference: &str) -> String {
    let name = plain(reference.rsplit('/').next().unwrap_or(reference));
    format!("[{name}](#{name})")
}

/// The value of this schema, in a few words.
fn shape(schema: &Value) -> String {
    if let Some(reference) = schema["$ref"].as_str() {
        return link(reference);
    }
    if let Some(word) = schema["const"].as_str() {
        return format!("`{word}`");
    }
    for choice in ["anyOf", "oneOf"] {
        if let Some(all) = schema[choice].as_array() {
            let shapes: Vec<String> =
                all.iter().map(shape).filter(|shape| shape != "null").collect();
            return shapes.join(" or ");
        }
    }
    let word = |word: &str| match word {
        "array" => {
            let inner = shape(&schema["items"]);
            if inner.is_empty() { "list".to_owned() } else { format!("list of {inner}") }
        }
        "object" => match schema["additionalProperties"].as_object() {
            Some(_) => format!("map to {}", shape(&schema["additionalProperties"])),
            None => "map".to_owned(),
        },
        "string" => "text".to_owned(),
        "boolean" => "`true` or `false`".to_owned(),
        "integer" => "whole number".to_owned(),
        "null" => "null".to_owned(),
        other => other.to_owned(),
    };
    match &schema["type"] {
        Value::String(one) => word(one),
        Value::Array(all) => {
            let words = all.iter().filter_map(Value::as_str).filter(|one| *one != "null");
            words.map(word).collect::<Vec<_>>().join(" or ")
        }
        _ => String::new(),
    }
}

fn doc(schema: &Value) -> String {
    cell(schema["description"].as_str().unwrap_or_default())
}

/// The table of an object: one row for each key, required keys first.
fn keys(schema: &Value) -> Option<String> {
    let properties = schema["properties"].as_object()?;
    let required: Vec<&str> =
        schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let row = |(key, value): (&String, &Value)| {
        let needed = if required.contains(&key.as_str()) { "required" } else { "" };
        format!("| `{key}` | {} | {needed} | {} |\n", shape(value), doc(value))
    };
    let (first, rest): (Vec<_>, Vec<_>) =
        properties.iter().partition(|(key, _)| required.contains(&key.as_str()));
    let rows: String = first.into_iter().chain(rest).map(row).collect();
    Some(format!("| key | value | | meaning |\n|---|---|---|---|\n{rows}"))
}

/// The words of a choice if each has a sentence; none for other choices.
fn words(schema: &Value) -> Option<String> {
    let choices = schema["oneOf"].as_array()?;
    let row = |one: &Value| Some(format!("| `{}` | {} |\n", one["const"].as_str()?, doc(one)));
    let rows: Option<String> = choices.iter().map(row).collect();
    Some(format!("| word | meaning |\n|---|---|\n{}", rows?))
}

/// Whether a choice is the list of faults, which has a separate page.
fn is_faults(schema: &Value) -> bool {
    let choices = schema["oneOf"].as_array();
    choices.is_some_and(|all| all.iter().any(|one| one["const"] == "no-vary"))
}

/// Every table of the schema. `what` names the file, and `word` the schema.
pub(crate) fn tables(schema: &Value, what: &str, word: &str) -> String {
    let own = keys(schema).expect("the file has keys");
    let mut page = format!(
        "`gauntlet schema {word}` prints the JSON schema of {what}, for editors. \
         An unknown key is refused, with the nearest known one.\n\n{own}"
    );
    let definitions = schema["$defs"].as_object().expect("there are parts");
    let mut parts: Vec<(String, &Value)> =
        definitions.iter().map(|(name, value)| (plain(name), value)).collect();
    parts.sort_by(|one, other| one.0.cmp(&other.0));
    for (name, value) in parts {
        let about = doc(value);
        let about = if about.is_empty() { about } else { format!("{about}\n\n") };
        let body = match (is_faults(value), keys(value), words(value)) {
            (true, ..) => "One of the [faults](faults.md).\n".to_owned(),
            (_, Some(table), _) | (_, None, Some(table)) => table,
            _ => format!("Value: {}.\n", shape(value)),
        };
        page += &format!("\n## {name}\n\n{about}{body}");
    }
    page
}
