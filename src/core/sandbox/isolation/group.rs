//! A control group that limits the number of processes in a sandbox, where one can be created: by
//! root. Other users are bound by a per-process limit, which does not bind root.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    thread,
    time::{Duration, Instant},
};

/// Where control groups are created: version 1 and version 2.
const PLACES: [&str; 2] = ["/sys/fs/cgroup/pids", "/sys/fs/cgroup"];
/// Prefix of their names; the creating process and a counter follow.
const PREFIX: &str = "routelens-";
/// How long ended processes may take to disappear.
const GONE: Duration = Duration::from_secs(5);

/// A control group for one command. Dropping it waits until all its processes are gone, then
/// removes it.
#[derive(Debug)]
pub(super) struct ControlGroup {
    folder: PathBuf,
}

impl ControlGroup {
    /// Creates a group for this many processes, if possible here.
    pub(super) fn new(processes: u32) -> Option<Self> {
        PLACES.into_iter().find_map(|place| {
            let name = format!("{PREFIX}{}-{:016x}", std::process::id(), fastrand::u64(..));
            let folder = Path::new(place).join(name);
            fs::create_dir(&folder).ok()?;
            let group = ControlGroup { folder };
            fs::write(group.folder.join("pids.max"), processes.to_string()).ok()?;
            Some(group)
        })
    }

    /// The command, started as a member of the group.
    pub(super) fn around(&self, command: &Command) -> Command {
        let mut around = Command::new("/bin/sh");
        around
            .args(["-c", "echo $$ > \"$0\"; exec \"$@\""])
            .arg(self.folder.join("cgroup.procs"))
            .arg(command.get_program())
            .args(command.get_args());
        around
    }
}

/// Removes the groups of programs that were killed before they could.
pub(super) fn remove_abandoned() {
    for place in PLACES {
        for entry in fs::read_dir(place).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let maker = name
                .to_str()
                .and_then(|name| name.strip_prefix(PREFIX)?.split('-').next()?.parse().ok());
            if maker.is_some_and(|maker: u32| !Path::new(&format!("/proc/{maker}")).exists()) {
                // A group that still has a process cannot be removed.
                let _ = fs::remove_dir(entry.path());
            }
        }
    }
}

impl Drop for ControlGroup {
    fn drop(&mut self) {
        let deadline = Instant::now() + GONE;
        while fs::remove_dir(&self.folder).is_err()
            && self.folder.exists()
            && Instant::now() < deadline
        {
            thread::sleep(Duration::from_millis(1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_killed_program_left_is_removed_and_what_is_in_use_stays() {
        let Some(used) = ControlGroup::new(8) else {
            eprintln!("skipped: control groups cannot be created here");
            return;
        };
        let place = used.folder.parent().expect("a folder");
        // No process has such a number.
        let abandoned = place.join(format!("{PREFIX}4294967295-0"));
        fs::create_dir(&abandoned).expect("made");
        remove_abandoned();
        assert!(used.folder.exists());
        assert!(!abandoned.exists());
    }
}
