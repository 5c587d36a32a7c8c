//! A control group that bounds how many processes a sandbox may have, where such groups can be made:
//! by root. Everybody else is bound by a limit that each process carries, which does not bind root.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    thread,
    time::{Duration, Instant},
};

/// Where groups for counting processes are made: of the first version, and of the second.
const PLACES: [&str; 2] = ["/sys/fs/cgroup/pids", "/sys/fs/cgroup"];
/// How their names begin; then come the process that made them and something new.
const PREFIX: &str = "routelens-";
/// How long ended processes may take to be gone.
const GONE: Duration = Duration::from_secs(5);

/// A group for one command. Removed when dropped, which waits until all its processes are gone.
#[derive(Debug)]
pub(super) struct Group {
    folder: PathBuf,
}

impl Group {
    /// Makes a group for this many processes, if that can be done here.
    pub(super) fn new(processes: u32) -> Option<Self> {
        PLACES.into_iter().find_map(|place| {
            let name = format!("{PREFIX}{}-{:016x}", std::process::id(), fastrand::u64(..));
            let folder = Path::new(place).join(name);
            fs::create_dir(&folder).ok()?;
            let group = Group { folder };
            fs::write(group.folder.join("pids.max"), processes.to_string()).ok()?;
            Some(group)
        })
    }

    /// The command as a member of the group from its start.
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

/// Removes the groups of programs that were killed and could not do it.
pub(super) fn remove_abandoned() {
    for place in PLACES {
        for entry in fs::read_dir(place).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let maker = name
                .to_str()
                .and_then(|name| name.strip_prefix(PREFIX)?.split('-').next()?.parse().ok());
            if maker.is_some_and(|maker: u32| !Path::new(&format!("/proc/{maker}")).exists()) {
                // One with a process in it stays.
                let _ = fs::remove_dir(entry.path());
            }
        }
    }
}

impl Drop for Group {
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
        let Some(used) = Group::new(8) else {
            eprintln!("not tested here: no control groups can be made");
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
