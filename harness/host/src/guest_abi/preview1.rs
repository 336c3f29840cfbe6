//! WASI preview 1 as data: its functions and types, the errnos that our hosts return themselves,
//! and the random stream of a guest without randomness.

use sha2::{Digest, Sha256};

/// The errno of success.
pub(crate) const SUCCESS: i32 = 0;
/// The errno of a wrong argument.
pub(crate) const EINVAL: i32 = 28;
/// The errno of what is not offered.
pub(crate) const ENOTSUP: i32 = 58;
/// The errno of too much.
pub(crate) const ENOMEM: i32 = 48;

/// Bytes that a host copies or allocates in one WASI call: enough for an output and its list of
/// vectors, and 32 times less than wasmtime's default of 128 MiB.
pub(crate) const HOSTCALL_BYTES_MAX: usize = 4 << 20;

/// Most random bytes in one call: 64 MiB of them overrun a deadline of 50 ms to 380 ms.
pub(crate) const RANDOM_BYTES_MAX: u64 = 1 << 20;

/// The stream of a guest without randomness: 256 bytes, repeated, the same in every instance
/// and on every runtime.
pub(crate) fn virtual_random() -> Vec<u8> {
    (0_u8..8).flat_map(|block| Sha256::digest([block]).to_vec()).collect()
}

/// Parameters and results of a function of preview 1: `i` is `i32`, `I` is `i64`. Each function
/// but `proc_exit` answers an errno, an `i32`.
pub(crate) fn params(name: &str) -> Option<&'static str> {
    FUNCTIONS.iter().find(|(other, _)| *other == name).map(|(_, params)| *params)
}

/// The one function without a result.
pub(crate) const PROC_EXIT: &str = "proc_exit";

/// From the witx of `wasi_snapshot_preview1`, lowered to core types.
const FUNCTIONS: &[(&str, &str)] = &[
    ("args_get", "ii"),
    ("args_sizes_get", "ii"),
    ("clock_res_get", "ii"),
    ("clock_time_get", "iIi"),
    ("environ_get", "ii"),
    ("environ_sizes_get", "ii"),
    ("fd_advise", "iIIi"),
    ("fd_allocate", "iII"),
    ("fd_close", "i"),
    ("fd_datasync", "i"),
    ("fd_fdstat_get", "ii"),
    ("fd_fdstat_set_flags", "ii"),
    ("fd_fdstat_set_rights", "iII"),
    ("fd_filestat_get", "ii"),
    ("fd_filestat_set_size", "iI"),
    ("fd_filestat_set_times", "iIIi"),
    ("fd_pread", "iiiIi"),
    ("fd_prestat_dir_name", "iii"),
    ("fd_prestat_get", "ii"),
    ("fd_pwrite", "iiiIi"),
    ("fd_read", "iiii"),
    ("fd_readdir", "iiiIi"),
    ("fd_renumber", "ii"),
    ("fd_seek", "iIii"),
    ("fd_sync", "i"),
    ("fd_tell", "ii"),
    ("fd_write", "iiii"),
    ("path_create_directory", "iii"),
    ("path_filestat_get", "iiiii"),
    ("path_filestat_set_times", "iiiiIIi"),
    ("path_link", "iiiiiii"),
    ("path_open", "iiiiiIIii"),
    ("path_readlink", "iiiiii"),
    ("path_remove_directory", "iii"),
    ("path_rename", "iiiiii"),
    ("path_symlink", "iiiii"),
    ("path_unlink_file", "iii"),
    ("poll_oneoff", "iiii"),
    (PROC_EXIT, "i"),
    ("proc_raise", "i"),
    ("random_get", "ii"),
    ("sched_yield", ""),
    ("sock_accept", "iii"),
    ("sock_recv", "iiiiii"),
    ("sock_send", "iiiii"),
    ("sock_shutdown", "ii"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_virtual_stream_is_fixed() {
        let stream = virtual_random();
        assert_eq!(stream.len(), 256);
        assert_eq!(stream, virtual_random());
    }

    #[test]
    fn the_table_is_sorted_and_whole() {
        assert!(FUNCTIONS.is_sorted());
        assert_eq!(FUNCTIONS.len(), 46);
    }
}
