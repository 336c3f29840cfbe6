//! A module under construction that implements the guest ABI.
//!
//! `alloc` returns 1024, and `process` returns four bytes at 16. A generator adds its own part.

use wasm_encoder::{
    CodeSection, ConstExpr, DataCountSection, DataSection, ElementSection, ExportKind,
    ExportSection, Function, FunctionSection, GlobalSection, ImportSection, MemorySection,
    MemoryType, Module, StartSection, TableSection, TypeSection, ValType,
};

/// The type index of `(i32) -> i32`.
pub(super) const UNARY: u32 = 0;
/// The type index of `(i32, i32) -> i64`.
pub(super) const PROCESS: u32 = 1;
/// The type index of `() -> ()`.
pub(super) const NOTHING: u32 = 2;
/// The first type index that a generator may add.
pub(super) const TYPES_FREE: u32 = 3;
/// The function index of `alloc` in a module without imports.
pub(super) const ALLOC: u32 = 0;
/// The function index of the first body that a generator adds, in a module without imports.
pub(super) const FIRST: u32 = 2;

/// The output of `process` unless a generator changes it.
pub(super) const OUTPUT: &[u8; 4] = b"tiny";
/// The address of the output and its length, as `process` returns them.
pub(super) const OUTPUT_AT_16: i64 = 0x10_0000_0004;

/// The sections of a module.
pub(super) struct Builder {
    pub(super) types: TypeSection,
    pub(super) imports: ImportSection,
    pub(super) functions: FunctionSection,
    pub(super) tables: TableSection,
    pub(super) memories: MemorySection,
    pub(super) globals: GlobalSection,
    pub(super) exports: ExportSection,
    pub(super) start: Option<u32>,
    pub(super) elements: ElementSection,
    pub(super) code: CodeSection,
    pub(super) data: DataSection,
    imported: u32,
}

impl Builder {
    /// A module that keeps the ABI and returns [`OUTPUT`].
    pub(super) fn abi() -> Self {
        Self::importing(0, |_| {})
    }

    /// As [`Self::abi`], after `count` imported functions that `import` declares.
    pub(super) fn importing(count: u32, import: impl FnOnce(&mut ImportSection)) -> Self {
        let mut builder = Self::bare(count);
        import(&mut builder.imports);
        let mut process = Function::new([]);
        process.instructions().i64_const(OUTPUT_AT_16).end();
        builder.with_process(&process)
    }

    /// A module that keeps the ABI, with this `process`.
    pub(super) fn processing(process: &Function) -> Self {
        Self::bare(0).with_process(process)
    }

    fn bare(imported: u32) -> Self {
        let mut types = TypeSection::new();
        types.ty().function([ValType::I32], [ValType::I32]);
        types.ty().function([ValType::I32, ValType::I32], [ValType::I64]);
        types.ty().function([], []);
        let mut memories = MemorySection::new();
        memories.memory(memory(1, None));
        let mut data = DataSection::new();
        data.active(0, &ConstExpr::i32_const(16), OUTPUT.iter().copied());
        Self {
            types,
            imports: ImportSection::new(),
            functions: FunctionSection::new(),
            tables: TableSection::new(),
            memories,
            globals: GlobalSection::new(),
            exports: ExportSection::new(),
            start: None,
            elements: ElementSection::new(),
            code: CodeSection::new(),
            data,
            imported,
        }
    }

    fn with_process(mut self, process: &Function) -> Self {
        let mut alloc = Function::new([]);
        alloc.instructions().i32_const(1024).end();
        let alloc = self.add(UNARY, &alloc);
        let process = self.add(PROCESS, process);
        self.exports.export("memory", ExportKind::Memory, 0);
        self.exports.export("alloc", ExportKind::Func, alloc);
        self.exports.export("process", ExportKind::Func, process);
        self
    }

    /// Adds a function and gives its index.
    pub(super) fn add(&mut self, type_index: u32, body: &Function) -> u32 {
        self.functions.function(type_index);
        self.code.function(body);
        self.imported + self.functions.len() - 1
    }

    /// The bytes of the module.
    pub(super) fn finish(self) -> Vec<u8> {
        self.module().finish()
    }

    /// The module, so that a generator can append sections.
    pub(super) fn module(self) -> Module {
        let mut module = Module::new();
        module.section(&self.types);
        if !self.imports.is_empty() {
            module.section(&self.imports);
        }
        module.section(&self.functions);
        if !self.tables.is_empty() {
            module.section(&self.tables);
        }
        module.section(&self.memories);
        if !self.globals.is_empty() {
            module.section(&self.globals);
        }
        module.section(&self.exports);
        if let Some(function_index) = self.start {
            module.section(&StartSection { function_index });
        }
        if !self.elements.is_empty() {
            module.section(&self.elements);
        }
        module.section(&DataCountSection { count: self.data.len() });
        module.section(&self.code);
        module.section(&self.data);
        module
    }
}

/// A 32-bit memory that is not shared.
pub(super) fn memory(minimum: u64, maximum: Option<u64>) -> MemoryType {
    MemoryType { minimum, maximum, memory64: false, shared: false, page_size_log2: None }
}
