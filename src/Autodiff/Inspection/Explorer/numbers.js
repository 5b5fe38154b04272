// How numbers read. In the recording a number that JSON does not know is a string: "NaN", "Infinity", "-Infinity".

/** A number of the recording as a number. */
function number(value) {
  return typeof value === 'number' ? value : Number(value);
}

/** Four digits, for people: 2.718, −0.5, 1.2e−7, ∞, NaN. */
function short(value) {
  const x = number(value);
  if (Number.isNaN(x)) return 'NaN';
  if (!Number.isFinite(x)) return x > 0 ? '∞' : '−∞';
  const size = Math.abs(x);
  let text;
  if (Number.isInteger(x) && size < 1e6) text = String(size);
  else if (size >= 1e6 || size < 1e-4) text = size.toExponential(2).replace(/\.?0+e/, 'e').replace('e+', 'e').replace('e-', 'e−');
  else if (size >= 1000) text = String(Math.round(size));
  else text = String(Number(size.toPrecision(4)));
  return (x < 0 && text !== '0' ? '−' : '') + text;
}

/** Three digits or fewer, for narrow places. */
function terse(value) {
  const x = number(value);
  const text = short(x);
  return text.length <= 5 || !Number.isFinite(x) || text.includes('e') ? text : short(Math.abs(x) < 0.01 ? x.toPrecision(1) : Math.abs(x) < 1 ? x.toPrecision(2) : x.toPrecision(3));
}

/** All digits, for tests and for whoever wants them. */
function exact(value) {
  return String(number(value));
}

/** 1,234 bytes and the like. */
function grouped(count) {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** A count with its noun: 1 operation, 2 operations. */
function counted(count, noun) {
  return `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** How often: once, twice, 3 times. */
function times(count) {
  return count === 1 ? 'once' : count === 2 ? 'twice' : `${count} times`;
}

function subscript(index) {
  return String(index).replace(/\d/g, digit => String.fromCharCode(0x2080 + Number(digit)));
}

/** [2, 3]; a single number has the shape []. */
function shapeText(shape) {
  return `[${shape.join(', ')}]`;
}

function elementCount(tensor) {
  return tensor.shape.reduce((product, size) => product * size, 1);
}

function isScalar(tensor) {
  return elementCount(tensor) === 1 && Boolean(tensor.elements);
}

/** A tensor in a few characters: the number, all of up to three numbers, or what they are like. */
function brief(tensor) {
  if (isScalar(tensor)) return short(tensor.elements[0]);
  if (tensor.elements && tensor.shape.length === 1 && tensor.elements.length > 0 && tensor.elements.length <= 3) return `[${tensor.elements.map(short).join(', ')}]`;
  if (tensor.nans > 0) return `${grouped(tensor.nans)} × NaN`;
  if (tensor.infs > 0) return `${grouped(tensor.infs)} × ∞`;
  if (elementCount(tensor) === 0) return 'empty';
  return `mean ${short(tensor.mean)}`;
}

/** What data-value and data-adjoint hold: a single number with all its digits, else shape and a brief text. */
function dataText(tensor) {
  if (!tensor) return '';
  return isScalar(tensor) ? exact(tensor.elements[0]) : `${shapeText(tensor.shape)} ${brief(tensor)}`;
}

function hasTrouble(tensor) {
  return Boolean(tensor) && (tensor.nans > 0 || tensor.infs > 0);
}
