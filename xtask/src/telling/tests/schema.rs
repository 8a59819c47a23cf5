//! The schema by which programs know report.json describes all that is in it, and nothing else.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{report_of_a_gate, report_of_a_suite, report_of_everything};

fn schema() -> Value {
    let text = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/report.schema.json"));
    serde_json::from_str(text).unwrap()
}

/// Fails unless `value` is as `schema` has it; adds the names of keys that it met.
fn check(value: &Value, schema: &Value, whole: &Value, met: &mut BTreeSet<String>) {
    if let Some(place) = schema["$ref"].as_str() {
        let named = whole.pointer(place.trim_start_matches('#')).expect("it is defined");
        return check(value, named, whole, met);
    }
    if let Some(either) = schema["oneOf"].as_array() {
        let of_kind = either.iter().find(|one| (one["type"] == "null") == value.is_null());
        return check(value, of_kind.expect("one is null, one is not"), whole, met);
    }
    let kinds = match &schema["type"] {
        Value::Array(kinds) => kinds.clone(),
        kind => vec![kind.clone()],
    };
    let is_of = |kind: &Value| match kind.as_str().expect("a type has a name") {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_u64(),
        "number" => value.is_number(),
        "null" => value.is_null(),
        other => panic!("`{other}` is not read here"),
    };
    assert!(kinds.iter().any(is_of), "{value} is not {kinds:?}");
    if let Some(known) = schema["enum"].as_array() {
        assert!(known.contains(value), "{value} is not among {known:?}");
    }
    for item in value.as_array().into_iter().flatten() {
        check(item, &schema["items"], whole, met);
    }
    for name in schema["required"].as_array().into_iter().flatten() {
        assert!(value.get(name.as_str().unwrap()).is_some(), "{name} is missing in {value}");
    }
    for (name, of_name) in value.as_object().into_iter().flatten() {
        let described = &schema["properties"][name];
        assert!(described.is_object(), "`{name}` is not described");
        met.insert(name.clone());
        check(of_name, described, whole, met);
    }
}

#[test]
fn every_report_is_as_its_schema_has_it_and_is_read_as_it_is_written() {
    let schema = schema();
    let mut met = BTreeSet::new();
    for report in [report_of_everything(), report_of_a_suite(), report_of_a_gate()] {
        let json = report.as_json();
        check(&serde_json::from_str(&json).unwrap(), &schema, &schema, &mut met);
        let read: super::super::Report = serde_json::from_str(&json).unwrap();
        assert_eq!(read.as_json(), json);
    }
    for name in ["releases", "remedy", "worker", "again", "is_suite"] {
        assert!(met.contains(name), "no report here has `{name}`");
    }
}
