// Runs before the scripts of a page. It looks at each frame how far the progress bars of the page
// are: `progress`, `role=progressbar`, and texts such as "40 %" that change. What moves after the
// last instance was made is no progress of loading.
(() => {
  const TEXTS_MAX = 3000;
  const percent = /(?<![\d.,%])(\d{1,9}(?:[.,]\d+)?)\s?%/g;
  const all = new Map();
  let ended = false;
  const calls = { instantiate: 0, instantiateStreaming: 0 };
  for (const name of Object.keys(calls)) {
    const made = WebAssembly[name];
    if (typeof made !== "function") continue;
    WebAssembly[name] = new Proxy(made, {
      apply(target, self, args) {
        ended = false;
        return Reflect.apply(target, self, args).then((value) => {
          ended = true;
          return value;
        });
      },
    });
  }
  const note = (element, value, now) => {
    if (!Number.isFinite(value)) return;
    now.add(element);
    const one = all.get(element);
    if (!one || one.gone) {
      const { max = value, back, moved } = one ?? {};
      all.set(element, { max: Math.max(value, max), last: value, back, moved });
      return;
    }
    if (!ended) {
      // A drop of less than one percent is rounding.
      if (value < one.last - 1 && !one.back) one.back = [one.last, value];
      one.moved ||= value !== one.last;
    }
    one.max = Math.max(one.max, value);
    one.last = value;
  };
  const shown = (element) => {
    if (!element.isConnected) return false;
    return element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  };
  const attribute = (element, name, usual) => Number(element.getAttribute(name) ?? usual);
  const bar = (element, now) => {
    if (element.localName === "progress") {
      if (!element.hasAttribute("value") || !shown(element)) return;
      note(element, (100 * attribute(element, "value")) / attribute(element, "max", 1), now);
    } else {
      if (!element.hasAttribute("aria-valuenow") || !shown(element)) return;
      const least = attribute(element, "aria-valuemin", 0);
      const most = attribute(element, "aria-valuemax", 100);
      note(element, (100 * (attribute(element, "aria-valuenow") - least)) / (most - least), now);
    }
  };
  const text = (element, now) => {
    if (element.childElementCount > 3 || element.textContent.length > 80) return;
    const found = [...element.textContent.matchAll(percent)];
    if (found.length === 1 && shown(element)) note(element, Number(found[0][1].replace(",", ".")), now);
  };
  const look = () => {
    const now = new Set();
    let left = TEXTS_MAX;
    const walk = (root) => {
      for (const element of root.querySelectorAll("progress, [role=progressbar]")) bar(element, now);
      for (const element of root.querySelectorAll("*")) {
        if (left-- <= 0) break;
        if (element.shadowRoot) walk(element.shadowRoot);
        if (!now.has(element)) text(element, now);
      }
    };
    walk(document);
    for (const [element, one] of all) one.gone ||= !now.has(element);
  };
  const tick = () => {
    look();
    requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
  Object.defineProperty(globalThis, "__gauntletProgress", {
    value: () => {
      look();
      const moved = [...all.values()].filter((one) => one.moved);
      if (moved.length === 0) return null;
      const left = moved.filter((one) => !one.gone).map((one) => one.last);
      return {
        max: Math.max(...moved.map((one) => one.max)),
        back: moved.map((one) => one.back).find((back) => back) ?? null,
        end: left.length ? Math.min(...left) : null,
      };
    },
  });
})();
