// Runs before the scripts of a page. It looks at each frame how far the progress bars of the page
// are: `progress`, `role=progressbar`, and texts such as "40 %" that change.
(() => {
  const ELEMENTS_MAX = 3000;
  const percent = /^[^%]{0,40}?(\d{1,5}(?:[.,]\d{1,3})?)\s?%[^%]{0,40}$/;
  const all = new Map();
  const note = (element, value) => {
    if (!Number.isFinite(value)) return;
    const one = all.get(element);
    if (!one || one.gone) {
      all.set(element, { max: Math.max(value, one?.max ?? value), last: value, back: one?.back, moved: one?.moved });
      return;
    }
    // A drop of less than one percent is rounding.
    if (value < one.last - 1 && !one.back) one.back = [one.last, value];
    one.moved ||= value !== one.last;
    one.last = value;
    one.max = Math.max(one.max, value);
  };
  const shown = (element) => {
    if (!element.isConnected) return false;
    return element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  };
  const attribute = (element, name, usual) => Number(element.getAttribute(name) ?? usual);
  const look = () => {
    for (const [element, one] of all) one.gone ||= !shown(element);
    const elements = document.body?.querySelectorAll("*") ?? [];
    for (const element of [...elements].slice(0, ELEMENTS_MAX)) {
      if (element.localName === "progress") {
        if (!element.hasAttribute("value") || !shown(element)) continue;
        note(element, (100 * attribute(element, "value")) / attribute(element, "max", 1));
      } else if (element.getAttribute("role") === "progressbar") {
        if (!element.hasAttribute("aria-valuenow") || !shown(element)) continue;
        const least = attribute(element, "aria-valuemin", 0);
        const most = attribute(element, "aria-valuemax", 100);
        note(element, (100 * (attribute(element, "aria-valuenow") - least)) / (most - least));
      } else if (element.childElementCount <= 3 && element.textContent.length <= 80) {
        const found = percent.exec(element.textContent.trim());
        if (found && shown(element)) note(element, Number(found[1].replace(",", ".")));
      }
    }
  };
  const tick = () => {
    look();
    requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
  Object.defineProperty(globalThis, "__gauntletProgress", {
    value: () => {
      look();
      const moved = [...all].filter(([, one]) => one.moved);
      if (moved.length === 0) return null;
      const left = moved.filter(([element]) => shown(element)).map(([, one]) => one.last);
      return {
        max: Math.max(...moved.map(([, one]) => one.max)),
        back: moved.map(([, one]) => one.back).find((back) => back) ?? null,
        end: left.length ? Math.min(...left) : null,
      };
    },
  });
})();
