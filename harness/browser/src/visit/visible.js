// What a person sees of the page, as text: each visible element with text of its own, and the
// states that assistive technology reads out. An element is visible if its style shows it and its
// box is on the screen.
(() => {
  const lines = [];
  let left = 65536;
  const say = (line) => {
    if (left > 0) lines.push(line.slice(0, left));
    left -= line.length;
  };
  const onScreen = (element, frame) => {
    if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) return false;
    const box = element.getBoundingClientRect();
    return (
      box.width >= 2 && box.height >= 2 && box.bottom > 0 && box.right > 0 &&
      box.top < frame.innerHeight && box.left < frame.innerWidth
    );
  };
  const states = ["role", "aria-busy", "aria-valuenow", "aria-live", "aria-label", "disabled", "open"];
  const walk = (root, frame) => {
    for (const element of root.querySelectorAll("*")) {
      if (element.shadowRoot) walk(element.shadowRoot, frame);
      if (!onScreen(element, frame)) continue;
      if (element instanceof frame.HTMLIFrameElement) {
        try {
          const inner = element.contentDocument;
          if (inner) walk(inner, inner.defaultView);
        } catch {}
        continue;
      }
      let text = "";
      for (const node of element.childNodes) if (node.nodeType === 3) text += node.data;
      text = text.trim().replace(/\s+/g, " ");
      const has = states.filter((name) => element.hasAttribute(name));
      const said = has.map((name) => `${name}=${element.getAttribute(name)}`);
      if (element.localName === "progress" || element.localName === "meter") {
        said.push(`value=${element.value}`);
      }
      if (text || said.length) say(`${element.localName} [${said.join(" ")}] ${text}`);
    }
  };
  walk(document, window);
  return lines.join("\n");
})()
