//! From a file to a model in memory, with every check before llama.cpp sees the file.

use std::sync::Arc;

use llama_cpp_2::model::LlamaModel;
use llama_cpp_2::model::params::LlamaModelParams;

use super::EngineConfig;
use super::backend;
use super::context::{Context, Settings};
use super::gguf::{self, GgufInfo};
use super::placement::{Placement, place};
use super::requests::Mailbox;
use super::vocabulary::Vocabulary;
use crate::completion::model::{ModelInfo, Origin};

/// The most context that is taken without being asked for, in tokens.
const DEFAULT_CONTEXT: u32 = 8192;
/// The least context that makes a useful prompt, and what llama.cpp rounds a smaller one up to.
const LEAST_CONTEXT: u32 = 256;
/// Largest batch that is asked for; [`Context::batch`] says what came of it.
pub(super) const BATCH: u32 = 512;
/// Below this many bytes of weights a second thread waits more than it works.
const SMALL_MODEL: u64 = 48 << 20;

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
        if !self.can_forget() {
            notices.push(String::from(
                "a recurrent model cannot take tokens back, so it verifies no drafts: they do not \
                 apply",
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

    /// Whether tokens can be taken back out of the model's memory one by one. A recurrent model's
    /// state cannot be turned back.
    pub fn can_forget(&self) -> bool {
        !self.model.is_recurrent() && !self.model.is_hybrid()
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
