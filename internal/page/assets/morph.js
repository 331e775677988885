// morph changes an element into another one and keeps the nodes that stay the same, so that the focus, a selection and the place of a screen
// reader stay where they are. Elements with an id are the same if their ids are.
export function morph(node, next) {
  if (node.nodeType !== Node.ELEMENT_NODE) {
    if (node.data !== next.data) node.data = next.data;
    return;
  }
  for (const { name } of [...node.attributes]) if (!next.hasAttribute(name)) node.removeAttribute(name);
  for (const { name, value } of next.attributes) if (node.getAttribute(name) !== value) node.setAttribute(name, value);
  let at = node.firstChild;
  for (const child of [...next.childNodes]) {
    const same = find(node, at, child);
    if (!same) {
      node.insertBefore(child, at);
      continue;
    }
    if (same === at) at = at.nextSibling;
    else node.insertBefore(same, at);
    morph(same, child);
  }
  while (at) {
    const gone = at;
    at = at.nextSibling;
    gone.remove();
  }
}

// find returns the child of a node, from a place on, that becomes another node; null if there is none.
function find(node, at, next) {
  if (next.id) return [...node.children].find((child) => child.id === next.id && child.nodeName === next.nodeName) ?? null;
  return at && at.nodeName === next.nodeName && !at.id ? at : null;
}
