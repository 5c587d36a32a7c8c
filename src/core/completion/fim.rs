//! FIM layouts: the order in which a model family expects prefix, suffix and markers.
//!
//! A GGUF file names its marker tokens but not their order, so the order is here, one layout per
//! family; [`detect`] finds it by the markers in a vocabulary. A [`Template`] is a layout with the
//! markers turned into token ids. Only markers become ids: the user's text is tokenized
//! elsewhere with special tokens off, so that a `<|fim_middle|>` in a source file stays plain text.
//!
//! For passages of other files, [`Repository`] describes the form that each family expects.

mod name;
mod repository;

use serde::{Deserialize, Serialize};
use strum::VariantArray;

pub use name::by_name;
pub use repository::{Around, Bit, Opening, Repository};

/// What follows a marker: prefix, suffix, or the middle that the model writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    Prefix,
    Suffix,
    Middle,
}

/// A marker of a layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Marker {
    pub role: Role,
    /// The token's text in the vocabulary.
    pub token: &'static str,
    /// Its form in a text prompt, including the spaces that belong to it.
    pub text: &'static str,
}

/// One part of a prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Marker(Marker),
    /// The text before the hole. If the tokenizer adds a space before a text, it does so here.
    Prefix,
    /// The text after the hole: a continuation, so no tokenizer may add a space before it.
    Suffix,
}

/// The model families with a known layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, VariantArray)]
#[serde(rename_all = "lowercase")]
pub enum Family {
    Qwen,
    StarCoder2,
    #[serde(rename = "deepseek-coder")]
    DeepSeekCoder,
    CodeLlama,
    CodeGemma,
    Codestral,
    Granite,
    #[serde(rename = "seed-coder")]
    SeedCoder,
    Mellum,
    Glm,
}

/// The prompt format of one family.
#[derive(Debug, PartialEq, Eq)]
pub struct Layout {
    pub family: Family,
    /// The family's usual name.
    pub name: &'static str,
    /// Whether the prompt starts with the begin-of-text token whatever the file says.
    pub bos: bool,
    pub parts: &'static [Part],
    /// Tokens that end a completion, besides the layout's own markers and the vocabulary's end
    /// tokens.
    pub stops: &'static [&'static str],
    /// How the family expects passages of other files.
    pub repository: Repository,
}

const fn marker(role: Role, token: &'static str) -> Part {
    spaced(role, token, token)
}

const fn spaced(role: Role, token: &'static str, text: &'static str) -> Part {
    Part::Marker(Marker { role, token, text })
}

const fn psm(prefix: &'static str, suffix: &'static str, middle: &'static str) -> [Part; 5] {
    [
        marker(Role::Prefix, prefix),
        Part::Prefix,
        marker(Role::Suffix, suffix),
        Part::Suffix,
        marker(Role::Middle, middle),
    ]
}

const fn spm(prefix: &'static str, suffix: &'static str, middle: &'static str) -> [Part; 5] {
    [
        marker(Role::Suffix, suffix),
        Part::Suffix,
        marker(Role::Prefix, prefix),
        Part::Prefix,
        marker(Role::Middle, middle),
    ]
}

const PIPED: [Part; 5] = psm("<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>");
const PLAIN: [Part; 5] = psm("<fim_prefix>", "<fim_suffix>", "<fim_middle>");
const DEEPSEEK_PARTS: [Part; 5] = psm("<｜fim▁begin｜>", "<｜fim▁hole｜>", "<｜fim▁end｜>");
const SEED_PARTS: [Part; 5] = spm("<[fim-prefix]>", "<[fim-suffix]>", "<[fim-middle]>");
const MELLUM_PARTS: [Part; 5] = spm("<fim_prefix>", "<fim_suffix>", "<fim_middle>");
const GLM_PARTS: [Part; 5] = psm("<|code_prefix|>", "<|code_suffix|>", "<|code_middle|>");
const CODELLAMA_PARTS: [Part; 5] = [
    spaced(Role::Prefix, "▁<PRE>", "<PRE> "),
    Part::Prefix,
    spaced(Role::Suffix, "▁<SUF>", " <SUF>"),
    Part::Suffix,
    spaced(Role::Middle, "▁<MID>", " <MID>"),
];
const CODESTRAL_PARTS: [Part; 4] = [
    marker(Role::Suffix, "[SUFFIX]"),
    Part::Suffix,
    marker(Role::Prefix, "[PREFIX]"),
    Part::Prefix,
];

const QWEN_STOPS: &[&str] = &["<|fim_pad|>", "<|repo_name|>", "<|file_sep|>"];

static QWEN: Layout = Layout {
    stops: QWEN_STOPS,
    repository: repository::QWEN,
    ..layout(Family::Qwen, "Qwen", &PIPED)
};

static STARCODER2: Layout = Layout {
    stops: &["<fim_pad>", "<repo_name>", "<file_sep>"],
    repository: repository::STARCODER2,
    ..layout(Family::StarCoder2, "StarCoder2", &PLAIN)
};

static DEEPSEEK_CODER: Layout = Layout {
    bos: true,
    repository: repository::DEEPSEEK,
    ..layout(Family::DeepSeekCoder, "DeepSeek-Coder", &DEEPSEEK_PARTS)
};

static CODELLAMA: Layout = Layout {
    bos: true,
    stops: &["▁<EOT>"],
    ..layout(Family::CodeLlama, "CodeLlama", &CODELLAMA_PARTS)
};

static CODEGEMMA: Layout = Layout {
    bos: true,
    stops: &["<|file_separator|>"],
    repository: repository::CODEGEMMA,
    ..layout(Family::CodeGemma, "CodeGemma", &PIPED)
};

static CODESTRAL: Layout = Layout {
    bos: true,
    stops: &["[MIDDLE]"],
    repository: repository::CODESTRAL,
    ..layout(Family::Codestral, "Codestral", &CODESTRAL_PARTS)
};

static GRANITE: Layout = Layout {
    stops: &["<fim_pad>", "<reponame>", "<filename>"],
    repository: repository::GRANITE,
    ..layout(Family::Granite, "Granite", &PLAIN)
};

static SEED_CODER: Layout = layout(Family::SeedCoder, "Seed-Coder", &SEED_PARTS);

static MELLUM: Layout = Layout {
    stops: &["<fim_pad>", "<reponame>", "<filename>"],
    repository: repository::MELLUM,
    ..layout(Family::Mellum, "Mellum", &MELLUM_PARTS)
};

static GLM: Layout = layout(Family::Glm, "GLM-4.5", &GLM_PARTS);

/// Granite 4 uses the markers with bars, in the same order.
static GRANITE_PIPED: Layout = Layout {
    stops: &["<|fim_pad|>", "<|reponame|>", "<|filename|>"],
    repository: repository::GRANITE_PIPED,
    ..layout(Family::Granite, "Granite", &PIPED)
};

/// The demo models use Qwen's markers, but were trained on single files only.
static DEMO: Layout = Layout {
    stops: QWEN_STOPS,
    ..layout(Family::Qwen, "Qwen", &PIPED)
};

const fn layout(family: Family, name: &'static str, parts: &'static [Part]) -> Layout {
    Layout {
        family,
        name,
        bos: false,
        parts,
        stops: &[],
        repository: Repository::Comments,
    }
}

/// The layout of a family.
pub fn layout_of(family: Family) -> &'static Layout {
    match family {
        Family::Qwen => &QWEN,
        Family::StarCoder2 => &STARCODER2,
        Family::DeepSeekCoder => &DEEPSEEK_CODER,
        Family::CodeLlama => &CODELLAMA,
        Family::CodeGemma => &CODEGEMMA,
        Family::Codestral => &CODESTRAL,
        Family::Granite => &GRANITE,
        Family::SeedCoder => &SEED_CODER,
        Family::Mellum => &MELLUM,
        Family::Glm => &GLM,
    }
}

/// The layouts of all families.
fn layouts() -> impl Iterator<Item = &'static Layout> {
    Family::VARIANTS.iter().map(|family| layout_of(*family))
}

/// Finds the layout of a model by its architecture (`general.architecture`), its name, and the
/// markers in its vocabulary; `None` if it lacks a complete set of known markers.
pub fn detect(
    architecture: &str,
    name: &str,
    has_marker: impl Fn(&str) -> bool,
) -> Option<&'static Layout> {
    let said = format!("{architecture} {name}").to_lowercase();
    let says = |word: &str| said.contains(word);
    let complete = |layout: &Layout| layout.markers().all(|m| has_token(&has_marker, m.token));
    if complete(layout_of(Family::Qwen)) {
        return Some(match () {
            () if says("gemma") => layout_of(Family::CodeGemma),
            () if says("granite") => &GRANITE_PIPED,
            () if says("routelens demo") => &DEMO,
            () => layout_of(Family::Qwen),
        });
    }
    if complete(layout_of(Family::StarCoder2)) {
        return Some(layout_of(match () {
            () if says("mellum") => Family::Mellum,
            () if says("granite") => Family::Granite,
            () => Family::StarCoder2,
        }));
    }
    layouts().find(|layout| complete(layout))
}

/// Whether a vocabulary has a token, with or without the space that some files omit.
fn has_token(has_marker: impl Fn(&str) -> bool, token: &str) -> bool {
    has_marker(token) || has_marker(token.trim_start_matches('▁'))
}

/// Every token text that has a meaning in some layout, to look up in a vocabulary.
pub fn known_tokens() -> impl Iterator<Item = &'static str> {
    layouts()
        .chain([&GRANITE_PIPED])
        .flat_map(|layout| {
            layout
                .markers()
                .map(|m| m.token)
                .chain(layout.stops.iter().copied())
        })
        .flat_map(|token| [token, token.trim_start_matches('▁')])
}

impl Layout {
    /// The markers in order.
    pub fn markers(&self) -> impl Iterator<Item = Marker> {
        self.parts.iter().filter_map(|part| match part {
            Part::Marker(marker) => Some(*marker),
            Part::Prefix | Part::Suffix => None,
        })
    }

    /// The prompt as text, for servers that turn markers in a text into tokens. Never use it with
    /// our own tokenizer: parts of the user's text could then become markers.
    pub fn prompt(&self, opening: &Opening, prefix: &str, suffix: &str) -> String {
        let mut prompt: String = opening.before.iter().map(Bit::text).collect();
        for part in self.parts {
            match part {
                Part::Marker(marker) => prompt += marker.text,
                Part::Prefix => {
                    prompt += &opening.prefix;
                    prompt += prefix;
                }
                Part::Suffix => prompt += suffix,
            }
        }
        prompt
    }

    /// Turns the markers into ids. `lookup` gives the id of a marker by its text or its role; `bos`
    /// is the begin-of-text token if the prompt starts with one. `None` if a marker has no id.
    pub fn template(
        &self,
        bos: Option<i32>,
        lookup: impl Fn(Marker) -> Option<i32>,
    ) -> Option<Template> {
        let slots = self.parts.iter().map(|part| match part {
            Part::Marker(marker) => lookup(*marker).map(Slot::Token),
            Part::Prefix => Some(Slot::Prefix),
            Part::Suffix => Some(Slot::Suffix),
        });
        let slots: Option<Vec<Slot>> = slots.collect();
        slots.map(|slots| Template { bos, slots })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Slot {
    Token(i32),
    Prefix,
    Suffix,
}

/// A layout with the token ids of one vocabulary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    bos: Option<i32>,
    slots: Vec<Slot>,
}

impl Template {
    /// The prompt for a hole with tokenized sides, preceded by `before`.
    pub fn fill(&self, before: &[i32], prefix: &[i32], suffix: &[i32]) -> Vec<i32> {
        let length = before.len() + prefix.len() + suffix.len() + self.overhead();
        let mut prompt = Vec::with_capacity(length);
        prompt.extend(self.bos);
        prompt.extend_from_slice(before);
        for slot in &self.slots {
            match slot {
                Slot::Token(id) => prompt.push(*id),
                Slot::Prefix => prompt.extend_from_slice(prefix),
                Slot::Suffix => prompt.extend_from_slice(suffix),
            }
        }
        prompt
    }

    /// How many tokens a prompt has besides the hole's.
    pub fn overhead(&self) -> usize {
        self.tokens().count()
    }

    /// The ids of the markers (and the begin-of-text token), in order.
    pub fn tokens(&self) -> impl Iterator<Item = i32> {
        let markers = self.slots.iter().filter_map(|slot| match slot {
            Slot::Token(id) => Some(*id),
            Slot::Prefix | Slot::Suffix => None,
        });
        self.bos.into_iter().chain(markers)
    }
}

#[cfg(test)]
mod tests;
