//! The start of llama.cpp: where its log goes, what happens when it aborts, and which devices it
//! sees.

use std::ffi::{CStr, c_char};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use llama_cpp_2::llama_backend::LlamaBackend;
use llama_cpp_2::{LlamaBackendDeviceType, LogOptions};
use serde::Serialize;

static BACKEND: OnceLock<LlamaBackend> = OnceLock::new();
static ON_ABORT: OnceLock<fn(&str)> = OnceLock::new();

/// Starts llama.cpp once; later calls cost nothing. From here on everything llama.cpp and ggml log
/// goes to `tracing`. Drivers that write to standard error themselves (Vulkan's does) must be
/// dealt with by whoever owns the terminal.
pub fn init_backend() -> &'static LlamaBackend {
    BACKEND.get_or_init(|| {
        // Before anything else: loading a back end already logs.
        llama_cpp_2::send_logs_to_tracing(LogOptions::default());
        // SAFETY: the callback is a plain function that lives as long as the program.
        unsafe { llama_cpp_sys_2::ggml_set_abort_callback(Some(aborting)) };
        load_modules();
        LlamaBackend::init().expect("nothing else in this program starts llama.cpp")
    })
}

/// Sets what is called when llama.cpp gives up, with a message, just before the process ends: the
/// last chance to give the terminal back. That is an assertion of its own (`GGML_ASSERT`), and all
/// else that aborts: a GPU driver's assertion, or an error of a driver that nothing catches. The
/// first hook set stays. It runs on whichever thread failed and must neither panic nor wait.
pub fn on_abort(hook: fn(&str)) {
    if ON_ABORT.set(hook).is_ok() {
        #[cfg(unix)]
        watch_for_abort();
    }
    init_backend();
}

/// Has the hook called on SIGABRT too, which then ends the process as it would have.
#[cfg(unix)]
fn watch_for_abort() {
    use signal_hook::{consts::SIGABRT, low_level};
    let last_words = || {
        give_up("the process was aborted; the log may say by what");
        let _ = low_level::emulate_default_handler(SIGABRT);
    };
    // SAFETY: the hook does more than a handler may at any moment, but abort() raises this signal
    // from a place that the program itself called, not from the middle of anything.
    if let Err(error) = unsafe { low_level::register(SIGABRT, last_words) } {
        tracing::warn!("aborts cannot be watched for: {error}");
    }
}

/// Calls the hook, once: an assertion of llama.cpp's ends in a signal as well.
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

/// Loads the back ends that are files of their own: from the folder in `ROUTELENS_BACKENDS`, from
/// beside the program, or from where they were built.
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

/// What a device is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviceKind {
    Cpu,
    Gpu,
    /// A GPU that shares the machine's memory.
    IntegratedGpu,
    /// Something that helps the CPU, such as a BLAS library.
    Accelerator,
    Unknown,
}

/// A device that llama.cpp sees.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeviceInfo {
    /// The name to choose it by, such as `CUDA0`.
    pub name: String,
    /// What it is, such as "NVIDIA H200".
    pub description: String,
    /// The part of llama.cpp that drives it, such as `CUDA`.
    pub backend: String,
    pub kind: DeviceKind,
    /// Memory in bytes; 0 where the driver does not say.
    pub memory_total: u64,
    pub memory_free: u64,
    /// Its place in llama.cpp's list.
    #[serde(skip)]
    pub(super) index: usize,
}

impl DeviceInfo {
    /// Whether layers of a model can be put on it.
    pub fn is_gpu(&self) -> bool {
        matches!(self.kind, DeviceKind::Gpu | DeviceKind::IntegratedGpu)
    }
}

/// Starts the drivers of these devices, if they are not running yet. Vulkan's starts a device when
/// it is first used and would crash if two models, loading side by side, were both the first.
pub(super) fn start_drivers(devices: &[DeviceInfo]) {
    static STARTING: Mutex<()> = Mutex::new(());
    let _one_at_a_time = STARTING.lock().unwrap_or_else(PoisonError::into_inner);
    for device in devices {
        // SAFETY: the index is from llama.cpp's list, which only grows. Asking for the kinds of
        // memory uses the device, and for the host's also the first one of its driver.
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
