// What was recorded, and what of it is known after some of its steps. Position 0 stands before the first step, position k behind the k-th.

class Recording {
  constructor(tape) {
    this.title = tape.title || 'A tape';
    this.nodes = new Map(tape.nodes.map(node => [node.id, node]));
    this.steps = tape.steps;
    this.output = this.nodes.get(tape.output) || null;
    this.operations = tape.nodes.filter(node => node.kind === 'operation').sort((a, b) => a.entry - b.entry);
    this.hasReverse = this.steps.some(step => step.phase === 'reverse');
    this._formulas = new Map();
    this._indexSteps();
  }

  _indexSteps() {
    this.forwardStep = new Map();
    this.reverseStep = new Map();
    this.gains = new Map();
    this.consumers = new Map();
    for (const node of this.nodes.values()) {
      for (const input of new Set(node.inputs)) this._listOf(this.consumers, input).push(node);
    }
    this.steps.forEach((step, index) => {
      if (step.phase === 'forward') this.forwardStep.set(step.node, index);
      else {
        if (!this.isSeed(step)) this.reverseStep.set(step.node, index);
        step.contributions.forEach((contribution, order) => this._listOf(this.gains, contribution.to).push({ step: index, order, ...contribution }));
      }
    });
  }

  _listOf(map, key) {
    if (!map.has(key)) map.set(key, []);
    return map.get(key);
  }

  get last() {
    return this.steps.length;
  }

  /** The step that led to a position; null at the start. */
  stepAt(position) {
    return position > 0 ? this.steps[position - 1] : null;
  }

  /** The first reverse step gives the output its own adjoint, 1; no entry does. */
  isSeed(step) {
    return step.phase === 'reverse' && step.entry === null;
  }

  /** Which of the steps that go its way a step is, from 1, and of how many. Where a reverse pass was itself recorded, its operations run forward in between. */
  countOf(index) {
    const isSame = step => step.phase === this.steps[index].phase;
    return [this.steps.slice(0, index + 1).filter(isSame).length, this.steps.filter(isSame).length];
  }

  /** Whether a node's numbers are known. Leaves are from the start; so is what the recording has no step for. */
  isReached(node, position) {
    return (this.forwardStep.get(node.id) ?? -1) < position;
  }

  valueAt(node, position) {
    return this.isReached(node, position) ? node.value : null;
  }

  /** The adjoint as far as it has been added up; null before anything reached it. */
  adjointAt(node, position) {
    const gains = this.gainsAt(node, position);
    return gains.length > 0 ? gains[gains.length - 1].total : null;
  }

  /** What has been added to a node's adjoint so far, oldest first. */
  gainsAt(node, position) {
    return (this.gains.get(node.id) || []).filter(gain => gain.step < position);
  }

  /** In how many parts the whole adjoint comes. */
  gainCount(node) {
    return (this.gains.get(node.id) || []).length;
  }

  /** The contributions of a reverse step, each with the operand that it belongs to and what was there before. */
  contributionsOf(index) {
    const step = this.steps[index];
    const inputs = this.nodes.get(step.node).inputs;
    let operand = -1;
    return step.contributions.map((contribution, order) => {
      operand = inputs.indexOf(contribution.to, operand + 1);
      const node = this.nodes.get(contribution.to);
      const earlier = (this.gains.get(node.id) || []).filter(gain => gain.step < index || (gain.step === index && gain.order < order));
      return { ...contribution, node, operand, number: earlier.length + 1, before: earlier.length > 0 ? earlier[earlier.length - 1].total : null };
    });
  }

  /** The local Jacobians of the operation that a step runs; they stand in its reverse step. */
  jacobiansOf(node) {
    const index = this.reverseStep.get(node.id);
    return index === undefined ? [] : this.steps[index].jacobians;
  }

  formulaOf(node) {
    if (!node.formula) return null;
    if (!this._formulas.has(node.id)) this._formulas.set(node.id, new Formula(node.formula, node.inputs.length));
    return this._formulas.get(node.id);
  }

  inputsOf(node) {
    return node.inputs.map(id => this.nodes.get(id));
  }
}
