// Brings everything together: one position on the recording, and what follows from it.

class Explorer {
  constructor(tape) {
    this.recording = new Recording(tape);
    this.sentences = new Sentences(this.recording);
    this.groups = new Groups(this.recording);
    this.folded = this.groups.initiallyFolded();
    this.position = 0;
    this.inspected = null;
    this.parts = Object.fromEntries([...document.querySelectorAll('[id]')].map(element => [element.id, element]));
    this.viewport = new Viewport(this.parts.graph, this.parts.camera);
    this.drawing = new Drawing(this.recording, this.groups, this.parts.camera, { onselect: node => this.inspect(node), ontoggle: group => this.toggle(group) });
    this.panel = new Panel(this.recording, this.sentences, this.parts.panel, { onselect: node => this.inspect(node), onfollow: () => this.inspect(null), onchange: () => this.refresh(), onjump: position => this.go(position) });
    this.list = new TapeList(this.recording, this.groups, this.parts.entries, position => this.go(position));
    this._connectControls();
    this._redraw();
    this.viewport.fit(this._anchor());
    this.refresh();
  }

  /** Goes to a position: 0 before the first step, k behind the k-th. */
  go(position) {
    const next = Math.min(this.recording.last, Math.max(0, position));
    if (next === this.position) return;
    this.position = next;
    this.panel.wanted = null;
    this.refresh();
    const step = this.recording.stepAt(next);
    if (step) this.viewport.show(this.drawing.boxOf(this.recording.nodes.get(step.node)));
  }

  /** Goes on, or back, to the end of a card's steps: over a whole folded layer. */
  skip(direction) {
    const cardAt = position => {
      const step = this.recording.stepAt(position);
      return step && `${step.phase} ${this.groups.atomOf(this.recording.nodes.get(step.node), this.folded).key}`;
    };
    let next = this.position + direction;
    while (next > 0 && next < this.recording.last && cardAt(next) === cardAt(next + 1)) next += direction;
    this.go(next);
  }

  /** Looks at a node, whatever the step; null follows the steps again. */
  inspect(node) {
    this.inspected = node;
    this.panel.wanted = null;
    this.refresh();
  }

  /** Folds an unfolded group, unfolds a folded one; what was pressed stays in its place. */
  toggle(group) {
    const before = this._boxOf(group);
    if (this.folded.has(group.key)) this.folded.delete(group.key);
    else this.folded.add(group.key);
    this._redraw();
    this.refresh();
    this.viewport.hold(before, this._boxOf(group));
    this.drawing.focus(group.key);
  }

  toggleAll() {
    const { foldable } = this.groups;
    this.folded = new Set(foldable.every(group => this.folded.has(group.key)) ? [] : foldable.map(group => group.key));
    this._redraw();
    this.refresh();
    this.viewport.fit(this._anchor());
  }

  refresh() {
    const { recording, position, parts } = this;
    const step = recording.stepAt(position);
    document.documentElement.dataset.step = position;
    document.documentElement.dataset.phase = step ? step.phase : 'start';
    const text = this.sentences.at(position);
    if (parts.sentence.dataset.text !== text) parts.sentence.replaceChildren(...richHtml(text));
    parts.sentence.dataset.text = text;
    parts.phase.textContent = this._phaseText(step);
    parts.count.textContent = `step ${position} of ${recording.last}`;
    parts.slider.value = position;
    parts.slider.setAttribute('aria-valuetext', `step ${position} of ${recording.last}, ${step ? step.phase : 'start'}`);
    for (const name of ['first', 'back']) parts[name].disabled = position === 0;
    for (const name of ['forward', 'last']) parts[name].disabled = position === recording.last;
    parts.help.open = parts.help.open && (position === 0 || this.isHelpWanted === true);
    this.drawing.update(position, this.inspected);
    this.panel.show(position, this.inspected);
    this.list.update(position);
  }

  _phaseText(step) {
    if (!step) return 'Before the first step';
    const [count, all] = this.recording.countOf(this.position - 1);
    return `${step.phase === 'forward' ? 'Forward' : 'Backward'}, ${count} of ${all}`;
  }

  _redraw() {
    this.drawing.draw(this.folded);
    this.viewport.setContent(this.drawing.layout.width, this.drawing.layout.height);
    const { foldable } = this.groups;
    this.parts.fold.hidden = foldable.length === 0;
    this.parts.fold.textContent = foldable.every(group => this.folded.has(group.key)) ? 'Unfold all' : 'Fold layers';
  }

  _boxOf(group) {
    return this.folded.has(group.key) ? this.drawing.cards.get(group.key).atom.box : this.drawing.layout.frames.find(frame => frame.group === group);
  }

  /** Where to look first: at the current step, or at where the tape begins. */
  _anchor() {
    const step = this.recording.stepAt(this.position) || this.recording.steps[0];
    return step ? this.drawing.boxOf(this.recording.nodes.get(step.node)) : null;
  }

  _connectControls() {
    const { parts, recording } = this;
    parts.title.textContent = recording.title;
    parts.slider.max = recording.last;
    document.documentElement.classList.toggle('no-reverse', !recording.hasReverse);
    this._colourTrack();
    parts.slider.addEventListener('input', () => this.go(Number(parts.slider.value)));
    const actions = {
      first: () => this.go(0), back: () => this.go(this.position - 1), forward: () => this.go(this.position + 1), last: () => this.go(recording.last),
      closer: () => this.viewport.zoom(1.3), farther: () => this.viewport.zoom(1 / 1.3), whole: () => this.viewport.overview(), fold: () => this.toggleAll(), theme: toggleTheme,
    };
    for (const [name, action] of Object.entries(actions)) parts[name].addEventListener('click', action);
    parts.help.querySelector('summary').addEventListener('click', () => (this.isHelpWanted = !parts.help.open));
    document.addEventListener('keydown', event => this._key(event));
  }

  /** The slider's track in the colours of the steps; a label where each way begins. */
  _colourTrack() {
    const { recording, parts } = this;
    const share = index => `${(100 * index) / Math.max(1, recording.last)}%`;
    const stops = recording.steps.map((step, index) => `var(--${step.phase}) ${share(index)} ${share(index + 1)}`);
    const turn = recording.steps.findIndex(step => step.phase === 'reverse');
    parts.track.style.setProperty('--track', stops.length > 0 ? `linear-gradient(to right, ${stops.join(', ')})` : 'none');
    parts.track.style.setProperty('--turn', share(turn < 0 ? recording.last : turn));
  }

  _key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const keys = {
      ArrowRight: () => this.go(this.position + 1), ArrowLeft: () => this.go(this.position - 1), Home: () => this.go(0), End: () => this.go(this.recording.last),
      PageDown: () => this.skip(1), PageUp: () => this.skip(-1), Escape: () => this.inspect(null),
    };
    if (!keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  }
}

/** The other of light and dark, whichever the system asked for. */
function toggleTheme() {
  const root = document.documentElement;
  const isDark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  root.dataset.theme = isDark ? 'light' : 'dark';
}

new Explorer(JSON.parse(document.getElementById('tape').textContent));
