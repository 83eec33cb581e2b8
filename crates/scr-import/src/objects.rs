//! Objects of a benchmark: one of each structure, and one of both sides.

use scr_data::Problem;
use scr_data::benchmark_file::ObjectSection;

use crate::faults::Faults;
use crate::words::{Side, plural, side_of, structure_id, title};

/// Object that the user states: `lungs=right_lung+left_lung`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenObject {
    id: String,
    structures: Vec<String>,
}

impl GivenObject {
    /// Parses a list, divided by commas: `lungs=right_lung+left_lung,heart`.
    ///
    /// # Errors
    /// The reason, in words.
    pub fn parse_list(text: &str) -> Result<Vec<Self>, String> {
        let entry = |entry: &str| {
            let (id, structures) = entry.split_once('=').unwrap_or((entry, entry));
            let id = structure_id(id.trim());
            let structures: Option<Vec<String>> =
                structures.split('+').map(|structure| structure_id(structure.trim())).collect();
            let expected =
                "expected OBJECT=STRUCTURE+STRUCTURE, such as lungs=right_lung+left_lung";
            let (id, structures) = id.zip(structures).ok_or(expected)?;
            Ok(Self { id, structures })
        };
        text.split(',').map(entry).collect()
    }
}

/// Objects of the structures `ids`: those given, or one of each pair of sides and one of each
/// other structure.
pub(crate) fn objects(
    ids: &[&str],
    given: &[GivenObject],
    faults: &mut Faults,
) -> Vec<ObjectSection> {
    if given.is_empty() {
        return by_default(ids);
    }
    let mut objects = Vec::new();
    for GivenObject { id, structures } in given {
        for structure in structures {
            if !ids.contains(&structure.as_str()) {
                let place = format!("--objects, `{id}`");
                let expected = format!("structures of {}", ids.join(", "));
                let found = format!("`{structure}`");
                faults.push("objects", Problem::new(place, expected, found, ""));
            }
        }
        objects.push(ObjectSection {
            id: id.clone(),
            name: title(id),
            structures: structures.clone(),
        });
    }
    objects
}

fn by_default(ids: &[&str]) -> Vec<ObjectSection> {
    let has = |side: Side, rest: &str| ids.contains(&format!("{}_{rest}", side.prefix()).as_str());
    let mut objects: Vec<ObjectSection> = Vec::new();
    for id in ids {
        let (object, structures) = match side_of(id) {
            Some((_, rest)) if has(Side::Right, rest) && has(Side::Left, rest) => {
                let both =
                    [Side::Right, Side::Left].map(|side| format!("{}_{rest}", side.prefix()));
                (plural(rest), both.to_vec())
            }
            _ => ((*id).to_owned(), vec![(*id).to_owned()]),
        };
        // A union takes the place of a structure of the same name.
        if objects.iter().all(|other| other.id != object) {
            objects.push(ObjectSection { name: title(&object), id: object, structures });
        }
    }
    objects
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(objects: &[ObjectSection]) -> Vec<String> {
        objects.iter().map(|o| format!("{}={}", o.id, o.structures.join("+"))).collect()
    }

    #[test]
    fn both_sides_are_one_object_and_others_are_their_own() {
        let ids = ["right_lung", "left_lung", "heart", "left_clavicle"];
        let objects = objects(&ids, &[], &mut Faults::default());
        let expected = ["lungs=right_lung+left_lung", "heart=heart", "left_clavicle=left_clavicle"];
        assert_eq!(list(&objects), expected);
    }

    #[test]
    fn objects_of_the_user_are_checked() {
        let given = GivenObject::parse_list("all=Right Lung+heart,heart").unwrap();
        let mut faults = Faults::default();
        let objects = objects(&["right_lung", "heart"], &given, &mut faults);
        assert_eq!(list(&objects), ["all=right_lung+heart", "heart=heart"]);
        assert!(faults.is_empty());
        super::objects(&["heart"], &given, &mut faults);
        assert!(!faults.is_empty());
        assert!(GivenObject::parse_list("=").is_err());
    }
}
