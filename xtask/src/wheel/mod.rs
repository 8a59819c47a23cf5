//! Making wheels: source archives, the assembling of wheels from them, bills of materials.

mod assemble;
mod bill;
mod made_by;
mod sdist;
mod tree;

use camino::Utf8Path;
use jobs::hinted;
use wheel_audit::WheelName;

pub use assemble::{BUILD_ONLY, assemble};
pub use bill::{BILL, CMAKE, Extension, Library, version_in_cmake};
#[cfg(test)]
pub use sdist::write_sdist;
pub use sdist::{normalise, unpack};

/// Parses the name of a wheel's file.
pub fn name_of(wheel: &Utf8Path) -> anyhow::Result<WheelName> {
    let parsed: Result<WheelName, wheel_audit::Error> =
        wheel.file_name().unwrap_or_default().parse();
    parsed.map_err(|error| match error.hint() {
        Some(hint) => hinted(&error, hint),
        None => error.into(),
    })
}
