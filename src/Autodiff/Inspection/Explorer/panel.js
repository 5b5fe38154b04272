// What is said about a step: the formula, the adjoints that gain, the local Jacobian; and below it the tensor that is looked at.

class Panel {
  constructor(recording, sentences, root, handlers) {
    this.recording = recording;
    this.sentences = sentences;
    this.root = root;
    this.handlers = handlers;
    this.wanted = null;
  }

  show(position, inspected) {
    const step = this.recording.stepAt(position);
    const node = step && this.recording.nodes.get(step.node);
    const focused = this.root.contains(document.activeElement) ? document.activeElement.id : null;
    this.root.replaceChildren(...[
      ...(step ? [this._formula(step, node), this._gains(step, position - 1), this._jacobians(step, node)] : []),
      ...(inspected || node ? [this._inspector(inspected || node, position, step, inspected !== null)] : []),
    ].filter(Boolean));
    if (focused && document.getElementById(focused)) document.getElementById(focused).focus({ preventScroll: true });
  }

  _formula(step, node) {
    const formula = this.recording.formulaOf(node);
    if (!formula || (step.phase === 'reverse' && this.recording.isSeed(step))) return null;
    const isForward = step.phase === 'forward';
    return section('Rule', 'rule', [html('p', { class: isForward ? 'formula on forward' : 'formula' }, formula.valuePart),
      ...formula.reverseParts.map(part => html('p', { class: isForward ? 'formula' : 'formula on reverse' }, part)),
      this._letters(node, formula),
      node.derivativeOf !== null && html('p', { class: 'note' }, `Recorded while differentiating ${this._nameOfEntry(node.derivativeOf)}.`)]);
  }

  /** Which node each letter of the formula stands for here. */
  _letters(node, formula) {
    if (!formula.isUnderstood || formula.letters.length === 0) return null;
    const pairs = [...formula.letters.map((letter, index) => [letter, this.recording.nodes.get(node.inputs[index])]), [formula.output, node]];
    const told = pairs.filter(([letter, each]) => letter !== labelOf(each));
    return told.length > 0 && html('p', { class: 'note letters' }, 'Here ', told.flatMap(([letter, each], index) => [index > 0 && ', ', html('i', null, letter), ' is ', this._link(each)]), '.');
  }

  _nameOfEntry(entry) {
    const node = this.recording.operations.find(each => each.entry === entry);
    return node ? `${labelOf(node)} (${node.operation})` : `entry ${entry}`;
  }

  _gains(step, index) {
    if (step.phase !== 'reverse' || step.contributions.length === 0) return null;
    const rows = this.recording.contributionsOf(index).map(({ node, value, total, before, number }) => html('tr', null,
      html('th', { scope: 'row' }, this._link(node, adjointLabelOf(node)), this.recording.gainCount(node) > 1 && html('small', null, `part ${number} of ${this.recording.gainCount(node)}`)),
      html('td', null, before ? cell(before) : html('span', { class: 'none' }, '0')), html('td', { class: 'gained' }, isScalar(value) ? `+ ${negativeInBrackets(brief(value))}` : cell(value)), html('td', { class: 'total' }, cell(total))));
    return section('Adjoints that add up', 'gains', [html('table', { class: 'gain-table' },
      html('thead', null, html('tr', null, ['', 'had', 'gains', 'has now'].map(text => html('th', { scope: 'col' }, text)))), html('tbody', null, rows))]);
  }

  _jacobians(step, node) {
    const jacobians = this.recording.isSeed(step) ? [] : this.recording.jacobiansOf(node);
    if (jacobians.length === 0) return null;
    return section('Local Jacobian', 'jacobian', [html('p', { class: 'note' }, 'How much each number of the result changes with each number that goes in, all else held fixed.'),
      html('div', { class: 'jacobians' }, jacobians.map(jacobian => this._jacobian(node, jacobian)))]);
  }

  _jacobian(node, { to, values, rows, columns }) {
    const name = `∂${labelOf(node)} / ∂${labelOf(this.recording.nodes.get(to))}`;
    if (rows === 1 && columns === 1) return html('p', { class: 'derivative' }, html('span', null, name), ' = ', html('b', { title: exact(values[0][0]) }, short(values[0][0])));
    const scale = Math.max(...values.flat().map(number).filter(Number.isFinite).map(Math.abs), Number.MIN_VALUE);
    const body = values.map((row, i) => html('tr', null, html('th', { scope: 'row' }, i), row.map(value => html('td', { title: exact(value), class: Number.isFinite(number(value)) ? null : 'trouble' }, tinted(value, scale)))));
    return html('div', { class: 'scroller', tabindex: 0, role: 'region', 'aria-label': name }, html('table', { class: 'jacobian-table' }, html('caption', null, name),
      html('thead', null, html('tr', null, html('td', null), Array.from({ length: columns }, (_, j) => html('th', { scope: 'col' }, j)))), html('tbody', null, body)));
  }

  _inspector(node, position, step, isChosen) {
    const [value, adjoint] = [this.recording.valueAt(node, position), this.recording.adjointAt(node, position)];
    const preferred = this.wanted || (step && step.phase === 'reverse' ? 'adjoint' : 'value');
    const showsAdjoint = preferred === 'adjoint' && adjoint !== null;
    const tensor = showsAdjoint ? adjoint : value;
    const label = labelOf(node);
    const tab = (which, isOn, isThere) => html('button', { type: 'button', id: `show-${which}`, class: which, 'aria-pressed': String(isOn), disabled: !isThere, onclick: () => this._want(which) }, which);
    return section(isChosen ? `Looking at ${label}` : label, 'inspector', [
      html('div', { class: 'tabs', role: 'group', 'aria-label': 'Which numbers' }, tab('value', !showsAdjoint, value !== null), tab('adjoint', showsAdjoint, adjoint !== null),
        isChosen && html('button', { type: 'button', id: 'follow', class: 'follow', onclick: () => this.handlers.onfollow() }, 'follow the steps')),
      ...(tensor ? tensorPicture(tensor) : [html('p', { class: 'note' }, 'Not computed yet.')]),
      showsAdjoint && this._meaning(node, adjoint),
      html('p', { class: 'note facts' }, this._facts(node)),
      isChosen && this._jumps(node),
    ], isChosen ? html('span', null, 'Looking at ', html('b', null, label)) : null);
  }

  _want(which) {
    this.wanted = which;
    this.handlers.onchange();
  }

  /** What an adjoint of a single number says, in small change. */
  _meaning(node, adjoint) {
    const output = this.recording.output;
    if (!isScalar(adjoint) || !output || output === node || hasTrouble(adjoint)) return null;
    const isWhole = this.recording.gainCount(node) > 0 && adjoint === this.recording.adjointAt(node, this.recording.last);
    const change = number(adjoint.elements[0]) / 100;
    return isWhole && html('p', { class: 'note' }, change === 0 ? `${labelOf(output)} does not move when ${labelOf(node)} does.` : `If ${labelOf(node)} grew by 0.01, ${labelOf(output)} would ${change < 0 ? 'shrink' : 'grow'} by about ${short(Math.abs(change))}.`);
  }

  _facts(node) {
    const facts = [node.kind !== 'operation' && node.name !== labelOf(node) && node.name, node.operation || node.kind, node.dtype, node.shape.length > 0 ? `shape ${shapeText(node.shape)}, ${counted(elementCount(node), 'number')}` : 'a single number', node.scope && `in ${node.scope}`, node.adjointNode !== null && `its adjoint is recorded as ${labelOf(this.recording.nodes.get(node.adjointNode))}`];
    if (node.saves.length > 0) facts.push(`the tape keeps ${joined(node.saves.map(name => (name === 'output' ? 'the output' : `the ${name} operand`)))} for the way back${node.savedBytes > 0 ? ` (${counted(node.savedBytes, 'byte')})` : ''}`);
    return facts.filter(Boolean).join(' · ');
  }

  _jumps(node) {
    const jump = (index, text) => index !== undefined && html('button', { type: 'button', onclick: () => this.handlers.onjump(index + 1) }, text);
    const [forward, reverse] = [this.recording.forwardStep.get(node.id), this.recording.reverseStep.get(node.id)];
    return (forward !== undefined || reverse !== undefined) && html('p', { class: 'jumps' }, jump(forward, 'Where it is computed'), jump(reverse, 'Where its adjoint is passed on'));
  }

  _link(node, text = labelOf(node)) {
    return html('button', { type: 'button', class: 'link', onclick: () => this.handlers.onselect(node) }, ...richHtml(text));
  }
}

function section(title, name, content, heading = null) {
  return html('section', { class: name, 'aria-label': title }, html('h2', null, heading || title), content);
}

/** A tensor in a cell of a table: the number, or a thumbnail. */
function cell(tensor) {
  if (isScalar(tensor)) return html('span', { title: exact(tensor.elements[0]), class: hasTrouble(tensor) ? 'trouble' : null }, brief(tensor));
  return svg('svg', { class: 'cell', width: Thumb.width, height: Thumb.height, role: 'img', 'aria-label': brief(tensor) }, svg('title', null, `${shapeText(tensor.shape)} ${brief(tensor)}`), thumbnail(tensor, 0, 0));
}

/** A number on the colour of its size. */
function tinted(value, scale) {
  const x = number(value);
  const text = html('span', { class: 'tint' }, short(value));
  if (Number.isFinite(x)) text.style.background = `color-mix(in oklab, var(--heat-${x < 0 ? 'negative' : 'positive'}) ${Math.round((100 * Math.abs(x)) / scale)}%, var(--heat-zero))`;
  return text;
}
