//! Rules about which file of the helper uses which: there are five layers, and no circles.

use std::collections::{BTreeMap, BTreeSet};

use super::{TextFile, Violation};

/// From the ground up; a file uses its own layer and those before it.
const LAYERS: &[&str] = &["ground", "facts", "planning", "acting", "telling"];

/// Where files are that have a layer by another name than their folder's: those of a feature
/// stand together, whatever their layers. The longest beginning of a path counts.
const PLACES: &[(&str, &str)] = &[
    ("answer", "telling"),
    ("audit", "planning"),
    ("bench", "telling"),
    ("doctor", "telling"),
    ("doctor/examination", "facts"),
    ("doctor/rules", "planning"),
    ("gate/attestation", "ground"),
    ("gate/plan", "planning"),
    ("gate/promises", "ground"),
    ("gate/steps", "acting"),
    ("lib", "telling"),
    ("libalgebra/facts", "facts"),
    ("libalgebra/plan", "planning"),
    ("libalgebra/rules", "facts"),
    ("libalgebra/steps", "acting"),
    ("main", "telling"),
    ("release/plan", "planning"),
    ("release/publish", "planning"),
    ("release/repository", "planning"),
    ("release/steps", "acting"),
    ("run", "telling"),
    ("wheel", "ground"),
];

/// Files that only name the modules below them: they use nothing, and serve everybody.
const FEATURES: &[&str] = &["gate", "libalgebra", "release"];

/// How many files may use each other in a circle.
const CIRCLE_MAX: usize = 3;

/// A file, and another that it names in a line (from 1).
struct Arrow<'a> {
    from: &'a str,
    to: &'a str,
    line: usize,
}

pub fn findings(sources: &[TextFile]) -> Vec<Violation> {
    let files: BTreeMap<&str, &str> =
        sources.iter().filter_map(|s| Some((module(&s.path)?, s.text.as_str()))).collect();
    let arrows: Vec<Arrow> =
        files.iter().flat_map(|(from, text)| arrows(from, text, &files)).collect();
    let unplaced = files.keys().filter(|file| layer(file).is_none()).map(|file| {
        let remedy = "name its layer in `tidy/layers.rs`";
        Violation::new(&path(file), 1, "a file of no layer", remedy)
    });
    let upward = arrows.iter().filter(|arrow| layer(arrow.from) < layer(arrow.to));
    let upward = upward.filter(|arrow| layer(arrow.from).is_some()).map(|arrow| {
        let what = format!("an arrow up, to `{}`", path(arrow.to));
        Violation::new(&path(arrow.from), arrow.line, what, "move what both need further down")
    });
    let is_pure = |file: &str| {
        let pure = layer(file).map(|layer| LAYERS[layer]);
        matches!(pure, Some("ground" | "planning")) && !FEATURES.contains(&file)
    };
    let is_lenient = |text: &str| text.contains("clippy::disallowed_");
    let lenient = files.iter().filter(|(file, text)| is_pure(file) && is_lenient(text));
    let lenient = lenient.map(|(file, _)| {
        let remedy = "move what acts or probes to its layer";
        Violation::new(&path(file), 1, "clippy is told to let a planner act", remedy)
    });
    unplaced.chain(lenient).chain(upward).chain(circles(&files, &arrows)).collect()
}

/// `facts/host` for the file of the module, `xtask/src/facts/host/mod.rs`.
fn module(path: &str) -> Option<&str> {
    let module = path.strip_prefix("xtask/src/")?.strip_suffix(".rs")?;
    Some(module.strip_suffix("/mod").unwrap_or(module))
}

fn path(module: &str) -> String {
    format!("xtask/src/{module}")
}

fn layer(module: &str) -> Option<usize> {
    let begins = |place: &str| {
        let rest = module.strip_prefix(place);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let named = PLACES.iter().filter(|(place, _)| begins(place)).max_by_key(|(p, _)| p.len());
    let name = named.map_or_else(|| module.split('/').next(), |(_, layer)| Some(layer))?;
    LAYERS
        .iter()
        .position(|layer| *layer == if FEATURES.contains(&module) { "ground" } else { name })
}

/// All files that a file names, in `use` and elsewhere. Its tests do not count, nor the modules
/// that it declares itself: a folder is one family.
fn arrows<'a>(from: &'a str, text: &'a str, files: &BTreeMap<&'a str, &str>) -> Vec<Arrow<'a>> {
    let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or(text);
    let parent = from.rsplit_once('/').map_or("", |(parent, _)| parent);
    let mut roots =
        vec![("crate".to_owned(), String::new()), ("super".to_owned(), parent.to_owned())];
    let mut found = Vec::new();
    while let Some((root, base)) = roots.pop() {
        for (at, _) in code.match_indices(&format!("{root}::")) {
            let is_whole = !code[..at].ends_with(|c: char| c.is_alphanumeric() || "_:".contains(c));
            let line = 1 + code[..at].matches('\n').count();
            let mut leaves = Vec::new();
            if is_whole {
                read_tree(&code[at + root.len() + 2..], &base, &mut leaves);
            }
            for leaf in leaves {
                let Some(to) = file_of(&leaf, files).filter(|to| *to != from) else { continue };
                found.push(Arrow { from, to, line });
                // A module that is brought in leads on wherever its name is used.
                let name = leaf.rsplit('/').next().unwrap_or_default().to_owned();
                if leaf == to && roots.iter().all(|(known, _)| *known != name) && base != leaf {
                    roots.push((name, leaf));
                }
            }
        }
    }
    found
}

/// Adds the paths of a tree of uses, `a::{b, c::d}`, to `leaves`; gives what stands after it.
fn read_tree<'t>(text: &'t str, base: &str, leaves: &mut Vec<String>) -> &'t str {
    let text = text.trim_start();
    if let Some(mut rest) = text.strip_prefix('{') {
        loop {
            rest = read_tree(rest, base, leaves).trim_start();
            match rest.strip_prefix(',').map(str::trim_start) {
                Some(more) if !more.starts_with('}') => rest = more,
                Some(more) => return more.strip_prefix('}').unwrap_or(more),
                None => return rest.strip_prefix('}').unwrap_or(rest),
            }
        }
    }
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    let path = match (base, name) {
        (base, "self" | "") => base.to_owned(),
        ("", name) => name.to_owned(),
        (base, name) => format!("{base}/{name}"),
    };
    match rest.strip_prefix("::") {
        Some(rest) if !rest.starts_with('<') => read_tree(rest, &path, leaves),
        _ => {
            leaves.push(path);
            rest
        }
    }
}

/// The file that a path leads into: `facts/host` for `facts/host/Host`.
fn file_of<'a>(leaf: &str, files: &BTreeMap<&'a str, &str>) -> Option<&'a str> {
    let mut module = leaf;
    loop {
        if let Some((file, _)) = files.get_key_value(module) {
            return Some(file);
        }
        module = module.rsplit_once('/')?.0;
    }
}

/// Files that reach each other, where they are more than a circle may have.
fn circles(files: &BTreeMap<&str, &str>, arrows: &[Arrow]) -> Vec<Violation> {
    let mut next: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for arrow in arrows {
        next.entry(arrow.from).or_default().insert(arrow.to);
    }
    let reached = |from: &str| {
        let mut seen = BTreeSet::new();
        let mut open = vec![from];
        while let Some(file) = open.pop() {
            let further = next.get(file).into_iter().flatten().filter(|to| !seen.contains(*to));
            let further: Vec<&str> = further.copied().collect();
            seen.extend(&further);
            open.extend(further);
        }
        seen
    };
    let reached: BTreeMap<&str, _> = files.keys().map(|file| (*file, reached(file))).collect();
    let mut known = BTreeSet::new();
    let mut findings = Vec::new();
    for (file, seen) in &reached {
        let circle: Vec<&str> =
            seen.iter().filter(|other| reached[*other].contains(file)).copied().collect();
        if circle.len() > CIRCLE_MAX && known.insert(circle.clone()) {
            let what = format!("a circle of {} files: {}", circle.len(), circle.join(", "));
            let remedy = "move what they share into a file below them";
            findings.push(Violation::new(&path(file), 1, what, remedy));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::{super::tests::source, *};

    #[track_caller]
    fn check(files: &[(&str, &str)], expected: &[&str]) {
        let of = |(name, text): &(&str, &str)| source(&format!("xtask/src/{name}.rs"), text);
        let sources: Vec<TextFile> = files.iter().map(of).collect();
        let said: Vec<String> = findings(&sources).iter().map(Violation::to_string).collect();
        assert_eq!(said, expected);
    }

    #[test]
    fn an_arrow_down_or_within_a_layer_is_right() {
        check(
            &[
                ("ground/mod", "pub mod plan;"),
                ("ground/plan", "use super::plan;\n"),
                ("facts/host/mod", "mod space;\nuse crate::ground::plan::Plan;\n"),
                ("facts/host/space", "use super::Host;\n"),
                ("run", "use crate::{facts::host::{self, Host}, ground::plan};\n"),
            ],
            &[],
        );
    }

    #[test]
    fn an_arrow_up_is_found_wherever_it_is_drawn() {
        let uses = "use std::fs;\nuse crate::{\n    ground::plan,\n    planning::tools,\n};\n";
        check(
            &[
                ("facts/host", uses),
                ("ground/plan", "fn a() -> crate::facts::host::Host { todo!() }\n"),
                ("planning/tools", ""),
            ],
            &[
                "xtask/src/facts/host:2: an arrow up, to `xtask/src/planning/tools`; \
                 move what both need further down",
                "xtask/src/ground/plan:1: an arrow up, to `xtask/src/facts/host`; \
                 move what both need further down",
            ],
        );
    }

    #[test]
    fn a_module_that_is_brought_in_leads_on() {
        check(
            &[
                (
                    "acting/take",
                    "use crate::{\n    gate,\n};\nfn a() {\n    gate::steps::b();\n}\n",
                ),
                ("facts/host", "use crate::gate;\nfn a() {\n    gate::steps::b();\n}\n"),
                ("gate/mod", "pub mod steps;"),
                ("gate/steps", ""),
            ],
            &["xtask/src/facts/host:3: an arrow up, to `xtask/src/gate/steps`; \
               move what both need further down"],
        );
    }

    #[test]
    fn a_file_of_a_feature_has_the_layer_of_its_name() {
        check(
            &[
                ("gate/promises", "use crate::gate::steps::verify;\n"),
                ("gate/steps/mod", "use crate::gate::promises::Promise;\n"),
                ("somewhere", ""),
            ],
            &[
                "xtask/src/somewhere:1: a file of no layer; name its layer in `tidy/layers.rs`",
                "xtask/src/gate/promises:1: an arrow up, to `xtask/src/gate/steps`; \
                 move what both need further down",
            ],
        );
    }

    #[test]
    fn a_planner_has_no_leave_to_act_and_a_step_may_have_it() {
        let leave = "#![expect(clippy::disallowed_methods, reason = \"it asks\")]\n";
        check(
            &[("gate/mod", leave), ("gate/steps/mod", leave), ("gate/plan/mod", leave)],
            &["xtask/src/gate/plan:1: clippy is told to let a planner act; \
               move what acts or probes to its layer"],
        );
    }

    #[test]
    fn a_circle_of_four_files_is_found_once_and_one_of_three_is_not() {
        let files = [
            ("facts/a", "use super::b;"),
            ("facts/b", "use super::c;"),
            ("facts/c", "use super::{a, d};"),
            ("facts/d", ""),
        ];
        check(&files, &[]);
        let closed = [files[0], files[1], files[2], ("facts/d", "use super::a;")];
        check(
            &closed,
            &["xtask/src/facts/a:1: a circle of 4 files: facts/a, facts/b, facts/c, facts/d; \
               move what they share into a file below them"],
        );
    }
}
