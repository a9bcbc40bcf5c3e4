/* Papers of a form: large pictures are sent smaller; signatures are drawn. */
import { all, on } from "./dom.js";

async function shrink(file) {
  if (file.size < 1e6) return file;
  const picture = await createImageBitmap(file), scale = Math.min(1, 2000 / Math.max(picture.width, picture.height));
  const canvas = new OffscreenCanvas(picture.width * scale, picture.height * scale);
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new File([await canvas.convertToBlob({ type: "image/jpeg" })], file.name.replace(/\w+$/, "jpg"));
}

on("change", async ({ target }) => {
  if (!target.matches("[data-shrink]")) return;
  const sent = new DataTransfer();
  for (const file of target.files) sent.items.add(await shrink(file).catch(() => file));
  target.files = sent.files;
  if (target.matches("[data-autosend]") && sent.files.length) target.form.requestSubmit();
});

for (const box of all("[data-ink]")) {
  const [canvas, hidden, clear] = box.children, pen = canvas.getContext("2d");
  box.hidden = false;
  pen.lineWidth = 3;
  canvas.onpointerdown = (event) => {
    canvas.setPointerCapture(event.pointerId);
    pen.beginPath();
  };
  canvas.onpointermove = (event) => {
    if (!event.buttons) return;
    const scale = canvas.width / canvas.clientWidth;
    pen.lineTo(event.offsetX * scale, event.offsetY * scale);
    pen.stroke();
    hidden.value = canvas.toDataURL();
  };
  clear.onclick = () => {
    pen.clearRect(0, 0, 600, 200);
    hidden.value = "";
  };
  const before = new Image();
  before.onload = () => pen.drawImage(before, 0, 0);
  if (hidden.value) before.src = hidden.value;
}
