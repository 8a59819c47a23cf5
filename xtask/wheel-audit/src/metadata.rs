//! METADATA and PKG-INFO: the fields that the build itself needs.

use anyhow::Context;

/// Header fields in their order; the description after the first empty line is not looked at.
pub struct Metadata<'a> {
    fields: Vec<(&'a str, &'a str)>,
}

impl<'a> Metadata<'a> {
    pub fn parse(text: &'a str) -> Metadata<'a> {
        let header = text.lines().take_while(|line| !line.is_empty());
        let fields =
            header.filter(|line| !line.starts_with([' ', '\t'])).filter_map(|l| l.split_once(':'));
        Metadata { fields: fields.collect() }
    }

    /// The names of all fields, in their order, each as often as it is there.
    pub fn names(&self) -> impl Iterator<Item = &'a str> {
        self.fields.iter().map(|field| field.0)
    }

    pub fn all(&self, name: &str) -> Vec<&'a str> {
        let named = |field: &&(&str, &str)| field.0.eq_ignore_ascii_case(name);
        self.fields.iter().filter(named).map(|field| field.1.trim()).collect()
    }

    pub fn one(&self, name: &str) -> anyhow::Result<&'a str> {
        let first = self.all(name).first().copied();
        first.with_context(|| format!("the metadata has no field `{name}`"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_up_to_the_description() {
        let text = "Metadata-Version: 2.4\nName: esig\nLicense-File: LICENSE\n\
                    License-File: libalgebra/LICENSE\n\nName: not a field\n";
        let metadata = Metadata::parse(text);
        assert_eq!(metadata.one("name").unwrap(), "esig");
        assert_eq!(metadata.all("License-File"), ["LICENSE", "libalgebra/LICENSE"]);
        assert!(metadata.one("Version").is_err());
    }
}
