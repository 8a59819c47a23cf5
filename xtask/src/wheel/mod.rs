//! The wheel and source archive formats: names and tags, metadata, RECORD, deterministic archives.

mod archive;
mod assemble;
mod bill;
mod made_by;
mod metadata;
mod name;
mod paths;
mod record;
mod sdist;
mod tree;
mod zip_index;

pub use archive::{EPOCH, Entry, Member, read_members, read_zip, write_zip};
pub use assemble::{BUILD_ONLY, assemble};
pub use bill::{BILL, CMAKE, Extension, Library, version_in_cmake};
pub use metadata::Metadata;
pub use name::WheelName;
pub use paths::{escape, unknown_to_windows};
pub use record::check_record;
#[cfg(test)]
pub use record::record_of;
#[cfg(test)]
pub use sdist::write_sdist;
pub use sdist::{normalise, unpack};
