//! How long jobs took in earlier runs, and which job to begin first on account of that: the one
//! with the longest way to the end before it.

use std::collections::BTreeMap;

use crate::{End, JobId, JobOutcome, Plan, Vocabulary, Workplace, files::read_small};

/// Seconds by the name of the job.
pub struct Durations(BTreeMap<String, f64>);

/// A job that never ran is taken to last so long: then the longest chain of jobs counts.
const UNKNOWN_S: f64 = 1.0;

impl Durations {
    /// What cannot be read is forgotten: it only decides what comes first.
    pub fn of(workplace: &Workplace) -> Durations {
        let text = read_small(&path(workplace)).unwrap_or_default();
        Durations(serde_json::from_slice(&text).unwrap_or_default())
    }

    /// The jobs in the order in which they begin, if their needs are met: the first of those with
    /// the same way before them is the first of the plan.
    pub fn order<V: Vocabulary>(&self, plan: &Plan<V>) -> Vec<JobId> {
        let mut ways = vec![0.0; plan.jobs().len()];
        let mut ids: Vec<JobId> = plan.ids().collect();
        for id in ids.iter().rev() {
            let job = plan.job(*id);
            ways[id.index()] += self.0.get(&job.name).copied().unwrap_or(UNKNOWN_S);
            for need in &job.needs {
                ways[need.index()] = f64::max(ways[need.index()], ways[id.index()]);
            }
        }
        ids.sort_by(|a, b| ways[b.index()].total_cmp(&ways[a.index()]));
        ids
    }

    /// Adds what a run took. Nothing of the result depends on it, so it may fail.
    pub fn note<V: Vocabulary>(
        mut self,
        workplace: &Workplace,
        plan: &Plan<V>,
        outcomes: &[JobOutcome],
    ) {
        for (job, outcome) in plan.jobs().iter().zip(outcomes) {
            if let (End::Done, Some(span)) = (&outcome.end, outcome.span) {
                self.0.insert(job.name.clone(), (span.end - span.start).as_secs_f64());
            }
        }
        let text = serde_json::to_string(&self.0).unwrap_or_default();
        let _ = workplace.write_whole(&path(workplace), text.as_bytes());
    }
}

fn path(workplace: &Workplace) -> camino::Utf8PathBuf {
    workplace.state().join("durations.json")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Job, tests::Words};

    /// `a` needs nothing, `b` nothing, `c` needs `b`.
    fn order(durations: &[(&str, f64)]) -> String {
        let mut plan: Plan<Words> = Plan::default();
        plan.add(Job::new("a"));
        let b = plan.add(Job::new("b"));
        plan.add(Job::new("c").needs([b]));
        let durations = durations.iter().map(|(name, s)| ((*name).to_owned(), *s)).collect();
        Durations(durations).order(&plan).iter().map(|id| plan.job(*id).name.as_str()).collect()
    }

    #[test]
    fn the_job_with_the_longest_way_before_it_begins() {
        assert_eq!(order(&[]), "bac");
        assert_eq!(order(&[("a", 5.0), ("b", 1.0), ("c", 1.0)]), "abc");
        assert_eq!(order(&[("a", 5.0), ("b", 1.0), ("c", 7.0)]), "bca");
    }

    #[test]
    fn what_was_noted_is_read_again_and_rubbish_is_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let root = camino::Utf8PathBuf::try_from(folder.path().to_owned()).unwrap();
        let workplace = Workplace::new(root, "state");
        Durations([("a".to_owned(), 2.5)].into()).note(&workplace, &Plan::<Words>::default(), &[]);
        assert_eq!(Durations::of(&workplace).0["a"], 2.5);
        std::fs::write(path(&workplace), "{").unwrap();
        assert!(Durations::of(&workplace).0.is_empty());
    }
}
