//! Has the crate built again when a scenario changes: `include_dir!` does not tell cargo.

fn main() {
    println!("cargo::rerun-if-changed=catalogue");
}
