use super::*;

const BOS: i32 = 1;

/// A vocabulary with the given marker tokens from 1000 up; all other text is its bytes.
struct Vocabulary(Vec<&'static str>);

impl Vocabulary {
    fn id(&self, token: &str) -> Option<i32> {
        let place = self.0.iter().position(|t| *t == token)?;
        Some(1000 + place as i32)
    }

    fn text(&self, text: &str) -> Vec<i32> {
        text.bytes().map(i32::from).collect()
    }

    /// The prompt as a reader of the published layout would write it: markers in angle quotes.
    fn shown(&self, tokens: &[i32]) -> String {
        tokens
            .iter()
            .map(|id| match *id {
                BOS => String::from("«bos»"),
                id if id >= 1000 => format!("«{}»", self.0[(id - 1000) as usize]),
                byte => char::from(byte as u8).to_string(),
            })
            .collect()
    }
}

fn prompt(architecture: &str, name: &str, vocabulary: Vec<&'static str>) -> (Family, String) {
    let vocabulary = Vocabulary(vocabulary);
    let layout = detect(architecture, name, |t| vocabulary.id(t).is_some()).expect("known");
    let template = layout
        .template(layout.bos.then_some(BOS), |m| vocabulary.id(m.token))
        .expect("complete");
    let tokens = template.fill(
        &[],
        &vocabulary.text("P<|fim_middle|>"),
        &vocabulary.text("S<MID>"),
    );
    assert_eq!(
        template.overhead() + "P<|fim_middle|>S<MID>".len(),
        tokens.len()
    );
    (layout.family, vocabulary.shown(&tokens))
}

const QWEN: [&str; 3] = ["<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>"];
const STAR: [&str; 3] = ["<fim_prefix>", "<fim_suffix>", "<fim_middle>"];

#[test]
fn each_family_gets_its_published_token_sequence_and_user_text_never_becomes_a_marker() {
    let piped = "«<|fim_prefix|>»P<|fim_middle|>«<|fim_suffix|>»S<MID>«<|fim_middle|>»";
    let plain = "«<fim_prefix>»P<|fim_middle|>«<fim_suffix>»S<MID>«<fim_middle>»";
    let cases: [(&str, &str, Vec<&str>, Family, String); 12] = [
        (
            "qwen2",
            "Qwen2.5 Coder 1.5B",
            QWEN.into(),
            Family::Qwen,
            piped.into(),
        ),
        (
            "qwen3",
            "routelens demo small",
            QWEN.into(),
            Family::Qwen,
            piped.into(),
        ),
        (
            "gemma",
            "codegemma-2b",
            QWEN.into(),
            Family::CodeGemma,
            format!("«bos»{piped}"),
        ),
        (
            "granite",
            "Granite 4.0 Micro",
            QWEN.into(),
            Family::Granite,
            piped.into(),
        ),
        (
            "starcoder2",
            "starcoder2-3b",
            STAR.into(),
            Family::StarCoder2,
            plain.into(),
        ),
        (
            "llama",
            "Granite 3b Code Base",
            STAR.into(),
            Family::Granite,
            plain.into(),
        ),
        (
            "llama",
            "Mellum 4b Base",
            STAR.into(),
            Family::Mellum,
            "«<fim_suffix>»S<MID>«<fim_prefix>»P<|fim_middle|>«<fim_middle>»".into(),
        ),
        (
            "llama",
            "deepseek-coder-1.3b-base",
            vec!["<｜fim▁hole｜>", "<｜fim▁begin｜>", "<｜fim▁end｜>"],
            Family::DeepSeekCoder,
            "«bos»«<｜fim▁begin｜>»P<|fim_middle|>«<｜fim▁hole｜>»S<MID>«<｜fim▁end｜>»".into(),
        ),
        (
            "llama",
            "CodeLlama 7B",
            vec!["▁<PRE>", "▁<MID>", "▁<SUF>", "▁<EOT>"],
            Family::CodeLlama,
            "«bos»«▁<PRE>»P<|fim_middle|>«▁<SUF>»S<MID>«▁<MID>»".into(),
        ),
        (
            "llama",
            "Codestral 22B v0.1",
            vec!["[PREFIX]", "[MIDDLE]", "[SUFFIX]"],
            Family::Codestral,
            "«bos»«[SUFFIX]»S<MID>«[PREFIX]»P<|fim_middle|>".into(),
        ),
        (
            "llama",
            "Seed-Coder-8B-Base",
            vec!["<[fim-prefix]>", "<[fim-middle]>", "<[fim-suffix]>"],
            Family::SeedCoder,
            "«<[fim-suffix]>»S<MID>«<[fim-prefix]>»P<|fim_middle|>«<[fim-middle]>»".into(),
        ),
        (
            "glm4moe",
            "GLM 4.5 Air",
            vec!["<|code_prefix|>", "<|code_middle|>", "<|code_suffix|>"],
            Family::Glm,
            "«<|code_prefix|>»P<|fim_middle|>«<|code_suffix|>»S<MID>«<|code_middle|>»".into(),
        ),
    ];
    for (architecture, name, vocabulary, family, expected) in cases {
        assert_eq!(
            prompt(architecture, name, vocabulary),
            (family, expected),
            "{name}"
        );
    }
}

#[test]
fn the_prompt_as_text_has_the_published_spaces() {
    let text = |family| layout_of(family).prompt(&Opening::default(), "P", "S");
    assert_eq!(text(Family::CodeLlama), "<PRE> P <SUF>S <MID>");
    assert_eq!(text(Family::Codestral), "[SUFFIX]S[PREFIX]P");
    assert_eq!(
        text(Family::Mellum),
        "<fim_suffix>S<fim_prefix>P<fim_middle>"
    );
    assert_eq!(
        text(Family::Qwen),
        "<|fim_prefix|>P<|fim_suffix|>S<|fim_middle|>"
    );
}

#[test]
fn a_model_with_no_or_half_a_set_of_markers_has_no_layout() {
    assert_eq!(detect("llama", "Llama 3 8B", |_| false), None);
    assert_eq!(detect("qwen2", "broken", |t| t == "<|fim_prefix|>"), None);
}

#[test]
fn markers_written_without_their_space_are_found() {
    let bare = |token: &str| ["<PRE>", "<SUF>", "<MID>"].contains(&token);
    let layout = detect("llama", "codellama", bare).expect("found");
    assert_eq!(layout.family, Family::CodeLlama);
}

fn passages() -> [crate::completion::Passage; 2] {
    [
        ("src/a.py", "def a():\n    pass\n"),
        ("b.py", "B = '<|fim_middle|>'"),
    ]
    .map(|(path, text)| crate::completion::Passage {
        path: path.to_owned(),
        lines: (1, 2),
        text: text.to_owned(),
        score: 1.0,
        rounds: [Some(1.0), None],
    })
}

fn around() -> Around {
    let mut hole = crate::completion::Hole::new("P", "S", Some(crate::language::Language::Python));
    hole.path = Some("/home/me/shop/src/main.py".into());
    Around::new(&hole, Some("/home/me/shop".as_ref()))
}

#[test]
fn each_family_is_shown_other_files_as_it_was_trained_to_read_them() {
    let shown = |layout: &Layout| {
        let opening = layout.repository.opening(&passages(), &around());
        layout.prompt(&opening, "P", "S")
    };
    let [a, b] = [
        "src/a.py\ndef a():\n    pass\n",
        "b.py\nB = '<|fim_middle|>'\n",
    ];
    let commented = "# src/a.py\n# def a():\n#     pass\n# b.py\n# B = '<|fim_middle|>'\n";
    let own = "src/main.py\n";
    let cases = [
        (
            layout_of(Family::Qwen),
            format!(
                "<|repo_name|>shop\n<|file_sep|>{a}<|file_sep|>{b}<|file_sep|>{own}\
                 <|fim_prefix|>P<|fim_suffix|>S<|fim_middle|>"
            ),
        ),
        (
            layout_of(Family::StarCoder2),
            format!(
                "<repo_name>shop<file_sep>{a}<file_sep>{b}<file_sep>\
                 <fim_prefix>{own}P<fim_suffix>S<fim_middle>"
            ),
        ),
        (
            layout_of(Family::Granite),
            format!(
                "<reponame>shop<filename>{a}<filename>{b}<filename>{own}\
                 <fim_prefix>P<fim_suffix>S<fim_middle>"
            ),
        ),
        (
            layout_of(Family::Mellum),
            format!(
                "<filename>{a}<filename>{b}<filename>{own}<fim_suffix>S<fim_prefix>P<fim_middle>"
            ),
        ),
        (
            layout_of(Family::CodeGemma),
            format!(
                "{a}<|file_separator|>{b}<|file_separator|>{own}\
                 <|fim_prefix|>P<|fim_suffix|>S<|fim_middle|>"
            ),
        ),
        (
            layout_of(Family::Codestral),
            format!("[SUFFIX]S[PREFIX]+++++ {a}+++++ {b}+++++ {own}P"),
        ),
        (
            layout_of(Family::DeepSeekCoder),
            format!("<｜fim▁begin｜>#{a}#{b}#{own}P<｜fim▁hole｜>S<｜fim▁end｜>"),
        ),
        (
            layout_of(Family::CodeLlama),
            format!("<PRE> {commented}P <SUF>S <MID>"),
        ),
        (
            layout_of(Family::SeedCoder),
            format!("<[fim-suffix]>S<[fim-prefix]>{commented}P<[fim-middle]>"),
        ),
        (
            by_name("demo-small-7m").expect("the demo model"),
            format!("<|fim_prefix|>{commented}P<|fim_suffix|>S<|fim_middle|>"),
        ),
    ];
    for (layout, expected) in cases {
        assert_eq!(shown(layout), expected, "{}", layout.name);
    }
}

#[test]
fn no_more_of_a_path_is_told_than_what_is_inside_of_the_folder() {
    let mut hole = crate::completion::Hole::new("", "", None);
    assert_eq!(Around::new(&hole, None).names(), ["project", "untitled"]);
    hole.path = Some("/home/me/notes/a\nb.txt".into());
    let elsewhere = Around::new(&hole, Some("/srv/shop".as_ref()));
    assert_eq!(elsewhere.names(), ["shop", "a_b.txt"]);
}
