//! What came of the rounds of a comparison: the spread of each figure, and how it compares.

use std::fmt;

use serde::Serialize;

use crate::acting::Cost;

#[derive(Serialize)]
pub struct Costs {
    pub image: String,
    pub rounds: usize,
    /// Ours first.
    pub rows: Vec<Row>,
}

/// In seconds.
#[derive(Serialize)]
pub struct Row {
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
    /// How many times ours; none for what is ours.
    times_ours: Option<f64>,
}

impl Row {
    /// `ours` is what the medians are compared with.
    pub fn new(name: impl Into<String>, costs: &[Cost], ours: Option<&[Cost]>) -> Row {
        let figure = |of: fn(&Cost) -> f64| {
            let spread = |costs: &[Cost]| spread(costs.iter().map(of).collect());
            let [min, median, max] = spread(costs);
            let times_ours = ours.map(|ours| median / spread(ours)[1]);
            Figure { min, median, max, times_ours }
        };
        Row {
            name: name.into(),
            cpu_in_containers: figure(|cost| cost.inside),
            cpu_outside: figure(|cost| cost.outside),
            cpu_in_all: figure(|cost| cost.inside + cost.outside),
            wall: figure(|cost| cost.wall),
        }
    }
}

/// Smallest, median, largest.
fn spread(mut values: Vec<f64>) -> [f64; 3] {
    values.sort_by(f64::total_cmp);
    let (low, high) = ((values.len() - 1) / 2, values.len() / 2);
    [values[0], f64::midpoint(values[low], values[high]), values[values.len() - 1]]
}

impl fmt::Display for Costs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let title = format!("{} x in {}, s", self.rounds, self.image);
        let [min, median, max] = ["min", "median", "max"];
        writeln!(f, "{title:56} {min:>8} {median:>8} {max:>8}  times ours")?;
        for row in &self.rows {
            let figures = [
                ("processor, in containers", &row.cpu_in_containers),
                ("processor, outside", &row.cpu_outside),
                ("processor, in all", &row.cpu_in_all),
                ("wall", &row.wall),
            ];
            for (at, (of, figure)) in figures.into_iter().enumerate() {
                let name = if at == 0 { &row.name } else { "" };
                let Figure { min, median, max, times_ours } = figure;
                let times = times_ours.map(|times| format!("{times:12.1}")).unwrap_or_default();
                writeln!(f, "{name:31} {of:24} {min:8.2} {median:8.2} {max:8.2}{times}")?;
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
            Row::new("ours", &ours, None),
            Row::new("cibuildwheel", &[42.0, 35.0, 28.0].map(of), Some(&ours)),
        ];
        Costs { image: "base:1".to_owned(), rounds: 3, rows }
    }

    #[test]
    fn a_table_has_the_spread_of_each_figure_and_how_many_times_ours_it_is() {
        expect![[r#"
            3 x in base:1, s                                              min   median      max  times ours
            ours                            processor, in containers     3.00     3.50     4.00
                                            processor, outside           1.00     1.00     1.00
                                            processor, in all            4.00     4.50     5.00
                                            wall                        12.00    14.00    16.00
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
        assert!(told["rows"][0]["wall"]["times_ours"].is_null());
    }

    #[test]
    fn the_median_of_an_even_number_lies_between_two() {
        assert_eq!(spread(vec![4.0, 1.0, 3.0, 2.0]), [1.0, 2.5, 4.0]);
        assert_eq!(spread(vec![7.0]), [7.0, 7.0, 7.0]);
    }
}
