/* Question boxes: open and close where the browser lacks the command attribute, data-confirm before a post, data-fill sentences. */
import { on, one } from "./dom.js";

const native = "commandForElement" in HTMLButtonElement.prototype;

/* Ask in the page's own box; resolves to true or false. */
export function ask(question) {
  const box = one("#confirm");
  one("[data-question]", box).textContent = question;
  return new Promise((resolve) => {
    box.returnValue = "";
    box.onclick = ({ target }) => {
      const button = target.closest("button[value]");
      if (button) box.close(button.value);
    };
    box.onclose = () => resolve(box.returnValue === "yes");
    box.showModal();
    one("[value=yes]", box).focus();
  });
}

on("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (!native && button.hasAttribute("commandfor")) {
    const box = document.getElementById(button.getAttribute("commandfor"));
    if (button.getAttribute("command") === "close") box.close();
    else box.showModal();
  }
  if (button.dataset.fill) {
    const area = document.getElementById(button.dataset.fill);
    area.value = button.textContent;
    area.focus();
  }
  if (!button.dataset.confirm) return;
  if (button.dataset.sure) return delete button.dataset.sure;
  event.preventDefault();
  ask(button.dataset.confirm).then((yes) => {
    if (!yes) return;
    button.dataset.sure = "1";
    button.click();
  });
});

/* A click beside an open box closes it, unless something was typed in it. */
on("click", ({ target, clientX, clientY }) => {
  if (!target.matches("dialog[open]:not(#confirm)") || one("textarea", target)?.value) return;
  const box = target.getBoundingClientRect();
  if (clientY < box.top || clientY > box.bottom || clientX < box.left || clientX > box.right) target.close();
});
