//! A heap that stays small in a run of hours.
//!
//! glibc maps what is large on its own and gives it back when it is freed, but with each large
//! piece that is freed it takes larger ones for small. After the first answer of 8 MiB all lie in
//! its heaps, of which each processor has eight: they grow by 25 % in the second half of 10,000
//! calls, without end in sight (45 to 54 MiB). With the bound held at 128 KiB the program has 8.7
//! MiB after 2,000 calls and after 10,000. Nothing but the environment of a program that starts can
//! hold it, so the program starts itself once more.

use std::os::unix::process::CommandExt;
use std::process::Command;

/// What glibc reads when a program starts; other allocators pass it over.
const BOUND: (&str, &str) = ("MALLOC_MMAP_THRESHOLD_", "131072");

/// Start this program anew with the bound held. Returns where that was done already, where the user
/// has chosen a bound, and where it cannot be done, which costs memory and nothing else.
pub fn hold() {
    if std::env::var_os(BOUND.0).is_some() {
        return;
    }
    let mut arguments = std::env::args_os();
    let (Ok(program), Some(name)) = (std::env::current_exe(), arguments.next()) else { return };
    let _cannot = Command::new(program).arg0(name).args(arguments).env(BOUND.0, BOUND.1).exec();
}
