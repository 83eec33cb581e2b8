//! Export to ONNX: one file that any runtime can run.
//!
//! Input `image`: 1 x 1 x side x side, mean 0 and variance 1. Output `probabilities`: 1 x structures
//! x side x side, from 0 to 1, the mean over all members. Operators of opset 17; field numbers
//! are those of <https://github.com/onnx/onnx/blob/main/onnx/onnx.proto>.

use crate::architecture::{Architecture, LEVELS, Layer};
use crate::normalisation::{EPSILON, SLOPE};
use crate::protobuf::Message;
use crate::resolution::FOLD;

const IR_VERSION: u64 = 8;
const OPSET: u64 = 17;
const FLOAT: u64 = 1;

/// Name of the input.
const INPUT: &str = "image";
/// Name of the output.
const OUTPUT: &str = "probabilities";

/// Graph that is being written.
#[derive(Default)]
struct Graph {
    nodes: Vec<Message>,
    initializers: Vec<Message>,
}

/// Attribute of an operator.
enum Attribute<'a> {
    Float(f32),
    Int(u64),
    Text(&'a str),
    Ints(&'a [u64]),
}

/// ONNX file of one network or of several whose probabilities are averaged. `members` are lists
/// of parameters of `architecture`; `metadata` are keys and texts.
pub(crate) fn model(
    architecture: Architecture,
    members: &[Vec<f32>],
    metadata: &[(&str, &str)],
) -> Vec<u8> {
    let mut graph = Graph::default();
    let fold: Vec<f32> = (0..16).map(|at| f32::from(u8::from(at / 4 == at % 4))).collect();
    graph.tensor("fold", &[4, 1, 2, 2], &fold);
    graph.tensor("double", &[4], &[1.0, 1.0, 2.0, 2.0]);
    let mut outputs = Vec::new();
    for (number, parameters) in members.iter().enumerate() {
        let is_only = members.len() == 1;
        let output = if is_only { OUTPUT.to_owned() } else { format!("{OUTPUT}.{number}") };
        graph.network(architecture, parameters, &format!("{number}."), &output);
        outputs.push(output);
    }
    if members.len() > 1 {
        let inputs: Vec<&str> = outputs.iter().map(String::as_str).collect();
        graph.node("Mean", &inputs, OUTPUT, &[]);
    }
    let side = architecture.side;
    let body = Message::default()
        .messages(1, &graph.nodes)
        .text(2, "unet")
        .messages(5, &graph.initializers)
        .message(11, &value(INPUT, &[1, 1, side, side]))
        .message(12, &value(OUTPUT, &[1, architecture.n_structures, side, side]));
    let entries: Vec<Message> =
        metadata.iter().map(|(key, text)| Message::default().text(1, key).text(2, text)).collect();
    Message::default()
        .number(1, IR_VERSION)
        .text(2, "scr-unet")
        .text(3, env!("CARGO_PKG_VERSION"))
        .message(7, &body)
        .message(8, &Message::default().text(1, "").number(2, OPSET))
        .messages(14, &entries)
        .into_bytes()
}

/// Description of an input or output.
fn value(name: &str, shape: &[usize]) -> Message {
    let dimension = |&side: &usize| Message::default().number(1, side as u64);
    let dimensions: Vec<Message> = shape.iter().map(dimension).collect();
    let shape = Message::default().messages(1, &dimensions);
    let tensor = Message::default().number(1, FLOAT).message(2, &shape);
    Message::default().text(1, name).message(2, &Message::default().message(1, &tensor))
}

impl Graph {
    /// Constant tensor.
    fn tensor(&mut self, name: &str, shape: &[usize], values: &[f32]) {
        let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        let message = shape.iter().fold(Message::default(), |m, &side| m.number(1, side as u64));
        self.initializers.push(message.number(2, FLOAT).text(8, name).bytes(9, &bytes));
    }

    /// Operator with one output, which names it.
    fn node(
        &mut self,
        operator: &str,
        inputs: &[&str],
        output: &str,
        attributes: &[(&str, Attribute<'_>)],
    ) {
        let attributes: Vec<Message> = attributes
            .iter()
            .map(|(name, attribute)| {
                let message = Message::default().text(1, name);
                match attribute {
                    Attribute::Float(value) => message.float(2, *value).number(20, 1),
                    Attribute::Int(value) => message.number(3, *value).number(20, 2),
                    Attribute::Text(value) => message.text(4, value).number(20, 3),
                    Attribute::Ints(values) => {
                        let message = values.iter().fold(message, |m, &value| m.number(8, value));
                        message.number(20, 7)
                    }
                }
            })
            .collect();
        let message = inputs.iter().fold(Message::default(), |m, input| m.text(1, input));
        let message = message.text(2, output).text(3, output).text(4, operator);
        self.nodes.push(message.messages(5, &attributes));
    }

    /// One network, whose names begin with `prefix`.
    fn network(&mut self, of: Architecture, parameters: &[f32], prefix: &str, output: &str) {
        let layers = of.layers();
        let mut layers = layers.iter().enumerate();
        let mut block = |graph: &mut Self, mut values: String| {
            for (number, layer) in layers.by_ref().take(2) {
                values = graph.layer(layer, parameters, &format!("{prefix}{number}"), &values);
            }
            values
        };
        let strides = [("strides", Attribute::Ints(&[FOLD as u64; 2]))];
        let mut values = format!("{prefix}folded");
        self.node("Conv", &[INPUT, "fold"], &values, &strides);
        let mut skips = Vec::new();
        for level in 0..LEVELS {
            if level > 0 {
                let sides = || Attribute::Ints(&[2, 2]);
                let halved = format!("{prefix}halved.{level}");
                let attributes = [("kernel_shape", sides()), ("strides", sides())];
                self.node("MaxPool", &[&values], &halved, &attributes);
                values = halved;
            }
            values = block(self, values);
            skips.push(values.clone());
        }
        for level in (0..LEVELS - 1).rev() {
            let (doubled, joined) =
                (format!("{prefix}doubled.{level}"), format!("{prefix}joined.{level}"));
            let attributes = [
                ("mode", Attribute::Text("nearest")),
                ("coordinate_transformation_mode", Attribute::Text("asymmetric")),
                ("nearest_mode", Attribute::Text("floor")),
            ];
            self.node("Resize", &[&values, "", "double"], &doubled, &attributes);
            let axis = [("axis", Attribute::Int(1))];
            self.node("Concat", &[&skips[level], &doubled], &joined, &axis);
            values = block(self, joined);
        }
        let (last, logits) = (format!("{prefix}last"), format!("{prefix}logits"));
        for (_, layer) in layers {
            self.convolution(layer, parameters, &last, &values, true);
        }
        let unfold = [("blocksize", Attribute::Int(FOLD as u64)), ("mode", Attribute::Text("CRD"))];
        self.node("DepthToSpace", &[&last], &logits, &unfold);
        self.node("Sigmoid", &[&logits], output, &[]);
    }

    /// Convolution, normalisation and rectifier.
    fn layer(&mut self, layer: &Layer, parameters: &[f32], name: &str, input: &str) -> String {
        let [convolved, normalised, output, scales, offsets] =
            ["convolved", "normalised", "output", "scales", "offsets"]
                .map(|part| format!("{name}.{part}"));
        self.convolution(layer, parameters, &convolved, input, false);
        self.tensor(&scales, &[layer.n_out], layer.scales(parameters));
        self.tensor(&offsets, &[layer.n_out], layer.offsets(parameters));
        let epsilon = [("epsilon", Attribute::Float(EPSILON))];
        let inputs = [convolved.as_str(), &scales, &offsets];
        self.node("InstanceNormalization", &inputs, &normalised, &epsilon);
        let slope = [("alpha", Attribute::Float(SLOPE))];
        self.node("LeakyRelu", &[&normalised], &output, &slope);
        output
    }

    /// Convolution, with offsets where no normalisation follows.
    fn convolution(
        &mut self,
        layer: &Layer,
        parameters: &[f32],
        output: &str,
        input: &str,
        has_offsets: bool,
    ) {
        let weights = format!("{output}.weights");
        let shape = [layer.n_out, layer.n_in, 3, 3];
        self.tensor(&weights, &shape, layer.weights(parameters));
        let attributes = [("pads", Attribute::Ints(&[1, 1, 1, 1]))];
        let mut inputs = vec![input, &weights];
        let offsets = format!("{output}.offsets");
        if has_offsets {
            self.tensor(&offsets, &[layer.n_out], layer.offsets(parameters));
            inputs.push(&offsets);
        }
        self.node("Conv", &inputs, output, &attributes);
    }
}
