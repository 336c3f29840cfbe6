//! Which steps a failed claim refers to: what a reader must see again to believe it.

use super::Scenario;
use super::claim::{Block, Claim, Test};
use super::fixes::Fixes;
use crate::source::Span;

/// What decided, and what is shown with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// The step whose observation decided.
    pub step: String,
    /// The field of it.
    pub field: String,
    /// Other steps: those that the claim compares with, and those in the sentence of its block.
    pub beside: Vec<String>,
    /// What mends it, where that differs from the playbook.
    pub fix: Option<Fixes>,
}

impl Scenario {
    /// What the claim at `span` refers to.
    pub fn decided(&self, span: Span) -> Option<Decided> {
        let claims = |block| {
            let block: &Block = block;
            block.claims.iter().map(move |claim| (block, claim))
        };
        let (block, claim) =
            self.expect.iter().flat_map(claims).find(|(_, one)| one.span == span)?;
        let told = named_steps(block).chain(compared(claim));
        let beside = told.filter(|step| *step != claim.step).map(str::to_owned).collect();
        let (step, field) = (claim.step.clone(), claim.field.clone());
        Some(Decided { step, field, beside, fix: block.fix.clone() })
    }
}

/// The steps in the sentence of a block.
fn named_steps(block: &Block) -> impl Iterator<Item = &str> {
    let names = block.says.iter().flat_map(|says| says.names());
    names.filter_map(|name| name.split_once('.').map(|(step, _)| step))
}

fn compared(claim: &Claim) -> impl Iterator<Item = &str> {
    claim.tests.iter().filter_map(|test| match test {
        Test::Same(step, _, _) => Some(step.as_str()),
        _ => None,
    })
}
