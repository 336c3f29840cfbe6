//! A module is first compiled in its own process, under limits, to see what that takes.
//!
//! No engine has a way to stop a compilation. What the static limits accept is small, but a long
//! module may contain a lot of it. So a long module is compiled in a child with bounded memory and
//! processor time. A child that ends by itself shows that the module can be compiled, and the host
//! then compiles it again. The code of the child is not used, because loading code means trusting
//! it. A module that is short, or calm ([`StaticLimits::calm`], as most of what Go builds), is
//! bounded by its counts alone.

use std::io::{self, Read, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::PathBuf;
use std::process::{Child, Command, ExitCode, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::process::Signal;
use wasm_gauntlet_model::call::{RejectStage, Rejection};
use wasm_gauntlet_model::limits::{Grants, Limits};
use wasm_gauntlet_model::static_limits::StaticLimits;

use super::host::Host;
use super::static_limits::check;
use crate::process::children;
use crate::process::confine::Confinement;

/// Modules up to this size are not tried. Within the static limits they hold two or three functions
/// of the worst kind, which is a second of work, and most plugins that are not written in Go are
/// shorter.
const UNTRIED_BYTES: usize = 256 << 10;

/// Interval between two looks at a child that compiles.
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// Where modules are compiled first.
#[derive(Debug, Clone)]
pub struct CompileTrial {
    /// The program. It must read a module from stdin, compile it and end.
    pub program: PathBuf,
    /// Its arguments.
    pub args: Vec<String>,
    /// What it may use.
    pub budget: CompileBudget,
}

/// What compiling may take.
#[derive(Debug, Clone, Copy)]
pub struct CompileBudget {
    /// Processor time of all threads, seconds. A Go server of 12 MB takes 4 s, in a build without
    /// optimisation 12 s.
    pub cpu_s: u64,
    /// Memory, bytes: the same module takes 0.4 GB.
    pub memory_bytes: u64,
    /// Wall clock, also on a busy machine. Less than callers wait for a load.
    pub wall: Duration,
}

impl Default for CompileBudget {
    fn default() -> Self {
        Self { cpu_s: 15, memory_bytes: 1 << 30, wall: Duration::from_secs(25) }
    }
}

impl CompileBudget {
    fn confinement(self) -> Confinement {
        let (data_bytes, cpu_s) = (self.memory_bytes, self.cpu_s);
        Confinement { data_bytes, cpu_s, ..Confinement::default() }
    }
}

impl CompileTrial {
    /// Compile `bytes` in a child, if they are long.
    ///
    /// # Errors
    /// A child that could not be started, or did not end by itself within the budget.
    pub fn compile(&self, bytes: &[u8]) -> Result<(), Rejection> {
        if bytes.len() <= UNTRIED_BYTES || check(&StaticLimits::calm(), bytes).is_ok() {
            return Ok(());
        }
        let refuse = |reason: String| Rejection { stage: RejectStage::CompileBudget, reason };
        let ended = self.ended(bytes);
        let ended = ended
            .map_err(|error| refuse(format!("the compile trial cannot be started: {error}")))?;
        match ended {
            Some(status) if status.success() => Ok(()),
            ended => Err(refuse(self.words(ended))),
        }
    }

    /// How the child ended; none where it had to be ended.
    fn ended(&self, bytes: &[u8]) -> io::Result<Option<ExitStatus>> {
        let mut command = Command::new(&self.program);
        command.args(&self.args).env_clear().process_group(0);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = children::spawn(&mut command)?;
        let pid = rustix::process::Pid::from_child(&child);
        let confined = self.budget.confinement().apply_to(pid);
        let stdin = child.stdin.take();
        let ended = match confined {
            Ok(()) => std::thread::scope(|scope| {
                // The clock ends a child that stops reading, and then the pipe breaks.
                scope.spawn(|| stdin.map(|mut stdin| stdin.write_all(bytes)));
                wait(&mut child, self.budget.wall)
            }),
            Err(unconfined) => Err(io::Error::other(unconfined.to_string())),
        };
        if !matches!(ended, Ok(Some(_))) {
            let _ = child.kill();
            let _ = child.wait();
        }
        ended
    }

    fn words(&self, ended: Option<ExitStatus>) -> String {
        let CompileBudget { cpu_s, memory_bytes, wall } = self.budget;
        let signal = ended.and_then(|status| status.signal());
        match (ended, signal) {
            (None, _) => format!("compilation takes more than {} s", wall.as_secs()),
            (_, Some(signal)) if signal == Signal::XCPU.as_raw() => {
                format!("compilation takes more than {cpu_s} s of processor time")
            }
            (_, Some(signal)) if signal == Signal::ABORT.as_raw() => {
                format!("compilation takes more than {} MiB of memory", memory_bytes >> 20)
            }
            (Some(status), _) => format!("compilation ends with {status}"),
        }
    }
}

/// The end of the child, or none when `wall` is over.
pub(super) fn wait(child: &mut Child, wall: Duration) -> io::Result<Option<ExitStatus>> {
    let began = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if began.elapsed() > wall {
            child.kill()?;
            return Ok(None);
        }
        std::thread::sleep(LOOK_EVERY);
    }
}

/// The child's side: compile what stdin holds on `host`, under limits on this process.
pub fn main(host: &dyn Host, longest: usize) -> ExitCode {
    // The parent limits memory and time; this ends the child with its parent.
    if Confinement::embedded().apply_to_self().is_err() {
        return ExitCode::from(4);
    }
    let mut bytes = Vec::new();
    let most = u64::try_from(longest).unwrap_or(u64::MAX);
    if io::stdin().lock().take(most).read_to_end(&mut bytes).is_err() {
        return ExitCode::from(4);
    }
    let limits = Limits { static_limits: StaticLimits::none(), ..Limits::default() };
    // A refused module was compiled as far as the host itself would compile it.
    let _ = host.load(&bytes, &limits, &Grants::default());
    ExitCode::SUCCESS
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trial(script: &str, budget: CompileBudget) -> CompileTrial {
        let args = vec!["-c".to_owned(), script.to_owned()];
        CompileTrial { program: "/bin/sh".into(), args, budget }
    }

    fn long() -> Vec<u8> {
        vec![0; UNTRIED_BYTES + 1]
    }

    fn refused(script: &str, budget: CompileBudget) -> String {
        let rejection = trial(script, budget).compile(&long()).expect_err("it is refused");
        assert_eq!(rejection.stage, RejectStage::CompileBudget);
        rejection.reason
    }

    #[test]
    fn a_child_that_ends_by_itself_is_heard_and_a_short_module_needs_none() {
        let usual = CompileBudget::default();
        assert_eq!(
            trial("test $(head -c 300000 | wc -c) = 262145", usual).compile(&long()),
            Ok(())
        );
        assert_eq!(trial("exit 7", usual).compile(&[0; 100]), Ok(()));
        assert!(refused("exit 7", usual).contains("exit status: 7"));
        let none = CompileTrial { program: "/no/such".into(), args: Vec::new(), budget: usual };
        assert!(none.compile(&long()).is_err_and(|why| why.reason.contains("cannot be started")));
    }

    #[test]
    fn a_child_past_its_budget_is_ended_and_named() {
        let wall = CompileBudget { wall: Duration::from_millis(50), ..CompileBudget::default() };
        assert!(refused("exec sleep 60", wall).contains("more than 0 s"));
        let cpu = CompileBudget { cpu_s: 1, ..CompileBudget::default() };
        assert!(refused("while :; do :; done", cpu).contains("1 s of processor time"));
        assert!(refused("kill -ABRT $$", cpu).contains("1024 MiB of memory"));
    }
}
