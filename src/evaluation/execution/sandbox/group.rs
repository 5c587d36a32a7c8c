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
            let folder = Path::new(place).join(format!("routelens-{:016x}", fastrand::u64(..)));
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
