//! A host whose modules are words, for tests of the layers between a host and its caller.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};
use wasm_gauntlet_model::call::{CallOutcome, Called, LogLine, RejectStage, Rejection, hex};
use wasm_gauntlet_model::limits::{Grants, Limits};
use wasm_gauntlet_model::trap::TrapKind;

use crate::host::{About, Host, Plugin};

/// Takes modules such as `echo`, `sleep 40`, `allocate 64`, `abort`; refuses `refuse`.
pub(crate) struct WordHost;

struct Word {
    text: String,
    digest: String,
    limits: Limits,
    calls: AtomicU64,
}

impl Host for WordHost {
    fn about(&self) -> About {
        let (name, version, engine) = ("words".into(), "1".into(), "match".into());
        About { name, version, engine, wasi: false, fuel: true }
    }

    fn load(
        &self,
        bytes: &[u8],
        limits: &Limits,
        _: &Grants,
    ) -> Result<Arc<dyn Plugin>, Rejection> {
        let text = String::from_utf8_lossy(bytes).into_owned();
        match text.as_str() {
            "refuse" => {
                Err(Rejection { stage: RejectStage::Import, reason: "gojs.runtime".to_owned() })
            }
            "bomb" => std::process::abort(),
            "stall" => {
                std::thread::sleep(Duration::from_secs(60));
                Err(Rejection { stage: RejectStage::CompileBudget, reason: String::new() })
            }
            _ => {
                let digest = hex(&Sha256::digest(bytes));
                let (limits, calls) = (limits.clone(), AtomicU64::new(0));
                Ok(Arc::new(Word { text, digest, limits, calls }))
            }
        }
    }
}

impl Plugin for Word {
    fn call(&self, tenant: &str, input: &[u8]) -> Called {
        let begun = Instant::now();
        let (word, number) = self.text.split_once(' ').unwrap_or((&self.text, "0"));
        let number: u64 = number.parse().expect("the test wrote a number");
        let mut log = Vec::new();
        let echo = || CallOutcome::Ok { output: input.to_vec() };
        let outcome = match word {
            "echo" => echo(),
            "log" => {
                log.push(LogLine { tenant: tenant.to_owned(), text: "hello".to_owned() });
                log.push(LogLine { tenant: "forged".to_owned(), text: "there".to_owned() });
                echo()
            }
            "sleep" => {
                std::thread::sleep(Duration::from_millis(number));
                echo()
            }
            "spin" => {
                let count: [u8; 4] = input.try_into().expect("the input is a u32");
                let mut sum = 1_u64;
                for step in 0..u64::from(u32::from_le_bytes(count)) {
                    sum = std::hint::black_box(sum.wrapping_mul(31).wrapping_add(step));
                }
                CallOutcome::Ok { output: sum.to_le_bytes().to_vec() }
            }
            "alternate" if self.calls.fetch_add(1, Ordering::Relaxed).is_multiple_of(2) => echo(),
            "burn" => {
                while begun.elapsed() < Duration::from_millis(self.limits.deadline_ms) {}
                CallOutcome::Deadline
            }
            "deadline" => {
                std::thread::sleep(Duration::from_millis(self.limits.deadline_ms));
                CallOutcome::Deadline
            }
            "allocate" => {
                let bytes = vec![1_u8; usize::try_from(number << 20).expect("it is small")];
                CallOutcome::Ok { output: vec![std::hint::black_box(&bytes)[7]] }
            }
            "flood" => CallOutcome::Ok { output: vec![b'x'; 7 << 20] },
            "environment" => CallOutcome::Ok { output: environment().into_bytes() },
            "limit" => CallOutcome::Ok { output: limits().into_bytes() },
            "panic" => panic!("as asked"),
            "abort" => std::process::abort(),
            "exit" => std::process::exit(7),
            _ => CallOutcome::Trap { kind: TrapKind::Unreachable },
        };
        Called {
            log,
            digest: self.digest.clone(),
            host_wall_us: u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX),
            fuel_used: Some(1),
            ..Called::bare(outcome)
        }
    }
}

fn environment() -> String {
    let mut pairs: Vec<_> = std::env::vars().map(|(k, value)| format!("{k}={value}")).collect();
    pairs.sort();
    pairs.join("\n")
}

fn limits() -> String {
    std::fs::read_to_string("/proc/self/limits").expect("this is Linux")
}
