//! Damaged source archives, and wheels made of damaged files: refused or judged, never crashed on.

use std::io::{Read, Write};

use flate2::{Compression, GzBuilder, read::GzDecoder};
use wheel_audit::{Entry, paths::why_unsafe};

use super::audit;
use crate::wheel::{assemble, normalise, unpack, write_sdist};

#[path = "../../wheel-audit/tests/damage/mod.rs"]
mod damage;

use damage::{Chance, damage, for_half_a_minute, with_seed};

const NAME: &str = "esig-1.1.0-cp38-cp38-manylinux_2_17_x86_64.manylinux2014_x86_64.whl";
const MODULE: &[u8] = include_bytes!("../../wheel-audit/tests/fixtures/linux_x86_64.elf");
const METADATA: &[u8] = b"Metadata-Version: 2.4\nName: esig\nVersion: 1.1.0\nLicense-File: L\n\nx";
const CMAKE: &[u8] = b"project(libalgebra VERSION 0.1.0)";

fn entry(path: &str, content: &[u8]) -> Entry {
    Entry { path: path.to_owned(), content: content.to_vec() }
}

/// Not compressed: gzip's own digest would find most damage.
fn tar() -> Vec<u8> {
    let sdist = write_sdist(&[entry("esig-1/a.py", b"a"), entry("esig-1/b.py", b"b")]).unwrap();
    let mut tar = Vec::new();
    GzDecoder::new(sdist.as_slice()).read_to_end(&mut tar).unwrap();
    tar
}

fn try_one(tar: &[u8], chance: &mut Chance) {
    let module = damage(MODULE, MODULE, chance);
    let source = [
        entry("PKG-INFO", &damage(METADATA, &module, chance)),
        entry("libalgebra/CMakeLists.txt", CMAKE),
    ];
    let made = assemble(&NAME.parse().unwrap(), &source, entry("tosig.so", &module));
    if let Ok(wheel) = made {
        let _ = audit(NAME, &wheel);
    }

    let tar = damage(tar, tar, chance);
    let mut gzip = GzBuilder::new().write(Vec::new(), Compression::fast());
    gzip.write_all(&tar).unwrap();
    let sdist = gzip.finish().unwrap();
    let sdist = if chance.below(4) == 0 { damage(&sdist, &tar, chance) } else { sdist };
    for entry in unpack(&sdist).unwrap_or_default() {
        assert_eq!(why_unsafe(&entry.path), None, "{}", entry.path);
    }
    let _ = normalise(&sdist);
}

#[test]
fn damage_is_never_more_than_an_error() {
    let tar = tar();
    (0..300).for_each(|seed| with_seed(seed, |chance| try_one(&tar, chance)));
}

/// `cargo xtask test fuzz`
#[test]
#[ignore = "it takes half a minute"]
fn damage_is_never_more_than_an_error_for_half_a_minute() {
    let tar = tar();
    for_half_a_minute(|chance| try_one(&tar, chance));
}
