//! Bubblewrap: how a sandbox is built, and what to tell the user if it is unavailable.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use super::Job;
use crate::sandbox::lookup::find_on_path;

/// The parts of the system that every sandbox sees, if they exist: programs, libraries, and the
/// configuration needed to load them.
const SYSTEM: [&str; 8] = [
    "/usr",
    "/bin",
    "/sbin",
    "/lib",
    "/lib32",
    "/lib64",
    "/nix/store",
    "/gnu/store",
];
const CONFIGURATION: [&str; 4] = [
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/alternatives",
];
/// Bytes allowed in a command's temporary folder for each byte of its largest file.
const ROOM: u64 = 16;

/// The bubblewrap installed on this machine.
#[derive(Debug, Clone)]
pub(super) struct Bubblewrap {
    path: PathBuf,
    version: String,
    /// Whether it can limit the size of a temporary folder (since 0.7).
    sizes: bool,
    /// Whether it can forbid user namespaces inside (since 0.8). In one, a program could mount
    /// folders without a size limit.
    forbids: bool,
    system: Vec<(PathBuf, Option<PathBuf>)>,
}

/// Whether every sandbox already contains this path.
pub fn is_shared(path: &Path) -> bool {
    SYSTEM.iter().any(|shared| path.starts_with(shared))
}

impl Bubblewrap {
    /// Looks for it on the PATH.
    pub(super) fn find() -> Result<Self, String> {
        Self::at(find_on_path("bwrap"))
    }

    fn at(found: Option<PathBuf>) -> Result<Self, String> {
        if cfg!(not(target_os = "linux")) {
            return Err(
                "programs run in a sandbox, and bubblewrap exists only for Linux: use \
                --unsafe-execution to run them without one"
                    .into(),
            );
        }
        let Some(path) = found else {
            return Err("programs run in a sandbox, but bubblewrap (bwrap) is not on the PATH: install the \
                package `bubblewrap` (its name in Debian, Ubuntu, Fedora, Arch, Alpine and \
                openSUSE), or use --unsafe-execution to run them without one".into());
        };
        let said = |flag: &str| {
            let output = Command::new(&path)
                .arg(flag)
                .stdin(Stdio::null())
                .output()
                .map_err(|error| format!("{} cannot be started: {error}", path.display()))?;
            Ok::<_, String>(String::from_utf8_lossy(&output.stdout).into_owned())
        };
        let help = said("--help")?;
        Ok(Bubblewrap {
            version: said("--version")?.trim().replace("bubblewrap ", ""),
            sizes: help.contains("--size"),
            forbids: help.contains("--disable-userns"),
            system: system(),
            path,
        })
    }

    /// The command that creates a sandbox and starts a shell in it.
    pub(super) fn command(&self, job: &Job) -> Command {
        let mut command = Command::new(&self.path);
        command
            .args(["--unshare-all", "--die-with-parent", "--new-session"])
            .args(["--cap-drop", "ALL"]);
        if self.forbids {
            command.args(["--unshare-user", "--disable-userns"]);
        }
        for (path, link) in &self.system {
            match link {
                Some(target) => command.arg("--symlink").arg(target).arg(path),
                None => command.arg("--ro-bind").arg(path).arg(path),
            };
        }
        command.args(["--proc", "/proc", "--dev", "/dev"]);
        for folder in ["/dev/shm", "/tmp"] {
            if self.sizes {
                let room = job.limits.file.saturating_mul(ROOM);
                command.arg("--size").arg(room.to_string());
            }
            command.args(["--tmpfs", folder]);
        }
        for path in job.readable.iter().filter(|path| !is_shared(path)) {
            command.arg("--ro-bind").arg(path).arg(path);
        }
        for path in &job.writable {
            command.arg("--bind").arg(path).arg(path);
        }
        // To the kernel, root is root in here too: it could write to `/proc/sys`.
        command
            .args(["--remount-ro", "/proc", "--remount-ro", "/dev"])
            .args(["--remount-ro", "/"])
            .args(["--chdir", "/tmp", "--", "/bin/sh"]);
        command
    }

    /// The error for a bubblewrap that does not work: its output, and what can be done.
    pub(super) fn refusal(&self, said: &str) -> String {
        let said = match said {
            "" => "it gave no reason",
            said => said,
        };
        format!(
            "programs run in a sandbox, but bubblewrap ({}, version {}) does not work here: \
             {said}. {}, or use --unsafe-execution to run programs without a sandbox",
            self.path.display(),
            self.version,
            remedy(&|name| fs::read_to_string(Path::new("/proc/sys").join(name)).ok()),
        )
    }
}

/// What to do if namespaces cannot be created, according to the kernel's settings.
fn remedy(setting: &dyn Fn(&str) -> Option<String>) -> String {
    let is = |name: &str, value: &str| setting(name).is_some_and(|found| found.trim() == value);
    let sysctl = |name: &str, value: &str| {
        format!(
            "User namespaces are forbidden on this machine: allow them with `sysctl -w {name}={value}` as root"
        )
    };
    if is("user/max_user_namespaces", "0") {
        return sysctl("user.max_user_namespaces", "10000");
    }
    if is("kernel/unprivileged_userns_clone", "0") {
        return sysctl("kernel.unprivileged_userns_clone", "1");
    }
    if is("kernel/apparmor_restrict_unprivileged_userns", "1") {
        return sysctl("kernel.apparmor_restrict_unprivileged_userns", "0");
    }
    "In a container, allow namespaces (Docker and Podman: `--security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined`)".into()
}

/// The system's parts that exist: folders, or links as on systems with a merged `/usr`.
fn system() -> Vec<(PathBuf, Option<PathBuf>)> {
    let java = fs::read_dir("/etc")
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| entry.file_name().as_encoded_bytes().starts_with(b"java"))
        .map(|entry| entry.path());
    SYSTEM
        .iter()
        .chain(&CONFIGURATION)
        .map(PathBuf::from)
        .chain(java)
        .filter(|path| path.exists())
        .map(|path| {
            let link = match path.parent() == Some(Path::new("/")) {
                true => fs::read_link(&path).ok(),
                false => None,
            };
            (path, link)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_and_what_does_not_work_are_told_apart() {
        if cfg!(not(target_os = "linux")) {
            return;
        }
        let missing = Bubblewrap::at(None).expect_err("there is none");
        assert!(missing.contains("not on the PATH"), "{missing}");
        assert!(
            missing.contains("install the package `bubblewrap`"),
            "{missing}"
        );
        assert!(missing.contains("--unsafe-execution"), "{missing}");

        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("bwrap");
        // A shell writes the script: a file that any process has open for writing cannot be
        // executed, and this test program forks others in the meantime.
        let script = "#!/bin/sh\ncase $1 in\n--version) echo bubblewrap 0.4.1 ;;\n--help) ;;\n*) echo 'bwrap: No permissions to create new namespace' >&2; exit 1 ;;\nesac\n";
        let written = Command::new("/bin/sh")
            .args([
                "-c",
                "printf '%s' \"$1\" > \"$2\" && chmod 755 \"$2\"",
                "sh",
                script,
            ])
            .arg(&path)
            .status();
        assert!(written.expect("a shell").success());
        let old = Bubblewrap::at(Some(path)).expect("it is there");
        assert!(!old.sizes && !old.forbids);
        let refused =
            crate::sandbox::isolation::Sandbox::of(Some(old)).expect_err("it does not work");
        for said in [
            "version 0.4.1",
            "does not work here",
            "No permissions to create new namespace",
            "--unsafe-execution",
        ] {
            assert!(refused.contains(said), "{refused}");
        }
    }

    #[test]
    fn the_remedy_names_the_setting_that_forbids() {
        let with = |forbidding: &'static str, value: &'static str| {
            remedy(&move |name| (name == forbidding).then(|| format!("{value}\n")))
        };
        assert!(with("user/max_user_namespaces", "0").contains("user.max_user_namespaces=10000"));
        assert!(
            with("kernel/apparmor_restrict_unprivileged_userns", "1")
                .contains("apparmor_restrict_unprivileged_userns=0")
        );
        assert!(with("user/max_user_namespaces", "96365").contains("container"));
    }
}
