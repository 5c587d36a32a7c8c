use std::fs;

use super::*;

fn deny(patterns: &[&str]) -> Deny {
    let patterns: Vec<String> = patterns.iter().map(|&pattern| pattern.into()).collect();
    Deny::new(&patterns).expect("they can be used")
}

fn stays(pattern: &str, path: &str) -> bool {
    deny(&[pattern]).permits(Path::new(path)).is_err()
}

#[test]
fn patterns_match_names_folders_and_whole_paths() {
    let stay = [
        ("*.pem", "/srv/tls/server.pem"),
        ("*.pem", "server.pem"),
        ("*.pem", "deep/down/Server.PEM"),
        ("**/secrets/**", "/srv/secrets/keys.py"),
        ("**/secrets/**", "secrets/a/b/keys.py"),
        ("**/secrets/**", "/srv/SECRETS/keys.py"),
        ("**/secrets", "/srv/secrets/keys.py"),
        ("secrets/", "/srv/secrets/keys.py"),
        ("secrets", "/srv/secrets/keys.py"),
        ("/srv/private", "/srv/private/a/b.py"),
        ("/srv/*/private", "/srv/x/private/a/b.py"),
        ("src/generated", "src/generated/a.py"),
        ("./src/generated", "src/generated/a.py"),
        ("src/*.py", "src/a.py"),
        ("src/*.py", "./lib/../src/a.py"),
        ("**/.env.*", "app/.env.local"),
        ("{a,b}.py", "x/b.py"),
    ];
    for (pattern, path) in stay {
        assert!(stays(pattern, path), "{pattern} should keep {path}");
    }
    let go = [
        ("*.pem", "server.pem.py"),
        ("**/secrets/**", "/srv/secrets.py"),
        ("**/secrets/**", "/srv/not-secrets/a.py"),
        ("src/*.py", "src/deep/a.py"),
        ("src/*.py", "other/src/a.py"),
        ("/private/**", "/srv/private/a.py"),
        ("secret", "/srv/secrets/keys.py"),
    ];
    for (pattern, path) in go {
        assert!(!stays(pattern, path), "{pattern} should not keep {path}");
    }
}

#[test]
fn the_home_folder_may_be_written_short() {
    let home = etcetera::home_dir().expect("a home");
    let file = home.join("clients/acme/main.py");
    assert!(deny(&["~/clients/**"]).permits(&file).is_err());
    assert!(deny(&["~/other/**"]).permits(&file).is_ok());
}

#[cfg(unix)]
#[test]
fn links_do_not_lead_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let secrets = folder.path().join("secrets");
    fs::create_dir(&secrets).expect("made");
    fs::write(secrets.join("keys.py"), "KEY = 1").expect("written");
    let link = folder.path().join("innocent.py");
    std::os::unix::fs::symlink(secrets.join("keys.py"), &link).expect("linked");
    assert!(deny(&["**/secrets/**"]).permits(&link).is_err());
    // A link that matches by its own name stays as well, wherever it leads.
    assert!(deny(&["innocent.py"]).permits(&link).is_err());
    // The text of a deleted file may still be on the screen.
    fs::remove_file(secrets.join("keys.py")).expect("removed");
    assert!(deny(&["**/secrets/**"]).permits(&link).is_err());
    assert!(deny(&["**/others/**"]).permits(&link).is_ok());
    // Through a link to the folder, also for a file that does not exist yet.
    let door = folder.path().join("door");
    std::os::unix::fs::symlink(&secrets, &door).expect("linked");
    assert!(
        deny(&["**/secrets/**"])
            .permits(&door.join("new.py"))
            .is_err()
    );
    assert!(
        deny(&["**/others/**"])
            .permits(&door.join("new.py"))
            .is_ok()
    );
}

#[test]
fn a_file_stays_by_the_name_that_its_folder_had_when_it_was_opened() {
    let mut deny = deny(&["**/secrets/**"]);
    assert!(deny.permits(Path::new("keys.py")).is_ok());
    deny.first_here = PathBuf::from("/srv/secrets");
    assert!(deny.permits(Path::new("keys.py")).is_err());
    assert!(deny.permits(Path::new("/srv/keys.py")).is_ok());
}

#[test]
fn what_stays_is_told_with_its_pattern() {
    let problem = deny(&["*.key", "**/secrets/**"]).permits(Path::new("/srv/secrets/keys.py"));
    let problem = problem.expect_err("it stays");
    for word in [
        "/srv/secrets/keys.py",
        "\"**/secrets/**\"",
        "stays on this machine",
        "deny",
    ] {
        assert!(problem.contains(word), "no {word} in: {problem}");
    }
}

#[test]
fn patterns_that_cannot_be_used_let_nothing_through() {
    for pattern in ["[a", "a{b", "", "/", "./", "  ", "[z-a]"] {
        let why = check_pattern(pattern).expect_err(pattern);
        assert!(why.contains(&format!("\"{pattern}\"")), "{why}");
        let problem = Deny::new(&["*.pem".into(), pattern.into()]).expect_err(pattern);
        assert_eq!(problem, why);
    }
    for pattern in ["*.pem", "**/secrets/**", "~/x", "[!a]*.py", "{a,b}"] {
        check_pattern(pattern).expect("it can be used");
    }
}
