// The desk works without this file. It opens the form a button points to, and "/" goes to the search box.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-open]");
  if (!opener) return;
  const form = document.getElementById(opener.dataset.open);
  if (form) { form.open = true; form.querySelector("textarea, select, input:not([type=hidden]), button")?.focus(); }
});
document.addEventListener("keydown", (event) => {
  // A key pressed while an input method composes belongs to the input method.
  if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  if (event.key === "/") { event.preventDefault(); document.querySelector(".find input")?.focus(); }
});
document.addEventListener("htmx:afterSwap", (event) => {
  const said = event.target.querySelector?.("#refused");
  if (said) said.focus();
  else if (event.target.id === "drawer") event.target.focus({ preventScroll: true });
});
