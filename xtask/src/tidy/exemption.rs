//! `// tidy: allow(<rule>): <why>` at the end of a line exempts that line from a rule.

use super::finding::Finding;
use super::source::Source;

const START: &str = "// tidy: allow(";

/// A comment that exempts its line.
#[derive(Debug, PartialEq)]
struct Exemption<'a> {
    rule: &'a str,
    why: &'a str,
}

/// Takes out the findings of `rule` that the source exempts; the answer is how many those were. An
/// exemption that says no reason, or that nothing needs, becomes a finding.
pub fn apply(source: &Source, rule: &'static str, findings: &mut Vec<Finding>) -> usize {
    let mut exempted = 0;
    for (index, text) in source.text.lines().enumerate() {
        let Some(exemption) = parse(text) else { continue };
        let line = index + 1;
        let before = findings.len();
        findings.retain(|finding| finding.line != line);
        let complaint = exemption.complaint(rule, before > findings.len());
        exempted += usize::from(complaint.is_none());
        findings
            .extend(complaint.map(|advice| Finding::new(&source.path, line, "exemption", advice)));
    }
    exempted
}

impl Exemption<'_> {
    fn complaint(&self, rule: &str, is_needed: bool) -> Option<String> {
        if self.rule != rule {
            return Some(format!("only `{rule}` can be exempted, not `{}`", self.rule));
        }
        if self.why.is_empty() {
            return Some(format!("give the reason: `{START}{rule}): <why>`"));
        }
        (!is_needed).then(|| "nothing on this line needs an exemption: remove it".into())
    }
}

fn parse(line: &str) -> Option<Exemption<'_>> {
    let (_, comment) = line.split_once(START)?;
    let (rule, why) = comment.split_once(')').unwrap_or((comment, ""));
    Some(Exemption { rule, why: why.trim_start_matches(':').trim() })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATH: &str = "crates/sim/src/lib.rs";

    fn applied(text: &str, lines: &[usize]) -> (usize, Vec<String>) {
        let source = Source::parse(PATH, text).unwrap();
        let finding = |line: &usize| Finding::new(PATH, *line, "order", "sort it");
        let mut findings = lines.iter().map(finding).collect();
        let exempted = apply(&source, "order", &mut findings);
        (exempted, findings.into_iter().map(|finding| finding.advice).collect())
    }

    #[test]
    fn a_reason_exempts_its_line_alone() {
        let text = "use a; // tidy: allow(order): read once at the start\nuse b;\n";
        assert_eq!(applied(text, &[1, 2]), (1, vec!["sort it".into()]));
    }

    #[test]
    fn bad_exemptions_are_findings() {
        let advice = |text: &str| applied(text, &[1]).1.concat();
        assert!(advice("use a; // tidy: allow(order)").contains("give the reason"));
        assert!(advice("use a; // tidy: allow(order): ").contains("give the reason"));
        assert!(advice("use a; // tidy: allow(sizes): big").contains("only `order`"));
        let (exempted, findings) = applied("use a; // tidy: allow(order): as above", &[]);
        assert_eq!(exempted, 0);
        assert!(findings[0].contains("remove it"));
    }
}
