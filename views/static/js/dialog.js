/* Question boxes: open and close where the browser lacks the command attribute, data-confirm before a post, data-fill sentences. */
const native = "commandForElement" in HTMLButtonElement.prototype;

/* Ask in the page's own box; resolves to true or false. */
export function ask(question) {
  const box = document.getElementById("confirm");
  box.querySelector("[data-question]").textContent = question;
  return new Promise((resolve) => {
    const answer = (event) => {
      const button = event.target.closest("button[value]");
      if (button) box.close(button.value);
    };
    box.returnValue = "";
    box.addEventListener("click", answer);
    box.addEventListener("close", () => {
      box.removeEventListener("click", answer);
      resolve(box.returnValue === "yes");
    }, { once: true });
    box.showModal();
    box.querySelector("[value=yes]").focus();
  });
}

document.addEventListener("click", (event) => {
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

document.addEventListener("click", (event) => {
  if (event.target.matches("dialog[open]") && event.target.id !== "confirm" && !event.target.querySelector("textarea:not(:placeholder-shown)")?.value) {
    const box = event.target.getBoundingClientRect();
    if (event.clientY < box.top || event.clientY > box.bottom || event.clientX < box.left || event.clientX > box.right) event.target.close();
  }
});
