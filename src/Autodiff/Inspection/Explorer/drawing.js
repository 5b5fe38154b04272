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
    this._placeGains();
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
    return svg('g', { class: isDerivative(group) ? 'frame derivative' : 'frame', transform: `translate(${x} ${y})`, 'data-frame': group.path },
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
  }

  /** Puts what edges add where it covers no card and no other such label; where there is no room, it shows only in its own step. */
  _placeGains() {
    const taken = [...this.cards.values()].map(card => card.atom.box);
    for (const { path, label, texts } of this.edges) {
      if (!texts) continue;
      const width = textWidth(texts.text, '600 13px') + 14;
      const length = path.getTotalLength();
      const boxes = GainPlaces.map(share => path.getPointAtLength(length * share)).map(({ x, y }) => ({ x: x - width / 2, y: y - 11, width, height: 22 }));
      const free = boxes.find(box => !taken.some(other => overlap(box, other)));
      const box = free || boxes[0];
      label.classList.toggle('crowded', !free);
      label.setAttribute('transform', `translate(${round(box.x)} ${round(box.y)})`);
      label.append(svg('rect', { width, height: 22, rx: 11 }), svg('text', { x: width / 2, y: 15.5 }, texts.text));
      if (free) taken.push(box);
    }
  }
}

/** Where along an edge its label may stand, best first. */
const GainPlaces = [0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8];

function overlap(a, b) {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
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
