//! From a file to a model in memory, with every check before llama.cpp sees the file.

use std::sync::Arc;

use llama_cpp_2::model::LlamaModel;
use llama_cpp_2::model::params::LlamaModelParams;

use super::backend::{self, DeviceInfo, DeviceKind};
use super::context::{Context, Settings};
use super::gguf::{self, GgufInfo};
use super::mailbox::Mailbox;
use super::vocabulary::Vocabulary;
use super::{EngineConfig, ModelInfo};

/// The most context that is taken without being asked for, in tokens.
const DEFAULT_CONTEXT: u32 = 8192;
/// The least context that makes a useful prompt, and what llama.cpp rounds a smaller one up to.
const LEAST_CONTEXT: u32 = 256;
/// Largest batch that is asked for; [`Context::batch`] says what came of it.
pub(super) const BATCH: u32 = 512;
/// Below this many bytes of weights a second thread waits more than it works.
const SMALL_MODEL: u64 = 48 << 20;

/// The GPUs in use and how many layers go there; without layers, without GPUs.
#[derive(Debug, PartialEq, Eq)]
struct Placement {
    gpus: Vec<DeviceInfo>,
    layers: u32,
}

/// Weights in memory, and what was said about them.
pub(super) struct Loaded {
    pub model: LlamaModel,
    file: GgufInfo,
    placement: Placement,
}

/// Checks the file and loads the weights. `progress` gets 0 to 1 and may end the loading by
/// answering false.
///
/// # Errors
/// A text that names the file, what is wrong and what to do.
pub(super) fn load(
    config: &EngineConfig,
    progress: impl FnMut(f32) -> bool + 'static,
) -> Result<Loaded, String> {
    let file = gguf::inspect(&config.model).map_err(|error| error.to_string())?;
    let path = config.model.display();
    if file.fim_family.is_none() {
        return Err(format!(
            "{path}: the model has no FIM tokens that routelens knows, so it cannot fill holes. \
             Use a model trained for fill-in-the-middle, such as the base models of \
             Qwen2.5-Coder, StarCoder2 or Granite code."
        ));
    }
    if config.model.to_str().is_none_or(|path| path.contains('\0')) {
        return Err(format!(
            "{path}: llama.cpp takes paths in UTF-8 only. Rename the file or its folder."
        ));
    }
    let backend = backend::init_backend();
    let placement = place(config, &backend::devices())?;
    backend::start_drivers(&placement.gpus);
    // Always said, so that what is told is what is used. Without GPUs named, llama.cpp would
    // evaluate long prompts on one even where no layer is on it.
    let indices: Vec<usize> = placement.gpus.iter().map(|gpu| gpu.index).collect();
    let params = LlamaModelParams::default()
        .with_n_gpu_layers(placement.layers)
        .with_progress_callback(progress)
        .with_devices(&indices)
        .map_err(|error| format!("{}: {error}", config.model.display()))?;
    let model = LlamaModel::load_from_file(backend, &config.model, &params).map_err(|error| {
        format!(
            "{path}: llama.cpp could not load it ({error}). Its log has the reason: often an \
             architecture newer than this build, or too little memory."
        )
    })?;
    Ok(Loaded {
        model,
        file,
        placement,
    })
}

/// Where the model is to run: on the device that is named; else on all GPUs of the kind of driver
/// and memory that comes first, cards before those that share the machine's memory.
fn place(config: &EngineConfig, devices: &[DeviceInfo]) -> Result<Placement, String> {
    let gpus: Vec<&DeviceInfo> = match &config.device {
        Some(name) => {
            let named = devices
                .iter()
                .find(|device| device.name.eq_ignore_ascii_case(name))
                .ok_or_else(|| unknown_device(name, devices))?;
            Some(named)
                .filter(|device| device.is_gpu())
                .into_iter()
                .collect()
        }
        None => {
            let best = [DeviceKind::Gpu, DeviceKind::IntegratedGpu]
                .iter()
                .find_map(|kind| devices.iter().find(|device| device.kind == *kind));
            // One card may be seen by two drivers, so those of one only.
            devices
                .iter()
                .filter(|device| {
                    best.is_some_and(|best| {
                        (&device.backend, device.kind) == (&best.backend, best.kind)
                    })
                })
                .collect()
        }
    };
    let all = u32::try_from(i32::MAX).expect("positive");
    let layers = config.gpu_layers.unwrap_or(all).min(all);
    Ok(if layers == 0 || gpus.is_empty() {
        Placement {
            gpus: Vec::new(),
            layers: 0,
        }
    } else {
        Placement {
            gpus: gpus.into_iter().cloned().collect(),
            layers,
        }
    })
}

impl Placement {
    fn on_cpu(&self) -> bool {
        self.gpus.is_empty()
    }

    /// For people: the GPUs by their names, which are what `--device` takes, and how many of the
    /// model's `all` layers are on them where that is not all.
    fn told(&self, all: u32) -> String {
        let names: Vec<&str> = self.gpus.iter().map(|gpu| gpu.name.as_str()).collect();
        match self.layers {
            0 => "CPU".to_owned(),
            some if some < all => format!("{} ({some} of {all} layers)", names.join(", ")),
            _ => names.join(", "),
        }
    }
}

fn unknown_device(name: &str, devices: &[DeviceInfo]) -> String {
    let names: Vec<&str> = devices.iter().map(|device| device.name.as_str()).collect();
    format!(
        "no device is called {name}. There are: {}.",
        names.join(", ")
    )
}

impl Loaded {
    /// The vocabulary with its FIM layout.
    ///
    /// # Errors
    /// When the markers found in the file are not whole.
    pub fn vocabulary(&self) -> Result<Vocabulary<'_>, String> {
        Vocabulary::new(&self.model, &self.file.architecture, &self.file.name).ok_or_else(|| {
            format!(
                "{}: the model's FIM tokens are incomplete. Convert it again, or use another one.",
                self.file.path.display()
            )
        })
    }

    /// Makes the context and says what came of it.
    ///
    /// # Errors
    /// When llama.cpp cannot make it, most often for want of memory.
    pub fn context(
        &self,
        config: &EngineConfig,
        mailbox: Arc<Mailbox>,
    ) -> Result<(Context<'_>, ModelInfo), String> {
        let mut notices = Vec::new();
        let size = self.context_size(config, &mut notices);
        let settings = Settings {
            context: size,
            batch: BATCH,
            threads: self.threads(config, &mut notices),
        };
        let context = Context::new(&self.model, settings, mailbox).ok_or_else(|| {
            format!(
                "{}: no memory for a context of {size} tokens. Ask for a smaller one.",
                self.file.path.display()
            )
        })?;
        if config.gpu_layers.is_some_and(|n| n > 0) && self.on_cpu() {
            notices.push("no GPU is in use, so no layers were put on one".to_owned());
        }
        let info = ModelInfo {
            name: self.file.name.clone(),
            path: self.file.path.clone(),
            architecture: self.file.architecture.clone(),
            description: self.file.description(),
            parameters: self.model.n_params(),
            bytes: self.file.bytes,
            context: context.size(),
            fim_family: self.file.fim_family.clone().unwrap_or_default(),
            device: self.device(),
            notices,
        };
        Ok((context, info))
    }

    fn context_size(&self, config: &EngineConfig, notices: &mut Vec<String>) -> u32 {
        let trained = self.model.n_ctx_train();
        let asked = match config.context {
            Some(asked) if asked > trained => {
                notices.push(format!(
                    "a context of {asked} tokens was asked for; the model was trained on {trained}, \
                     which is used"
                ));
                trained
            }
            Some(asked) => asked,
            None => trained.min(DEFAULT_CONTEXT),
        };
        if asked < LEAST_CONTEXT.min(trained) {
            notices.push(format!(
                "a context of {asked} tokens is too small; {LEAST_CONTEXT} are used"
            ));
        }
        asked.max(LEAST_CONTEXT.min(trained))
    }

    fn threads(&self, config: &EngineConfig, notices: &mut Vec<String>) -> u32 {
        let Some(asked) = config.threads else {
            return default_threads(self.file.bytes);
        };
        let most = processors();
        if asked > most {
            notices.push(format!(
                "{asked} threads were asked for; {most} are used, one for each processor: more \
                 would wait for each other"
            ));
        }
        asked.clamp(1, most)
    }

    fn device(&self) -> String {
        // The output layer counts as one more.
        self.placement.told(self.model.n_layer() + 1)
    }

    /// Whether all of it runs on the CPU.
    pub fn on_cpu(&self) -> bool {
        self.placement.on_cpu()
    }

    pub fn architecture(&self) -> &str {
        &self.file.architecture
    }
}

/// The number of threads that is best for a model of so many bytes on this machine.
fn default_threads(bytes: u64) -> u32 {
    if bytes < SMALL_MODEL {
        return 1;
    }
    let logical = processors();
    // Evaluation is bound by arithmetic units, which the two threads of a core share.
    let shared = std::fs::read_to_string("/sys/devices/system/cpu/smt/active")
        .is_ok_and(|active| active.trim() == "1");
    if shared { logical.div_ceil(2) } else { logical }
}

/// The logical processors that this process may use.
fn processors() -> u32 {
    std::thread::available_parallelism().map_or(1, |n| n.get() as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn device(index: usize, name: &str, backend: &str, kind: DeviceKind) -> DeviceInfo {
        DeviceInfo {
            name: name.to_owned(),
            description: String::new(),
            backend: backend.to_owned(),
            kind,
            memory_total: 0,
            memory_free: 0,
            index,
        }
    }

    /// A laptop with a shared and two own GPUs, one of which a second driver sees too.
    fn machine() -> Vec<DeviceInfo> {
        vec![
            device(0, "Vulkan0", "Vulkan", DeviceKind::IntegratedGpu),
            device(1, "CUDA0", "CUDA", DeviceKind::Gpu),
            device(2, "CUDA1", "CUDA", DeviceKind::Gpu),
            device(3, "Vulkan1", "Vulkan", DeviceKind::Gpu),
            device(4, "CPU", "CPU", DeviceKind::Cpu),
        ]
    }

    /// Where a model of seven layers runs.
    fn placed(layers: Option<u32>, name: Option<&str>, devices: &[DeviceInfo]) -> String {
        let config = EngineConfig {
            gpu_layers: layers,
            device: name.map(str::to_owned),
            ..EngineConfig::new("model.gguf")
        };
        place(&config, devices).expect("a place").told(7)
    }

    #[test]
    fn all_layers_go_to_the_cards_of_one_driver_unless_something_else_is_asked_for() {
        let machine = machine();
        assert_eq!(placed(None, None, &machine), "CUDA0, CUDA1");
        assert_eq!(
            placed(Some(3), Some("vulkan1"), &machine),
            "Vulkan1 (3 of 7 layers)"
        );
        let shared = [machine[0].clone(), machine[4].clone()];
        assert_eq!(placed(None, None, &shared), "Vulkan0");
    }

    #[test]
    fn a_model_without_layers_on_a_gpu_uses_none() {
        let machine = machine();
        for (layers, name) in [(0, None), (0, Some("CUDA1")), (5, Some("CPU"))] {
            let config = EngineConfig {
                gpu_layers: Some(layers),
                device: name.map(str::to_owned),
                ..EngineConfig::new("model.gguf")
            };
            let placement = place(&config, &machine).expect("a place");
            assert_eq!((placement.gpus, placement.layers), (Vec::new(), 0));
        }
        assert_eq!(placed(None, None, &machine[4..]), "CPU");
    }
}
