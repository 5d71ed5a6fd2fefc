/* Keys of a list. The row they are at is the row whose link has the focus: so a reader of the screen says it, Enter
   opens it, and Tab goes on from there. Nothing is caught while somebody types, in a dialog or in a menu. */
(function () {
  "use strict";
  var body = (document.querySelector("table[data-keys]") || { tBodies: [] }).tBodies[0];
  var words = document.getElementById("keys-words"), help = document.querySelector("[data-keys-help]"), at = -1;
  if (!words || !help || !window.HTMLDialogElement) return;

  function isOff() { try { return localStorage.getItem("keys-off") === "1"; } catch (e) { return false; } }
  function turn(off) { try { localStorage.setItem("keys-off", off ? "1" : "0"); } catch (e) { /* for this page only */ } }
  function rows() { return body ? Array.prototype.slice.call(body.rows) : []; }
  function isWithin() { return !!body && body.contains(document.activeElement); }
  function now() { return isWithin() ? rows().indexOf(document.activeElement.closest("tr")) : at; }
  function go(n) {
    var all = rows();
    if (!all.length) return;
    at = Math.max(0, Math.min(n, all.length - 1));
    all[at].querySelector("a.what").focus();
    all[at].scrollIntoView({ block: "nearest" });
  }
  function tick() {
    var row = rows()[now()], box = row && row.querySelector(".action_check");
    if (box) box.click();
  }
  function show() {
    var dialog = words.content.firstElementChild.cloneNode(true), on = dialog.querySelector("[data-keys-on]"), from = document.activeElement;
    on.checked = !isOff();
    on.addEventListener("change", function () { turn(!on.checked); });
    dialog.addEventListener("close", function () { dialog.remove(); if (from && from.focus) from.focus(); });
    document.body.appendChild(dialog);
    dialog.showModal();
  }
  function isBusy(e) {
    var el = e.target;
    if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing || e.defaultPrevented) return true;
    if (document.querySelector("dialog[open], details.menu[open]")) return true;
    return /^(TEXTAREA|SELECT)$/.test(el.tagName) || el.isContentEditable || (el.tagName === "INPUT" && el.type !== "checkbox");
  }
  var KEYS = {
    j: function () { go(now() + 1); }, k: function () { go(Math.max(now(), 1) - 1); }, x: tick, "?": show, "？": show,
    "/": function () { var search = document.querySelector("form.filters .keyword"); if (search) { search.focus(); search.select(); } }
  };
  document.addEventListener("keydown", function (e) {
    var key = e.key;
    if (isOff() || isBusy(e)) return;
    /* arrows scroll the page, until the row is chosen by j or Tab */
    if (isWithin()) key = { ArrowDown: "j", ArrowUp: "k" }[key] || key;
    if (!Object.prototype.hasOwnProperty.call(KEYS, key)) return;
    e.preventDefault();
    KEYS[key]();
  });
  help.hidden = false;
  help.addEventListener("click", show);
}());
