//! Decides what to index: the folder around a file, unless configured otherwise.

use std::{
    env,
    path::{Path, PathBuf},
};

use crate::config::{Config, Retrieval};

/// Names that mark the root of a repository.
const REPOSITORY: [&str; 4] = [".git", ".hg", ".jj", ".svn"];
/// Names that mark the root of a project outside any repository.
const PROJECT: [&str; 7] = [
    "pyproject.toml",
    "setup.py",
    "pom.xml",
    "build.gradle",
    "build.gradle.kts",
    "Cargo.toml",
    "package.json",
];

/// What to index.
#[derive(Debug, Clone, PartialEq)]
pub struct Scope {
    /// The folder.
    pub root: PathBuf,
    pub settings: Retrieval,
    /// Patterns of files to skip, the same as for servers.
    pub deny: Vec<String>,
}

impl Scope {
    /// The folder to index for a file: the configured one, else the root of the file's repository
    /// (or project), else the file's own folder. Without a file, the current folder is used as its
    /// own.
    ///
    /// # Errors
    /// The result would be the whole disk or the home folder, which must be configured explicitly.
    pub fn around(file: Option<&Path>, config: &Config) -> Result<Scope, String> {
        let scope = |root| Scope {
            root,
            settings: config.retrieval.clone(),
            deny: config.deny.clone(),
        };
        if let Some(folder) = &config.retrieval.folder {
            return Ok(scope(folder.clone()));
        }
        let here = env::current_dir().unwrap_or_default();
        let own = match file {
            Some(file) => here.join(file).parent().map(Path::to_path_buf),
            None => Some(here),
        };
        let own = own.unwrap_or_default();
        let own = own.canonicalize().unwrap_or(own);
        let home = etcetera::home_dir().ok();
        let home = home.map(|home| home.canonicalize().unwrap_or(home));
        let root = root_around(&own, home.as_deref());
        if is_everything(&root, home.as_deref()) {
            return Err(format!(
                "{} is too large to index by default; name the folder to index in \
                 retrieval.folder",
                root.display()
            ));
        }
        Ok(scope(root))
    }
}

impl Scope {
    /// Whether both lead to the same index, apart from settings for search and prompts.
    pub(super) fn indexes_as(&self, other: &Scope) -> bool {
        let indexed = |scope: &Scope| {
            let Retrieval {
                chunk_lines,
                overlap_lines,
                max_files,
                max_file_kib,
                ..
            } = scope.settings;
            (chunk_lines, overlap_lines, max_files, max_file_kib)
        };
        self.root == other.root && self.deny == other.deny && indexed(self) == indexed(other)
    }
}

/// Skips a home folder that is a repository, for example of configuration files.
fn root_around(own: &Path, home: Option<&Path>) -> PathBuf {
    let marked = |markers: &[&str]| {
        own.ancestors()
            .take_while(|folder| !is_everything(folder, home))
            .find(|folder| markers.iter().any(|name| folder.join(name).exists()))
    };
    let root = marked(&REPOSITORY).or_else(|| marked(&PROJECT));
    root.unwrap_or(own).to_path_buf()
}

fn is_everything(folder: &Path, home: Option<&Path>) -> bool {
    folder.parent().is_none() || home == Some(folder)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn the_repository_goes_before_the_project_and_the_project_before_the_folder() {
        let folder = tempfile::tempdir().expect("a folder");
        let base = folder.path();
        let deep = base.join("repo/project/src");
        fs::create_dir_all(&deep).expect("made");
        assert_eq!(root_around(&deep, None), deep);
        fs::write(base.join("repo/project/setup.py"), "").expect("written");
        assert_eq!(root_around(&deep, None), base.join("repo/project"));
        fs::create_dir(base.join("repo/.git")).expect("made");
        assert_eq!(root_around(&deep, None), base.join("repo"));
        // If the repository were the home folder, it would not be the root.
        let home = base.join("repo");
        assert_eq!(root_around(&deep, Some(&home)), base.join("repo/project"));
    }

    #[test]
    fn the_disk_and_the_home_folder_are_indexed_only_by_name() {
        let mut config = Config::default();
        let problem = Scope::around(Some(Path::new("/x.py")), &config).expect_err("too much");
        assert!(problem.contains("retrieval.folder"), "{problem}");
        config.retrieval.folder = Some(PathBuf::from("/"));
        let scope = Scope::around(Some(Path::new("/x.py")), &config).expect("named");
        assert_eq!(scope.root, Path::new("/"));
    }
}
