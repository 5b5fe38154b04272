// The graph: frames of unfolded groups, edges, cards. Folding lays it out anew; stepping only changes what is there.

class Drawing {
  constructor(recording, groups, root, handlers) {
    this.recording = recording;
    this.groups = groups;
    this.root = root;
    this.handlers = handlers;
    this.cardMaker = new Cards(recording);
    this.gainTexts = this._gainTexts();
  }

  /** Lays out and draws with some groups folded. */
  draw(folded) {
    this.folded = folded;
    this.layout = new Layout(this.recording, this.groups, folded, atom => this.cardMaker.sizeOf(atom));
    this.cards = new Map([...this.layout.atoms.values()].map(atom => [atom.key, this.cardMaker.create(atom, this.handlers)]));
    this.edges = [...this.layout.routes.values()].map(route => this._edge(route));
    this.root.replaceChildren(
      svg('g', { class: 'frames' }, this.layout.frames.map(frame => this._frame(frame))),
      svg('g', { class: 'edges' }, this.edges.map(edge => edge.path)),
      svg('g', { class: 'cards' }, [...this.cards.values()].sort(readingOrder).map(card => card.element)),
      svg('g', { class: 'gains' }, this.edges.map(edge => edge.label)));
  }

  /** Brings every card and edge to a position. */
  update(position, inspected) {
    const step = this.recording.stepAt(position);
    const current = step && this.groups.atomOf(this.recording.nodes.get(step.node), this.folded).key;
    const marked = inspected && this.groups.atomOf(inspected, this.folded).key;
    for (const [key, card] of this.cards) {
      this.cardMaker.update(card, position);
      card.element.classList.toggle('current', key === current);
      card.element.classList.toggle('inspected', key === marked);
      setAttribute(card.element, 'aria-current', key === current ? 'step' : 'false');
    }

    const live = step ? this._liveEdges(step, position) : new Set();
    for (const edge of this.edges) this._updateEdge(edge, position, live.has(edge.route.key), step);
  }

  /** Where the card stands that a node is drawn as. */
  boxOf(node) {
    return this.groups.atomOf(node, this.folded).key && this.cards.get(this.groups.atomOf(node, this.folded).key).atom.box;
  }

  focus(key) {
    const target = this.root.querySelector(`[data-key="${CSS.escape(key)}"]`) || (this.cards.get(key) || {}).element;
    if (target) target.focus({ preventScroll: true });
  }

  _frame({ group, x, y, width, height }) {
    const act = () => this.handlers.ontoggle(group);
    return svg('g', { class: group.isDerivative ? 'frame derivative' : 'frame', transform: `translate(${x} ${y})`, 'data-frame': group.path },
      svg('rect', { class: 'area', width, height, rx: 12 }),
      svg('g', {
        class: 'frame-title', role: 'button', tabindex: 0, 'data-key': group.key, 'aria-expanded': 'true', 'aria-label': `${groupTitle(group)}, fold`,
        onclick: act, onkeydown: event => (event.key === 'Enter' || event.key === ' ') && (event.preventDefault(), act()),
      }, svg('rect', { class: 'target', x: 4, y: 3, width: 30 + textWidth(groupTitle(group), '600 12.5px'), height: 24, rx: 6 }), foldMark(10, 8.5, false), svg('text', { x: 29, y: 19.5 }, groupTitle(group))));
  }

  _edge(route) {
    const path = svg('path', { class: 'edge', d: curve(route.points), 'data-edge': route.key });
    return { route, path, label: svg('g', { class: 'gain' }), texts: this.gainTexts.get(route.key) };
  }

  /** What single numbers add along an edge between two nodes, and when. */
  _gainTexts() {
    const texts = new Map();
    this.recording.steps.forEach((step, index) => {
      if (step.phase !== 'reverse' || this.recording.isSeed(step)) return;
      for (const { node, value } of this.recording.contributionsOf(index)) {
        if (!isScalar(value)) continue;
        const key = `n${node.id}>n${step.node}`;
        texts.set(key, { step: index, text: [texts.has(key) ? texts.get(key).text : '', `+ ${negativeInBrackets(brief(value))}`].filter(Boolean).join(' ') });
      }
    });
    return texts;
  }

  _liveEdges(step, position) {
    if (step.phase === 'reverse' && this.recording.isSeed(step)) return new Set();
    const node = this.recording.nodes.get(step.node);
    const others = step.phase === 'forward' ? this.recording.inputsOf(node) : this.recording.contributionsOf(position - 1).map(contribution => contribution.node);
    const to = this.groups.atomOf(node, this.folded).key;
    return new Set(others.map(other => `${this.groups.atomOf(other, this.folded).key}>${to}`));
  }

  _updateEdge(edge, position, isLive, step) {
    edge.path.classList.toggle('forward', isLive && step.phase === 'forward');
    edge.path.classList.toggle('reverse', isLive && step.phase === 'reverse');
    const isShown = Boolean(edge.texts) && edge.texts.step < position;
    edge.label.classList.toggle('shown', isShown);
    edge.label.classList.toggle('live', isShown && isLive);
    if (isShown && !edge.label.hasChildNodes()) this._placeLabel(edge);
  }

  _placeLabel(edge) {
    const length = edge.path.getTotalLength();
    const { x, y } = edge.path.getPointAtLength(length / 2);
    const width = textWidth(edge.texts.text, '600 13px') + 14;
    edge.label.setAttribute('transform', `translate(${round(x)} ${round(y)})`);
    edge.label.append(svg('rect', { x: -width / 2, y: -11, width, height: 22, rx: 11 }), svg('text', { y: 4.5 }, edge.texts.text));
  }
}

/** A smooth line through points that lie one below the other. */
function curve(points) {
  return points.map(([x, y], index) => {
    if (index === 0) return `M${round(x)} ${round(y)}`;
    const [px, py] = points[index - 1];
    if (Math.abs(px - x) < 0.5) return `L${round(x)} ${round(y)}`;
    const middle = round((py + y) / 2);
    return `C${round(px)} ${middle} ${round(x)} ${middle} ${round(x)} ${round(y)}`;
  }).join('');
}

function round(x) {
  return Math.round(x * 10) / 10;
}

/** From top to bottom, then from left to right: the order of the tabulator key. */
function readingOrder(a, b) {
  return a.atom.box.y - b.atom.box.y || a.atom.box.x - b.atom.box.x;
}
