// Layers as groups that fold, and what a recorded reverse pass computes as a group around its layers. A group is an unbroken run of the tape inside one scope, so a layer that is called twice makes two groups. Runs of a tape that is in
// order depend on each other in one direction only: folding can never close a circle.

const ReversePass = 'reverse pass';

class Groups {
  constructor(recording) {
    this.recording = recording;
    this.root = { key: 'root', name: '', path: '', parent: null, groups: [], nodes: [] };
    this.all = [];
    this.home = new Map();
    this._placeOperations();
    this._placeLeaves();
    for (const group of this.all) this._describe(group);
  }

  /** What folds to make a large tape small: the innermost layers, and a recorded reverse pass as a whole. */
  get foldable() {
    return this.all.filter(group => group.groups.length === 0 || group.name === ReversePass);
  }

  /** Few operations are all shown. */
  initiallyFolded() {
    return new Set(this.recording.operations.length <= 14 ? [] : this.foldable.map(group => group.key));
  }

  /** The groups around a node, innermost first, without the root. */
  around(node) {
    const chain = [];
    for (let group = this.home.get(node.id); group.parent; group = group.parent) chain.push(group);
    return chain;
  }

  /** What stands for a node in the drawing: the outermost folded group around it, or itself. */
  atomOf(node, folded) {
    const outermost = this.around(node).filter(group => folded.has(group.key)).pop();
    return outermost ? groupAtom(outermost) : nodeAtom(node, this.home.get(node.id));
  }

  _placeOperations() {
    let current = this.root;
    const operations = this.recording.operations;
    operations.forEach((node, index) => {
      const names = this._scopeOf(operations, index);
      while (current.parent && !isWithin(names, namesOf(current))) current = current.parent;
      for (const name of names.slice(namesOf(current).length)) current = this._open(name, current);
      this._put(node, current);
    });
  }

  /** A sum of two adjoints in a recorded reverse pass belongs to no layer. Between two entries it goes with what both are part of, and so interrupts nothing. */
  _scopeOf(operations, index) {
    const [before, node, after] = [operations[index - 1], operations[index], operations[index + 1]];
    const isSum = !node.scope && node.derivativeOf === null && before && before.derivativeOf !== null && (!after || after.derivativeOf !== null);
    if (!isSum) return scopeNames(node);
    const others = after ? scopeNames(after) : [ReversePass];
    const end = scopeNames(before).findIndex((name, depth) => name !== others[depth]);
    return end < 0 ? scopeNames(before) : scopeNames(before).slice(0, end);
  }

  _open(name, parent) {
    const group = { key: `g${this.all.length}`, name, path: parent.path ? `${parent.path}/${name}` : name, parent, groups: [], nodes: [] };
    parent.groups.push(group);
    this.all.push(group);
    return group;
  }

  _put(node, group) {
    group.nodes.push(node);
    this.home.set(node.id, group);
  }

  /** A leaf that belongs to a layer stands with what first reads it; the others outside of all. */
  _placeLeaves() {
    for (const node of this.recording.nodes.values()) {
      if (node.kind === 'operation') continue;
      const readers = (this.recording.consumers.get(node.id) || []).sort((a, b) => a.entry - b.entry);
      this._put(node, (node.scope !== null || node.derivativeOf !== null) && readers.length > 0 ? this.home.get(readers[0].id) : this.root);
    }
  }

  /** Counts what a group holds, and finds what it hands on: the last result that is read outside. */
  _describe(group) {
    const inside = new Set(nodesIn(group).map(node => node.id));
    const operations = nodesIn(group).filter(node => node.kind === 'operation').sort((a, b) => a.entry - b.entry);
    const handedOn = operations.filter(node => (this.recording.consumers.get(node.id) || []).some(reader => !inside.has(reader.id)));
    group.operations = operations;
    group.result = handedOn.pop() || operations[operations.length - 1];
  }
}

function groupAtom(group) {
  return { key: group.key, group, node: null, parent: group.parent };
}

function nodeAtom(node, home) {
  return { key: `n${node.id}`, group: null, node, parent: home };
}

function nodesIn(group) {
  return [...group.nodes, ...group.groups.flatMap(nodesIn)];
}

function scopeNames(node) {
  return [...(node.derivativeOf === null ? [] : [ReversePass]), ...(node.scope ? node.scope.split('/') : [])];
}

function namesOf(group) {
  return group.parent ? [...namesOf(group.parent), group.name] : [];
}

function isWithin(names, outer) {
  return outer.every((name, index) => names[index] === name);
}

/** A layer's part of a recorded reverse pass is marked with a ∂. */
function groupTitle(group) {
  return isDerivative(group) && group.name !== ReversePass ? `∂ ${group.name}` : group.name;
}

function isDerivative(group) {
  return namesOf(group)[0] === ReversePass;
}
