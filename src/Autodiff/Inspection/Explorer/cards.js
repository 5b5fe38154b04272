// Nodes and folded groups as cards: what it is, its value, its adjoint. The numbers come and go with the position.

const CardFonts = { head: '11.5px', main: '600 14px', adjoint: '14px' };
const Card = { padding: 12, headLine: 18, mainLine: 38, adjointLine: 58 };
const LongestLabel = 20;
const ruler = document.createElement('canvas').getContext('2d');

function textWidth(text, font) {
  ruler.font = `${font} ${getComputedStyle(document.body).fontFamily}`;
  return ruler.measureText(unmarked(text)).width;
}

class Cards {
  constructor(recording) {
    this.recording = recording;
  }

  /** What a card says: a head line, the name, the node whose numbers it shows. */
  describe(atom) {
    if (atom.group) return { head: `${atom.group.operations.length} of ${counted(atom.group.operations.length, 'operation')}`, label: clipped(groupTitle(atom.group), LongestLabel + 4), shown: atom.group.result };
    const { node } = atom;
    const kind = node.kind === 'operation' ? `${node.derivativeOf === null ? '' : '∂ '}${node.operation}` : node.kind;
    return { head: node === this.recording.output ? `${kind} · output` : kind, label: clipped(labelOf(node), LongestLabel), shown: node };
  }

  /** Wide enough for everything that it will ever say. */
  sizeOf(atom) {
    const { head, label, shown } = this.describe(atom);
    const texts = [textWidth(head, CardFonts.head) + (atom.group ? 26 : 0), this._rowWidth(atom, label, shown.value, CardFonts.main)];
    const adjoint = this.recording.adjointAt(shown, this.recording.last);
    if (adjoint) texts.push(this._rowWidth(atom, barred(label), adjoint, CardFonts.adjoint));
    return { width: Math.max(92, Math.ceil(Math.max(...texts)) + 2 * Card.padding), height: adjoint ? 70 : 50 };
  }

  _rowWidth(atom, label, tensor, font) {
    if (isScalar(tensor)) return textWidth(atom.group ? `${label}  ${brief(tensor)}` : `${label} = ${brief(tensor)}`, font);
    return textWidth(label, font) + (atom.group ? 0 : textWidth(shapeText(tensor.shape), CardFonts.head) + 8) + 14 + Thumb.width;
  }

  /** The elements of a card; `update` brings them to a position. */
  create(atom, { onselect, ontoggle }) {
    const { x, y, width, height } = atom.box;
    const { head, label, shown } = this.describe(atom);
    const act = () => (atom.group ? ontoggle(atom.group) : onselect(atom.node));
    const attributes = atom.group ? { 'data-group': atom.group.path, 'aria-expanded': 'false' } : { 'data-node': atom.node.id };
    const element = svg('g', {
      class: `card ${atom.group ? 'folded' : atom.node.kind}`, transform: `translate(${x} ${y})`, tabindex: 0, role: 'button', ...attributes,
      onclick: act, onkeydown: event => (event.key === 'Enter' || event.key === ' ') && (event.preventDefault(), act()),
    });
    if (atom.group) element.append(svg('rect', { class: 'behind', x: 5, y: 5, width, height, rx: 9 }));
    element.append(svg('rect', { class: 'body', width, height, rx: 9 }));
    const top = svg('text', { class: 'head', x: Card.padding, y: Card.headLine }, head);
    element.append(top);
    if (atom.group) element.append(foldMark(width - Card.padding - 13, 8, true));
    const value = svg('g', { class: 'value' });
    const adjoint = svg('g', { class: 'adjoint' });
    element.append(value, adjoint);
    return { atom, element, top, value, adjoint, shown, label, width };
  }

  update(card, position) {
    const { atom, shown, label, element } = card;
    const [value, adjoint] = [this.recording.valueAt(shown, position), this.recording.adjointAt(shown, position)];
    if (card.seenValue !== value) card.value.replaceChildren(...this._row(card, label, value, Card.mainLine, shapeText(shown.shape)));
    if (card.seenAdjoint !== adjoint) card.adjoint.replaceChildren(...(adjoint ? this._row(card, barred(label), adjoint, Card.adjointLine, '') : []));
    [card.seenValue, card.seenAdjoint] = [value, adjoint];
    setAttribute(element, 'data-value', dataText(value));
    setAttribute(element, 'data-adjoint', dataText(adjoint));
    setAttribute(element, 'aria-label', this._spoken(atom, value, adjoint));
    if (atom.group) this._countDone(card, position);
    element.classList.toggle('reached', value !== null);
    element.classList.toggle('troubled', hasTrouble(value) || hasTrouble(adjoint));
  }

  /** How far the recording has come inside a folded group. */
  _countDone({ atom, top }, position) {
    const { operations } = atom.group;
    const done = operations.filter(node => this.recording.isReached(node, position)).length;
    const text = `${done > 0 && done < operations.length ? `${done} of ` : ''}${counted(operations.length, 'operation')}`;
    if (top.textContent !== text) top.textContent = text;
  }

  /** The name, then the number, or shape and picture. */
  _row(card, label, tensor, y, shape) {
    const text = svg('text', { class: 'row', x: Card.padding, y }, svg('tspan', { class: 'label' }, richSvg(label)));
    if (tensor && label === brief(tensor)) return [text];
    if (tensor && isScalar(tensor)) text.append(...(card.atom.group ? [] : [' = ']), svg('tspan', { class: hasTrouble(tensor) ? 'number trouble' : 'number', ...(card.atom.group ? { x: card.width - Card.padding, 'text-anchor': 'end' } : {}) }, brief(tensor)));
    else if (shape && !card.atom.group) text.append(svg('tspan', { class: 'shape', dx: 6 }, shape === '[]' ? '' : shape));
    return tensor && !isScalar(tensor) ? [text, thumbnail(tensor, card.width - Card.padding - Thumb.width, y - 14)] : [text];
  }

  _spoken(atom, value, adjoint) {
    const name = atom.group ? `${groupTitle(atom.group)}, ${counted(atom.group.operations.length, 'operation')}, folded` : `${labelOf(atom.node)}, ${atom.node.operation || atom.node.kind}`;
    return `${name}, ${value ? `value ${brief(value)}` : 'not computed yet'}${adjoint ? `, adjoint ${brief(adjoint)}` : ''}`;
  }
}

/** A small square with a plus (it unfolds) or a minus (it folds). */
function foldMark(x, y, isFolded) {
  return svg('g', { class: 'fold-mark', transform: `translate(${x} ${y})` },
    svg('rect', { width: 13, height: 13, rx: 3 }), svg('path', { d: isFolded ? 'M3.5 6.5h6M6.5 3.5v6' : 'M3.5 6.5h6' }));
}
