//! Our YAML reader agrees with another one: on every scenario of the catalogue, and on all output
//! of another writer.

use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use serde_json::{Map, Value};
use wasm_gauntlet_model::source::Source;
use wasm_gauntlet_model::yaml::{Tree, parse};

fn json(tree: &Tree) -> Value {
    match tree {
        Tree::Null => Value::Null,
        Tree::Bool(truth) => (*truth).into(),
        Tree::Int(number) => (*number).into(),
        Tree::Float(number) => (*number).into(),
        Tree::Text(text) => text.as_str().into(),
        Tree::List(list) => list.iter().map(|node| json(&node.value)).collect(),
        Tree::Map(map) => {
            map.iter().map(|(key, node)| (key.value.clone(), json(&node.value))).collect()
        }
    }
}

fn ours(text: &str) -> Value {
    json(&parse(&Source::new("test.yaml", text)).expect("we read it").value)
}

fn scenarios(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the catalogue is there") {
        let path = entry.expect("it can be listed").path();
        if path.is_dir() {
            scenarios(&path, found);
        } else if path.extension().is_some_and(|ext| ext == "yaml") {
            found.push(path);
        }
    }
}

#[test]
fn every_scenario_reads_the_same() {
    let mut found = Vec::new();
    scenarios(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios/catalogue"), &mut found);
    assert!(found.len() >= 18, "{found:?}");
    for path in found {
        let text = fs::read_to_string(&path).expect("it can be read");
        let theirs: Value = serde_yaml::from_str(&text).expect("the other reads it");
        assert_eq!(ours(&text), theirs, "{}", path.display());
    }
}

/// Values of the kinds that scenarios have.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "[ -~é\\n]{0,12}".prop_map(Value::from),
        proptest::sample::select(vec![
            "yes", "~", "0x1f", "1e3", "- a", "a: b", "#", "0644", "null"
        ])
        .prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map("[a-z-]{1,8}", inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

proptest! {
    #[test]
    fn what_another_writes_we_read_back(value in value()) {
        let text = serde_yaml::to_string(&value).expect("it can be written");
        prop_assert_eq!(ours(&text), value, "{}", text);
    }
}
