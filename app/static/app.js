/* 抓落实: what a page does beyond links and forms. Plain script, no framework; every page works without it,
   except search-as-you-type. No text stands here: words come from data attributes of the page. */
(function () {
  "use strict";

  function all(selector, root) { return Array.prototype.slice.call((root || document).querySelectorAll(selector)); }
  function on(root, event, selector, act) {
    root.addEventListener(event, function (e) {
      var hit = e.target.closest ? e.target.closest(selector) : null;
      if (hit && root.contains(hit)) act(e, hit);
    });
  }

  /* ── menus: one open at a time, closed by Escape or a click elsewhere ─────────────────────────── */
  document.addEventListener("click", function (e) {
    all("details.menu[open]").forEach(function (menu) { if (!menu.contains(e.target)) menu.open = false; });
  });
  document.addEventListener("keydown", function (e) {
    if (e.key !== "Escape") return;
    all("details.menu[open]").forEach(function (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    });
  });

  /* ── "/" leads to the search box, unless one is typing or the list has taken it for its own ───────── */
  window.addEventListener("keydown", function (e) {
    var box = document.getElementById("find"), at = e.target;
    if (e.key !== "/" || e.defaultPrevented || e.ctrlKey || e.altKey || e.metaKey || !box || /^(INPUT|TEXTAREA|SELECT)$/.test(at.tagName) || at.isContentEditable) return;
    e.preventDefault();
    box.focus();
    box.select();
  });

  /* ── the navigation stays folded from page to page, on a desk ─────────────────────────────────── */
  var fold = document.getElementById("fold");
  if (fold && innerWidth >= 768) {
    try { fold.checked = localStorage.getItem("folded") === "1"; } catch (e) { /* off: unfolded */ }
    fold.addEventListener("change", function () {
      try { localStorage.setItem("folded", fold.checked ? "1" : "0"); } catch (e) { /* off */ }
    });
  }

  /* A field may be called "method" or "action" and hides the form's own property: ask for the attribute. */
  /* ── typed text survives an error page and the end of a session ───────────────────────────────── */
  var KEEP = "kept:";
  function user() { return document.body.dataset.user || ""; }
  function nameOf(url) { return KEEP + user() + ":" + new URL(url, location.href).pathname; }
  function keyOf(form) { return nameOf(form.getAttribute("action") || location.href); }
  function values(form) {
    var kept = [];
    Array.prototype.forEach.call(form.elements, function (el) {
      if (!el.name || el.name === "csrf_token" || el.name === "version" || el.name === "client_key" || el.name === "kept_as" || el.name === "seen" ||
          el.type === "file" || el.type === "password" || el.type === "submit" || el.type === "button") return;
      if ((el.type === "radio" || el.type === "checkbox") && !el.checked) return;
      if (el.tagName === "SELECT" && el.multiple) {
        all("option", el).forEach(function (o) { if (o.selected) kept.push([el.name, o.value]); });
        return;
      }
      var chip = el.closest("[data-remote]");
      kept.push([el.name, el.value, chip ? textOf(chip, el) : undefined]);
    });
    return kept;
  }
  function textOf(box, hidden) {
    var chip = hidden.closest(".chip");
    return chip ? chip.textContent.replace(/×\s*$/, "").trim() : box.querySelector("input[role=combobox]").value;
  }
  function restore(form, kept) {
    var byName = {};
    kept.forEach(function (entry) { (byName[entry[0]] = byName[entry[0]] || []).push(entry); });
    all("[data-remote]", form).forEach(function (box) {
      var name = box.dataset.name;
      clearRemote(box);
      (byName[name] || []).forEach(function (entry) { if (entry[1]) choose(box, { id: entry[1], text: entry[2] || entry[1] }); });
      delete byName[name];
    });
    Array.prototype.forEach.call(form.elements, function (el) {
      if (!el.name || el.type === "hidden" || el.type === "file" || el.type === "submit") return;
      var mine = byName[el.name];
      if (el.type === "radio" || el.type === "checkbox") {
        el.checked = !!mine && mine.some(function (entry) { return entry[1] === el.value; });
      } else if (el.tagName === "SELECT" && el.multiple) {
        all("option", el).forEach(function (o) { o.selected = !!mine && mine.some(function (e) { return e[1] === o.value; }); });
      } else if (mine) {
        el.value = mine.shift()[1];
      }
      el.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }
  function stored(key) { try { return JSON.parse(sessionStorage.getItem(key)); } catch (e) { return null; } }
  function store(key, what) { try { sessionStorage.setItem(key, JSON.stringify(what)); } catch (e) { /* full or off: nothing to keep */ } }
  /* the key by which the server knows a form that it has had already (app/casework/once.py) */
  function once(form, key) {
    var field = form.elements.namedItem("client_key");
    if (field && key) field.value = key;
    return field ? field.value : "";
  }
  function keep(form, sent) {
    store(keyOf(form), { sent: sent, key: once(form), values: values(form), url: form.getAttribute("action") || location.href,
      verb: !!form.dataset.phone, what: form.dataset.phone || document.title.split(" · ")[0] });
  }
  function forget(url) { sessionStorage.removeItem(nameOf(url)); }
  function keptForms(root) { return all("form[data-keep]", root); }

  function watch(form) {
    var key = keyOf(form), kept = stored(key), original = JSON.stringify(values(form)), fresh = once(form);
    var shown = form.querySelector("[data-restored]");
    if (kept && form.dataset.keep === "answered") keep(form, false);  /* refused: it waits for its user, not for an answer */
    else if (kept && kept.sent) once(form, kept.key);
    if (kept && form.dataset.keep !== "answered" && JSON.stringify(kept.values) !== original) {
      restore(form, kept.values);
      once(form, kept.key);
      if (shown) {
        shown.hidden = false;
        shown.querySelector("button").addEventListener("click", function () {
          sessionStorage.removeItem(key);
          restore(form, JSON.parse(original));
          once(form, fresh);
          shown.hidden = true;
        });
      }
    }
    var timer;
    function later() { clearTimeout(timer); timer = setTimeout(function () { keep(form, false); }, 400); }
    form.addEventListener("input", later);
    form.addEventListener("change", later);
    form.addEventListener("submit", function () {
      clearTimeout(timer);
      keep(form, true);
      var name = form.elements.namedItem("kept_as") || form.appendChild(document.createElement("input"));
      name.type = "hidden"; name.name = "kept_as"; name.value = new URL(form.getAttribute("action") || location.href, location.href).pathname;
    });
  }
  /* What was sent is done with when the server says so (app/answered.py), and not before: an answer may be lost. */
  function forgetDone() {
    all("[data-answered]").forEach(function (el) { forget(el.dataset.answered); });
  }
  /* What was sent and has no answer, the forms of this page aside: those are put back already. */
  function unanswered() {
    var mine = KEEP + user() + ":", here = keptForms().map(keyOf);
    return Object.keys(sessionStorage).filter(function (key) { return key.indexOf(mine) === 0 && here.indexOf(key) < 0; })
      .map(stored).filter(function (kept) { return kept && kept.sent; });
  }
  on(document, "submit", "form[data-forget]", function () { sessionStorage.clear(); });

  /* ── search as you type ───────────────────────────────────────────────────────────────────────── */
  function clearRemote(box) { box.querySelector(".chips").textContent = ""; box.querySelector("input[role=combobox]").value = ""; }
  function choose(box, row) {
    var many = box.dataset.multiple, chips = box.querySelector(".chips"), input = box.querySelector("input[role=combobox]");
    var hidden = document.createElement("input");
    hidden.type = "hidden"; hidden.name = box.dataset.name; hidden.value = row.id;
    if (!many) {
      chips.textContent = "";
      chips.appendChild(hidden);
      input.value = row.text;
      return;
    }
    if (all("input", chips).some(function (h) { return h.value === String(row.id); })) { input.value = ""; return; }
    var chip = document.createElement("span"), remove = document.createElement("button");
    chip.className = "chip";
    chip.appendChild(hidden);
    chip.appendChild(document.createTextNode(row.text));
    remove.type = "button"; remove.textContent = "×";
    remove.setAttribute("aria-label", row.text + " ×");
    chip.appendChild(remove);
    chips.appendChild(chip);
    input.value = "";
  }
  function remote(box) {
    var input = box.querySelector("input[role=combobox]"), list = box.querySelector(".options");
    var rows = [], at = -1, asked = 0, timer;
    function close() { list.hidden = true; input.setAttribute("aria-expanded", "false"); input.removeAttribute("aria-activedescendant"); at = -1; }
    function mark(n) {
      at = n;
      all("[role=option]", list).forEach(function (li, i) {
        li.setAttribute("aria-selected", i === n ? "true" : "false");
        if (i === n) { input.setAttribute("aria-activedescendant", li.id); li.scrollIntoView({ block: "nearest" }); }
      });
    }
    function show(found) {
      rows = found;
      list.textContent = "";
      rows.forEach(function (row, i) {
        var li = document.createElement("li"), note = document.createElement("small");
        li.id = list.id + "-" + i;
        li.setAttribute("role", "option");
        li.textContent = row.text + " ";
        note.textContent = row.note || "";
        li.appendChild(note);
        list.appendChild(li);
      });
      if (!rows.length) {
        var none = document.createElement("li");
        none.className = "none";
        none.textContent = box.dataset.none || "";
        list.appendChild(none);
      }
      list.hidden = false;
      input.setAttribute("aria-expanded", "true");
      at = -1;
    }
    function ask() {
      var mine = ++asked, url = new URL(box.dataset.remote, location.href);
      url.searchParams.set("q", input.value.trim());
      fetch(url, { credentials: "same-origin", headers: { Accept: "application/json" } })
        .then(function (r) { return r.ok ? r.json() : { results: [] }; })
        .then(function (answer) { if (mine === asked && document.activeElement === input) show(answer.results || []); })
        .catch(close);
    }
    function take(n) {
      if (!rows[n]) return;
      clearTimeout(timer); asked++;  /* a choice ends the question: a late answer must not open the list again */
      choose(box, rows[n]);
      close();
      box.dispatchEvent(new Event("change", { bubbles: true }));
    }
    input.addEventListener("input", function () {
      if (!box.dataset.multiple) box.querySelector(".chips").textContent = "";  /* typed text is not yet a choice */
      clearTimeout(timer);
      timer = setTimeout(ask, 180);
    });
    input.addEventListener("focus", function () { if (!input.value) ask(); });
    input.addEventListener("blur", function () { setTimeout(close, 150); });
    input.addEventListener("keydown", function (e) {
      if (list.hidden) { if (e.key === "ArrowDown") ask(); return; }
      if (e.key === "ArrowDown") { mark(Math.min(at + 1, rows.length - 1)); e.preventDefault(); }
      else if (e.key === "ArrowUp") { mark(Math.max(at - 1, 0)); e.preventDefault(); }
      else if (e.key === "Enter") { take(at < 0 && rows.length === 1 ? 0 : at); e.preventDefault(); }
      else if (e.key === "Escape") { close(); e.stopPropagation(); }
    });
    list.addEventListener("mousedown", function (e) {
      var li = e.target.closest("[role=option]");
      e.preventDefault();
      if (li) take(all("[role=option]", list).indexOf(li));
    });
    box.addEventListener("click", function (e) {
      if (!e.target.closest(".chip button")) return;
      e.target.closest(".chip").remove();
      box.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }

  /* ── a day: typed in any usual way, or picked from a calendar in the page's own language ─────────────── */
  function two(n) { return (n < 10 ? "0" : "") + n; }
  function iso(y, m, d) { return y + "-" + two(m) + "-" + two(d); }
  function parsed(text) {
    var hit = /^\s*(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*日?\s*$/.exec(text) || /^\s*(\d{4})(\d{2})(\d{2})\s*$/.exec(text);
    if (!hit) return null;
    var y = +hit[1], m = +hit[2], d = +hit[3], day = new Date(y, m - 1, d);
    return day.getMonth() === m - 1 && day.getDate() === d ? [y, m, d] : null;
  }
  function calendar(input) {
    var words = document.getElementById("calendar-words"), box = null, year, month, now;
    if (!words) return;
    now = parsed(words.dataset.today);
    function close() { if (box) { box.remove(); box = null; } }
    function pick(text) {
      input.value = text;
      close();
      input.dispatchEvent(new Event("input", { bubbles: true }));
      input.dispatchEvent(new Event("change", { bubbles: true }));
      input.focus();
    }
    function draw() {
      var at = parsed(input.value), first = (new Date(year, month - 1, 1).getDay() + 6) % 7;
      var days = new Date(year, month, 0).getDate(), body = box.querySelector("tbody"), row = null;
      box.querySelector("[data-title]").textContent = words.dataset.title.replace("{year}", year).replace("{month}", month);
      body.textContent = "";
      for (var n = 1 - first; n <= days; n++) {
        if ((n + first - 1) % 7 === 0) row = body.appendChild(document.createElement("tr"));
        var cell = row.appendChild(document.createElement("td"));
        if (n < 1) continue;
        var button = cell.appendChild(document.createElement("button"));
        button.type = "button";
        button.textContent = n;
        button.dataset.day = iso(year, month, n);
        button.className = at && at[0] === year && at[1] === month && at[2] === n ? "active" :
          now[0] === year && now[1] === month && now[2] === n ? "today" : "";
      }
    }
    function open() {
      if (box) return;
      var at = parsed(input.value) || now;
      year = at[0];
      month = at[1];
      box = words.content.firstElementChild.cloneNode(true);
      input.parentNode.insertBefore(box, input.nextSibling);
      box.style.left = input.offsetLeft + "px";
      box.style.top = input.offsetTop + input.offsetHeight + 1 + "px";
      draw();
      box.addEventListener("mousedown", function (e) { e.preventDefault(); });
      box.addEventListener("click", function (e) {
        var step = e.target.closest("[data-step]"), day = e.target.closest("[data-day]");
        if (day) pick(day.dataset.day);
        else if (e.target.closest("[data-today]")) pick(iso(now[0], now[1], now[2]));
        else if (step) {
          month += +step.dataset.step;
          if (month < 1) { month = 12; year -= 1; } else if (month > 12) { month = 1; year += 1; }
          draw();
        }
      });
    }
    input.addEventListener("click", open);
    input.addEventListener("blur", close);
    input.addEventListener("keydown", function (e) {
      if (e.key === "Escape" && box) { close(); e.stopPropagation(); }
      if (e.key === "ArrowDown" && !box) open();
    });
    input.addEventListener("change", function () {
      var day = parsed(input.value);
      if (day) input.value = iso(day[0], day[1], day[2]);
      if (box) draw();
    });
  }

  /* ── pictures picked, before they are sent ────────────────────────────────────────────────────── */
  function picks(input) {
    var group = input.closest(".form-group") || input.parentNode;
    var names = group.querySelector("[data-picked]"), box = group.querySelector("[data-previews]");
    var none = names ? names.textContent : "";
    input.addEventListener("change", function () {
      var files = Array.prototype.slice.call(input.files);
      if (names) names.textContent = files.length ? files.map(function (f) { return f.name; }).join("、") : none;
      if (!box) return;
      all("img", box).forEach(function (img) { URL.revokeObjectURL(img.src); });
      box.textContent = "";
      files.filter(function (f) { return /^image\/(jpeg|png)$/.test(f.type); }).forEach(function (f) {
        var img = document.createElement("img");
        img.src = URL.createObjectURL(f);
        img.alt = f.name;
        box.appendChild(img);
      });
      box.hidden = !box.children.length;
    });
  }

  /* ── small copies that the worker still owes: asked for again, less and less often ─────────────────── */
  function thumbnail(blank) {
    var wait = 1000;
    (function ask() {
      var img = new Image();
      img.onload = function () { blank.replaceWith(img); };
      img.onerror = function () { if (wait < 60000) setTimeout(ask, wait *= 2); };
      img.alt = blank.title;
      img.src = blank.dataset.thumbnail + "?again=" + wait;
    })();
  }

  /* ── a job on its way: how far it is, until it is over ─────────────────────────────────────────── */
  function job(row) {
    var bar = row.querySelector("[data-job-bar]"), count = row.querySelector("[data-job-count]");
    var wait = 700, asked = 0;
    /* not for ever: a page left open must not keep its session alive */
    function later() { wait = Math.min(wait * 1.2, 5000); if (++asked < 150) setTimeout(ask, wait); }
    function ask() {
      fetch(row.dataset.job, { credentials: "same-origin", headers: { Accept: "application/json" } })
        .then(function (r) { if (!r.ok) throw r; return r.json(); })
        .then(function (now) {
          if (now.over) { location.reload(); return; }
          row.querySelector("[data-job-words]").textContent = now.words;
          row.querySelector("[data-job-badge]").className = "state " + now.badge;
          bar.hidden = now.percent === null;
          bar.value = now.percent || 0;
          count.textContent = now.total ? now.progress + " / " + now.total : "";
          later();
        })
        .catch(later);
    }
    setTimeout(ask, wait);
  }

  /* ── rows selected, and what may be done to all of them ───────────────────────────────────────── */
  function bulk(bar) {
    var table = document.getElementById(bar.dataset.bulk), whole = table.querySelector(".action_check_all");
    function checks() { return all(".action_check", table); }
    function count() {
      var n = checks().filter(function (c) { c.closest("tr").classList.toggle("selected", c.checked); return c.checked; }).length;
      bar.hidden = !n;
      all("[data-count]", bar).forEach(function (el) { el.textContent = n; });
      if (whole) { whole.checked = n > 0 && n === checks().length; whole.indeterminate = n > 0 && n < checks().length; }
    }
    table.addEventListener("change", function (e) {
      if (e.target === whole) checks().forEach(function (c) { c.checked = whole.checked; });
      count();
    });
    on(bar, "click", "[data-clear]", function () { checks().forEach(function (c) { c.checked = false; }); count(); });
    count();
  }

  /* ── a verb's form in a dialog; without script it is a page of its own ────────────────────────── */
  function open(link) {
    fetch(link.href, { credentials: "same-origin" }).then(function (r) {
      if (!r.ok || r.redirected) throw new Error("not a form");
      return r.text();
    }).then(function (html) {
      var content = new DOMParser().parseFromString(html, "text/html").querySelector("[data-dialog-content]");
      if (!content) throw new Error("not a form");
      var dialog = document.createElement("dialog");
      dialog.className = "modal-content";
      dialog.setAttribute("aria-label", content.querySelector("h2").textContent);
      dialog.appendChild(document.importNode(content, true));
      document.body.appendChild(dialog);
      dialog.addEventListener("close", function () { dialog.remove(); link.focus(); });
      dialog.addEventListener("click", function (e) { if (e.target.closest("[data-close]")) { e.preventDefault(); dialog.close(); } });
      ready(dialog);
      dialog.showModal();
      var fields = all(".form-control, .seg input:checked", dialog);
      var first = fields.filter(function (el) { return !el.value; })[0] || fields[0];
      if (first) first.focus();
    }).catch(function () { location.href = link.href; });
  }
  on(document, "click", "a[data-dialog]", function (e, link) {
    if (e.ctrlKey || e.metaKey || e.shiftKey || e.button || !window.HTMLDialogElement || innerWidth < 768) return;
    e.preventDefault();
    open(link);
  });

  /* ── small things ─────────────────────────────────────────────────────────────────────────────── */
  on(document, "submit", "form[data-confirm]", function (e, form) {
    var words = document.getElementById("confirm-words");
    if (form.dataset.sure || !words || !window.HTMLDialogElement) return;
    e.preventDefault();
    var dialog = words.content.firstElementChild.cloneNode(true);
    dialog.querySelector("[data-question]").textContent = form.dataset.confirm;
    document.body.appendChild(dialog);
    dialog.addEventListener("close", function () {
      if (dialog.returnValue === "yes") { form.dataset.sure = "1"; form.submit(); }
      dialog.remove();
    });
    dialog.showModal();
  });
  on(document, "submit", "form", function (e, form) {
    if (e.defaultPrevented || (form.getAttribute("method") || "get").toLowerCase() !== "post" || form.dataset.again) return;
    /* pressed twice is sent once; the button's own value still travels */
    setTimeout(function () { all("button[type=submit]", form).forEach(function (b) { b.disabled = true; }); }, 0);
    setTimeout(function () { all("button[type=submit]", form).forEach(function (b) { b.disabled = false; }); }, 8000);
  });
  /* an empty filter is no filter: the address stays short enough to read and to bookmark */
  on(document, "submit", "form.filters", function (e, form) {
    Array.prototype.forEach.call(form.elements, function (el) { if (el.name && !el.value) el.disabled = true; });
    setTimeout(function () { Array.prototype.forEach.call(form.elements, function (el) { el.disabled = false; }); }, 0);
  });
  /* what was typed goes along when another tab or page of the same form is opened */
  on(document, "click", "form[data-carry] .nav-tabs a, form[data-carry] .pagination a", function (e, link) {
    var form = link.closest("form"), typed = all("input[name^='fix:']", form).some(function (el) { return el.value !== el.defaultValue; });
    if (!typed || e.ctrlKey || e.metaKey || e.shiftKey || e.button) return;
    e.preventDefault();
    form.setAttribute("action", form.getAttribute("action").split("?")[0] + new URL(link.href).search);
    form.querySelector("button[type=submit]").click();  /* the form's first button saves */
  });
  on(document, "change", "[data-submit-on-change]", function (e, el) { el.form.submit(); });
  on(document, "click", "[data-fill]", function (e, el) {
    var target = document.getElementById(el.dataset.fill);
    target.value = el.dataset.value;
    (document.getElementById("password") || target).focus();
  });
  /* the login page promises what is true: a form that was sent when the session had ended has been kept */
  all("[data-kept]").forEach(function (words) {
    words.hidden = !Object.keys(sessionStorage).some(function (key) { var kept = key.indexOf(KEEP) === 0 && stored(key); return !!kept && kept.sent; });
  });
  on(document, "click", "[data-print]", function () { window.print(); });
  /* fields that are only asked for one answer of another: data-when="field=value other" */
  function depend(root) {
    all("[data-when]", root).forEach(function (group) {
      var parts = group.dataset.when.split("="), wanted = parts[1].split(" "), form = group.closest("form");
      function check() {
        var el = form.querySelector("[name='" + parts[0] + "']:checked") || form.querySelector("select[name='" + parts[0] + "']") ||
                 form.querySelector("input[name='" + parts[0] + "']:not([type=radio]):not([type=checkbox])");
        group.hidden = wanted.indexOf(el ? el.value : "") < 0;
      }
      form.addEventListener("change", check);
      check();
    });
  }

  function ready(root) {
    all("[data-remote]", root).forEach(remote);
    all("input.date", root).forEach(calendar);
    all("form:not([data-quick]) input[type=file]", root).forEach(picks);
    all("[data-thumbnail]", root).forEach(thumbnail);
    all("[data-job]", root).forEach(job);
    all("[data-bulk]", root).forEach(bulk);
    depend(root);
    keptForms(root).forEach(watch);
    root.dispatchEvent(new CustomEvent("ready", { bubbles: true }));
  }
  function keepFor(address, key, fields) {
    store(nameOf(address), { sent: false, key: key, values: fields });
  }
  window.zhualuoshi = {  /* for drafts.js */
    values: values, restore: restore, choose: choose, keepFor: keepFor, forget: forget, once: once, unanswered: unanswered
  };
  forgetDone();
  ready(document);
  var alert = document.querySelector("[data-focus]");
  if (alert) alert.focus();
  window.addEventListener("pageshow", function () { all("button[type=submit]").forEach(function (b) { if (!b.hasAttribute("data-off")) b.disabled = false; }); });
}());
