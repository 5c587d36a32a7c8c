//! Source files as a tree of modules with the paths that each one mentions. A scanner for our own
//! formatted code, not a compiler: it understands comments, literals, `#[cfg(test)]` and `use`
//! trees.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// A module by its names, starting in the crate: `tui`, `app`, `keys`.
pub type Name = Vec<String>;

/// A module without its tests.
#[derive(Debug, Default)]
struct Module {
    /// Names that its `use` declarations import, and where each comes from.
    imports: BTreeMap<String, Name>,
    /// All paths that begin with `crate`, `self` or `super`, made relative to the crate.
    paths: BTreeSet<Name>,
    /// All paths into the standard library.
    standard: BTreeSet<String>,
}

/// All modules of the crates, without their tests.
#[derive(Debug)]
pub struct Source {
    modules: BTreeMap<Name, Module>,
}

impl Source {
    /// Reads the crates whose root files are `lib.rs` in these folders, as if they were one: each
    /// names the rooms of the others as its own.
    pub fn read(folders: &[PathBuf]) -> Self {
        let mut source = Source {
            modules: BTreeMap::new(),
        };
        for folder in folders {
            source.add(&folder.join("lib.rs"), folder, Vec::new());
        }
        source
    }

    /// The children of the module `parent`.
    pub fn children(&self, parent: &[String]) -> BTreeSet<&str> {
        let below = self.modules.keys().filter(|name| name.starts_with(parent));
        below
            .filter_map(|name| name.get(parent.len()))
            .map(String::as_str)
            .collect()
    }

    /// Every module that has children, the crate itself first.
    pub fn parents(&self) -> BTreeSet<Name> {
        let parents = self.modules.keys().filter_map(|name| name.split_last());
        parents.map(|(_, parent)| parent.to_vec()).collect()
    }

    /// Which room mentions which other room, with the module that does.
    pub fn arrows_of_rooms(&self) -> BTreeSet<(String, String, String)> {
        let mut arrows = BTreeSet::new();
        for (name, module) in &self.modules {
            let rooms = module.paths.iter().filter_map(|path| path.first());
            for (room, other) in name.first().into_iter().flat_map(|room| {
                let others = rooms.clone().filter(move |other| *other != room);
                others.map(move |other| (room, other))
            }) {
                arrows.insert((room.clone(), other.clone(), name.join("::")));
            }
        }
        arrows
    }

    /// The paths into the standard library that a module and those below it mention, each with the
    /// module that does.
    pub fn standard(&self, name: &[String]) -> Vec<(String, &str)> {
        let below = self
            .modules
            .iter()
            .filter(|(module, _)| module.starts_with(name));
        below
            .flat_map(|(name, module)| {
                let paths = module.standard.iter();
                paths.map(move |path| (name.join("::"), path.as_str()))
            })
            .collect()
    }

    /// Which child of `parent` uses which other child of it, wherever below them. What a module
    /// re-exports counts as the module's that it comes from. Arrows between a module and its own
    /// children do not count.
    pub fn arrows_between_children(&self, parent: &[String]) -> BTreeMap<&str, BTreeSet<String>> {
        let mut arrows: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        let below = |name: &Name| name.len() > parent.len() && name.starts_with(parent);
        for (name, module) in self.modules.iter().filter(|(name, _)| below(name)) {
            let child = &name[parent.len()];
            let used = module.paths.iter().map(|path| self.home(path, 0));
            let others = used
                .filter(below)
                .map(|home| home[parent.len()].clone())
                .filter(|other| other != child);
            arrows.entry(child).or_default().extend(others);
        }
        arrows
    }

    /// The module that defines the item at `path`.
    fn home(&self, path: &[String], depth: usize) -> Name {
        let mut length = path.len();
        while !self.modules.contains_key(&path[..length]) {
            length -= 1;
        }
        let (module, rest) = path.split_at(length);
        let known = rest
            .first()
            .and_then(|item| self.modules[module].imports.get(item));
        match known {
            Some(from) if depth < 8 => {
                let whole: Name = from.iter().chain(&rest[1..]).cloned().collect();
                self.home(&whole, depth + 1)
            }
            _ => module.to_vec(),
        }
    }

    fn add(&mut self, file: &Path, folder: &Path, name: Name) {
        let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{file:?}: {error}"));
        let tokens = without_tests(&tokens(&text));
        for child in children(&tokens) {
            let flat = folder.join(format!("{child}.rs"));
            let nested = folder.join(&child).join("mod.rs");
            let file = if flat.exists() { flat } else { nested };
            let mut below = name.clone();
            below.push(child.clone());
            self.add(&file, &folder.join(child), below);
        }
        let module = Module::of(&name, &tokens);
        self.modules.insert(name, module);
    }
}

impl Module {
    fn of(name: &[String], tokens: &[String]) -> Self {
        let mut module = Module::default();
        let mut at = 0;
        while at < tokens.len() {
            let is_use = tokens[at] == "use";
            let begins = at == 0 || tokens[at - 1] != "::";
            if is_use
                || (begins
                    && (is_anchor(&tokens[at]) || tokens[at] == "std")
                    && follows(tokens, at + 1, "::"))
            {
                let mut found = Vec::new();
                at = tree(tokens, at + usize::from(is_use), &[], &mut found);
                for (path, alias) in found {
                    module.take(name, &path, alias.filter(|_| is_use));
                }
            } else {
                at += 1;
            }
        }
        module
    }

    fn take(&mut self, name: &[String], path: &[String], alias: Option<String>) {
        if path.first().is_some_and(|first| first == "std") {
            self.standard.insert(path.join("::"));
            return;
        }
        // `use child::Item` and `use other_crate::Item` both count from this module on.
        let anchored = path.first().is_some_and(|first| is_anchor(first));
        let whole = absolute(name, path);
        if let Some(alias) = alias {
            self.imports.insert(alias, whole.clone());
        }
        if anchored {
            self.paths.insert(whole);
        }
    }
}

/// A path made relative to the crate.
fn absolute(module: &[String], path: &[String]) -> Name {
    let mut whole = module.to_vec();
    for part in path {
        match part.as_str() {
            "crate" => whole.clear(),
            "self" => {}
            "super" => {
                whole.pop();
            }
            part => whole.push(part.to_owned()),
        }
    }
    whole
}

fn is_anchor(token: &str) -> bool {
    matches!(token, "crate" | "self" | "super")
}

fn follows(tokens: &[String], at: usize, token: &str) -> bool {
    tokens.get(at).is_some_and(|found| found == token)
}

/// Reads a path or a tree of paths that begins at `at`, each with the name that it imports. Returns
/// where it ends.
fn tree(
    tokens: &[String],
    mut at: usize,
    before: &[String],
    found: &mut Vec<(Name, Option<String>)>,
) -> usize {
    let mut path = before.to_vec();
    loop {
        match tokens.get(at).map(String::as_str) {
            Some("{") => {
                at += 1;
                while !follows(tokens, at, "}") {
                    at = tree(tokens, at, &path, found);
                    at += usize::from(follows(tokens, at, ","));
                }
                return at + 1;
            }
            Some("*") => at += 1,
            Some(part) if is_name(part) => {
                path.push(part.to_owned());
                at += 1;
            }
            // A type's parameters, or the end of an expression's path.
            _ => {}
        }
        let goes_on = follows(tokens, at, "::")
            && tokens
                .get(at + 1)
                .is_some_and(|next| is_name(next) || next == "{" || next == "*");
        if !goes_on {
            break;
        }
        at += 1;
    }
    let mut alias = path.iter().rev().find(|part| *part != "self").cloned();
    if follows(tokens, at, "as") {
        alias = tokens.get(at + 1).cloned();
        at += 2;
    }
    found.push((path, alias));
    at
}

/// The modules declared in separate files.
fn children(tokens: &[String]) -> Vec<String> {
    let declared = tokens.windows(3).filter(|w| w[0] == "mod" && w[2] == ";");
    declared.map(|window| window[1].clone()).collect()
}

/// The tokens without the items under `#[cfg(test)]`.
fn without_tests(tokens: &[String]) -> Vec<String> {
    const MARK: [&str; 7] = ["#", "[", "cfg", "(", "test", ")", "]"];
    let mut kept = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if tokens[at..].iter().take(7).eq(MARK.iter()) {
            at = end_of_item(tokens, at + 7);
        } else {
            kept.push(tokens[at].clone());
            at += 1;
        }
    }
    kept
}

/// The position after the `;` or `}` that ends an item.
fn end_of_item(tokens: &[String], mut at: usize) -> usize {
    let mut depth = 0_usize;
    while let Some(token) = tokens.get(at) {
        at += 1;
        match token.as_str() {
            "{" | "(" | "[" => depth += 1,
            "}" | ")" | "]" => depth -= 1,
            _ => {}
        }
        // `use a::{b};` ends at its semicolon.
        let ends = token == ";" || (token == "}" && !follows(tokens, at, ";"));
        if depth == 0 && ends {
            break;
        }
    }
    at
}

fn is_name(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_') && token != "as"
}

/// Names, `::` and single characters; comments and literals are left out.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if let Some(length) = literal(rest) {
            length
        } else if first.is_alphanumeric() || first == '_' {
            let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_');
            let end = end.unwrap_or(rest.len());
            tokens.push(rest[..end].to_owned());
            end
        } else if rest.starts_with("::") {
            tokens.push("::".to_owned());
            2
        } else {
            if !first.is_whitespace() {
                tokens.push(first.to_string());
            }
            first.len_utf8()
        };
        rest = &rest[length..];
    }
    tokens
}

/// The length of the string or character literal at the start of `text`, if there is one.
fn literal(text: &str) -> Option<usize> {
    let body = text.trim_start_matches(['b', 'c', 'r']);
    let prefix = &text[..text.len() - body.len()];
    let hashes = body.len() - body.trim_start_matches('#').len();
    if prefix.ends_with('r') && body[hashes..].starts_with('"') {
        let end = format!("\"{}", "#".repeat(hashes));
        let start = prefix.len() + hashes + 1;
        let length = text[start..].find(&end).expect("a raw string ends");
        return Some(start + length + end.len());
    }
    if body.starts_with('"') {
        return Some(prefix.len() + quoted(body, '"'));
    }
    let mut signs = body.strip_prefix('\'')?.chars();
    let is_escaped = signs.next() == Some('\\');
    // Otherwise it is a lifetime.
    (is_escaped || signs.next() == Some('\'')).then(|| prefix.len() + quoted(body, '\''))
}

/// The length of a literal, with both quotes.
fn quoted(text: &str, quote: char) -> usize {
    let mut is_escaped = false;
    for (at, sign) in text.char_indices().skip(1) {
        match sign {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            sign if sign == quote => return at + sign.len_utf8(),
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(name: &str, text: &str) -> Vec<String> {
        let name: Name = name.split("::").map(str::to_owned).collect();
        let module = Module::of(&name, &without_tests(&tokens(text)));
        module.paths.iter().map(|path| path.join("::")).collect()
    }

    #[test]
    fn paths_are_found_wherever_they_stand() {
        let text = r##"
            //! crate::comment
            use crate::{a::{self, B}, c as d};
            use super::{e::F, super::g};
            use std::fmt;
            pub(crate) fn f(x: crate::h::I<'_>) { let s = "crate::no"; self::j::k('"', r#"crate::no"#); }
            #[cfg(test)]
            mod tests { use crate::no; }
            fn g() -> crate::l { crate::m::<u8>() }
        "##;
        assert_eq!(
            paths("room::module", text),
            [
                "a",
                "a::B",
                "c",
                "g",
                "h::I",
                "l",
                "m",
                "room::e::F",
                "room::module::j::k"
            ]
        );
    }
}
