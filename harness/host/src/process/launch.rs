//! Starting a child, from a thread that lives as long as we do.

use std::io;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::mpsc::{Sender, channel};

use rustix::process::Pid;

use super::remarks::Remarks;
use super::strays::Traces;
use crate::process::children;
use crate::process::confine::Confinement;
use crate::process::scratch::Scratch;

/// The canary in the environment of every child: no guest may see its name or value.
pub const CANARY_ENV: (&str, &str) = ("HOST_SECRET", "canary-env-7c1e94d2");

/// How a child is started.
#[derive(Debug, Clone)]
pub struct Launch {
    /// The program.
    pub program: PathBuf,
    /// Its arguments.
    pub args: Vec<String>,
    /// Its environment, in addition to the canary and `TMPDIR`.
    pub env: Vec<(String, String)>,
    /// Its resource limits, set from outside.
    pub confinement: Confinement,
    /// Whether modules are checked against the static limits of their load before the program gets
    /// them, as anyone can do in front of a runtime that does not limit compilation.
    pub counted_first: bool,
    /// What its processes left behind.
    pub remarks: Remarks,
}

/// A child with its own folder for its files.
pub struct Started {
    /// The child, leader of its own process group, its three streams piped.
    pub child: Child,
    /// Its `TMPDIR`, removed with this value.
    pub scratch: Scratch,
    /// The marks by which its leftovers are recognised.
    pub traces: Traces,
}

type Order = (Command, Sender<io::Result<Child>>);

impl Launch {
    /// A worker: `program worker --runtime NAME`, with the faults given.
    pub fn worker(program: PathBuf, runtime: &str, faults: &[&str]) -> Self {
        let mut args = vec!["worker".to_owned(), "--runtime".to_owned(), runtime.to_owned()];
        args.extend(faults.iter().flat_map(|fault| ["--fault".to_owned(), (*fault).to_owned()]));
        Self::of(program, args)
    }

    /// Any program: confined, its environment empty.
    pub fn of(program: PathBuf, args: Vec<String>) -> Self {
        Self {
            program,
            args,
            env: Vec::new(),
            confinement: Confinement::default(),
            counted_first: false,
            remarks: Remarks::default(),
        }
    }

    /// `program` as a worker that speaks the protocol on descriptor 3, so that other output does no
    /// harm. `mark` is set in its environment.
    pub fn beside_stdout(program: &Path, mark: &str) -> Self {
        let script = "exec \"$0\" 3>&1 1>&2".to_owned();
        let args = vec!["-c".to_owned(), script, program.to_string_lossy().into_owned()];
        let env = vec![(mark.to_owned(), "1".to_owned())];
        Self { env, ..Self::of(PathBuf::from("/bin/sh"), args) }
    }

    /// Start the child.
    ///
    /// # Errors
    /// When the program cannot be run or no folder can be made.
    pub fn start(&self) -> io::Result<Started> {
        let scratch = Scratch::new()?;
        let mut command = Command::new(&self.program);
        command.args(&self.args).env_clear().env(CANARY_ENV.0, CANARY_ENV.1);
        command
            .env("TMPDIR", scratch.path())
            .envs(self.env.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.process_group(0);
        let child = spawn(command)?;
        let traces = Traces::of(Pid::from_child(&child), scratch.path());
        Ok(Started { child, scratch, traces })
    }
}

/// The death signal of a child is sent when the *thread* that started it ends. So one thread that
/// never ends starts all children.
fn spawn(command: Command) -> io::Result<Child> {
    static SPAWNER: OnceLock<Sender<Order>> = OnceLock::new();
    let spawner = SPAWNER.get_or_init(|| {
        let (orders, inbox) = channel::<Order>();
        std::thread::spawn(move || {
            for (mut command, back) in inbox {
                let _ = back.send(children::spawn(&mut command));
            }
        });
        orders
    });
    let gone = || io::Error::other("the thread that starts child processes has ended");
    let (back, child) = channel();
    spawner.send((command, back)).map_err(|_| gone())?;
    child.recv().map_err(|_| gone())?
}
