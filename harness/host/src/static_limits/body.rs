//! Counts of one function: what makes compiler passes slow.

use wasmparser::{BlockType, FunctionBody, Operator};

use super::{Count, LimitPolicy, Refusal};

/// How many values a type takes and gives.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Shape {
    pub params: u64,
    pub results: u64,
}

impl Shape {
    pub(super) fn new(params: usize, results: usize) -> Self {
        Self { params: params as u64, results: results as u64 }
    }
}

/// What was counted of one function.
pub(super) struct FunctionCounts<'a> {
    policy: LimitPolicy<'a>,
    index: u64,
    types: &'a [Shape],
    pub locals: u64,
    pub branch_targets: u64,
    loops: u64,
    /// The blocks that are open, and whether each is a loop.
    open: Vec<bool>,
    open_loops: u64,
    loops_by_depth: u64,
    arity_times_nesting: u64,
    calls: u64,
    pub indirect_calls: u64,
    branches: u64,
    bulk_operations: u64,
}

impl<'a> FunctionCounts<'a> {
    /// Count `body`, the function `index` of its module.
    pub(super) fn count(
        body: &FunctionBody<'_>,
        index: u64,
        types: &'a [Shape],
        policy: LimitPolicy<'a>,
    ) -> Result<Self, Refusal> {
        let mut counted = Self {
            policy,
            index,
            types,
            locals: 0,
            branch_targets: 0,
            loops: 0,
            open: Vec::new(),
            open_loops: 0,
            loops_by_depth: 0,
            arity_times_nesting: 0,
            calls: 0,
            indirect_calls: 0,
            branches: 0,
            bulk_operations: 0,
        };
        counted.hold(Count::BodyBytes, body.range().len() as u64, body.range().start)?;
        for group in body.get_locals_reader()? {
            counted.locals += u64::from(group?.0);
            counted.hold(Count::Locals, counted.locals, body.range().start)?;
        }
        let mut operators = body.get_operators_reader()?;
        while !operators.eof() {
            let (operator, offset) = operators.read_with_offset()?;
            counted.operator(&operator, offset)?;
        }
        Ok(counted)
    }

    fn hold(&self, count: Count, seen: u64, offset: usize) -> Result<(), Refusal> {
        self.policy.held(count, seen, offset, Some(self.index))
    }

    fn operator(&mut self, operator: &Operator<'_>, offset: usize) -> Result<(), Refusal> {
        match operator {
            Operator::Block { blockty } | Operator::Try { blockty } => {
                self.block(*blockty, false, offset)
            }
            Operator::TryTable { try_table } => {
                self.branch(try_table.catches.len() as u64, offset)?;
                self.block(try_table.ty, false, offset)
            }
            Operator::Loop { blockty } => {
                self.loops += 1;
                self.hold(Count::Loops, self.loops, offset)?;
                self.block(*blockty, true, offset)?;
                self.loops_by_depth += self.open_loops;
                let product = self.loops_by_depth.saturating_mul(self.locals);
                self.hold(Count::LocalsTimesLoops, product, offset)
            }
            Operator::If { blockty } => {
                self.branch(1, offset)?;
                self.block(*blockty, false, offset)
            }
            Operator::End => {
                self.open_loops -= u64::from(self.open.pop().unwrap_or(false));
                Ok(())
            }
            Operator::BrIf { .. }
            | Operator::BrOnNull { .. }
            | Operator::BrOnNonNull { .. }
            | Operator::BrOnCast { .. }
            | Operator::BrOnCastFail { .. } => self.branch(1, offset),
            Operator::BrTable { targets } => {
                let targets = u64::from(targets.len());
                self.branch_targets += targets;
                self.hold(Count::BranchTargets, targets, offset)
            }
            Operator::Call { .. } | Operator::ReturnCall { .. } => {
                self.calls += 1;
                self.hold(Count::Calls, self.calls, offset)
            }
            Operator::CallIndirect { .. }
            | Operator::ReturnCallIndirect { .. }
            | Operator::CallRef { .. }
            | Operator::ReturnCallRef { .. } => {
                self.indirect_calls += 1;
                self.hold(Count::IndirectCalls, self.indirect_calls, offset)
            }
            Operator::MemoryCopy { .. }
            | Operator::MemoryFill { .. }
            | Operator::MemoryInit { .. }
            | Operator::TableCopy { .. }
            | Operator::TableFill { .. }
            | Operator::TableInit { .. } => {
                self.bulk_operations += 1;
                self.hold(Count::BulkOperations, self.bulk_operations, offset)
            }
            _ => Ok(()),
        }
    }

    fn branch(&mut self, ways: u64, offset: usize) -> Result<(), Refusal> {
        self.branches = self.branches.saturating_add(ways);
        self.hold(Count::Branches, self.branches, offset)
    }

    fn block(&mut self, block: BlockType, is_loop: bool, offset: usize) -> Result<(), Refusal> {
        let shape = match block {
            BlockType::Empty => Shape::default(),
            BlockType::Type(_) => Shape { params: 0, results: 1 },
            BlockType::FuncType(index) => {
                self.types.get(index as usize).copied().unwrap_or_default()
            }
        };
        self.open.push(is_loop);
        self.open_loops += u64::from(is_loop);
        let depth = self.open.len() as u64;
        self.hold(Count::Nesting, depth, offset)?;
        let arity = shape.params + shape.results;
        let product = arity.saturating_mul(depth);
        self.arity_times_nesting = self.arity_times_nesting.saturating_add(product);
        self.hold(Count::ArityTimesNesting, self.arity_times_nesting, offset)
    }
}
