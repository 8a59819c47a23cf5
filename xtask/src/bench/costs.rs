//! What came of the rounds of a comparison: the spread of each figure, and how it compares.

use std::fmt;

use serde::Serialize;

/// What a run cost, in seconds.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    /// Processor time in containers.
    pub inside: f64,
    /// Processor time of programs outside, among them the engine's client.
    pub outside: f64,
    pub wall: f64,
}

#[derive(Serialize)]
pub struct Costs {
    /// The image, or the target.
    pub place: String,
    pub rounds: usize,
    /// Ours first.
    pub rows: Vec<CostRow>,
}

/// What a contender cost, in seconds.
#[derive(Serialize)]
pub struct CostRow {
    name: String,
    cpu_in_containers: Figure,
    cpu_outside: Figure,
    cpu_in_all: Figure,
    wall: Figure,
}

#[derive(Serialize)]
struct Figure {
    min: f64,
    median: f64,
    max: f64,
    /// The median, divided by that of ours.
    times_ours: f64,
}

impl CostRow {
    pub fn new(name: &str, costs: &[Cost], ours: &[Cost]) -> CostRow {
        let figure = |of: fn(&Cost) -> f64| {
            let spread = |costs: &[Cost]| spread(costs.iter().map(of).collect());
            let [min, median, max] = spread(costs);
            Figure { min, median, max, times_ours: median / spread(ours)[1] }
        };
        CostRow {
            name: name.to_owned(),
            cpu_in_containers: figure(|cost| cost.inside),
            cpu_outside: figure(|cost| cost.outside),
            cpu_in_all: figure(|cost| cost.inside + cost.outside),
            wall: figure(|cost| cost.wall),
        }
    }
}

/// Gives the smallest, the median and the largest.
fn spread(mut values: Vec<f64>) -> [f64; 3] {
    values.sort_by(f64::total_cmp);
    let (low, high) = ((values.len() - 1) / 2, values.len() / 2);
    [values[0], f64::midpoint(values[low], values[high]), values[values.len() - 1]]
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Cost { inside, outside, wall } = self;
        write!(f, "{inside:.2} s, {outside:.2} s outside, wall {wall:.1} s")
    }
}

impl fmt::Display for Costs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let title = format!("{} x in {}, s", self.rounds, self.place);
        writeln!(f, "{title:56} {:>8} {:>8} {:>8}  times ours", "min", "median", "max")?;
        for row in &self.rows {
            // Where some work without containers, only sums can be compared.
            let lines = [
                (row.name.as_str(), "processor, in containers", &row.cpu_in_containers),
                ("", "processor, outside", &row.cpu_outside),
                ("", "processor, in all", &row.cpu_in_all),
                ("", "wall", &row.wall),
            ];
            let has_containers = self.rows.iter().all(|row| row.cpu_in_containers.max > 0.0);
            let skipped = if has_containers { 0 } else { 2 };
            for (place, (_, of, figure)) in lines.into_iter().skip(skipped).enumerate() {
                let name = if place == 0 { row.name.as_str() } else { "" };
                let Figure { min, median, max, times_ours } = figure;
                writeln!(f, "{name:31} {of:24} {min:8.2} {median:8.2} {max:8.2}{times_ours:12.1}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

    fn costs() -> Costs {
        let of = |inside| Cost { inside, outside: 1.0, wall: 4.0 * inside };
        let ours = [4.0, 3.0, 3.5].map(of);
        let rows = vec![
            CostRow::new("ours", &ours, &ours),
            CostRow::new("cibuildwheel", &[42.0, 35.0, 28.0].map(of), &ours),
        ];
        Costs { place: "base:1".to_owned(), rounds: 3, rows }
    }

    #[test]
    fn a_table_has_the_spread_of_each_figure_and_how_many_times_ours_it_is() {
        expect![[r#"
            3 x in base:1, s                                              min   median      max  times ours
            ours                            processor, in containers     3.00     3.50     4.00         1.0
                                            processor, outside           1.00     1.00     1.00         1.0
                                            processor, in all            4.00     4.50     5.00         1.0
                                            wall                        12.00    14.00    16.00         1.0
            cibuildwheel                    processor, in containers    28.00    35.00    42.00        10.0
                                            processor, outside           1.00     1.00     1.00         1.0
                                            processor, in all           29.00    36.00    43.00         8.0
                                            wall                       112.00   140.00   168.00        10.0
        "#]]
        .assert_eq(&costs().to_string());
    }

    #[test]
    fn programs_are_told_the_same() {
        let told = serde_json::to_value(costs()).unwrap();
        let row = &told["rows"][1];
        assert_eq!(row["cpu_in_containers"]["median"], 35.0);
        assert_eq!(row["cpu_in_containers"]["times_ours"], 10.0);
        assert_eq!(row["cpu_in_all"]["max"], 43.0);
        assert_eq!(told["rows"][0]["wall"]["times_ours"], 1.0);
    }

    #[test]
    fn the_median_of_an_even_number_lies_between_two() {
        assert_eq!(spread(vec![4.0, 1.0, 3.0, 2.0]), [1.0, 2.5, 4.0]);
        assert_eq!(spread(vec![7.0]), [7.0, 7.0, 7.0]);
    }
}
