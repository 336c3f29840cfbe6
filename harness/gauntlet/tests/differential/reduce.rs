//! Reduces a module while a caller wants to keep the result. It removes sections, then bodies, then
//! ranges of instructions, from long ones to single ones.
//!
//! `wasm-shrink` does more, but it changes the features of the parser that it shares with wasmtime:
//! the build of the tests would compile wasmtime twice.

use wasm_encoder::{CodeSection, Module, RawSection};
use wasmparser::{FunctionBody, Parser, Payload, Validator, WasmFeatures};

/// The code section.
const CODE: u8 = 10;

/// Removable sections: custom, start, elements, data. The data count goes with the data.
const SPARE: [&[u8]; 4] = [&[0], &[8], &[9], &[11, 12]];

/// Replacements for a range of instructions: nothing, a number of each type, the end of one.
const STAND_INS: [&[u8]; 6] =
    [&[], &[0x1a], &[0x41, 0], &[0x42, 0], &[0x43, 0, 0, 0, 0], &[0x44, 0, 0, 0, 0, 0, 0, 0, 0]];

/// A body without locals that traps at once: `unreachable`, `end`.
const NOTHING: [u8; 3] = [0, 0x00, 0x0b];

/// The smallest module found, from `bytes` on, for which `keep` is true. `keep` sees at most
/// `asks_max` modules, each valid and smaller than the one kept before.
pub(crate) fn reduced(bytes: &[u8], asks_max: usize, keep: impl FnMut(&[u8]) -> bool) -> Vec<u8> {
    let Some(best) = Parts::of(bytes) else { return bytes.to_vec() };
    let mut search = Search { size: best.joined().len(), best, asks_left: asks_max, keep };
    let mut before = usize::MAX;
    while search.size < before {
        before = search.size;
        search.sections();
        for body in 0..search.best.bodies.len() {
            search.body(body);
        }
    }
    search.best.joined()
}

/// A module in its parts.
#[derive(Clone)]
pub(crate) struct Parts {
    /// Every section except code, which is empty in its place.
    sections: Vec<(u8, Vec<u8>)>,
    /// The bodies, each with its locals first.
    pub(crate) bodies: Vec<Vec<u8>>,
}

impl Parts {
    /// The parts of `module`. `None` if it cannot be read.
    pub(crate) fn of(module: &[u8]) -> Option<Self> {
        let mut parts = Self { sections: Vec::new(), bodies: Vec::new() };
        for payload in Parser::new(0).parse_all(module) {
            let payload = payload.ok()?;
            if let Some((id, range)) = payload.as_section() {
                let data = if id == CODE { Vec::new() } else { module[range].to_vec() };
                parts.sections.push((id, data));
            }
            if let Payload::CodeSectionEntry(body) = payload {
                parts.bodies.push(body.as_bytes().to_vec());
            }
        }
        Some(parts)
    }

    /// The module made of these parts.
    pub(crate) fn joined(&self) -> Vec<u8> {
        let mut module = Module::new();
        for (id, data) in &self.sections {
            if *id == CODE {
                let mut code = CodeSection::new();
                self.bodies.iter().for_each(|body| {
                    code.raw(body);
                });
                module.section(&code);
            } else {
                module.section(&RawSection { id: *id, data });
            }
        }
        module.finish()
    }
}

/// The start of each instruction of a body, and the end of the last one. The `end` of the body does
/// not count.
fn cuts(body: &[u8]) -> Vec<usize> {
    let reader = wasmparser::BinaryReader::new(body, 0);
    let operators = FunctionBody::new(reader).get_operators_reader();
    let Ok(operators) = operators else { return Vec::new() };
    let places = operators.into_iter_with_offsets().map_while(|operator| Some(operator.ok()?.1));
    places.collect()
}

/// The smallest module so far.
struct Search<K> {
    best: Parts,
    size: usize,
    asks_left: usize,
    keep: K,
}

impl<K: FnMut(&[u8]) -> bool> Search<K> {
    /// Whether `parts` are smaller and kept.
    fn tried(&mut self, parts: Parts) -> bool {
        let module = parts.joined();
        if module.len() >= self.size || self.asks_left == 0 {
            return false;
        }
        if Validator::new_with_features(WasmFeatures::all()).validate_all(&module).is_err() {
            return false;
        }
        self.asks_left -= 1;
        let kept = (self.keep)(&module);
        if kept {
            (self.best, self.size) = (parts, module.len());
        }
        kept
    }

    fn sections(&mut self) {
        for spare in SPARE {
            let mut parts = self.best.clone();
            parts.sections.retain(|(id, _)| !spare.contains(id));
            self.tried(parts);
        }
    }

    fn with_body(&mut self, index: usize, body: Vec<u8>) -> bool {
        let mut parts = self.best.clone();
        parts.bodies[index] = body;
        self.tried(parts)
    }

    /// Removes every removable range from the body `index`.
    fn body(&mut self, index: usize) {
        if self.with_body(index, NOTHING.to_vec()) {
            return;
        }
        let mut length = cuts(&self.best.bodies[index]).len().saturating_sub(1);
        while length > 0 && self.asks_left > 0 {
            let mut from = 0;
            while let Some(found) = self.without(index, from, length) {
                from += usize::from(!found);
            }
            // Statements of up to eight instructions are common, so each length up to eight is
            // tried.
            length = if length > 8 { length / 2 } else { length - 1 };
        }
    }

    /// Tries the body `index` without `length` instructions from number `from` on. `None` if there
    /// are fewer.
    fn without(&mut self, index: usize, from: usize, length: usize) -> Option<bool> {
        let body = self.best.bodies[index].clone();
        let places = cuts(&body);
        let (begin, end) = (*places.get(from)?, *places.get(from + length)?);
        let shorter = |stand_in: &&[u8]| [&body[..begin], stand_in, &body[end..]].concat();
        let smaller = STAND_INS.iter().filter(|stand_in| stand_in.len() < end - begin);
        let bodies: Vec<Vec<u8>> = smaller.map(shorter).collect();
        Some(bodies.into_iter().any(|body| self.with_body(index, body)))
    }
}

#[test]
fn what_matters_stays_and_the_rest_goes() {
    let text = "(module (memory 1) (data (i32.const 0) \"some data\")
        (func (export \"one\") (result i32) (local i64)
            (i32.add (i32.mul (i32.const 3) (i32.const 4)) (i32.clz (i32.const 9))))
        (func (export \"two\") (drop (i32.const 7)) (nop) (nop)))";
    let module = wat::parse_str(text).expect("it is a module");
    let clz = |module: &[u8]| module.contains(&0x67);
    let small = reduced(&module, 1000, clz);
    let code = [0x41, 0, 0x41, 9, 0x67, 0x6a, 0x0b];
    assert!(clz(&small) && small.windows(7).any(|part| part == code), "{}", small.escape_ascii());
    assert!(small.ends_with(&[2, 0, 0x0b]), "the body that does nothing is empty, the data gone");
    assert_eq!(reduced(&module, 1000, clz), small, "the same again");
    assert_eq!(reduced(&module, 0, clz), module);
    assert_eq!(reduced(b"no module", 9, clz), b"no module");
}
