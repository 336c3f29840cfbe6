//! Paths of source files on the machine that built a module: who built it, and where.
//!
//! Only folders that belong to a person or to a build machine count. What every installation
//! has (`/usr/local/go`, `/rustc/HASH`, module paths) tells nobody anything.

use std::collections::BTreeSet;

use super::{LIST_ITEMS_MAX, shown};

/// Folders of persons and of build machines.
const ROOTS: &[&str] = &[
    "/home/",
    "/Users/",
    "/root/",
    "/builds/",
    "/github/workspace/",
    "/private/tmp/",
    "/var/folders/",
    "/var/lib/jenkins/",
    ":\\Users\\",
    ":/Users/",
];

/// Endings of source files: a path without one may be any text of the program.
const ENDINGS: &[&str] =
    &[".go", ".rs", ".c", ".cc", ".cpp", ".h", ".hpp", ".s", ".ts", ".zig", ".swift", ".cs"];

/// Longest path that is looked for.
const PATH_BYTES_MAX: usize = 260;

/// Paths that are told apart; a program of this many files is large.
const PATHS_MAX: usize = 20_000;

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Paths {
    /// The first of them, in order.
    pub first: Vec<String>,
    /// Different paths.
    pub count: usize,
    /// Their bytes, each time that one stands there.
    pub bytes: usize,
}

/// The paths in `bytes`.
pub fn find(bytes: &[u8]) -> Paths {
    let mut found = BTreeSet::new();
    let mut total = 0;
    let mut at = 0;
    while let Some(next) = bytes[at..].iter().position(|byte| matches!(byte, b'/' | b':')) {
        let start = at + next;
        at = start + 1;
        let Some(length) = path_at(bytes, start) else { continue };
        total += length;
        at = start + length;
        if found.len() < PATHS_MAX {
            found.insert(&bytes[start..start + length]);
        }
    }
    let text = |path: &&[u8]| shown(&String::from_utf8_lossy(path));
    let first = found.iter().take(LIST_ITEMS_MAX).map(text).collect();
    Paths { first, count: found.len(), bytes: total }
}

/// The length of the path that begins at `start`; none if none does.
fn path_at(bytes: &[u8], start: usize) -> Option<usize> {
    let rest = &bytes[start..bytes.len().min(start + PATH_BYTES_MAX)];
    let root = root_at(rest)?;
    let drive = root.starts_with(':');
    if start > 0 && !drive && is_of_path(bytes[start - 1]) && !ends_source(&bytes[..start]) {
        return None;
    }
    let length = rest.iter().take_while(|byte| is_of_path(**byte)).count();
    let mut path = &rest[..length];
    // Strings that stand one after another: the next path is another one.
    let next = |at: &usize| ends_source(&path[..*at]) && root_at(&path[*at..]).is_some();
    if let Some(next) = (root.len()..length).find(next) {
        path = &path[..next];
    }
    // Other text may follow without a gap, so the ending is looked for in the last segment.
    let last = path.iter().rposition(|byte| matches!(byte, b'/' | b'\\'))?;
    let ends = |end: &usize| ends_source(&path[..*end]);
    let stops = |end: &usize| path.get(*end).is_none_or(|next| !next.is_ascii_alphanumeric());
    // `.go` alone is no file: it has a name before its ending.
    if path.get(last + 1) == Some(&b'.') {
        return None;
    }
    let ends = || (last + 3..=path.len()).filter(ends);
    ends().find(stops).or_else(|| ends().next())
}

fn root_at(bytes: &[u8]) -> Option<&'static str> {
    ROOTS.iter().find(|root| bytes.starts_with(root.as_bytes())).copied()
}

fn is_of_path(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"/\\._-+@~!:=".contains(&byte)
}

fn ends_source(path: &[u8]) -> bool {
    ENDINGS.iter().any(|ending| path.ends_with(ending.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_of_a_person_or_a_build_machine_is_found_and_a_public_one_is_not() {
        let found = [
            ("\0/home/ann/app/main.go\0", "/home/ann/app/main.go"),
            ("lib.rs/home/ann/.cargo/registry/src/a-1.0/src/lib.rs", "/home/ann/.cargo/"),
            ("x C:\\Users\\Ann\\app\\main.c\0", ":\\Users\\Ann\\app\\main.c"),
            ("\0/root/w/main.go\0/root/w/main.go", "/root/w/main.go"),
        ];
        for (text, path) in found {
            let paths = find(text.as_bytes());
            assert_eq!(paths.count, 1, "{text:?} {paths:?}");
            assert!(paths.first[0].replace("\\\\", "\\").starts_with(path), "{text:?} {paths:?}");
        }
        for public in [
            "/usr/local/go/src/runtime/proc.go",
            "/rustc/0123abc/library/core/src/fmt/mod.rs",
            "example.com/home/ann/main.go",
            "/home/ann",
            "see /home/ann for more",
            "/home/.go",
            "",
        ] {
            assert_eq!(find(public.as_bytes()), Paths::default(), "{public}");
        }
    }
}
