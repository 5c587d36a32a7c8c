//! Requests and responses: recorded from real servers, or built from the published schemas for
//! servers that cannot run here.

mod calls;
mod fallbacks;
mod passages;
mod readers;

use super::*;
use crate::{
    completion::fim::layout_of,
    language::Language,
    remote::{Problem, ProblemKind},
};

fn hole() -> Hole {
    Hole::new(
        "def add(a, b):\n    return ",
        "\n\nprint(add(1, 2))\n",
        Some(Language::Python),
    )
}

fn ask(hole: &Hole) -> Ask<'_> {
    Ask {
        hole,
        passages: &[],
        folder: None,
        draft: None,
        sampling: Sampling::GREEDY,
        max_tokens: 64,
        top: 3,
    }
}

/// A profile of a model whose name implies Qwen's layout.
fn profile(dialect: Dialect) -> Profile {
    Profile::new(dialect, "qwen2.5-coder")
}

fn with_layout(dialect: Dialect) -> Profile {
    Profile {
        fim: Fim::Layout(layout_of(Family::Qwen)),
        ..profile(dialect)
    }
}

/// What a reader makes of messages.
fn read_with(profile: &Profile, hole: &Hole, messages: &[&[u8]]) -> Result<Vec<Piece>, Problem> {
    let mut reader = profile.reader(&ask(hole));
    let mut pieces = Vec::new();
    for message in messages {
        reader.read(message, &mut |piece| pieces.push(piece))?;
    }
    Ok(pieces)
}

fn read(profile: &Profile, messages: &[&str]) -> Result<Vec<Piece>, Problem> {
    let messages: Vec<&[u8]> = messages.iter().map(|message| message.as_bytes()).collect();
    read_with(profile, &hole(), &messages)
}

/// What a reader makes of a recorded stream.
fn read_stream(profile: &Profile, stream: &str) -> Vec<Piece> {
    let messages = stream
        .lines()
        .filter_map(|line| line.strip_prefix("data: "));
    let messages: Vec<&str> = messages.collect();
    read(profile, &messages).expect("it was sent by a real server")
}

fn texts(pieces: &[Piece]) -> Vec<&Text> {
    let texts = pieces.iter().filter_map(|piece| match piece {
        Piece::Text(text) => Some(text),
        _ => None,
    });
    texts.collect()
}

/// The texts of the tokens.
fn words(pieces: &[Piece]) -> Vec<String> {
    let texts = texts(pieces).into_iter();
    texts
        .map(|text| String::from_utf8_lossy(&text.bytes).into_owned())
        .collect()
}

/// All pieces except the texts.
fn signs(pieces: &[Piece]) -> Vec<Piece> {
    let signs = pieces
        .iter()
        .filter(|piece| !matches!(piece, Piece::Text(_)));
    signs.cloned().collect()
}
