//! The versions in this binary: its own, the llama.cpp binding's, and any crate's by name.

use std::sync::LazyLock;

/// The lock file, with the version of every crate in this binary.
const LOCK: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.lock"));

/// The version of a crate in this binary.
pub fn of_crate(name: &str) -> Option<&'static str> {
    let heading = format!("name = \"{name}\"\nversion = \"");
    let (_, after) = LOCK.split_once(&heading)?;
    after.split('"').next()
}

/// The GPU back ends compiled in; only "CPU" if there are none.
pub fn backends() -> Vec<&'static str> {
    let all = [
        (cfg!(feature = "cuda"), "CUDA"),
        (cfg!(feature = "vulkan"), "Vulkan"),
        (cfg!(feature = "metal"), "Metal"),
        (cfg!(feature = "rocm"), "ROCm"),
    ];
    let built = all.into_iter().filter(|(built, _)| *built);
    built.map(|(_, name)| name).chain(["CPU"]).collect()
}

/// What `--version` prints after the program's name.
pub fn long() -> &'static str {
    static TEXT: LazyLock<String> = LazyLock::new(|| {
        format!(
            "{}\nllama-cpp-2 {} ({}{})",
            env!("CARGO_PKG_VERSION"),
            of_crate("llama-cpp-2").unwrap_or("(unknown version)"),
            backends().join(", "),
            if cfg!(feature = "dynamic-backends") {
                "; loaded at run time"
            } else {
                ""
            }
        )
    });
    &TEXT
}
