//! Modules with false sections: patches of the sections of a small valid module.

use super::encode::Builder;
use super::{Generated, Table};

pub(super) const TABLE: Table = Table { file: file!(), guests: GUESTS };

const GUESTS: &[Generated] = &[
    Generated {
        id: "bin-leb-overlong5",
        header: "\
;; attack: has a section size in five bytes where one would do, which is legal
;; contained-if: ok
;; returns: bytes 74696e79
;; seen-in: FACTS.md#binary-format
;; tier: core
;; counterpart: benign-tiny
",
        build: |_| Ok(type_size(&[0x80, 0x80, 0x80, 0x00])),
    },
    Generated {
        id: "bin-leb-overlong6",
        header: "\
;; attack: has a section size in six bytes
;; contained-if: rejected(validate)
;; seen-in: FACTS.md#binary-format
;; tier: core
;; counterpart: benign-tiny
",
        build: |_| Ok(type_size(&[0x80, 0x80, 0x80, 0x80, 0x00])),
    },
    Generated {
        id: "bin-leb-unused-bits",
        header: "\
;; attack: has a section size with bits set that a u32 does not have
;; contained-if: rejected(validate)
;; seen-in: FACTS.md#binary-format
;; tier: core
;; counterpart: benign-tiny
",
        build: |_| Ok(type_size(&[0x80, 0x80, 0x80, 0x70])),
    },
    Generated {
        id: "bin-section-order",
        header: "\
;; attack: has its functions before its types
;; contained-if: rejected(validate)
;; seen-in: FACTS.md#binary-format
;; tier: core
;; counterpart: benign-tiny
",
        build: |_| Ok(patched(|sections| sections.swap(0, 1))),
    },
    Generated {
        id: "bin-section-dup",
        header: "\
;; attack: has its types twice
;; contained-if: rejected(validate)
;; seen-in: FACTS.md#binary-format
;; tier: core
;; counterpart: benign-tiny
",
        build: |_| {
            Ok(patched(|sections| {
                let again = sections[0].clone();
                sections.insert(0, again);
            }))
        },
    },
    Generated {
        id: "bin-section-unknown",
        header: "\
;; attack: has a section of a kind that does not exist
;; contained-if: rejected(validate)
;; seen-in: FACTS.md#binary-format
;; tier: core
;; counterpart: benign-tiny
",
        build: |_| Ok(patched(|sections| sections.push((0x60, vec![0])))),
    },
    Generated {
        id: "bin-section-missing-code",
        header: "\
;; attack: declares functions and has no code
;; contained-if: rejected(validate)
;; seen-in: FACTS.md#binary-format
;; tier: core
;; counterpart: benign-tiny
",
        build: |_| Ok(patched(|sections| sections.retain(|(id, _)| *id != CODE))),
    },
    Generated {
        id: "bin-size-more",
        header: "\
;; attack: has a section that says it is one byte longer than it is
;; contained-if: rejected(validate)
;; seen-in: FACTS.md#binary-format
;; tier: core
;; counterpart: benign-tiny
",
        build: |_| Ok(sized(1)),
    },
    Generated {
        id: "bin-size-less",
        header: "\
;; attack: has a section that says it is one byte shorter than it is
;; contained-if: rejected(validate)
;; seen-in: FACTS.md#binary-format
;; tier: core
;; counterpart: benign-tiny
",
        build: |_| Ok(sized(-1)),
    },
    Generated {
        id: "bin-size-huge",
        header: "\
;; attack: has a section of 2^32 - 1 bytes, by its own account
;; contained-if: rejected(validate)
;; seen-in: FACTS.md#binary-format
;; tier: core
;; counterpart: benign-tiny
",
        build: |_| Ok(type_size_is(&HUGE)),
    },
    Generated {
        id: "bin-vec-count-huge",
        header: "\
;; attack: has 2^32 - 1 types, by its own account
;; contained-if: rejected(validate) | rejected(static-limit)
;; seen-in: FACTS.md#binary-format
;; tier: core
;; counterpart: benign-tiny
",
        build: |_| Ok(patched(|sections| sections[0].1 = HUGE.into())),
    },
    Generated {
        id: "bin-locals-count-huge",
        header: "\
;; attack: has a function with 2^32 - 1 locals, by its own account
;; contained-if: rejected(validate) | rejected(static-limit)
;; seen-in: FACTS.md#binary-format
;; tier: core
;; counterpart: benign-tiny
",
        build: |_| {
            Ok(patched(|sections| {
                let body = [&[2, 4, 0, 0x41, 0, 0x0b, 9, 1][..], &HUGE, &[0x7f, 0, 0x0b]].concat();
                replace(sections, CODE, body);
            }))
        },
    },
    Generated {
        id: "bin-name-non-utf8",
        header: "\
;; attack: exports a name that is not UTF-8
;; contained-if: rejected(validate)
;; seen-in: FACTS.md#binary-format
;; tier: core
;; counterpart: benign-tiny
",
        build: |_| Ok(renamed(b"\xff\xfell\xff")),
    },
    Generated {
        id: "bin-name-overlong-utf8",
        header: "\
;; attack: exports a name with a slash in two bytes, which is not UTF-8
;; contained-if: rejected(validate)
;; seen-in: FACTS.md#binary-format
;; tier: core
;; counterpart: benign-tiny
",
        build: |_| Ok(renamed(b"all\xc0\xaf")),
    },
    Generated {
        id: "bin-name-surrogate",
        header: "\
;; attack: exports a name with half a surrogate pair, which is not UTF-8
;; contained-if: rejected(validate)
;; seen-in: FACTS.md#binary-format
;; tier: core
;; counterpart: benign-tiny
",
        build: |_| Ok(renamed(b"al\xed\xa0\x80")),
    },
    Generated {
        id: "bin-datacount-mismatch",
        header: "\
;; attack: counts two data segments and has one
;; contained-if: rejected(validate)
;; seen-in: FACTS.md#binary-format
;; tier: core
;; counterpart: benign-tiny
",
        build: |_| Ok(patched(|sections| replace(sections, DATA_COUNT, vec![2]))),
    },
    Generated {
        id: "bin-func-code-mismatch",
        header: "\
;; attack: declares one function and has the code of two
;; contained-if: rejected(validate)
;; seen-in: FACTS.md#binary-format
;; tier: core
;; counterpart: benign-tiny
",
        build: |_| Ok(patched(|sections| replace(sections, FUNCTION, vec![1, 0]))),
    },
    Generated {
        id: "bin-memory-over",
        header: "\
;; attack: has a memory of 65537 pages, one more than there can be
;; contained-if: rejected(validate)
;; seen-in: FACTS.md#binary-format
;; tier: core
;; counterpart: benign-tiny
",
        build: |_| Ok(patched(|sections| replace(sections, MEMORY, vec![1, 0, 0x81, 0x80, 0x04]))),
    },
    Generated {
        id: "bin-limits-inverted",
        header: "\
;; attack: has a memory whose least size is over its greatest
;; contained-if: rejected(validate)
;; seen-in: FACTS.md#binary-format
;; tier: core
;; counterpart: benign-tiny
",
        build: |_| Ok(patched(|sections| replace(sections, MEMORY, vec![1, 1, 2, 1]))),
    },
    Generated {
        id: "bin-export-missing",
        header: "\
;; attack: exports a function that does not exist
;; contained-if: rejected(validate)
;; seen-in: FACTS.md#binary-format
;; tier: core
;; counterpart: benign-tiny
",
        build: |_| Ok(patched(|sections| replace(sections, EXPORT, b"\x01\x01f\x00\x63".to_vec()))),
    },
    Generated {
        id: "bin-start-missing",
        header: "\
;; attack: starts with a function that does not exist
;; contained-if: rejected(validate)
;; seen-in: FACTS.md#binary-format
;; tier: core
;; counterpart: benign-tiny
",
        build: |_| Ok(patched(|sections| sections.insert(4, (START, vec![0x63])))),
    },
    Generated {
        id: "bin-start-signature",
        header: "\
;; attack: starts with a function that takes parameters
;; contained-if: rejected(validate)
;; seen-in: FACTS.md#binary-format
;; tier: core
;; counterpart: benign-tiny
",
        build: |_| Ok(patched(|sections| sections.insert(4, (START, vec![0])))),
    },
];

const FUNCTION: u8 = 3;
const MEMORY: u8 = 5;
const EXPORT: u8 = 7;
const START: u8 = 8;
const CODE: u8 = 10;
const DATA_COUNT: u8 = 12;

/// 2^32 - 1 in LEB128.
const HUGE: [u8; 5] = [0xff, 0xff, 0xff, 0xff, 0x0f];

/// Kind and body.
type Section = (u8, Vec<u8>);

/// The sections of the valid module. Each is shorter than 128 bytes, so that a size is one byte.
fn good() -> Vec<Section> {
    let bytes = Builder::abi().finish();
    let mut sections = Vec::new();
    let mut at = 8;
    while at < bytes.len() {
        let body = at + 2..at + 2 + usize::from(bytes[at + 1]);
        sections.push((bytes[at], bytes[body.clone()].to_vec()));
        at = body.end;
    }
    sections
}

fn joined(sections: &[Section]) -> Vec<u8> {
    let mut bytes = b"\0asm\x01\0\0\0".to_vec();
    for (id, body) in sections {
        bytes.extend([*id, body.len() as u8]);
        bytes.extend(body);
    }
    bytes
}

fn patched(patch: impl FnOnce(&mut Vec<Section>)) -> Vec<u8> {
    let mut sections = good();
    patch(&mut sections);
    joined(&sections)
}

fn replace(sections: &mut [Section], id: u8, body: Vec<u8>) {
    for section in sections.iter_mut().filter(|section| section.0 == id) {
        section.1.clone_from(&body);
    }
}

/// The valid module with this size of its first section, in LEB128, before an unchanged body.
fn type_size_is(size: &[u8]) -> Vec<u8> {
    let sections = good();
    let first = joined(&sections[..1]);
    let rest = joined(&sections[1..]);
    [&first[..9], size, &first[10..], &rest[8..]].concat()
}

/// The valid module with its true first size, extended by `more` bytes.
fn type_size(more: &[u8]) -> Vec<u8> {
    let size = good()[0].1.len() as u8 | 0x80;
    type_size_is(&[&[size], more].concat())
}

fn sized(by: i8) -> Vec<u8> {
    let size = good()[0].1.len() as u8;
    type_size_is(&[size.wrapping_add_signed(by)])
}

/// The valid module with `alloc` exported under another name of five bytes.
fn renamed(name: &[u8; 5]) -> Vec<u8> {
    patched(|sections| {
        for (_, body) in sections.iter_mut().filter(|section| section.0 == EXPORT) {
            let at = body.windows(5).position(|window| window == b"alloc").unwrap_or_default();
            body[at..at + 5].copy_from_slice(name);
        }
    })
}
