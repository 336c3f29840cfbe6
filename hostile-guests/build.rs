//! Embeds the guests anew when a file is added; `include_dir!` sees only changes.

fn main() {
    println!("cargo:rerun-if-changed=guests");
    println!("cargo:rerun-if-changed=toolchain");
}
