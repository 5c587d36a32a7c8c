//! Identifies model files without reading gigabytes.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    path::Path,
};

use sha2::{Digest, Sha256};

/// Bytes read per block.
const BLOCK: u64 = 64 * 1024;
/// How many blocks to read, including the first and the last.
const PLACES: u64 = 64;

/// A file's fingerprint: the first 16 hexadecimal digits of SHA-256 over its length and 64 blocks
/// of 64 KiB, evenly spaced from start to end (a file up to 4 MiB is hashed whole). It takes
/// milliseconds for any size. Different models get different fingerprints: any difference in
/// training changes weights everywhere.
///
/// # Errors
/// The file is unreadable.
pub fn fingerprint(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    let mut hash = Sha256::new();
    hash.update(length.to_le_bytes());
    let mut block = Vec::with_capacity(BLOCK as usize);
    let last = length.saturating_sub(BLOCK);
    for place in 0..PLACES {
        let start = match length <= PLACES * BLOCK {
            true => place * BLOCK,
            false => (u128::from(last) * u128::from(place) / u128::from(PLACES - 1)) as u64,
        };
        file.seek(SeekFrom::Start(start))?;
        block.clear();
        (&mut file).take(BLOCK).read_to_end(&mut block)?;
        hash.update(&block);
    }
    let digits = hash.finalize();
    Ok(digits[..8]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_told_from_one_that_differs_anywhere_in_small_and_throughout_in_large() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("model");
        let of = |content: &[u8]| {
            std::fs::write(&path, content).expect("written");
            fingerprint(&path).expect("readable")
        };
        let small = vec![7; 300_000];
        let mut other = small.clone();
        other[299_999] = 8;
        assert_eq!(of(&small), of(&small));
        assert_ne!(of(&small), of(&other));
        assert_ne!(of(&small), of(&small[1..]), "shorter");
        assert_ne!(of(&vec![1; 9_000_000]), of(&vec![2; 9_000_000]));
    }

    #[test]
    fn a_missing_file_is_an_error() {
        assert!(fingerprint(Path::new("/no/such/model")).is_err());
    }
}
