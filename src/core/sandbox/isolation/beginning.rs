//! How a command starts: it gets only its three pipes and leads its own process group, so that it
//! can be ended together with everything it started.

use std::process::Command;

use crate::process;

/// Makes a command the leader of a process group and hides this process's open descriptors from it.
pub(super) fn prepare(command: &mut Command) {
    process::head_group(command);
    #[cfg(unix)]
    keep_descriptors();
}

/// Closes every descriptor but the first three in the child. Rust's own are closed anyway, but not
/// those left open by the shell that started this program or by a library. An open folder among
/// them would be a way out of any sandbox.
#[cfg(unix)]
fn keep_descriptors() {
    use rustix::{
        fd::BorrowedFd,
        io::{FdFlags, fcntl_setfd},
    };

    for entry in std::fs::read_dir("/dev/fd").into_iter().flatten().flatten() {
        let number = entry
            .file_name()
            .to_str()
            .and_then(|name| name.parse().ok());
        if let Some(number @ 3..) = number {
            // SAFETY: the borrow lasts only for this call. If the number is closed by now, the call
            // returns an error; otherwise the flag does not affect the descriptor's owner.
            let descriptor = unsafe { BorrowedFd::borrow_raw(number) };
            let _ = fcntl_setfd(descriptor, FdFlags::CLOEXEC);
        }
    }
}
