// Layers as groups that fold. A group is an unbroken run of the tape inside one scope, so a layer that is called twice makes two groups. Runs of a tape that is in
// order depend on each other in one direction only: folding can never close a circle.

class Groups {
  constructor(recording) {
    this.recording = recording;
    this.root = { key: 'root', name: '', path: '', parent: null, groups: [], nodes: [], isDerivative: false };
    this.all = [];
    this.home = new Map();
    this._placeOperations();
    this._placeLeaves();
    for (const group of this.all) this._describe(group);
  }

  /** Few operations are all shown; of many, the innermost layers start folded. */
  initiallyFolded() {
    const isSmall = this.recording.operations.length <= 14;
    return new Set(isSmall ? [] : this.all.filter(group => group.groups.length === 0).map(group => group.key));
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
      const scope = this._scopeOf(operations, index);
      const isDerivative = scope.isDerivative;
      while (current.parent && !(current.isDerivative === isDerivative && isWithin(scope.names, namesOf(current)))) current = current.parent;
      for (const name of scope.names.slice(namesOf(current).length)) current = this._open(name, current, isDerivative);
      this._put(node, current);
    });
  }

  /** A sum of two adjoints in a recorded reverse pass belongs to no layer. Between two entries it goes with what both are part of, and so interrupts nothing. */
  _scopeOf(operations, index) {
    const [before, node, after] = [operations[index - 1], operations[index], operations[index + 1]];
    const isSum = !node.scope && node.derivativeOf === null && before && after && before.derivativeOf !== null && after.derivativeOf !== null;
    if (!isSum) return { names: scopeNames(node), isDerivative: node.derivativeOf !== null };
    const others = scopeNames(after);
    const end = scopeNames(before).findIndex((name, depth) => name !== others[depth]);
    return { names: end < 0 ? scopeNames(before) : scopeNames(before).slice(0, end), isDerivative: true };
  }

  _open(name, parent, isDerivative) {
    const group = { key: `g${this.all.length}`, name, path: parent.path ? `${parent.path}/${name}` : name, parent, groups: [], nodes: [], isDerivative };
    parent.groups.push(group);
    this.all.push(group);
    return group;
  }

  _put(node, group) {
    group.nodes.push(node);
    this.home.set(node.id, group);
  }

  /** Leaves stand with what first reads them: parameters and single numbers inside its layer, named tensors and data outside of all layers. */
  _placeLeaves() {
    for (const node of this.recording.nodes.values()) {
      if (node.kind === 'operation') continue;
      const readers = (this.recording.consumers.get(node.id) || []).filter(reader => this.home.has(reader.id)).sort((a, b) => a.entry - b.entry);
      const chain = readers.length > 0 ? this.around(readers[0]) : [];
      const isData = node.kind === 'constant' && !isScalar(node.value);
      const owner = node.name || isData ? chain.find(group => ownsName(group, node.name || '')) : chain[0];
      this._put(node, owner || this.root);
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
  return node.scope ? node.scope.split('/') : [];
}

function namesOf(group) {
  return group.parent ? [...namesOf(group.parent), group.name] : [];
}

function isWithin(names, outer) {
  return outer.every((name, index) => names[index] === name);
}

/** Whether a parameter's name, dense/kernel, is a layer's, sequential/dense. */
function ownsName(group, name) {
  const owner = name.slice(0, Math.max(0, name.lastIndexOf('/')));
  return owner !== '' && `/${group.path}`.endsWith(`/${owner}`);
}

function groupTitle(group) {
  return group.isDerivative ? `∂ ${group.name}` : group.name;
}
