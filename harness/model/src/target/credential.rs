//! Credentials of a host. A file names the environment variable that holds each secret, never the
//! secret.

use super::written::{Texts, check_header};
use crate::reading::Log;
use crate::source::{At, Complaint};

/// What begins the name of a variable in a text.
const OPEN: &str = "{env.";

/// A header field that every request to the host carries. No report shows its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credential {
    /// The field's name, as in `Authorization`.
    pub header: String,
    /// What stands before the secret, as in `Bearer `.
    pub before: String,
    /// The environment variable that holds the secret.
    pub variable: String,
    /// What stands after it.
    pub after: String,
}

/// The credentials that are meant.
pub(super) fn meant(raw: Texts, log: &mut Log) -> Vec<Credential> {
    raw.0.iter().filter_map(|(name, text)| one(name, text, log)).collect()
}

fn one(name: &At<String>, text: &At<String>, log: &mut Log) -> Option<Credential> {
    check_header(name, log);
    let parts = text.value.split_once(OPEN).and_then(|(before, rest)| {
        let (variable, after) = rest.split_once('}')?;
        let printable = |text: &str| text.bytes().all(|byte| matches!(byte, 0x20..=0x7e));
        let right = is_variable(variable) && !after.contains(OPEN);
        (right && printable(before) && printable(after)).then_some((before, variable, after))
    });
    let Some((before, variable, after)) = parts else {
        // The text is not shown, because it may be the secret.
        let problem = format!("`{}` names no environment variable", name.value);
        let help = "expected as in `\"Bearer {env.STAGING_TOKEN}\"`: a secret must be in the \
                    environment, never in a file";
        log.add(Complaint::new(text.span, problem).help(help));
        return None;
    };
    let [before, variable, after] = [before, variable, after].map(str::to_owned);
    Some(Credential { header: name.value.clone(), before, variable, after })
}

/// A name that every shell takes (POSIX, base definitions §8.1).
fn is_variable(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;
    use crate::target::parse;

    fn read(credentials: &str) -> Result<Vec<Credential>, String> {
        let text = format!("host:\n  url: http://h/\n  credentials: {credentials}\n");
        let target = parse(&Source::new("t.yaml", text), &[]);
        let host = target.map_err(|wrong| wrong.to_string())?.host.expect("a host");
        Ok(host.credentials)
    }

    #[test]
    fn a_credential_is_a_header_and_a_variable() {
        let credential = |header: &str, before: &str, variable: &str| Credential {
            header: header.to_owned(),
            before: before.to_owned(),
            variable: variable.to_owned(),
            after: String::new(),
        };
        let both = r#"{ Authorization: "Bearer {env.TOKEN}", X-Key: "{env._k2}" }"#;
        let expected =
            vec![credential("Authorization", "Bearer ", "TOKEN"), credential("X-Key", "", "_k2")];
        assert_eq!(read(both), Ok(expected));
        assert_eq!(read("{}"), Ok(Vec::new()));
    }

    #[test]
    fn a_secret_in_the_file_is_refused_and_not_shown() {
        for wrong in [
            "Bearer s3cret",
            "Bearer {env.}",
            "{env.s3-cret}",
            "{env.A} {env.B}",
            "{env.A",
            "{env.A}\\n",
        ] {
            let complaint = read(&format!("{{ Authorization: \"{wrong}\" }}"));
            let complaint = complaint.expect_err(wrong);
            assert!(complaint.contains("names no environment variable"), "{complaint}");
        }
        let name = read("{ \"a b\": \"{env.A}\" }").expect_err("not a valid header field name");
        assert!(name.contains("not a valid header field name"), "{name}");
    }
}
