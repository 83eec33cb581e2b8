//! Attributes that ONNX lets a model leave out, and that the runtime needs.

use rten_onnx::onnx::{AttributeProto, AttributeType, GraphProto, ModelProto, NodeProto};

use crate::ModelError;

/// The model with `kernel_shape` in all convolutions of constant weights, and `strides` in all
/// pooling layers; unchanged bytes where nothing is missing.
///
/// # Errors
/// [`ModelError::Load`] where the file cannot be read or written again.
pub(crate) fn completed(bytes: Vec<u8>) -> Result<Vec<u8>, ModelError> {
    let fault = |error: rten_onnx::protobuf::ProtobufError| ModelError::Load(error.to_string());
    let mut model = ModelProto::parse_buf(&bytes).map_err(fault)?;
    let n_added = model.graph.as_mut().map_or(0, complete);
    if n_added == 0 { Ok(bytes) } else { model.write_buf().map_err(fault) }
}

/// Completes a graph and its subgraphs; returns the number of added attributes.
fn complete(graph: &mut GraphProto) -> usize {
    let mut n_added = 0;
    let mut added: Vec<(usize, AttributeProto)> = Vec::new();
    for (index, node) in graph.node.iter().enumerate() {
        match node.op_type.as_deref() {
            Some("Conv" | "ConvTranspose" | "ConvInteger") if !has(node, "kernel_shape") => {
                if let Some(sides) = node.input.get(1).and_then(|name| weight_sides(graph, name)) {
                    added.push((index, ints("kernel_shape", sides)));
                }
            }
            Some("MaxPool" | "AveragePool") if !has(node, "strides") => {
                let kernel =
                    node.attribute.iter().find(|a| a.name.as_deref() == Some("kernel_shape"));
                let n = kernel.map_or(0, |kernel| kernel.ints.len());
                added.push((index, ints("strides", vec![1; n])));
            }
            _ => {}
        }
    }
    for (index, attribute) in added {
        graph.node[index].attribute.push(attribute);
        n_added += 1;
    }
    let attributes = graph.node.iter_mut().flat_map(|node| &mut node.attribute);
    n_added + attributes.filter_map(|attribute| attribute.g.as_mut()).map(complete).sum::<usize>()
}

fn has(node: &NodeProto, name: &str) -> bool {
    node.attribute.iter().any(|attribute| attribute.name.as_deref() == Some(name))
}

/// Spatial sizes of a constant weight: all but its first two dimensions.
fn weight_sides(graph: &GraphProto, name: &str) -> Option<Vec<i64>> {
    let constant = graph.initializer.iter().find(|tensor| tensor.name.as_deref() == Some(name));
    let of_node = || {
        let node = graph.node.iter().find(|node| {
            node.op_type.as_deref() == Some("Constant") && node.output.iter().any(|out| out == name)
        })?;
        node.attribute.iter().find_map(|attribute| attribute.t.as_ref())
    };
    constant.or_else(of_node)?.dims.get(2..).map(<[i64]>::to_vec)
}

fn ints(name: &str, ints: Vec<i64>) -> AttributeProto {
    AttributeProto {
        name: Some(name.to_owned()),
        ints,
        r#type: Some(AttributeType::INTS),
        ..AttributeProto::default()
    }
}
