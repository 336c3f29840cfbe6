//! What stops an endless guest, as Markdown: with times for a person, and without them for a
//! snapshot.

use wasm_gauntlet_model::interruption::{Interruption, InterruptionCell};
use wasm_gauntlet_model::source::printable;

/// The table with its times.
pub(crate) fn timed(table: &Interruption) -> String {
    let late = |cell: &InterruptionCell| format!("{} {:.1} ms", cell.stopped_by, cell.wall_ms);
    let deadline = format!("Wall times, for a deadline of {} ms; ", table.deadline_ms);
    let fuel = "with a fuel budget, the time until the fuel was used up.\n";
    format!("{}\n{deadline}{fuel}\n{}", grid(table, late), means(table))
}

/// The table in words: which mechanism stops which shape.
pub(crate) fn words(table: &Interruption) -> String {
    format!("{}\n{}", grid(table, |cell| cell.stopped_by.clone()), means(table))
}

/// The table as JSON.
pub(crate) fn json(table: &Interruption) -> String {
    // It has only texts, numbers, lists and structs, which JSON can always represent.
    serde_json::to_string_pretty(table).unwrap_or_default() + "\n"
}

fn grid(table: &Interruption, told: impl Fn(&InterruptionCell) -> String) -> String {
    let names: Vec<String> = table.columns.iter().map(|column| plain(&column.name)).collect();
    let mut out = format!("| shape | guest | {} |\n", names.join(" | "));
    out += &format!("|---|---|{}\n", "---|".repeat(names.len()));
    for row in &table.rows {
        let cells: Vec<String> = row.cells.iter().map(|cell| plain(&told(cell))).collect();
        out += &format!("| {} | `{}` | {} |\n", row.shape, row.guest, cells.join(" | "));
    }
    out
}

fn means(table: &Interruption) -> String {
    let line = |name: &str, means: &str| format!("- {}: {}\n", plain(name), plain(means));
    table.columns.iter().map(|column| line(&column.name, &column.means)).collect()
}

/// A host's own word in a cell.
fn plain(word: &str) -> String {
    printable(word).replace('|', "\\|")
}

#[cfg(test)]
mod tests {
    use wasm_gauntlet_model::interruption::{Column, InterruptionRow};

    use super::*;

    #[test]
    fn a_hosts_own_word_stays_in_its_cell() {
        let cell = InterruptionCell { stopped_by: "a|b\n\u{1b}[31m".to_owned(), wall_ms: 1.0 };
        let rows = vec![InterruptionRow {
            shape: "s".to_owned(),
            guest: "g".to_owned(),
            cells: vec![cell],
        }];
        let columns = vec![Column { name: "c".to_owned(), means: "m".to_owned() }];
        let words = words(&Interruption { deadline_ms: 50, columns, rows });
        let row = words.lines().nth(2).expect("a row");
        assert!(row.starts_with("| s | `g` | a\\|b") && row.ends_with(" |"), "{row}");
        assert!(!words.contains('\u{1b}'));
    }
}
