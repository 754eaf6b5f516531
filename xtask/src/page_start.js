// Starts the program on the prerendered page.
const app = document.getElementById("app");
const root = document.documentElement;

// The program takes over copies of what stands here and puts them in its place. What is focused or selected is found again
// in the copy, at the same place among elements and texts.
const parts = (node) => [...node.childNodes].filter(({ nodeType }) => nodeType !== Node.COMMENT_NODE);
const place = (node) => {
  const path = [];
  for (; node !== app; node = node.parentNode) {
    if (!node?.parentNode) return undefined;
    path.unshift(parts(node.parentNode).indexOf(node));
  }
  return path;
};
const find = (path) => path?.reduce((node, index) => node && parts(node)[index], app);
let focused, selected;
const onFocus = ({ target }) => { focused = { node: target, path: place(target) }; };
const onSelect = () => {
  const { anchorNode, anchorOffset, focusNode, focusOffset, isCollapsed } = getSelection();
  if (!isCollapsed) selected = [[anchorNode, place(anchorNode), anchorOffset], [focusNode, place(focusNode), focusOffset]];
};
if (app.contains(document.activeElement)) onFocus({ target: document.activeElement });
// Not where nothing is selected: what is selected is known only after the page is laid out.
if (getSelection().rangeCount) onSelect();
app.addEventListener("focusin", onFocus);
document.addEventListener("selectionchange", onSelect);
const watch = new MutationObserver(() => {
  if (focused && !focused.node.isConnected && document.activeElement === document.body) {
    find(focused.path)?.focus({ preventScroll: true });
  }
  if (selected?.some(([node]) => !node.isConnected) && getSelection().isCollapsed) {
    const [[, from, start], [, to, end]] = selected;
    const [anchor, focus] = [find(from), find(to)];
    if (anchor && focus) getSelection().setBaseAndExtent(anchor, start, focus, end);
  }
  if (root.dataset.ready !== undefined && !document.querySelector("fieldset.slot:disabled")) {
    watch.disconnect();
    app.removeEventListener("focusin", onFocus);
    document.removeEventListener("selectionchange", onSelect);
  }
});
watch.observe(app, { childList: true, subtree: true, attributes: true, attributeFilter: ["disabled"] });

// Out of an embed lead only new tabs: no other page of the site stands in a frame.
if (location.pathname.startsWith("/embed/")) {
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    if (link && link.pathname !== location.pathname) {
      event.stopImmediatePropagation();
      link.target = "_blank";
      link.rel = "noopener";
    }
  }, true);
}

const failed = (error) => {
  console.warn("the page's program could not be started:", error);
  delete root.dataset.asked;
  document.getElementById("program-failed").hidden = false;
};
// The words have the line to themselves until they are painted; then all that the first instrument needs is fetched at once.
// What nobody sees is not painted, an address with a query waits for the program, and a browser may keep what it paints to
// itself.
const painted = new Promise((done) => {
  if (document.hidden || "asked" in root.dataset) done();
  new PerformanceObserver(done).observe({ type: "paint", buffered: true });
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 1000)));
});
painted.then(() => {
  for (const file of ["BASE", PACKS]) {
    const link = document.createElement("link");
    document.head.append(Object.assign(link, { rel: "preload", as: "fetch", crossOrigin: "", href: `/${file}` }));
  }
  return import("/SCRIPT");
}).then((program) => program.default({ module_or_path: "/BASE" })).catch(failed);
