// The text of a paper as it will look, over the textarea that is sent. Without this file the textarea stays.
(() => {
  const area = document.querySelector("textarea[data-editor]");
  if (!area) return;
  const words = JSON.parse(area.dataset.editor);
  const label = document.querySelector(`label[for="${area.id}"]`);
  const keep = new Set(["P", "H2", "H3", "H4", "STRONG", "B", "EM", "I", "U", "SUB", "SUP", "BR", "UL", "OL", "LI", "TABLE", "CAPTION",
    "THEAD", "TBODY", "TFOOT", "TR", "TH", "TD", "A", "BLOCKQUOTE", "IMG", "FIGURE", "FIGCAPTION", "PRE", "HR", "DL", "DT", "DD"]);
  const drop = new Set(["SCRIPT", "STYLE", "META", "LINK", "TITLE", "HEAD", "NOSCRIPT", "TEMPLATE", "OBJECT", "IFRAME", "SVG"]);
  const stay = { A: ["href", "title"], IMG: ["src", "alt", "width", "height"], TD: ["colspan", "rowspan"], TH: ["colspan", "rowspan", "scope"], OL: ["start"] };
  const block = /^(P|H[2-6]|UL|OL|TABLE|BLOCKQUOTE|FIGURE|PRE|HR|DL|DIV|SECTION)$/;

  // Parsed in a document of its own: nothing in it is loaded or run. The server cleans again.
  function clean(html, ids) {
    const inert = new DOMParser().parseFromString(html, "text/html");
    const walk = (node, into) => {
      for (const child of node.childNodes) {
        if (child.nodeType === Node.TEXT_NODE) { into.append(child.parentElement.closest("pre") ? child.textContent : child.textContent.replace(/[ \t\r\n]+/g, " ")); continue; }
        if (child.nodeType !== Node.ELEMENT_NODE || drop.has(child.tagName)) continue;
        let name = child.tagName === "H1" ? "H2" : child.tagName;
        const parted = name === "DIV" || name === "SECTION" || name === "ARTICLE";
        if (parted && ![...child.children].some((c) => block.test(c.tagName))) name = "P";
        if (!keep.has(name)) { walk(child, into); continue; }
        const made = document.createElement(name);
        for (const key of stay[name] || []) if (child.hasAttribute(key)) made.setAttribute(key, child.getAttribute(key));
        if (ids && child.id) made.id = child.id;
        if (name === "A" && !/^(https?:|mailto:|attach:|\/|#)/i.test(made.getAttribute("href") || "")) made.removeAttribute("href");
        walk(child, made);
        into.append(made);
      }
    };
    const out = document.createElement("div");
    walk(inert.body, out);
    return out;
  }
  const typed = (text) => text.split(/\n+/).map((t) => t.trim()).filter(Boolean).map((t) => { const p = document.createElement("p"); p.textContent = t; return p; });
  const marked = /<(p|h[1-6]|table|ul|ol|div|blockquote)\b/i;

  const box = document.createElement("div");
  box.className = "editor-text paper";
  box.id = `${area.id}-text`;
  Object.assign(box, { contentEditable: "true", tabIndex: 0 });
  for (const [key, value] of [["role", "textbox"], ["aria-multiline", "true"], ["aria-describedby", area.getAttribute("aria-describedby") || ""]]) box.setAttribute(key, value);
  if (area.required) box.setAttribute("aria-required", "true");
  if (area.getAttribute("aria-invalid")) box.setAttribute("aria-invalid", "true");
  if (label) { label.id = label.id || `${area.id}-label`; box.setAttribute("aria-labelledby", label.id); label.addEventListener("click", () => box.focus()); }
  // Pictures of the paper are shown by name: their address is the attachment's.
  box.replaceChildren(...(marked.test(area.value) ? clean(area.value, true).childNodes : typed(area.value)));
  if (!box.firstChild) box.append(document.createElement("p"));
  // Words that stand in no block, as after everything was cleared, are a paragraph.
  function whole(made) {
    let run = null;
    for (const node of [...made.childNodes]) {
      if (block.test(node.nodeName)) { run = null; continue; }
      if (!run) { run = document.createElement("p"); node.before(run); }
      run.append(node);
    }
    for (const p of [...made.querySelectorAll("p")]) if (!p.textContent.trim() && !p.querySelector("img")) p.remove();
    return made.innerHTML;
  }
  let touched = false;
  const sync = () => { if (touched) area.value = box.textContent.trim() || box.querySelector("img, table, hr") ? whole(clean(box.innerHTML, true)) : ""; };

  const bar = document.createElement("div");
  bar.className = "editor-bar";
  bar.setAttribute("role", "toolbar");
  bar.setAttribute("aria-label", words.bar);
  bar.setAttribute("aria-controls", box.id);
  const run = (command, value) => { box.focus(); document.execCommand(command, false, value); touched = true; sync(); };
  function link() {
    const chosen = document.getSelection();
    const range = chosen.rangeCount && box.contains(chosen.anchorNode) ? chosen.getRangeAt(0).cloneRange() : null;
    const href = window.prompt(words.address, "https://");
    if (!href || !/^(https?:\/\/|mailto:|\/)\S+$/i.test(href.trim())) return;
    box.focus();
    if (range) { chosen.removeAllRanges(); chosen.addRange(range); }
    if (chosen.isCollapsed) document.execCommand("insertText", false, href.trim());
    if (chosen.isCollapsed && chosen.focusNode) chosen.extend(chosen.focusNode, Math.max(0, chosen.focusOffset - href.trim().length));
    run("createLink", href.trim());
  }
  const tools = [
    ["p", () => run("formatBlock", "p")], ["h", () => run("formatBlock", "h2")], ["b", () => run("bold")],
    ["ul", () => run("insertUnorderedList")], ["ol", () => run("insertOrderedList")], ["a", link],
  ];
  tools.forEach(([key, does], place) => {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "do small", textContent: words[key], tabIndex: place ? -1 : 0 });
    button.addEventListener("mousedown", (event) => event.preventDefault());  // the selection stays in the text
    button.addEventListener("click", does);
    bar.append(button);
  });
  bar.addEventListener("keydown", (event) => {
    const all = [...bar.children], here = all.indexOf(document.activeElement);
    const next = { ArrowRight: here + 1, ArrowLeft: here - 1, Home: 0, End: all.length - 1 }[event.key];
    if (next === undefined || here < 0) return;
    event.preventDefault();
    const to = all[(next + all.length) % all.length];
    all.forEach((b) => { b.tabIndex = b === to ? 0 : -1; });
    to.focus();
  });

  document.execCommand("defaultParagraphSeparator", false, "p");
  box.addEventListener("input", () => { touched = true; sync(); });
  box.addEventListener("paste", (event) => {
    const html = event.clipboardData.getData("text/html"), text = event.clipboardData.getData("text/plain");
    event.preventDefault();
    const made = document.createElement("div");
    if (html) made.append(...clean(html).childNodes);
    else if (/\n/.test(text)) made.append(...typed(text));
    else made.append(text);
    run("insertHTML", made.innerHTML);
  });
  box.addEventListener("drop", (event) => event.preventDefault());
  area.required = false;  // a hidden field cannot be pointed at; the server asks
  area.hidden = true;
  area.before(bar, box);
  area.form.addEventListener("submit", sync);
})();
