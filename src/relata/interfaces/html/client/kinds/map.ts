// <map-view>: an outline of the world with the places that the list beside it holds, gathered into clusters where they are
// close. Everything comes from our own files. A cluster zooms in; a single place does what its line in the list does.
import { geoArea, geoCentroid, geoNaturalEarth1, geoPath, type GeoPermissibleObjects, type GeoProjection } from "d3-geo";
import { feature } from "topojson-client";
import world from "world-atlas/countries-110m.json";

type Place = { point: [number, number]; count: number; label: string; link: HTMLAnchorElement };
type Country = GeoPermissibleObjects & { properties: { name: string } };

const SVG = "http://www.w3.org/2000/svg";
const CLUSTER_PX = 36;
const MOST_ZOOM = 64;
/** Names that the outline shortens. */
const NAMES: Record<string, string> = {
  "United States": "United States of America",
  "Bosnia & Herzegovina": "Bosnia and Herz.",
  "Congo - Kinshasa": "Dem. Rep. Congo",
  "Congo - Brazzaville": "Congo",
  "Dominican Republic": "Dominican Rep.",
  "Central African Republic": "Central African Rep.",
  "Trinidad & Tobago": "Trinidad and Tobago",
  "South Sudan": "S. Sudan",
  "North Macedonia": "Macedonia",
  "Myanmar (Burma)": "Myanmar",
  "Türkiye": "Turkey",
};

function draw(name: string, attributes: Record<string, string>): SVGElement {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

/** The largest part of a country, so that its mark lies in it and not between it and its islands. */
function mainland(country: Country): GeoPermissibleObjects {
  const { geometry } = country as never as { geometry: { type: string; coordinates: never[] } };
  if (geometry.type !== "MultiPolygon") return country;
  const parts = geometry.coordinates.map((coordinates) => ({ type: "Polygon", coordinates }) as GeoPermissibleObjects);
  return parts.reduce((best, one) => (geoArea(one) > geoArea(best) ? one : best));
}

class MapView extends HTMLElement {
  private places: Place[] = [];
  private projection: GeoProjection = geoNaturalEarth1();
  private countries: Country[] = [];
  private zoom = 1;
  private centre: [number, number] = [0, 0];
  private observer: ResizeObserver | null = null;
  private base = 1;

  connectedCallback(): void {
    const atlas = world as never as { objects: { countries: never } };
    this.countries = (feature(atlas as never, atlas.objects.countries) as never as { features: Country[] }).features;
    this.places = this.read();
    this.observer = new ResizeObserver(() => this.render());
    this.observer.observe(this.canvas);
    this.addEventListener("click", (event) => {
      const button = (event.target as Element).closest<HTMLElement>("[data-zoom]");
      if (button) this.zoomBy(Number(button.dataset["zoom"]));
    });
    this.canvas.addEventListener("wheel", this.onWheel, { passive: false });
    this.canvas.addEventListener("pointerdown", this.onDrag);
    this.fit();
  }

  disconnectedCallback(): void {
    this.observer?.disconnect();
  }

  private get canvas(): HTMLElement {
    return this.querySelector("[data-canvas]") as HTMLElement;
  }

  private read(): Place[] {
    const centroids = new Map(this.countries.map((one) => [one.properties.name, geoCentroid(mainland(one))]));
    const found: Place[] = [];
    for (const line of this.querySelectorAll<HTMLElement>(".map-list > li")) {
      const link = line.querySelector("a") as HTMLAnchorElement;
      const { lat, lng, country, count } = line.dataset;
      const point = country ? centroids.get(NAMES[country] ?? country) : ([Number(lng), Number(lat)] as [number, number]);
      const label = line.querySelector(".clip")?.textContent ?? "";
      if (point) found.push({ point, count: Number(count ?? 1), label, link });
    }
    return found;
  }

  /** Looks at where the places are, when they are close together. */
  private fit(): void {
    if (this.places.length === 0) return;
    const [lngs, lats] = [this.places.map((one) => one.point[0]), this.places.map((one) => one.point[1])];
    const span = Math.max((Math.max(...lngs) - Math.min(...lngs)) / 360, (Math.max(...lats) - Math.min(...lats)) / 180, 0.02);
    this.zoom = Math.max(1, Math.min(12, 0.7 / span));
    this.centre = [(Math.max(...lngs) + Math.min(...lngs)) / 2, (Math.max(...lats) + Math.min(...lats)) / 2];
    if (this.zoom <= 1.4) [this.zoom, this.centre] = [1, [0, 0]];
    this.render();
  }

  private zoomBy(factor: number): void {
    if (factor === 0) [this.zoom, this.centre] = [1, [0, 0]];
    else this.zoom = Math.max(1, Math.min(MOST_ZOOM, this.zoom * factor));
    this.render();
  }

  private onWheel = (event: WheelEvent): void => {
    event.preventDefault();
    this.zoomBy(event.deltaY < 0 ? 1.25 : 0.8);
  };

  private onDrag = (event: PointerEvent): void => {
    if ((event.target as Element).closest("[data-cluster]")) return;
    let [x, y] = [event.clientX, event.clientY];
    const move = (to: PointerEvent): void => {
      const { clientWidth: width, clientHeight: height } = this.canvas;
      const centre = this.projection.invert?.([width / 2 - (to.clientX - x), height / 2 - (to.clientY - y)]);
      [x, y] = [to.clientX, to.clientY];
      if (centre && centre.every(Number.isFinite)) this.centre = [Math.max(-180, Math.min(180, centre[0])), Math.max(-80, Math.min(80, centre[1]))];
      this.render();
    };
    window.addEventListener("pointermove", move);
    window.addEventListener("pointerup", () => window.removeEventListener("pointermove", move), { once: true });
  };

  private render(): void {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    if (!width || !height) return;
    this.projection = geoNaturalEarth1().fitSize([width, height], { type: "Sphere" });
    this.base = this.projection.scale();
    this.projection.scale(this.base * this.zoom).translate([0, 0]);
    const at = this.projection(this.centre) ?? [0, 0];
    this.projection.translate([width / 2 - at[0], height / 2 - at[1]]);
    const path = geoPath(this.projection);
    const svg = draw("svg", { viewBox: `0 0 ${width} ${height}`, width: String(width), height: String(height) });
    svg.append(draw("path", { d: path({ type: "Sphere" }) ?? "", class: "map-sea" }));
    for (const country of this.countries) svg.append(draw("path", { d: path(country) ?? "", class: "map-land" }));
    for (const cluster of this.clusters(width, height)) svg.append(this.marker(cluster));
    this.canvas.replaceChildren(svg);
  }

  private clusters(width: number, height: number): { x: number; y: number; places: Place[] }[] {
    const found: { x: number; y: number; places: Place[] }[] = [];
    for (const place of [...this.places].sort((one, other) => other.count - one.count)) {
      const at = this.projection(place.point);
      if (!at || at[0] < -20 || at[1] < -20 || at[0] > width + 20 || at[1] > height + 20) continue;
      const near = found.find((one) => Math.hypot(one.x - at[0], one.y - at[1]) < CLUSTER_PX);
      if (near) near.places.push(place);
      else found.push({ x: at[0], y: at[1], places: [place] });
    }
    return found;
  }

  private marker({ x, y, places }: { x: number; y: number; places: Place[] }): SVGElement {
    const count = places.reduce((sum, one) => sum + one.count, 0);
    const single = places.length === 1 ? places[0] : undefined;
    const label = single ? single.label : `${places[0]?.label ?? ""} +${places.length - 1}`;
    const radius = count === 1 ? 7 : Math.min(26, 10 + Math.log2(count) * 1.8);
    const group = draw("g", { class: "map-cluster", "data-cluster": "", role: "button", tabindex: "0", "aria-label": `${label}: ${count}`, transform: `translate(${x} ${y})` });
    group.append(draw("circle", { r: "22", class: "map-reach" }), draw("circle", { r: String(radius), class: "map-dot" }));
    const title = draw("title", {});
    title.textContent = `${label}: ${count}`;
    group.append(title);
    if (count > 1) {
      const words = draw("text", { "text-anchor": "middle", dy: "0.35em" });
      words.textContent = count > 9999 ? `${Math.round(count / 1000)}k` : String(count);
      group.append(words);
    }
    const open = (): void => {
      if (single) return single.link.click();
      const points = places.map((one) => one.point);
      const same = points.every(([lng, lat]) => Math.hypot(lng - (points[0]?.[0] ?? 0), lat - (points[0]?.[1] ?? 0)) < 0.001);
      if (same || this.zoom >= MOST_ZOOM) return places[0]?.link.focus();
      this.centre = this.projection.invert?.([x, y]) ?? this.centre;
      this.zoomBy(2.2);
    };
    group.addEventListener("click", open);
    group.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      event.stopPropagation();
      open();
    });
    return group;
  }
}

customElements.define("map-view", MapView);
