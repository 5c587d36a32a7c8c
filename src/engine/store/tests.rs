//! Opening, saving and recovering files, in a temporary folder.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use ropey::Rope;
use tempfile::TempDir;

use super::{
    FileError, FileStamp,
    disk::MAX_BYTES,
    file::{Opened, open_with, save, save_unless_changed},
    recovery::{RecoveryFolder, Snapshot},
};
use crate::document::{Document, EditKind, Selection};

struct Place {
    folder: TempDir,
    recovery: RecoveryFolder,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let recovery = RecoveryFolder::at(&folder.path().join("state"));
        Place { folder, recovery }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, bytes).expect("a file");
        path
    }

    fn open(&self, path: &Path) -> Result<Opened, FileError> {
        open_with(path, &self.recovery)
    }

    /// The message that opening `path` fails with.
    fn refused(&self, path: &Path) -> String {
        match self.open(path) {
            Ok(_) => panic!("{path:?} was opened"),
            Err(error) => error.to_string(),
        }
    }

    /// Leaves a recovery file of `document`, as a killed process would.
    fn crash(&self, document: &Document) -> PathBuf {
        self.crashed(Snapshot::of(document))
    }

    /// The same for a text that was made from the file with this stamp.
    fn crash_based_on(&self, document: &Document, stamp: Option<FileStamp>) -> PathBuf {
        self.crashed(Snapshot::of(document).based_on(stamp))
    }

    fn crashed(&self, snapshot: Snapshot) -> PathBuf {
        let file = self.recovery.write(&snapshot).expect("a recovery file");
        let text = fs::read_to_string(&file).expect("its text");
        let (header, text) = text.split_once('\n').expect("a header");
        let mut header: serde_json::Value = serde_json::from_str(header).expect("JSON");
        let mut child = Command::new("true").spawn().expect("a process");
        header["pid"] = child.id().into();
        child.wait().expect("its end");
        let name = file.file_name().expect("a name").to_string_lossy();
        let name = name.replace(&std::process::id().to_string(), &child.id().to_string());
        let left = file.with_file_name(name);
        fs::remove_file(&file).expect("removed");
        fs::write(&left, format!("{header}\n{text}")).expect("written");
        left
    }
}

#[test]
fn text_comes_back_byte_for_byte() {
    let place = Place::new();
    for text in ["", "no newline", "\u{FEFF}mark\r\nmixed\nends\r", "世\n\n"] {
        let path = place.file("a.txt", text);
        let opened = place.open(&path).expect("opens");
        assert!(opened.notice.is_none() && opened.recovery.is_none());
        save(&path, opened.document.rope()).expect("saves");
        assert_eq!(fs::read_to_string(&path).expect("text"), text);
    }
    let left: Vec<_> = fs::read_dir(place.folder.path())
        .expect("a folder")
        .collect();
    assert_eq!(left.len(), 1, "no temporary file stays behind");
}

#[test]
fn a_file_that_does_not_exist_yet_is_created_by_saving() {
    let place = Place::new();
    let path = place.path("new.py");
    let opened = place.open(&path).expect("opens");
    assert!(opened.document.rope().len_chars() == 0 && opened.stamp.is_none());
    assert!(
        opened
            .notice
            .expect("a notice")
            .contains("does not exist yet")
    );
    assert!(!path.exists());
    save(&path, &Rope::from_str("x")).expect("saves");
    assert_eq!(fs::read_to_string(&path).expect("text"), "x");
}

#[test]
fn what_cannot_be_opened_is_named_with_a_remedy() {
    let place = Place::new();
    let large = place.path("large");
    let file = fs::File::create(&large).expect("a file");
    file.set_len(MAX_BYTES + 1).expect("a hole in it");
    for (path, expected) in [
        (
            place.folder.path().to_path_buf(),
            "is a folder; name a file in it",
        ),
        (place.file("b", b"ELF\0\x01"), "looks binary"),
        (
            place.file("u", b"\xFF\xFEa\0b\0"),
            "is UTF-16; convert it first",
        ),
        (large, "the limit is 64 MiB; split it"),
        (place.file("plain", "x").join("inside"), "cannot read"),
    ] {
        let message = place.refused(&path);
        assert!(message.contains(expected), "{message}");
        assert!(message.contains(&*path.to_string_lossy()), "{message}");
    }
    let steering = place.folder.path().join("\x1b[2J");
    fs::create_dir(&steering).expect("a folder");
    assert!(place.refused(&steering).contains("^[[2J is a folder"));
}

#[test]
fn invalid_utf8_is_read_only_and_said_so() {
    let place = Place::new();
    let path = place.file("latin1.py", b"caf\xE9 = 1\n\xFF\n");
    let opened = place.open(&path).expect("opens");
    assert_eq!(*opened.document.rope(), "caf\u{FFFD} = 1\n\u{FFFD}\n");
    assert!(opened.document.is_read_only());
    let notice = opened.notice.expect("a notice");
    assert!(notice.contains("not UTF-8 in 2 places"), "{notice}");
}

#[cfg(unix)]
#[test]
fn saving_keeps_permissions_and_follows_links() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let place = Place::new();
    let path = place.file("script.py", "old");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o750)).expect("permissions");
    let link = place.path("link");
    symlink("script.py", &link).expect("a link");
    save(&link, &Rope::from_str("new")).expect("saves");
    assert!(link.is_symlink(), "the link stays");
    assert_eq!(fs::read_to_string(&path).expect("text"), "new");
    let mode = fs::metadata(&path).expect("metadata").permissions().mode();
    assert_eq!(mode & 0o777, 0o750);

    let dangling = place.path("dangling");
    symlink("later.py", &dangling).expect("a link");
    save(&dangling, &Rope::from_str("new")).expect("saves");
    assert!(dangling.is_symlink() && place.path("later.py").is_file());
}

#[cfg(unix)]
#[test]
fn what_cannot_be_saved_is_left_as_it_was() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    let path = place.file("locked.py", "old");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).expect("permissions");
    let message = |path: &Path| {
        save(path, &Rope::from_str("new"))
            .expect_err("fails")
            .to_string()
    };
    assert!(message(&path).contains("write-protected"));
    assert_eq!(fs::read_to_string(&path).expect("text"), "old");
    assert!(message(&place.path("no/such.py")).contains("folder does not exist"));
    assert!(message(place.folder.path()).contains("is a folder"));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_harms_nothing() {
    let place = Place::new();
    let path = place.file("a.py", "old");
    let full = std::io::Error::from(std::io::ErrorKind::StorageFull);
    let old = fs::metadata(&path).expect("metadata");
    let result = super::disk::replace_file(&path, place.folder.path(), Some(&old), |out| {
        std::io::Write::write_all(out, b"half of")?;
        Err(full)
    });
    assert!(result.is_err());
    assert_eq!(fs::read_to_string(&path).expect("text"), "old");
    assert_eq!(
        fs::read_dir(place.folder.path()).expect("a folder").count(),
        1
    );
}

#[test]
fn a_file_that_another_program_changed_is_not_overwritten() {
    let place = Place::new();
    let path = place.file("a.py", "old");
    let opened = place.open(&path).expect("opens");
    let text = Rope::from_str("mine");
    fs::write(&path, "theirs").expect("written");
    let error = save_unless_changed(&path, &text, opened.stamp).expect_err("refuses");
    assert!(matches!(error, FileError::ChangedOnDisk(_)), "{error}");
    assert_eq!(fs::read_to_string(&path).expect("text"), "theirs");
    let stamp = save_unless_changed(&path, &text, FileStamp::of(&path)).expect("saves");
    save_unless_changed(&path, &text, stamp).expect("its own writing is no change");
    let error = save_unless_changed(&path, &text, None).expect_err("appeared since");
    assert!(matches!(error, FileError::ChangedOnDisk(_)), "{error}");
}

#[test]
fn a_killed_run_s_text_is_offered_and_recovered() {
    let place = Place::new();
    let path = place.file("a.py", "saved\r\n");
    let mut document = place.open(&path).expect("opens").document;
    document.insert("unsaved\nλ", EditKind::Type);
    document.set_selection(Selection { anchor: 2, head: 4 });
    let left = place.crash(&document);

    let mut opened = place.open(&path).expect("opens");
    let found = opened.recovery.expect("it is offered");
    assert_eq!((found.file, found.changed), (left.clone(), None));
    let stamp = place
        .recovery
        .recover(&left, &mut opened.document, opened.stamp)
        .expect("recovers");
    assert_eq!(stamp, opened.stamp, "the file is the one it was made from");
    assert_eq!(*opened.document.rope(), *document.rope());
    assert_eq!(opened.document.selection(), document.selection());
    assert!(opened.document.is_modified());
    assert!(!left.exists(), "this process has its own by now");
    assert!(
        place.open(&path).expect("opens").recovery.is_none(),
        "and it still runs"
    );
    opened.document.undo();
    assert_eq!(
        *opened.document.rope(),
        "saved\r\n",
        "undo leads back to the saved text"
    );
}

#[test]
fn only_what_is_worth_it_is_offered() {
    let place = Place::new();
    let path = place.file("a.py", "saved");
    let document = place.open(&path).expect("opens").document;
    let same = place.crash(&document);
    assert!(
        place.open(&path).expect("opens").recovery.is_none(),
        "nothing was unsaved"
    );
    assert!(!same.exists());

    let mut document = place.open(&path).expect("opens").document;
    document.insert("x", EditKind::Type);
    let left = place.crash(&document);
    let later = std::time::SystemTime::now() + std::time::Duration::from_secs(60);
    let file = fs::File::options().write(true).open(&path).expect("a file");
    file.set_modified(later).expect("a later time");
    let found = place.open(&path).expect("opens").recovery;
    let found = found.expect("also when the file was saved since");
    assert_eq!((found.file, found.changed), (left.clone(), Some(later)));

    fs::write(&left, "cut short").expect("written");
    assert!(place.open(&path).expect("opens").recovery.is_none());
    let error = place
        .recovery
        .recover(&left, &mut document, None)
        .expect_err("refuses");
    assert!(matches!(error, FileError::NotRecovery(_)), "{error}");
}

/// The file may have been written between the first edit and the last: text that is younger than the
/// file is not always made from it.
#[test]
fn text_made_from_another_file_than_is_there_is_offered_and_saved_only_when_asked() {
    let place = Place::new();
    let path = place.file("a.py", "old");
    let opened = place.open(&path).expect("opens");
    let (mut document, stamp) = (opened.document, opened.stamp);
    document.insert("mine", EditKind::Type);
    fs::write(&path, "theirs").expect("written");
    let left = place.crash_based_on(&document, stamp);

    let mut opened = place.open(&path).expect("opens");
    let found = opened.recovery.expect("it is offered");
    assert_eq!(
        found.changed,
        FileStamp::of(&path).expect("a file").modified
    );
    assert!(found.changed <= Some(found.written));
    let recovered = place
        .recovery
        .recover(&left, &mut opened.document, opened.stamp);
    let recovered = recovered.expect("recovers");
    assert_eq!(recovered, stamp, "the file that it was made from");
    let refused = save_unless_changed(&path, opened.document.rope(), recovered);
    assert!(matches!(refused, Err(FileError::ChangedOnDisk(_))));
    assert_eq!(fs::read_to_string(&path).expect("text"), "theirs");
}

#[test]
fn text_of_an_older_version_says_by_its_time_whether_the_file_changed() {
    let place = Place::new();
    let path = place.file("a.py", "old");
    let mut opened = place.open(&path).expect("opens");
    opened.document.insert("mine", EditKind::Type);
    let left = place.crash(&opened.document);
    let header = fs::read_to_string(&left).expect("text");
    fs::write(&left, header.replace("\"based_on\":null", "\"other\":0")).expect("written");
    let found = place.open(&path).expect("opens").recovery.expect("offered");
    assert_eq!(found.changed, None);
    let later = found.written + std::time::Duration::from_secs(60);
    let file = fs::File::options().write(true).open(&path).expect("a file");
    file.set_modified(later).expect("a later time");
    let stamp = FileStamp::of(&path);
    let recovered = place.recovery.recover(&left, &mut opened.document, stamp);
    assert_ne!(recovered.expect("recovers"), stamp, "saving asks");
}

#[test]
fn text_without_a_file_is_recovered_too() {
    let place = Place::new();
    let mut document = Document::new("", None);
    document.set_language(Some(crate::language::Language::Java));
    document.insert("class A {}", EditKind::Type);
    let left = place.crash(&document);
    let found = place.recovery.find(None, None, None).expect("offered");
    assert_eq!(found.file, left);
    let mut fresh = Document::new("", None);
    let recovered = place.recovery.recover(&left, &mut fresh, None);
    assert_eq!(recovered.expect("recovers"), None);
    assert_eq!(*fresh.rope(), "class A {}");
    assert_eq!(fresh.language(), document.language());
}

#[test]
fn a_file_not_saved_yet_keeps_its_recovery_file_when_it_is() {
    let place = Place::new();
    let path = place.path("new.py");
    let mut document = Document::new("", Some(path.clone()));
    document.insert("x", EditKind::Type);
    let before = place
        .recovery
        .write(&Snapshot::of(&document))
        .expect("written");
    save(&path, document.rope()).expect("saves");
    let after = place
        .recovery
        .write(&Snapshot::of(&document))
        .expect("written");
    assert_eq!(before, after, "so that it is found and removed");
}
