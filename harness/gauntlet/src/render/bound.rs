//! The number of planned trials and the longest time that they can take, in one line.

use wasm_gauntlet_model::record::RunBound;

const MS_PER_MINUTE: u64 = 60_000;

/// As in `612 trials, at most 31 minutes`. Minutes are rounded up, so that the line is true.
pub(crate) fn bounded(bound: RunBound) -> String {
    let RunBound { trials, worst_case_ms } = bound;
    let noun = if trials == 1 { "trial" } else { "trials" };
    match worst_case_ms.div_ceil(MS_PER_MINUTE) {
        _ if trials == 0 => format!("no {noun}"),
        0 | 1 => format!("{trials} {noun}, at most 1 minute"),
        minutes @ 2..120 => format!("{trials} {noun}, at most {minutes} minutes"),
        minutes => format!("{trials} {noun}, at most {} hours", minutes.div_ceil(60)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_is_never_said_too_short() {
        for (trials, worst_case_ms, line) in [
            (0, 0, "no trials"),
            (1, 20, "1 trial, at most 1 minute"),
            (2, 60_001, "2 trials, at most 2 minutes"),
            (600, 119 * 60_000, "600 trials, at most 119 minutes"),
            (600, 121 * 60_000, "600 trials, at most 3 hours"),
        ] {
            assert_eq!(bounded(RunBound { trials, worst_case_ms }), line);
        }
    }
}
