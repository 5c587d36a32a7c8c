//! Starting llama.cpp: where its log goes, what happens when it aborts, and which devices it sees.

use std::ffi::{CStr, c_char};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use llama_cpp_2::llama_backend::LlamaBackend;
use llama_cpp_2::{LlamaBackendDeviceType, LogOptions};
use serde::Serialize;

static BACKEND: OnceLock<LlamaBackend> = OnceLock::new();
static ON_ABORT: OnceLock<fn(&str)> = OnceLock::new();

/// Starts llama.cpp once; later calls cost nothing. All logging of llama.cpp and ggml then goes to
/// `tracing`. Drivers that write to standard error themselves, such as Vulkan's, are left to the
/// owner of the terminal.
pub fn init_backend() -> &'static LlamaBackend {
    BACKEND.get_or_init(|| {
        // First of all, because loading a back end already logs.
        llama_cpp_2::send_logs_to_tracing(LogOptions::default());
        // SAFETY: the callback is a plain function that lives as long as the program.
        unsafe { llama_cpp_sys_2::ggml_set_abort_callback(Some(aborting)) };
        load_modules();
        LlamaBackend::init().expect("nothing else in this program starts llama.cpp")
    })
}

/// Sets a hook that runs, with a message, when llama.cpp aborts, just before the process ends. This
/// is the last chance to restore the terminal. It covers llama.cpp's own assertions (`GGML_ASSERT`)
/// and every other abort, such as a GPU driver's assertion or an uncaught exception. Only the first
/// hook counts. It runs on the thread that failed and must neither panic nor block.
pub fn on_abort(hook: fn(&str)) {
    if ON_ABORT.set(hook).is_ok() {
        #[cfg(unix)]
        watch_for_abort();
    }
    init_backend();
}

/// Calls the hook on SIGABRT too; the signal then ends the process as usual.
#[cfg(unix)]
fn watch_for_abort() {
    use signal_hook::{consts::SIGABRT, low_level};
    let last_words = || {
        give_up("the process was aborted; check the log for the cause");
        let _ = low_level::emulate_default_handler(SIGABRT);
    };
    // SAFETY: the hook does more than a signal handler may at arbitrary points, but abort() raises
    // this signal from a call that the program made, not from the middle of anything.
    if let Err(error) = unsafe { low_level::register(SIGABRT, last_words) } {
        tracing::warn!("cannot watch for aborts: {error}");
    }
}

/// Calls the hook once: llama.cpp's own assertions also end in a signal.
fn give_up(message: &str) {
    static GIVEN_UP: AtomicBool = AtomicBool::new(false);
    if GIVEN_UP.swap(true, Ordering::SeqCst) {
        return;
    }
    match ON_ABORT.get() {
        Some(hook) => hook(message),
        None => eprintln!("{message}"),
    }
}

unsafe extern "C" fn aborting(message: *const c_char) {
    let message = match message.is_null() {
        true => "llama.cpp aborted".into(),
        // SAFETY: ggml passes a C string that outlives this call.
        false => unsafe { CStr::from_ptr(message) }.to_string_lossy(),
    };
    give_up(&message);
}

/// Loads the back ends that are separate files: from the folder in `ROUTELENS_BACKENDS`, from the
/// program's folder, or from the build folder.
#[cfg(feature = "dynamic-backends")]
fn load_modules() {
    use llama_cpp_2::llama_backend::{load_backends, load_backends_from_path};
    use std::path::{Path, PathBuf};

    let named = std::env::var_os("ROUTELENS_BACKENDS").map(PathBuf::from);
    let beside = std::env::current_exe()
        .ok()
        .and_then(|exe| exe.parent().map(Path::to_path_buf));
    for folder in named.into_iter().chain(beside) {
        // llama.cpp takes the path as a C string in UTF-8.
        if folder.to_str().is_some_and(|path| !path.contains('\0')) {
            load_backends_from_path(&folder);
        }
        if !llama_cpp_2::list_llama_ggml_backend_devices().is_empty() {
            return;
        }
    }
    load_backends();
}

#[cfg(not(feature = "dynamic-backends"))]
fn load_modules() {}

/// The kind of a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviceKind {
    Cpu,
    Gpu,
    /// A GPU that shares the system's memory.
    IntegratedGpu,
    /// Supports the CPU, such as a BLAS library.
    Accelerator,
    Unknown,
}

/// A device that llama.cpp sees.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeviceInfo {
    /// Name for selecting it, such as `CUDA0`.
    pub name: String,
    /// Description, such as "NVIDIA H200".
    pub description: String,
    /// The back end that drives it, such as `CUDA`.
    pub backend: String,
    pub kind: DeviceKind,
    /// Memory in bytes; 0 if the driver does not report it.
    pub memory_total: u64,
    pub memory_free: u64,
    /// Position in llama.cpp's list.
    #[serde(skip)]
    pub(super) index: usize,
}

impl DeviceInfo {
    /// Whether model layers can run on it.
    pub fn is_gpu(&self) -> bool {
        matches!(self.kind, DeviceKind::Gpu | DeviceKind::IntegratedGpu)
    }
}

/// Starts the drivers of these devices unless they are running. Vulkan starts a device on first use
/// and would crash if two models loading at once were both the first.
pub(super) fn start_drivers(devices: &[DeviceInfo]) {
    static STARTING: Mutex<()> = Mutex::new(());
    let _one_at_a_time = STARTING.lock().unwrap_or_else(PoisonError::into_inner);
    for device in devices {
        // SAFETY: the index is from llama.cpp's list, which only grows. Asking for the buffer type
        // uses the device; asking for the host's uses its driver's first device as well.
        unsafe {
            let device = llama_cpp_sys_2::ggml_backend_dev_get(device.index);
            llama_cpp_sys_2::ggml_backend_dev_buffer_type(device);
            llama_cpp_sys_2::ggml_backend_dev_host_buffer_type(device);
        }
    }
}

/// The devices that llama.cpp sees, in its order.
pub fn devices() -> Vec<DeviceInfo> {
    init_backend();
    llama_cpp_2::list_llama_ggml_backend_devices()
        .into_iter()
        .map(|device| DeviceInfo {
            name: device.name,
            description: device.description,
            backend: device.backend,
            kind: match device.device_type {
                LlamaBackendDeviceType::Cpu => DeviceKind::Cpu,
                LlamaBackendDeviceType::Gpu => DeviceKind::Gpu,
                LlamaBackendDeviceType::IntegratedGpu => DeviceKind::IntegratedGpu,
                LlamaBackendDeviceType::Accelerator => DeviceKind::Accelerator,
                LlamaBackendDeviceType::Unknown => DeviceKind::Unknown,
            },
            memory_total: device.memory_total as u64,
            memory_free: device.memory_free as u64,
            index: device.index,
        })
        .collect()
}
