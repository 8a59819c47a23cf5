//! What was found, as text and as JSON.

use serde::Serialize;

use crate::doctor::examination::Examination;

/// Everything that was looked at, in the order of the work.
#[derive(Serialize)]
pub struct Diagnosis {
    /// Whether `wheels`, with the same options, can do all that it would begin.
    pub can_run: bool,
    /// What the plan says beforehand: which builder, and why.
    pub notes: Vec<String>,
    /// The same in one sentence.
    pub verdict: String,
    pub findings: Vec<Prerequisite>,
    /// What was asked besides the facts.
    pub examination: Examination,
}

#[derive(Debug, Serialize)]
pub struct Prerequisite {
    pub section: &'static str,
    #[serde(rename = "state")]
    pub availability: Availability,
    /// What was looked for.
    pub what: String,
    /// What is there.
    pub found: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub needed: Option<String>,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Availability {
    Good,
    /// The plan does without.
    Lacking,
    /// Something that the plan begins would fail.
    Missing,
}

/// What is here and serves.
pub fn good(what: impl Into<String>, found: impl Into<String>) -> Prerequisite {
    let [what, found] = [what.into(), found.into()];
    let availability = Availability::Good;
    Prerequisite { section: "", availability, what, found, needed: None, hint: None }
}

/// What the plan does without.
pub fn lacking(what: impl Into<String>, found: impl Into<String>) -> Prerequisite {
    Prerequisite { availability: Availability::Lacking, ..good(what, found) }
}

/// What makes a part of the plan fail.
pub fn missing(what: impl Into<String>, found: impl Into<String>) -> Prerequisite {
    Prerequisite { availability: Availability::Missing, ..good(what, found) }
}

/// What is not here: a plan may need it or do without.
pub fn absent(is_needed: bool, what: impl Into<String>, found: impl Into<String>) -> Prerequisite {
    if is_needed { missing(what, found) } else { lacking(what, found) }
}

impl Prerequisite {
    pub fn needed(self, needed: impl Into<String>) -> Prerequisite {
        Prerequisite { needed: Some(needed.into()), ..self }
    }

    /// Where it is not good. What was said first counts.
    pub fn or_hint(self, hint: &str) -> Prerequisite {
        match (self.availability, &self.hint) {
            (Availability::Good, _) | (_, Some(_)) => self,
            _ => self.hint(hint),
        }
    }

    pub fn hint(self, hint: impl Into<String>) -> Prerequisite {
        Prerequisite { hint: Some(hint.into()), ..self }
    }
}

impl Diagnosis {
    pub fn as_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("findings are plain data")
    }

    pub fn as_text(&self) -> String {
        let mut text = String::new();
        let mut section = "";
        for (at, finding) in self.findings.iter().enumerate() {
            if finding.section != section {
                section = finding.section;
                text += &format!("# {section}\n");
            }
            let of_section = self.findings.iter().filter(|f| f.section == section);
            let width = of_section.map(|f| f.what.chars().count()).max().unwrap_or(0);
            text += &finding.line(width);
            // What helps several is said once, after the last of them.
            let next = self.findings.get(at + 1).filter(|next| next.section == section);
            match &finding.hint {
                Some(hint) if next.is_none_or(|next| next.hint.as_ref() != Some(hint)) => {
                    text += &format!("    hint: {hint}\n");
                }
                _ => {}
            }
        }
        for note in &self.notes {
            text += &format!("{note}\n");
        }
        text + &self.verdict + "\n"
    }
}

impl Prerequisite {
    fn line(&self, width: usize) -> String {
        let mark = match self.availability {
            Availability::Good => "✓",
            Availability::Lacking => "!",
            Availability::Missing => "✗",
        };
        let needed = self.needed.as_ref().map_or(String::new(), |n| format!(" (needed: {n})"));
        let line = format!("{mark} {:width$}  {}{needed}", self.what, self.found);
        format!("{}\n", line.trim_end())
    }
}
