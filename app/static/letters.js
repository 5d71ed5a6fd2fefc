/* The form of a letter: what the situations suggest, and the days that the office gives to the type chosen. Without
   this script the form works the same; the suggestion stands beside each situation. ES2018 at most. */
(function () {
  "use strict";
  var form = document.querySelector("form[data-letter]");
  if (!form) return;
  var days = JSON.parse(form.dataset.letter), rungs = Object.keys(days), hint = form.querySelector("[data-suggestion]");
  var own = {};  /* what the writer typed is his */

  function one(name) { return form.querySelector("[name='" + name + "']"); }
  function chosen() { return form.querySelector("[name='type']:checked"); }

  function suggest() {
    if (!hint.dataset.words) return;  /* a proposal has said which type */
    var at = -1;
    Array.prototype.forEach.call(form.querySelectorAll("[data-suggests]:checked"), function (box) {
      at = Math.max(at, rungs.indexOf(box.dataset.suggests));
    });
    hint.textContent = at < 0 ? "" : hint.dataset.words.replace("{type}", hint.dataset[rungs[at]]);
  }

  function fit(before) {
    var type = chosen();
    if (!type) return;
    ["plan_days", "reply_days"].forEach(function (name, n) {
      if (!own[name]) one(name).value = days[type.value][n] || "";
    });
    var box = one("reply_required");
    if (!own.reply_required) {
      box.checked = !!days[type.value][1];
      box.dispatchEvent(new Event("change", { bubbles: true }));
    }
    var title = one("title"), now = hint.dataset[type.value], was = before && hint.dataset[before];
    if (was && title.value.slice(-was.length) === was) title.value = title.value.slice(0, -was.length) + now;
  }

  var last = chosen() && chosen().value, typed = form.dataset.keep === "answered";
  if (typed) own = { plan_days: true, reply_days: true, reply_required: true };
  form.addEventListener("input", function (e) { if (e.target.name in { plan_days: 1, reply_days: 1 }) own[e.target.name] = true; });
  form.addEventListener("click", function (e) { if (e.target.name === "reply_required") own.reply_required = true; });
  form.addEventListener("change", function (e) {
    if (e.target.name === "type" && chosen()) { fit(last); last = chosen().value; }
    if (e.target.hasAttribute("data-suggests")) suggest();
  });
  suggest();
}());
