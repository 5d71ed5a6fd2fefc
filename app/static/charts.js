/* 抓落实: parts of a page that are fetched once it stands, and charts, drawn from the numbers of the table beside them.
   Plain script; without it the links and the tables remain. No text stands here: words come from the page. */
(function () {
  "use strict";

  var library = document.currentScript.dataset.library, loading = null, drawn = [];
  var ACCENT = "#17579c", PALE = "#a9bfd8", RED = "#b3261e", LINE = "#dbe1e8", INK = "#465463";

  function all(selector, root) { return Array.prototype.slice.call(root.querySelectorAll(selector)); }

  /* ── a part of another page ───────────────────────────────────────────────────────────────────────── */
  function fetchPart(box) {
    box.setAttribute("aria-busy", "true");
    fetch(box.dataset.lazy, { credentials: "same-origin" }).then(function (r) {
      if (!r.ok || r.redirected) throw new Error("no such part");
      return r.text();
    }).then(function (html) {
      var part = new DOMParser().parseFromString(html, "text/html").querySelector("[data-part='" + box.dataset.part + "']");
      if (!part) throw new Error("no such part");
      box.textContent = "";
      box.appendChild(document.importNode(part.content || part, true));
      drawAll(box, true);
    }).catch(function () { /* the link inside still leads there */ }).then(function () { box.removeAttribute("aria-busy"); });
  }

  /* ── charts ───────────────────────────────────────────────────────────────────────────────────────── */
  function load() {
    loading = loading || new Promise(function (done, failed) {
      var script = document.createElement("script");
      script.src = library;
      script.onload = done;
      script.onerror = failed;
      document.head.appendChild(script);
    });
    return loading;
  }
  function drawAll(root, fold) {
    var charts = all("[data-chart]", root);
    if (!charts.length) return;
    load().then(function () { charts.forEach(function (chart) { draw(chart, fold); }); }).catch(function () { /* the tables stay open */ });
  }
  function number(cell) { return parseFloat(cell.textContent.replace(/,/g, "")) || 0; }
  function read(chart) {
    var heads = all("thead th", chart).slice(1).map(function (th) { return th.textContent; });
    var lines = all("tbody tr", chart).map(function (tr) {
      var cells = all("td", tr), th = tr.querySelector("th");
      return {
        name: th.dataset.short || th.textContent, texts: cells.map(function (td) { return td.textContent; }), values: cells.map(number),
        urls: cells.map(function (td) { var a = td.querySelector("a"); return a ? a.href : ""; })
      };
    });
    return { heads: heads, lines: lines };
  }
  function series(data, n, color, label) {
    return {
      type: "bar", name: data.heads[n], barGap: "10%", barMaxWidth: 16, itemStyle: { color: color }, label: label,
      data: data.lines.map(function (line) { return { value: line.values[n], url: line.urls[n] }; })
    };
  }
  function label(words) { return { show: true, position: "right", color: INK, fontSize: 11, formatter: words }; }
  function shown(p) { return p.value ? String(p.value) : ""; }
  var quiet = { axisTick: { show: false }, axisLine: { lineStyle: { color: LINE } }, axisLabel: { color: INK, fontSize: 11 } };
  function axis(more) { return Object.assign({}, quiet, more); }
  var KINDS = {
    months: function (data, small) {
      return {
        height: small ? 130 : 200, colors: [PALE, ACCENT],
        option: {
          grid: { left: 4, right: 4, top: 20, bottom: 4, containLabel: true },
          xAxis: axis({ type: "category", axisLabel: { color: INK, fontSize: 10, interval: 0 }, data: data.lines.map(function (line) { return line.name; }) }),
          yAxis: { type: "value", minInterval: 1, splitLine: { lineStyle: { color: LINE } }, axisLabel: { color: INK, fontSize: 11 } },
          series: [0, 1].map(function (n) {
            var top = label(shown);
            top.position = "top";
            top.fontSize = 10;
            return series(data, n, [PALE, ACCENT][n], top);
          })
        }
      };
    },
    rows: function (data, small) {
      /* the overdue ones are among those in hand: one bar within the other, both numbers behind it */
      var both = label(function (p) {
        var over = data.lines[p.dataIndex].values[1];
        return p.value ? p.value + (over ? "  {over|" + over + "}" : "") : "";
      });
      both.rich = { over: { color: RED, fontSize: 11, fontWeight: "bold" } };
      var bars = [series(data, 0, PALE, both), series(data, 1, RED, { show: false })];
      bars[1].barGap = "-100%";
      return { height: (small ? 15 : 22) * Math.max(data.lines.length, 4) + 8, colors: [PALE, RED], option: lying(data, bars, 48) };
    },
    rate: function (data, small) {
      /* kept, due, rate: the bar is the rate, the words tell of how many; without a denominator there is no bar */
      var bar = series(data, 2, PALE, label(function (p) {
        var line = data.lines[p.dataIndex];
        return line.values[1] ? line.texts[2].trim() + "  " + line.texts[0].trim() + "/" + line.texts[1].trim() : line.texts[2].trim();
      }));
      bar.data.forEach(function (one, i) { one.url = data.lines[i].urls[1]; });
      var option = lying(data, [bar], 88);
      option.xAxis.max = 100;
      return { height: (small ? 14 : 22) * data.lines.length + 8, colors: [], option: option };
    }
  };
  function lying(data, bars, room) {
    return {
      grid: { left: 4, right: room, top: 4, bottom: 4, containLabel: true },
      xAxis: { type: "value", show: false, minInterval: 1 },
      yAxis: axis({ type: "category", inverse: true, axisLabel: { color: INK, fontSize: 11, interval: 0 }, data: data.lines.map(function (line) { return line.name; }) }),
      series: bars
    };
  }
  function draw(chart, fold) {
    var data = read(chart), canvas = chart.querySelector(".canvas"), legend = chart.querySelector(".legend");
    if (!data.lines.length) return;
    var made = KINDS[chart.dataset.chart](data, chart.closest("[data-small]"));
    canvas.hidden = false;
    canvas.style.height = made.height + "px";
    made.colors.forEach(function (color, n) {
      var key = legend.appendChild(document.createElement("i"));
      key.style.background = color;
      legend.appendChild(document.createTextNode(data.heads[n]));
      legend.hidden = false;
    });
    var picture = window.echarts.init(canvas, null, { devicePixelRatio: Math.max(2, window.devicePixelRatio || 1) });
    made.option.animation = false;
    made.option.textStyle = { fontFamily: getComputedStyle(document.body).fontFamily };
    picture.setOption(made.option);
    picture.on("click", function (p) { if (p.data && p.data.url) location.href = p.data.url; });
    drawn.push(picture);
    if (fold) chart.querySelector("details").open = false;
  }
  window.addEventListener("resize", function () { drawn.forEach(function (picture) { picture.resize(); }); });

  all("[data-lazy]", document).forEach(fetchPart);
  drawAll(document, false);
}());
