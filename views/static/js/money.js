/* Amounts: shown with two decimals and thousands when left, plain while typed. Nothing is changed that is not an amount. */
import { on } from "./dom.js";
import { fen, yuan } from "./formula.js";

const isAmount = (input) => input.matches("input[data-money]") && input.type !== "number";

on("focusin", ({ target: input }) => {
  if (!isAmount(input) || input.readOnly) return;
  input.value = input.value.replace(/,/g, "");
  input.select();
});

on("focusout", ({ target: input }) => {
  const amount = isAmount(input) && input.value.trim() ? fen(input.value) : null;
  if (amount !== null) input.value = yuan(amount);
});
