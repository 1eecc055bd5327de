// Modes (elder, contrast), type size, print and read-aloud. The pages work without this file: every control it
// serves is hidden in the markup and shown here. Loaded in <head> so that a chosen mode is set before first paint.
(function () {
  "use strict";
  var root = document.documentElement;
  function get(key) { try { return localStorage.getItem("mt-" + key); } catch (_) { return null; } }
  function set(key, value) { try { value ? localStorage.setItem("mt-" + key, value) : localStorage.removeItem("mt-" + key); } catch (_) { /* private window */ } }
  ["elder", "contrast"].forEach(function (mode) { if (get(mode)) root.setAttribute("data-" + mode, ""); });
  if (get("size")) root.setAttribute("data-size", get("size"));

  function each(selector, act) { Array.prototype.forEach.call(document.querySelectorAll(selector), act); }
  function show(button) { button.hidden = false; if (button.parentElement && button.parentElement.hidden) button.parentElement.hidden = false; }

  document.addEventListener("DOMContentLoaded", function () {
    each("[data-mode]", function (button) {
      var mode = button.getAttribute("data-mode");
      button.setAttribute("aria-pressed", String(root.hasAttribute("data-" + mode)));
      show(button);
      button.addEventListener("click", function () {
        var on = root.toggleAttribute("data-" + mode);
        set(mode, on ? "1" : "");
        button.setAttribute("aria-pressed", String(on));
      });
    });
    each("[data-set-size]", function (button) {
      function paint() { button.setAttribute("aria-pressed", String((root.getAttribute("data-size") || "") === button.getAttribute("data-set-size"))); }
      paint(); show(button);
      button.addEventListener("click", function () {
        var size = button.getAttribute("data-set-size");
        size ? root.setAttribute("data-size", size) : root.removeAttribute("data-size");
        set("size", size);
        each("[data-set-size]", function (b) { b.setAttribute("aria-pressed", String(b === button)); });
      });
    });
    each("[data-print]", function (button) { show(button); button.addEventListener("click", function () { window.print(); }); });
    if ("speechSynthesis" in window) each("[data-read]", function (button) {
      show(button);
      button.addEventListener("click", function () {
        if (speechSynthesis.speaking) { speechSynthesis.cancel(); button.setAttribute("aria-pressed", "false"); return; }
        var part = document.querySelector(button.getAttribute("data-read"));
        (part ? part.innerText : "").split(/\n+/).filter(Boolean).forEach(function (line) {
          var words = new SpeechSynthesisUtterance(line); words.lang = root.lang; speechSynthesis.speak(words);
        });
        button.setAttribute("aria-pressed", "true");
      });
    });
    // Titles while a question is typed; without them the box is a box.
    each("input[data-suggest]", function (box) {
      var list = document.getElementById(box.getAttribute("list")), waiting = 0, asked = "";
      box.addEventListener("input", function () {
        clearTimeout(waiting);
        waiting = setTimeout(function () {
          var typed = box.value.trim();
          if (!typed || typed === asked) return;
          asked = typed;
          fetch(box.getAttribute("data-suggest") + "?q=" + encodeURIComponent(typed)).then(function (r) { return r.ok ? r.json() : { titles: [] }; }).then(function (found) {
            if (box.value.trim() !== typed) return;
            list.replaceChildren.apply(list, found.titles.map(function (title) { var o = document.createElement("option"); o.value = title; return o; }));
          }).catch(function () { /* the box still searches */ });
        }, 150);
      });
    });
    // An application of two clicks is still one: the button rests after the first, the key in the form does the rest.
    each("form[data-once]", function (form) {
      form.addEventListener("submit", function () { setTimeout(function () { var b = form.querySelector("button.main"); if (b) b.disabled = true; }, 0); });
    });
  });
})();
