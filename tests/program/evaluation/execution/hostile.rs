//! Hostile programs. The Python ones run as scripts, without the restrictions of the driver.

use std::{
    fs,
    net::TcpListener,
    path::PathBuf,
    thread,
    time::{Duration, Instant},
};

use routelens::{
    language::Language::Python,
    sandbox::{Execution, Executor, Limits, TestResult::*},
};

use super::{SMALL, assert_result, executor, printed};

/// Runs a script that must print this.
fn script(executor: &Executor, source: &str, output: &str) -> Execution {
    printed(executor, Python, source, output)
}

/// Processes anywhere on the machine with this in their command line.
fn alive(mark: &str) -> usize {
    let commands = fs::read_dir("/proc")
        .expect("processes")
        .flatten()
        .filter_map(|entry| fs::read(entry.path().join("cmdline")).ok());
    commands
        .filter(|command| String::from_utf8_lossy(command).contains(mark))
        .count()
}

/// Waits until none is alive: the kernel takes a moment to end them.
fn assert_gone(mark: &str) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while alive(mark) > 0 {
        assert!(Instant::now() < deadline, "{} left of {mark}", alive(mark));
        thread::sleep(Duration::from_millis(20));
    }
}

/// A number of seconds to sleep that no other test uses.
fn mark() -> String {
    format!("27{}", fastrand::u32(10_000_000..99_999_999))
}

/// A file with a secret; removed when dropped.
struct Secret {
    file: tempfile::NamedTempFile,
    text: String,
}

impl Secret {
    fn new_in(folder: PathBuf) -> Option<Self> {
        let file = tempfile::Builder::new()
            .prefix("routelens-secret-")
            .tempfile_in(folder)
            .ok()?;
        let text = format!("secret {}", fastrand::u64(..));
        fs::write(file.path(), &text).expect("written");
        Some(Secret { file, text })
    }

    /// In the home folder if it is writable, and in the folder for temporary files.
    fn several() -> Vec<Self> {
        let home = std::env::var_os("HOME").map(PathBuf::from);
        let temporary = Some(std::env::temp_dir());
        [
            home,
            temporary,
            Some("/var/tmp".into()),
            Some("/dev/shm".into()),
        ]
        .into_iter()
        .flatten()
        .filter_map(Secret::new_in)
        .collect()
    }

    fn assert_unharmed(&self) {
        let text = fs::read_to_string(self.file.path()).expect("it is still there");
        assert_eq!(text, self.text);
    }
}

#[test]
fn a_fork_bomb_is_ended_and_nothing_of_it_remains() {
    let Some(executor) = executor(Python, SMALL) else {
        return;
    };
    let mark = mark();
    let source = format!(
        "import os
while True:
    try:
        if os.fork() == 0:
            os.execv('/bin/sh', ['sh', '-c', 'sleep {mark} & sleep {mark} & wait'])
    except OSError:
        pass
"
    );
    assert_result(&script(&executor, &source, ""), TooManyProcesses);
    assert_gone(&mark);

    let source =
        "import os\nwhile True:\n    try:\n        os.fork()\n    except OSError:\n        pass\n";
    assert_result(&script(&executor, source, ""), TooManyProcesses);
    let threads = "import threading, time\nthreading.stack_size(1 << 16)\nfor _ in range(100):\n    threading.Thread(target=time.sleep, args=(9,)).start()\n";
    assert_result(&script(&executor, threads, ""), TooManyProcesses);
    assert_result(&script(&executor, "print('fine')", "fine"), Passed);
}

#[test]
fn a_child_that_left_its_parent_is_dead_afterwards() {
    let Some(executor) = executor(Python, SMALL) else {
        return;
    };
    let mark = mark();
    let source = format!(
        "import os
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.closerange(0, 3)
        os.execv('/bin/sleep', ['sleep', '{mark}'])
    os._exit(0)
os.wait()
print('started')
"
    );
    assert_result(&script(&executor, &source, "started"), Passed);
    assert_gone(&mark);
    // A process that holds the output open does not delay the end.
    let holding = source
        .replace("        os.closerange(0, 3)\n", "")
        .replace(&mark, "2718281");
    let started = Instant::now();
    assert_result(&script(&executor, &holding, "started"), Passed);
    assert!(started.elapsed() < Duration::from_secs(60));
    assert_gone("2718281");
}

#[test]
fn endless_programs_are_ended() {
    let limits = Limits {
        time_ms: 700,
        ..SMALL
    };
    let Some(executor) = executor(Python, limits) else {
        return;
    };
    for source in [
        "while True: pass",
        "import time\ntime.sleep(100)",
        "import signal, time\nfor s in range(1, 65):\n    try: signal.signal(s, signal.SIG_IGN)\n    except (OSError, ValueError): pass\ntime.sleep(100)",
        "import os, time\nos.closerange(0, 100)\ntime.sleep(100)",
    ] {
        assert_result(&script(&executor, source, ""), TimedOut);
    }
}

#[test]
fn endless_output_is_cut_off() {
    let Some(executor) = executor(Python, SMALL) else {
        return;
    };
    assert_result(
        &script(&executor, "while True: print('x' * 1000)", ""),
        TooMuchOutput,
    );
    let errors = "import sys\nwhile True: sys.stderr.write('x' * 1000)";
    assert_result(&script(&executor, errors, ""), TooMuchOutput);
}

#[test]
fn memory_is_limited_for_one_process_and_for_all_together() {
    let Some(executor) = executor(Python, SMALL) else {
        return;
    };
    let one = "kept = []\nwhile True: kept.append(bytearray(1 << 20))";
    assert_result(&script(&executor, one, ""), OutOfMemory);
    let together = "import os, time
for _ in range(8):
    if os.fork() == 0:
        kept = bytearray(100 << 20)
        time.sleep(60)
time.sleep(60)
";
    assert_result(&script(&executor, together, ""), OutOfMemory);
    let shared = "import mmap, time\nkept = mmap.mmap(-1, 1 << 30)\nfor at in range(0, 1 << 30, 4096): kept[at] = 1\ntime.sleep(60)";
    assert_result(&script(&executor, shared, ""), OutOfMemory);
}

#[test]
fn files_are_small_and_few_and_outside_the_system() {
    let Some(executor) = executor(Python, SMALL) else {
        return;
    };
    let source = "
def fill(name):
    try:
        with open(name, 'wb') as file:
            for _ in range(64):
                file.write(bytes(1 << 20))
        return 'written'
    except OSError as error:
        return error.strerror
print(fill('/tmp/large'))
full = [fill(f'/tmp/{number}') for number in range(100)]
print(full[-1])
full = [fill(f'/dev/shm/{number}') for number in range(100)]
print(full[-1])
for place in ['/x', '/usr/x', '/dev/x', '/etc/x', '/bin/x']:
    print(fill(place))
";
    let wanted = "File too large\nNo space left on device\nNo space left on device\nRead-only file system\nRead-only file system\nRead-only file system\nRead-only file system\nRead-only file system\n";
    assert_result(&script(&executor, source, wanted), Passed);
}

#[test]
fn nothing_outside_can_be_deleted() {
    let Some(executor) = executor(Python, SMALL) else {
        return;
    };
    let secrets = Secret::several();
    let source = "
import os, shutil, subprocess
everything = ['/' + name for name in os.listdir('/') if name not in ('usr', 'proc')]
for place in ['/tmp', os.environ['HOME'], os.path.dirname(__file__), '/usr/bin', *everything]:
    shutil.rmtree(place, ignore_errors=True)
subprocess.run(['/bin/rm', '-rf', '/tmp', '/usr/bin', *everything], stderr=subprocess.DEVNULL)
print('done')
";
    assert_result(&script(&executor, source, "done"), Passed);
    for secret in &secrets {
        secret.assert_unharmed();
    }
    assert_result(&script(&executor, "print('fine')", "fine"), Passed);
}

#[test]
fn what_is_not_the_systems_cannot_be_read() {
    let Some(executor) = executor(Python, SMALL) else {
        return;
    };
    for secret in Secret::several() {
        let path = secret.file.path();
        let (folder, name) = (
            path.parent().expect("a folder"),
            path.file_name().expect("a name"),
        );
        let source = format!(
            "
import os
for place in [{path:?}, '/proc/1/root' + {path:?}, '/proc/self/root' + {path:?}]:
    try:
        print(open(place).read())
    except OSError:
        print('hidden')
try:
    print({name:?} in os.listdir({folder:?}))
except OSError:
    print(False)
for place in ['/etc/passwd', '/etc/shadow', '/var/lib', '/home', '/etc/hostname']:
    print(os.path.exists(place))
",
            path = path.to_string_lossy(),
            folder = folder.to_string_lossy(),
            name = name.to_string_lossy(),
        );
        let wanted = "hidden\nhidden\nhidden\nFalse\nFalse\nFalse\nFalse\nFalse\nFalse\n";
        assert_result(&script(&executor, &source, wanted), Passed);
    }
}

#[test]
fn nothing_of_the_environment_is_seen() {
    let Some(executor) = executor(Python, SMALL) else {
        return;
    };
    let own = "PATH=";
    assert!(std::env::vars().any(|(name, _)| name.starts_with("CARGO")) && own.len() == 5);
    let source = "
import os
allowed = {'PATH', 'LANG', 'HOME', 'TMPDIR', 'PWD', 'OLDPWD', 'SHLVL', '_', 'LC_CTYPE'}
print(sorted(set(os.environ) - allowed))
seen = b''.join(open(f'/proc/{name}/environ', 'rb').read() for name in os.listdir('/proc') if name.isdigit())
print(b'CARGO' in seen)
";
    assert_result(&script(&executor, source, "[]\nFalse\n"), Passed);
}

#[test]
fn there_is_no_network() {
    let Some(executor) = executor(Python, SMALL) else {
        return;
    };
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.set_nonblocking(true).expect("set");
    let source = format!(
        "
import socket
for address in [('127.0.0.1', {port}), ('localhost', {port}), ('192.0.2.1', 80)]:
    try:
        socket.create_connection(address, timeout=1).close()
        print('connected')
    except OSError:
        print('refused')
print(sorted(name for _, name in socket.if_nameindex()))
",
        port = listener.local_addr().expect("bound").port(),
    );
    assert_result(
        &script(&executor, &source, "refused\nrefused\nrefused\n['lo']"),
        Passed,
    );
    assert!(listener.accept().is_err(), "it was reached");
}

#[test]
fn nothing_outside_can_be_killed() {
    let Some(executor) = executor(Python, SMALL) else {
        return;
    };
    let bystander = {
        let executor = executor.clone();
        thread::spawn(move || {
            script(
                &executor,
                "import time\ntime.sleep(1.5)\nprint('unharmed')",
                "unharmed",
            )
        })
    };
    let source = "
import os, signal
for target in [1, os.getppid(), PARENT]:
    try:
        os.kill(target, signal.SIGKILL)
    except OSError:
        pass
print(len([name for name in os.listdir('/proc') if name.isdigit()]) < 8, flush=True)
";
    let source = source.replace("PARENT", &std::process::id().to_string());
    assert_result(&script(&executor, &source, "True"), Passed);
    let all = "import os\nos.kill(-1, 9)\nos.killpg(0, 9)\n";
    assert_result(&script(&executor, all, "never"), Failed);
    assert_result(&bystander.join().expect("it ended"), Passed);
}

#[cfg(unix)]
#[test]
fn what_the_caller_has_open_is_not_inherited() {
    let Some(executor) = executor(Python, SMALL) else {
        return;
    };
    // Like a shell's `routelens … 7</etc`: nothing closes the descriptor when a program is started.
    let folder = rustix::fs::open(
        "/etc",
        rustix::fs::OFlags::DIRECTORY,
        rustix::fs::Mode::empty(),
    );
    let folder = folder.expect("a folder");
    let source = "
import os
for descriptor in range(3, 1024):
    try:
        print(descriptor, os.listdir(descriptor))
    except OSError:
        pass
";
    assert_result(&script(&executor, source, ""), Passed);
    drop(folder);
}

#[test]
fn the_kernel_cannot_be_told_anything() {
    let Some(executor) = executor(Python, SMALL) else {
        return;
    };
    let source = "
import ctypes, os
for place in ['/proc/sys/kernel/hostname', '/proc/sys/vm/drop_caches', '/proc/sys/kernel/core_pattern',
        '/proc/sysrq-trigger', '/proc/1/mem', '/sys/kernel/mm/ksm/run', '/dev/kmsg', '/dev/mem']:
    try:
        os.close(os.open(place, os.O_WRONLY))
        print(place, 'opened')
    except OSError:
        pass
libc = ctypes.CDLL(None)
print(libc.mount(b'none', b'/tmp', b'tmpfs', 0, None), libc.unshare(0x10000000), libc.sethostname(b'x', 1))
";
    assert_result(&script(&executor, source, "-1 -1 -1"), Passed);
}

#[test]
fn closed_and_multiplied_descriptors_do_no_harm() {
    let Some(executor) = executor(Python, SMALL) else {
        return;
    };
    let closing = "import os\nos.closerange(0, 4096)\n";
    assert_result(&script(&executor, closing, ""), Passed);
    let many = "import os\ntry:\n    while True: os.dup(1)\nexcept OSError: print('full')";
    assert_result(&script(&executor, many, "full"), Passed);
    // Under the driver it ends before it can report.
    assert_result(&super::tested(&executor, Python, closing), Failed);
}
