//! The only code that uses llama.cpp's context by pointer. The safe wrapper can neither interrupt
//! an evaluation nor tell whether the cache can be shifted, so we wrap the context ourselves; model
//! and vocabulary use the safe wrapper.

use std::ffi::c_void;
use std::marker::PhantomData;
use std::ptr::{self, NonNull};
use std::sync::Arc;

use llama_cpp_2::model::LlamaModel;
use llama_cpp_sys_2 as sys;

use super::requests::Mailbox;

/// How many sequences the cache distinguishes: the prompt's, and one for each run being moved.
pub(super) const SEQUENCES: i32 = 9;

/// Parameters of a context.
#[derive(Debug, Clone, Copy)]
pub(super) struct ContextOptions {
    pub context: u32,
    pub batch: u32,
    pub threads: u32,
}

/// Why an evaluation did not finish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Interrupted {
    /// The request became stale.
    Stale,
    /// llama.cpp failed with this status.
    Failed(i32),
}

/// A llama.cpp context: the KV cache and the last logits.
pub(super) struct Context<'model> {
    raw: NonNull<sys::llama_context>,
    vocabulary: usize,
    positions: Vec<i32>,
    outputs: Vec<i8>,
    /// llama.cpp queries it while evaluating, so it must live as long as the context.
    _mailbox: Arc<Mailbox>,
    model: PhantomData<&'model LlamaModel>,
}

/// llama.cpp calls this between graph nodes (on the CPU).
unsafe extern "C" fn is_stale(mailbox: *mut c_void) -> bool {
    // SAFETY: the pointer is the context's own mailbox, which outlives it.
    unsafe { &*mailbox.cast::<Mailbox>() }.is_stale()
}

impl<'model> Context<'model> {
    /// Creates a context; `None` if llama.cpp cannot, usually for lack of memory.
    pub fn new(
        model: &'model LlamaModel,
        settings: ContextOptions,
        mailbox: Arc<Mailbox>,
    ) -> Option<Self> {
        // SAFETY: a plain default value.
        let mut params = unsafe { sys::llama_context_default_params() };
        params.n_ctx = settings.context;
        params.n_batch = settings.batch;
        params.n_ubatch = settings.batch;
        params.n_seq_max = SEQUENCES as u32;
        params.kv_unified = true;
        params.n_threads = settings.threads as i32;
        params.n_threads_batch = settings.threads as i32;
        params.abort_callback = Some(is_stale);
        params.abort_callback_data = Arc::as_ptr(&mailbox).cast_mut().cast();
        // SAFETY: the model outlives the context by the lifetime, the mailbox by the field.
        let raw = unsafe { sys::llama_init_from_model(model_pointer(model), params) };
        Some(Context {
            raw: NonNull::new(raw)?,
            vocabulary: usize::try_from(model.n_vocab()).ok()?,
            positions: Vec::new(),
            outputs: Vec::new(),
            _mailbox: mailbox,
            model: PhantomData,
        })
    }

    /// Capacity in tokens, as rounded by llama.cpp.
    pub fn size(&self) -> u32 {
        // SAFETY: the context is alive.
        unsafe { sys::llama_n_ctx(self.raw.as_ptr()) }
    }

    /// The most tokens in one evaluation: the requested batch, or the whole context if that is
    /// smaller. With more, llama.cpp aborts the program.
    pub fn batch(&self) -> usize {
        // SAFETY: the context is alive.
        unsafe { sys::llama_n_batch(self.raw.as_ptr()) as usize }
    }

    /// Evaluates tokens at the end of the first sequence, from position `first`. With `logits`,
    /// those of the last token are available afterwards. After an interruption the cache may hold
    /// some of the tokens.
    pub fn decode(
        &mut self,
        tokens: &[i32],
        first: usize,
        logits: bool,
    ) -> Result<(), Interrupted> {
        self.outputs.clear();
        self.outputs.resize(tokens.len(), 0);
        if let Some(last) = self.outputs.last_mut() {
            *last = i8::from(logits);
        }
        self.evaluate(tokens, first)
    }

    /// The same, with logits for every token; see [`Context::logits_at`].
    pub fn decode_all(&mut self, tokens: &[i32], first: usize) -> Result<(), Interrupted> {
        self.outputs.clear();
        self.outputs.resize(tokens.len(), 1);
        self.evaluate(tokens, first)
    }

    fn evaluate(&mut self, tokens: &[i32], first: usize) -> Result<(), Interrupted> {
        self.positions.clear();
        self.positions
            .extend((first..first + tokens.len()).map(|position| position as i32));
        let batch = sys::llama_batch {
            n_tokens: tokens.len() as i32,
            token: tokens.as_ptr().cast_mut(),
            embd: ptr::null_mut(),
            pos: self.positions.as_mut_ptr(),
            // Null means the first sequence.
            n_seq_id: ptr::null_mut(),
            seq_id: ptr::null_mut(),
            logits: self.outputs.as_mut_ptr(),
        };
        // SAFETY: the arrays hold `n_tokens` items and are only read.
        let status = unsafe { sys::llama_decode(self.raw.as_ptr(), batch) };
        // A GPU keeps working after that call. Without waiting, chunks would queue up where nothing
        // can interrupt them, and their timings would mean nothing.
        // SAFETY: the context is alive.
        unsafe { sys::llama_synchronize(self.raw.as_ptr()) };
        match status {
            0 => Ok(()),
            2 => Err(Interrupted::Stale),
            status => Err(Interrupted::Failed(status)),
        }
    }

    /// Logits of the last token; `None` if it was evaluated without logits.
    pub fn logits(&self) -> Option<&[f32]> {
        self.row(-1)
    }

    /// Logits at this place of the last batch; `None` if it was evaluated without logits.
    pub fn logits_at(&self, place: usize) -> Option<&[f32]> {
        self.row(i32::try_from(place).ok()?)
    }

    fn row(&self, place: i32) -> Option<&[f32]> {
        // SAFETY: llama.cpp returns null or one row of the vocabulary's size, which stays valid
        // until the next evaluation, which needs `&mut self`.
        unsafe {
            let row = sys::llama_get_logits_ith(self.raw.as_ptr(), place);
            (!row.is_null()).then(|| std::slice::from_raw_parts(row, self.vocabulary))
        }
    }

    /// Whether this model's cache positions can be changed.
    pub fn can_shift(&self) -> bool {
        // SAFETY: the context is alive.
        unsafe { sys::llama_memory_can_shift(self.memory()) }
    }

    /// Clears the cache.
    pub fn clear(&mut self) {
        // SAFETY: the context is alive.
        unsafe { sys::llama_memory_clear(self.memory(), true) }
    }

    /// Removes a sequence from a position on; false if the model's memory does not support that.
    pub fn forget(&mut self, sequence: i32, from: usize) -> bool {
        // SAFETY: the context is alive and the sequence below `SEQUENCES`.
        unsafe { sys::llama_memory_seq_rm(self.memory(), sequence, from as i32, -1) }
    }

    /// Lets `to` share the positions `start..end` of `from`; no data is copied.
    pub fn share(&mut self, from: i32, to: i32, start: usize, end: usize) {
        // SAFETY: the context is alive and the sequences below `SEQUENCES`.
        unsafe { sys::llama_memory_seq_cp(self.memory(), from, to, start as i32, end as i32) }
    }

    /// Moves a whole sequence by an offset.
    pub fn shift(&mut self, sequence: i32, by: i32) {
        // SAFETY: the context is alive and the sequence below `SEQUENCES`.
        unsafe { sys::llama_memory_seq_add(self.memory(), sequence, 0, -1, by) }
    }

    fn memory(&self) -> sys::llama_memory_t {
        // SAFETY: the context is alive.
        unsafe { sys::llama_get_memory(self.raw.as_ptr()) }
    }
}

impl Drop for Context<'_> {
    fn drop(&mut self) {
        // SAFETY: made by `llama_init_from_model` and freed only here.
        unsafe { sys::llama_free(self.raw.as_ptr()) }
    }
}

/// The pointer in a model.
fn model_pointer(model: &LlamaModel) -> *mut sys::llama_model {
    // SAFETY: `LlamaModel` is declared `repr(transparent)` over its non-null pointer, and the crate
    // is pinned to one exact version; the sizes are compared when this is compiled.
    unsafe { std::mem::transmute_copy::<LlamaModel, *mut sys::llama_model>(model) }
}

const _: () = assert!(size_of::<LlamaModel>() == size_of::<*mut sys::llama_model>());
