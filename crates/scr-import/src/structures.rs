//! Structures of a benchmark, and where the mask of each comes from in every image.

use std::collections::{BTreeMap, BTreeSet};

use scr_data::Problem;
use scr_data::formats::MaskValue;

use crate::drawing::Drawing;
use crate::faults::Faults;
use crate::hints;
use crate::inspection::{InspectedMask, LayerKey, Shape};
use crate::label_names::{GivenName, LabelNames, is_background};
use crate::listing::FoundFile;
use crate::words::{self, structure_id};

/// Maximum number of structures.
const MAX_STRUCTURES: usize = 256;
/// Share of the image that both lungs exceed and clavicles do not.
const LUNGS_SHARE: f64 = 0.08;

/// Source of the mask of a structure in an image.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum MaskSource {
    /// A whole file, by index.
    File(usize),
    /// Layers of a label map: index of the file, and the layers whose union is the mask.
    Layers(usize, Vec<LayerKey>),
    /// Drawing of a document.
    Drawing(Drawing),
}

/// File of masks that was matched to an image.
#[derive(Debug, Clone)]
pub(crate) struct MatchedMask {
    /// Index of the image.
    pub(crate) image: usize,
    /// File.
    pub(crate) file: FoundFile,
    /// Words of its name and folders that hint at a structure.
    pub(crate) hint: Vec<String>,
    /// Contents; none when it cannot be read.
    pub(crate) contents: Option<InspectedMask>,
}

/// Structure of the benchmark.
#[derive(Debug, Clone, Default)]
pub(crate) struct PlannedStructure {
    /// Identifier.
    pub(crate) id: String,
    /// Origin of the name, in words.
    pub(crate) origin: String,
    /// Masks by index of the image.
    pub(crate) masks: BTreeMap<usize, MaskSource>,
    /// Facts about its masks that are not empty.
    pub(crate) shapes: Vec<Shape>,
}

/// Structures in the order of their names' sources.
#[derive(Debug, Default)]
pub(crate) struct Structures {
    /// Structures.
    pub(crate) list: Vec<PlannedStructure>,
}

/// Names that decide what a label is called.
pub(crate) struct Naming<'a> {
    /// Names of the user.
    pub(crate) given: &'a [GivenName],
    /// Table beside the masks.
    pub(crate) table: Option<&'a LabelNames>,
}

/// Decision about a label.
enum Named {
    /// Name and its origin.
    As(String, String),
    /// Left out by the user, or background.
    LeftOut,
    /// Nothing names it.
    Nothing,
}

impl Naming<'_> {
    fn layer(&self, key: &LayerKey) -> Named {
        let text = value_text(key.value);
        let given = self.given.iter().find(|given| {
            given.is_value(key.value, key.index)
                || key.name.as_ref().is_some_and(|name| given.is_name(name))
        });
        if let Some(given) = given {
            if given.name.is_empty() {
                return Named::LeftOut;
            }
            return Named::As(given.name.clone(), format!("{text}, named by --labels"));
        }
        let of_table = || {
            let table = self.table?;
            let name = table.name(key.value, key.index)?;
            Some((name.to_owned(), format!("{text} of {}", table.place)))
        };
        let of_file = || Some((key.name.clone()?, "named in the files".to_owned()));
        match of_file().or_else(of_table) {
            Some((name, _)) if is_background(&name) => Named::LeftOut,
            Some((name, origin)) => self.text(&name, origin),
            None => Named::Nothing,
        }
    }

    /// Decision about a name of a document, folder or file.
    fn text(&self, name: &str, origin: String) -> Named {
        match self.given.iter().find(|given| given.is_name(name)) {
            Some(given) if given.name.is_empty() => Named::LeftOut,
            Some(given) => Named::As(given.name.clone(), format!("`{name}`, named by --labels")),
            None => Named::As(name.to_owned(), origin),
        }
    }

    /// Name of the only structure.
    fn only(&self) -> Option<&str> {
        self.given.iter().find(|given| given.label.is_empty()).map(|given| given.name.as_str())
    }
}

impl Structures {
    /// Adds the mask of a structure; two of one image and structure are a fault.
    fn add(
        &mut self,
        (name, origin): (&str, &str),
        (image, source): (usize, MaskSource),
        shape: Option<Shape>,
        twice: impl FnOnce() -> Problem,
        faults: &mut Faults,
    ) {
        let Some(id) = structure_id(name) else {
            let expected = "a name with ASCII letters or digits";
            let hint = format!("name it with --labels \"{name}=NAME\"");
            faults.push("labels", Problem::new(format!("label `{name}`"), expected, "none", hint));
            return;
        };
        let place = self.list.iter().position(|structure| structure.id == id);
        let place = place.unwrap_or_else(|| {
            let origin = origin.to_owned();
            self.list.push(PlannedStructure { id, origin, ..PlannedStructure::default() });
            self.list.len() - 1
        });
        let structure = &mut self.list[place];
        if structure.masks.insert(image, source).is_some() {
            faults.push("masks of one structure and image", twice());
        }
        structure.shapes.extend(shape.filter(|shape| shape.share > 0.0));
    }

    /// Adds files of masks.
    pub(crate) fn add_files(
        &mut self,
        files: &[MatchedMask],
        naming: &Naming<'_>,
        notes: &mut Vec<String>,
        faults: &mut Faults,
    ) {
        let hints: Vec<Vec<String>> = files.iter().map(|file| file.hint.clone()).collect();
        let mut groups: BTreeMap<Vec<String>, Vec<usize>> = BTreeMap::new();
        let kept = hints::without_common(&hints);
        for (at, hint) in hints.iter().enumerate() {
            groups.entry(kept[hint].clone()).or_default().push(at);
        }
        if groups.len() > MAX_STRUCTURES {
            let found = format!("{}, such as `{}`", groups.len(), files[0].file.place());
            let expected = format!("masks of at most {MAX_STRUCTURES} structures");
            let hint = "a mask of each object is no mask of a structure: unite them first";
            faults.push("structures", Problem::new("masks", expected, found, hint));
            return;
        }
        let readers = hints::readers(&hints);
        if readers.len() > 1 {
            let list = readers.into_iter().collect::<Vec<_>>().join(", ");
            let found = format!("folders or names of several: {list}");
            let hint =
                "name the folder of one reader with --masks; others can be scored as sets of masks";
            faults.push("readers", Problem::new("masks", "masks of one reader", found, hint));
            return;
        }
        let is_alone = groups.len() == 1;
        for (hint, group) in groups {
            self.add_group(&hint.join(" "), &group, files, naming, is_alone, notes, faults);
        }
    }

    /// Adds files with one hint: masks of one structure, or label maps.
    #[expect(clippy::too_many_arguments, reason = "one step of a loop, split off for its length")]
    fn add_group(
        &mut self,
        hint: &str,
        group: &[usize],
        files: &[MatchedMask],
        naming: &Naming<'_>,
        is_alone: bool,
        notes: &mut Vec<String>,
        faults: &mut Faults,
    ) {
        let readable =
            || group.iter().filter_map(move |&at| Some((at, files[at].contents.as_ref()?)));
        let layers = || readable().flat_map(|(_, contents)| &contents.layers);
        let values: BTreeSet<&LayerKey> = layers().map(|layer| &layer.key).collect();
        let is_named = values.iter().any(|key| {
            key.name.is_some() || (hint.is_empty() && !matches!(naming.layer(key), Named::Nothing))
        });
        let is_white = |key: &&LayerKey| matches!(key.value, MaskValue::Number(1 | 255));
        let is_single = readable().all(|(_, contents)| contents.layers.len() < 2)
            && (values.len() < 2 || !hint.is_empty() || values.iter().all(is_white));
        let twice = |at: usize, files: &[MatchedMask]| {
            let found = "another mask of the same structure and image";
            let expected = "one mask of a structure in an image";
            Problem::new(files[at].file.place(), expected, found, "remove or rename one of them")
        };
        if is_single && !is_named {
            let shapes: Vec<Shape> = layers().map(|layer| layer.shape).collect();
            let (name, origin) = match (hint, naming.only().filter(|_| is_alone)) {
                (_, Some(given)) => (given.to_owned(), "named by --labels".to_owned()),
                ("", None) => unnamed(&shapes, notes),
                (hint, None) => match naming.text(hint, "named by folders or files".to_owned()) {
                    Named::As(name, origin) => (name, origin),
                    _ => return,
                },
            };
            for (at, contents) in readable() {
                let shape = contents.layers.first().map(|layer| layer.shape);
                let mask = (files[at].image, MaskSource::File(at));
                self.add((&name, &origin), mask, shape, || twice(at, files), faults);
            }
            return;
        }
        self.add_label_maps(hint, group, files, naming, notes, faults);
    }

    fn add_label_maps(
        &mut self,
        hint: &str,
        group: &[usize],
        files: &[MatchedMask],
        naming: &Naming<'_>,
        notes: &mut Vec<String>,
        faults: &mut Faults,
    ) {
        let readable =
            || group.iter().filter_map(move |&at| Some((at, files[at].contents.as_ref()?)));
        let layers = || readable().flat_map(|(_, contents)| &contents.layers);
        let values: BTreeSet<&LayerKey> = layers().map(|layer| &layer.key).collect();
        let mut names: BTreeMap<&LayerKey, (String, String)> = BTreeMap::new();
        let mut nameless = Vec::new();
        for key in values {
            match naming.layer(key) {
                Named::As(name, origin) => drop(names.insert(key, (name, origin))),
                Named::LeftOut => {}
                Named::Nothing => {
                    let prefix = if hint.is_empty() { "label" } else { hint };
                    let name = match key.value {
                        MaskValue::Number(number) => format!("{prefix}_{number}"),
                        MaskValue::Colour(r, g, b) => format!("{prefix}_{r:02x}{g:02x}{b:02x}"),
                    };
                    let text = value_text(key.value);
                    nameless.push(format!("{text} `{name}`"));
                    names.insert(key, (name, text));
                }
            }
        }
        if naming.table.is_some() && !nameless.is_empty() {
            let place = naming.table.map_or("", |table| &table.place);
            let expected = format!("only labels that {place} names");
            let found = nameless.join(", ");
            let hint = "name them with --labels VALUE=NAME, or leave them out with VALUE=";
            faults.push("labels", Problem::new("label maps", expected, found, hint));
        } else if !nameless.is_empty() {
            notes.push(format!(
                "nothing names the labels: {}; name them with --labels, such as \
                 --labels 1=right_lung,2=left_lung",
                nameless.join(", ")
            ));
        }
        let by_name: BTreeSet<&(String, String)> = names.values().collect();
        let mut order: Vec<&(String, String)> = by_name.into_iter().collect();
        order
            .sort_by_key(|name| names.iter().find(|(_, other)| other == name).map(|(key, _)| *key));
        for (at, contents) in readable() {
            for name in &order {
                let is_part =
                    |key: &LayerKey| names.get(key).is_some_and(|other| other.0 == name.0);
                let parts = contents.layers.iter().filter(|layer| is_part(&layer.key));
                let shape = parts.clone().next().map(|layer| layer.shape);
                let keys = parts.map(|layer| layer.key.clone()).collect();
                let mask = (files[at].image, MaskSource::Layers(at, keys));
                let twice = || {
                    let found = format!("another mask of `{}` in the same image", name.0);
                    let expected = "one mask of a structure in an image";
                    Problem::new(files[at].file.place(), expected, found, "")
                };
                self.add((&name.0, &name.1), mask, shape, twice, faults);
            }
        }
    }

    /// Adds the drawing of a label in an image.
    pub(crate) fn add_drawing(
        &mut self,
        label: &str,
        (image, drawing): (usize, Drawing),
        shape: Option<Shape>,
        place: &str,
        naming: &Naming<'_>,
        faults: &mut Faults,
    ) {
        let label = if label.is_empty() { naming.only().unwrap_or("structure") } else { label };
        let Named::As(name, origin) = naming.text(label, "named by the annotations".to_owned())
        else {
            return;
        };
        let twice = || {
            let place = format!("{place}, label `{label}`");
            let expected = "one mask of a structure in an image";
            Problem::new(place, expected, "annotations of it in two documents", "")
        };
        let mask = (image, MaskSource::Drawing(drawing));
        self.add((&name, &origin), mask, shape, twice, faults);
    }

    /// Completes names that are a side alone: `left` is `left_lung`.
    pub(crate) fn complete_sides(&mut self, notes: &mut Vec<String>) {
        for structure in &mut self.list {
            if words::side_of(&structure.id).is_some_and(|(_, rest)| rest.is_empty()) {
                let id = format!("{}_lung", structure.id);
                notes.push(format!(
                    "`{}` names a side alone: taken for `{id}`; name it with --labels \
                     {}=NAME if it is another structure",
                    structure.id, structure.id
                ));
                structure.id = id;
            }
        }
    }
}

/// Name of masks that nothing names, by their shape.
fn unnamed(shapes: &[Shape], notes: &mut Vec<String>) -> (String, String) {
    let filled: Vec<&Shape> = shapes.iter().filter(|shape| shape.share > 0.0).collect();
    let are_lungs = |shape: &&&Shape| shape.has_two_sides && shape.share > LUNGS_SHARE;
    let n_lungs = filled.iter().filter(are_lungs).count();
    if n_lungs > 0 && n_lungs * 10 >= filled.len() * 8 {
        notes.push(format!(
            "nothing names what the masks show; {n_lungs} of {} show two large parts side by \
             side: called `lungs`; another name with --labels NAME",
            filled.len()
        ));
        return ("lungs".to_owned(), "told by the shape of the masks".to_owned());
    }
    notes.push(
        "nothing names what the masks show: called `structure`; name it with --labels NAME"
            .to_owned(),
    );
    ("structure".to_owned(), "named by nothing".to_owned())
}

fn value_text(value: MaskValue) -> String {
    match value {
        MaskValue::Number(number) => format!("value {number}"),
        MaskValue::Colour(red, green, blue) => format!("colour #{red:02x}{green:02x}{blue:02x}"),
    }
}
