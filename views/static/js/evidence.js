/* Papers of a form: large pictures are made smaller before they are sent, signatures are drawn with finger, pen or mouse. */
const LARGE = 1_000_000, SIDE = 2000;

async function shrink(file) {
  if (!/^image\/(jpeg|png)$/.test(file.type) || file.size < LARGE) return file;
  const picture = await createImageBitmap(file);
  const scale = Math.min(1, SIDE / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [picture.width * scale, picture.height * scale];
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
  return blob && blob.size < file.size ? new File([blob], file.name.replace(/\.\w+$/, ".jpg"), { type: "image/jpeg" }) : file;
}

for (const input of document.querySelectorAll("[data-shrink]")) {
  input.addEventListener("change", async () => {
    const button = input.form.querySelector(".form-foot [type=submit]");
    button.disabled = true;
    try {
      const sent = new DataTransfer();
      for (const file of input.files) sent.items.add(await shrink(file).catch(() => file));
      input.files = sent.files;
    } finally {
      button.disabled = false;
    }
  });
}

for (const box of document.querySelectorAll("[data-ink]")) {
  const canvas = box.querySelector("canvas"), hidden = box.querySelector("input"), pen = canvas.getContext("2d");
  box.hidden = false;
  pen.lineWidth = 3;
  pen.lineCap = pen.lineJoin = "round";
  const at = (event) => [(event.offsetX * canvas.width) / canvas.clientWidth, (event.offsetY * canvas.height) / canvas.clientHeight];
  let down = false;
  canvas.addEventListener("pointerdown", (event) => {
    down = true;
    canvas.setPointerCapture(event.pointerId);
    pen.beginPath();
    pen.moveTo(...at(event));
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!down) return;
    pen.lineTo(...at(event));
    pen.stroke();
  });
  for (const end of ["pointerup", "pointercancel"])
    canvas.addEventListener(end, () => {
      if (down) hidden.value = canvas.toDataURL("image/png");
      down = false;
    });
  box.querySelector("[data-ink-clear]").addEventListener("click", () => {
    pen.clearRect(0, 0, canvas.width, canvas.height);
    hidden.value = "";
  });
  if (hidden.value) {
    const before = new Image();
    before.onload = () => pen.drawImage(before, 0, 0);
    before.src = hidden.value;
  }
}
