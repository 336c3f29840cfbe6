//! The committed schemas equal those of the tool. `UPDATE_SCHEMAS=1 cargo test` writes them.

use std::fs;
use std::path::Path;

use wasm_gauntlet_model::{record, scenario, target};

#[test]
fn the_schema_of_scenarios_is_committed() {
    committed("scenarios/scenario.schema.json", &scenario::schema());
}

#[test]
fn the_schema_of_records_is_committed() {
    committed("reports/run.schema.json", &record::schema());
}

#[test]
fn the_schema_of_targets_is_committed() {
    committed("scenarios/target.schema.json", &target::schema());
}

fn committed(path: &str, schema: &serde_json::Value) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path);
    let text = format!("{schema:#}\n");
    if std::env::var_os("UPDATE_SCHEMAS").is_some() {
        fs::write(&file, &text).expect("the schema is written");
    }
    let there = fs::read_to_string(&file).unwrap_or_default();
    assert!(there == text, "{path} is out of date: UPDATE_SCHEMAS=1 cargo test writes it");
}

#[test]
fn every_scenario_of_the_catalogue_fits_the_schema() {
    let validator = jsonschema::validator_for(&scenario::schema()).expect("the schema is one");
    for (path, text) in wasm_gauntlet_scenarios::all() {
        let source = wasm_gauntlet_model::source::Source::new(path, text);
        let tree = wasm_gauntlet_model::yaml::parse(&source).expect("the file is YAML");
        let value = json(&tree.value);
        let errors: Vec<String> = (validator.iter_errors(&value))
            .map(|error| format!("{} at {}", error, error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{path}: {errors:#?}");
    }
}

fn json(tree: &wasm_gauntlet_model::yaml::Tree) -> serde_json::Value {
    use wasm_gauntlet_model::yaml::Tree;
    match tree {
        Tree::Null => serde_json::Value::Null,
        Tree::Bool(value) => (*value).into(),
        Tree::Int(value) => (*value).into(),
        Tree::Float(value) => (*value).into(),
        Tree::Text(value) => value.as_str().into(),
        Tree::List(items) => items.iter().map(|item| json(&item.value)).collect(),
        Tree::Map(pairs) => {
            pairs.iter().map(|(key, node)| (key.value.clone(), json(&node.value))).collect()
        }
    }
}
