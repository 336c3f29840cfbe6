//! The child's side of the adapter protocol: serves any [`Host`] over two streams.
//!
//! A guest may do anything to this process, and the parent watches from outside. So nothing here
//! tries to survive: when stdin ends, the process ends, whatever still runs in it.

mod dispatcher;
mod pool;

use std::io::{BufReader, Read, Write};
use std::process::ExitCode;
use std::sync::Arc;

use crate::host::Host;
use crate::protocol::{
    Ask, LineRead, REQUEST_LINE_BYTES_MAX, Reply, ReplyLine, RequestLine, read_line, skip_line,
};

use crate::process::confine::Confinement;
use dispatcher::Dispatcher;
use pool::Pool;

/// Read ahead of the parser: one pipe buffer of Linux.
const READ_BUFFER_BYTES: usize = 64 << 10;

/// Confine this process, then serve `host` on its stdin and stdout until stdin ends.
///
/// Exit codes: 0 stdin ended or `bye`; 4 the process could not be confined, or stdin broke.
pub fn main(host: Arc<dyn Host>, confinement: &Confinement) -> ExitCode {
    confined(host, confinement, std::io::stdout())
}

/// The same on descriptor 3 instead of stdout (see `Launch::beside_stdout`), for a program that may
/// print.
pub fn main_beside_stdout(host: Arc<dyn Host>, confinement: &Confinement) -> ExitCode {
    match std::fs::File::options().write(true).open("/proc/self/fd/3") {
        Ok(to) => confined(host, confinement, to),
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "gauntlet worker: no descriptor 3: {error}");
            ExitCode::from(4)
        }
    }
}

fn confined(
    host: Arc<dyn Host>,
    confinement: &Confinement,
    to: impl Write + Send + 'static,
) -> ExitCode {
    if let Err(error) = confinement.apply_to_self() {
        let _ = writeln!(std::io::stderr(), "gauntlet worker: {error}");
        return ExitCode::from(4);
    }
    match serve(host, std::io::stdin(), to) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "gauntlet worker: {error}");
            ExitCode::from(4)
        }
    }
}

/// Serve `host`: read requests from `from` without waiting for calls. Returns when `from` ends or
/// says `bye`, even if calls still run.
///
/// # Errors
/// When `from` fails.
pub fn serve(
    host: Arc<dyn Host>,
    from: impl Read,
    to: impl Write + Send + 'static,
) -> std::io::Result<()> {
    let dispatcher = Arc::new(Dispatcher::new(host, to));
    let pool = Pool::default();
    let mut from = BufReader::with_capacity(READ_BUFFER_BYTES, from);
    let mut line = Vec::new();
    loop {
        match read_line(&mut from, REQUEST_LINE_BYTES_MAX, &mut line)? {
            LineRead::End => return Ok(()),
            LineRead::TooLong => {
                skip_line(&mut from)?;
                dispatcher.refuse(0, "the line is longer than 160 MiB");
            }
            LineRead::Whole => match serde_json::from_slice::<RequestLine>(&line) {
                Err(error) => dispatcher.refuse(0, &format!("the line is not a request: {error}")),
                Ok(RequestLine { id, ask: Ask::Bye }) => {
                    dispatcher.say(&ReplyLine { id, reply: Reply::Bye });
                    return Ok(());
                }
                Ok(request) => take(&dispatcher, &pool, request),
            },
        }
    }
}

/// Short requests are answered here; long ones go to a thread of the pool.
fn take(dispatcher: &Arc<Dispatcher>, pool: &Pool, request: RequestLine) {
    let RequestLine { id, ask } = request;
    let later = Arc::clone(dispatcher);
    match ask {
        Ask::Load { module, digest, bytes, limits, grants } => {
            let work = move || later.load(id, module, &digest, &bytes, &limits, &grants);
            if pool.run(Box::new(work)).is_err() {
                dispatcher.refuse(id, "too many requests are waiting");
            }
        }
        Ask::Call { module, tenant, input } => {
            dispatcher.call_begins();
            if pool.run(Box::new(move || later.call(id, &module, &tenant, &input))).is_err() {
                dispatcher.busy(id);
            }
        }
        Ask::Hello { .. } => dispatcher.hello(id),
        Ask::Stats => dispatcher.stats(id),
        Ask::Unload { module } => dispatcher.unload(id, &module),
        Ask::Bye => dispatcher.say(&ReplyLine { id, reply: Reply::Bye }),
    }
}

#[cfg(test)]
pub mod test_host;
#[cfg(test)]
mod tests;
