// What of the drawing is in sight: dragging, pinching, the wheel, buttons, and following the current step.

/** The buttons at the foot of the drawing cover this much of it. */
const Foot = 50;
const Zoom = { least: 0.04, most: 3, fitMost: 1.5, readable: 0.62 };
const Margin = 22;

class Viewport {
  constructor(surface, camera) {
    this.surface = surface;
    this.camera = camera;
    this.view = { x: 0, y: 0, scale: 1 };
    this.content = { width: 1, height: 1 };
    this.pointers = new Map();
    this.isFree = false;
    surface.addEventListener('wheel', event => this._wheel(event), { passive: false });
    surface.addEventListener('pointerdown', event => this._down(event));
    surface.addEventListener('pointermove', event => this._move(event));
    for (const name of ['pointerup', 'pointercancel']) surface.addEventListener(name, event => this._up(event));
    surface.addEventListener('click', event => this.wasDragged && event.stopPropagation(), true);
    new ResizeObserver(() => this.isFree || this.fit(this.anchor)).observe(surface);
  }

  setContent(width, height) {
    this.content = { width, height };
  }

  /** All of it where that stays readable; else as wide as fits, and near the anchor. */
  fit(anchor = null) {
    this.anchor = anchor;
    this.isFree = false;
    const { width, height } = this._size();
    const whole = Math.min((width - 2 * Margin) / this.content.width, (height - 2 * Margin) / this.content.height, Zoom.fitMost);
    const across = Math.min((width - 2 * Margin) / this.content.width, 1);
    const scale = whole >= Zoom.readable ? whole : Math.max(across, Zoom.readable);
    this._set({ scale, x: (width - this.content.width * scale) / 2, y: Math.max((height - this.content.height * scale) / 2, Margin) }, false);
    if (anchor) this.show(anchor, false);
    this.surface.classList.toggle('whole', whole >= Zoom.readable);
  }

  /** Everything, however small. */
  overview() {
    const { width, height } = this._size();
    const scale = Math.max(Zoom.least, Math.min((width - 2 * Margin) / this.content.width, (height - 2 * Margin) / this.content.height, Zoom.fitMost));
    this.isFree = true;
    this._set({ scale, x: (width - this.content.width * scale) / 2, y: (height - this.content.height * scale) / 2 }, true);
  }

  /** Moves as little as brings a box into sight, with room around it. */
  show(box, isSmooth = true) {
    this.anchor = box;
    const { width, height } = this._size();
    const { x, y, scale } = this.view;
    const nudge = (start, extent, room) => {
      const margin = Math.min(90, Math.max(0, (room - extent) / 2));
      return start < margin ? margin - start : start + extent > room - margin ? room - margin - start - extent : 0;
    };
    const [dx, dy] = [nudge(x + box.x * scale, box.width * scale, width), nudge(y + box.y * scale, box.height * scale, height - Foot)];
    if ((dx !== 0 || dy !== 0) && !this._isWhollyVisible()) this._set({ scale, x: x + dx, y: y + dy }, isSmooth);
  }

  /** Keeps a box of the drawing where it was while the drawing around it changes. */
  hold(before, after) {
    const { x, y, scale } = this.view;
    this.isFree = true;
    this._set({ scale, x: x + (before.x - after.x) * scale, y: y + (before.y - after.y) * scale }, false);
  }

  zoom(factor, at = null) {
    const { width, height } = this._size();
    const [px, py] = at || [width / 2, height / 2];
    const { x, y, scale } = this.view;
    const next = Math.min(Zoom.most, Math.max(Zoom.least, scale * factor));
    this.isFree = true;
    this.surface.classList.remove('whole');
    this._set({ scale: next, x: px - ((px - x) * next) / scale, y: py - ((py - y) * next) / scale }, at === null);
  }

  _size() {
    return { width: this.surface.clientWidth, height: this.surface.clientHeight };
  }

  _isWhollyVisible() {
    const { width, height } = this._size();
    const { x, y, scale } = this.view;
    return x >= 0 && y >= 0 && x + this.content.width * scale <= width && y + this.content.height * scale <= height;
  }

  _set(view, isSmooth) {
    this.view = view;
    this.camera.classList.toggle('smooth', isSmooth);
    this.camera.style.transform = `translate(${view.x}px, ${view.y}px) scale(${view.scale})`;
  }

  _wheel(event) {
    event.preventDefault();
    const box = this.surface.getBoundingClientRect();
    this.zoom(Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.0015)), [event.clientX - box.left, event.clientY - box.top]);
  }

  _down(event) {
    this.pointers.set(event.pointerId, [event.clientX, event.clientY]);
    this.travelled = 0;
    this.wasDragged = false;
  }

  _move(event) {
    const before = this.pointers.get(event.pointerId);
    if (!before) return;
    const now = [event.clientX, event.clientY];
    const other = [...this.pointers].find(([id]) => id !== event.pointerId);
    this.travelled += Math.hypot(now[0] - before[0], now[1] - before[1]);
    this.pointers.set(event.pointerId, now);
    if (this.travelled < 5 && !this.wasDragged) return;
    if (!this.wasDragged && event.pointerType === 'mouse') this.surface.setPointerCapture(event.pointerId);
    this.wasDragged = true;
    this.isFree = true;
    if (other) this._pinch(before, now, other[1]);
    else this._set({ ...this.view, x: this.view.x + now[0] - before[0], y: this.view.y + now[1] - before[1] }, false);
  }

  _pinch(before, now, fixed) {
    const box = this.surface.getBoundingClientRect();
    const apart = point => Math.hypot(point[0] - fixed[0], point[1] - fixed[1]);
    if (apart(before) > 0) this.zoom(apart(now) / apart(before), [(now[0] + fixed[0]) / 2 - box.left, (now[1] + fixed[1]) / 2 - box.top]);
  }

  _up(event) {
    this.pointers.delete(event.pointerId);
  }
}
