//! Finds a model's layout by its name alone, which is all that servers reveal.

use super::{DEMO, Family, GRANITE_PIPED, Layout, layout_of};

/// Rules: what a name must contain, what it must not contain, and the family it then means. Names
/// are compared in lower case, letters and digits only. The first matching rule wins.
///
/// Members of a family that were not trained to fill holes are left out.
const RULES: [(&[&str], &[&str], Family); 15] = [
    (&["seedcoder"], &[], Family::SeedCoder),
    (&["mellum"], &[], Family::Mellum),
    (&["starcoder"], &[], Family::StarCoder2),
    // This family uses StarCoder's markers.
    (&["codeqwen15"], &[], Family::StarCoder2),
    (&["stablecode"], &[], Family::StarCoder2),
    (&["refact"], &[], Family::StarCoder2),
    (&["deepseek", "coder"], &["distill"], Family::DeepSeekCoder),
    (&["codellama"], &["34b", "70b", "python"], Family::CodeLlama),
    (&["codegemma"], &[], Family::CodeGemma),
    (&["codestral"], &["mamba"], Family::Codestral),
    (&["granite", "code"], &[], Family::Granite),
    (&["granite33"], &[], Family::Granite),
    (&["glm45"], &[], Family::Glm),
    (&["glm46"], &[], Family::Glm),
    (&["qwen", "coder"], &["distill"], Family::Qwen),
];

/// How many components of a path to check, from the end: `qwen2.5-coder/7b/model.gguf`.
const PARTS: usize = 3;

/// Finds the layout of a model by its name as users and servers write it:
/// `Qwen/Qwen2.5-Coder-7B-Instruct-AWQ`, `qwen2.5-coder:7b`, a path to a GGUF file.
pub fn by_name(model: &str) -> Option<&'static Layout> {
    let parts = model.rsplit(['/', '\\']).filter(|part| !part.is_empty());
    parts.take(PARTS).find_map(by_part).flatten()
}

/// The layout for one component of a name; `Some(None)` for a model known to have none.
fn by_part(part: &str) -> Option<Option<&'static Layout>> {
    let name: String = part
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect();
    if name.contains("granite4") {
        return Some(Some(&GRANITE_PIPED));
    }
    if name.contains("demosmall") || name.contains("demolarge") {
        return Some(Some(&DEMO));
    }
    let (_, without, family) = RULES
        .iter()
        .find(|(with, ..)| with.iter().all(|word| name.contains(word)))?;
    let untrained = without.iter().any(|word| name.contains(word));
    Some((!untrained).then(|| layout_of(*family)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::completion::fim::Opening;

    #[test]
    fn names_as_people_and_servers_write_them_name_their_family() {
        let families = [
            ("Qwen/Qwen2.5-Coder-7B-Instruct-AWQ", Family::Qwen),
            ("qwen2.5-coder:7b", Family::Qwen),
            ("qwen3-coder:30b-a3b-q4_K_M", Family::Qwen),
            ("hf.co/Qwen/Qwen2.5-Coder-32B-GGUF:Q4_K_M", Family::Qwen),
            ("/srv/models/qwen2.5-coder/7b/model.gguf", Family::Qwen),
            (r"C:\models\Qwen2.5-Coder-1.5B.Q8_0.gguf", Family::Qwen),
            ("samples/models/demo-large-16m-q8_0.gguf", Family::Qwen),
            ("demo-small-7m-q8_0", Family::Qwen),
            ("Qwen/CodeQwen1.5-7B", Family::StarCoder2),
            ("bigcode/starcoder2-15b", Family::StarCoder2),
            ("starcoder2:3b", Family::StarCoder2),
            ("deepseek-coder-v2-lite-base", Family::DeepSeekCoder),
            (
                "deepseek-ai/deepseek-coder-6.7b-base",
                Family::DeepSeekCoder,
            ),
            ("codellama/CodeLlama-7b-hf", Family::CodeLlama),
            ("codellama:13b-code", Family::CodeLlama),
            ("google/codegemma-7b", Family::CodeGemma),
            ("codegemma:2b-code", Family::CodeGemma),
            ("codestral-22b", Family::Codestral),
            ("mistralai/Codestral-22B-v0.1", Family::Codestral),
            ("granite-8b-code", Family::Granite),
            ("ibm-granite/granite-20b-code-base-8k", Family::Granite),
            ("granite-code:8b", Family::Granite),
            ("ibm-granite/granite-4.0-h-small", Family::Granite),
            ("ByteDance-Seed/Seed-Coder-8B-Base", Family::SeedCoder),
            ("JetBrains/Mellum-4b", Family::Mellum),
            ("zai-org/GLM-4.5-Air", Family::Glm),
        ];
        for (name, family) in families {
            assert_eq!(by_name(name).map(|l| l.family), Some(family), "{name}");
        }
        let granite = by_name("granite-4.0-h-small").expect("known");
        assert_eq!(
            granite.prompt(&Opening::default(), "P", "S"),
            "<|fim_prefix|>P<|fim_suffix|>S<|fim_middle|>"
        );
    }

    #[test]
    fn names_of_models_that_fill_no_holes_name_none() {
        let none = [
            "",
            "/",
            "gpt-4o",
            "default",
            "meta-llama/Llama-3.1-8B-Instruct",
            "Qwen/Qwen3-8B",
            "codellama/CodeLlama-34b-hf",
            "codellama/CodeLlama-7b-Python-hf",
            "mistralai/mamba-codestral-7B-v0.1",
            "deepseek-r1-distill-qwen-7b",
            "granite-3.1-8b-instruct",
        ];
        for name in none {
            assert_eq!(by_name(name), None, "{name}");
        }
    }
}
