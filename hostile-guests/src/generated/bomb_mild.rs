//! Compile bombs that any machine survives. A host that compiles them visibly takes a second or 300
//! MB, and no more. Each is a heavy bomb with a smaller number.

use super::{Generated, Table, bomb_count, bomb_flow};

pub(super) const TABLE: Table = Table { file: file!(), guests: GUESTS };

const GUESTS: &[Generated] = &[
    Generated {
        id: "cb-mild-multival",
        header: bomb_header!(
            "core",
            "nests `loops` loops that each take and give `values` values: 7 KB, 280 MB to compile",
            seen_in: "FACTS.md#compile-bombs",
            params: "loops=1000, values=16"
        ),
        build: bomb_flow::multi_value,
    },
    Generated {
        id: "cb-mild-phi",
        header: bomb_header!(
            "heavy",
            "changes `locals` locals inside `loops` nested loops: 14 KB, 0.3 s to compile",
            seen_in: "FACTS.md#compile-bombs",
            params: "locals=1100, loops=100"
        ),
        build: bomb_flow::phi,
    },
    Generated {
        id: "cb-mild-locals",
        header: bomb_header!(
            "core",
            "has `functions` functions with `locals` locals each: 1 KB, 0.3 s to compile",
            seen_in: "FACTS.md#compile-bombs",
            params: "functions=100, locals=30000"
        ),
        build: bomb_flow::locals,
    },
    Generated {
        id: "cb-mild-types",
        header: bomb_header!(
            "core",
            "has `types` function types, all the same: 3 MB, \
             a second to read for an interpreter too",
            seen_in: "FACTS.md#compile-bombs",
            params: "types=900000"
        ),
        build: bomb_count::same_types,
    },
];
