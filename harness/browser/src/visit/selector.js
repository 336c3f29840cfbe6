// A CSS selector that selects this element, as people would write it: by the nearest id.
const selectorOf = (one) => {
  const parts = [];
  for (let at = one; at && at !== document.body; at = at.parentElement) {
    if (at.id) {
      parts.unshift(`#${CSS.escape(at.id)}`);
      break;
    }
    const all = [...(at.parentElement?.children ?? [])];
    const alike = all.filter((other) => other.localName === at.localName);
    const nth = alike.length > 1 ? `:nth-of-type(${alike.indexOf(at) + 1})` : "";
    parts.unshift(`${at.localName}${nth}`);
  }
  return parts.join(" > ");
};
