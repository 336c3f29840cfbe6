//! What a module may ask of a compiler, as counts that can be seen while it is parsed.
//!
//! No engine has a way to stop a compilation, and limits on execution do not apply to it: a module
//! of 13 KB can take 17 GB. So a host counts before its engine sees the bytes. This file is the
//! policy; a reader of modules enforces it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

macro_rules! static_limits {
    ($($(#[doc = $doc:literal])+
        $variant:ident = $word:literal <= $bound:literal, $why:literal;)+) => {
        crate::words! {
            /// One count of a module: counts of the whole module first, then of one function.
            #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
            pub enum Count {
                $($(#[doc = $doc])+ $variant = $word,)+
            }
        }

        impl Count {
            /// What is counted, in one sentence.
            pub fn doc(self) -> &'static str {
                match self { $(Self::$variant => concat!($($doc),+).trim_ascii()),+ }
            }

            /// The most that is recommended.
            pub fn recommended(self) -> u64 {
                match self { $(Self::$variant => $bound),+ }
            }

            /// The reason for this bound. Times are those of Cranelift on one core.
            pub fn why(self) -> &'static str {
                match self { $(Self::$variant => $why),+ }
            }
        }
    };
}

static_limits! {
    /// Bytes of the module, decompressed.
    ModuleBytes = "module-bytes" <= 16_777_216,
        "a Go server with net/http has 12 MB; a larger module is rarely intended";
    /// Types, each of a group counted.
    Types = "types" <= 10_000,
        "Go has 20 to 100; 100,000 different ones take 15 s";
    /// Parameters and results of all types together.
    TypeValues = "type-values" <= 50_000,
        "3,000 types of 2,000 values take 95 s";
    /// Parameters of one type.
    Params = "params" <= 128,
        "compilers pass more in memory; with 1,000, each call is a page of code";
    /// Results of one type, of blocks too.
    Results = "results" <= 16,
        "Go and Rust use one; nested loops of 1,000 results each take 17 GB";
    /// Imports.
    Imports = "imports" <= 256,
        "a Go guest has 10 to 20, all of WASI is 46";
    /// Exports.
    Exports = "exports" <= 1_000,
        "plugins have a handful; each instance stores the name of each export";
    /// Bytes of one name of an import or export.
    NameBytes = "name-bytes" <= 1_024,
        "names go into logs and reports; C++ names reach some hundred bytes";
    /// Functions that have a body.
    Functions = "functions" <= 16_384,
        "a Go server with net/http has 12,000; empty ones take 80 µs each, so 16,384 take 1.3 s";
    /// Globals.
    Globals = "globals" <= 10_000,
        "Go has 8; each instance pays for each of them, 13 ms for a million";
    /// Memories.
    Memories = "memories" <= 1,
        "a memory cap holds for each memory: 100 memories may use 100 caps";
    /// Tables.
    Tables = "tables" <= 4,
        "a cap on elements holds for each table";
    /// Data segments.
    DataSegments = "data-segments" <= 100_000,
        "a Go server with net/http has 99,000; each active one costs 0.1 µs";
    /// Element segments.
    ElementSegments = "element-segments" <= 1_000,
        "compilers make one for each table";
    /// Elements of all segments together.
    Elements = "elements" <= 65_536,
        "one for each function; each expression takes 12 µs, and more at each start";
    /// Bytes of all custom sections together.
    CustomBytes = "custom-bytes" <= 8_388_608,
        "the debug information of a Go server has 5 MB";
    /// Targets of all branch tables of the module together.
    AllBranchTargets = "all-branch-targets" <= 262_144,
        "1,000 tables of 1,000 targets take 6 s without optimisation";
    /// Calls through tables of the module together.
    AllIndirectCalls = "all-indirect-calls" <= 100_000,
        "a Go server has 30,000; each function full of them is slow";
    /// Locals of all functions together, parameters left out.
    AllLocals = "all-locals" <= 1_000_000,
        "a module of 8 KB can have 50 million: 5 s and, with Winch, 390 MB";

    /// Bytes of one function's body.
    BodyBytes = "body-bytes" <= 262_144,
        "compile time is not linear in the body: 7 MB of calls take 34 s and 6 GB";
    /// Locals of one function.
    Locals = "locals" <= 2_000,
        "normal compiled code stays below 1,000";
    /// Loops of one function.
    Loops = "loops" <= 500,
        "every local may change in each loop";
    /// Locals of one function multiplied by its loops, each counted by how deep in loops it is.
    LocalsTimesLoops = "locals-times-loops" <= 1_000_000,
        "200 locals in 500 nested loops, 5 KB, take 30 s; loops that are not nested are fast";
    /// Depth of nested blocks of one function.
    Nesting = "nesting" <= 4_000,
        "Go nests one block for each resume point; 100,000 take wazero 43 s";
    /// Parameters and results of each block multiplied by its depth, summed over one function.
    ArityTimesNesting = "arity-times-nesting" <= 100_000,
        "16 values in each of 1,000 nested loops take 0.5 s and 280 MB";
    /// Targets of one branch table.
    BranchTargets = "branch-targets" <= 8_192,
        "an interpreter's table of opcodes has some hundred";
    /// Calls of one function.
    Calls = "calls" <= 30_000,
        "3.5 million take 34 s; each call saves the values that are live";
    /// Calls through tables of one function.
    IndirectCalls = "indirect-calls" <= 4_000,
        "the time grows with the square: 200,000 take more than 100 s";
    /// Branches of one function that have a condition.
    Branches = "branches" <= 20_000,
        "70,000 in a body of 1 MB take 6 s";
    /// Copies, fills and initialisations of memories and tables in one function.
    BulkOperations = "bulk-operations" <= 10_000,
        "small constant ones become loads and stores: 1 MB of them takes 22 s";
}

/// The most that a module may have of each count.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StaticLimits(BTreeMap<Count, u64>);

impl StaticLimits {
    /// A bound that honest modules of Go, Rust and C stay far below, and that a compiler can handle
    /// within a second.
    pub fn recommended() -> Self {
        Self::default()
    }

    /// What most honest modules keep to, the large ones of Go among them: compilers take more
    /// than twice as long for a function of twice the size, so a module in which each function is
    /// small is compiled in time that grows with its bytes alone.
    pub fn calm() -> Self {
        let per_function = [
            (Count::BodyBytes, 65_536),
            (Count::Locals, 500),
            (Count::Loops, 100),
            (Count::LocalsTimesLoops, 100_000),
            (Count::Nesting, 2_000),
            (Count::ArityTimesNesting, 10_000),
            (Count::BranchTargets, 2_048),
            (Count::Calls, 5_000),
            (Count::IndirectCalls, 500),
            (Count::Branches, 5_000),
            (Count::BulkOperations, 1_000),
        ];
        let whole = [
            (Count::ModuleBytes, 4_194_304),
            (Count::AllLocals, 250_000),
            (Count::AllIndirectCalls, 20_000),
            (Count::AllBranchTargets, 65_536),
        ];
        Self(per_function.into_iter().chain(whole).collect())
    }

    /// No limit on anything.
    pub fn none() -> Self {
        Self(Count::ALL.iter().map(|count| (*count, u64::MAX)).collect())
    }

    /// The same limits with another bound for one count.
    #[must_use]
    pub fn with(mut self, count: Count, most: u64) -> Self {
        match most == count.recommended() {
            true => self.0.remove(&count),
            false => self.0.insert(count, most),
        };
        self
    }

    /// The most of a count.
    pub fn most(&self, count: Count) -> u64 {
        self.0.get(&count).copied().unwrap_or(count.recommended())
    }

    /// Whether every bound is the recommended one.
    pub fn is_recommended(&self) -> bool {
        self.0.is_empty()
    }
}

/// The bounds that are not the recommended ones, by their words.
impl Serialize for StaticLimits {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_map(self.0.iter().map(|(count, most)| (count.word(), most)))
    }
}

impl<'de> Deserialize<'de> for StaticLimits {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let written = BTreeMap::<String, u64>::deserialize(from)?;
        written.into_iter().try_fold(Self::recommended(), |limits, (word, most)| {
            let count = Count::ALL.iter().find(|count| count.word() == word);
            let unknown = || D::Error::custom(format!("nothing is counted as `{word}`"));
            Ok(limits.with(*count.ok_or_else(unknown)?, most))
        })
    }
}

impl JsonSchema for StaticLimits {
    fn schema_name() -> Cow<'static, str> {
        "StaticLimits".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let properties: serde_json::Map<String, serde_json::Value> = Count::ALL
            .iter()
            .map(|count| {
                let doc = format!("{} Why: {}.", count.doc(), count.why());
                let value = serde_json::json!({
                    "type": "integer", "minimum": 0, "default": count.recommended(),
                    "description": doc,
                });
                (count.word().to_owned(), value)
            })
            .collect();
        json_schema!({
            "type": "object",
            "description": "Counts of a module; what is not written has the recommended bound.",
            "additionalProperties": false,
            "properties": properties,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_that_is_written_is_read_and_the_rest_is_recommended() {
        let limits = StaticLimits::recommended().with(Count::Functions, 7);
        let json = serde_json::to_string(&limits).expect("it is written");
        assert_eq!(json, r#"{"functions":7}"#);
        assert_eq!(serde_json::from_str::<StaticLimits>(&json).expect("it is read"), limits);
        assert_eq!(limits.most(Count::Types), Count::Types.recommended());
        assert!(limits.with(Count::Functions, Count::Functions.recommended()).is_recommended());
        assert!(serde_json::from_str::<StaticLimits>(r#"{"funtions":7}"#).is_err());
        assert_eq!(StaticLimits::none().most(Count::BodyBytes), u64::MAX);
    }

    #[test]
    fn every_count_has_a_word_of_its_own_and_a_reason() {
        let words: std::collections::BTreeSet<_> = Count::ALL.iter().map(|c| c.word()).collect();
        assert_eq!(words.len(), Count::ALL.len());
        assert!(Count::ALL.iter().all(|count| count.why().len() > 20));
    }
}
