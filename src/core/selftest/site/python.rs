//! What can be called in a Python file: a module-level function, or a method of a class that can be
//! constructed without arguments.

use tree_sitter::Node;

use super::{Found, NO_FUNCTION, needs_object};

/// The outermost function among the nodes around a hole, which are given from the inside out.
pub(super) fn find(around: &[Node], text: &str) -> Result<Found, String> {
    let at = around
        .iter()
        .rposition(|node| node.kind() == "function_definition")
        .ok_or(NO_FUNCTION)?;
    let function = around[at];
    let name = name(function, text).ok_or(NO_FUNCTION)?;
    if function
        .child(0)
        .is_some_and(|first| first.kind() == "async")
    {
        return Err(format!("{name} is async: a test would have to await it"));
    }
    let mut classes: Vec<Node> = around[at..]
        .iter()
        .copied()
        .filter(|node| node.kind() == "class_definition")
        .collect();
    classes.reverse();
    let path: Vec<&str> = classes
        .iter()
        .filter_map(|class| self::name(*class, text))
        .collect();
    let call = match classes.last() {
        None => name.to_owned(),
        Some(class) => {
            let object = object(function, *class, &path.join("."), name, text)?;
            format!("{object}.{name}")
        }
    };
    Ok(Found {
        name: name.to_owned(),
        call,
        place: text.len(),
    })
}

/// A placeholder without effect after a prefix: a value within a line, else a statement at the
/// block's indentation.
pub(super) fn nothing(prefix: &str) -> String {
    let (before, line) = prefix.rsplit_once('\n').unwrap_or(("", prefix));
    if !line.trim().is_empty() {
        return "None".to_owned();
    }
    let above = before.lines().rev().find(|line| !line.trim().is_empty());
    let above = above.unwrap_or_default();
    let mut indent = above[..above.len() - above.trim_start().len()].to_owned();
    if above.trim_end().ends_with(':') {
        indent.push_str("    ");
    }
    let missing = indent.strip_prefix(line).unwrap_or_default();
    format!("{missing}pass")
}

/// The object or class that a method is called on.
fn object(
    function: Node,
    class: Node,
    path: &str,
    name: &str,
    text: &str,
) -> Result<String, String> {
    let decorators = decorators(function, text);
    let has = |name: &str| decorators.contains(&name);
    if name == "__init__" || name == "__new__" {
        return Err("the hole is in a constructor, which cannot be called by name".to_owned());
    }
    if has("property") || decorators.iter().any(|name| name.ends_with(".setter")) {
        return Err(format!("{name} is a property, not a callable method"));
    }
    if has("staticmethod") || has("classmethod") {
        return Ok(path.to_owned());
    }
    match is_made_without_arguments(class, text) {
        true => Ok(format!("{path}()")),
        false => Err(needs_object(path)),
    }
}

/// Whether the class can be constructed without arguments, judging by its own body.
fn is_made_without_arguments(class: Node, text: &str) -> bool {
    let init = class.child_by_field_name("body").and_then(|body| {
        body.named_children(&mut body.walk())
            .map(|child| child.child_by_field_name("definition").unwrap_or(child))
            .find(|child| name(*child, text) == Some("__init__"))
    });
    if let Some(parameters) = init.and_then(|init| init.child_by_field_name("parameters")) {
        let mut walk = parameters.walk();
        let needed = parameters.named_children(&mut walk).filter(|parameter| {
            let typed = parameter.kind() == "typed_parameter"
                && !parameter
                    .named_child(0)
                    .is_some_and(|of| of.kind().ends_with("_splat_pattern"));
            typed || parameter.kind() == "identifier"
        });
        // The first parameter is `self`.
        return needed.count() <= 1;
    }
    let bases = class.child_by_field_name("superclasses");
    let only_object = bases.is_none_or(|bases| {
        let inner = text[bases.byte_range()].trim_matches(['(', ')']).trim();
        inner.is_empty() || inner == "object"
    });
    only_object && decorators(class, text).is_empty()
}

/// The text after the @ of each decorator.
fn decorators<'t>(definition: Node, text: &'t str) -> Vec<&'t str> {
    let parent = definition.parent();
    let Some(decorated) = parent.filter(|parent| parent.kind() == "decorated_definition") else {
        return Vec::new();
    };
    decorated
        .named_children(&mut decorated.walk())
        .filter(|child| child.kind() == "decorator")
        .map(|child| text[child.byte_range()].trim_start_matches('@').trim())
        .collect()
}

fn name<'t>(definition: Node, text: &'t str) -> Option<&'t str> {
    Some(&text[definition.child_by_field_name("name")?.byte_range()])
}
