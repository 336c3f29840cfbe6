//! Paths of source files on the machine that built a module: who built it, and where.
//!
//! A folder that belongs to a person or to a build machine counts anywhere. Any other absolute path
//! of a source file counts only as a text of its own between two zero bytes, as compilers store
//! file names (Go's line table, `__FILE__`). Paths of every installation (`/usr/local/go`,
//! `/rustc/HASH`, module paths) reveal nothing.

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

/// Extensions of source files. A path without one may be any text of the program.
const ENDINGS: &[&str] =
    &[".go", ".rs", ".c", ".cc", ".cpp", ".h", ".hpp", ".s", ".ts", ".zig", ".swift", ".cs"];

/// Folders of toolchains and of published packages, which are the same on every machine.
const PUBLIC: &[&str] = &[
    "/usr/local/go/",
    "/usr/local/cargo/",
    "/usr/local/rustup/",
    "/usr/local/include/",
    "/usr/local/lib/",
    "/usr/lib/",
    "/usr/lib64/",
    "/usr/share/",
    "/usr/include/",
    "/rustc/",
    "/rust/",
    "/cargo/",
    "/go/pkg/mod/",
    "/emsdk/",
    "/nix/store/",
    "/opt/hostedtoolcache/",
    "/opt/homebrew/",
    "/opt/wasi-sdk/",
    "/opt/emsdk/",
];

/// Extensions of sources whose compilers keep file names, with the fewest segments of such a path.
/// C programs have short paths of their own as texts, such as `/tmp/a.c`.
const KEPT: &[(&str, usize)] =
    &[(".go", 2), (".rs", 2), (".c", 3), (".cc", 3), (".cpp", 3), (".cxx", 3)];

/// A file that shows where the sources of a toolchain are when they are not in the usual place:
/// every Go program has this file.
const OF_GO: &[u8] = b"/runtime/proc.go";

/// Longest path that is looked for.
const PATH_BYTES_MAX: usize = 260;

/// Most different paths that are counted. A program with this many files is large.
const PATHS_MAX: usize = 20_000;

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Paths {
    /// The first of them, in order.
    pub first: Vec<String>,
    /// Different paths.
    pub count: usize,
    /// Their bytes, each time that one stands there.
    pub bytes: usize,
}

/// The paths in `bytes`.
pub(super) fn find(bytes: &[u8]) -> Paths {
    let (mut found, mut alone) = (BTreeSet::new(), Vec::new());
    let mut total = 0;
    let mut at = 0;
    while let Some(next) = bytes[at..].iter().position(|byte| matches!(byte, b'/' | b':')) {
        let start = at + next;
        at = start + 1;
        let of_person = path_at(bytes, start);
        let Some(length) = of_person.or_else(|| text_at(bytes, start)) else { continue };
        at = start + length;
        let path = &bytes[start..at];
        if of_person.is_some() {
            total += length;
            found.insert(path);
        } else {
            alone.push(path);
        }
        if found.len() + alone.len() >= PATHS_MAX {
            break;
        }
    }
    let own = alone.iter().find_map(|path| path.strip_suffix(OF_GO));
    for path in alone.iter().filter(|path| own.is_none_or(|own| !path.starts_with(own))) {
        total += path.len();
        found.insert(path);
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
    // Strings may follow one another without a gap: the next path is another one.
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

/// The length of the path that is the whole text between the zero byte before `start` and the
/// next; none if that is no path of a source file, or one that is public.
fn text_at(bytes: &[u8], start: usize) -> Option<usize> {
    let before = start.checked_sub(1).map(|at| bytes[at]);
    let rest = &bytes[start..bytes.len().min(start + PATH_BYTES_MAX)];
    if before != Some(0) || rest.first() != Some(&b'/') {
        return None;
    }
    let path = &rest[..rest.iter().position(|byte| *byte == 0)?];
    let (_, segments_min) = KEPT.iter().find(|(ending, _)| path.ends_with(ending.as_bytes()))?;
    let segments = path[1..].split(|byte| *byte == b'/');
    let is_name = |segment: &[u8]| {
        let is_of_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"._-+@~".contains(byte);
        !segment.is_empty() && segment.iter().all(is_of_name)
    };
    let is_public = PUBLIC.iter().any(|public| path.starts_with(public.as_bytes()));
    // `.go` alone is no file: it has a name before its ending.
    let is_file =
        path.iter().rposition(|byte| *byte == b'/').is_some_and(|at| path[at + 1] != b'.');
    let is_long = segments.clone().count() >= *segments_min;
    (is_file && is_long && !is_public && segments.clone().all(is_name)).then_some(path.len())
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
    fn a_text_that_is_a_path_of_a_source_is_found_wherever_the_machine_builds() {
        for folder in [
            "/app",
            "/src",
            "/workspace",
            "/go/src/app",
            "/usr/src/app",
            "/__w/a/a",
            "/opt/agent/w",
            "/codebuild/output/src1",
            "/drone/src",
            "/tmp/b1",
            "/srv/b",
            "/data/ci",
            "/mnt/work",
        ] {
            let text = format!("runtime/proc.go\0{folder}/main.go\0{folder}/in/a.c\0");
            let paths = find(text.as_bytes());
            let expected = [format!("{folder}/in/a.c"), format!("{folder}/main.go")];
            assert_eq!(paths.first, expected, "{folder}");
        }
        for public in [
            "\0/usr/local/go/src/runtime/proc.go\0/usr/local/go/src/fmt/print.go\0",
            "\0/snap/go/9/src/runtime/proc.go\0/snap/go/9/src/fmt/print.go\0",
            "\0/rustc/0123abc/library/core/src/fmt/mod.rs\0",
            "\0/go/pkg/mod/example.com/a@v1.0.0/a.go\0",
            "\0example.com/app/main.go\0main.go\0/main.go\0/tmp/a.c\0",
            "usage: cc /work/in/a.c\0 or /app/main.go, see /src/main.go\0",
            "\0/app/main.go and more\0/app//main.go\0/app/.go\0",
        ] {
            assert_eq!(find(public.as_bytes()), Paths::default(), "{public:?}");
        }
    }

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
