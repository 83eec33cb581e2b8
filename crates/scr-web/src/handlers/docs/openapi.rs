//! The parts of the OpenAPI document that its page shows.

use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Deepest nesting of an example.
const MAX_DEPTH: usize = 8;

/// Paths with their operations, and the schemas that these refer to.
#[derive(Deserialize)]
pub(super) struct Document {
    pub(super) paths: BTreeMap<String, BTreeMap<String, Operation>>,
    pub(super) components: Components,
}

#[derive(Deserialize)]
pub(super) struct Components {
    pub(super) schemas: BTreeMap<String, Schema>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Operation {
    pub(super) tags: Vec<String>,
    pub(super) operation_id: String,
    #[serde(default)]
    pub(super) summary: String,
    #[serde(default)]
    pub(super) description: String,
    #[serde(default)]
    pub(super) parameters: Vec<Parameter>,
    pub(super) request_body: Option<Body>,
    pub(super) responses: BTreeMap<String, Body>,
    /// Alternatives: names of schemes with scopes; an empty one needs no token.
    #[serde(default)]
    pub(super) security: Vec<BTreeMap<String, Vec<String>>>,
}

impl Operation {
    /// True if a request needs no token.
    pub(super) fn is_open(&self) -> bool {
        self.security.is_empty() || self.security.iter().any(BTreeMap::is_empty)
    }
}

#[derive(Deserialize)]
pub(super) struct Parameter {
    pub(super) name: String,
    #[serde(rename = "in")]
    pub(super) place: String,
    #[serde(default)]
    pub(super) required: bool,
    #[serde(default)]
    pub(super) description: String,
    #[serde(default)]
    pub(super) schema: Schema,
}

/// Body of a request or an answer: a schema for each media type.
#[derive(Deserialize)]
pub(super) struct Body {
    #[serde(default)]
    pub(super) description: String,
    #[serde(default)]
    pub(super) content: BTreeMap<String, Content>,
}

#[derive(Deserialize)]
pub(super) struct Content {
    #[serde(default)]
    pub(super) schema: Schema,
}

/// Form of a JSON value.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Schema {
    #[serde(rename = "$ref")]
    reference: Option<String>,
    #[serde(rename = "type")]
    types: Types,
    format: String,
    pub(super) description: String,
    pub(super) properties: BTreeMap<String, Schema>,
    pub(super) required: Vec<String>,
    items: Option<Box<Schema>>,
    additional_properties: Option<AdditionalProperties>,
    pub(super) one_of: Vec<Schema>,
    #[serde(rename = "enum")]
    values: Vec<Value>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Types {
    One(String),
    Several(Vec<String>),
}

impl Default for Types {
    fn default() -> Self {
        Self::Several(Vec::new())
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum AdditionalProperties {
    Allowed(#[expect(dead_code, reason = "read to tell it from a schema")] bool),
    Of(Box<Schema>),
}

/// A type in words, with the name of a schema within where it has one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct TypeText {
    pub(super) before: String,
    pub(super) schema: Option<String>,
    pub(super) after: String,
}

impl TypeText {
    fn words(words: &str) -> Self {
        Self { before: words.to_owned(), ..Self::default() }
    }

    fn after(mut self, words: &str) -> Self {
        self.before.insert_str(0, words);
        self
    }

    fn or_null(mut self) -> Self {
        let end = if self.schema.is_some() { &mut self.after } else { &mut self.before };
        end.push_str(" or null");
        self
    }
}

impl Schema {
    /// Name of the schema that this refers to.
    fn name(&self) -> Option<&str> {
        self.reference.as_deref().and_then(|path| path.rsplit('/').next())
    }

    fn has_type(&self, name: &str) -> bool {
        match &self.types {
            Types::One(one) => one == name,
            Types::Several(several) => several.iter().any(|one| one == name),
        }
    }

    /// The type in words.
    pub(super) fn type_text(&self) -> TypeText {
        if let Some(name) = self.name() {
            return TypeText { schema: Some(name.to_owned()), ..TypeText::default() };
        }
        if !self.one_of.is_empty() {
            let (nulls, others): (Vec<_>, Vec<_>) =
                self.one_of.iter().partition(|schema| schema.has_type("null"));
            let text = match others.as_slice() {
                [one] => one.type_text(),
                several => {
                    let words = several.iter().map(|one| one.type_text().before);
                    TypeText::words(&words.collect::<Vec<_>>().join(" or "))
                }
            };
            return if nulls.is_empty() { text } else { text.or_null() };
        }
        let text = self.plain_type();
        if self.has_type("null") { text.or_null() } else { text }
    }

    fn plain_type(&self) -> TypeText {
        if !self.values.is_empty() {
            let values = self.values.iter().map(Value::to_string);
            return TypeText::words(&values.collect::<Vec<_>>().join(" or "));
        }
        if self.has_type("array") {
            let items = self.items.as_ref().map(|items| items.type_text());
            return items.unwrap_or_default().after("list of ");
        }
        if let Some(AdditionalProperties::Of(values)) = &self.additional_properties {
            return values.type_text().after("map to ");
        }
        let known = ["string", "integer", "number", "boolean", "object"];
        match known.into_iter().find(|name| self.has_type(name)) {
            Some("string") if self.format == "binary" => TypeText::words("bytes"),
            Some(name) => TypeText::words(name),
            None => TypeText::words("any"),
        }
    }

    /// A value of this form with all that is required and nothing else.
    pub(super) fn example(&self, schemas: &BTreeMap<String, Self>, depth: usize) -> Value {
        if depth > MAX_DEPTH {
            return Value::Null;
        }
        let within = |schema: &Self| schema.example(schemas, depth + 1);
        if let Some(schema) = self.name().and_then(|name| schemas.get(name)) {
            return within(schema);
        }
        if let Some(value) = self.values.first() {
            return value.clone();
        }
        if let Some(first) = self.one_of.first() {
            return within(first);
        }
        if self.has_type("array") {
            return self.items.iter().map(|items| within(items)).collect();
        }
        if self.has_type("string") {
            return json!("...");
        }
        if self.has_type("integer") || self.has_type("number") {
            return json!(1);
        }
        if self.has_type("boolean") {
            return json!(true);
        }
        let needed = self.properties.iter().filter(|(name, _)| self.required.contains(name));
        needed.map(|(name, schema)| (name.clone(), within(schema))).collect::<Map<_, _>>().into()
    }
}
