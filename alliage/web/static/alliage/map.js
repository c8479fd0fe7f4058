// The map that moves, in the place of the drawn one: same filters, same counts. Without WebGL the drawn map stays.
const MODES = { mecenat: "mecenat", "innovation-societale": "innovation", "pratiques-responsables": "pratiques", "cooperation-economique": "cooperation" };
const MODE_LABELS = new Map([...document.querySelectorAll(".modes-legend li[class]")].map((li) => [li.className, li.textContent.trim().toLowerCase()]));
const LEVEL_NAMES = { region: "région", departement: "département", epci: "intercommunalité", commune: "commune" };
const LEVEL_PLURALS = { region: "régions", departement: "départements", epci: "intercommunalités", commune: "communes" };
const FRENCH = {
  "AttributionControl.ToggleAttribution": "Montrer ou cacher les sources", "AttributionControl.MapFeedback": "Signaler une erreur de carte",
  "FullscreenControl.Enter": "Plein écran", "FullscreenControl.Exit": "Quitter le plein écran", "LogoControl.Title": "MapLibre",
  "Map.Title": "Carte\u00a0: les flèches déplacent, + et − rapprochent ou éloignent", "Marker.Title": "Alliances",
  "NavigationControl.ResetBearing": "Remettre le nord en haut", "NavigationControl.ZoomIn": "Rapprocher", "NavigationControl.ZoomOut": "Éloigner",
  "CooperativeGesturesHandler.WindowsHelpText": "Ctrl + molette pour rapprocher la carte", "CooperativeGesturesHandler.MacHelpText": "⌘ + molette pour rapprocher la carte",
  "CooperativeGesturesHandler.MobileHelpText": "Deux doigts pour déplacer la carte",
};
let current = null; // the map of the page as it is now, to be taken down when a filter replaces it

const hasWebGL = () => { try { return Boolean(document.createElement("canvas").getContext("webgl2")); } catch { return false; } };
const LEVELS = ["region", "departement", "epci", "commune"];
// The level that the zoom asks for, or the finer one of the table as far as it can be read from there.
function levelAt(zoom, table) {
  const zoomed = zoom < 5.6 ? 0 : zoom < 7.2 ? 1 : zoom < 8.6 ? 2 : 3;
  return LEVELS[Math.max(zoomed, Math.min(LEVELS.indexOf(table), zoom < 4.4 ? 0 : zoom < 5.6 ? 1 : 3))];
}
const boxOf = (text) => { const [west, south, east, north] = text.split(",").map(Number); return [[west, south], [east, north]]; };

// A token of the style sheet as a colour that WebGL takes, in the light or dark of the moment.
function colour(token, place) {
  const probe = document.createElement("span");
  probe.className = "probe";
  probe.style.color = `var(${token})`;
  place.append(probe);
  const canvas = new OffscreenCanvas(1, 1).getContext("2d");
  canvas.fillStyle = getComputedStyle(probe).color;
  canvas.fillRect(0, 0, 1, 1);
  probe.remove();
  const [r, g, b] = canvas.getImageData(0, 0, 1, 1).data;
  return `rgb(${r}, ${g}, ${b})`;
}

const paints = (place) => ({
  sea: { "background-color": colour("--sea", place) },
  ground: { "fill-color": colour("--sheet", place) },
  "epci-lines": { "line-color": colour("--line", place), "line-width": 1 },
  "departement-lines": { "line-color": colour("--soft", place), "line-width": 0.8, "line-opacity": 0.55 },
  "region-lines": { "line-color": colour("--soft", place), "line-width": 1.5 },
  circle: { "fill-color": colour("--accent", place), "fill-opacity": 0.09 },
  "circle-line": { "line-color": colour("--accent", place), "line-width": 2, "line-dasharray": [3, 2] },
  chosen: { "line-color": colour("--accent", place), "line-width": 3 },
});

function styleOf(data, place) {
  const paint = paints(place);
  const [level, code] = data.place.split(":");
  const source = (id) => ({ type: "geojson", data: new URL(data[`contours${id[0].toUpperCase()}${id.slice(1)}`], location).href, tolerance: 0.3 });
  const lines = (id, more = {}) => ({ id: `${id}-lines`, type: "line", source: id, paint: paint[`${id}-lines`], ...more });
  const layers = [
    { id: "sea", type: "background", paint: paint.sea },
    { id: "ground", type: "fill", source: "region", paint: paint.ground },
    lines("epci", { minzoom: 6.8 }), lines("departement"), lines("region"),
  ];
  const sources = { region: source("region"), departement: source("departement"), epci: source("epci") };
  if (sources[level]) layers.push({ id: "chosen", type: "line", source: level, filter: ["==", ["get", "code"], code], paint: paint.chosen });
  const ring = JSON.parse(document.getElementById("cercle")?.textContent ?? "[]");
  if (ring.length) {
    sources.circle = { type: "geojson", data: { type: "Feature", properties: {}, geometry: { type: "Polygon", coordinates: [[...ring, ring[0]]] } } };
    layers.push({ id: "circle", type: "fill", source: "circle", paint: paint.circle }, { id: "circle-line", type: "line", source: "circle", paint: paint["circle-line"] });
  }
  if (data.tiles) {
    sources.tiles = { type: "raster", tiles: [data.tiles], tileSize: 256, attribution: data.credit };
    layers.splice(2, 0, { id: "tiles", type: "raster", source: "tiles" });
  }
  return { version: 8, sources, layers };
}

// One territory: a link to its list, the number, the shapes of its modes.
function markerOf(cluster, largest) {
  const link = document.createElement("a");
  const modes = Object.entries(MODES).filter(([mode]) => cluster.modes[mode]);
  const told = modes.map(([mode, name]) => `${MODE_LABELS.get(name)} ${cluster.modes[mode]}`).join(", ");
  // « Figeac (Lot) »: what is read aloud begins with what is seen, the name and the number.
  const [, short, around] = cluster.name.match(/^(.*?)(?: \((.*)\))?$/);
  const label = `${short}\u00a0: ${cluster.count} alliance${cluster.count > 1 ? "s" : ""}${told ? ` (${told})` : ""}${around ? `, ${around}` : ""}`;
  const list = new URL(cluster.url, location);
  const kept = new URL(location).searchParams.get("sel");
  if (kept) list.searchParams.set("sel", kept);
  link.href = list.pathname + list.search;
  link.className = `cluster size-${1 + Math.round(3 * Math.sqrt(cluster.count / largest))}`;
  link.dataset.token = cluster.token;
  link.setAttribute("role", "link");
  link.setAttribute("aria-label", label);
  link.title = label;
  const number = document.createElement("span");
  number.textContent = cluster.count;
  const shapes = document.createElement("span");
  shapes.className = "shapes";
  for (const [, name] of modes) {
    const mark = document.createElement("span");
    mark.className = `mark ${name}`;
    shapes.append(mark);
  }
  const name = document.createElement("span");
  name.className = "place-name";
  name.textContent = short;
  link.append(name, " ", number, shapes);
  return link;
}

// Names of départements, so that one knows where one is; a name that would cover another or a number is left out.
function nameOf(name) {
  const text = document.createElement("span");
  text.className = "place-name far";
  text.setAttribute("aria-hidden", "true");
  text.textContent = name;
  return text;
}

// Discs that would cover each other give way, a little: further, the place of none would be believed.
function pushApart(map, markers) {
  const discs = markers.map((marker) => {
    const { x, y } = map.project(marker.getLngLat());
    const radius = marker.getElement().offsetWidth / 2;
    return { marker, x, y, left: x, top: y, radius };
  });
  for (let turn = 0; turn < 40; turn++) {
    let free = true;
    for (let n = 0; n < discs.length; n++) for (let m = n + 1; m < discs.length; m++) {
      const one = discs[n], other = discs[m], needed = one.radius + other.radius + 2;
      let across = other.x - one.x, down = other.y - one.y, away = Math.hypot(across, down);
      if (away >= needed) continue;
      free = false;
      if (away < 0.01) [across, down, away] = [Math.cos(m), Math.sin(m), 1];
      const push = (needed - Math.min(away, needed)) / 2 / away;
      one.x -= across * push; one.y -= down * push; other.x += across * push; other.y += down * push;
      for (const disc of [one, other]) {
        const gone = Math.hypot(disc.x - disc.left, disc.y - disc.top), most = 1.4 * disc.radius;
        if (gone > most) { disc.x = disc.left + (disc.x - disc.left) * most / gone; disc.y = disc.top + (disc.y - disc.top) * most / gone; }
      }
    }
    if (free) break;
  }
  for (const { marker, x, y, left, top } of discs) if (x !== left || y !== top) marker.setOffset([Math.round(x - left), Math.round(y - top)]);
}

function hideCovered(container) {
  const taken = [...container.querySelectorAll("a.cluster")].map((a) => a.getBoundingClientRect());
  const covers = (a, b) => a.left < b.right && a.right > b.left && a.top < b.bottom && a.bottom > b.top;
  for (const name of container.querySelectorAll("a.cluster > .place-name, .place-name.far")) {
    const box = name.getBoundingClientRect();
    const own = name.closest("a.cluster")?.getBoundingClientRect();
    const covered = taken.some((other) => !(own && other.left === own.left && other.top === own.top) && covers(box, other));
    name.classList.toggle("covered", covered);
    if (!covered) taken.push(box);
  }
}

async function start(container) {
  const data = container.dataset;
  const sheet = document.createElement("link");
  sheet.rel = "stylesheet";
  sheet.href = data.style;
  document.head.append(sheet);
  const [library] = await Promise.all([import(data.library), new Promise((done) => { sheet.onload = sheet.onerror = done; })]);
  if (!container.isConnected) return;
  library.setWorkerUrl(new URL(data.worker, location).href);
  const ground = document.createElement("div");
  ground.className = "ground-map waiting"; // behind the drawn map, until it has something to show
  const drawn = container.querySelector(".drawn-place");
  drawn.after(ground);
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const map = new library.Map({
    container: ground, style: styleOf(data, container), bounds: boxOf(data.box), fitBoundsOptions: { padding: 24, maxZoom: 11 }, locale: FRENCH,
    minZoom: 2, maxZoom: 13, dragRotate: false, pitchWithRotate: false, touchPitch: false, cooperativeGestures: true, attributionControl: false, fadeDuration: calm ? 0 : 200,
  });
  current = { map, container };
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new library.NavigationControl({ showCompass: false }), "top-right");
  map.addControl(new library.AttributionControl({ compact: false, customAttribution: "Contours\u00a0: IGN, Licence Ouverte" }));
  if (!(await whole(map))) { map.remove(); ground.remove(); current = null; return; }
  for (const button of container.querySelectorAll(".jumps button")) button.addEventListener("click", () => jump(map, container, button, calm));
  container.querySelector(".jumps").hidden = !container.querySelector(".jumps button");
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    for (const [layer, paint] of Object.entries(paints(container))) if (map.getLayer(layer)) for (const [name, value] of Object.entries(paint)) map.setPaintProperty(layer, name, value);
  });
  ground.addEventListener("webglcontextlost", () => { drawn.hidden = false; ground.hidden = true; }, true);
  await show(library, map, container);
  if (!container.isConnected) return;
  drawn.hidden = true;
  ground.classList.remove("waiting");
  container.classList.add("moving");
}

// To an overseas région, small and seen whole: counted by département until one comes nearer.
function jump(map, container, button, calm) {
  const there = map.cameraForBounds(boxOf(button.dataset.box), { padding: 24 });
  container.dataset.wholeAt = button.previousElementSibling ? there.zoom : "";
  map.easeTo({ ...there, animate: !calm });
}

// Whether the map could be drawn at all: some machines promise WebGL and then fail.
const whole = (map) => new Promise((done) => {
  map.once("load", () => done(true));
  map.on("error", (event) => { if (!map.loaded() && /webgl/i.test(String(event.error?.message))) done(false); });
  setTimeout(() => done(map.isStyleLoaded()), 15000);
});

function show(library, map, container) {
  const status = container.querySelector(".map-status");
  const ground = container.querySelector(".ground-map");
  const told = new Map();
  const departements = JSON.parse(document.getElementById("noms")?.textContent ?? "[]");
  let markers = [];
  let names = [];
  let asked = null;

  // Communes are asked for by the box in view; the other levels are few enough to be asked for once.
  async function clustersAt(level) {
    const address = new URL(container.dataset.clusters, location);
    address.searchParams.set("level", level);
    if (level === "commune" && !address.searchParams.has("bbox")) address.searchParams.set("bbox", map.getBounds().toArray().flat().map((n) => n.toFixed(4)).join(","));
    if (told.has(address.href)) return told.get(address.href);
    asked?.abort();
    asked = new AbortController();
    const answer = await fetch(address, { signal: asked.signal, headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(answer.status);
    const found = await answer.json();
    told.set(address.href, found);
    return found;
  }

  async function draw() {
    const whole = container.dataset.wholeAt && Math.abs(map.getZoom() - container.dataset.wholeAt) < 0.3;
    const level = whole ? "departement" : levelAt(map.getZoom(), container.dataset.table);
    let found;
    try {
      found = await clustersAt(level);
    } catch (error) {
      if (error.name !== "AbortError") status.textContent = "Les alliances n’ont pas pu être placées\u00a0: rechargez la page, ou lisez le tableau.";
      return;
    }
    const bounds = map.getBounds();
    const seen = found.clusters.filter((c) => bounds.contains([c.longitude, c.latitude]));
    // Reading order: from north to south, and in one band from west to east.
    const band = (c) => Math.round(map.project([c.longitude, c.latitude]).y / 60);
    seen.sort((a, b) => band(a) - band(b) || a.longitude - b.longitude);
    const focused = document.activeElement?.dataset?.token;
    const largest = Math.max(1, ...found.clusters.map((c) => c.count));
    ground.classList.toggle("crowded", seen.length > 30 && map.getZoom() < 6.4);
    for (const marker of markers) marker.remove();
    markers = seen.slice(0, 400).map((c) => new library.Marker({ element: markerOf(c, largest) }).setLngLat([c.longitude, c.latitude]).addTo(map));
    if (markers.length <= 150) pushApart(map, markers);
    for (const name of names) name.remove();
    names = map.getZoom() < 6.4 ? [] : departements.filter(([, ...at]) => bounds.contains(at) && !seen.some((c) => c.longitude === at[0]))
      .map(([name, ...at]) => new library.Marker({ element: nameOf(name) }).setLngLat(at).addTo(map));
    container.dataset.level = level;
    requestAnimationFrame(() => hideCovered(container));
    if (focused) container.querySelector(`[data-token="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
    const places = `${seen.length} ${seen.length > 1 ? LEVEL_PLURALS[level] : LEVEL_NAMES[level]} avec des alliances à l’écran`;
    status.textContent = found.unplaced && level !== "region" ? `${places}. ${found.unplaced} alliance${found.unplaced > 1 ? "s" : ""} sans lieu aussi précis\u00a0: éloignez la carte ou lisez la liste.` : `${places}.`;
  }

  map.on("moveend", draw);
  return draw();
}

function begin() {
  const container = document.getElementById("carte");
  if (current && current.container !== container) { current.map.remove(); current = null; }
  if (container?.dataset.box && !current && hasWebGL()) start(container).catch(() => { container.querySelector(".ground-map")?.remove(); container.querySelector(".drawn-place").hidden = false; });
}
begin();
document.addEventListener("htmx:afterSettle", begin);
