//! What may leave this machine: the deny patterns of files that stay here.
//!
//! A pattern that matches a file keeps that file here; one that matches a folder keeps everything
//! in it. A pattern is matched against the path as given and with all links resolved, from the root
//! and from the current folder. A pattern without a slash is also matched against each name in the
//! path. Case is ignored. When in doubt, a file stays.

use std::{
    borrow::Cow,
    env,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use globset::{Glob, GlobBuilder, GlobMatcher};

/// Links followed in a row at most; the system stops there as well.
const LINKS: usize = 40;

/// The deny patterns.
#[derive(Debug)]
pub(crate) struct Deny {
    patterns: Vec<Pattern>,
    /// The current folder's first name: a file may have been opened by a relative path in a folder
    /// that has since been renamed or removed.
    first_here: PathBuf,
}

#[derive(Debug)]
struct Pattern {
    /// The pattern as given.
    text: String,
    glob: Glob,
    /// Compiled on first use: compiling at start-up would delay the first frame.
    matcher: OnceLock<GlobMatcher>,
    /// It names no folder, so it is matched against single names.
    bare: bool,
}

/// Checks a deny pattern.
///
/// # Errors
/// The pattern is unusable; the error says why.
pub fn check_pattern(pattern: &str) -> Result<(), String> {
    Pattern::new(pattern).map(|_| ())
}

impl Pattern {
    fn new(text: &str) -> Result<Self, String> {
        let expanded = expand(text);
        let trimmed = expanded.strip_prefix("./").unwrap_or(&expanded);
        let trimmed = trimmed.trim_end_matches('/');
        if trimmed.trim().is_empty() {
            return Err(format!("the deny pattern \"{text}\" matches nothing"));
        }
        let glob = GlobBuilder::new(trimmed)
            .literal_separator(true)
            .case_insensitive(true)
            .build();
        let glob = glob.map_err(|error| {
            let why = error.kind();
            format!("the deny pattern \"{text}\" is invalid: {why}")
        })?;
        Ok(Pattern {
            text: text.to_owned(),
            glob,
            matcher: OnceLock::new(),
            bare: !trimmed.contains('/'),
        })
    }

    fn matches(&self, path: &Path) -> bool {
        let matcher = self.matcher.get_or_init(|| self.glob.compile_matcher());
        let named = |path: &Path| path.file_name().is_some_and(|n| matcher.is_match(n));
        path.ancestors()
            .filter(|ancestor| !ancestor.as_os_str().is_empty())
            .any(|ancestor| matcher.is_match(ancestor) || (self.bare && named(ancestor)))
    }
}

/// Expands a leading `~/` to the home folder.
fn expand(pattern: &str) -> Cow<'_, str> {
    match (pattern.strip_prefix("~/"), etcetera::home_dir()) {
        (Some(rest), Ok(home)) => {
            let home = globset::escape(&home.to_string_lossy());
            format!("{home}/{rest}").into()
        }
        _ => pattern.into(),
    }
}

impl Deny {
    /// # Errors
    /// A pattern is invalid. Ignoring it could let a file through.
    pub fn new(patterns: &[String]) -> Result<Self, String> {
        let patterns = patterns.iter().map(|pattern| Pattern::new(pattern));
        let patterns: Result<_, _> = patterns.collect();
        Ok(Deny {
            patterns: patterns?,
            first_here: env::current_dir().unwrap_or_default(),
        })
    }

    /// Whether the text of a file may leave this machine.
    ///
    /// # Errors
    /// The file must stay here; the error names the file and the pattern.
    pub fn permits(&self, path: &Path) -> Result<(), String> {
        let here = env::current_dir().unwrap_or_default();
        let mut forms = forms(path, &here);
        if here != self.first_here {
            forms.extend(self::forms(path, &self.first_here));
        }
        self.permits_as(path, &forms)
    }

    /// Whether a file with these names may leave.
    fn permits_as(&self, path: &Path, forms: &[PathBuf]) -> Result<(), String> {
        let matching = |pattern: &&Pattern| forms.iter().any(|form| pattern.matches(form));
        let Some(pattern) = self.patterns.iter().find(matching) else {
            return Ok(());
        };
        Err(format!(
            "{} stays on this machine: it matches the pattern \"{}\" in deny (see the configuration)",
            path.display(),
            pattern.text
        ))
    }
}

impl Deny {
    /// The same for a file in a project folder; its path is also matched relative to that folder,
    /// so that a pattern like `private/*` works from any current folder.
    ///
    /// # Errors
    /// As for [`Deny::permits`].
    pub fn permits_in(&self, folder: &Path, path: &Path) -> Result<(), String> {
        if self.patterns.is_empty() {
            return Ok(());
        }
        let inside = path.strip_prefix(folder).unwrap_or(path);
        self.permits(&folder.join(inside))?;
        self.permits_as(path, &[inside.to_path_buf()])
    }
}

/// Every way to write the path of a file: as given and with links resolved, each from the root and
/// from the current folder.
fn forms(path: &Path, here: &Path) -> Vec<PathBuf> {
    let absolute = tidy(&here.join(path));
    let real_here = here.canonicalize().unwrap_or_else(|_| here.to_path_buf());
    let mut forms = vec![absolute.clone()];
    forms.extend(follow(&here.join(path)));
    for (form, folder) in [(0, here), (1, real_here.as_path())] {
        let relative = forms
            .get(form)
            .and_then(|form| form.strip_prefix(folder).ok());
        let relative = relative.map(Path::to_path_buf);
        forms.extend(relative);
    }
    forms
}

/// Removes `.` and `..`.
fn tidy(path: &Path) -> PathBuf {
    use std::path::Component;
    let mut tidied = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                tidied.pop();
            }
            other => tidied.push(other),
        }
    }
    tidied
}

/// Resolves every link; for a file that does not exist (yet, or any more), those of its folder.
fn follow(path: &Path) -> Option<PathBuf> {
    let mut path = path.to_path_buf();
    for _ in 0..LINKS {
        if let Ok(real) = path.canonicalize() {
            return Some(real);
        }
        let folder = path.parent()?.canonicalize().ok()?;
        path = folder.join(path.file_name()?);
        match path.read_link() {
            Ok(target) => path = folder.join(target),
            Err(_) => break,
        }
    }
    Some(path)
}

#[cfg(test)]
mod tests;
