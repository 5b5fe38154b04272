// One plain sentence for each step, and on lines of their own what else must be said.

class Sentences {
  constructor(recording) {
    this.recording = recording;
  }

  at(position) {
    const step = this.recording.stepAt(position);
    if (step === null) return this._start();
    const text = step.phase === 'forward' ? this._forward(step) : this.recording.isSeed(step) ? this._seed(step) : this._reverse(position - 1);
    return position === this.recording.last && step.phase === 'reverse' ? `${text}\n${this._end()}` : text;
  }

  _start() {
    const leaves = [...this.recording.nodes.values()].filter(node => node.kind === 'watched' && isScalar(node.value));
    const given = leaves.length > 0 && leaves.length <= 4 ? ` Given: ${leaves.map(node => `${labelOf(node)} = ${brief(node.value)}`).join(', ')}.` : '';
    return `Nothing has been computed yet.${given} Step forward to watch the tape record ${counted(this.recording.operations.length, 'operation')}.`;
  }

  _forward(step) {
    const node = this.recording.nodes.get(step.node);
    return [`${node.operation}: ${labelOf(node)} = ${this._valueExpression(node)}.`, troubleIn(node.value)].filter(Boolean).join('\n');
  }

  _valueExpression(node) {
    const inputs = this.recording.inputsOf(node);
    const formula = this.recording.formulaOf(node);
    if (!formula || !formula.isUnderstood) return `${inputs.map(labelOf).join(', ')} in, ${shapeText(node.shape)} out`;
    const { text, isPlain } = formula.value(inputs.map(labelOf));
    if (![node, ...inputs].every(each => isScalar(each.value))) return `${text}. ${this._shapes(node, inputs)}`;
    return isPlain ? chain([text, spaced(formula.value(inputs.map(each => brief(each.value))).text), brief(node.value)]) : `${text}, that is ${brief(node.value)}`;
  }

  _shapes(node, inputs) {
    const given = [...new Set(inputs.map(input => shapeText(input.shape)))];
    if (given.length === 1 && given[0] === shapeText(node.shape)) return `All of shape ${given[0]}`;
    return `Shape ${given.join(' and ')} in, ${shapeText(node.shape)} out`;
  }

  _seed(step) {
    const node = this.recording.nodes.get(step.node);
    const label = labelOf(node);
    const [adjoint, reason] = isScalar(node.value) ? [`is ${brief(step.contributions[0].value)}`, `${label} changes one for one with itself`] : ['is 1 everywhere', `the sum of its elements changes one for one with each`];
    return `The adjoint of ${label} ${adjoint}, because ${reason}. From here on the tape is walked backward.`;
  }

  _reverse(index) {
    const node = this.recording.nodes.get(this.recording.steps[index].node);
    const contributions = this.recording.contributionsOf(index);
    if (contributions.length === 0) return `${node.operation}, backward: nothing is passed on.`;
    const gains = contributions.map(contribution => `${adjointLabelOf(contribution.node)} gains ${this.contributionExpression(node, contribution)}`);
    const sums = contributions.filter(contribution => contribution.before !== null).map(contribution => this._sum(contribution));
    const trouble = contributions.map(contribution => troubleIn(contribution.value)).find(Boolean);
    return [`${node.operation}, backward: ${gains.join('; ')}.`, ...sums, trouble].filter(Boolean).join('\n');
  }

  /** v̄₀·b = 1 · 2 = 2, as far as the formula and the sizes let it. */
  contributionExpression(node, contribution) {
    const inputs = this.recording.inputsOf(node);
    const formula = this.recording.formulaOf(node);
    const adjoint = this.recording.adjointAt(node, this.recording.last);
    const names = formula && contribution.operand >= 0 ? formula.contribution(contribution.operand, inputs.map(labelOf), labelOf(node), adjointLabelOf(node)) : null;
    if (names === null) return isScalar(contribution.value) ? brief(contribution.value) : `its share of ${adjointLabelOf(node)}`;
    if (![node, ...inputs].every(each => isScalar(each.value))) return names.text;
    if (!names.isPlain) return `${names.text}, that is ${brief(contribution.value)}`;
    const numbers = formula.contribution(contribution.operand, inputs.map(each => brief(each.value)), brief(node.value), brief(adjoint));
    return chain([names.text, spaced(numbers.text), brief(contribution.value)]);
  }

  _sum({ node, value, total, before }) {
    const used = `${labelOf(node)} is used ${times(this.recording.gainCount(node))}, so its adjoint adds up`;
    return isScalar(total) ? `${used}: ${brief(before)} + ${negativeInBrackets(brief(value))} = ${brief(total)}.` : `${used}.`;
  }

  _end() {
    const output = this.recording.output;
    const leaves = [...this.recording.nodes.values()].filter(node => node.kind === 'watched' && this.recording.gainCount(node) > 0);
    if (!output || leaves.length === 0) return '';
    const isShort = leaves.length <= 4 && leaves.every(leaf => isScalar(leaf.value));
    const results = leaves.map(leaf => `d${labelOf(output)}/d${labelOf(leaf)} = ${brief(this.recording.adjointAt(leaf, this.recording.last))}`);
    return isShort ? `Done: ${joined(results)}.` : 'Done: every watched tensor now holds its gradient.';
  }
}

/** a = b = c without what is empty or says the same twice. */
function chain(parts) {
  const told = parts.filter(Boolean);
  return told.filter((part, index) => part !== told[index - 1]).join(' = ');
}

function joined(texts) {
  return texts.length < 2 ? texts.join('') : `${texts.slice(0, -1).join(', ')} and ${texts[texts.length - 1]}`;
}

/** What must not be overlooked: numbers that are none. */
function troubleIn(tensor) {
  if (isScalar(tensor) || !hasTrouble(tensor)) return '';
  const [count, what] = tensor.nans > 0 ? [tensor.nans, 'NaN: no number at all'] : [tensor.infs, 'infinite'];
  return `Of its ${grouped(elementCount(tensor))} numbers ${grouped(count)} ${count === 1 ? 'is' : 'are'} ${what}.`;
}

function negativeInBrackets(text) {
  return text.startsWith('−') ? `(${text})` : text;
}
