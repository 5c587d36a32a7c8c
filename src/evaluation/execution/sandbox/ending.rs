//! Ending a command together with everything that it started.

use std::process::{Child, Command};

/// Makes a command the head of a group of processes, so that they can be ended together.
pub(super) fn prepare(command: &mut Command) {
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    #[cfg(not(unix))]
    let _ = command;
}

/// Ends a command and what it started: the kernel ends a sandbox's processes with its first one; of
/// a command without a sandbox, those are ended that have not left its group.
pub(super) fn end(child: &mut Child) {
    #[cfg(unix)]
    if let Some(group) = i32::try_from(child.id())
        .ok()
        .and_then(rustix::process::Pid::from_raw)
    {
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
    let _ = child.kill();
}
