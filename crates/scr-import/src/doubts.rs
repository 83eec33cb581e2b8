//! Doubts of an import: questions with a default, which an option answers.

use scr_data::Problem;

/// Question that only the user can answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doubt {
    /// Option that answers it, such as `--runs`.
    pub option: &'static str,
    /// Question, with examples.
    pub question: String,
    /// Answers: the value of the option and its meaning. The first is the default.
    pub answers: Vec<Answer>,
}

/// Answer to a doubt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Value of the option.
    pub value: String,
    /// Meaning in words.
    pub meaning: String,
}

impl Doubt {
    /// A doubt with answers, each a value and its meaning, the default first.
    pub(crate) fn new<'a>(
        option: &'static str,
        question: String,
        answers: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Self {
        let answer = |(value, meaning): (&str, &str)| Answer {
            value: value.to_owned(),
            meaning: meaning.to_owned(),
        };
        Self { option, question, answers: answers.into_iter().map(answer).collect() }
    }

    /// The doubt as a problem, for scripts: nobody answers there.
    #[must_use]
    pub fn problem(&self) -> Problem {
        let answers: Vec<String> = self
            .answers
            .iter()
            .map(|answer| format!("{} ({})", answer.value, answer.meaning))
            .collect();
        let hint = format!("give {} {}", self.option, self.answers[0].value);
        Problem::new(self.option, answers.join(", or "), &self.question, hint)
    }
}
