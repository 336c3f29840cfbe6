//! The bounds of discovery, each with its reason.

use std::time::Duration;

/// Largest distance of a script from the page: page, loader, its imports, their imports, and so on.
/// Unbundled packages reach this depth.
pub(super) const DEPTH_MAX: usize = 12;

/// Scripts read of one site.
pub(super) const SCRIPTS_MAX: usize = 96;

/// Bytes read of one script; the largest bundles have half of it.
pub(super) const SCRIPT_BYTES_MAX: usize = 16 << 20;

/// Pages in frames that are read, and those in frames of frames: same origin only.
pub(crate) const FRAMES_MAX: usize = 8;

/// Names of modules asked for.
pub(crate) const CANDIDATES_MAX: usize = 128;

/// Bytes that tell a module from a page.
pub(crate) const CONFIRM_BYTES: usize = 4 << 10;

/// Time for the whole discovery. A slower site has more serious problems.
pub(crate) const DISCOVERY_MAX: Duration = Duration::from_secs(120);

/// Linked pages that are read where the page itself loads no module: the menu of a site.
pub(crate) const LINKS_MAX: usize = 12;

/// Time for all linked pages. A person who looks for the right page takes as long.
pub(crate) const LINKS_TIME_MAX: Duration = Duration::from_secs(30);

/// An answer whose first byte takes longer is reported: users see an empty page in the meantime.
pub(crate) const FIRST_BYTE_TOLD: Duration = Duration::from_secs(3);
