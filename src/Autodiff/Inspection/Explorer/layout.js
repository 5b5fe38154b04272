// The whole drawing: every unfolded group is laid out by itself and then stands as one item in the layout around it. An edge that leaves or enters a group goes through
// a port on its border, so that no frame overlaps what does not belong to it.

const Frame = { side: 18, top: 38, bottom: 16 };

class Layout {
  /** sizeOf: atom -> { width, height }. */
  constructor(recording, groups, folded, sizeOf) {
    this.groups = groups;
    this.folded = folded;
    this.sizeOf = sizeOf;
    this.levels = new Map();
    this.atoms = new Map();
    this.frames = [];
    this.routes = new Map();
    this._collect(groups.root);
    this._connect(recording);
    const extent = this._arrange(groups.root);
    this._settle(groups.root, 0, 0);
    this._trace();
    this.width = extent.width;
    this.height = extent.height;
  }

  _collect(group) {
    const level = { items: new Map(), edges: new Map(), x: 0, y: 0 };
    this.levels.set(group.key, level);
    const add = (key, item) => level.items.set(key, { key, pin: null, order: 0, ...item });
    for (const node of group.nodes) this._addAtom(add, nodeAtom(node, group), node.entry === null ? -1 : node.entry);
    for (const inner of group.groups) {
      const order = inner.operations[0].entry;
      if (this.folded.has(inner.key)) this._addAtom(add, groupAtom(inner), order);
      else {
        add(inner.key, { group: inner, order });
        this._collect(inner);
      }
    }
  }

  _addAtom(add, atom, order) {
    this.atoms.set(atom.key, atom);
    add(atom.key, { atom, order });
  }

  /** One route for each pair of atoms of which one reads the other. */
  _connect(recording) {
    for (const reader of recording.operations) {
      const to = this.groups.atomOf(reader, this.folded);
      for (const input of recording.inputsOf(reader)) {
        const from = this.groups.atomOf(input, this.folded);
        const key = `${from.key}>${to.key}`;
        if (from.key !== to.key && !this.routes.has(key)) this.routes.set(key, { key, from, to, segments: this._segments(from, to) });
      }
    }
  }

  /** The pieces of a route: out of the groups around its start, across the level that holds both ends, into the groups around its end. */
  _segments(from, to) {
    const [outer, inner] = [enclosing(from), enclosing(to)];
    const shared = outer.find(group => inner.includes(group));
    const segments = [];
    let [start, startPort] = [from.key, null];
    for (const group of outer.slice(0, outer.indexOf(shared))) {
      segments.push(this._edge(group, start, startPort, this._port(group, 'bottom', from), null));
      [start, startPort] = [group.key, `bottom ${from.key}`];
    }

    for (const [group, next] of [shared, ...inner.slice(0, inner.indexOf(shared)).reverse()].map((each, index, chain) => [each, chain[index + 1]])) {
      segments.push(this._edge(group, start, startPort, next ? next.key : to.key, next ? `top ${from.key}` : null));
      if (next) [start, startPort] = [this._port(next, 'top', from), null];
    }

    return segments;
  }

  _port(group, pin, atom) {
    const key = `${pin} ${atom.key}`;
    const items = this.levels.get(group.key).items;
    if (!items.has(key)) items.set(key, { key, pin, order: 0, width: 0, height: 0 });
    return key;
  }

  _edge(group, from, fromPort, to, toPort) {
    const edges = this.levels.get(group.key).edges;
    const key = `${from} ${fromPort}>${to} ${toPort}`;
    if (!edges.has(key)) edges.set(key, { level: this.levels.get(group.key), from, fromPort, to, toPort, fromOffset: 0, toOffset: 0 });
    return edges.get(key);
  }

  /** Lays a level out, the levels inside it first, since these are its items' sizes. */
  _arrange(group) {
    const level = this.levels.get(group.key);
    for (const item of level.items.values()) {
      if (item.group) Object.assign(item, this._arrange(item.group));
      else if (item.atom) Object.assign(item, this.sizeOf(item.atom));
    }

    const share = (key, port) => (port ? level.items.get(key).ports.get(port) / level.items.get(key).width - 0.5 : 0);
    const edges = [...level.edges.values()];
    for (const edge of edges) [edge.fromOffset, edge.toOffset] = [share(edge.from, edge.fromPort), share(edge.to, edge.toPort)];
    level.layers = arrangeInLayers([...level.items.values()], edges);
    const { width, height } = placeCells(level.layers);
    if (!group.parent) return { width, height };

    const title = 40 + 8 * groupTitle(group).length;
    level.inset = Math.max(Frame.side, (title - width) / 2);
    const ports = level.layers.flat().filter(cell => cell.item && cell.item.pin).map(cell => [cell.item.key, cell.x + level.inset]);
    return { width: width + 2 * level.inset, height: height + Frame.top + Frame.bottom, ports: new Map(ports) };
  }

  /** Turns places within levels into places within the drawing. */
  _settle(group, left, top) {
    const level = this.levels.get(group.key);
    [level.x, level.y] = group.parent ? [left + level.inset, top + Frame.top] : [left, top];
    for (const cell of level.layers.flat()) {
      if (!cell.item || cell.item.pin) continue;
      const box = { x: level.x + cell.x - cell.width / 2, y: level.y + cell.y, width: cell.width, height: cell.height };
      if (cell.item.group) {
        this.frames.push({ group: cell.item.group, ...box });
        this._settle(cell.item.group, box.x, box.y);
      } else Object.assign(cell.item.atom, { box });
    }
  }

  _trace() {
    for (const level of this.levels.values()) spreadEnds(level);
    for (const route of this.routes.values()) {
      route.points = route.segments.flatMap(({ level, points }) => points.map(([x, y]) => [level.x + x, level.y + y]));
    }
  }
}

/** The unfolded groups around an atom, innermost first, with the root. */
function enclosing(atom) {
  const chain = [];
  for (let group = atom.parent; group; group = group.parent) chain.push(group);
  return chain;
}

/** Edges that meet at one side of a node keep a distance there, in the order in which they come. Then each edge's points can be told. */
function spreadEnds(level) {
  const edges = [...level.edges.values()];
  for (const [end, neighbour, port] of [[edge => edge.cells[0], edge => edge.cells[1], 'from'], [edge => edge.cells[edge.cells.length - 1], edge => edge.cells[edge.cells.length - 2], 'to']]) {
    for (const cell of new Set(edges.map(end))) {
      if (!cell.item.atom) continue;
      const meeting = edges.filter(edge => end(edge) === cell).sort((a, b) => neighbour(a).x - neighbour(b).x);
      const gap = Math.min(26, (cell.width - 30) / Math.max(1, meeting.length - 1));
      meeting.forEach((edge, index) => (edge[`${port}Offset`] = ((index - (meeting.length - 1) / 2) * gap) / cell.width));
    }
  }

  for (const edge of edges) {
    edge.points = edge.cells.flatMap((cell, index) => {
      const layer = level.layers[cell.layer];
      const through = layer.height === 0 ? [[cell.x, layer.top]] : [[cell.x, layer.top], [cell.x, layer.top + layer.height]];
      if (!cell.item) return through;
      if (cell.item.pin === 'top') return [[cell.x, -Frame.top], ...through];
      if (cell.item.pin === 'bottom') return [...through, [cell.x, layer.top + layer.height + Frame.bottom]];
      return index === 0 ? [[cell.x + edge.fromOffset * cell.width, cell.y + cell.height]] : [[cell.x + edge.toOffset * cell.width, cell.y]];
    });
  }
}
