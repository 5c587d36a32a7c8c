//! A screen's keys as named actions, in one table that also feeds the footer and the help. Keys for
//! typing text are not in it.

use super::Key;

/// Keys and their descriptions, by heading.
pub type KeyHelp = Vec<(&'static str, Vec<(String, &'static str)>)>;

/// A row: an action, its keys, its heading in the help, and its description.
#[derive(Debug, Clone)]
pub struct Row<A> {
    pub action: A,
    pub keys: Vec<Key>,
    pub heading: &'static str,
    pub what: &'static str,
}

impl<A> Row<A> {
    /// Creates a row from keys as written in the configuration.
    ///
    /// # Panics
    /// One of them is not a key.
    pub fn new(action: A, keys: &[&str], heading: &'static str, what: &'static str) -> Self {
        let parsed = keys.iter().map(|text| Key::parse(text));
        Row {
            action,
            keys: parsed
                .collect::<Option<_>>()
                .expect("the keys of tables are tested"),
            heading,
            what,
        }
    }
}

/// The keys of a screen.
#[derive(Debug, Clone)]
pub struct KeyTable<A> {
    rows: Vec<Row<A>>,
}

impl<A: Copy + PartialEq> KeyTable<A> {
    /// Creates a table. A key that is in two rows belongs to the first.
    pub fn of(rows: Vec<Row<A>>) -> Self {
        KeyTable { rows }
    }

    /// The action of a key, if it is bound.
    pub fn action(&self, key: impl Into<Key>) -> Option<A> {
        let key = key.into();
        let bound = self.rows.iter().find(|row| row.keys.contains(&key));
        bound.map(|row| row.action)
    }

    /// The label of an action's first key; empty if it has none.
    pub fn label(&self, action: A) -> String {
        self.keys_of(action)
            .first()
            .map_or_else(String::new, |key| key.label())
    }

    /// The labels of all keys of an action.
    pub fn labels(&self, action: A) -> Vec<String> {
        self.keys_of(action).iter().map(|key| key.label()).collect()
    }

    /// The keys of an action.
    pub fn keys_of(&self, action: A) -> &[Key] {
        let row = self.rows.iter().find(|row| row.action == action);
        row.map_or(&[], |row| &row.keys)
    }

    /// The description of an action.
    pub fn what(&self, action: A) -> &'static str {
        let row = self.rows.iter().find(|row| row.action == action);
        row.map_or("", |row| row.what)
    }

    /// The help: keys and descriptions by heading.
    pub fn help(&self) -> KeyHelp {
        let mut help: KeyHelp = Vec::new();
        for row in &self.rows {
            let labels: Vec<String> = row.keys.iter().map(|key| key.label()).collect();
            let line = (labels.join("  "), row.what);
            match help.iter_mut().find(|(heading, _)| *heading == row.heading) {
                Some((_, lines)) => lines.push(line),
                None => help.push((row.heading, vec![line])),
            }
        }
        help
    }
}

#[cfg(test)]
mod tests {
    use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

    use super::*;

    #[test]
    fn a_table_says_what_a_key_does_and_writes_the_help() {
        let table = KeyTable::of(vec![
            Row::new('a', &["left", "h"], "One", "goes left"),
            Row::new('b', &["ctrl-q"], "Two", "leaves"),
            Row::new('c', &["h", "shift-left"], "One", "is hidden by the first"),
        ]);
        let key = |code, modifiers| table.action(KeyEvent::new(code, modifiers));
        assert_eq!(key(KeyCode::Left, KeyModifiers::NONE), Some('a'));
        assert_eq!(key(KeyCode::Char('h'), KeyModifiers::NONE), Some('a'));
        assert_eq!(key(KeyCode::Left, KeyModifiers::SHIFT), Some('c'));
        assert_eq!(key(KeyCode::Char('q'), KeyModifiers::NONE), None);
        assert_eq!(table.label('a'), "←");
        assert_eq!(table.labels('b'), ["Ctrl-Q"]);
        assert_eq!(table.label('x'), "");
        let help = table.help();
        assert_eq!(help.len(), 2, "by heading");
        assert_eq!(help[0].1[0], ("←  h".to_owned(), "goes left"));
        assert_eq!(help[0].1[1].0, "h  Shift-Left");
    }
}
