// What nodes are called. An adjoint is written with a bar: a single letter carries it itself (ā), a longer name is put between two marks here and gets an overline
// when it is shown.

const BarOpen = '\uE000';
const BarClose = '\uE001';
const Macron = '\u0304';

/** A node's name in formulas: its own, without the layer's where it stands inside that; v₃ for what the tape calls %3, the result of its entry 3. */
function labelOf(node) {
  if (node.kind === 'operation') return /^%\d+$/.test(node.name) ? `v${subscript(node.entry)}` : node.name;
  if (node.kind === 'constant' && isScalar(node.value) && Number.isFinite(Number(node.name))) return brief(node.value);
  const slash = node.name.lastIndexOf('/');
  return slash > 0 && node.scope && `/${node.scope}`.endsWith(`/${node.name.slice(0, slash)}`) ? node.name.slice(slash + 1) : node.name;
}

/** The name of a node's adjoint. */
function barred(label) {
  return /^\p{L}[₀-₉]*$/u.test(label) ? label[0] + Macron + label.slice(1) : BarOpen + label + BarClose;
}

function adjointLabelOf(node) {
  return barred(labelOf(node));
}

/** Text with marks, for where only plain text goes: titles and labels for screen readers. */
function plain(text) {
  return text.replace(/\uE000([^\uE001]*)\uE001/g, 'the adjoint of $1');
}

/** Text with marks, as wide as it is shown. */
function unmarked(text) {
  return text.replace(/[\uE000\uE001]/g, '');
}

/** Text with marks as nodes; `wrap` makes what stands under a bar. */
function marked(text, wrap) {
  return text.split(BarOpen).flatMap((part, index) => {
    if (index === 0) return part ? [part] : [];
    const [name, rest] = part.split(BarClose);
    return rest ? [wrap(name), rest] : [wrap(name)];
  });
}

function richHtml(text) {
  return marked(text, name => html('span', { class: 'bar' }, html('span', { class: 'spoken' }, 'adjoint of '), name));
}

function richSvg(text) {
  return marked(text, name => svg('tspan', { class: 'bar' }, name));
}

/** Shortens a text that is wider than its place, in the middle, where names of the same kind are alike. */
function clipped(text, limit) {
  if (text.length <= limit) return text;
  const head = Math.ceil((limit - 1) / 2);
  return `${text.slice(0, head)}…${text.slice(text.length - (limit - 1 - head))}`;
}
