//! The files of a directory: names and sizes, bounded in number, depth and size. Links that lead
//! outside are reported and not followed. Links to folders are never followed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use wasm_gauntlet_web::anatomy::shown;

use crate::subject::Inability;

/// Most files. A large page application has 3,000.
const FILES_MAX: usize = 20_000;

/// Deepest folder. `node_modules`, which nobody deploys, reaches 15.
const DEPTH_MAX: usize = 24;

/// Most bytes of one file that is read: more than any module that users would wait for.
pub(crate) const FILE_BYTES_MAX: u64 = 64 << 20;

/// Most bytes that one inspection reads in all.
pub(crate) const TOTAL_BYTES_MAX: u64 = 1 << 30;

/// Most modules, pages and shims of one directory. Each has trials of its own.
pub(crate) const FILES_OF_A_KIND_MAX: usize = 256;

/// What a directory holds.
#[derive(Debug, Clone, Default)]
pub(crate) struct Files {
    root: PathBuf,
    /// Size by the path below the directory, `/` between segments on every system.
    sizes: BTreeMap<String, u64>,
    /// What was left out, and why.
    pub(crate) notes: Vec<String>,
}

impl Files {
    /// Everything below `root`.
    ///
    /// # Errors
    /// When the directory itself cannot be read.
    pub(crate) fn walk(root: &Path) -> Result<Self, Inability> {
        let cannot = |error: std::io::Error| {
            let dir = shown(&root.display().to_string());
            Inability::unreadable(format!("{dir} cannot be read: {error}"))
        };
        let root = root.canonicalize().map_err(cannot)?;
        std::fs::read_dir(&root).map_err(cannot)?;
        let mut files = Self { root: root.clone(), ..Self::default() };
        let mut open = vec![(root, String::new(), 0)];
        while let Some((folder, prefix, depth)) = open.pop() {
            let Ok(entries) = std::fs::read_dir(&folder) else {
                files.note(&prefix, "cannot be read");
                continue;
            };
            for entry in entries.flatten() {
                let Some(name) = entry.file_name().to_str().map(|name| format!("{prefix}{name}"))
                else {
                    files.note(&prefix, "a file name in it is not UTF-8");
                    continue;
                };
                if files.sizes.len() >= FILES_MAX {
                    files.notes.push(format!("only the first {FILES_MAX} files are read"));
                    return Ok(files);
                }
                match files.take(&entry.path(), &name) {
                    Some(inner) if depth < DEPTH_MAX => {
                        open.push((inner, format!("{name}/"), depth + 1));
                    }
                    Some(_) => files.note(&name, "is too deep"),
                    None => {}
                }
            }
        }
        Ok(files)
    }

    fn note(&mut self, name: &str, what: &str) {
        self.notes.push(format!("{} {what}", shown(name)));
    }

    /// Add one entry. Returns the folder to walk next, if it is one.
    fn take(&mut self, path: &Path, name: &str) -> Option<PathBuf> {
        let Ok(own) = path.symlink_metadata() else {
            self.note(name, "cannot be read");
            return None;
        };
        if own.is_dir() {
            return Some(path.to_owned());
        }
        if own.is_symlink() && !path.canonicalize().is_ok_and(|to| to.starts_with(&self.root)) {
            self.note(name, "is a link that is broken or leads outside, so it is not followed");
            return None;
        }
        match path.metadata() {
            Ok(file) if file.is_file() => drop(self.sizes.insert(name.to_owned(), file.len())),
            Ok(_) => self.note(name, "is no file"),
            Err(_) => self.note(name, "cannot be read"),
        }
        None
    }

    /// Every file's name, sorted.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.sizes.keys().map(String::as_str)
    }

    /// Whether there is a file of this name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.sizes.contains_key(name)
    }

    /// Whether there is a folder of this name with a file in it.
    pub(crate) fn has_folder(&self, name: &str) -> bool {
        let prefix = format!("{name}/");
        let next = self.sizes.range(prefix.clone()..).next();
        next.is_some_and(|(first, _)| first.starts_with(&prefix))
    }

    /// The size of a file.
    pub(crate) fn size(&self, name: &str) -> Option<u64> {
        self.sizes.get(name).copied()
    }

    /// The bytes of a file.
    ///
    /// # Errors
    /// When it is too large or cannot be read.
    pub(crate) fn read(&self, name: &str) -> Result<Vec<u8>, Inability> {
        read(&self.root.join(name), name)
    }
}

/// The bytes of the file at `path`, which reports call `name`.
///
/// # Errors
/// When it is too large or cannot be read.
pub(crate) fn read(path: &Path, name: &str) -> Result<Vec<u8>, Inability> {
    use std::io::Read;
    let cannot = |why: String| Inability::unreadable(format!("{}: {why}", shown(name)));
    let file = std::fs::File::open(path).map_err(|error| cannot(error.to_string()))?;
    let mut bytes = Vec::new();
    file.take(FILE_BYTES_MAX + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| cannot(error.to_string()))?;
    match bytes.len() as u64 > FILE_BYTES_MAX {
        true => Err(cannot(format!("larger than {FILE_BYTES_MAX} bytes, the limit"))),
        false => Ok(bytes),
    }
}
