//! Loads a model file into memory, after all checks that llama.cpp does not make.

use std::sync::Arc;

use llama_cpp_2::model::LlamaModel;
use llama_cpp_2::model::params::LlamaModelParams;

use super::EngineConfig;
use super::backend;
use super::context::{Context, ContextOptions};
use super::gguf::{self, GgufInfo};
use super::placement::{Placement, place};
use super::requests::Mailbox;
use super::vocabulary::Vocabulary;
use crate::completion::model::{ModelInfo, Origin};

/// The largest default context, in tokens.
const DEFAULT_CONTEXT: u32 = 8192;
/// The smallest useful context; llama.cpp rounds smaller ones up to it.
const LEAST_CONTEXT: u32 = 256;
/// The largest batch to request; [`Context::batch`] returns the actual size.
pub(super) const BATCH: u32 = 512;
/// With fewer bytes of weights than this, a second thread waits more than it works.
const SMALL_MODEL: u64 = 48 << 20;

/// Weights in memory, and the notices about them.
pub(super) struct Loaded {
    pub model: LlamaModel,
    file: GgufInfo,
    placement: Placement,
}

/// Checks the file and loads the weights. `progress` gets 0 to 1 and cancels loading by returning
/// false.
///
/// # Errors
/// The model cannot be loaded; the error names the file, the problem and the remedy.
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
            "{path}: llama.cpp accepts only UTF-8 paths. Rename the file or its folder."
        ));
    }
    let backend = backend::init_backend();
    let placement = place(config, &backend::devices())?;
    backend::start_drivers(&placement.gpus);
    // Always set, so that the device shown is the device used. If no GPUs were named, llama.cpp
    // would evaluate long prompts on one even with no layer on it.
    let indices: Vec<usize> = placement.gpus.iter().map(|gpu| gpu.index).collect();
    let params = LlamaModelParams::default()
        .with_n_gpu_layers(placement.layers)
        .with_progress_callback(progress)
        .with_devices(&indices)
        .map_err(|error| format!("{}: {error}", config.model.display()))?;
    let model = LlamaModel::load_from_file(backend, &config.model, &params).map_err(|error| {
        format!(
            "{path}: llama.cpp could not load it ({error}). Check the log; common causes are an \
             architecture newer than this build, and too little memory."
        )
    })?;
    Ok(Loaded {
        model,
        file,
        placement,
    })
}

impl Loaded {
    /// The vocabulary with its FIM layout.
    ///
    /// # Errors
    /// The FIM markers in the file are incomplete.
    pub fn vocabulary(&self) -> Result<Vocabulary<'_>, String> {
        Vocabulary::new(&self.model, &self.file.architecture, &self.file.name).ok_or_else(|| {
            format!(
                "{}: the model's FIM tokens are incomplete. Convert the model again, or use another.",
                self.file.path.display()
            )
        })
    }

    /// Creates the context and describes the result.
    ///
    /// # Errors
    /// llama.cpp cannot create it, usually for lack of memory.
    pub fn context(
        &self,
        config: &EngineConfig,
        mailbox: Arc<Mailbox>,
    ) -> Result<(Context<'_>, ModelInfo), String> {
        let mut notices = Vec::new();
        let size = self.context_size(config, &mut notices);
        let settings = ContextOptions {
            context: size,
            batch: BATCH,
            threads: self.threads(config, &mut notices),
        };
        let context = Context::new(&self.model, settings, mailbox).ok_or_else(|| {
            format!(
                "{}: not enough memory for a context of {size} tokens. Request a smaller one.",
                self.file.path.display()
            )
        })?;
        if config.gpu_layers.is_some_and(|n| n > 0) && self.on_cpu() {
            notices.push("no GPU available; all layers run on the CPU".to_owned());
        }
        if !self.can_forget() {
            notices.push(String::from(
                "drafts do not apply: a recurrent model cannot undo tokens, so it cannot verify \
                 drafts",
            ));
        }
        let info = ModelInfo {
            name: self.file.name.clone(),
            context: Some(context.size()),
            fim: self.file.fim_family.clone().unwrap_or_default(),
            device: self.device(),
            no_drafts: None,
            notices,
            origin: Origin::File {
                path: self.file.path.clone(),
                architecture: self.file.architecture.clone(),
                description: self.file.description(),
                parameters: self.model.n_params(),
                bytes: self.file.bytes,
            },
        };
        Ok((context, info))
    }

    fn context_size(&self, config: &EngineConfig, notices: &mut Vec<String>) -> u32 {
        let trained = self.model.n_ctx_train();
        let asked = match config.context {
            Some(asked) if asked > trained => {
                notices.push(format!(
                    "requested context {asked} exceeds the model's training context; using \
                     {trained}"
                ));
                trained
            }
            Some(asked) => asked,
            None => trained.min(DEFAULT_CONTEXT),
        };
        if asked < LEAST_CONTEXT.min(trained) {
            notices.push(format!(
                "requested context {asked} is too small; using {LEAST_CONTEXT}"
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
                "{asked} threads requested; using {most}, one per processor"
            ));
        }
        asked.clamp(1, most)
    }

    fn device(&self) -> String {
        // The output layer counts as one more.
        self.placement.told(self.model.n_layer() + 1)
    }

    /// Whether the whole model runs on the CPU.
    pub fn on_cpu(&self) -> bool {
        self.placement.on_cpu()
    }

    /// Whether single tokens can be removed from the model's memory. A recurrent model's state
    /// cannot be rolled back.
    pub fn can_forget(&self) -> bool {
        !self.model.is_recurrent() && !self.model.is_hybrid()
    }

    pub fn architecture(&self) -> &str {
        &self.file.architecture
    }
}

/// The best number of threads on this machine for a model of this size.
fn default_threads(bytes: u64) -> u32 {
    if bytes < SMALL_MODEL {
        return 1;
    }
    let logical = processors();
    // Evaluation is bound by arithmetic units, which both threads of a core share.
    let shared = std::fs::read_to_string("/sys/devices/system/cpu/smt/active")
        .is_ok_and(|active| active.trim() == "1");
    if shared { logical.div_ceil(2) } else { logical }
}

/// Logical processors available to this process.
fn processors() -> u32 {
    std::thread::available_parallelism().map_or(1, |n| n.get() as u32)
}
