// Guest ABI v1 for C without a library. The input goes behind what the linker laid out.

typedef unsigned int u32;
typedef unsigned long long u64;

extern unsigned char __heap_base;

__attribute__((export_name("alloc"))) u32 alloc(u32 size) {
  u32 base = (u32)(unsigned long)&__heap_base;
  u32 pages = (base + size + 65535) / 65536;
  u32 have = __builtin_wasm_memory_size(0);
  if (pages > have && __builtin_wasm_memory_grow(0, pages - have) == (u32)-1)
    __builtin_trap();
  return base;
}

static u64 output(u32 at, u32 size) { return (u64)at << 32 | size; }
