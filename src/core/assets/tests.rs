use super::*;

#[test]
fn a_demo_model_is_unpacked_once_and_again_when_it_is_spoilt() {
    let folder = tempfile::tempdir().unwrap();
    let cache = folder.path().join("cache");
    let path = unpack(DemoModel::Small, &cache).unwrap();
    assert!(path.ends_with(DemoModel::Small.file_name()));
    assert!(fs::read(&path).unwrap() == DemoModel::Small.bytes());

    let written = fs::metadata(&path).unwrap().modified().unwrap();
    assert_eq!(unpack(DemoModel::Small, &cache).unwrap(), path);
    let again = fs::metadata(&path).unwrap().modified().unwrap();
    assert_eq!(again, written, "a whole file is left alone");

    let mut spoilt = DemoModel::Small.bytes().to_vec();
    spoilt[1_000] ^= 1;
    fs::write(&path, &spoilt).unwrap();
    unpack(DemoModel::Small, &cache).unwrap();
    assert!(fs::read(&path).unwrap() == DemoModel::Small.bytes());

    fs::write(&path, &spoilt[..100]).unwrap();
    unpack(DemoModel::Small, &cache).unwrap();
    assert!(fs::read(&path).unwrap() == DemoModel::Small.bytes());
    let left = fs::read_dir(path.parent().unwrap()).unwrap().count();
    assert_eq!(left, 1, "nothing half-written stays behind");
}

#[test]
fn a_folder_that_cannot_be_made_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    assert!(unpack(DemoModel::Small, &file.join("cache")).is_err());
}

#[test]
fn every_sample_file_is_in_the_binary_and_every_hole_in_its_sample() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples/code");
    let mut files: Vec<String> = fs::read_dir(&root)
        .unwrap()
        .flatten()
        .filter(|entry| entry.path().is_dir())
        .flat_map(|folder| fs::read_dir(folder.path()).unwrap().flatten())
        .map(|file| {
            let path = file.path();
            path.strip_prefix(&root).unwrap().display().to_string()
        })
        .collect();
    files.sort();
    let mut names: Vec<&str> = SAMPLES.iter().map(|(name, _)| *name).collect();
    names.sort_unstable();
    assert_eq!(names, files);

    let holes: HashMap<String, Vec<HolePlace>> = toml::from_str(HOLES).unwrap();
    for name in holes.keys() {
        assert!(names.contains(&name.as_str()), "{name} is not a sample");
    }
}

#[test]
fn every_hole_is_a_place_where_its_cut_fits() {
    for sample in samples() {
        let mut last = (0, 0);
        for hole in &sample.holes {
            let place = (hole.line, hole.column);
            assert!(place > last, "{}: holes are in order of place", sample.name);
            last = place;
            let line = sample.text.lines().nth(hole.line - 1);
            let line = line.unwrap_or_else(|| panic!("{}:{}", sample.name, hole.line));
            assert!(
                hole.column <= line.chars().count() + 1,
                "{}:{}:{} is beyond the line's end",
                sample.name,
                hole.line,
                hole.column
            );
            assert!(!hole.cut.is_empty() && !hole.note.is_empty());
        }
    }
    let first = &samples()[0];
    assert!(first.name.ends_with(".py") && !first.holes.is_empty());
}

#[test]
fn every_theme_file_is_in_the_binary() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../themes");
    let mut files: Vec<String> = fs::read_dir(root)
        .unwrap()
        .flatten()
        .map(|file| file.file_name().display().to_string())
        .collect();
    files.sort();
    let mut names: Vec<&str> = themes().iter().map(|(name, _)| *name).collect();
    names.sort_unstable();
    assert_eq!(names, files);
}

#[test]
fn a_sample_opens_with_one_hole_and_the_others_filled() {
    for sample in samples() {
        let whole = sample.with_hole(usize::MAX).0;
        for (nth, hole) in sample.holes.iter().enumerate() {
            let (text, (line, column)) = sample.with_hole(nth);
            let mut filled = text;
            filled.insert_str(byte_of(&filled, line, column), &hole.cut);
            assert_eq!(filled, whole, "{} hole {nth}", sample.name);
        }
    }
}
