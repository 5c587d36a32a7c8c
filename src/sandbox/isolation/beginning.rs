//! A command's beginning: it gets nothing but its three pipes, and heads a group of processes, so that
//! it can be ended together with everything that it started.

use std::process::Command;

use crate::process;

/// Makes a command the head of a group of processes, so that they can be ended together, and keeps
/// from it what this process has open.
pub(super) fn prepare(command: &mut Command) {
    process::head_group(command);
    #[cfg(unix)]
    keep_descriptors();
}

/// Has every descriptor but the first three closed in what is started. What Rust opens is closed
/// anyway; not so what a shell left open when it started this program, or what a library opened. A
/// folder among them would be a way out of any sandbox.
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
            // SAFETY: it lives no longer than the call, to which a number that is closed by now is
            // an error, and which means no change for the descriptors of others.
            let descriptor = unsafe { BorrowedFd::borrow_raw(number) };
            let _ = fcntl_setfd(descriptor, FdFlags::CLOEXEC);
        }
    }
}
