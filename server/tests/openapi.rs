//! The API's answers, held against its own description.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    missing_docs,
    reason = "a test fails where it meets what it did not expect"
)]

mod common;

use axum::http::StatusCode;
use common::Console;
use serde_json::Value;
use store::views;

/// What of a value its schema does not allow, as paths into the value.
///
/// Stricter than JSON Schema: a member that the schema does not name is a fault, too.
fn faults(document: &Value, schema: &Value, value: &Value, at: &str) -> Vec<String> {
    if let Some(pointer) = schema["$ref"].as_str() {
        let target = document.pointer(pointer.trim_start_matches('#'));
        let target = target.unwrap_or_else(|| panic!("{pointer} leads nowhere"));
        return faults(document, target, value, at);
    }
    for choice in ["oneOf", "anyOf"] {
        let Some(schemas) = schema[choice].as_array() else {
            continue;
        };
        let each: Vec<_> = schemas
            .iter()
            .map(|schema| faults(document, schema, value, at))
            .collect();
        if each.iter().any(Vec::is_empty) {
            return Vec::new();
        }
        return vec![format!("{at}: {value} is none of {each:?}")];
    }
    let types: Vec<&str> = match &schema["type"] {
        Value::String(one) => vec![one],
        Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let (name, parts) = match value {
        Value::Null => ("null", Vec::new()),
        Value::Bool(_) => ("boolean", Vec::new()),
        Value::Number(number) if number.is_f64() => ("number", Vec::new()),
        Value::Number(_) => ("integer", Vec::new()),
        Value::String(_) => ("string", Vec::new()),
        Value::Array(items) => (
            "array",
            items
                .iter()
                .enumerate()
                .flat_map(|(nth, item)| {
                    // A tuple's items have a schema each.
                    let schema = match schema["prefixItems"].get(nth) {
                        Some(own) => own,
                        None => &schema["items"],
                    };
                    faults(document, schema, item, &format!("{at}/{nth}"))
                })
                .collect(),
        ),
        Value::Object(members) => ("object", member_faults(document, schema, members, at)),
    };
    let fits = types.contains(&name) || (name == "integer" && types.contains(&"number"));
    if !types.is_empty() && !fits {
        return vec![format!("{at}: {value} is not of {types:?}")];
    }
    match schema["enum"].as_array() {
        Some(words) if !words.contains(value) => vec![format!("{at}: {value} is not of {words:?}")],
        _ => parts,
    }
}

fn member_faults(
    document: &Value,
    schema: &Value,
    members: &serde_json::Map<String, Value>,
    at: &str,
) -> Vec<String> {
    // Stored JSON may be anything.
    let Some(known) = schema["properties"].as_object() else {
        return Vec::new();
    };
    let required = schema["required"].as_array().into_iter().flatten();
    let missing = required
        .filter_map(Value::as_str)
        .filter(|name| !members.contains_key(*name))
        .map(|name| format!("{at}: no {name}"));
    let own = members.iter().flat_map(|(name, value)| {
        let at = format!("{at}/{name}");
        match known.get(name) {
            Some(schema) => faults(document, schema, value, &at),
            None => vec![format!("{at} is not described")],
        }
    });
    missing.chain(own).collect()
}

/// Gets an address, whose answer must be as the description of `path` has it for its status.
async fn conforms(console: &Console, document: &Value, path: &str, uri: &str) -> Value {
    let answer = console.get(uri).await;
    let status = answer.status.as_str();
    let responses = &document["paths"][path]["get"]["responses"];
    let schema = &responses[status]["content"]["application/json"]["schema"];
    assert!(schema.is_object(), "{uri}: {status} is not described");
    let value = serde_json::from_str(&answer.body).unwrap();
    let faults = faults(document, schema, &value, "");
    assert_eq!(faults, Vec::<String>::new(), "{uri}");
    value
}

async fn description(console: &Console) -> Value {
    let answer = console.get("/api/openapi.json").await;
    assert_eq!(answer.status, StatusCode::OK);
    serde_json::from_str(&answer.body).unwrap()
}

#[tokio::test]
async fn rows_of_every_view_are_as_described() {
    let console = Console::logged_in().await;
    let document = description(&console).await;
    for view in views::all() {
        let path = format!("/api/v1/{view}");
        let page = conforms(&console, &document, &path, &format!("{path}?limit=500")).await;
        assert!(page["rows"].is_array(), "{view}");
        conforms(&console, &document, &path, &format!("{path}?limit=none")).await;
    }
}

#[tokio::test]
async fn everything_else_is_as_described() {
    let console = Console::logged_in().await;
    let document = description(&console).await;
    conforms(&console, &document, "/api/v1/live", "/api/v1/live").await;

    let survey = "/api/v1/{view}/survey";
    for view in ["trades", "signals", "events"] {
        let uri = format!("/api/v1/{view}/survey");
        conforms(&console, &document, survey, &uri).await;
    }

    let dossier = "/api/v1/kill-switch/{id}";
    let episodes = console.get("/api/v1/kill-switch").await;
    let episodes: Value = serde_json::from_str(&episodes.body).unwrap();
    for episode in episodes["rows"].as_array().unwrap() {
        let uri = format!("/api/v1/kill-switch/{}", episode["id"].as_str().unwrap());
        conforms(&console, &document, dossier, &uri).await;
    }
    let none = format!("/api/v1/kill-switch/{}", uuid::Uuid::nil());
    conforms(&console, &document, dossier, &none).await;

    let key = uuid::Uuid::new_v4();
    let csv = console.get(&format!("/trades.csv?key={key}")).await;
    assert_eq!(csv.status, StatusCode::OK);
    let export = "/api/v1/exports/{key}";
    for (key, status) in [(key, 200), (uuid::Uuid::nil(), 404)] {
        let uri = format!("/api/v1/exports/{key}");
        assert_eq!(console.get(&uri).await.status, status);
        conforms(&console, &document, export, &uri).await;
    }

    let nobody = console.as_nobody();
    for path in ["/api/v1/live", "/api/v1/trades"] {
        conforms(&nobody, &document, path, path).await;
    }
}

#[test]
fn what_is_not_described_is_told() {
    let document = serde_json::json!({"named": {"type": "string", "enum": ["a"]}});
    let schema = serde_json::json!({
        "type": "object",
        "required": ["a", "b"],
        "properties": {"a": {"$ref": "#/named"}, "b": {"oneOf": [{"type": "null"}, {"type": "number"}]}},
    });
    let of = |value| faults(&document, &schema, &value, "");
    assert!(of(serde_json::json!({"a": "a", "b": 1})).is_empty());
    for value in [
        serde_json::json!({"a": "a"}),
        serde_json::json!({"a": "b", "b": null}),
        serde_json::json!({"a": "a", "b": "1"}),
        serde_json::json!({"a": "a", "b": null, "c": 1}),
        serde_json::json!([]),
    ] {
        assert_eq!(of(value.clone()).len(), 1, "{value}");
    }
}
