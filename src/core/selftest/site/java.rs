//! What can be called in a Java file: a static method, or a method of a class that can be
//! constructed without arguments. Tests go at the end of the outermost class, from where all of it
//! is accessible.

use tree_sitter::Node;

use super::{Found, NO_FUNCTION, needs_object};

/// Node kinds that contain methods.
const TYPES: [&str; 4] = [
    "class_declaration",
    "record_declaration",
    "enum_declaration",
    "interface_declaration",
];

/// The outermost method among the nodes around a hole, which are given from the inside out.
pub(super) fn find(around: &[Node], text: &str) -> Result<Found, String> {
    let constructors = ["constructor_declaration", "compact_constructor_declaration"];
    let outermost = |kinds: &[&str]| around.iter().rposition(|node| kinds.contains(&node.kind()));
    let (method, constructor) = (outermost(&["method_declaration"]), outermost(&constructors));
    if constructor > method {
        return Err("the hole is in a constructor, which cannot be called by name".to_owned());
    }
    let at = method.ok_or(NO_FUNCTION)?;
    let name = name(around[at], text).ok_or(NO_FUNCTION)?;
    if name == "main" {
        return Err("the hole is in main, which starts the program".to_owned());
    }
    let mut types: Vec<Node> = around[at..]
        .iter()
        .copied()
        .filter(|node| TYPES.contains(&node.kind()))
        .collect();
    types.reverse();
    let outermost = *types.first().ok_or(NO_FUNCTION)?;
    let path: Vec<&str> = types
        .iter()
        .filter_map(|kind| self::name(*kind, text))
        .collect();
    let path = path.join(".");
    let call = match has_modifier(around[at], "static", text) {
        true => format!("{path}.{name}"),
        false if is_made_without_arguments(&types, text) => format!("new {path}().{name}"),
        false => return Err(needs_object(&path)),
    };
    Ok(Found {
        name: name.to_owned(),
        call,
        place: end_of(outermost, text)?,
    })
}

/// Whether `new` works without arguments, judging by the class itself; `types` are given from the
/// outside in.
fn is_made_without_arguments(types: &[Node], text: &str) -> bool {
    let Some(class) = types.last().filter(|class| class.kind() == TYPES[0]) else {
        return false;
    };
    let nested = &types[1..];
    let is_static = |class: &Node| has_modifier(*class, "static", text);
    if has_modifier(*class, "abstract", text) || !nested.iter().all(is_static) {
        return false;
    }
    let Some(body) = class.child_by_field_name("body") else {
        return false;
    };
    let mut walk = body.walk();
    let mut constructors = body
        .named_children(&mut walk)
        .filter(|child| child.kind() == "constructor_declaration")
        .peekable();
    constructors.peek().is_none()
        || constructors.any(|constructor| {
            let parameters = constructor.child_by_field_name("parameters");
            parameters.is_some_and(|parameters| parameters.named_child_count() == 0)
        })
}

/// The position before a class's closing brace.
fn end_of(class: Node, text: &str) -> Result<usize, String> {
    let body = class.child_by_field_name("body");
    let end = body.and_then(|body| body.end_byte().checked_sub(1));
    end.filter(|end| text.as_bytes().get(*end) == Some(&b'}'))
        .ok_or_else(|| "the class around the hole has no closing brace".to_owned())
}

fn has_modifier(declaration: Node, modifier: &str, text: &str) -> bool {
    let mut walk = declaration.walk();
    let mut children = declaration.children(&mut walk);
    let modifiers = children.find(|child| child.kind() == "modifiers");
    modifiers.is_some_and(|modifiers| {
        let mut walk = modifiers.walk();
        let mut words = modifiers.children(&mut walk);
        words.any(|word| &text[word.byte_range()] == modifier)
    })
}

fn name<'t>(declaration: Node, text: &'t str) -> Option<&'t str> {
    Some(&text[declaration.child_by_field_name("name")?.byte_range()])
}
