//! What can be called in a C++ file: a free function, or a public method of a class that can be
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
    let name = name_of(function).ok_or(NO_FUNCTION)?;
    if name.kind() == "qualified_identifier" {
        return Err("the hole is in a method that is defined outside its class".to_owned());
    }
    if !["identifier", "field_identifier"].contains(&name.kind()) {
        return Err("the function around the hole cannot be called by name".to_owned());
    }
    let name = &text[name.byte_range()];
    let classes: Vec<Node> = around[at..]
        .iter()
        .copied()
        .filter(|node| ["class_specifier", "struct_specifier"].contains(&node.kind()))
        .collect();
    if classes.is_empty() && name == "main" {
        return Err("the hole is in main, which starts the program".to_owned());
    }
    let path = path(&around[at..], text);
    let call = match classes.first() {
        None if path.is_empty() => name.to_owned(),
        None => format!("{path}::{name}"),
        Some(class) => method(function, *class, &path, name, text)?,
    };
    Ok(Found {
        name: name.to_owned(),
        call,
        place: text.len(),
    })
}

/// The call expression of a method; `path` names its class.
fn method(
    function: Node,
    class: Node,
    path: &str,
    name: &str,
    text: &str,
) -> Result<String, String> {
    let class_name = class.child_by_field_name("name");
    let class_name = class_name.map(|name| &text[name.byte_range()]);
    if class_name == Some(name) {
        return Err("the hole is in a constructor, which cannot be called by name".to_owned());
    }
    let template = class
        .parent()
        .is_some_and(|parent| parent.kind() == "template_declaration");
    let (Some(class_name), false) = (class_name, template) else {
        return Err(
            "a method needs an object, but its class is a template or has no name".to_owned(),
        );
    };
    if !is_public(function, class, text) {
        return Err(format!("{name} is private: a test cannot call it"));
    }
    let mut walk = function.walk();
    let is_static = function.children(&mut walk).any(|child| {
        child.kind() == "storage_class_specifier" && &text[child.byte_range()] == "static"
    });
    match is_static {
        true => Ok(format!("{path}::{name}")),
        false if is_made_without_arguments(class, class_name, text) => {
            Ok(format!("{path}{{}}.{name}"))
        }
        false => Err(needs_object(path)),
    }
}

/// The name in a function's definition: an identifier, or the node in its place.
pub(super) fn name_of(function: Node) -> Option<Node> {
    let mut declarator = function.child_by_field_name("declarator")?;
    while declarator.kind() != "function_declarator" {
        // The inner declarator of a reference has no field name.
        declarator = declarator
            .child_by_field_name("declarator")
            .or_else(|| declarator.named_child(0))?;
    }
    declarator.child_by_field_name("declarator")
}

/// The qualified name of the namespaces and classes around a function, which are given from the
/// inside out.
fn path(around: &[Node], text: &str) -> String {
    let kinds = [
        "namespace_definition",
        "class_specifier",
        "struct_specifier",
    ];
    let mut names: Vec<&str> = around
        .iter()
        .filter(|node| kinds.contains(&node.kind()))
        .filter_map(|node| Some(&text[node.child_by_field_name("name")?.byte_range()]))
        .collect();
    names.reverse();
    names.join("::")
}

/// Whether a member is in a public section of its class.
fn is_public(member: Node, class: Node, text: &str) -> bool {
    let mut before = Some(member);
    // A template method is nested inside its template declaration.
    while let Some(node) = before {
        if node
            .parent()
            .is_some_and(|parent| parent.kind() == "field_declaration_list")
        {
            break;
        }
        before = node.parent();
    }
    while let Some(node) = before {
        if node.kind() == "access_specifier" {
            return text[node.byte_range()].starts_with("public");
        }
        before = node.prev_named_sibling();
    }
    class.kind() == "struct_specifier"
}

/// Whether `{}` constructs the class, judging by its own body.
fn is_made_without_arguments(class: Node, name: &str, text: &str) -> bool {
    let Some(body) = class.child_by_field_name("body") else {
        return false;
    };
    let mut walk = body.walk();
    let mut constructors = body
        .named_children(&mut walk)
        .filter(|member| ["function_definition", "declaration"].contains(&member.kind()))
        .filter(|member| {
            let called = name_of(*member);
            called.is_some_and(|called| &text[called.byte_range()] == name)
        })
        .peekable();
    constructors.peek().is_none()
        || constructors.any(|constructor| {
            let declarator = constructor.child_by_field_name("declarator");
            let parameters = declarator.and_then(|of| of.child_by_field_name("parameters"));
            parameters.is_some_and(|parameters| {
                let mut walk = parameters.walk();
                let mut all = parameters.named_children(&mut walk);
                is_public(constructor, class, text)
                    && all.all(|one| one.kind() == "optional_parameter_declaration")
            })
        })
}
