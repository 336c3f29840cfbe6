//! The detection matrix of `gauntlet prove`: as text, as Markdown and as JSON.

use wasm_gauntlet_model::detection::{Cell, Detection, Repeat, Row};
use wasm_gauntlet_model::fault::Fault;
use wasm_gauntlet_model::source::printable;

/// The letter of a cell in the grid.
fn letter(cell: Cell) -> char {
    match cell {
        Cell::Red => 'R',
        Cell::ImpliedRed => 'r',
        Cell::Green => '.',
        Cell::MissedFault => 'M',
        Cell::FalseAlarm => 'F',
        Cell::Doubt => '?',
        Cell::NotRun => ' ',
    }
}

/// The matrix as plain text: the grid, what its columns are, and every cell that is wrong.
pub fn text(matrix: &Detection) -> String {
    let (grid, columns, wrong) = (grid(matrix), columns(matrix), wrong(matrix, ""));
    format!("{grid}\n{columns}\n{wrong}{}{}", repeats(matrix), total(matrix))
}

/// Every cell that was looked at twice, one line each. The Markdown does not list these: it is
/// compared with the next proof, and a busy machine is not a property of the catalogue.
fn repeats(matrix: &Detection) -> String {
    let line = |repeat: &Repeat| {
        let on = repeat.fault.map_or("the healthy deployment", Fault::word);
        let first = repeat.first.cell.word();
        format!("looked at twice: {} on {on}, {first} at first\n", printable(&repeat.incident))
    };
    matrix.repeats.iter().map(line).collect()
}

/// The matrix as Markdown: a table with a line for each incident, the grid, and what is wrong.
pub fn markdown(matrix: &Detection) -> String {
    let mut out = String::from("| incident | healthy | red on | also red on | green on |\n");
    out += "|---|---|---|---|---|\n";
    for row in &matrix.rows {
        out += &format!(
            "| `{}` | {} | {} | {} | {} |\n",
            printable(&row.incident).replace('|', "\\|"),
            row.healthy.cell.word(),
            named(row, Cell::Red),
            named(row, Cell::ImpliedRed),
            row.count(Cell::Green),
        );
    }
    out += &format!("\n```text\n{}\n{}```\n", grid(matrix), columns(matrix));
    let listed = wrong(matrix, "- ");
    let gap = if listed.is_empty() { "" } else { "\n" };
    out + "\n" + &listed + gap + &total(matrix)
}

/// The matrix as JSON.
pub(crate) fn json(matrix: &Detection) -> String {
    // A matrix has only texts, numbers, lists and structs, which JSON can always represent.
    let mut text = serde_json::to_string_pretty(matrix).unwrap_or_default();
    text.push('\n');
    text
}

fn named(row: &Row, cell: Cell) -> String {
    let faults = row.faults.iter().filter(|one| one.sight.cell == cell);
    let faults: Vec<String> = faults.map(|one| format!("`{}`", one.fault.word())).collect();
    faults.join(", ")
}

/// The faults that any row was tried on, in the order of the catalogue of faults.
fn tried(matrix: &Detection) -> Vec<Fault> {
    let is_tried = |fault: &Fault| {
        matrix.rows.iter().any(|row| row.faults.iter().any(|one| one.fault == *fault))
    };
    Fault::ALL.iter().copied().filter(is_tried).collect()
}

/// A line for each incident, a letter for each fault: 40 faults fit 80 columns.
fn grid(matrix: &Detection) -> String {
    let faults = tried(matrix);
    let left = matrix.rows.iter().map(|row| printable(&row.incident).chars().count()).max();
    let left = left.unwrap_or(0);
    let digits = |digit: fn(usize) -> usize| {
        (1..=faults.len()).map(|index| digit(index).to_string()).collect::<String>()
    };
    let mut out = format!("{:left$}    {}\n", "", digits(|index| index / 10 % 10));
    out += &format!("{:left$}  h {}\n", "", digits(|index| index % 10));
    for row in &matrix.rows {
        let cell = |fault: &Fault| {
            let found = row.faults.iter().find(|one| one.fault == *fault);
            found.map_or(' ', |one| letter(one.sight.cell))
        };
        let cells: String = faults.iter().map(cell).collect();
        let name = printable(&row.incident);
        let pad = left - name.chars().count();
        let line = format!("{name}{:pad$}  {} {cells}", "", letter(row.healthy.cell));
        out += line.trim_end();
        out.push('\n');
    }
    out
}

/// The meaning of columns and letters.
fn columns(matrix: &Detection) -> String {
    let letters = Cell::ALL.iter().filter(|cell| **cell != Cell::NotRun);
    let letters = letters.map(|cell| format!("{} {}", letter(*cell), cell.word()));
    let mut out = letters.collect::<Vec<_>>().join("   ") + "\nh  the healthy deployment\n";
    for (index, fault) in tried(matrix).iter().enumerate() {
        out += &format!("{:<2} {}: {}\n", index + 1, fault.word(), fault.doc());
    }
    out
}

/// Every wrong cell, one line each.
fn wrong(matrix: &Detection, bullet: &str) -> String {
    let line = |(incident, fault, sight): (&str, Option<Fault>, _)| {
        let sight: &wasm_gauntlet_model::detection::Sight = sight;
        let on = fault.map_or("the healthy deployment", Fault::word);
        let detail = match sight.detail.is_empty() {
            true => String::new(),
            false => format!(": {}", printable(&sight.detail)),
        };
        let word = sight.cell.word();
        format!("{bullet}{word}: {} on {on}{detail}\n", printable(incident))
    };
    matrix.wrong().map(line).collect()
}

/// The result in one line.
fn total(matrix: &Detection) -> String {
    let faults = tried(matrix);
    let seen = faults.iter().filter(|fault| seen(matrix, **fault)).count();
    let rows = matrix.rows.len();
    format!("{rows} incidents, {seen} of {} faults seen by their own scenarios\n", faults.len())
}

fn seen(matrix: &Detection, fault: Fault) -> bool {
    let mut sights = matrix.rows.iter().flat_map(|row| &row.faults);
    sights.any(|one| one.fault == fault && one.sight.cell == Cell::Red)
}
