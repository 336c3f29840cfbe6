// Runs before the scripts of a page or worker. It reports each call of WebAssembly, and what became
// of it. The page gets the same results and the same errors.
(() => {
  const report = globalThis.__gauntlet;
  delete globalThis.__gauntlet;
  const wasm = globalThis.WebAssembly;
  if (typeof report !== "function" || !wasm) return;
  const { stringify } = JSON;
  const { apply, construct } = Reflect;
  const words = (error) => {
    try {
      return `${error.name}: ${error.message}`.slice(0, 1000);
    } catch {
      return "an error without a name";
    }
  };
  const tell = (call, state, error) => {
    try {
      report(stringify({ call, state, error }));
    } catch {}
  };
  for (const call of ["compile", "instantiate", "compileStreaming", "instantiateStreaming"]) {
    if (typeof wasm[call] !== "function") continue;
    wasm[call] = new Proxy(wasm[call], {
      apply(target, self, args) {
        tell(call, "begun");
        return apply(target, self, args).then(
          (value) => {
            tell(call, "done");
            return value;
          },
          (error) => {
            tell(call, "failed", words(error));
            throw error;
          },
        );
      },
    });
  }
  for (const call of ["Module", "Instance"]) {
    wasm[call] = new Proxy(wasm[call], {
      construct(target, args, self) {
        try {
          const made = construct(target, args, self);
          tell(call, "begun");
          tell(call, "done");
          return made;
        } catch (error) {
          tell(call, "begun");
          tell(call, "failed", words(error));
          throw error;
        }
      },
    });
  }
})();
