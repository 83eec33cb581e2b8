//! Card and network together, from radiograph to masks.

use scr_data::DataError;
use scr_image::{GreyImage, Mask, Radiograph};

use crate::output::Output;
use crate::{ModelCard, ModelError, Network, Preparation, Prepared};

/// Model that segments radiographs.
pub struct OnnxSegmenter<N> {
    card: ModelCard,
    preparation: Preparation,
    network: N,
}

/// Result on one radiograph.
pub struct Segmentation {
    /// Input of the model.
    pub prepared: Prepared,
    /// One mask a structure, at the radiograph's size.
    pub masks: Vec<Mask>,
    /// One probability map a structure, at the radiograph's size; `None` for labels and
    /// landmarks.
    pub posteriors: Option<Vec<GreyImage>>,
}

impl<N: Network> OnnxSegmenter<N> {
    /// Joins a card and a loaded model; `place` names the card in problems.
    ///
    /// # Errors
    /// [`DataError::Problems`] where card and model disagree.
    pub fn new(card: ModelCard, network: N, place: &str) -> Result<Self, DataError> {
        let preparation = Preparation::new(&card.input, &network.description().input, place)?;
        Ok(Self { card, preparation, network })
    }

    /// Card of the model.
    pub const fn card(&self) -> &ModelCard {
        &self.card
    }

    /// Preparation of radiographs.
    pub const fn preparation(&self) -> &Preparation {
        &self.preparation
    }

    /// The loaded model.
    pub const fn network(&self) -> &N {
        &self.network
    }

    /// Segments a radiograph into `structures`, with probability maps where `with_posteriors`.
    ///
    /// # Errors
    /// [`ModelError`] where the model fails, or its output is not what the card says.
    pub fn segment(
        &mut self,
        radiograph: &Radiograph,
        structures: &[&str],
        with_posteriors: bool,
    ) -> Result<Segmentation, ModelError> {
        let prepared = self.preparation.prepare(radiograph);
        let mut output = self.output(&prepared)?;
        let card = &self.card.output;
        if card.mirror {
            let [x, y, width, height] = prepared.part;
            let right = prepared.grey.size().width as f64 - x - width;
            let mirrored =
                Prepared { grey: prepared.grey.mirrored(), part: [right, y, width, height] };
            let other = self.output(&mirrored)?;
            output = output.with_mirrored(&self.card.output, other);
        }
        let (card, full) = (&self.card.output, radiograph.size());
        let masks = output.masks(card, structures, &prepared, full);
        let posteriors =
            with_posteriors.then(|| output.posteriors(card, structures, &prepared, full)).flatten();
        Ok(Segmentation { prepared, masks, posteriors })
    }

    fn output(&mut self, prepared: &Prepared) -> Result<Output, ModelError> {
        let tensor = self.network.run(self.preparation.tensor(&prepared.grey))?;
        Output::read(&self.card.output, self.card.input.layout, &tensor, prepared)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use scr_image::Size;

    use super::*;
    use crate::{ModelDescription, Tensor, TensorDescription};

    /// Network that answers with a function of its input.
    struct Answer {
        description: ModelDescription,
        answer: Box<dyn Fn(&Tensor) -> Tensor>,
    }

    impl Network for Answer {
        fn description(&self) -> &ModelDescription {
            &self.description
        }

        fn run(&mut self, input: Tensor) -> Result<Tensor, ModelError> {
            Ok((self.answer)(&input))
        }

        fn runtime(&self) -> String {
            "a test".into()
        }
    }

    fn segmenter(
        card: &str,
        shape: [Option<usize>; 4],
        answer: impl Fn(&Tensor) -> Tensor + 'static,
    ) -> OnnxSegmenter<Answer> {
        let input =
            TensorDescription { name: "x".into(), element: "FLOAT".into(), shape: shape.to_vec() };
        let description = ModelDescription {
            producer: String::new(),
            opset: 17,
            operators: BTreeMap::new(),
            n_parameters: 0,
            input,
            outputs: Vec::new(),
            card: None,
        };
        let card = ModelCard::parse("card", card).unwrap();
        let network = Answer { description, answer: Box::new(answer) };
        OnnxSegmenter::new(card, network, "card").unwrap()
    }

    fn tensor(shape: &[usize], values: Vec<f32>) -> Tensor {
        Tensor::new(shape.to_vec(), values).unwrap()
    }

    /// 16 x 8 pixels that rise from 0 at the left to 15 of 15 at the right.
    fn rising() -> Radiograph {
        let pixels = (0..16 * 8).map(|at| at % 16).collect();
        Radiograph::new(Size::new(16, 8), 15, pixels, None).unwrap()
    }

    fn fault(segmenter: &mut OnnxSegmenter<Answer>) -> String {
        let result = segmenter.segment(&rising(), &["heart"], false);
        result.err().expect("refused").to_string()
    }

    const FREE: [Option<usize>; 4] = [None; 4];

    #[test]
    fn padding_is_left_out_again_and_the_output_may_be_smaller() {
        let card = "[input]\nsize = [16, 16]\nfit = \"pad\"\nscaling = \"none\"\nchannels = 3\n\
            mean = [0.5, 0.5, 0.0]\nstd = [1.0, 0.5, 1.0]\n[output]\nkind = \"sigmoid\"\n\
            threshold = 0.5\nstructures = [\"heart\"]\n";
        // Half the size, bright at the right half and in the padding below.
        let answer = |input: &Tensor| {
            assert_eq!(input.shape(), [1, 3, 16, 16]);
            let at = |channel: usize, row: usize, col: usize| {
                input.values()[(channel * 16 + row) * 16 + col]
            };
            assert_eq!((at(0, 0, 0), at(1, 0, 0), at(2, 0, 0)), (-0.5, -1.0, 0.0), "padding");
            assert_eq!((at(0, 4, 15), at(1, 4, 15), at(2, 4, 15)), (0.5, 1.0, 1.0), "brightest");
            let value = |at: usize| if at % 8 >= 4 || at / 8 >= 6 { 1.0 } else { 0.0 };
            tensor(&[1, 1, 8, 8], (0..64).map(value).collect())
        };
        let mut segmenter = segmenter(card, FREE, answer);
        let result = segmenter.segment(&rising(), &["heart"], true).unwrap();
        assert_eq!(result.prepared.part, [0.0, 4.0, 16.0, 8.0]);
        // Probabilities are interpolated between centres: half way at column 8, and at the last
        // row towards the padding.
        let row = "........########";
        let last = &result.masks[0].to_bytes(1)[7 * 16..];
        assert_eq!(last.iter().filter(|&&set| set == 1).count(), 8);
        let text = [row; 8].join(" ");
        assert_eq!(result.masks[0], Mask::from_text(&text));
        assert_eq!(result.posteriors.unwrap()[0].size(), Size::new(16, 8));
    }

    #[test]
    fn classes_labels_and_landmarks_become_masks() {
        let input = "[input]\nmultiple = 8\nmax_side = 8\nscaling = \"min-max\"\n[output]\n";
        let classes = format!(
            "{input}kind = \"softmax\"\nlogits = true\nstructures = [\"background\", \"heart\"]\n"
        );
        // Logits of the second class rise with brightness; the input is 8 x 4, padded to 8 x 8.
        let answer = |input: &Tensor| {
            assert_eq!(input.shape(), [1, 1, 8, 8]);
            let values = input.values();
            let logits = values.iter().map(|_| 0.0).chain(values.iter().map(|v| 9.0 * (v - 0.48)));
            tensor(&[1, 2, 8, 8], logits.collect())
        };
        let result = segmenter(&classes, FREE, answer).segment(&rising(), &["heart"], false);
        assert_eq!(result.unwrap().masks[0].count(), 64);

        let labels =
            format!("{input}kind = \"labels\"\nstructures = [\"background\", \"heart\"]\n");
        let right = |n: f32| {
            move |_: &Tensor| {
                tensor(&[1, 8, 8], (0..64).map(|at| if at % 8 >= 6 { n } else { 0.0 }).collect())
            }
        };
        let result = segmenter(&labels, FREE, right(1.0)).segment(&rising(), &["heart"], false);
        assert_eq!(result.unwrap().masks[0].count(), 4 * 8);
        let refused = fault(&mut segmenter(&labels, FREE, right(2.0)));
        assert!(refused.contains("classes 0 to 1, found 2"), "{refused}");

        let points = format!(
            "{input}kind = \"landmarks\"\ncoordinates = \"pixels\"\npoints = [4]\n\
             structures = [\"heart\"]\n"
        );
        // A square of the grid, whose rows 2 to 5 are the radiograph's.
        let square = |_: &Tensor| tensor(&[1, 8], vec![0.0, 2.0, 4.0, 2.0, 4.0, 6.0, 0.0, 6.0]);
        let result = segmenter(&points, FREE, square).segment(&rising(), &["heart"], false);
        assert_eq!(result.unwrap().masks[0], Mask::from_text(&["########........"; 8].join(" ")));
    }

    #[test]
    fn a_mirrored_run_exchanges_sides() {
        let card = "[input]\nsize = [8, 16]\nscaling = \"none\"\n[output]\nkind = \"sigmoid\"\n\
            threshold = 0.6\nmirror = true\nlargest_component = true\n\
            structures = [\"right_lung\", \"left_lung\"]\n";
        // Finds the left quarter of any image as the right lung, and nothing else: the mirror
        // image's is the left lung.
        let answer = |_: &Tensor| {
            let right = (0..128).map(|at| if at % 16 < 4 { 1.0 } else { 0.0 });
            tensor(&[1, 2, 8, 16], right.chain((0..128).map(|_| 0.0)).collect())
        };
        let mut segmenter = segmenter(card, FREE, answer);
        let wanted = ["left_lung", "right_lung"];
        let result = segmenter.segment(&rising(), &wanted, true).unwrap();
        let maps = result.posteriors.unwrap();
        assert_eq!((maps[0].values()[15], maps[0].values()[0]), (0.5, 0.0));
        assert_eq!((maps[1].values()[15], maps[1].values()[0]), (0.0, 0.5));
        assert!(result.masks.iter().all(Mask::is_empty), "0.5 is below the threshold");
    }

    #[test]
    fn greys_are_scaled_as_the_card_says() {
        let grey = |scaling: &str| {
            let card = format!(
                "[input]\nsize = [8, 16]\nscaling = {scaling}\n[output]\nkind = \"sigmoid\"\n\
                 threshold = 0.5\nstructures = [\"heart\"]\n"
            );
            let answer = |_: &Tensor| tensor(&[1, 1, 8, 16], vec![0.0; 128]);
            let segmenter = segmenter(&card, FREE, answer);
            segmenter.preparation().prepare(&rising()).grey.values()[..16].to_vec()
        };
        let near = |found: f32, expected: f32| (found - expected).abs() < 1e-5;
        let window = grey("\"window\"\nwindow = [0.2, 0.6]\nrange = [-1, 1]");
        assert_eq!((window[0], window[2], window[10], window[15]), (-1.0, -1.0, 1.0, 1.0));
        assert!(near(window[6], 0.0));
        let inverted = grey("\"min-max\"\ninverted = true");
        assert_eq!((inverted[0], inverted[15]), (1.0, 0.0));
        // numpy.percentile of 0 to 15, each eight times.
        let percentiles = grey("\"percentiles\"\npercentiles = [10, 90]");
        assert!(near(percentiles[1], 0.0) && near(percentiles[14], 1.0), "{percentiles:?}");
        let score = grey("\"z-score\"");
        assert!(near(score[15], 7.5 / (255.0f32 / 12.0).sqrt()), "{score:?}");
    }

    #[test]
    fn outputs_that_are_no_probabilities_are_refused() {
        let card = "[input]\nsize = [8, 16]\nscaling = \"none\"\n[output]\nkind = \"sigmoid\"\n\
            threshold = 0.5\nstructures = [\"heart\"]\n";
        let all = |value: f32| move |_: &Tensor| tensor(&[1, 1, 8, 16], vec![value; 128]);
        let told = fault(&mut segmenter(card, FREE, all(3.0)));
        assert!(told.contains("0 to 1, found 3") && told.contains("logits"), "{told}");
        assert!(fault(&mut segmenter(card, FREE, all(f32::INFINITY))).contains("finite"));
        let shape = |_: &Tensor| tensor(&[1, 2, 4, 4], vec![0.0; 32]);
        assert!(fault(&mut segmenter(card, FREE, shape)).contains("1 x 1 x height x width"));
        let fixed = [Some(4), Some(2), Some(8), Some(9)];
        let description =
            TensorDescription { name: "x".into(), element: "FLOAT".into(), shape: fixed.to_vec() };
        let input = ModelCard::parse("card", card).unwrap().input;
        let told = Preparation::new(&input, &description, "card").unwrap_err().to_string();
        for part in ["batch of one", "input.channels", "[8, 9] as in the model"] {
            assert!(told.contains(part), "{part}: {told}");
        }
    }
}
