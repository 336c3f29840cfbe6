//! The sources of the adapters, from `harness/adapters`.

/// A file: its name and its text.
pub(crate) type SourceFile = (&'static str, &'static str);

macro_rules! wazero {
    ($($name:literal),+ $(,)?) => {
        /// The Go program that hosts on wazero.
        pub(crate) const WAZERO: &[SourceFile] =
            &[$(($name, include_str!(concat!("../../../../adapters/wazero/", $name)))),+];
    };
}

wazero! {
    "go.mod", "go.sum", "call.go", "contract.go", "end.go", "host.go", "log.go", "main.go",
    "memory.go", "mitigate.go", "protocol.go", "sections.go",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_adapter_is_carried() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/adapters/wazero");
        let entries = std::fs::read_dir(folder).expect("the adapter is there").flatten();
        let mut there: Vec<String> =
            entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        there.retain(|name| !name.ends_with("_test.go") && !name.ends_with(".md"));
        there.sort();
        let mut carried: Vec<&str> = WAZERO.iter().map(|(name, _)| *name).collect();
        carried.sort_unstable();
        assert_eq!(carried, there);
    }
}
