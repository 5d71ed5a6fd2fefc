/* What is typed and photographed on the quick page stays on this device until the server has it; then it goes. So does
   a verb's form (data-phone) that is sent from a phone or without a network: what is refused comes back with all of it.
   IndexedDB keeps the pictures too; where a browser has none, localStorage keeps the words, and the open page all. A draft belongs to one
   account in one post (data-whose): no other sees or sends it. Sent again after a lost answer it still makes one
   record, and does its verb once: the server knows the key it carries (app/casework/once.py).
   No service worker: browsers allow one only over https, and the county's server may stand on plain http. So the page
   must have been opened while there was a network; what was typed in it does not need one. */
(function () {
  "use strict";
  var bar = document.querySelector("[data-unsent]"), form = document.querySelector("form[data-quick]");
  if (!bar || !window.fetch || !window.Promise) return;
  var WHOSE = bar.dataset.whose, URL_OF_QUICK = bar.dataset.url, PREFIX = "draft:";
  var JSON_ONLY = { Accept: "application/json" }, PHONE = 768, page = window.zhualuoshi;
  function all(selector, root) { return Array.prototype.slice.call((root || document).querySelectorAll(selector)); }
  function pathOf(url) { return new URL(url, location.href).pathname; }

  /* ── the store: drafts by their key ───────────────────────────────────────────────────────────── */
  var opened = null;
  function database() {
    if (opened) return opened;
    opened = new Promise(function (yes, no) {
      var asked = indexedDB.open("zhualuoshi", 1);
      asked.onupgradeneeded = function () { asked.result.createObjectStore("drafts", { keyPath: "key" }); };
      asked.onsuccess = function () { yes(asked.result); };
      asked.onerror = asked.onblocked = no;
    });
    return opened;
  }
  function ask(how, act) {
    return database().then(function (db) {
      return new Promise(function (yes, no) {
        var done = db.transaction("drafts", how), request = act(done.objectStore("drafts"));
        done.oncomplete = function () { yes(request.result); };
        done.onerror = done.onabort = no;
      });
    });
  }
  function wordsOf(draft) { return Object.assign({}, draft, { photos: [] }); }
  var memory = {}, pictures = true;
  function kept() {
    return ask("readonly", function (s) { return s.getAll(); }).catch(function () { return []; }).then(function (found) {
      try {
        Object.keys(localStorage).forEach(function (key) {
          if (key.indexOf(PREFIX) === 0 && !memory[key.slice(PREFIX.length)]) found.push(JSON.parse(localStorage.getItem(key)));
        });
      } catch (e) { /* off */ }
      return found.concat(Object.keys(memory).map(function (key) { return memory[key]; })).filter(function (d) { return d.whose === WHOSE; });
    });
  }
  function put(draft) {
    return ask("readwrite", function (s) { return s.put(draft); }).catch(function () {
      memory[draft.key] = draft;
      pictures = pictures && !draft.photos.length;
      try { localStorage.setItem(PREFIX + draft.key, JSON.stringify(wordsOf(draft))); } catch (e) { pictures = false; }
    });
  }
  function drop(draft) {
    delete memory[draft.key];
    try { localStorage.removeItem(PREFIX + draft.key); } catch (e) { /* off */ }
    return ask("readwrite", function (s) { return s.delete(draft.key); }).catch(function () { /* it was not there */ });
  }

  function fill(input, files) {
    var chosen = new DataTransfer();
    files.forEach(function (file) { chosen.items.add(file); });
    input.files = chosen.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  /* ── sending ──────────────────────────────────────────────────────────────────────────────────── */
  var sending = {};
  function stop(why) { return Promise.reject({ why: why }); }
  function answered(r) {
    var json = (r.headers.get("Content-Type") || "").indexOf("json") >= 0;
    if (r.status === 401 || (r.ok && !json)) return stop("login");
    if (r.status >= 500 || r.status === 429 || !json) return stop("busy");
    return r.json().then(function (said) { return { status: r.status, said: said }; });
  }
  function deliver(draft) {
    var url = draft.url || URL_OF_QUICK;
    return fetch(url, { credentials: "same-origin", headers: JSON_ONLY, cache: "no-store" }).then(answered)
      .then(function (now) {
        if (now.status !== 200 || now.said.whose !== draft.whose) return stop("login");
        var body = new FormData();
        draft.fields.forEach(function (pair) { body.append(pair[0], pair[1]); });
        draft.photos.forEach(function (photo, i) { body.append(draft.names ? draft.names[i] : "photos", photo, photo.name || "photo.jpg"); });
        body.append("client_key", draft.key);
        body.append("drawn_for", draft.whose);
        body.append("csrf_token", now.said.token);
        return fetch(url, { method: "POST", credentials: "same-origin", headers: JSON_ONLY, body: body }).then(answered);
      });
  }
  /* Resolves with the record's address once the server has it; with null while it waits or must be corrected. */
  function send(draft) {
    if (sending[draft.key]) return Promise.resolve(null);
    sending[draft.key] = true;
    tell();
    return deliver(draft).then(function (answer) {
      if (answer.status === 201 && draft.url) page.forget(draft.url);
      if (answer.status === 201) return drop(draft).then(function () { return answer.said.url; });
      if (answer.status === 409 && !draft.url) return stop("login");
      draft.state = "faults";
      draft.status = answer.status;
      draft.faults = answer.said.faults || { "": [answer.said.message] };
      draft.why = "faults";
      return put(draft).then(function () { return null; });
    }).catch(function (stopped) {
      draft.why = stopped && stopped.why || "network";
      return put(draft).then(function () { return null; });
    }).then(function (url) {
      delete sending[draft.key];
      return tell().then(function () { follow(draft, url); return url; });
    });
  }
  function sendAll() {
    return kept().then(function (drafts) {
      return drafts.filter(function (d) { return d.state === "waiting"; })
        .reduce(function (before, draft) { return before.then(function () { return send(draft); }); }, Promise.resolve());
    });
  }

  /* ── what waits, on every page ────────────────────────────────────────────────────────────────── */
  function tell() {
    return kept().then(function (drafts) {
      var waiting = drafts.filter(function (d) { return d.state === "waiting" || d.state === "faults"; }), lost = page.unanswered();
      var told = waiting.filter(function (d) { return d.state === "waiting" || !d.url; }), last = told[told.length - 1];
      var why = waiting.some(function (d) { return sending[d.key]; }) ? "sending" : last && (last.why || "network");
      bar.hidden = !waiting.length && !lost.length;
      bar.querySelector("[data-count]").textContent = waiting.length + lost.length;
      bar.querySelector("[data-send-now]").hidden = !told.some(function (d) { return d.state === "waiting"; });
      bar.querySelector("[data-forms]").textContent = "";
      waiting.filter(function (d) { return d.url; }).forEach(function (d) {
        line(d, d.url, d.faults ? sentences(d.faults) : "", function () { page.forget(d.url); return drop(d); });
      });
      lost.forEach(function (kept) {  /* a verb's form asks on the way whether it was done */
        var asked = "client_key=" + kept.key + "&kept_as=" + encodeURIComponent(pathOf(kept.url));
        line(kept, kept.verb ? kept.url + (kept.url.indexOf("?") < 0 ? "?" : "&") + asked : kept.url, null, function () { return Promise.resolve(page.forget(kept.url)); });
      });
      all("[data-why]", bar).forEach(function (el) { el.hidden = el.dataset.why !== why && (el.dataset.why !== "textonly" || pictures); });
      all("form[data-forget]").forEach(function (out) {  /* app.js asks before it sends such a form */
        if (waiting.length) out.dataset.confirm = bar.dataset.leaving; else delete out.dataset.confirm;
      });
      return waiting.length;
    });
  }
  function sentences(faults) { return [].concat.apply([], Object.keys(faults).map(function (name) { return faults[name]; })).join(" "); }
  /* One form that waits: what it is, what the server said to it, the way to it, and all that was filled in. */
  function line(form, url, said, discard) {
    var li = bar.querySelector("template").content.firstElementChild.cloneNode(true), link = li.querySelector("a");
    var words = li.querySelector("[data-said]"), details = li.querySelector("details"), button = li.querySelector("button");
    li.querySelector("[data-what]").textContent = form.what;
    words.textContent = said === null ? words.dataset.said : said;
    link.href = url;
    link.hidden = form.state === "waiting" || all("form[data-phone]").some(function (f) { return pathOf(f.getAttribute("action")) === pathOf(url); });
    button.hidden = !!sending[form.key];
    button.addEventListener("click", function () {
      if (confirm(button.dataset.drop)) discard().then(function () { if (navigator.onLine) location.reload(); else unpark(form.key); return tell(); });
    });
    details.hidden = !form.typed;
    details.addEventListener("toggle", function () {
      var box = details.querySelector("[data-typed]");
      if (box.firstChild) return;
      form.typed.forEach(function (text) { box.appendChild(document.createElement("p")).textContent = text; });
      form.photos.forEach(function (photo) { box.appendChild(document.createElement("img")).src = URL.createObjectURL(photo); });
    });
    bar.querySelector("[data-forms]").appendChild(li);
  }
  bar.querySelector("[data-send-now]").addEventListener("click", sendAll);
  window.addEventListener("online", sendAll);
  document.addEventListener("visibilitychange", function () { if (!document.hidden) sendAll(); });
  setInterval(function () {  /* a network that is there again does not always say so; where a login is missing nothing is asked */
    kept().then(function (drafts) {
      if (drafts.some(function (d) { return d.state === "waiting" && d.why !== "login"; })) sendAll();
    });
  }, 20000);

  /* ── what the server refused, at its fields; what has none, or (`every`) all of it, above the form ─────────────── */
  function point(form, top, faults, every) {
    all(".fault", form).forEach(function (el) { el.remove(); });
    all(".has-error", form).forEach(function (el) { el.classList.remove("has-error"); });
    top.textContent = every ? top.dataset.faults : "";
    Object.keys(faults).forEach(function (name) {
      var el = form.querySelector("[data-name='" + name + "'], [name='" + name + "']:not([type=hidden])");
      var group = el && el.closest(".form-group"), label = group && group.querySelector(".control-label"), line;
      if (every || !group) top.appendChild(document.createElement("p")).textContent = (label ? label.textContent + " " : "") + faults[name][0];
      if (!group) return;
      line = group.appendChild(document.createElement("span"));
      line.className = "fault";
      line.textContent = faults[name][0];
      group.classList.add("has-error");
      if (group.closest("details")) group.closest("details").open = true;
    });
    top.hidden = !top.textContent;
    var first = top.hidden ? form.querySelector(".has-error") : top;
    if (first) first.scrollIntoView({ block: "center" });
  }

  /* ── a verb's form ────────────────────────────────────────────────────────────────────────────── */
  var parked = {};  /* the forms of this page that are on their way, by their key */
  function taken(form) {
    var draft = { key: page.once(form), whose: WHOSE, state: "waiting", url: form.getAttribute("action"), what: form.dataset.phone,
      fields: page.values(form).concat([["version", form.elements.namedItem("version").value]]), photos: [], names: [], typed: [] };
    all("input[type=file]", form).forEach(function (input) {
      Array.prototype.forEach.call(input.files, function (file) { draft.photos.push(file); draft.names.push(input.name); });
    });
    all(".form-group", form).forEach(function (group) {
      var label = group.querySelector(".control-label"), el = group.querySelector("input:checked + label, .form-control");
      var text = !el ? "" : el.tagName === "SELECT" ? el.options[el.selectedIndex].textContent : el.value || el.textContent;
      if (label && text.trim() && !group.hidden) draft.typed.push(label.textContent + "：" + text.trim());
    });
    return draft;
  }
  function buttons(form, off) { all("button[type=submit]", form).forEach(function (b) { b.disabled = off; }); }
  /* Without an answer the form makes room: it goes by itself. */
  function park(form, draft) {
    var dialog = form.closest("dialog");
    if (dialog) { delete parked[draft.key]; dialog.close(); } else form.hidden = true;
    bar.scrollIntoView({ block: "center" });
  }
  function unpark(key) {
    var form = parked[key];
    delete parked[key];
    if (!form) return;
    form.hidden = false;
    buttons(form, false);
  }
  function follow(draft, url) {
    var form = parked[draft.key];
    if (!form) return;
    if (url) location.href = url;
    else if (draft.state === "waiting") park(form, draft);
    else if (draft.status !== 422) location.href = draft.url;  /* not as it was: what stands there now */
    else {
      unpark(draft.key);
      point(form, form.querySelector("[data-faults]"), draft.faults, true);
    }
  }
  function resume(form, draft) {
    if (draft.state === "waiting") { parked[draft.key] = form; park(form, draft); return; }
    if (form.dataset.keep !== "answered") {
      page.restore(form, draft.fields);
      page.once(form, draft.key);
      form.querySelector("[data-restored]").hidden = true;  /* all of it is back, files too */
    }
    all("input[type=file]", form).forEach(function (input) {
      var mine = draft.photos.filter(function (photo, i) { return draft.names[i] === input.name; });
      if (mine.length) fill(input, mine);
    });
    if (form.dataset.keep !== "answered") point(form, form.querySelector("[data-faults]"), draft.faults, true);
  }
  function verbs(root) {
    var forms = all("form[data-phone]", root), done = all("[data-answered]").map(function (el) { return el.dataset.answered; });
    return kept().then(function (drafts) {
      return Promise.all(drafts.filter(function (d) { return d.url && (d.state === "waiting" || d.state === "faults"); }).map(function (draft) {
        var path = pathOf(draft.url);
        if (draft.state === "faults" && done.indexOf(path) >= 0) return drop(draft);  /* corrected, and sent by the browser */
        forms.forEach(function (form) { if (pathOf(form.getAttribute("action")) === path) resume(form, draft); });
        return null;
      }));
    });
  }
  document.addEventListener("ready", function (e) { verbs(e.target); });
  /* On a desk with a network the browser sends it. */
  document.addEventListener("submit", function (e) {
    var form = e.target, draft;
    if (!form.dataset.phone || innerWidth >= PHONE && navigator.onLine) return;
    e.preventDefault();
    draft = taken(form);
    if (sending[draft.key]) return;
    parked[draft.key] = form;
    buttons(form, true);
    put(draft).then(function () { page.forget(draft.url); return send(draft); });
  }, true);

  /* ── the quick page ───────────────────────────────────────────────────────────────────────────── */
  function uuid() {  /* crypto.randomUUID is for https only */
    var n = crypto.getRandomValues(new Uint8Array(16));
    n[6] = n[6] & 15 | 64;
    n[8] = n[8] & 63 | 128;
    var hex = Array.prototype.map.call(n, function (b) { return (b + 256).toString(16).slice(1); }).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  }
  function quick() {
    var box = form.querySelector("[data-photos]"), top = document.querySelector("[data-faults]");
    var resumed = document.querySelector("[data-resumed]"), pressed = null, timer, now;
    function typed() { return page.values(form).filter(function (f) { return f[0] !== "drawn_for"; }); }
    var blank = typed();
    function begin(key) { now = { key: key, whose: WHOSE, state: "open", fields: [], photos: [] }; }
    function read() { now.fields = typed(); }
    function save() {
      clearTimeout(timer);
      read();
      return now.photos.length || JSON.stringify(now.fields) !== JSON.stringify(blank) ? put(now) : drop(now);
    }
    function draw() {
      all("img", box).forEach(function (img) { URL.revokeObjectURL(img.src); });
      box.textContent = "";
      now.photos.forEach(function (photo, i) {
        var figure = box.appendChild(document.createElement("figure")), img = figure.appendChild(document.createElement("img"));
        var words = figure.appendChild(document.createElement("figcaption")), remove = words.appendChild(document.createElement("button"));
        img.src = URL.createObjectURL(photo);
        img.alt = photo.name || "";
        remove.type = "button";
        remove.className = "btn btn-link btn-sm";
        remove.textContent = box.dataset.remove + " " + (i + 1);
        remove.addEventListener("click", function () { now.photos.splice(i, 1); draw(); save(); });
      });
    }
    function showFaults(faults) { point(form, top, faults); }
    function missing() {
      var faults = {};
      form.dataset.required.split(" ").forEach(function (name) {
        if (!now.fields.some(function (f) { return f[0] === name && f[1].trim(); })) faults[name] = [form.dataset.asked];
      });
      return faults;
    }
    function show(draft) {
      now = draft;
      page.restore(form, draft.fields);
      draw();
      showFaults(draft.faults || {});
    }
    function again() {  /* the next one, with what this person enters every day */
      begin(uuid());
      resumed.hidden = true;
      show(Object.assign(now, { fields: blank }));
      scrollTo(0, 0);
    }
    kept().then(function (drafts) {
      var mine = drafts.filter(function (d) { return d.state === "faults" && !d.url; })[0] || drafts.filter(function (d) { return d.state === "open"; })[0];
      if (!mine) { begin(form.elements.namedItem("client_key").value); return; }
      show(mine);
      resumed.hidden = false;
    }).then(function () { form.dataset.ready = "1"; });

    function later(e) {
      if (!now || e.target.type === "file") return;
      clearTimeout(timer);
      timer = setTimeout(save, 300);
    }
    form.addEventListener("input", later);
    form.addEventListener("change", later);
    all("input[type=file]", form).forEach(function (input) {
      input.addEventListener("change", function () {
        now.photos = now.photos.concat(Array.prototype.slice.call(input.files));
        input.value = "";
        draw();
        save();
      });
    });
    form.addEventListener("click", function (e) {
      var pick = e.target.closest("[data-pick]"), button = e.target.closest("button[type=submit]");
      if (button) pressed = button;
      if (!pick) return;
      page.choose(form.querySelector("[data-name=enterprise_id]"), { id: pick.dataset.pick, text: pick.textContent });
      save();
    });
    form.addEventListener("submit", function (e) {
      e.preventDefault();
      if (!now || sending[now.key]) return;
      read();
      var faults = missing(), draft = now, button = pressed || form.querySelector(".btn-primary");
      showFaults(faults);
      if (Object.keys(faults).length) return;
      clearTimeout(timer);
      draft.fields = draft.fields.filter(function (f) { return f[0] !== "issue" && f[0] !== "draft"; }).concat([[button.name, button.value]]);
      draft.state = "waiting";
      delete draft.faults;
      put(draft).then(function () { return send(draft); }).then(function (url) {
        if (url) { location.href = url; return; }
        if (now !== draft) return;
        if (draft.state === "faults") show(draft); else again();
      });
    });
    document.querySelector("[data-discard]").addEventListener("click", function () { drop(now).then(function () { location.reload(); }); });
    document.querySelector("[data-full]").addEventListener("click", function (e) {
      e.preventDefault();
      read();
      var link = this, within = now.fields.filter(function (f) { return f[0] === "within"; })[0];
      var due = !within ? [["due_kind", "date"]] : within[1] === "immediate" ? [["due_kind", "immediate"]] :
        [["due_kind", "date"], ["due_days", within[1]], ["due_unit", "days"]];
      now.state = "full";
      put(now).then(function () {
        page.keepFor(link.href, now.key, now.fields.concat(due));
        location.href = link.href;
      });
    });
  }

  /* ── the full form takes the pictures over; its words come by app.js ──────────────────────────── */
  function takeOver(input) {
    kept().then(function (drafts) {
      drafts.filter(function (d) { return d.state === "full"; }).forEach(function (draft) {
        fill(input, draft.photos);
        drop(draft);
      });
    });
  }
  var full = document.querySelector("form[data-keep] input[type=file][name=photos]");
  if (full) takeOver(full);
  if (form) quick();
  verbs(document).then(tell).then(sendAll);
}());
