/* The few texts that scripts say, in the language of the page. {0} stands for a value. */
const known = JSON.parse(document.getElementById("words")?.textContent || "{}");
export const words = (text, ...values) => (known[text] || text).replace(/\{(\d)\}/g, (_, n) => values[n]);
