"use strict";
// Names the layer, the filters and their values under the pointer, in all panels of a figure of saliency profiles at
// once; the arrow keys move on by a column. The page is also well-formed XML, so there is no ampersand and no
// less-than sign in here.
for (const box of document.querySelectorAll("[data-profiles]")) {
  const data = JSON.parse(box.dataset.profiles);
  const filters = data.starts[data.starts.length - 1];
  const columns = data.starts.length - 1;
  const lastNotAfter = (starts, filter) => starts.filter(s => filter >= s).length - 1;
  const place = filter => data.left + (data.right - data.left) * filter / filters;
  const range = (a, b, joint) => a === b ? String(a) : a + joint + b;

  for (const svg of box.querySelectorAll("svg")) {
    const add = (tag, attributes) => {
      const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
      for (const name in attributes) element.setAttribute(name, attributes[name]);
      return svg.appendChild(element);
    };
    const text = (y, weight) => add("text", {
      x: data.right, y: y, "font-size": 9.5, "text-anchor": "end", fill: "#1f2430", "font-weight": weight,
      "pointer-events": "none"
    });
    const lines = data.tops.map(top => add("line", {
      y1: top, y2: top + data.panel, stroke: "#1f2430", "stroke-width": 0.8, visibility: "hidden",
      "pointer-events": "none"
    }));
    const where = text(13, 600);
    const values = data.tops.map(top => text(top - 4, 400));
    let shown = -1;

    const show = column => {
      shown = Math.max(0, Math.min(columns - 1, column));
      const from = data.starts[shown];
      const to = data.starts[shown + 1];
      const layer = lastNotAfter(data.offsets, from);
      const first = data.offsets[layer];
      where.textContent = data.layers[layer] + " · rank " + range(from - first + 1, to - first, "–")
        + " of " + (data.offsets[layer + 1] - first);
      lines.forEach((line, i) => {
        line.setAttribute("x1", place((from + to) / 2));
        line.setAttribute("x2", place((from + to) / 2));
        line.setAttribute("visibility", "visible");
        values[i].textContent = range(data.highest[i][shown], data.lowest[i][shown], " to ");
      });
    };
    const hide = () => {
      shown = -1;
      where.textContent = "";
      lines.forEach((line, i) => {
        line.setAttribute("visibility", "hidden");
        values[i].textContent = "";
      });
    };

    svg.addEventListener("pointermove", event => {
      const frame = svg.getBoundingClientRect();
      const x = (event.clientX - frame.left) * data.width / frame.width;
      const filter = (x - data.left) / (data.right - data.left) * filters;
      const inside = filter >= 0 ? filters > filter : false;
      if (inside) show(lastNotAfter(data.starts, filter));
      else hide();
    });
    svg.addEventListener("pointerleave", hide);
    svg.addEventListener("blur", hide);
    svg.addEventListener("keydown", event => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (step) {
        event.preventDefault();
        show(shown + step);
      }
    });
    svg.setAttribute("tabindex", "0");
  }
}
