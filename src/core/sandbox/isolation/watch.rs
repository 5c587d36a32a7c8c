//! Watches what a sandbox uses: the number of its processes and their total memory. The kernel's
//! per-process limits do not add up over processes, and its limit on their number does not bind
//! root.

use std::{fs, path::PathBuf};

use super::{JobEnd, JobLimits};

/// Watches one sandbox from outside.
pub(super) struct Watch {
    /// The bubblewrap process outside; its child is the first process inside.
    outside: Option<u32>,
    /// The process list as seen inside the sandbox, once it exists.
    inside: Option<PathBuf>,
    processes: u64,
    memory: u64,
}

impl Watch {
    /// Watches the sandbox with this outer process; with `None` there is nothing to watch.
    pub(super) fn new(outside: Option<u32>, limits: &JobLimits) -> Self {
        Watch {
            outside,
            inside: None,
            processes: limits.processes.into(),
            memory: limits.memory,
        }
    }

    /// Why the command must be ended, if it must.
    pub(super) fn look(&mut self) -> Option<JobEnd> {
        if self.inside.is_none() {
            self.inside = inside(self.outside?);
        }
        let (mut processes, mut memory) = (0, 0);
        for entry in fs::read_dir(self.inside.as_ref()?).ok()?.flatten() {
            let name = entry.file_name();
            let number = name.to_str().and_then(|name| name.parse::<u32>().ok());
            // Process 1 is bubblewrap's own.
            if number.is_none_or(|number| number == 1) {
                continue;
            }
            let Ok(status) = fs::read_to_string(entry.path().join("status")) else {
                continue;
            };
            processes += field(&status, "Threads:");
            memory += 1024 * (field(&status, "RssAnon:") + field(&status, "RssShmem:"));
            // Checked while counting: a fork bomb makes processes faster than they can be counted.
            if processes > self.processes {
                return Some(JobEnd::TooManyProcesses);
            }
        }
        (memory > self.memory).then_some(JobEnd::OutOfMemory)
    }
}

/// Where a sandbox's processes can be seen, once it has been set up.
fn inside(outside: u32) -> Option<PathBuf> {
    let children = fs::read_to_string(format!("/proc/{outside}/task/{outside}/children")).ok()?;
    let first: u32 = children.split_whitespace().next()?.parse().ok()?;
    let seen = PathBuf::from(format!("/proc/{first}/root/proc"));
    // During setup this is still the list of all processes.
    (device(&seen)? != device("/proc".as_ref())?).then_some(seen)
}

fn device(path: &std::path::Path) -> Option<u64> {
    #[cfg(unix)]
    {
        let metadata = fs::metadata(path).ok()?;
        Some(std::os::unix::fs::MetadataExt::dev(&metadata))
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        None
    }
}

fn field(status: &str, name: &str) -> u64 {
    status
        .lines()
        .find_map(|line| line.strip_prefix(name))
        .and_then(|value| value.split_whitespace().next())
        .and_then(|value| value.parse().ok())
        .unwrap_or(0)
}

/// Whether the kernel counts processes per user namespace, as it does since Linux 5.14. Before
/// that, a limit would count everything else that the user runs.
pub(super) fn counts_by_namespace() -> bool {
    let Ok(release) = fs::read_to_string("/proc/sys/kernel/osrelease") else {
        return false;
    };
    let mut numbers = release
        .split(|c: char| !c.is_ascii_digit())
        .map_while(|number| number.parse::<u32>().ok());
    (numbers.next(), numbers.next()) >= (Some(5), Some(14))
}
