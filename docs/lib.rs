//! The documentation as data: the pages and pictures of this folder.
//!
//! A page is a Markdown file; the folder that holds it is its [`Kind`]. Renders nothing.

/// Kind of a page, by what its reader wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Lessons: a reader follows every step.
    Tutorials,
    /// Directions for one task.
    HowTo,
    /// Facts to look up.
    Reference,
    /// Background and reasons.
    Explanation,
}

impl Kind {
    /// All kinds, in the order of the navigation.
    pub const ALL: [Self; 4] = [Self::Tutorials, Self::HowTo, Self::Reference, Self::Explanation];

    /// Name of the folder.
    #[must_use]
    pub const fn folder(self) -> &'static str {
        match self {
            Self::Tutorials => "tutorials",
            Self::HowTo => "how-to",
            Self::Reference => "reference",
            Self::Explanation => "explanation",
        }
    }

    /// Name for people.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Tutorials => "Tutorials",
            Self::HowTo => "How-to guides",
            Self::Reference => "Reference",
            Self::Explanation => "Explanation",
        }
    }
}

/// A page of the documentation.
#[derive(Debug, Clone, Copy)]
pub struct Page {
    /// Kind, which is the folder.
    pub kind: Kind,
    /// File name without its ending.
    pub name: &'static str,
    /// Markdown; the first line is the title.
    pub text: &'static str,
}

impl Page {
    /// Title: the heading on the first line.
    #[must_use]
    pub fn title(&self) -> &'static str {
        self.text.lines().next().unwrap_or_default().trim_start_matches("# ")
    }

    /// Path within the documentation: `reference/measures.md`.
    #[must_use]
    pub fn path(&self) -> String {
        format!("{}/{}.md", self.kind.folder(), self.name)
    }
}

macro_rules! pages {
    ($($kind:ident $folder:literal: $($name:literal)*;)*) => {
        &[$($(Page {
            kind: Kind::$kind,
            name: $name,
            text: include_str!(concat!($folder, "/", $name, ".md")),
        }),*),*]
    };
}

/// All pages, in the order of the navigation.
pub const PAGES: &[Page] = pages! {
    Tutorials "tutorials":
        "evaluate-masks"
        "host-a-benchmark"
        "active-shape-model";
    HowTo "how-to":
        "common-tasks"
        "make-a-benchmark"
        "check-a-benchmark"
        "train-with-scores"
        "read-results"
        "run-a-site"
        "run-on-engines"
        "evaluate-on-a-cluster";
    Reference "reference":
        "command-line"
        "api"
        "benchmark-file"
        "mask-sets"
        "file-formats"
        "measures"
        "results"
        "onnx"
        "performance"
        "glossary";
    Explanation "explanation":
        "methods"
        "experiments"
        "phantom"
        "record"
        "security"
        "scaling"
        "dependencies";
};

macro_rules! pictures {
    ($($path:literal)*) => {
        &[$(($path, include_bytes!(concat!("images/", $path)) as &[u8])),*]
    };
}

/// All pictures: path within `images/`, and content.
pub const PICTURES: &[(&str, &[u8])] = pictures! {
    "browse.png"
    "growth.svg"
    "methods/aam-whiskers-bfgs/search-JPCLN032.svg"
    "methods/aam-whiskers-bfgs/textures.svg"
    "methods/asm/modes.svg"
    "methods/asm/profiles.svg"
    "methods/asm/search-JPCLN032.svg"
    "methods/asm/variance.svg"
    "methods/asm-pc/posterior-JPCLN032.svg"
    "methods/asm-pc/search-JPCLN032.svg"
    "methods/asm-pc-grey/search-JPCLN032.svg"
    "methods/mean-shape/mean-shape-JPCLN032.svg"
    "methods/pc/posterior-JPCLN032.svg"
    "methods/pc/samples.svg"
    "methods/pc-post/posterior-JPCLN032.svg"
    "methods/voting/votes-JPCLN032.svg"
    "methods/voting-hybrids/votes-JPCLN032.svg"
};
