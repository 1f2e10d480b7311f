// What fingers need.

/**
 * What can be pressed and is lower than 44 px, or narrower than 24 (WCAG 2.2, 2.5.8); of the Messenger with `host`, its
 * element. Links in the midst of a text are as low as it. Runs in the page.
 */
export function tooSmall(host) {
  if (!matchMedia("(pointer: coarse)").matches) return ["no touch screen"];
  const within = host ? document.querySelector(host).shadowRoot : document;
  const all = [...within.querySelectorAll("a[href], button, summary, select, input:not([type=hidden]), textarea")];
  const targets = all.filter((it) => it.checkVisibility() && !it.matches(".skip") && !isInText(it));
  if (targets.length === 0) return ["nothing to press"];
  return targets.map((it) => [it, pressed(it).getBoundingClientRect()])
    .filter(([, { width, height }]) => height < 43.9 || width < 24)
    .map(([it, { width, height }]) => `${Math.round(width)} x ${Math.round(height)}: ${it.outerHTML.slice(0, 80)}`);

  function isInText(it) {
    return getComputedStyle(it).display === "inline" && [...it.parentElement.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
  }
  /** What takes the press for it: the label of a choice, the row of a list for its link. */
  function pressed(it) {
    if (["checkbox", "radio"].includes(it.type)) return it.labels[0];
    const { content, position } = getComputedStyle(it, "::after");
    return content !== "none" && position === "absolute" ? it.closest("tr, li") : it;
  }
}
