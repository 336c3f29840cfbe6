// The controls of the page that a person could press, and a click on one of them. Called with a
// selector ("" for whatever is obvious) and whether to click. `selectorOf` is in `selector.js`.
(selector, click) => {
  const all = [];
  const walk = (root) => {
    for (const element of root.querySelectorAll("*")) {
      if (element.shadowRoot) walk(element.shadowRoot);
      const usable = selector
        ? element.matches(selector)
        : element.matches("button, [role=button], input[type=button], input[type=submit]");
      if (!usable || element.disabled || element.getAttribute("aria-disabled") === "true") continue;
      if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
      const box = element.getBoundingClientRect();
      if (box.width >= 2 && box.height >= 2) all.push(element);
    }
  };
  walk(document);
  const name = (one) => (one.innerText || one.value || one.ariaLabel || "").trim().slice(0, 80);
  const again = /again|retry|reload|repeat|refresh/i;
  let chosen = all.length === 1 || selector ? all[0] : undefined;
  if (click === "again" && !chosen) chosen = all.find((one) => again.test(name(one)));
  const found = {
    count: all.length,
    name: chosen ? name(chosen) : null,
    all: all.slice(0, 12).map((one) => ({ name: name(one), selector: selectorOf(one).slice(0, 200) })),
  };
  if (chosen) chosen.scrollIntoView({ block: "center", behavior: "instant" });
  if (chosen && click) chosen.click();
  return found;
}
