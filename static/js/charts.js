// Metric lines: the server draws them plainly, uPlot adds axes and the value under the pointer.
(() => {
  "use strict";
  const drawn = new Map();
  const probe = document.createElement("span");
  const colour = (name) => { probe.style.color = `var(${name})`; return getComputedStyle(probe).color; };
  const format = (options) => new Intl.DateTimeFormat(portal.language, { timeZone: portal.zone, hourCycle: "h23", ...options });
  const hour = format({ hour: "2-digit", minute: "2-digit" });
  const day = format({ month: "numeric", day: "numeric" });
  const full = format({ month: "numeric", day: "numeric", weekday: "short", hour: "2-digit", minute: "2-digit" });
  const rounded = (value) => (Math.abs(value) >= 100 ? Math.round(value) : Math.round(value * 10) / 10).toLocaleString(portal.language);

  // Ticks stand on whole hours of the viewer's zone, as every day's begin shows its date.
  const tickText = (seconds) => { const text = hour.format(seconds * 1000); return text === "00:00" ? day.format(seconds * 1000) : text; };

  const options = (area, data) => {
    const axis = { stroke: colour("--ink-faint"), font: `11px ${getComputedStyle(document.body).fontFamily}`, grid: { stroke: colour("--line"), width: 1 }, ticks: { show: false } };
    return {
      width: area.clientWidth, height: area.clientHeight, padding: [8, 16, 0, 0],
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), portal.zone),
      cursor: { y: false, points: { size: 6 } }, legend: { show: false },
      scales: { x: { time: true }, y: { range: (plot, low, high) => [data.floor ?? Math.min(0, low ?? 0), data.ceiling ?? Math.max((high ?? 0) * 1.15, 1)] } },
      axes: [
        { ...axis, size: 24, gap: 4, space: 56, values: (plot, splits) => splits.map(tickText) },
        { ...axis, size: 48, space: 32, values: (plot, splits) => splits.map((value) => rounded(value) + data.unit) },
      ],
      series: [{}, ...data.lines.map((line, index) => ({ label: line.label, stroke: colour(`--line-${index + 1}`), width: 1.5, spanGaps: false, points: { show: false } }))],
      hooks: { setCursor: [(plot) => point(area, plot, data)] },
    };
  };
  const point = (area, plot, data) => {
    const tip = area.querySelector(".chart-tip");
    const index = plot.cursor.idx;
    tip.hidden = index == null;
    if (index == null) return;
    const values = data.lines.map((line) => `${data.lines.length > 1 ? `${line.label} ` : ""}${line.values[index] == null ? "–" : rounded(line.values[index]) + data.unit}`);
    tip.textContent = `${full.format(data.times[index] * 1000)}  ${values.join(" · ")}`;
    tip.style.left = `${Math.max(0, Math.min(plot.cursor.left + 48, area.clientWidth - tip.offsetWidth))}px`;
  };

  const draw = (area) => {
    drawn.get(area)?.destroy();
    const data = JSON.parse(area.querySelector("script").textContent);
    data.times = data.lines[0].values.map((value, index) => data.begin + index * data.step);
    area.querySelector("svg")?.setAttribute("hidden", "");
    if (!area.querySelector(".chart-tip")) area.append(Object.assign(document.createElement("div"), { className: "chart-tip", hidden: true }));
    drawn.set(area, new uPlot(options(area, data), [data.times, ...data.lines.map((line) => line.values)], area));
  };
  const sizes = new ResizeObserver((entries) => {
    for (const { target } of entries) drawn.get(target)?.setSize({ width: target.clientWidth, height: target.clientHeight });
  });
  const drawAll = (again) => {
    document.body.append(probe);
    for (const area of drawn.keys()) if (!area.isConnected) { sizes.unobserve(area); drawn.get(area).destroy(); drawn.delete(area); }
    for (const area of document.querySelectorAll("[data-chart]")) {
      // A refresh takes the drawing away together with the old figures.
      if (!again && drawn.get(area)?.root.isConnected) continue;
      draw(area);
      sizes.observe(area);
    }
    probe.remove();
  };
  document.addEventListener("portal:theme", () => drawAll(true));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => drawAll(true));
  document.addEventListener("htmx:after:settle", () => drawAll(false));
  drawAll(false);
})();
