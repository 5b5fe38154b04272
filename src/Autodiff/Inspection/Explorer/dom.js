// Elements made by hand. Text is always text: nothing here, and nothing else on the page, parses markup.

const SvgNamespace = 'http://www.w3.org/2000/svg';

/** An HTML element. Attributes that are null or false are left out; `onclick` and the like are listeners. */
function html(tag, attributes, ...children) {
  return furnish(document.createElement(tag), attributes, children);
}

/** An SVG element, furnished in the same way. */
function svg(tag, attributes, ...children) {
  return furnish(document.createElementNS(SvgNamespace, tag), attributes, children);
}

function furnish(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.flat().filter(child => child !== null && child !== undefined && child !== false));
  return element;
}

/** Sets an attribute only when it changes, so that nothing is drawn again for nothing. */
function setAttribute(element, name, value) {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

/** Scrolls a list, and only the list, so far that one of its rows is in sight. */
function reveal(list, row) {
  const box = list.getBoundingClientRect();
  const rect = row.getBoundingClientRect();
  const margin = Math.min(60, box.height / 4);
  if (rect.top < box.top + margin) list.scrollTop -= box.top + margin - rect.top;
  else if (rect.bottom > box.bottom - margin) list.scrollTop += rect.bottom - box.bottom + margin;
}
