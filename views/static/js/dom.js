/* The four things every script asks of the page. */
export const one = (selector, root = document) => root.querySelector(selector);
export const all = (selector, root = document) => [...root.querySelectorAll(selector)];
export const on = (type, listen, root = document) => root.addEventListener(type, listen);
export const tell = (type, root) => root.dispatchEvent(new CustomEvent(type, { bubbles: true }));
