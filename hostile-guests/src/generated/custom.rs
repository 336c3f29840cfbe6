//! Custom sections. They mean nothing to a module and must cost a host nothing.

use wasm_encoder::{CustomSection, Function, Module, NameMap, NameSection};

use super::encode::Builder;
use super::{Generated, Table};
use crate::assemble::{AssembleError, Params};

pub(super) const TABLE: Table = Table { file: file!(), guests: GUESTS };

const GUESTS: &[Generated] = &[
    Generated {
        id: "bin-custom-empty-tail",
        header: "\
;; attack: ends in an empty custom section, which is legal
;; contained-if: ok
;; returns: bytes 74696e79
;; seen-in: FACTS.md#custom-sections
;; tier: core
;; counterpart: benign-tiny
",
        build: |_| Ok(customised("tail", &[])),
    },
    Generated {
        id: "bin-custom-large",
        header: "\
;; attack: carries a custom section of `bytes` bytes
;; contained-if: ok | rejected(size) | rejected(static-limit)
;; returns: bytes 74696e79
;; seen-in: FACTS.md#custom-sections
;; tier: core
;; counterpart: benign-tiny
;; params: bytes=1000000
",
        build: large,
    },
    Generated {
        id: "bin-custom-100mb",
        header: "\
;; attack: carries a custom section of `bytes` bytes, a hundred megabytes
;; contained-if: ok | rejected(size) | rejected(static-limit)
;; returns: bytes 74696e79
;; seen-in: FACTS.md#custom-sections
;; tier: heavy
;; counterpart: benign-tiny
;; params: bytes=100000000
",
        build: large,
    },
    Generated {
        id: "bin-custom-many",
        header: "\
;; attack: carries `sections` custom sections
;; contained-if: ok | rejected(size) | rejected(static-limit)
;; returns: bytes 74696e79
;; seen-in: FACTS.md#custom-sections
;; tier: core
;; counterpart: benign-tiny
;; params: sections=200000
",
        build: many,
    },
    Generated {
        id: "bin-custom-name-ctrl",
        header: "\
;; attack: carries a custom section whose name clears a terminal
;; contained-if: ok
;; returns: bytes 74696e79
;; seen-in: FACTS.md#custom-sections
;; tier: core
;; counterpart: benign-tiny
",
        build: |_| Ok(customised("\x1b[2J\n\0", b"data")),
    },
    Generated {
        id: "bin-name-section-bomb",
        header: "\
;; attack: has a name section that claims 2^32 - 1 names
;; contained-if: ok
;; returns: bytes 74696e79
;; seen-in: FACTS.md#custom-sections
;; tier: core
;; counterpart: benign-tiny
",
        build: |_| Ok(customised("name", &[1, 5, 0xff, 0xff, 0xff, 0xff, 0x0f])),
    },
    Generated {
        id: "bin-name-section-cut",
        header: "\
;; attack: has a name section that ends in the middle of a name
;; contained-if: ok
;; returns: bytes 74696e79
;; seen-in: FACTS.md#custom-sections
;; tier: core
;; counterpart: benign-tiny
",
        build: |_| Ok(customised("name", &[1, 0x20, 1, 0, 0x1f, b'a'])),
    },
    Generated {
        id: "bin-name-section-non-utf8",
        header: "\
;; attack: has a name section with a name that is not UTF-8
;; contained-if: ok
;; returns: bytes 74696e79
;; seen-in: FACTS.md#custom-sections
;; tier: core
;; counterpart: benign-tiny
",
        build: |_| Ok(customised("name", &[1, 5, 1, 0, 2, 0xff, 0xfe])),
    },
    Generated {
        id: "bin-name-section-terminal",
        header: "\
;; attack: traps in a function whose name clears a terminal and forges a line
;; contained-if: trap(unreachable)
;; seen-in: FACTS.md#custom-sections
;; tier: core
;; counterpart: benign-tiny
",
        build: |_| Ok(terminal_names()),
    },
    Generated {
        id: "bin-producers-bomb",
        header: "\
;; attack: has a producers section that claims 2^32 - 1 fields
;; contained-if: ok
;; returns: bytes 74696e79
;; seen-in: FACTS.md#custom-sections
;; tier: core
;; counterpart: benign-tiny
",
        build: |_| Ok(customised("producers", &[0xff, 0xff, 0xff, 0xff, 0x0f])),
    },
    Generated {
        id: "bin-dwarf-bomb",
        header: "\
;; attack: has debug sections whose lengths lie
;; contained-if: ok
;; returns: bytes 74696e79
;; seen-in: FACTS.md#custom-sections
;; tier: core
;; counterpart: benign-tiny
",
        build: |_| Ok(debug_sections()),
    },
    Generated {
        id: "bin-source-map",
        header: "\
;; attack: names a source map at an address of the cloud's metadata service
;; contained-if: ok
;; returns: bytes 74696e79
;; seen-in: FACTS.md#custom-sections
;; tier: core
;; counterpart: benign-tiny
",
        build: |_| Ok(customised("sourceMappingURL", SOURCE_MAP)),
    },
];

const SOURCE_MAP: &[u8] = b"\x20http://169.254.169.254/guest.map";

fn customised(name: &str, data: &[u8]) -> Vec<u8> {
    let mut module = Builder::abi().module();
    add(&mut module, name, data);
    module.finish()
}

fn add(module: &mut Module, name: &str, data: &[u8]) {
    module.section(&CustomSection { name: name.into(), data: data.into() });
}

fn large(params: &Params) -> Result<Vec<u8>, AssembleError> {
    Ok(customised("large", &vec![0x5a; params.number("bytes")? as usize]))
}

fn many(params: &Params) -> Result<Vec<u8>, AssembleError> {
    let mut module = Builder::abi().module();
    for _ in 0..params.number("sections")? {
        add(&mut module, "x", &[]);
    }
    Ok(module.finish())
}

fn terminal_names() -> Vec<u8> {
    let mut process = Function::new([]);
    process.instructions().unreachable().end();
    let mut functions = NameMap::new();
    functions.append(0, "alloc");
    functions.append(1, "\x1b[2J\x1b]0;owned\x07\r\nlevel=error tenant=other");
    let mut names = NameSection::new();
    names.module("\x1b[31mmodule\n");
    names.functions(&functions);
    let mut module = Builder::processing(&process).module();
    module.section(&names);
    module.finish()
}

fn debug_sections() -> Vec<u8> {
    let mut module = Builder::abi().module();
    for name in [".debug_info", ".debug_abbrev", ".debug_line", ".debug_str", ".debug_ranges"] {
        add(&mut module, name, &[0xff; 64]);
    }
    module.finish()
}
