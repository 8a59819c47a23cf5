//! Choosing wheels by name: `cp3*-manylinux_*`, as on the command line and in the configuration.

use jobs::hinted;

use super::{Identifier, Interpreter};
use crate::ground::meant::did_you_mean;

/// A pattern over identifiers; `*` is any run of characters, `?` any one.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(transparent)]
pub struct Selector(pub String);

/// What to build: everything that matches `build` (all if empty) and nothing that matches `skip`.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    pub build: Vec<Selector>,
    pub skip: Vec<Selector>,
}

impl Selector {
    pub fn matches(&self, identifier: &Identifier) -> bool {
        wildcard_matches(self.0.as_bytes(), identifier.to_string().as_bytes())
    }
}

impl Selector {
    /// A selector that is like this one and names something: one of CPython 3.12 may be for the
    /// wheel of 3.11 and all later ones.
    fn meant(&self, matrix: &[Identifier]) -> String {
        let exact = self.0.split_once('-').and_then(|(name, target)| {
            let exact: Interpreter = name.parse().ok()?;
            let is_it = |id: &&Identifier| {
                id.interpreter.serves(&exact) && Selector(format!("*-{target}")).matches(id)
            };
            matrix.iter().find(is_it)
        });
        let whole = matrix.iter().map(Identifier::to_string);
        let halves = whole.clone().filter_map(|whole| {
            let (interpreter, target) = whole.split_once('-')?;
            Some([format!("{interpreter}-*"), format!("*-{target}")])
        });
        let names: Vec<String> = match exact {
            Some(identifier) => return format!("did you mean `{identifier}`? "),
            None if self.0.contains('*') => halves.flatten().collect(),
            None => whole.collect(),
        };
        did_you_mean(&self.0, names)
    }
}

impl Selection {
    pub fn chooses(&self, identifier: &Identifier) -> bool {
        let named = |selectors: &[Selector]| selectors.iter().any(|s| s.matches(identifier));
        (self.build.is_empty() || named(&self.build)) && !named(&self.skip)
    }

    /// Fails if a selector names nothing in the matrix: almost always a typing error.
    pub fn check(&self, matrix: &[Identifier]) -> anyhow::Result<()> {
        let Some(idle) = self.idle(matrix) else { return Ok(()) };
        let hint = format!(
            "{}`cargo xtask list` names them all; `*` stands for any characters",
            idle.meant(matrix)
        );
        Err(hinted(format!("`{}` matches no wheel", idle.0), hint))
    }

    /// The first selector that names nothing in the matrix.
    pub fn idle<'a>(&'a self, matrix: &[Identifier]) -> Option<&'a Selector> {
        let idle = |selector: &&Selector| !matrix.iter().any(|id| selector.matches(id));
        self.build.iter().chain(&self.skip).find(idle)
    }
}

/// Compares a pattern with a text. On a mismatch only the last `*` takes one more character: the
/// time is linear in practice.
pub fn wildcard_matches(pattern: &[u8], text: &[u8]) -> bool {
    let (mut p, mut t) = (0, 0);
    let mut last_star: Option<(usize, usize)> = None;
    while t < text.len() {
        if pattern.get(p) == Some(&b'*') {
            last_star = Some((p, t));
            p += 1;
        } else if p < pattern.len() && (pattern[p] == b'?' || pattern[p] == text[t]) {
            (p, t) = (p + 1, t + 1);
        } else if let Some((star, taken)) = last_star {
            last_star = Some((star, taken + 1));
            (p, t) = (star + 1, taken + 1);
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|c| *c == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::matrix::Target;

    fn matrix() -> Vec<Identifier> {
        let target = Target::named("manylinux_x86_64").unwrap();
        ["cp27mu", "cp38", "cp310", "cp311-abi3"]
            .map(|name| Identifier { interpreter: name.parse().unwrap(), target })
            .to_vec()
    }

    fn chosen(build: &[&str], skip: &[&str]) -> Vec<String> {
        let selectors = |names: &[&str]| names.iter().map(|n| Selector(n.to_string())).collect();
        let selection = Selection { build: selectors(build), skip: selectors(skip) };
        matrix().iter().filter(|id| selection.chooses(id)).map(|id| id.to_string()).collect()
    }

    #[test]
    fn whoever_names_no_wheel_is_told_one_that_is_like_it() {
        let told = |name: &str| Selector(name.to_owned()).meant(&matrix());
        assert_eq!(told("cp38-manylinux_x86-64"), "did you mean `cp38-manylinux_x86_64`? ");
        assert_eq!(told("cp312-manylinux_x86_64"), "did you mean `cp311_abi3-manylinux_x86_64`? ");
        assert_eq!(told("*-manylinx_x86_64"), "did you mean `*-manylinux_x86_64`? ");
        assert_eq!(told("qq"), "");
    }

    #[test]
    fn nothing_named_is_everything() {
        assert_eq!(chosen(&[], &[]).len(), 4);
    }

    #[test]
    fn stars_and_question_marks_match_as_in_a_shell() {
        assert_eq!(chosen(&["cp3?-*"], &[]), ["cp38-manylinux_x86_64"]);
        assert_eq!(chosen(&["cp3*-*x86*", "cp27*"], &["*abi3*"]).len(), 3);
        assert!(chosen(&["cp38"], &[]).is_empty());
        assert!(wildcard_matches(b"a*b*c", b"a-b-b-c"));
        assert!(!wildcard_matches(b"a*b*c", b"a-b-b-d"));
    }

    #[test]
    fn a_selector_that_names_nothing_is_found() {
        let selection = Selection { build: vec![Selector("cp39-*".into())], skip: vec![] };
        assert_eq!(selection.idle(&matrix()), Some(&Selector("cp39-*".into())));
    }
}
