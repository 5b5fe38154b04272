// The tape as a list: one row for each entry, read downward going forward and upward going backward. Its two numbers lead to the two steps that make them.

class TapeList {
  constructor(recording, groups, root, onjump) {
    this.recording = recording;
    this.root = root;
    this.rows = new Map();
    let group = groups.root;
    for (const node of recording.operations) {
      const home = groups.home.get(node.id);
      if (home !== group) root.append(html('li', { class: 'scope' }, home.path || 'outside of layers'));
      group = home;
      root.append(this._row(node, onjump).element);
    }
  }

  update(position) {
    const step = this.recording.stepAt(position);
    for (const row of this.rows.values()) {
      const isCurrent = step !== null && step.node === row.node.id;
      const [value, adjoint] = [this.recording.valueAt(row.node, position), this.recording.adjointAt(row.node, position)];
      row.element.classList.toggle('current', isCurrent);
      row.element.classList.toggle('reverse', isCurrent && step.phase === 'reverse');
      row.element.classList.toggle('reached', value !== null);
      setAttribute(row.element, 'aria-current', isCurrent ? 'step' : 'false');
      fill(row.value, value, '↓');
      fill(row.adjoint, adjoint, '↑');
    }

    this.wanted = step ? this.rows.get(step.node) : this.rows.values().next().value;
    if (this.wanted) requestAnimationFrame(() => reveal(this.root, this.wanted.element));
  }

  _row(node, onjump) {
    const formula = this.recording.formulaOf(node);
    const inputs = this.recording.inputsOf(node).map(labelOf);
    const text = `${labelOf(node)} = ${formula && formula.isUnderstood ? formula.value(inputs).text : `${node.operation}(${inputs.join(', ')})`}`;
    const button = (kind, index, spoken) => html('button', { type: 'button', class: kind, disabled: index === undefined, 'aria-label': `${spoken} ${plain(text)}`, onclick: () => onjump(index + 1) });
    const row = {
      node, value: button('value', this.recording.forwardStep.get(node.id), 'Forward step of'), adjoint: button('adjoint', this.recording.reverseStep.get(node.id), 'Reverse step of'),
    };
    row.element = html('li', { class: 'entry', 'data-entry': node.entry }, html('span', { class: 'index' }, node.entry), html('span', { class: 'what', title: `${node.operation}: ${text}` }, text), row.value, row.adjoint);
    this.rows.set(node.id, row);
    return row;
  }
}

function fill(button, tensor, placeholder) {
  if (button.shown === (tensor || placeholder)) return;
  button.shown = tensor || placeholder;
  button.replaceChildren(tensor ? cell(tensor) : button.disabled ? '' : placeholder);
  button.classList.toggle('pending', !tensor);
}
