//! The parser of METADATA, PKG-INFO and WHEEL, which are all lists of `Name: value` fields.

/// The header fields of such a file, in their order, up to the first empty line.
#[derive(Clone, Debug)]
pub struct Metadata<'a> {
    fields: Vec<(&'a str, &'a str)>,
}

impl<'a> Metadata<'a> {
    /// Reads the fields; lines that are no fields are passed over.
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

    /// The values of all fields of a name, in whatever case that is written.
    pub fn all(&self, name: &str) -> Vec<&'a str> {
        let named = |field: &&(&str, &str)| field.0.eq_ignore_ascii_case(name);
        self.fields.iter().filter(named).map(|field| field.1.trim()).collect()
    }

    /// The value of the first field of a name.
    pub fn first(&self, name: &str) -> Option<&'a str> {
        self.all(name).first().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_up_to_the_description() {
        let text = "Metadata-Version: 2.4\nName: p\nLicense-File: LICENSE\n\
                    License-File: libalgebra/LICENSE\n\nName: not a field\n";
        let metadata = Metadata::parse(text);
        assert_eq!(metadata.first("name"), Some("p"));
        assert_eq!(metadata.all("License-File"), ["LICENSE", "libalgebra/LICENSE"]);
        assert_eq!(metadata.first("Version"), None);
    }
}
