// Tensors as pictures: a heat map with the numbers in it, a histogram, a line of statistics, and a thumbnail for nodes and tables.

const WrapAt = 32;
const HeatWidth = 352;

/** A colour between the zero's and that of the largest magnitude, mixed by the style sheet's rules, so that it follows the theme. */
function paint(element, value, scale) {
  const x = number(value);
  if (!Number.isFinite(x)) element.classList.add('trouble');
  else element.style.fill = `color-mix(in oklab, var(--heat-${x < 0 ? 'negative' : 'positive'}) ${Math.round((100 * Math.abs(x)) / scale)}%, var(--heat-zero))`;
  return element;
}

/** The magnitude that the strongest colours stand for. */
function scaleOf(tensor) {
  return Math.max(...(tensor.elements || []).map(number).filter(Number.isFinite).map(Math.abs), Number.MIN_VALUE);
}

/** Rows and columns of a heat map: the last axis runs along; a long vector is wrapped. */
function grid(tensor) {
  const count = tensor.elements.length;
  const last = tensor.shape.length === 0 ? 1 : tensor.shape[tensor.shape.length - 1];
  const isVector = count === last;
  const columns = isVector && count > WrapAt ? WrapAt : Math.max(1, last);
  return { columns, rows: Math.ceil(count / columns), isWrapped: columns < last };
}

/** [1, 0, 2]: where an element stands. */
function indexText(tensor, position) {
  const index = [];
  for (const size of [...tensor.shape].reverse()) {
    index.unshift(position % size);
    position = Math.floor(position / size);
  }

  return shapeText(index);
}

function heatMap(tensor) {
  const { columns, rows, isWrapped } = grid(tensor);
  const width = Math.min(64, HeatWidth / columns);
  const height = Math.min(Math.max(width, 7), 34);
  const scale = scaleOf(tensor);
  const texts = tensor.elements.map(value => terse(value));
  const fitting = Math.min(13, (width - 6) / (0.62 * Math.max(...texts.map(text => text.length))));
  const size = fitting >= 8.5 ? fitting : 0;
  const cells = tensor.elements.flatMap((value, position) => {
    const [x, y] = [(position % columns) * width, Math.floor(position / columns) * height];
    const gap = width > 8 ? 1 : 0;
    const cell = paint(svg('rect', { x, y, width: width - gap, height: height - gap }, svg('title', null, `${indexText(tensor, position)} = ${exact(value)}`)), value, scale);
    return [cell, size > 0 && svg('text', { x: x + width / 2, y: y + height / 2, 'font-size': size, class: Number.isFinite(number(value)) ? null : 'on-trouble' }, texts[position])];
  });
  const label = `Heat map of ${rows} by ${columns}: from ${short(tensor.min)} to ${short(tensor.max)}, mean ${short(tensor.mean)}`;
  return html('figure', { class: 'heat' },
    svg('svg', { viewBox: `0 0 ${columns * width} ${rows * height}`, style: null, width: columns * width, role: 'img', 'aria-label': label }, cells),
    heatLegend(scale),
    isWrapped && html('figcaption', null, `A long row, wrapped after ${columns} numbers.`));
}

function heatLegend(scale) {
  const isEmpty = scale === Number.MIN_VALUE;
  return html('div', { class: 'legend', 'aria-hidden': 'true' }, html('span', null, isEmpty ? '' : `−${short(scale)}`), html('i', null), html('span', null, isEmpty ? '' : short(scale)));
}

function histogram(tensor) {
  const { edges, counts } = tensor.histogram;
  const [width, height, foot] = [HeatWidth, 110, 22];
  const most = Math.max(...counts, 1);
  const [low, high] = [number(edges[0]), number(edges[edges.length - 1])];
  const step = width / counts.length;
  const bars = counts.map((count, index) => {
    const tall = count === 0 ? 0 : Math.max(1.5, (count / most) * (height - 4));
    const range = `${grouped(count)} between ${short(edges[index])} and ${short(edges[index + 1])}`;
    return svg('rect', { class: 'bin', x: index * step + 0.5, y: height - tall, width: step - 1, height: tall }, svg('title', null, range));
  });
  const at = value => ((value - low) / (high - low || 1)) * width;
  const zero = low < 0 && high > 0 ? svg('line', { class: 'zero', x1: at(0), x2: at(0), y1: 0, y2: height }) : null;
  const zeroLabel = zero && at(0) > 60 && at(0) < width - 60 ? svg('text', { x: at(0), y: height + 15, 'text-anchor': 'middle' }, '0') : null;
  return html('figure', { class: 'histogram' },
    svg('svg', { viewBox: `0 0 ${width} ${height + foot}`, role: 'img', 'aria-label': `Histogram from ${short(low)} to ${short(high)}` },
      bars, zero, svg('line', { class: 'axis', x1: 0, x2: width, y1: height, y2: height }),
      svg('text', { x: 0, y: height + 15 }, short(low)), zeroLabel, svg('text', { x: width, y: height + 15, 'text-anchor': 'end' }, short(high))));
}

function statistics(tensor) {
  const rows = [['min', tensor.min], ['max', tensor.max], ['mean', tensor.mean], ['std', tensor.std]].filter(row => Number.isFinite(number(row[1]))).map(([name, value]) => [name, short(value)]);
  if (tensor.nans > 0) rows.push(['NaN', grouped(tensor.nans)]);
  if (tensor.infs > 0) rows.push(['∞', grouped(tensor.infs)]);
  return html('dl', { class: 'statistics' }, rows.map(([name, value]) => html('div', { class: name === 'NaN' || name === '∞' ? 'trouble' : null }, html('dt', null, name), html('dd', null, value))));
}

/** The picture that suits a tensor: a number, a heat map with its statistics, or a histogram with its statistics. */
function tensorPicture(tensor) {
  if (isScalar(tensor)) return [html('p', { class: hasTrouble(tensor) ? 'single trouble' : 'single', title: exact(tensor.elements[0]) }, short(tensor.elements[0]))];
  if (elementCount(tensor) === 0) return [html('p', { class: 'note' }, 'This tensor has no elements.')];
  const picture = tensor.elements ? heatMap(tensor) : tensor.histogram ? histogram(tensor) : html('p', { class: 'note' }, 'None of its numbers is finite.');
  return [picture, statistics(tensor)];
}

const Thumb = { width: 58, height: 18 };

/** A tensor of more than one element, small: its cells where they are few, else its histogram. */
function thumbnail(tensor, x, y) {
  const group = svg('g', { class: 'thumb', transform: `translate(${x} ${y})` });
  if (hasTrouble(tensor)) group.append(svg('text', { class: 'trouble', x: Thumb.width, y: 13, 'text-anchor': 'end' }, brief(tensor)));
  else if (tensor.elements && tensor.elements.length > 0 && tensor.elements.length <= 60 && grid(tensor).rows <= 6) group.append(...thumbCells(tensor));
  else if (elementCount(tensor) > 0) group.append(svg('path', { class: 'bins', d: thumbBins(tensor.histogram ? tensor.histogram.counts : countsOf(tensor.elements.map(number))) }));
  return group;
}

function thumbCells(tensor) {
  const { columns, rows } = grid(tensor);
  const [width, height] = [Math.min(12, Thumb.width / columns), Thumb.height / rows];
  const left = Thumb.width - columns * width;
  const scale = scaleOf(tensor);
  return tensor.elements.map((value, i) => paint(svg('rect', { x: left + (i % columns) * width, y: Math.floor(i / columns) * height, width: width - 0.5, height: height - 0.5 }), value, scale));
}

/** How many numbers fall into each of as many classes as a thumbnail has room for. */
function countsOf(numbers) {
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
  const counts = Array(24).fill(0);
  for (const x of numbers) counts[low === high ? 12 : Math.min(23, Math.floor(((x - low) / (high - low)) * 24))]++;
  return counts;
}

function thumbBins(counts) {
  if (counts.length === 1) return `M${Thumb.width / 2 - 1} ${Thumb.height}v${-Thumb.height}h2v${Thumb.height}z`;
  const most = Math.max(...counts, 1);
  const step = Thumb.width / counts.length;
  return counts.map((count, i) => (count === 0 ? '' : `M${(i * step).toFixed(1)} ${Thumb.height}v${(-Math.max(1, (count / most) * Thumb.height)).toFixed(1)}h${(step * 0.85).toFixed(2)}V${Thumb.height}z`)).join('');
}
