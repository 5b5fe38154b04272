// Sugiyama's way to draw a graph in layers, for one level of it: each item as deep as the longest path to it, edges cut into pieces from layer to layer, and the
// order within the layers improved by barycentres.

const Sweeps = 12;

/**
 * Puts items into ordered layers.
 * items: { key, width, height, order, pin: 'top' | 'bottom' | null }; edges: { from, to (keys), fromOffset, toOffset (shares of the width, from the middle) }.
 * Returns layers of cells { item (null where an edge passes through), layer, width, height, up, down } and leaves in each edge the cells that it runs through.
 */
function arrangeInLayers(items, edges) {
  const ranks = rankItems(items, edges);
  const layers = Array.from({ length: Math.max(-1, ...ranks.values()) + 1 }, () => []);
  const cells = new Map();
  const add = cell => {
    layers[cell.layer].push(cell);
    return cell;
  };
  for (const item of [...items].sort((a, b) => a.order - b.order)) {
    cells.set(item.key, add({ item, layer: ranks.get(item.key), width: item.width, height: item.height, up: [], down: [] }));
  }

  for (const edge of edges) {
    edge.cells = [cells.get(edge.from)];
    for (let layer = ranks.get(edge.from) + 1; layer < ranks.get(edge.to); layer++) edge.cells.push(add({ item: null, layer, width: 0, height: 0, up: [], down: [] }));
    edge.cells.push(cells.get(edge.to));
    for (let i = 1; i < edge.cells.length; i++) {
      const [upper, lower] = [edge.cells[i - 1], edge.cells[i]];
      const [upperOffset, lowerOffset] = [i === 1 ? edge.fromOffset : 0, i === edge.cells.length - 1 ? edge.toOffset : 0];
      upper.down.push({ cell: lower, own: upperOffset, other: lowerOffset });
      lower.up.push({ cell: upper, own: lowerOffset, other: upperOffset });
    }
  }

  orderLayers(layers);
  return layers;
}

/** The longest path to each item. What nothing leads to sinks to just above its first reader; the pinned go to the very top and bottom. */
function rankItems(items, edges) {
  const outgoing = new Map(items.map(item => [item.key, []]));
  const waiting = new Map(items.map(item => [item.key, 0]));
  for (const edge of edges) {
    outgoing.get(edge.from).push(edge.to);
    waiting.set(edge.to, waiting.get(edge.to) + 1);
  }

  const sources = new Set(items.filter(item => waiting.get(item.key) === 0).map(item => item.key));
  const ranks = new Map(items.map(item => [item.key, 0]));
  const ready = [...sources];
  while (ready.length > 0) {
    const key = ready.shift();
    for (const next of outgoing.get(key)) {
      ranks.set(next, Math.max(ranks.get(next), ranks.get(key) + 1));
      waiting.set(next, waiting.get(next) - 1);
      if (waiting.get(next) === 0) ready.push(next);
    }
  }

  for (const item of items) {
    if (!item.pin && sources.has(item.key) && outgoing.get(item.key).length > 0) ranks.set(item.key, Math.min(...outgoing.get(item.key).map(next => ranks.get(next))) - 1);
  }

  const deepest = Math.max(-1, ...items.filter(item => item.pin !== 'bottom').map(item => ranks.get(item.key)));
  for (const item of items) if (item.pin === 'bottom') ranks.set(item.key, deepest + 1);
  return ranks;
}

/** Sweeps down and up, keeping the order with the fewest crossings. */
function orderLayers(layers) {
  const number = layer => layer.forEach((cell, index) => (cell.index = index));
  layers.forEach(number);
  let best = layers.map(layer => [...layer]);
  let fewest = crossings(layers);
  for (let sweep = 0; sweep < Sweeps && fewest > 0; sweep++) {
    const isDown = sweep % 2 === 0;
    for (const layer of isDown ? layers : [...layers].reverse()) {
      for (const cell of layer) cell.centre = barycentre(isDown ? cell.up : cell.down, cell.index);
      layer.sort((a, b) => a.centre - b.centre || a.index - b.index);
      number(layer);
    }

    swapNeighbours(layers, number);
    const count = crossings(layers);
    if (count < fewest) [fewest, best] = [count, layers.map(layer => [...layer])];
  }

  layers.forEach((layer, index) => {
    layer.splice(0, layer.length, ...best[index]);
    number(layer);
  });
}

function barycentre(links, otherwise) {
  return links.length === 0 ? otherwise : links.reduce((sum, link) => sum + link.cell.index + link.other, 0) / links.length;
}

/** Swaps neighbours as long as that makes crossings fewer. */
function swapNeighbours(layers, number) {
  for (const layer of layers) {
    for (let i = 0; i + 1 < layer.length; i++) {
      const [a, b] = [layer[i], layer[i + 1]];
      const [now, swapped] = [crossingsOf(a, b), crossingsOf(b, a)];
      if (swapped < now) [layer[i], layer[i + 1]] = [b, a];
    }

    number(layer);
  }
}

/** How many edges of two cells cross when the first stands left of the second. */
function crossingsOf(left, right) {
  let count = 0;
  for (const side of ['up', 'down']) {
    for (const a of left[side]) for (const b of right[side]) if (a.cell.index + a.other > b.cell.index + b.other) count++;
  }

  return count;
}

function crossings(layers) {
  let count = 0;
  for (const layer of layers) {
    for (let i = 0; i < layer.length; i++) {
      for (let j = i + 1; j < layer.length; j++) {
        for (const a of layer[i].down) for (const b of layer[j].down) if (a.cell.index + a.other > b.cell.index + b.other) count++;
      }
    }
  }

  return count;
}
