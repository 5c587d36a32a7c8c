//! The model's vocabulary as this room needs it: the person's text into tokens without any marker,
//! tokens into bytes, and the tokens that end a completion.

use std::collections::{HashMap, HashSet};

use llama_cpp_2::model::LlamaModel;
use llama_cpp_2::token::LlamaToken;
use llama_cpp_2::vocab::{LlamaVocab, VocabType};

use crate::completion::fim::{self, Bit, Marker, Repository, Role, Template};

/// A vocabulary with its FIM layout.
pub(super) struct Vocabulary<'model> {
    vocab: LlamaVocab<'model>,
    pub template: Template,
    /// How passages of other files are shown to the model.
    pub repository: Repository,
    known: HashMap<&'static str, i32>,
    stops: HashSet<i32>,
    /// What a tokenizer of the SentencePiece kind makes of a line break at the start of a text:
    /// set before a text that is not a beginning, and taken off again, it keeps the tokenizer from
    /// putting a space there.
    guard: Option<Vec<i32>>,
}

const GUARD: &str = "\n";

impl<'model> Vocabulary<'model> {
    /// Finds the model's FIM layout; `None` when it has none.
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

    /// The tokens of a text that begins something.
    pub fn tokens(&self, text: &str) -> Vec<i32> {
        ids(self.vocab.tokenize(text.as_bytes(), false, false))
    }

    /// The tokens of a text that goes on.
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

    /// The tokens of what stands before a hole: markers by their ids, all else as text.
    pub fn opening(&self, bits: &[Bit]) -> Vec<i32> {
        let tokens = bits.iter().flat_map(|bit| match bit {
            Bit::Marker(marker) => self.known.get(marker).copied().into_iter().collect(),
            Bit::Text(text) => self.continued(text),
        });
        tokens.collect()
    }

    /// The bytes that a token stands for; none for special tokens.
    pub fn bytes(&self, id: i32) -> Vec<u8> {
        self.vocab.token_to_piece(LlamaToken(id), false, None)
    }

    /// The bytes to show for a token among the alternatives, where special tokens have their name.
    pub fn shown(&self, id: i32) -> Vec<u8> {
        self.vocab.token_to_piece(LlamaToken(id), true, None)
    }

    /// Whether a token ends a completion. Every control token does: none may reach the text.
    pub fn ends(&self, id: i32) -> bool {
        let token = LlamaToken(id);
        self.stops.contains(&id) || self.vocab.is_eog(token) || self.vocab.is_control(token)
    }

    /// How many tokens there are; ids run from 0.
    pub fn len(&self) -> usize {
        usize::try_from(self.vocab.n_tokens()).unwrap_or(0)
    }
}

fn ids(tokens: Vec<LlamaToken>) -> Vec<i32> {
    tokens.into_iter().map(|token| token.0).collect()
}

/// The ids of the tokens that a layout may name.
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

/// The id of a marker: by its text, else by the role that the file gives a token.
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
