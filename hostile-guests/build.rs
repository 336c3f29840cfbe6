//! Embeds the guests anew when a file is added under `guests/`; `include_dir!` sees only changes.

fn main() {
    println!("cargo:rerun-if-changed=guests");
}
