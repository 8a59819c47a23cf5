// docs/demo/demo.js: loads Pyodide and esig from this folder, and computes while one draws.
import { loadPyodide } from "./pyodide/pyodide.mjs";

const element = (id) => document.getElementById(id);
const path = element("path");
const bars = element("bars");
const size = path.width;

/** The signature of points and its words, by esig. */
async function loadSignature() {
  const pyodide = await loadPyodide();
  const fetched = async (name) => (await fetch(name)).arrayBuffer();
  pyodide.unpackArchive(await fetched("esig.whl"), "wheel", { extractDir: "/site" });
  // Pyodide's NumPy is fetched from elsewhere; for these few calls a stand-in of a page is enough.
  pyodide.FS.writeFile("/site/numpy.py", new Uint8Array(await fetched("numpy.py")));
  return pyodide.runPython(`
import sys
sys.path.insert(0, "/site")
import esig, numpy

def signature(points, depth):
    flat = [value for point in points for value in point]
    path = numpy.array(flat).reshape(len(points), 2)
    values = list(numpy.ravel(esig.stream2sig(path, depth)))
    area = list(numpy.ravel(esig.stream2logsig(path, 2)))[2]
    return esig.sigkeys(2, depth).split(), values, area
signature
`);
}

/** Points of the canvas as coordinates from -1 to 1, upwards. */
function normalised(points) {
  return points.map(([x, y]) => [(2 * x) / size - 1, 1 - (2 * y) / size]);
}

function drawPath(points) {
  const context = path.getContext("2d");
  context.clearRect(0, 0, size, size);
  context.lineWidth = 3;
  context.strokeStyle = "#2060c0";
  context.beginPath();
  points.forEach(([x, y]) => context.lineTo(x, y));
  context.stroke();
}

function drawTerms(words, values) {
  const context = bars.getContext("2d");
  context.clearRect(0, 0, size, size);
  const largest = Math.max(...values.map(Math.abs));
  const width = size / values.length;
  values.forEach((value, index) => {
    const height = ((size / 2 - 10) * value) / largest;
    context.fillStyle = value < 0 ? "#c05020" : "#2060c0";
    context.fillRect(index * width + 2, size / 2, width - 4, -height);
  });
  const rows = words.map((word, index) => {
    const row = document.createElement("tr");
    row.insertCell().textContent = word;
    row.insertCell().textContent = values[index].toFixed(4);
    return row;
  });
  element("terms").replaceChildren(...rows);
}

function show(points, signature) {
  drawPath(points);
  if (points.length < 2) return;
  const result = signature(normalised(points), 3);
  const [words, values, area] = result.toJs();
  result.destroy();
  drawTerms(words, values);
  element("displacement").textContent = `(${values[1].toFixed(3)}, ${values[2].toFixed(3)})`;
  element("area").textContent = area.toFixed(4);
}

const callable = await loadSignature();
const signature = (points, depth) => callable(points, depth);
// A circle, once around: its signed area is that of the disc.
let points = Array.from({ length: 101 }, (_, index) => {
  const angle = (2 * Math.PI * index) / 100;
  return [size * (0.5 + 0.4 * Math.cos(angle)), size * (0.5 - 0.4 * Math.sin(angle))];
});
show(points, signature);
element("status").textContent = "Ready: draw with the mouse, a pen or a finger.";

path.addEventListener("pointerdown", () => (points = []));
path.addEventListener("pointermove", (event) => {
  if (event.buttons === 0) return;
  points.push([event.offsetX, event.offsetY]);
  show(points, signature);
});
