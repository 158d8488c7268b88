// Makes the upload form show its progress. Without it the form posts as forms do.
const form = document.querySelector("#upload");
const files = form.querySelector("input[type=file]");
const button = form.querySelector("button");
const progress = document.querySelector("#progress");
const status = document.querySelector("#status");

const size = (bytes) => {
  const units = ["bytes", "KiB", "MiB", "GiB"];
  let unit = 0;
  while (bytes >= 1024 && unit < units.length - 1) { bytes /= 1024; unit++; }
  return `${unit ? bytes.toFixed(1) : bytes} ${units[unit]}`;
};

const say = (text, link) => {
  status.textContent = text;
  if (link) {
    const anchor = document.createElement("a");
    anchor.href = link;
    anchor.textContent = "See what is there";
    status.append(" ", anchor, ".");
  }
};

const reasons = {
  409: "A file of that name is there already.",
  413: "That is more than this server takes.",
  507: "The server's disk is full.",
};

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const total = [...files.files].reduce((sum, file) => sum + file.size, 0);
  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.setRequestHeader("Accept", "application/json");
  request.upload.addEventListener("progress", (e) => {
    if (!e.lengthComputable) return;
    progress.value = e.loaded / e.total;
    say(`${size(Math.min(e.loaded, total))} of ${size(total)}`);
  });
  request.addEventListener("load", () => {
    const done = request.status >= 200 && request.status < 300;
    progress.value = done ? 1 : 0;
    if (done) form.reset();
    say(done ? `Done: ${size(total)} sent.` : reasons[request.status] ?? `The server answered ${request.status}.`, done ? form.action : null);
  });
  request.addEventListener("error", () => say("The connection broke. The file may be larger than the server takes."));
  request.addEventListener("loadend", () => { button.disabled = false; });
  button.disabled = true;
  progress.hidden = false;
  progress.value = 0;
  request.send(new FormData(form));
});
