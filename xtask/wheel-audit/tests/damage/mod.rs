//! Damage done to files by chance, and the same for the same number. The tests of xtask use it too.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    time::{Duration, Instant, SystemTime},
};

/// SplitMix64: small, and the same everywhere.
pub struct Chance(pub u64);

impl Chance {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }
}

/// Numbers at which sizes and offsets overflow, or end.
const ODD: &[u32] = &[0, 1, 0x7f, 0xff, 0x7fff, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff];

/// One to eight changes: bits, bytes, absurd numbers, pieces cut out, moved or put in from another.
pub fn damage(bytes: &[u8], other: &[u8], chance: &mut Chance) -> Vec<u8> {
    let mut damaged = bytes.to_vec();
    for _ in 0..=chance.below(8) {
        let at = chance.below(damaged.len());
        let end = (at + 1 + chance.below(64)).min(damaged.len());
        match chance.below(8) {
            _ if damaged.is_empty() => return damaged,
            0 => damaged[at] ^= 1 << chance.below(8),
            1 => damaged[at] = chance.next() as u8,
            2 | 3 => {
                // Headers are at the beginning: most of what can go wrong is there.
                let at = if chance.below(2) == 0 { at } else { chance.below(at.min(512)) };
                let number = ODD[chance.below(ODD.len())].to_le_bytes();
                let end = (at + 4).min(damaged.len());
                damaged[at..end].copy_from_slice(&number[..end - at]);
            }
            4 => damaged.truncate(at),
            5 => drop(damaged.drain(at..end)),
            6 => {
                let piece = damaged[at..end].to_vec();
                let to = chance.below(damaged.len());
                damaged.splice(to..to, piece);
            }
            _ => {
                let from = chance.below(other.len());
                let piece = &other[from..(from + 64).min(other.len())];
                damaged.splice(at..end, piece.iter().copied());
            }
        }
    }
    damaged
}

/// Does other damage again and again for half a minute; each run begins with another number.
#[expect(clippy::disallowed_methods, reason = "half a minute is what it is about")]
pub fn for_half_a_minute(try_one: impl Fn(&mut Chance)) {
    let since_epoch = SystemTime::UNIX_EPOCH.elapsed().unwrap();
    let first = since_epoch.as_secs() << 24;
    let begun = Instant::now();
    let mut seed = first;
    while begun.elapsed() < Duration::from_secs(30) {
        with_seed(seed, &try_one);
        seed += 1;
    }
    println!("{} damaged files of each kind from seed {first} on", seed - first);
}

/// Says which number repeats a failure.
pub fn with_seed(seed: u64, try_one: impl Fn(&mut Chance)) {
    if catch_unwind(AssertUnwindSafe(|| try_one(&mut Chance(seed)))).is_err() {
        panic!("seed {seed}");
    }
}
