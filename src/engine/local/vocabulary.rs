//! The model's vocabulary: turns the user's text into tokens without any markers, tokens into
//! bytes, and knows which tokens end a completion.

use std::collections::{HashMap, HashSet};

use llama_cpp_2::model::LlamaModel;
use llama_cpp_2::token::LlamaToken;
use llama_cpp_2::vocab::{LlamaVocab, VocabType};

use crate::completion::fim::{self, Bit, Marker, Repository, Role, Template};

/// A vocabulary with its FIM layout.
pub(super) struct Vocabulary<'model> {
    vocab: LlamaVocab<'model>,
    pub template: Template,
    /// How the model expects passages of other files.
    pub repository: Repository,
    known: HashMap<&'static str, i32>,
    stops: HashSet<i32>,
    /// A SentencePiece tokenizer's tokens for a line break at the start of a text. They are put
    /// before a text that continues another and then removed, so that the tokenizer adds no space.
    guard: Option<Vec<i32>>,
}

const GUARD: &str = "\n";

impl<'model> Vocabulary<'model> {
    /// Finds the model's FIM layout; `None` if it has none.
    pub fn new(model: &'model LlamaModel, architecture: &str, name: &str) -> Option<Self> {
        let vocab = model.vocab();
        let known = known_ids(&vocab);
        let layout = fim::detect(architecture, name, |token| known.contains_key(token))?;
        let whole = layout.repository.markers().all(|m| known.contains_key(m));
        let bos =
            Some(vocab.bos().0).filter(|id| *id >= 0 && (layout.bos || vocab.should_add_bos()));
        let template = layout.template(bos, |marker| marker_id(&vocab, &known, marker))?;
        let fim = [
            vocab.fim_pre(),
            vocab.fim_suf(),
            vocab.fim_mid(),
            vocab.fim_pad(),
            vocab.fim_rep(),
            vocab.fim_sep(),
        ];
        let stops = layout
            .stops
            .iter()
            .flat_map(|token| [*token, token.trim_start_matches('▁')])
            .filter_map(|token| known.get(token).copied())
            .chain(fim.iter().map(|token| token.0).filter(|id| *id >= 0))
            .chain(template.tokens())
            .collect();
        let guard = (vocab.vocab_type() == VocabType::SPM)
            .then(|| ids(vocab.tokenize(GUARD.as_bytes(), false, false)));
        Some(Vocabulary {
            vocab,
            template,
            repository: match whole {
                true => layout.repository,
                false => Repository::Comments,
            },
            known,
            stops,
            guard,
        })
    }

    /// Tokens of a text that begins something.
    pub fn tokens(&self, text: &str) -> Vec<i32> {
        ids(self.vocab.tokenize(text.as_bytes(), false, false))
    }

    /// Tokens of a text that continues something.
    pub fn continued(&self, text: &str) -> Vec<i32> {
        let Some(guard) = &self.guard else {
            return self.tokens(text);
        };
        let guarded = self.tokens(&[GUARD, text].concat());
        match guarded.strip_prefix(guard.as_slice()) {
            Some(tokens) => tokens.to_vec(),
            None => self.tokens(text),
        }
    }

    /// Tokens of the text before a hole: markers by id, the rest as text.
    pub fn opening(&self, bits: &[Bit]) -> Vec<i32> {
        let tokens = bits.iter().flat_map(|bit| match bit {
            Bit::Marker(marker) => self.known.get(marker).copied().into_iter().collect(),
            Bit::Text(text) => self.continued(text),
        });
        tokens.collect()
    }

    /// The bytes of a token; empty for special tokens.
    pub fn bytes(&self, id: i32) -> Vec<u8> {
        self.vocab.token_to_piece(LlamaToken(id), false, None)
    }

    /// The bytes to display for a candidate; special tokens show their name.
    pub fn shown(&self, id: i32) -> Vec<u8> {
        self.vocab.token_to_piece(LlamaToken(id), true, None)
    }

    /// Whether a token ends a completion. Every control token does: none may appear in the text.
    pub fn ends(&self, id: i32) -> bool {
        let token = LlamaToken(id);
        self.stops.contains(&id) || self.vocab.is_eog(token) || self.vocab.is_control(token)
    }

    /// Number of tokens; ids start at 0.
    pub fn len(&self) -> usize {
        usize::try_from(self.vocab.n_tokens()).unwrap_or(0)
    }
}

fn ids(tokens: Vec<LlamaToken>) -> Vec<i32> {
    tokens.into_iter().map(|token| token.0).collect()
}

/// Ids of the tokens that a layout may name.
fn known_ids(vocab: &LlamaVocab) -> HashMap<&'static str, i32> {
    let wanted: HashMap<&str, &'static str> = fim::known_tokens().map(|t| (t, t)).collect();
    vocab
        .tokens()
        .filter_map(|token| {
            let text = vocab.text(token)?.to_str().ok()?;
            wanted.get(text).map(|known| (*known, token.0))
        })
        .collect()
}

/// The id of a marker: by its text, otherwise by the role that the file gives a token.
fn marker_id(vocab: &LlamaVocab, known: &HashMap<&str, i32>, marker: Marker) -> Option<i32> {
    let by_text = known
        .get(marker.token)
        .or_else(|| known.get(marker.token.trim_start_matches('▁')));
    let by_role = match marker.role {
        Role::Prefix => vocab.fim_pre(),
        Role::Suffix => vocab.fim_suf(),
        Role::Middle => vocab.fim_mid(),
    };
    by_text
        .copied()
        .or_else(|| Some(by_role.0).filter(|id| *id >= 0))
}
