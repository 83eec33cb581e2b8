//! Faults in the options of an address of the image browser, for people.
//!
//! An option that makes no sense counts as absent, so that an outdated link still opens; the
//! page then says which one.

use crate::options::Options;

/// Grey windows that an address can name.
const WINDOWS: [&str; 5] = ["auto", "full", "lungs", "dense", "bone"];

/// Identifiers that an address can name.
pub(crate) struct Known<'a> {
    /// Keys of the layers, `entries:ID` or `observers:ID`, and of entries that are listed as
    /// an observer.
    pub(crate) layers: Vec<String>,
    /// Identifiers of the structures.
    pub(crate) structures: Vec<&'a str>,
    /// Identifiers of the objects.
    pub(crate) objects: Vec<&'a str>,
}

/// A sentence on each fault of an address.
pub(crate) fn faults(options: &Options, known: &Known<'_>) -> Vec<String> {
    let mut faults = Vec::new();
    for (option, kind) in [("entries", "entry"), ("observers", "observer")] {
        for id in options.list(option).unwrap_or_default() {
            if !known.layers.contains(&format!("{option}:{id}")) {
                faults.push(format!("There is no {kind} “{id}” to show here."));
            }
        }
    }
    for id in options.list("structures").unwrap_or_default() {
        if !known.structures.contains(&id) {
            faults.push(format!("There is no structure “{id}” to show here."));
        }
    }
    if let Some(window) = options.first("window")
        && !is_window(window)
    {
        faults.push(format!(
            "The grey window “{window}” makes no sense: expected two values such as 1000-30000, \
             or one of {}.",
            WINDOWS.join(", ")
        ));
    }
    for (name, expected) in [("zoom", "a number above 0"), ("x", "a number"), ("y", "a number")] {
        let Some(text) = options.first(name) else { continue };
        let value = text.parse::<f64>().ok().filter(|value| value.is_finite());
        if value.is_none_or(|value| name == "zoom" && value <= 0.0) {
            faults.push(format!("The option {name}=“{text}” makes no sense: expected {expected}."));
        }
    }
    for key in options.list("compare").unwrap_or_default() {
        if !known.layers.iter().any(|layer| layer == key) {
            faults.push(format!("There is no layer “{key}” to compare."));
        }
    }
    if let Some(object) = options.first("object")
        && !known.objects.contains(&object)
        && !known.structures.contains(&object)
    {
        faults.push(format!("There is no object “{object}” to compare."));
    }
    let words: [(&str, &[&str]); 3] = [
        ("show", &["errors", "distance", "worst"]),
        ("consensus", &["shown", "all"]),
        ("ctr", &["1"]),
    ];
    for (name, expected) in words {
        for word in options.list(name).unwrap_or_default() {
            if !expected.contains(&word) {
                let expected = expected.join(", ");
                faults.push(format!(
                    "The option {name}=“{word}” makes no sense: expected {expected}."
                ));
            }
        }
    }
    if let Some(text) = options.first("ruler") {
        let ends: Vec<f64> = text.split(',').filter_map(|number| number.parse().ok()).collect();
        if ends.len() != 4 || !ends.iter().all(|number| number.is_finite()) {
            faults.push(format!("The ruler “{text}” makes no sense: expected x,y,x,y in pixels."));
        }
    }
    if let Some(posterior) = options.first("posterior") {
        let entry = posterior.split(':').next().unwrap_or_default();
        if !known.layers.contains(&format!("entries:{entry}")) {
            faults.push(format!("There is no entry “{entry}” to show a posterior of."));
        }
    }
    faults
}

fn is_window(text: &str) -> bool {
    let value = |text: &str| text.parse::<u16>().ok();
    let values = text.split_once('-').and_then(|(low, high)| Some((value(low)?, value(high)?)));
    WINDOWS.contains(&text) || values.is_some_and(|(low, high)| low < high)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(query: &str) -> Vec<String> {
        let layers = ["observers:first", "entries:a"].map(str::to_owned).to_vec();
        faults(
            &Options::of_query(query),
            &Known { layers, structures: vec!["heart"], objects: vec!["lungs"] },
        )
    }

    #[test]
    fn what_makes_sense_is_not_remarked_upon() {
        for query in [
            "",
            "entries=&observers=&structures=",
            "entries=a&observers=first&structures=heart&window=10-300&invert=1",
            "window=lungs&zoom=2.5&x=-3&y=1e2&compare=observers:first,entries:a&posterior=a:heart",
            "window=auto&another=option",
            "object=lungs&show=errors,worst&consensus=all&ctr=1&ruler=1,2.5,3,4",
            "object=heart",
        ] {
            assert_eq!(of(query), Vec::<String>::new(), "{query}");
        }
    }

    #[test]
    fn every_fault_is_named() {
        for (query, named) in [
            ("entries=a,nobody", "“nobody”"),
            ("observers=zzz", "“zzz”"),
            ("entries=first", "“first”"),
            ("structures=heart,liver", "“liver”"),
            ("window=banana", "“banana”"),
            ("window=300-10", "“300-10”"),
            ("zoom=0", "“0”"),
            ("zoom=x", "“x”"),
            ("y=NaN", "“NaN”"),
            ("compare=entries:b", "“entries:b”"),
            ("object=liver", "“liver”"),
            ("show=errors,mistakes", "“mistakes”"),
            ("consensus=some", "“some”"),
            ("ruler=1,2,3", "“1,2,3”"),
            ("posterior=b:heart", "“b”"),
        ] {
            let faults = of(query);
            assert!(faults.len() == 1 && faults[0].contains(named), "{query}: {faults:?}");
        }
    }
}
