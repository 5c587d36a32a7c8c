//! The verdicts of the languages' own parsers on a file.
//!
//! CPython: `ast.parse`. Java: javac's parser alone, through the compiler's API. C++:
//! `g++ -fsyntax-only`, which also checks names and types; among its errors, only those worded as
//! syntax errors count as such.

use std::{
    io::Write,
    path::Path,
    process::{Command, Stdio},
};

use serde::Deserialize;

/// A compiler's answer for one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Answer {
    Accepted,
    /// Rejected because it does not follow the grammar.
    Syntax,
    /// Rejected for another reason: an unknown name, a type mismatch.
    Meaning,
}

const PYTHON: &str = r#"
import ast, json, sys, warnings
warnings.simplefilter("ignore")
for line in sys.stdin:
    try:
        ast.parse(json.loads(line))
        print('"accepted"')
    except (SyntaxError, ValueError, RecursionError):
        print('"syntax"')
"#;

/// Asks CPython about every text.
pub fn python(texts: &[String]) -> Result<Vec<Answer>, String> {
    let mut command = Command::new("python3");
    command.args(["-c", PYTHON]);
    ask(command, texts)
}

const JAVA: &str = r#"
import com.sun.source.util.JavacTask;
import java.io.*;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.*;
import javax.tools.*;

public class Parse {
    public static void main(String[] arguments) throws Exception {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DataInputStream in = new DataInputStream(new BufferedInputStream(System.in));
        for (int left = in.readInt(); left > 0; left--) {
            byte[] bytes = new byte[in.readInt()];
            in.readFully(bytes);
            String text = new String(bytes, StandardCharsets.UTF_8);
            JavaFileObject file = new SimpleJavaFileObject(
                    URI.create("string:///Solution.java"), JavaFileObject.Kind.SOURCE) {
                @Override
                public CharSequence getCharContent(boolean ignore) {
                    return text;
                }
            };
            DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
            JavacTask task = (JavacTask) compiler.getTask(
                    null, null, found, List.of("-proc:none"), null, List.of(file));
            task.parse();
            boolean bad = found.getDiagnostics().stream()
                    .anyMatch(d -> d.getKind() == Diagnostic.Kind.ERROR);
            System.out.println(bad ? "\"syntax\"" : "\"accepted\"");
        }
    }
}
"#;

/// Asks javac's parser about every text.
pub fn java(texts: &[String]) -> Result<Vec<Answer>, String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let program = folder.path().join("Parse.java");
    std::fs::write(&program, JAVA).map_err(|error| error.to_string())?;
    let mut command = Command::new("java");
    command.arg(&program);
    let mut input = (texts.len() as u32).to_be_bytes().to_vec();
    for text in texts {
        input.extend((text.len() as u32).to_be_bytes());
        input.extend(text.as_bytes());
    }
    answers(command, input, texts.len())
}

/// Asks g++ about every text, two at a time.
pub fn cpp(texts: &[String]) -> Result<Vec<Answer>, String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let half = texts.len().div_ceil(2).max(1);
    std::thread::scope(|scope| {
        let workers: Vec<_> = texts
            .chunks(half)
            .enumerate()
            .map(|(number, chunk)| {
                let file = folder.path().join(format!("{number}.cpp"));
                scope.spawn(move || chunk.iter().map(|text| one_cpp(&file, text)).collect())
            })
            .collect();
        let mut all = Vec::new();
        for worker in workers {
            let part: Result<Vec<Answer>, String> =
                worker.join().map_err(|_| String::from("a worker failed"))?;
            all.extend(part?);
        }
        Ok(all)
    })
}

fn one_cpp(file: &Path, text: &str) -> Result<Answer, String> {
    std::fs::write(file, text).map_err(|error| error.to_string())?;
    let output = Command::new("g++")
        .args([
            "-std=c++17",
            "-fsyntax-only",
            "-w",
            "-fno-diagnostics-show-caret",
        ])
        .arg(file)
        .env("LC_ALL", "C")
        .output()
        .map_err(|error| format!("g++: {error}"))?;
    if output.status.success() {
        return Ok(Answer::Accepted);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Ok(match said.lines().any(is_about_syntax) {
        true => Answer::Syntax,
        false => Answer::Meaning,
    })
}

/// Whether a g++ message comes only from its parser.
fn is_about_syntax(line: &str) -> bool {
    line.contains("error: expected")
        || line.contains("error: missing terminating")
        || line.contains("error: stray")
        || line.contains("error: unterminated")
        || line.contains("expected-")
        || line.contains("without a previous 'if'")
        || line.contains("error: extra")
}

fn ask(command: Command, texts: &[String]) -> Result<Vec<Answer>, String> {
    let mut input = Vec::new();
    for text in texts {
        serde_json::to_writer(&mut input, text).map_err(|error| error.to_string())?;
        input.push(b'\n');
    }
    answers(command, input, texts.len())
}

/// One JSON answer per line from `command`, which reads `input`.
fn answers(mut command: Command, input: Vec<u8>, wanted: usize) -> Result<Vec<Answer>, String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("{name}: {error}"))?;
    let mut stdin = child.stdin.take().ok_or("no standard input")?;
    let writer = std::thread::spawn(move || stdin.write_all(&input));
    let output = child
        .wait_with_output()
        .map_err(|error| error.to_string())?;
    let _ = writer.join();
    let answers: Vec<Answer> = String::from_utf8_lossy(&output.stdout)
        .lines()
        .map(serde_json::from_str)
        .collect::<Result<_, _>>()
        .map_err(|error| format!("{name}: {error}"))?;
    match answers.len() == wanted {
        true => Ok(answers),
        false => Err(format!("{name} gave {} answers to {wanted}", answers.len())),
    }
}
