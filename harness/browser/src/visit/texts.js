// Runs before the scripts of a page. It keeps every text that the page ever shows, with numbers
// left out: what a page says while all is well is no word of a failure.
(() => {
  const TEXTS_MAX = 2000;
  const seen = new Set();
  const add = (text) => {
    const plain = text.replace(/\s+/g, " ").trim().replace(/[\d.,…]+/g, "#").slice(0, 200);
    if (plain && seen.size < TEXTS_MAX) seen.add(plain);
  };
  const own = (element) => {
    let text = "";
    for (const node of element.childNodes) if (node.nodeType === 3) text += node.data;
    add(text);
  };
  const take = (node) => {
    if (node.nodeType === 3 && node.parentElement) own(node.parentElement);
    if (node.nodeType !== 1) return;
    own(node);
    for (const element of node.querySelectorAll("*")) own(element);
  };
  new MutationObserver((changes) => {
    for (const change of changes) {
      take(change.target);
      for (const node of change.addedNodes) take(node);
    }
  }).observe(document, { subtree: true, childList: true, characterData: true });
  Object.defineProperty(globalThis, "__gauntletTexts", { value: () => [...seen] });
})();
