//! Tables as LaTeX, for a document that loads `booktabs`.

use super::table::Table;

impl Table {
    /// The table as LaTeX; without columns its notes as comments.
    pub(super) fn latex(&self) -> String {
        if self.columns.is_empty() {
            return self.notes.iter().map(|note| format!("% {note}\n")).collect();
        }
        let alignment: String =
            self.columns.iter().map(|column| if column.is_number { 'r' } else { 'l' }).collect();
        let line = |cells: Vec<String>| format!("    {} \\\\\n", cells.join(" & "));
        let heads = self.columns.iter().map(|column| in_latex(&column.head)).collect();
        let mut text = format!(
            "\\begin{{table}}\n  \\centering\n  \\caption{{{}}}\n  \\begin{{tabular}}{{{alignment}}}\n    \\toprule\n",
            in_latex(&self.title)
        );
        text += &line(heads);
        text += "    \\midrule\n";
        let is_in_group = |row: &[String]| row.first().is_some_and(String::is_empty);
        let has_groups = self.rows.iter().any(|row| is_in_group(row));
        let rows = self.rows_with_best(|cell| in_latex(cell), |cell| format!("\\textbf{{{cell}}}"));
        for (index, row) in rows.into_iter().enumerate() {
            if has_groups && index > 0 && !is_in_group(&row) {
                text += "    \\addlinespace\n";
            }
            text += &line(row);
        }
        text += "    \\bottomrule\n  \\end{tabular}\n";
        for note in &self.notes {
            text += &format!("  \\par\\smallskip\\footnotesize {}\n", in_latex(note));
        }
        text + "\\end{table}\n"
    }
}

/// Escapes text for LaTeX.
fn in_latex(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' | '%' | '$' | '#' | '_' | '{' | '}' => {
                escaped.push('\\');
                escaped.push(letter);
            }
            '\\' => escaped += "\\textbackslash{}",
            '~' => escaped += "\\textasciitilde{}",
            '^' => escaped += "\\textasciicircum{}",
            '<' => escaped += "$<$",
            '>' => escaped += "$>$",
            '↑' => escaped += "$\\uparrow$",
            '↓' => escaped += "$\\downarrow$",
            '±' => escaped += "$\\pm$",
            '–' => escaped += "--",
            _ => escaped.push(letter),
        }
    }
    escaped
}
