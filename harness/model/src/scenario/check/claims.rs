//! Checks of expectations: every path exists, and every matcher can fit its field.

use crate::name::is_incident;
use crate::observation::{Field, ValueKind};
use crate::profile::Need;
use crate::reading::Log;
use crate::scenario::expect::{RawBlock, RawClaims, RawExpect, RawMatch, RawMatchers};
use crate::scenario::template::{Template, checked};
use crate::scenario::{
    Block, Bound, Claim, Comparison, Follows, SUBJECT, Scalar, ScalarTemplate, Step, Test,
};
use crate::source::{At, Complaint, Span};

/// The blocks that are meant.
pub(super) fn check(
    raw: &RawExpect,
    steps: &[Step],
    params: &[String],
    span: Span,
    log: &mut Log,
) -> Vec<Block> {
    if log.0.is_empty() && raw.0.iter().all(|block| block.claims.0.is_empty()) {
        log.add(Complaint::new(span, "the scenario expects nothing, so it can never fail"));
    }
    raw.0.iter().map(|raw| block(raw, steps, params, log)).collect()
}

fn block(raw: &RawBlock, steps: &[Step], params: &[String], log: &mut Log) -> Block {
    let other = raw.r#where.0.first().map(|(path, _)| path.span);
    let place = raw.says.as_ref().map(|says| says.span).or(other);
    if let (true, Some(span)) = (raw.claims.0.is_empty(), place) {
        let problem = "this block expects nothing, so it can never fail";
        log.add(Complaint::new(span, problem).help("expected a claim too, as in `a.b: c`"));
    }
    let says = raw.says.as_ref().map(|says| {
        let paths = steps.iter().flat_map(|step| {
            step.fields().iter().map(move |field| format!("{}.{}", step.name, field.name))
        });
        let known: Vec<String> = params.iter().cloned().chain(paths).collect();
        checked(says, &known, log)
    });
    Block {
        condition: claims(&raw.r#where, steps, params, log),
        severity: raw.severity,
        says,
        fix: raw.fix.clone(),
        follows_from: follows(raw, steps, params, log),
        claims: claims(&raw.claims, steps, params, log),
    }
}

/// The incidents that explain a failure of the block.
fn follows(raw: &RawBlock, steps: &[Step], params: &[String], log: &mut Log) -> Vec<Follows> {
    let one = |(incident, conditions): &(At<String>, RawClaims)| {
        if !is_incident(&incident.value) {
            let problem = format!("`{}` is not an incident id", incident.value);
            let help = "expected `family/name`, lower-case letters, digits and hyphens";
            log.add(Complaint::new(incident.span, problem).help(help));
        }
        let condition = claims(conditions, steps, params, log);
        Follows { incident: incident.value.clone(), condition, span: incident.span }
    };
    raw.follows_from.0.iter().map(one).collect()
}

fn claims(raw: &RawClaims, steps: &[Step], params: &[String], log: &mut Log) -> Vec<Claim> {
    let claim = |(path, matcher): &(At<String>, At<RawMatch>)| {
        let (step, field) = path_to(path, steps, log)?;
        let tests = tests(matcher, field, steps, params, log);
        let field = field.name.to_owned();
        Some(Claim { step: step.to_owned(), field, tests, span: path.span })
    };
    raw.0.iter().filter_map(claim).collect()
}

/// The step and field of a path.
fn path_to<'a>(
    path: &'a At<String>,
    steps: &[Step],
    log: &mut Log,
) -> Option<(&'a str, &'static Field)> {
    let (name, field) = path.value.split_once('.').unwrap_or((&path.value, ""));
    let fields = match steps.iter().find(|step| step.name == name) {
        Some(step) => step.fields(),
        None if name == SUBJECT => Need::FIELDS,
        None => {
            let names = steps.iter().map(|step| step.name.as_str());
            let names: Vec<&str> = names.chain([SUBJECT]).collect();
            log.unknown("step", &At { value: name, span: path.span }, &names);
            return None;
        }
    };
    let found = fields.iter().find(|known| known.name == field);
    if found.is_none() {
        let names: Vec<&str> = fields.iter().map(|known| known.name).collect();
        log.unknown("field", &At { value: field, span: path.span }, &names);
    }
    found.map(|field| (name, field))
}

fn tests(
    raw: &At<RawMatch>,
    field: &Field,
    steps: &[Step],
    params: &[String],
    log: &mut Log,
) -> Vec<Test> {
    let mut reader = Tests { span: raw.span, field, steps, params, log, tests: Vec::new() };
    match &raw.value {
        RawMatch::Is(scalar) => reader.equals(&At { value: scalar.clone(), span: raw.span }, true),
        RawMatch::All(all) => reader.all(all),
    }
    if reader.tests.is_empty() {
        reader.log.add(Complaint::new(raw.span, "the matcher is empty, so it can never fail"));
    }
    reader.tests
}

struct Tests<'a> {
    span: Span,
    field: &'a Field,
    steps: &'a [Step],
    params: &'a [String],
    log: &'a mut Log,
    tests: Vec<Test>,
}

impl Tests<'_> {
    fn all(&mut self, raw: &RawMatchers) {
        raw.is.iter().for_each(|value| self.equals(value, true));
        raw.not.iter().for_each(|value| self.equals(value, false));
        raw.one_of.iter().for_each(|list| self.within(list, true));
        raw.none_of.iter().for_each(|list| self.within(list, false));
        raw.at_most.iter().for_each(|bound| self.compare(Comparison::AtMost, bound));
        raw.at_least.iter().for_each(|bound| self.compare(Comparison::AtLeast, bound));
        raw.below.iter().for_each(|bound| self.compare(Comparison::Below, bound));
        raw.above.iter().for_each(|bound| self.compare(Comparison::Above, bound));
        raw.has_token.iter().for_each(|token| self.token(token, true));
        raw.lacks_token.iter().for_each(|token| self.token(token, false));
        raw.contains.iter().for_each(|part| self.contains(part, true));
        raw.lacks.iter().for_each(|part| self.contains(part, false));
        raw.present.iter().for_each(|present| self.tests.push(Test::Present(*present)));
        raw.empty.iter().for_each(|empty| {
            self.fits("empty", &[ValueKind::Text, ValueKind::Texts]);
            self.tests.push(Test::Empty(*empty));
        });
        raw.same_as.iter().for_each(|path| self.same(path, true));
        raw.differs_from.iter().for_each(|path| self.same(path, false));
    }

    /// Complain where a matcher can never fit the field.
    fn fits(&mut self, matcher: &str, kinds: &[ValueKind]) {
        if !kinds.contains(&self.field.kind) {
            let problem = format!(
                "`{matcher}` does not fit `{}`, {}",
                self.field.name,
                noun(self.field.kind)
            );
            self.log.add(Complaint::new(self.span, problem));
        }
    }

    fn equals(&mut self, value: &At<Scalar>, equal: bool) {
        let fits = match &value.value {
            Scalar::Text(_) => &[ValueKind::Text, ValueKind::Bool, ValueKind::Number][..],
            Scalar::Bool(_) => &[ValueKind::Bool],
            Scalar::Int(_) | Scalar::Float(_) => &[ValueKind::Number],
            Scalar::Null => &[],
        };
        let is_template = matches!(&value.value, Scalar::Text(text) if text.contains('{'));
        if !is_template && matches!(value.value, Scalar::Text(_)) {
            self.fits("is", &[ValueKind::Text]);
        } else {
            self.fits("is", fits);
        }
        self.known(value.value.text().as_str(), value.span);
        let meant = match &value.value {
            Scalar::Text(text) => ScalarTemplate::Text(checked(
                &At { value: text.clone(), span: value.span },
                self.params,
                self.log,
            )),
            other => ScalarTemplate::Is(other.clone()),
        };
        self.tests.push(Test::Equals(meant, equal));
    }

    /// Complain where a field has its own words and this is none of them; a parameter's values
    /// are known only when it is filled in.
    fn known(&mut self, word: &str, span: Span) {
        let words = self.field.words;
        if !words.is_empty() && !words.contains(&word) && !word.contains('{') {
            self.log.unknown(self.field.name, &At { value: word, span }, words);
        }
    }

    /// One value of a list; each value is checked like that of `is`.
    fn within(&mut self, list: &[At<Scalar>], within: bool) {
        for one in list {
            let fits = match (&one.value, self.field.kind) {
                (Scalar::Text(_), kind) => kind == ValueKind::Text,
                (Scalar::Bool(_), kind) => kind == ValueKind::Bool,
                (Scalar::Int(_) | Scalar::Float(_), kind) => kind == ValueKind::Number,
                (Scalar::Null, _) => false,
            };
            if fits {
                self.known(one.value.text().as_str(), one.span);
            } else {
                let problem = format!(
                    "`{}` does not fit `{}`, {}",
                    one.value.label(),
                    self.field.name,
                    noun(self.field.kind)
                );
                self.log.add(Complaint::new(one.span, problem));
            }
        }
        let list = list.iter().map(|one| one.value.clone()).collect();
        self.tests.push(Test::OneOf(list, within));
    }

    fn compare(&mut self, comparison: Comparison, bound: &At<Scalar>) {
        self.fits("a comparison", &[ValueKind::Number, ValueKind::Interval]);
        let number = match &bound.value {
            Scalar::Int(number) => Some(Bound::Number(*number as f64)),
            Scalar::Float(number) => Some(Bound::Number(*number)),
            Scalar::Text(word) => {
                Bound::NAMED.iter().find(|(name, _)| name == word).map(|(_, bound)| *bound)
            }
            Scalar::Null | Scalar::Bool(_) => None,
        };
        match number {
            Some(number) => self.tests.push(Test::Compare(comparison, number)),
            None => {
                let names: Vec<&str> = Bound::NAMED.iter().map(|(name, _)| *name).collect();
                let read = At { value: bound.value.label(), span: bound.span };
                self.log.unknown("bound", &read, &names);
            }
        }
    }

    fn token(&mut self, token: &At<String>, has: bool) {
        self.fits("has-token", &[ValueKind::Texts]);
        self.known(&token.value, token.span);
        self.tests.push(Test::Token(checked(token, self.params, self.log), has));
    }

    fn contains(&mut self, part: &At<String>, has: bool) {
        self.fits("contains", &[ValueKind::Text]);
        self.tests.push(Test::Contains(checked(part, self.params, self.log), has));
    }

    fn same(&mut self, path: &At<String>, equal: bool) {
        if let Some((step, field)) = path_to(path, self.steps, self.log) {
            if field.kind != self.field.kind {
                let problem = format!("`{}` is {}", path.value, noun(field.kind));
                let help = format!("`{}` is {}", self.field.name, noun(self.field.kind));
                self.log.add(Complaint::new(path.span, problem).help(help));
            }
            self.tests.push(Test::Same(step.to_owned(), field.name.to_owned(), equal));
        }
    }
}

fn noun(kind: ValueKind) -> &'static str {
    match kind {
        ValueKind::Bool => "a truth",
        ValueKind::Number => "a number",
        ValueKind::Text => "a text",
        ValueKind::Texts => "a list of texts",
        ValueKind::Interval => "an interval",
    }
}

/// Every text that a template gives with the values of a matrix.
pub(super) fn fillings(template: &Template, matrix: &[(String, Vec<Scalar>)]) -> Vec<String> {
    let names: Vec<&str> = template.names().collect();
    let used = matrix.iter().filter(|(name, _)| names.contains(&name.as_str()));
    let rows = used.fold(vec![Vec::new()], |rows, (name, values)| {
        let extend = |row: &Vec<(String, Scalar)>| {
            let row = row.clone();
            values.iter().map(move |value| {
                let mut longer = row.clone();
                longer.push((name.clone(), value.clone()));
                longer
            })
        };
        rows.iter().flat_map(extend).collect()
    });
    rows.iter().map(|row| template.text(row)).collect()
}
