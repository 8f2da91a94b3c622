/**
 * Places boxes and arrows in layers, from top to bottom.
 *
 * The classic recipe (Sugiyama, Tagawa and Toda 1981) in its plainest form: turn backward arrows round, give every box a
 * layer, let long arrows and labels be invisible boxes on the layers they cross, sort each layer by the middle of its
 * neighbours until crossings stop falling, then move every layer as close to its neighbours as the spacing allows. Equal
 * input gives an equal picture. Sizes are in pixels; what a box looks like is left to whoever draws.
 */

export interface Sized {
  readonly id: string;
  readonly width: number;
  readonly height: number;
}

export interface Link {
  readonly from: string;
  readonly to: string;
  /** The size of the label the line carries. */
  readonly label: { readonly width: number; readonly height: number };
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Placed {
  readonly width: number;
  readonly height: number;
  /** The middle of each box. */
  readonly boxes: ReadonlyMap<string, Point>;
  readonly links: readonly {
    readonly link: Link;
    /** From the edge of one box to the edge of the other, in drawing order of the arrow. */
    readonly points: readonly Point[];
    /** The middle of the label. */
    readonly label: Point;
    /** It leads back up. */
    readonly backward: boolean;
  }[];
}

const GAP_X = 28;
const GAP_Y = 26;
/** The last stretch before a box is straight, so that an arrow's tip points at it. */
const TIP = 9;
const SWEEPS = 24;
const PULLS = 80;

interface Node {
  readonly id: string;
  readonly width: number;
  readonly height: number;
  readonly layer: number;
  /** Part of a line, not a box. */
  readonly isLine: boolean;
  x: number;
  readonly above: Node[];
  readonly below: Node[];
}

export function layout(boxes: readonly Sized[], links: readonly Link[]): Placed {
  const backward = backwardLinks(boxes, links);
  const layerOf = layersOf(boxes, links, backward);
  const nodes = new Map<string, Node>();
  const layers: Node[][] = [];
  const add = (id: string, width: number, height: number, layer: number, isLine: boolean): Node => {
    const node: Node = { id, width, height, layer, isLine, x: 0, above: [], below: [] };
    nodes.set(id, node);
    layers[layer] ??= [];
    layers[layer].push(node);
    return node;
  };
  for (const { id, width, height } of boxes) add(id, width, height, layerOf.get(id)!, false);

  // Each link becomes a chain: box, line, label, line, box. Its label sits on the middle layer it crosses.
  const chains = links.map((link, index) => {
    const [top, bottom] = backward.has(index) ? [link.to, link.from] : [link.from, link.to];
    const [first, last] = [layerOf.get(top)!, layerOf.get(bottom)!];
    const labelLayer = backward.has(index) ? Math.floor((first + last) / 2) : first + 1;
    const chain = [nodes.get(top)!];
    for (let layer = first + 1; layer < last; layer++) {
      const carries = layer === labelLayer;
      chain.push(
        add(
          `${index}/${layer}`,
          carries ? link.label.width : 1,
          carries ? link.label.height : 1,
          layer,
          true,
        ),
      );
    }
    chain.push(nodes.get(bottom)!);
    for (const [place, node] of chain.slice(0, -1).entries()) {
      node.below.push(chain[place + 1]!);
      chain[place + 1]!.above.push(node);
    }
    return { chain, label: chain[labelLayer - first]! };
  });

  sortLayers(layers);
  place(layers);
  const tops: number[] = [];
  let y = 0;
  for (const [index, layer] of layers.entries()) {
    tops[index] = y;
    y += Math.max(...layer.map(({ height }) => height)) + GAP_Y;
  }
  const bandOf = (layer: number): Band => {
    const height = Math.max(...layers[layer]!.map((each) => each.height));
    return { top: tops[layer]!, middle: tops[layer]! + height / 2, bottom: tops[layer]! + height };
  };
  const middleOf = ({ x, layer }: Node): Point => ({ x, y: bandOf(layer).middle });
  const left = Math.min(...[...nodes.values()].map(({ x, width }) => x - width / 2));
  const right = Math.max(...[...nodes.values()].map(({ x, width }) => x + width / 2));
  const shift = ({ x, y: height }: Point): Point => ({ x: x - left, y: height });

  return {
    width: right - left,
    height: y - GAP_Y,
    boxes: new Map(boxes.map(({ id }) => [id, shift(middleOf(nodes.get(id)!))])),
    links: links.map((link, index) => {
      const { chain, label } = chains[index]!;
      const points = route(chain, bandOf).map(shift);
      const isBackward = backward.has(index);
      return {
        link,
        points: isBackward ? points.reverse() : points,
        label: shift(middleOf(label)),
        backward: isBackward,
      };
    }),
  };
}

/**
 * Where a line leaves its box, runs past labels, and meets the other box. Within a layer it runs straight down and only
 * bends between layers, so it never passes behind a box. Ports are spread in the order of the lines.
 */
function route(chain: readonly Node[], bandOf: (layer: number) => Band): Point[] {
  const [top, bottom] = [chain[0]!, chain.at(-1)!];
  const port = (box: Node, others: readonly Node[], via: Node): number => {
    const sorted = [...others].sort((left, right) => left.x - right.x);
    const share = (sorted.indexOf(via) + 1) / (sorted.length + 1);
    return box.x + (share - 0.5) * Math.min(box.width - 24, sorted.length * 46);
  };
  const [leaves, arrives] = [port(top, top.below, chain[1]!), port(bottom, bottom.above, chain.at(-2)!)];
  const [first, last] = [bandOf(top.layer), bandOf(bottom.layer)];
  return [
    { x: leaves, y: first.middle + top.height / 2 },
    { x: leaves, y: first.bottom + TIP },
    ...chain.slice(1, -1).flatMap(({ x, layer }) => [
      { x, y: bandOf(layer).top },
      { x, y: bandOf(layer).bottom },
    ]),
    { x: arrives, y: last.top - TIP },
    { x: arrives, y: last.middle - bottom.height / 2 },
  ];
}

/** The height a layer takes. */
interface Band {
  readonly top: number;
  readonly middle: number;
  readonly bottom: number;
}

/** The links that close a circle when boxes are visited in the order given: these are drawn upwards. */
function backwardLinks(boxes: readonly Sized[], links: readonly Link[]): Set<number> {
  const backward = new Set<number>();
  const state = new Map<string, "open" | "done">();
  const visit = (id: string) => {
    state.set(id, "open");
    for (const [index, link] of links.entries()) {
      if (link.from !== id) continue;
      if (state.get(link.to) === "open") backward.add(index);
      else if (!state.has(link.to)) visit(link.to);
    }
    state.set(id, "done");
  };
  for (const { id } of boxes) if (!state.has(id)) visit(id);
  return backward;
}

/** Longest path from the top; every box on an even layer, so that labels have the odd ones to themselves. */
function layersOf(boxes: readonly Sized[], links: readonly Link[], backward: ReadonlySet<number>) {
  const layer = new Map(boxes.map(({ id }) => [id, 0]));
  // At most one pass per box: the links without the backward ones have no circle.
  for (let pass = 0; pass <= boxes.length; pass++) {
    for (const [index, link] of links.entries()) {
      const [top, bottom] = backward.has(index) ? [link.to, link.from] : [link.from, link.to];
      layer.set(bottom, Math.max(layer.get(bottom)!, layer.get(top)! + 2));
    }
  }
  return layer;
}

/** Sorts layers by the mean place of their neighbours, up and down, and keeps the order with the fewest crossings. */
function sortLayers(layers: Node[][]): void {
  let best = layers.map((layer) => [...layer]);
  let fewest = crossings(layers);
  for (let sweep = 0; sweep < SWEEPS && fewest > 0; sweep++) {
    const down = sweep % 2 === 0;
    for (const layer of down ? layers : [...layers].reverse()) {
      const middle = new Map(
        layer.map((node, index) => {
          const near = down ? node.above : node.below;
          const places = near.map((other) => layers[other.layer]!.indexOf(other));
          return [node, places.length ? places.reduce((sum, each) => sum + each, 0) / places.length : index];
        }),
      );
      layer.sort((left, right) => middle.get(left)! - middle.get(right)!);
    }
    const now = crossings(layers);
    if (now < fewest) {
      fewest = now;
      best = layers.map((layer) => [...layer]);
    }
  }
  for (const [index, layer] of best.entries()) layers[index] = layer;
}

function crossings(layers: readonly (readonly Node[])[]): number {
  let count = 0;
  for (const [index, layer] of layers.entries()) {
    const next = layers[index + 1];
    if (!next) break;
    const ends = layer.flatMap((node, place) =>
      node.below.map((other) => [place, next.indexOf(other)] as const),
    );
    for (const [first, [top, bottom]] of ends.entries()) {
      for (const [otherTop, otherBottom] of ends.slice(first + 1)) {
        if ((top - otherTop) * (bottom - otherBottom) < 0) count++;
      }
    }
  }
  return count;
}

/** Moves every layer towards its neighbours, keeping order and spacing. Lines pull harder than boxes, so they run straight. */
function place(layers: readonly (readonly Node[])[]): void {
  for (const layer of layers) {
    let x = 0;
    for (const node of layer) {
      node.x = x + node.width / 2;
      x += node.width + GAP_X;
    }
  }
  for (let sweep = 0; sweep < PULLS; sweep++) {
    for (const layer of sweep % 2 === 0 ? layers : [...layers].reverse()) {
      const wanted = layer.map((node) => {
        const near =
          sweep < PULLS / 4 ? (sweep % 2 === 0 ? node.above : node.below) : [...node.above, ...node.below];
        const weights = near.map((other) =>
          node.isLine && other.isLine ? 12 : node.isLine || other.isLine ? 2 : 1,
        );
        const total = weights.reduce((sum, each) => sum + each, 0);
        return total
          ? near.reduce((sum, other, index) => sum + other.x * weights[index]!, 0) / total
          : node.x;
      });
      for (const [index, x] of spaced(layer, wanted).entries()) layer[index]!.x = x;
    }
  }
}

/** The places nearest to the wanted ones that keep order and spacing (pool adjacent violators). */
function spaced(layer: readonly Node[], wanted: readonly number[]): number[] {
  const offset: number[] = [0];
  for (let index = 1; index < layer.length; index++) {
    offset[index] = offset[index - 1]! + layer[index - 1]!.width / 2 + GAP_X + layer[index]!.width / 2;
  }
  const pools: { sum: number; size: number }[] = [];
  for (const [index, x] of wanted.entries()) {
    pools.push({ sum: x - offset[index]!, size: 1 });
    while (pools.length > 1) {
      const [before, last] = [pools.at(-2)!, pools.at(-1)!];
      if (before.sum / before.size <= last.sum / last.size) break;
      pools.splice(-2, 2, { sum: before.sum + last.sum, size: before.size + last.size });
    }
  }
  return pools
    .flatMap(({ sum, size }) => Array<number>(size).fill(sum / size))
    .map((x, index) => x + offset[index]!);
}
