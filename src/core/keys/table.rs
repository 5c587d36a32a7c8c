//! Keys of a screen as named actions, in one table that also generates the footer and the help.
//! Every screen has such a table; keys for typing text are in none.

use super::Key;

/// Keys and what they do, under headings.
pub type KeyHelp = Vec<(&'static str, Vec<(String, &'static str)>)>;

/// A row: an action, its keys, the heading it is listed under and what it does.
#[derive(Debug, Clone)]
pub struct Row<A> {
    pub action: A,
    pub keys: Vec<Key>,
    pub heading: &'static str,
    pub what: &'static str,
}

impl<A> Row<A> {
    /// A row with keys as the configuration writes them.
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
    /// A key in two rows belongs to the first.
    pub fn of(rows: Vec<Row<A>>) -> Self {
        KeyTable { rows }
    }

    /// What a key does, if it is bound.
    pub fn action(&self, key: impl Into<Key>) -> Option<A> {
        let key = key.into();
        let bound = self.rows.iter().find(|row| row.keys.contains(&key));
        bound.map(|row| row.action)
    }

    /// The first key of an action as shown, or an empty text when it has none.
    pub fn label(&self, action: A) -> String {
        self.keys_of(action)
            .first()
            .map_or_else(String::new, |key| key.label())
    }

    /// All keys of an action as shown.
    pub fn labels(&self, action: A) -> Vec<String> {
        self.keys_of(action).iter().map(|key| key.label()).collect()
    }

    /// The keys of an action.
    pub fn keys_of(&self, action: A) -> &[Key] {
        let row = self.rows.iter().find(|row| row.action == action);
        row.map_or(&[], |row| &row.keys)
    }

    /// What an action does.
    pub fn what(&self, action: A) -> &'static str {
        let row = self.rows.iter().find(|row| row.action == action);
        row.map_or("", |row| row.what)
    }

    /// The help: keys and what they do, by heading.
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
