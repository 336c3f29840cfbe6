//! Counts of a whole module, section by section.

use wasmparser::{
    CompositeInnerType, DataSectionReader, ElementItems, ElementSectionReader, ExportSectionReader,
    FunctionBody, ImportSectionReader, Payload, TypeRef, TypeSectionReader,
};

use super::body::{FunctionCounts, Shape};
use super::{Count, LimitPolicy, Refusal};

/// What was counted so far.
pub(super) struct Counted<'a> {
    policy: LimitPolicy<'a>,
    /// Parameters and results of each type, for blocks.
    types: Vec<Shape>,
    type_values: u64,
    imported_functions: u64,
    memories: u64,
    tables: u64,
    globals: u64,
    custom_bytes: u64,
    elements: u64,
    bodies: u64,
    branch_targets: u64,
    indirect_calls: u64,
    locals: u64,
}

impl<'a> Counted<'a> {
    /// Nothing yet.
    pub(super) fn new(policy: LimitPolicy<'a>) -> Self {
        Self {
            policy,
            types: Vec::new(),
            type_values: 0,
            imported_functions: 0,
            memories: 0,
            tables: 0,
            globals: 0,
            custom_bytes: 0,
            elements: 0,
            bodies: 0,
            branch_targets: 0,
            indirect_calls: 0,
            locals: 0,
        }
    }

    /// Count one section; code is counted body by body.
    pub(super) fn section(&mut self, payload: Payload<'_>) -> Result<(), Refusal> {
        match payload {
            Payload::TypeSection(types) => self.types(types),
            Payload::ImportSection(imports) => self.imports(imports),
            Payload::FunctionSection(all) => {
                self.policy.hold(Count::Functions, u64::from(all.count()), all.range().start)
            }
            Payload::TableSection(all) => {
                self.tables += u64::from(all.count());
                self.policy.hold(Count::Tables, self.tables, all.range().start)
            }
            Payload::MemorySection(all) => {
                self.memories += u64::from(all.count());
                self.policy.hold(Count::Memories, self.memories, all.range().start)
            }
            Payload::GlobalSection(all) => {
                self.globals += u64::from(all.count());
                self.policy.hold(Count::Globals, self.globals, all.range().start)
            }
            Payload::ExportSection(exports) => self.exports(exports),
            Payload::ElementSection(segments) => self.elements(segments),
            Payload::DataCountSection { count, range } => {
                self.policy.hold(Count::DataSegments, u64::from(count), range.start)
            }
            Payload::DataSection(segments) => self.data(&segments),
            Payload::CodeSectionStart { count, range, .. } => {
                self.policy.hold(Count::Functions, u64::from(count), range.start)
            }
            Payload::CustomSection(custom) => {
                self.custom_bytes += custom.range().len() as u64;
                self.policy.hold(Count::CustomBytes, self.custom_bytes, custom.range().start)
            }
            _ => Ok(()),
        }
    }

    fn types(&mut self, groups: TypeSectionReader<'_>) -> Result<(), Refusal> {
        self.policy.hold(Count::Types, u64::from(groups.count()), groups.range().start)?;
        for group in groups.into_iter_with_offsets() {
            let (offset, group) = group?;
            for sub in group.types() {
                let shape = match &sub.composite_type.inner {
                    CompositeInnerType::Func(function) => {
                        Shape::new(function.params().len(), function.results().len())
                    }
                    _ => Shape::default(),
                };
                self.types.push(shape);
                self.type_values += shape.params + shape.results;
                self.policy.hold(Count::Types, self.types.len() as u64, offset)?;
                self.policy.hold(Count::Params, shape.params, offset)?;
                self.policy.hold(Count::Results, shape.results, offset)?;
                self.policy.hold(Count::TypeValues, self.type_values, offset)?;
            }
        }
        Ok(())
    }

    fn imports(&mut self, imports: ImportSectionReader<'_>) -> Result<(), Refusal> {
        let start = imports.range().start;
        for (import, seen) in imports.into_imports().zip(1_u64..) {
            let import = import?;
            self.policy.hold(Count::Imports, seen, start)?;
            self.policy.hold(Count::NameBytes, import.module.len() as u64, start)?;
            self.policy.hold(Count::NameBytes, import.name.len() as u64, start)?;
            match import.ty {
                TypeRef::Func(_) | TypeRef::FuncExact(_) => self.imported_functions += 1,
                TypeRef::Table(_) => self.tables += 1,
                TypeRef::Memory(_) => self.memories += 1,
                TypeRef::Global(_) => self.globals += 1,
                TypeRef::Tag(_) => {}
            }
        }
        Ok(())
    }

    fn exports(&self, exports: ExportSectionReader<'_>) -> Result<(), Refusal> {
        self.policy.hold(Count::Exports, u64::from(exports.count()), exports.range().start)?;
        for export in exports.into_iter_with_offsets() {
            let (offset, export) = export?;
            self.policy.hold(Count::NameBytes, export.name.len() as u64, offset)?;
        }
        Ok(())
    }

    fn elements(&mut self, segments: ElementSectionReader<'_>) -> Result<(), Refusal> {
        let count = u64::from(segments.count());
        self.policy.hold(Count::ElementSegments, count, segments.range().start)?;
        for segment in segments.into_iter_with_offsets() {
            let (offset, segment) = segment?;
            self.elements += match segment.items {
                ElementItems::Functions(items) => u64::from(items.count()),
                ElementItems::Expressions(_, items) => u64::from(items.count()),
            };
            self.policy.hold(Count::Elements, self.elements, offset)?;
        }
        Ok(())
    }

    fn data(&self, segments: &DataSectionReader<'_>) -> Result<(), Refusal> {
        let count = u64::from(segments.count());
        self.policy.hold(Count::DataSegments, count, segments.range().start)
    }

    /// Count one function.
    pub(super) fn body(&mut self, body: &FunctionBody<'_>) -> Result<(), Refusal> {
        let index = self.imported_functions + self.bodies;
        self.bodies += 1;
        let counted = FunctionCounts::count(body, index, &self.types, self.policy)?;
        self.locals += counted.locals;
        self.branch_targets += counted.branch_targets;
        self.indirect_calls += counted.indirect_calls;
        let start = body.range().start;
        self.policy.hold(Count::AllLocals, self.locals, start)?;
        self.policy.hold(Count::AllIndirectCalls, self.indirect_calls, start)?;
        self.policy.hold(Count::AllBranchTargets, self.branch_targets, start)
    }
}
