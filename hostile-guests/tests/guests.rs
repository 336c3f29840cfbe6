//! Every guest matches its header.

use std::collections::BTreeSet;

use hostile_guests::{Contained, Feature, Guest, Stage, Tier, all, find, load};
use wasmparser::{ExternalKind, Parser, Payload, ValType, Validator, WasmFeatures};

const INVALID: Contained = Contained::Rejected(Stage::Validate);

fn bytes(guest: &Guest) -> Vec<u8> {
    guest.bytes(&[]).unwrap_or_else(|error| panic!("{}: {error}", guest.id))
}

#[test]
fn every_header_parses() {
    if let Err(complaint) = load() {
        panic!("{complaint}");
    }
}

#[test]
fn ids_are_unique_sorted_and_begin_with_a_known_family() {
    let ids: Vec<&str> = all().iter().map(|guest| guest.id.as_str()).collect();
    assert!(ids.is_sorted_by(|a, b| a < b), "duplicate or unsorted ids");
    for guest in all() {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        assert!(guest.id.chars().all(plain), "{}: not a plain id", guest.id);
        assert!(FAMILIES.contains(&guest.family.as_str()), "{}: {}", guest.id, guest.family);
        assert!(std::ptr::eq(find(&guest.id).expect("found"), guest));
    }
}

const FAMILIES: [&str; 18] = [
    "abi", "benign", "bin", "cap", "cb", "cpu", "det", "fs", "fuel", "host", "inst", "io", "iso",
    "mem", "shape", "stk", "trap", "wasi",
];

#[test]
fn every_counterpart_exists_and_is_benign() {
    for guest in all().iter().filter(|guest| !guest.benign) {
        let counterpart = guest.counterpart.as_deref().unwrap_or_default();
        let counterpart =
            find(counterpart).unwrap_or_else(|| panic!("{}: no guest `{counterpart}`", guest.id));
        assert!(
            counterpart.benign,
            "{}: its counterpart {} is not benign",
            guest.id, counterpart.id
        );
    }
}

#[test]
fn a_benign_guest_must_end_well_and_say_its_output() {
    for guest in all().iter().filter(|guest| guest.benign) {
        let well = |outcome: &Contained| matches!(*outcome, Contained::Ok | INVALID);
        assert!(guest.contained_if.iter().all(well), "{}", guest.id);
    }
    for guest in all().iter().filter(|guest| guest.contained_if.contains(&Contained::Ok)) {
        assert!(guest.returns.is_some(), "{}: may end ok and does not say how", guest.id);
    }
}

#[test]
fn outcomes_are_not_repeated_and_read_as_they_are_written() {
    for guest in all() {
        for outcome in &guest.contained_if {
            assert_eq!(Contained::from_words(&outcome.to_string()), Some(*outcome));
        }
        let distinct: BTreeSet<_> = guest.contained_if.iter().collect();
        assert_eq!(distinct.len(), guest.contained_if.len(), "{}", guest.id);
    }
}

#[test]
fn a_core_guest_validates_unless_it_says_otherwise() {
    assert_eq!(validation_complaints(Tier::Core), Vec::<String>::new());
}

#[test]
fn a_heavy_guest_validates_unless_it_says_otherwise() {
    assert_eq!(validation_complaints(Tier::Heavy), Vec::<String>::new());
}

fn validation_complaints(tier: Tier) -> Vec<String> {
    all().iter().filter(|guest| guest.tier == tier).filter_map(validation_complaint).collect()
}

fn validation_complaint(guest: &Guest) -> Option<String> {
    let bytes = match guest.bytes(&[]) {
        Ok(bytes) => bytes,
        Err(error) => return Some(error.to_string()),
    };
    let own = validates(&bytes, with(&guest.features));
    let refused = guest.contained_if.contains(&INVALID);
    let complaint = match own {
        Err(error) if !guest.features.is_empty() || !refused => error,
        // A host without garbage collection may refuse host references, which are in the baseline.
        Ok(())
            if guest.features.is_empty()
                && refused
                && validates(&bytes, baseline() - WasmFeatures::GC_TYPES).is_ok() =>
        {
            "is valid".to_owned()
        }
        Ok(()) if !guest.features.is_empty() && !refused => {
            "a host without the feature refuses it".to_owned()
        }
        Ok(()) if !guest.features.is_empty() && validates(&bytes, baseline()).is_ok() => {
            "needs no feature".to_owned()
        }
        _ => return None,
    };
    Some(format!("{}: {complaint}", guest.id))
}

#[test]
fn a_guest_that_can_be_called_exports_the_abi() {
    for guest in all().iter().filter(|guest| guest.contained_if.iter().any(|o| !o.is_rejection())) {
        let shape = Shape::of(&bytes(guest));
        let problem = shape.breaks_the_abi();
        assert_eq!(problem, None, "{}", guest.id);
    }
}

#[test]
fn an_unknown_or_unfit_parameter_is_an_error() {
    let guest = find("mem-min-over").expect("the guest exists");
    assert!(guest.bytes(&[("pages", "70")]).is_ok());
    assert!(guest.bytes(&[("page", "70")]).is_err());
    assert!(guest.bytes(&[("pages", "1) (start 0")]).is_err());
    assert!(guest.bytes(&[("pages", "many")]).is_err());
}

#[test]
fn every_parameter_is_used() {
    for guest in all() {
        let Some(source) = guest.source() else {
            continue;
        };
        for (name, _) in &guest.params {
            assert!(source.contains(&format!("${{{name}}}")), "{}: {name}", guest.id);
        }
        assert_eq!(source.matches("${").count() > 0, !guest.params.is_empty(), "{}", guest.id);
        let long = source.lines().find(|line| line.chars().count() > 100);
        assert_eq!(long, None, "{}", guest.id);
    }
}

#[test]
fn a_generator_gives_the_same_bytes_each_time() {
    let core = |guest: &&Guest| guest.source().is_none() && guest.tier == Tier::Core;
    for guest in all().iter().filter(core) {
        assert!(bytes(guest) == bytes(guest), "{}", guest.id);
    }
}

fn validates(bytes: &[u8], features: WasmFeatures) -> Result<(), String> {
    let validated = Validator::new_with_features(features).validate_all(bytes);
    validated.map(|_| ()).map_err(|error| error.to_string())
}

fn baseline() -> WasmFeatures {
    WasmFeatures::FLOATS
        | WasmFeatures::GC_TYPES
        | WasmFeatures::MUTABLE_GLOBAL
        | WasmFeatures::SIGN_EXTENSION
        | WasmFeatures::SATURATING_FLOAT_TO_INT
        | WasmFeatures::MULTI_VALUE
        | WasmFeatures::BULK_MEMORY
        | WasmFeatures::REFERENCE_TYPES
        | WasmFeatures::SIMD
}

fn with(features: &[Feature]) -> WasmFeatures {
    features.iter().fold(baseline(), |all, feature| all | proposal(*feature))
}

fn proposal(feature: Feature) -> WasmFeatures {
    match feature {
        Feature::TailCall => WasmFeatures::TAIL_CALL,
        Feature::MultiMemory => WasmFeatures::MULTI_MEMORY,
        Feature::Memory64 => WasmFeatures::MEMORY64,
        Feature::Threads => WasmFeatures::THREADS,
        Feature::RelaxedSimd => WasmFeatures::RELAXED_SIMD,
        Feature::ExtendedConst => WasmFeatures::EXTENDED_CONST,
        Feature::Exceptions => WasmFeatures::EXCEPTIONS,
        Feature::LegacyExceptions => WasmFeatures::EXCEPTIONS | WasmFeatures::LEGACY_EXCEPTIONS,
        Feature::FunctionReferences => WasmFeatures::FUNCTION_REFERENCES,
        Feature::Gc => WasmFeatures::FUNCTION_REFERENCES | WasmFeatures::GC,
        Feature::CustomPageSizes => WasmFeatures::CUSTOM_PAGE_SIZES,
        Feature::WideArithmetic => WasmFeatures::WIDE_ARITHMETIC,
        Feature::StackSwitching => {
            WasmFeatures::FUNCTION_REFERENCES
                | WasmFeatures::EXCEPTIONS
                | WasmFeatures::STACK_SWITCHING
        }
    }
}

type Signature = (Vec<ValType>, Vec<ValType>);

/// The exports of a module, as the ABI requires them.
#[derive(Default)]
struct Shape {
    types: Vec<Option<Signature>>,
    functions: Vec<u32>,
    exports: Vec<(String, ExternalKind, u32)>,
}

impl Shape {
    fn of(bytes: &[u8]) -> Self {
        let mut shape = Self::default();
        for payload in Parser::new(0).parse_all(bytes) {
            shape.take(payload.expect("it parses"));
        }
        shape
    }

    fn take(&mut self, payload: Payload<'_>) {
        match payload {
            Payload::TypeSection(groups) => {
                for sub in groups.into_iter().flat_map(|g| g.expect("a group").into_types()) {
                    let signature = match &sub.composite_type.inner {
                        wasmparser::CompositeInnerType::Func(func) => {
                            Some((func.params().to_vec(), func.results().to_vec()))
                        }
                        _ => None,
                    };
                    self.types.push(signature);
                }
            }
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    if let wasmparser::TypeRef::Func(index) = import.expect("an import").ty {
                        self.functions.push(index);
                    }
                }
            }
            Payload::FunctionSection(functions) => {
                self.functions.extend(functions.into_iter().map(|f| f.expect("a function")));
            }
            Payload::ExportSection(exports) => {
                for export in exports {
                    let export = export.expect("an export");
                    self.exports.push((export.name.to_owned(), export.kind, export.index));
                }
            }
            _ => {}
        }
    }

    fn breaks_the_abi(&self) -> Option<String> {
        use ValType::{I32, I64};
        if !self
            .exports
            .iter()
            .any(|(name, kind, _)| name == "memory" && *kind == ExternalKind::Memory)
        {
            return Some("no memory".into());
        }
        let functions: [(&str, &[ValType], &[ValType]); 2] =
            [("alloc", &[I32], &[I32]), ("process", &[I32, I32], &[I64])];
        functions.iter().find_map(|(name, params, results)| {
            let found = self
                .exports
                .iter()
                .find(|(known, kind, _)| known == name && *kind == ExternalKind::Func);
            let Some((_, _, index)) = found else {
                return Some(format!("no {name}"));
            };
            let signature = &self.types[self.functions[*index as usize] as usize];
            let right = signature.as_ref().is_some_and(|(p, r)| p == params && r == results);
            (!right).then(|| format!("{name} is {signature:?}"))
        })
    }
}
