//! Description of a model: what goes in, what comes out, and what it uses.

use std::collections::BTreeMap;

use rten_onnx::onnx::{DataType, GraphProto, ModelProto, TensorProto, ValueInfoProto};
use scr_data::{Problem, Problems};
use serde::{Deserialize, Serialize};

use crate::{ModelError, OPERATORS, OPSETS, wire};

/// Largest number of values of one constant tensor.
const MAX_TENSOR_VALUES: i64 = 1 << 28;
/// Largest number of nodes.
const MAX_NODES: usize = 50_000;
/// Number of names that one problem lists.
const MAX_NAMES: usize = 8;

/// Input or output of a model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TensorDescription {
    /// Name in the graph.
    pub name: String,
    /// Element type, as ONNX names it: `FLOAT`.
    pub element: String,
    /// Sizes of all dimensions; `None` for those that are free.
    pub shape: Vec<Option<usize>>,
}

impl TensorDescription {
    /// The shape as text, such as `? x 1 x 256 x 256`.
    #[must_use]
    pub fn shape_text(&self) -> String {
        let side = |side: &Option<usize>| side.map_or("?".to_owned(), |side| side.to_string());
        self.shape.iter().map(side).collect::<Vec<_>>().join(" x ")
    }
}

/// Description of a model, read from its file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelDescription {
    /// Program that wrote the file, with its version; may be empty.
    pub producer: String,
    /// Version of the default operator set.
    pub opset: i64,
    /// Operators with the number of their nodes.
    pub operators: BTreeMap<String, usize>,
    /// Number of parameters: values of all constant tensors of the main graph.
    pub n_parameters: u64,
    /// The one input.
    pub input: TensorDescription,
    /// All outputs.
    pub outputs: Vec<TensorDescription>,
    /// Model card of the metadata, under the key `scr.card`.
    pub card: Option<String>,
}

impl ModelDescription {
    /// Key of the metadata that may hold the model card.
    pub const CARD_KEY: &'static str = "scr.card";

    /// Reads and checks a model; `place` names it in problems.
    ///
    /// # Errors
    /// [`ModelError::Refused`] with all problems: damage, bounds, external data, foreign domains,
    /// operators and operator sets that are not supported, inputs other than one image.
    pub fn read(place: &str, bytes: &[u8]) -> Result<Self, ModelError> {
        let mut problems = Problems::default();
        let valid = "a valid ONNX model";
        if let Err(found) = wire::check(bytes) {
            problems.push(Problem::new(place, valid, found, "export the model again"));
            return Err(problems.or(()).expect_err("a problem").into());
        }
        let parsed = ModelProto::parse_buf(bytes);
        let model = parsed.map_err(|error| Problem::new(place, valid, error.to_string(), ""));
        let model = problems.keep(model);
        let graph = model.as_ref().and_then(|model| model.graph.as_ref());
        let (Some(model), Some(graph)) = (&model, graph) else {
            if problems.list().is_empty() {
                problems.push(Problem::new(place, valid, "a file without a graph", ""));
            }
            return Err(problems.or(()).expect_err("a problem").into());
        };
        let mut survey = Survey::default();
        survey.graph(graph);
        for (expected, found, hint) in survey.faults(model) {
            problems.push(Problem::new(place, expected, found, hint));
        }
        let constants: Vec<&str> =
            graph.initializer.iter().filter_map(|tensor| tensor.name.as_deref()).collect();
        let mut inputs = described(&graph.input);
        inputs.retain(|input| !constants.contains(&input.name.as_str()));
        let n_inputs = inputs.len();
        let input = inputs
            .into_iter()
            .next()
            .filter(|input| n_inputs == 1 && input.element == "FLOAT" && input.shape.len() == 4);
        if input.is_none() {
            let found: Vec<String> = described(&graph.input)
                .iter()
                .filter(|input| !constants.contains(&input.name.as_str()))
                .take(MAX_NAMES)
                .map(|input| {
                    format!("`{}` of {} ({})", input.name, input.shape_text(), input.element)
                })
                .collect();
            problems.push(Problem::new(
                place,
                "one input of 32-bit floats with four dimensions",
                if found.is_empty() { "none".to_owned() } else { found.join(", ") },
                "export the network alone, for a batch of one image",
            ));
        }
        let outputs = described(&graph.output);
        if outputs.is_empty() {
            problems.push(Problem::new(place, "an output", "none", ""));
        }
        let key = |name: &Option<String>| name.as_deref() == Some(Self::CARD_KEY);
        let card = model.metadata_props.iter().find(|entry| key(&entry.key));
        let words = [&model.producer_name, &model.producer_version];
        let description = input.map(|input| Self {
            producer: words.into_iter().flatten().cloned().collect::<Vec<_>>().join(" "),
            opset: survey.opset(model).unwrap_or_default(),
            n_parameters: survey.n_parameters,
            operators: survey.operators,
            input,
            outputs,
            card: card.and_then(|entry| entry.value.clone()),
        });
        Ok(problems.or(description)?.expect("without an input there is a problem"))
    }

    /// Description before a model is loaded.
    pub(crate) fn empty() -> Self {
        let input =
            TensorDescription { name: String::new(), element: String::new(), shape: Vec::new() };
        let (producer, operators) = (String::new(), BTreeMap::new());
        Self {
            producer,
            opset: 0,
            operators,
            n_parameters: 0,
            input,
            outputs: Vec::new(),
            card: None,
        }
    }

    /// Output of a name, or the only one.
    ///
    /// # Errors
    /// [`ModelError::Refused`] where there is no such output, or several and no name.
    pub fn output(
        &self,
        place: &str,
        name: Option<&str>,
    ) -> Result<&TensorDescription, ModelError> {
        let found = match name {
            Some(name) => self.outputs.iter().find(|output| output.name == name),
            None => self.outputs.first().filter(|_| self.outputs.len() == 1),
        };
        found.ok_or_else(|| {
            let all: Vec<String> = self.outputs.iter().map(|output| output.name.clone()).collect();
            let mut problems = Problems::default();
            problems.push(Problem::new(
                place,
                name.map_or("one output".into(), |name| format!("an output `{name}`")),
                format!("the outputs {}", names(&all)),
                "name one in the card: output.name",
            ));
            problems.or(()).expect_err("a problem").into()
        })
    }
}

fn described(values: &[ValueInfoProto]) -> Vec<TensorDescription> {
    let describe = |value: &ValueInfoProto| {
        let tensor = value.r#type.as_ref().and_then(|kind| kind.tensor_type.as_ref());
        let element = tensor.and_then(|tensor| tensor.elem_type).unwrap_or(DataType(0));
        let shape = tensor.and_then(|tensor| tensor.shape.as_ref());
        let sides = shape.map_or(&[][..], |shape| shape.dim.as_slice());
        TensorDescription {
            name: value.name.clone().unwrap_or_default(),
            element: element.to_string(),
            shape: sides
                .iter()
                .map(|side| side.dim_value.and_then(|side| usize::try_from(side).ok()))
                .map(|side| side.filter(|&side| side > 0))
                .collect(),
        }
    };
    values.iter().map(describe).collect()
}

/// Counts over a graph and its subgraphs.
#[derive(Default)]
struct Survey {
    n_nodes: usize,
    n_parameters: u64,
    operators: BTreeMap<String, usize>,
    domains: Vec<String>,
    external: Vec<String>,
    absurd: Vec<String>,
    /// A layer pads at its lower end first, which the runtime does not.
    lower: bool,
}

impl Survey {
    fn graph(&mut self, graph: &GraphProto) {
        for tensor in &graph.initializer {
            self.tensor(tensor);
        }
        for node in &graph.node {
            self.n_nodes += 1;
            *self.operators.entry(node.op_type.clone().unwrap_or_default()).or_default() += 1;
            let domain = node.domain.as_deref().unwrap_or_default();
            if !is_default(domain) && !self.domains.iter().any(|known| known == domain) {
                self.domains.push(domain.to_owned());
            }
            for attribute in &node.attribute {
                if attribute.s.as_deref() == Some("SAME_LOWER") {
                    self.lower = true;
                }
                attribute.t.iter().for_each(|tensor| self.tensor(tensor));
                attribute.g.iter().for_each(|graph| self.graph(graph));
            }
        }
    }

    fn tensor(&mut self, tensor: &TensorProto) {
        let name = tensor.name.clone().unwrap_or_else(|| "without a name".into());
        if tensor.data_location.is_some_and(|at| at.0 != 0) || !tensor.external_data.is_empty() {
            self.external.push(name.clone());
        }
        let n = tensor.dims.iter().try_fold(1i64, |n, &side| {
            n.checked_mul(side).filter(|&n| side >= 0 && n <= MAX_TENSOR_VALUES)
        });
        match n {
            Some(n) => self.n_parameters += n.unsigned_abs(),
            None => self.absurd.push(name),
        }
    }

    fn opset(&self, model: &ModelProto) -> Option<i64> {
        let mut sets = model.opset_import.iter();
        let default = sets.find(|set| is_default(set.domain.as_deref().unwrap_or_default()))?;
        default.version
    }

    /// Expected, found and a hint for each fault.
    fn faults(&self, model: &ModelProto) -> Vec<(String, String, &'static str)> {
        let mut faults = Vec::new();
        if !self.external.is_empty() {
            let found = format!("external data: {}", names(&self.external));
            faults.push((
                "all tensors inside the file".into(),
                found,
                "save the model as one file, without external data",
            ));
        }
        if self.lower {
            faults.push((
                "auto_pad other than SAME_LOWER".into(),
                "SAME_LOWER".into(),
                "export explicit pads",
            ));
        }
        if !self.absurd.is_empty() {
            faults.push((
                format!("tensors of at most {MAX_TENSOR_VALUES} values"),
                format!("larger ones or negative sizes: {}", names(&self.absurd)),
                "",
            ));
        }
        if !self.domains.is_empty() {
            faults.push((
                "operators of the default domain".into(),
                format!("operators of {}", names(&self.domains)),
                "export without operators of your framework's own",
            ));
        }
        let unknown: Vec<String> = self
            .operators
            .keys()
            .filter(|name| !OPERATORS.contains(&name.as_str()))
            .cloned()
            .collect();
        if !unknown.is_empty() && self.domains.is_empty() {
            faults.push((
                "operators of the list in docs/reference/onnx.md".into(),
                names(&unknown),
                "export with another opset, or replace these layers",
            ));
        }
        match self.opset(model) {
            Some(version) if OPSETS.contains(&version) => {}
            found => faults.push((
                format!("opset {} to {}", OPSETS.start(), OPSETS.end()),
                found.map_or("no opset".into(), |version| format!("opset {version}")),
                "export with opset 17",
            )),
        }
        if self.n_nodes > MAX_NODES {
            faults.push((
                format!("at most {MAX_NODES} nodes"),
                format!("{} nodes", self.n_nodes),
                "",
            ));
        }
        faults
    }
}

fn is_default(domain: &str) -> bool {
    domain.is_empty() || domain == "ai.onnx"
}

fn names(names: &[String]) -> String {
    let mut text = names.iter().take(MAX_NAMES).map(|name| format!("`{name}`")).collect::<Vec<_>>();
    if names.len() > MAX_NAMES {
        text.push(format!("{} more", names.len() - MAX_NAMES));
    }
    text.join(", ")
}
