//! A read-only folder. The folders of wasi-common allow everything.

use std::any::Any;
use std::path::PathBuf;

use wasmi_wasi::wasi_common::ErrorExt;
use wasmi_wasi::wasi_common::dir::{OpenResult, ReaddirCursor, ReaddirEntity};
use wasmi_wasi::wasi_common::file::{FdFlags, Filestat, OFlags};
use wasmi_wasi::{Error, WasiDir};

type FolderEntries = Box<dyn Iterator<Item = Result<ReaddirEntity, Error>> + Send>;

/// Reads go to the inner folder. Changes are not implemented here, so the defaults of the trait
/// refuse them.
pub(super) struct ReadOnly(Box<dyn WasiDir>);

impl ReadOnly {
    /// `folder`, without its rights to change anything.
    pub(super) fn new(folder: Box<dyn WasiDir>) -> Self {
        Self(folder)
    }
}

#[wasmtime_wasi::async_trait]
impl WasiDir for ReadOnly {
    fn as_any(&self) -> &dyn Any {
        self
    }

    async fn open_file(
        &self,
        symlink_follow: bool,
        path: &str,
        oflags: OFlags,
        read: bool,
        write: bool,
        fdflags: FdFlags,
    ) -> Result<OpenResult, Error> {
        let changes = OFlags::CREATE | OFlags::EXCLUSIVE | OFlags::TRUNCATE;
        if write || oflags.intersects(changes) {
            return Err(Error::perm());
        }
        match self.0.open_file(symlink_follow, path, oflags, read, write, fdflags).await? {
            OpenResult::Dir(folder) => Ok(OpenResult::Dir(Box::new(Self(folder)))),
            file => Ok(file),
        }
    }

    async fn readdir(&self, cursor: ReaddirCursor) -> Result<FolderEntries, Error> {
        self.0.readdir(cursor).await
    }

    async fn read_link(&self, path: &str) -> Result<PathBuf, Error> {
        self.0.read_link(path).await
    }

    async fn get_filestat(&self) -> Result<Filestat, Error> {
        self.0.get_filestat().await
    }

    async fn get_path_filestat(&self, path: &str, follow: bool) -> Result<Filestat, Error> {
        self.0.get_path_filestat(path, follow).await
    }
}
