// Where the cells of ordered layers stand. In each layer the places are those nearest to what the neighbours wish for, in least squares, that keep the order and the
// distances: a regression of rising numbers, solved by pooling neighbours that get in each other's way.

const NodeGap = 26;
const EdgeGap = 16;
const LayerGap = 50;
const PortGap = 20;
const Rounds = 10;

/** Gives each cell its x (middle) and y (top), and each layer's top and height. Returns the extent. */
function placeCells(layers) {
  for (const layer of layers) {
    let x = 0;
    layer.forEach((cell, index) => {
      if (index > 0) x += distance(layer[index - 1], cell);
      cell.x = x;
    });
    for (const cell of layer) cell.x -= x / 2;
  }

  for (let round = 0; round < Rounds; round++) {
    for (const layer of layers) settle(layer, cell => cell.up);
    for (const layer of [...layers].reverse()) settle(layer, cell => cell.down);
  }

  for (const layer of layers) settle(layer, cell => [...cell.up, ...cell.down]);
  return stack(layers);
}

/** A long edge keeps straight: its pieces pull harder than the nodes at its ends. */
function pull(cell, link) {
  return !cell.item && !link.cell.item ? 8 : !cell.item || !link.cell.item ? 2 : 1;
}

function settle(layer, linksOf) {
  const wishes = layer.map(cell => {
    const links = linksOf(cell);
    if (links.length === 0) return { place: cell.x, weight: 0.1 };
    const weight = links.reduce((sum, link) => sum + pull(cell, link), 0);
    const place = links.reduce((sum, link) => sum + pull(cell, link) * (link.cell.x + link.other * link.cell.width - link.own * cell.width), 0) / weight;
    return { place, weight };
  });
  rising(layer, wishes).forEach((x, index) => (layer[index].x = x));
}

/** The places nearest to the wishes that keep the distances. */
function rising(layer, wishes) {
  const offsets = [];
  layer.forEach((cell, index) => offsets.push(index === 0 ? 0 : offsets[index - 1] + distance(layer[index - 1], cell)));
  const blocks = [];
  wishes.forEach(({ place, weight }, index) => {
    let block = { mean: place - offsets[index], weight, count: 1 };
    while (blocks.length > 0 && blocks[blocks.length - 1].mean > block.mean) {
      const left = blocks.pop();
      const total = left.weight + block.weight;
      block = { mean: (left.mean * left.weight + block.mean * block.weight) / total, weight: total, count: left.count + block.count };
    }

    blocks.push(block);
  });
  return blocks.flatMap(block => Array(block.count).fill(block.mean)).map((mean, index) => mean + offsets[index]);
}

function distance(left, right) {
  const isNode = cell => cell.width > 0;
  return (left.width + right.width) / 2 + (isNode(left) && isNode(right) ? NodeGap : EdgeGap);
}

/** What nothing leads to stands at the bottom of its layer, near its readers. */
function isSource(cell) {
  return cell.up.length === 0 && cell.down.length > 0;
}

/** Layers one below the other, everything moved to positive places. */
function stack(layers) {
  const cells = layers.flat();
  const left = cells.length === 0 ? 0 : Math.min(...cells.map(cell => cell.x - cell.width / 2));
  for (const cell of cells) cell.x -= left;
  let y = 0;
  layers.forEach((layer, index) => {
    layer.height = Math.max(0, ...layer.map(cell => cell.height));
    if (index > 0) y += layer.height === 0 || layers[index - 1].height === 0 ? PortGap : LayerGap;
    layer.top = y;
    for (const cell of layer) cell.y = isSource(cell) ? y + layer.height - cell.height : y;
    y += layer.height;
  });
  return { width: Math.max(0, ...cells.map(cell => cell.x + cell.width / 2)), height: y };
}
