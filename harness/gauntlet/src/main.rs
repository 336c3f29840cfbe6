//! The command `gauntlet`.

fn main() {}
