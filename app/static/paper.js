/* Lays papers out on A4 sheets, each paper with its own page numbers, and prints them when their pictures have come.
   Browsers number the pages of a whole print-out only, the older ones not at all. No text stands here. */
(function () {
  "use strict";
  var main = document.querySelector("[data-papers]"), content;

  function sheet(paper, sheets) {
    var section = document.createElement("section");
    section.className = "sheet";
    content = document.createElement("div");
    content.className = "content";
    section.appendChild(content);
    main.insertBefore(section, paper);
    sheets.push(section);
  }
  function fits() { return content.scrollHeight <= content.clientHeight; }

  /* Leaves of `node`, which stands in the sheet, what fits on it; returns what is left over, or null. */
  function cut(node) {
    if (fits()) return null;
    if (node.nodeType === 3) return cutText(node);
    if (node.nodeType !== 1 || node.hasAttribute("data-whole")) {
      node.parentNode.removeChild(node);
      return node;
    }
    var rest = node.cloneNode(false), head = node.tagName === "TABLE" && node.tHead;
    while (node.lastChild && node.lastChild !== head && !fits()) rest.insertBefore(node.lastChild, rest.firstChild);
    var first = rest.firstChild;
    if (!first) return null;
    node.appendChild(first);
    var left = cut(first);
    if (left && left !== first) rest.insertBefore(left, rest.firstChild);
    else if (left) rest.insertBefore(first, rest.firstChild);
    if (head) rest.insertBefore(head.cloneNode(true), rest.firstChild);
    if (node.textContent.trim()) rest.classList.add("going-on");
    else if (node.parentNode) node.parentNode.removeChild(node);
    return rest.hasChildNodes() ? rest : null;
  }
  function cutText(node) {
    var text = node.data, least = 0, most = text.length;
    while (least < most) {
      var middle = Math.ceil((least + most) / 2);
      node.data = text.slice(0, middle);
      if (fits()) least = middle; else most = middle - 1;
    }
    node.data = text.slice(0, least);
    return least < text.length ? document.createTextNode(text.slice(least)) : null;
  }

  function place(block, paper, sheets) {
    content.appendChild(block);
    var rest = cut(block);
    if (!rest) return;
    if (!content.childNodes.length) { content.appendChild(rest); return; } /* larger than a sheet, and not to be divided */
    var kept = [], last = content.lastElementChild;
    while (last !== content.firstElementChild && last.hasAttribute("data-with-next")) {
      kept.unshift(last);
      last = last.previousElementSibling;
    }
    sheet(paper, sheets);
    kept.forEach(function (one) { content.appendChild(one); });
    place(rest, paper, sheets);
  }

  function layOut(paper) {
    var sheets = [];
    sheet(paper, sheets);
    Array.prototype.slice.call(paper.children).forEach(function (block) {
      if (block.hasAttribute("data-sheet") && content.childNodes.length) sheet(paper, sheets);
      place(block, paper, sheets);
    });
    main.removeChild(paper);
    sheets.forEach(function (section, n) {
      var foot = document.createElement("footer"), words = main.dataset.page;
      foot.className = "foot";
      [paper.dataset.left, words.replace("{page}", n + 1).replace("{pages}", sheets.length), paper.dataset.right].forEach(function (text) {
        foot.appendChild(document.createElement("span")).textContent = text;
      });
      section.appendChild(foot);
    });
  }

  Array.prototype.slice.call(main.children).forEach(layOut);
  main.classList.add("laid-out");

  var button = document.querySelector("[data-print]"), words = button.textContent;
  button.textContent = button.dataset.waiting;
  Promise.all(Array.prototype.map.call(document.images, function (img) {
    return img.decode().catch(function () { /* a picture that does not come must not keep the paper back */ });
  })).then(function () {
    button.disabled = false;
    button.textContent = words;
    button.addEventListener("click", function () { window.print(); });
  });
})();
