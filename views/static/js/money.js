/* Amounts: shown with two decimals and thousands when left, plain while typed. Nothing is changed that is not an amount. */
import { fen, yuan } from "./formula.js";

document.addEventListener("focusin", (event) => {
  const input = event.target;
  if (!input.matches("input[data-money]") || input.readOnly || input.type === "number") return;
  input.value = input.value.replace(/,/g, "");
  input.select();
});

document.addEventListener("focusout", (event) => {
  const input = event.target;
  if (!input.matches("input[data-money]") || !input.value.trim() || input.type === "number") return;
  const amount = fen(input.value);
  if (amount !== null) input.value = yuan(amount);
});
