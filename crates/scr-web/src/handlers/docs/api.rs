//! The page of the API: every operation of the OpenAPI document.

use askama::Template;
use axum::response::Response;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::navigation::Navigation;
use super::openapi::{Document, Operation, Schema, TypeText};
use super::places::API;
use super::render::{RENDERED, to_html};
use crate::error::Failure;
use crate::handlers::draw;

#[derive(Template)]
#[template(path = "docs/api.html")]
struct ApiPage<'a> {
    navigation: Navigation,
    title: &'a str,
    introduction: &'a str,
    groups: &'a [Group],
    forms: &'a [Form],
}

/// Operations of one tag.
struct Group {
    name: String,
    operations: Vec<OperationText>,
}

struct OperationText {
    id: String,
    method: String,
    path: String,
    /// The summary's first words, for a list.
    short: String,
    summary: String,
    description: String,
    access: String,
    parameters: Vec<Row>,
    body: Vec<Row>,
    answers: Vec<Row>,
    example: String,
}

/// A row of a table: a parameter, a body, an answer or a field.
struct Row {
    name: String,
    /// Place of a parameter, or whether a field is required.
    note: &'static str,
    type_text: TypeText,
    meaning: String,
}

/// Form of a document: a schema of the OpenAPI document.
struct Form {
    name: String,
    description: String,
    type_text: TypeText,
    /// Fields, for each alternative.
    alternatives: Vec<Vec<Row>>,
}

struct Api {
    groups: Vec<Group>,
    forms: Vec<Form>,
}

static SHOWN: LazyLock<Api> = LazyLock::new(|| {
    let json = serde_json::to_value(crate::api::document()).expect("it is JSON");
    shown(&serde_json::from_value(json).expect("it is an OpenAPI document"))
});

/// Answers `/docs/api`.
pub(crate) async fn api() -> Result<Response, Failure> {
    let page = &RENDERED[API];
    draw::page(&ApiPage {
        navigation: Navigation::at(API),
        title: page.title,
        introduction: &page.html,
        groups: &SHOWN.groups,
        forms: &SHOWN.forms,
    })
}

fn shown(document: &Document) -> Api {
    let schemas = &document.components.schemas;
    let mut groups = BTreeMap::<&str, Vec<OperationText>>::new();
    for (path, methods) in &document.paths {
        for (method, operation) in methods {
            let tag = operation.tags.first().map_or("other", String::as_str);
            let text = operation_text(method, path, operation, schemas);
            groups.entry(tag).or_default().push(text);
        }
    }
    let group = |(name, operations): (&str, _)| Group { name: name.to_owned(), operations };
    let form = |(name, schema): (&String, &Schema)| Form {
        name: name.clone(),
        description: inline(&schema.description),
        type_text: schema.type_text(),
        alternatives: alternatives(schema),
    };
    Api {
        groups: groups.into_iter().map(group).collect(),
        forms: schemas.iter().map(form).collect(),
    }
}

fn operation_text(
    method: &str,
    path: &str,
    operation: &Operation,
    schemas: &BTreeMap<String, Schema>,
) -> OperationText {
    let parameters = operation.parameters.iter().map(|parameter| Row {
        name: parameter.name.clone(),
        note: match (parameter.place.as_str(), parameter.required) {
            ("path", _) => "path",
            ("query", true) => "query, required",
            ("query", false) => "query",
            _ => "header",
        },
        type_text: parameter.schema.type_text(),
        meaning: inline(&parameter.description),
    });
    let sent = operation.request_body.iter().flat_map(|body| &body.content);
    let body = sent.map(|(media, content)| Row {
        name: media.clone(),
        note: "",
        type_text: content.schema.type_text(),
        meaning: inline(&content.schema.description),
    });
    let answers = operation.responses.iter().map(|(status, answer)| {
        // All refusals have the form that the introduction describes.
        let content = answer.content.values().next().filter(|_| status.starts_with('2'));
        Row {
            name: status.clone(),
            note: "",
            type_text: content.map(|content| content.schema.type_text()).unwrap_or_default(),
            meaning: inline(&answer.description),
        }
    });
    OperationText {
        id: operation.operation_id.clone(),
        method: method.to_uppercase(),
        path: path.to_owned(),
        short: inline(first_words(&operation.summary)),
        summary: inline(operation.summary.trim_end_matches('.')),
        description: inline(&operation.description),
        access: access(operation),
        parameters: parameters.collect(),
        body: body.collect(),
        answers: answers.collect(),
        example: example(method, path, operation, schemas),
    }
}

/// A summary as far as its first full stop, colon or semicolon.
fn first_words(summary: &str) -> &str {
    let ends = [". ", ".\n", ": ", "; "].iter().filter_map(|end| summary.find(end));
    ends.min().map_or(summary, |end| &summary[..end]).trim_end_matches('.')
}

/// The token that an operation needs, in words.
fn access(operation: &Operation) -> String {
    let scopes = operation.security.iter().flat_map(BTreeMap::values).flatten();
    let scopes: Vec<_> = scopes.map(|scope| format!("<code>{scope}</code>")).collect();
    match (operation.security.is_empty(), operation.is_open(), scopes.as_slice()) {
        (true, ..) => "No token needed.".to_owned(),
        (_, true, _) => "A token is optional.".to_owned(),
        (_, _, []) => "Needs a token.".to_owned(),
        (_, _, scopes) => format!("Needs a token with the scope {}.", scopes.join(" or ")),
    }
}

/// The fields of a schema, for each of its alternatives.
fn alternatives(schema: &Schema) -> Vec<Vec<Row>> {
    if !schema.one_of.is_empty() {
        return schema.one_of.iter().flat_map(alternatives).collect();
    }
    let field = |(name, field): (&String, &Schema)| {
        let inner = field.one_of.first().map_or("", |one| one.description.as_str());
        Row {
            name: name.clone(),
            note: if schema.required.contains(name) { "required" } else { "" },
            type_text: field.type_text(),
            meaning: inline(if field.description.is_empty() { inner } else { &field.description }),
        }
    };
    let fields: Vec<_> = schema.properties.iter().map(field).collect();
    if fields.is_empty() { Vec::new() } else { vec![fields] }
}

/// Command line that calls the operation, with placeholders in capitals.
fn example(
    method: &str,
    path: &str,
    operation: &Operation,
    schemas: &BTreeMap<String, Schema>,
) -> String {
    let mut address = String::new();
    for part in path.split('/').skip(1) {
        let name = part.strip_prefix('{').and_then(|part| part.strip_suffix('}'));
        let part = name.map_or_else(|| part.to_owned(), str::to_uppercase);
        address = format!("{address}/{part}");
    }
    let needed = operation.parameters.iter().filter(|one| one.place == "query" && one.required);
    for (number, parameter) in needed.enumerate() {
        let separator = if number == 0 { '?' } else { '&' };
        let value = parameter.schema.example(schemas, 0);
        address +=
            &format!("{separator}{}={}", parameter.name, value.to_string().trim_matches('"'));
    }
    let mut command = "curl".to_owned();
    if !matches!((method, &operation.request_body), ("get", _) | ("post", Some(_))) {
        command += &format!(" -X {}", method.to_uppercase());
    }
    if !operation.is_open() {
        command += " -H \"Authorization: Bearer $TOKEN\"";
    }
    if let Some((media, content)) =
        operation.request_body.as_ref().and_then(|body| body.content.first_key_value())
    {
        if media == "application/json" {
            let body = content.schema.example(schemas, 0);
            command += &format!(" \\\n  -H \"Content-Type: {media}\" -d '{body}'");
        } else {
            command += &format!(" \\\n  -H \"Content-Type: {media}\" --data-binary @FILE");
        }
    }
    let separator = if command.contains('\n') { " \\\n  " } else { " " };
    format!("{command}{separator}\"$SITE{address}\"")
}

/// A short text as HTML within a paragraph.
fn inline(text: &str) -> String {
    let (html, _) = to_html(text, &|target| Some(target.to_owned()));
    let html = html.trim();
    html.strip_prefix("<p>").and_then(|html| html.strip_suffix("</p>")).unwrap_or(html).to_owned()
}
