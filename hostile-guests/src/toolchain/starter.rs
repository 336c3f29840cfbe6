//! How compilers are started. A program that tracks processes starts compilers in its own way, so
//! that it recognises processes that a compiler leaves.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};

/// How a program is started.
#[derive(Debug, Clone, Copy)]
pub struct Starter {
    /// The command that runs the program at this path; its arguments are added to the command.
    pub command: fn(&Path) -> Command,
    /// Starts such a command.
    pub spawn: fn(&mut Command) -> io::Result<Child>,
    /// Ends such a child before its time, and reaps it.
    pub end: fn(&mut Child),
}

impl Default for Starter {
    /// The program itself, as a child of this process.
    fn default() -> Self {
        let end = |child: &mut Child| {
            // A child that cannot be killed has already ended.
            let _ = child.kill().and_then(|()| child.wait());
        };
        Self { command: |program| Command::new(program), spawn: Command::spawn, end }
    }
}

/// Switches Go's telemetry off in a `go` command. The first `go` in a new home folder starts a
/// telemetry process that stays in its own session. Go reads the mode only from a file in the
/// configuration folder of the user (measured with 1.26: `GOTELEMETRY=off` is ignored). So the
/// command gets another such folder, below `cache`. The user's own `go env -w` settings stay in
/// effect through `GOENV`.
///
/// # Errors
/// When the file cannot be written.
pub fn without_telemetry(command: &mut Command, cache: &Path) -> io::Result<()> {
    let settings = cache.join("go-settings");
    let mode = settings.join("go/telemetry/mode");
    if !mode.is_file() {
        fs::create_dir_all(settings.join("go/telemetry"))?;
        // Written atomically: another process may read it at the same time.
        let new = settings.join(format!("mode-{}", std::process::id()));
        fs::write(&new, "off\n")?;
        fs::rename(&new, &mode)?;
    }
    if std::env::var_os("GOENV").is_none()
        && let Some(own) = user_settings()
    {
        command.env("GOENV", own.join("go/env"));
    }
    command.env("XDG_CONFIG_HOME", settings);
    Ok(())
}

/// The user's folder for settings (XDG base directories).
fn user_settings() -> Option<PathBuf> {
    let named = |name| std::env::var_os(name).filter(|value: &OsString| !value.is_empty());
    let named = |name| named(name).map(PathBuf::from);
    named("XDG_CONFIG_HOME").or_else(|| Some(named("HOME")?.join(".config")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mode_is_off_and_the_users_own_settings_stay() {
        let cache = std::env::temp_dir().join(format!("go-settings-{}", std::process::id()));
        let mut command = Command::new("go");
        without_telemetry(&mut command, &cache).expect("the file is written");
        without_telemetry(&mut command, &cache).expect("it is there");
        let mode = fs::read_to_string(cache.join("go-settings/go/telemetry/mode"));
        fs::remove_dir_all(&cache).expect("it is ours");
        assert_eq!(mode.expect("it is there"), "off\n");
        let set: Vec<_> = command.get_envs().filter_map(|(name, _)| name.to_str()).collect();
        let own = std::env::var_os("GOENV").is_some() || user_settings().is_none();
        let expected: &[&str] =
            if own { &["XDG_CONFIG_HOME"] } else { &["GOENV", "XDG_CONFIG_HOME"] };
        assert_eq!(set, expected);
    }
}
