//! A module that passes the recommended static limits compiles soon. The test compiles each compile
//! bomb. If the limits refuse it, the test takes the largest size that passes: the worst of its
//! kind that a host with these limits ever compiles.
//!
//! The measure is processor time of the compiling process, summed over its threads. Other load on
//! the machine changes it by little.

use std::io::Write;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};

use gauntlet::static_limits::{StaticLimits, check};
use hostile_guests::Guest;
use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};

/// Milliseconds of processor time that a bomb may take on wasmtime. The worst bomb, 16,384 empty
/// functions, takes 1.3 s: on two cores less than a second. All others take less than 0.9 s. In a
/// debug build our own half of the work takes five times as long, and Cranelift three times,
/// because it is optimised a little.
const MOST_MS: u64 = if cfg!(debug_assertions) { 6_000 } else { 1_500 };

/// Steps of the search for the largest bomb that passes: the last step is a part in 4,000.
const STEPS: u32 = 12;

/// The kernel counts ticks of 10 ms (`USER_HZ` is 100 on every Linux).
const TICK_MS: u64 = 10;

/// The module with each size at `part` of its value in the catalogue.
fn sized(bomb: &Guest, part: f64) -> Option<Vec<u8>> {
    let size = |text: &str| text.parse::<f64>().map(|size| (size * part).max(1.0) as u64);
    let params: Vec<(&str, String)> = (bomb.params.iter())
        .filter_map(|(name, value)| Some((name.as_str(), size(value).ok()?.to_string())))
        .collect();
    let params: Vec<(&str, &str)> = params.iter().map(|(name, size)| (*name, &**size)).collect();
    bomb.bytes(&params).ok()
}

/// The largest bomb of its kind that passes the limits, and its part of the original.
fn largest_passing(bomb: &Guest) -> Option<(f64, Vec<u8>)> {
    let policy = StaticLimits::recommended();
    let passes = |part: f64| sized(bomb, part).filter(|bytes| check(&policy, bytes).is_ok());
    if let Some(bytes) = passes(1.0) {
        return Some((1.0, bytes));
    }
    let (mut low, mut high, mut found) = (0.0, 1.0, None);
    for _ in 0..STEPS {
        let middle = f64::midpoint(low, high);
        match passes(middle) {
            Some(bytes) => (low, found) = (middle, Some((middle, bytes))),
            None => high = middle,
        }
    }
    found
}

/// The program that compiles. `GAUNTLET` names another one, as in the scripts of `ci/`.
fn program() -> std::ffi::OsString {
    std::env::var_os("GAUNTLET").unwrap_or_else(|| env!("CARGO_BIN_EXE_gauntlet").into())
}

/// Processor time in milliseconds of a process that compiles `bytes` and ends.
fn cost_ms(runtime: &str, bytes: &[u8]) -> u64 {
    let mut command = Command::new(program());
    command.args(["worker", "--compile", "--runtime", runtime]).process_group(0);
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().expect("the binary starts");
    child.stdin.take().expect("a pipe").write_all(bytes).expect("it reads");
    let used = used_ms(&child);
    assert!(child.wait().expect("it ended").success(), "it was not compiled");
    used
}

/// Processor time of a child that has ended. The kernel keeps it until the child is reaped.
fn used_ms(child: &Child) -> u64 {
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
    waitid(WaitId::Pid(Pid::from_child(child)), options).expect("it ends");
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", child.id())).expect("its stat");
    let (_, fields) = stat.rsplit_once(')').expect("a name");
    let ticks = fields.split_ascii_whitespace().skip(11).take(2);
    ticks.map(|field| field.parse::<u64>().expect("a number") * TICK_MS).sum()
}

#[test]
fn what_the_limits_let_pass_is_compiled_soon() {
    let start_ms = cost_ms("wasmtime", b"\0asm\x01\0\0\0");
    let (mut table, mut slow) = (String::new(), Vec::new());
    for bomb in hostile_guests::all().iter().filter(|guest| guest.family == "cb") {
        let Some((part, bytes)) = largest_passing(bomb) else {
            // No parameter scales this bomb, for example a thousand arguments in each call.
            table += &format!("{:20} is refused at any size\n", bomb.id);
            continue;
        };
        let ms = cost_ms("wasmtime", &bytes).saturating_sub(start_ms);
        let line = format!("{:20} {part:9.6} of it, {:9} bytes: {ms:5} ms", bomb.id, bytes.len());
        if ms > MOST_MS {
            slow.push(line.clone());
        }
        table += &format!("{line}\n");
    }
    // This figure has no other place than the output of the test.
    std::io::stderr().write_all(table.as_bytes()).expect("stderr takes it");
    assert_eq!(slow, Vec::<String>::new(), "past {MOST_MS} ms");
}
