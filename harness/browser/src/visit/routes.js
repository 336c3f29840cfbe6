// Links that a page may handle itself, without loading another page: visible, of its own origin,
// and not those that end a session or change something. `selectorOf` is in `selector.js`.
(() => {
  const never = /log.?out|sign.?out|log.?off|delete|remove|unsubscribe|cancel|buy|checkout/i;
  const usable = (one) => {
    const name = one.innerText.trim();
    const frame = one.target && one.target !== "_self";
    const here = one.origin === location.origin && one.href !== location.href;
    if (!here || frame || one.hasAttribute("download") || never.test(`${name} ${one.href}`)) return false;
    return one.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  };
  const links = [...document.querySelectorAll("a[href]")].filter(usable);
  const named = (one) => ({ name: one.innerText.trim().slice(0, 80), selector: selectorOf(one).slice(0, 200) });
  return links.slice(0, 4).map(named);
})()
