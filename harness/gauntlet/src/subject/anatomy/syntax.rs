//! Whether the text of a script is whole: strings, templates, comments and brackets end where
//! they should, and no merge conflict was left in it.
//!
//! A complaint is only made where no program could read so. Where a slash could be a division or
//! the start of a regular expression, nothing is said of the text at all.

/// Brackets that are open at once; real code, bundled, stays below 200.
const DEPTH_MAX: usize = 10_000;

/// Lines that git writes into a file that it could not merge.
const CONFLICT_MARKS: &[&[u8]] = &[b"<<<<<<< ", b"=======\n", b"=======\r\n", b">>>>>>> "];

/// Words after which a slash begins a regular expression.
const REGEX_AFTER: &[&[u8]] =
    &[b"return", b"typeof", b"case", b"delete", b"void", b"throw", b"new", b"instanceof", b"in"];

/// Words that may be names too, so that a slash after them may be either.
const EITHER_AFTER: &[&[u8]] = &[b"of", b"do", b"else", b"await", b"yield", b"get", b"set"];

/// What is wrong with the text of a script; none if nothing is, or nobody can tell.
pub fn complaint(text: &[u8]) -> Option<String> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let mut scan = Scan { text, at: 0, open: Vec::new(), last: Last::Start };
    loop {
        match scan.step() {
            Ok(true) => {}
            Ok(false) => return scan.unclosed(),
            Err(Stop::Broken(why)) => return Some(why),
            Err(Stop::Unsure) => return None,
        }
    }
}

/// What ends the reading.
enum Stop {
    Broken(String),
    Unsure,
}

/// What stands before the place that is read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Last {
    Start,
    /// A name, number, string, `]` or the `)` of a call: a slash divides.
    Value,
    /// A mark or word after which a slash begins a regular expression.
    Operator,
    /// One of these, and only a grammar could tell.
    Either,
    /// `if`, `while`, `for` or `with`.
    Test,
}

/// An open bracket: the character, where it stands, and what it means.
#[derive(Clone, Copy)]
struct Open {
    mark: u8,
    at: usize,
    /// `(` after `if` and its kin.
    is_test: bool,
    /// `${` of a template.
    is_template: bool,
}

struct Scan<'a> {
    text: &'a [u8],
    at: usize,
    open: Vec<Open>,
    last: Last,
}

impl Scan<'_> {
    fn rest(&self) -> &[u8] {
        &self.text[self.at..]
    }

    fn line(&self, at: usize) -> usize {
        1 + self.text[..at].iter().filter(|byte| **byte == b'\n').count()
    }

    fn broken<T>(&self, what: &str, at: usize) -> Result<T, Stop> {
        Err(Stop::Broken(format!("{what} (line {})", self.line(at))))
    }

    /// What the end of the text leaves open.
    fn unclosed(&self) -> Option<String> {
        let open = self.open.last()?;
        let (mark, line) = (char::from(open.mark), self.line(open.at));
        Some(format!("ends before the `{mark}` of line {line} is closed"))
    }

    /// Take one token, blank or comment; false at the end.
    fn step(&mut self) -> Result<bool, Stop> {
        let rest = self.rest();
        let Some(first) = rest.first().copied() else { return Ok(false) };
        let begins_line = self.at == 0 || self.text[self.at - 1] == b'\n';
        if begins_line && CONFLICT_MARKS.iter().any(|mark| rest.starts_with(mark)) {
            return self.broken("holds a mark of a merge conflict", self.at);
        }
        match first {
            b'"' | b'\'' => self.string(first)?,
            b'`' => {
                self.at += 1;
                self.template(self.at - 1)?;
            }
            b'#' if self.at == 0 && rest.starts_with(b"#!") => self.skip_line(),
            b'/' if rest.starts_with(b"//") => self.skip_line(),
            b'/' if rest.starts_with(b"/*") => self.comment()?,
            b'/' => self.slash()?,
            b'<' if rest.starts_with(b"<!--") => return Err(Stop::Unsure),
            b'-' if rest.starts_with(b"-->") => return Err(Stop::Unsure),
            b'(' | b'[' | b'{' => self.opens(first)?,
            b')' | b']' | b'}' => self.closes(first)?,
            _ if is_of_word(first) => self.word(),
            _ if first.is_ascii_whitespace() => self.at += 1,
            b'+' | b'-' if rest.get(1) == Some(&first) => self.mark(2, Last::Either),
            b'.' => self.mark(1, Last::Either),
            _ => self.mark(1, Last::Operator),
        }
        Ok(true)
    }

    fn mark(&mut self, length: usize, last: Last) {
        self.at += length;
        self.last = last;
    }

    fn skip_line(&mut self) {
        let rest = self.rest();
        self.at += rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
    }

    fn comment(&mut self) -> Result<(), Stop> {
        let end = self.rest()[2..].windows(2).position(|pair| pair == b"*/");
        match end {
            Some(end) => self.at += end + 4,
            None => return self.broken("ends within a comment", self.at),
        }
        Ok(())
    }

    fn word(&mut self) {
        let rest = self.rest();
        let length = rest.iter().position(|byte| !is_of_word(*byte)).unwrap_or(rest.len());
        let word = &rest[..length];
        let is_property = self.at > 0 && self.text[self.at - 1] == b'.';
        let is = |words: &[&[u8]]| !is_property && words.contains(&word);
        let last = if is(REGEX_AFTER) {
            Last::Operator
        } else if is(EITHER_AFTER) {
            Last::Either
        } else if is(&[b"if", b"while", b"for", b"with"]) {
            Last::Test
        } else {
            Last::Value
        };
        self.mark(length, last);
    }

    fn opens(&mut self, mark: u8) -> Result<(), Stop> {
        let is_test = mark == b'(' && self.last == Last::Test;
        if self.open.len() >= DEPTH_MAX {
            return Err(Stop::Unsure);
        }
        self.open.push(Open { mark, at: self.at, is_test, is_template: false });
        self.mark(1, Last::Operator);
        Ok(())
    }

    fn closes(&mut self, mark: u8) -> Result<(), Stop> {
        let Some(open) = self.open.pop() else {
            return self.broken("closes a bracket that nothing opened", self.at);
        };
        if !matches!((open.mark, mark), (b'(', b')') | (b'[', b']') | (b'{', b'}')) {
            return self.broken("closes another bracket than is open", self.at);
        }
        if open.is_template {
            self.at += 1;
            return self.template(open.at);
        }
        let last = if mark == b'}' || open.is_test { Last::Either } else { Last::Value };
        self.mark(1, last);
        Ok(())
    }

    fn string(&mut self, quote: u8) -> Result<(), Stop> {
        let begin = self.at;
        self.at += 1;
        while let Some(byte) = self.text.get(self.at).copied() {
            match byte {
                b'\\' => self.at += if self.rest().starts_with(b"\\\r\n") { 3 } else { 2 },
                b'\n' | b'\r' => return self.broken("has a string without an end", begin),
                _ => self.at += 1,
            }
            if byte == quote {
                self.last = Last::Value;
                return Ok(());
            }
        }
        self.broken("ends within a string", begin)
    }

    /// A piece of the template that began at `begin`, up to its end or its next expression.
    fn template(&mut self, begin: usize) -> Result<(), Stop> {
        while let Some(byte) = self.text.get(self.at).copied() {
            if byte == b'`' {
                self.mark(1, Last::Value);
                return Ok(());
            }
            if self.rest().starts_with(b"${") {
                let open = Open { mark: b'{', at: begin, is_test: false, is_template: true };
                self.open.push(open);
                self.mark(2, Last::Operator);
                return Ok(());
            }
            self.at += if byte == b'\\' { 2 } else { 1 };
        }
        self.broken("ends within a template", begin)
    }

    /// A division, or a regular expression that ends on its line.
    fn slash(&mut self) -> Result<(), Stop> {
        match self.last {
            Last::Value => {
                self.mark(1, Last::Operator);
                return Ok(());
            }
            Last::Either | Last::Test => return Err(Stop::Unsure),
            Last::Start | Last::Operator => {}
        }
        let (mut class, mut at) = (false, self.at + 1);
        while let Some(byte) = self.text.get(at) {
            match byte {
                b'\n' | b'\r' => break,
                b'\\' => at += 1,
                // With the flag `v` classes nest.
                b'[' if class => return Err(Stop::Unsure),
                b'[' => class = true,
                b']' => class = false,
                b'/' if !class => {
                    self.mark(at + 1 - self.at, Last::Value);
                    return Ok(());
                }
                _ => {}
            }
            at += 1;
        }
        Err(Stop::Unsure)
    }
}

/// Bytes of names and numbers; those of other alphabets, and of escapes in names, too.
fn is_of_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_$#\\".contains(&byte) || byte >= 0x80
}

#[cfg(test)]
#[path = "syntax_tests.rs"]
mod tests;
