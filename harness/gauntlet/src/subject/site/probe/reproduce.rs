//! A command line that shows the same exchange again, quoted for a POSIX shell.

use wasm_gauntlet_model::action::Method;

use crate::subject::site::wire::redirect::Trail;

/// The `curl` command whose output has the header fields of this exchange.
pub fn curl(trail: &Trail) -> String {
    let head = if trail.ask.method == Method::Head { "-I" } else { "-o /dev/null -D -" };
    let mut line = format!("curl -sS -g {head}");
    if !trail.hops.is_empty() {
        line.push_str(" -L");
    }
    for (name, value) in &trail.ask.fields {
        let Some((_, shown)) = SHOWN.iter().find(|(field, _)| field == name) else { continue };
        // `curl` drops a field whose value is empty, unless it is written with a semicolon.
        let field =
            if value.is_empty() { format!("{shown};") } else { format!("{shown}: {value}") };
        line.push_str(&format!(" -H {}", quoted(&field)));
    }
    let url = trail.hops.first().map_or(&trail.ask.url, |hop| &hop.url);
    if let Some(host) = &trail.ask.host {
        line.push_str(&format!(" -H {}", quoted(&format!("Host: {host}"))));
    }
    line.push_str(&door(trail, url));
    line.push_str(&format!(" {}", quoted(url.as_str())));
    line
}

/// The option that leads to the address which was asked; none where the name decided.
fn door(trail: &Trail, url: &url::Url) -> String {
    let (Some(via), Some(host)) = (trail.ask.via, url.host_str()) else { return String::new() };
    let via = if via.is_ipv6() { format!("[{via}]") } else { via.to_string() };
    format!(" --connect-to {}", quoted(&format!("{host}::{via}:")))
}

/// Fields that a step chose, as people write them; the others say nothing of the matter.
const SHOWN: &[(&str, &str)] = &[
    ("accept-encoding", "Accept-Encoding"),
    ("if-none-match", "If-None-Match"),
    ("if-modified-since", "If-Modified-Since"),
    ("origin", "Origin"),
    ("range", "Range"),
];

/// `text` as one word of a POSIX shell; a line break or other control character, which no
/// field can hold, is left out.
fn quoted(text: &str) -> String {
    let text: String = text.chars().filter(|c| !c.is_control()).collect();
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::subject::site::headers::Headers;
    use crate::subject::site::wire::{Ask, Reply};
    use proptest::prelude::*;

    fn trail(method: Method, fields: &[(&'static str, &str)], url: &str) -> Trail {
        let url = url::Url::parse(url).expect("a URL of the test");
        let mut ask = Ask::new(method, url);
        ask.fields.extend(fields.iter().map(|(name, value)| (*name, (*value).to_owned())));
        let reply = Reply {
            version: String::new(),
            status: 200,
            headers: Headers::default(),
            body: Vec::new(),
            broken: None,
            peer: None,
            first_byte: std::time::Duration::ZERO,
            wall: std::time::Duration::ZERO,
            received: std::time::SystemTime::UNIX_EPOCH,
        };
        let wall = std::time::Duration::ZERO;
        Trail { hops: Vec::new(), ask, reply, stopped: None, wall }
    }

    #[test]
    fn the_line_shows_the_fields_that_the_step_chose() {
        let line = |method, fields: &[_]| curl(&trail(method, fields, "http://s.test/a?b=c&d"));
        assert_eq!(
            line(Method::Get, &[("accept-encoding", "br")]),
            "curl -sS -g -o /dev/null -D - -H 'Accept-Encoding: br' 'http://s.test/a?b=c&d'"
        );
        assert_eq!(
            line(Method::Head, &[("accept-encoding", ""), ("if-none-match", "\"it's\"")]),
            "curl -sS -g -I -H 'Accept-Encoding;' -H 'If-None-Match: \"it'\\''s\"' \
             'http://s.test/a?b=c&d'"
        );
    }

    proptest! {
        #[test]
        fn a_shell_reads_back_the_same_word(text in "[ -~]{0,40}") {
            let read = std::process::Command::new("sh")
                .args(["-c", &format!("printf %s {}", quoted(&text))])
                .output()
                .expect("a shell runs");
            let read = String::from_utf8_lossy(&read.stdout).into_owned();
            prop_assert_eq!(read, text);
        }
    }
}
