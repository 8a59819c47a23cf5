//! The wheel and source archive formats: names and tags, metadata, RECORD, deterministic archives.

mod archive;
mod assemble;
mod metadata;
mod name;
mod record;
mod sdist;

pub use archive::{EPOCH, Entry, read_zip, write_zip};
pub use assemble::assemble;
pub use metadata::Metadata;
pub use name::WheelName;
pub use record::check_record;
pub use sdist::{normalise, unpack};
