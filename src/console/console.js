// What pages do where scripts run: progress as it comes, files that are dropped, filters that need no button.

const progress = document.querySelector("#progress[data-events]");
if (progress) {
  const events = new EventSource(progress.dataset.events);
  events.addEventListener("progress", (event) => { progress.innerHTML = event.data; });
  events.addEventListener("ended", () => { events.close(); location.reload(); });
  // The server may be starting again: the page is loaded anew as soon as it answers, and not into nothing.
  const again = () => fetch(location.href, { method: "HEAD" }).then(() => location.reload(), () => setTimeout(again, 1000));
  events.addEventListener("lost", () => { events.close(); again(); });
  // The session may be over as well: the page itself says which.
  let failures = 0;
  events.onerror = () => {
    failures += 1;
    if (events.readyState === EventSource.CLOSED || failures > 5) { events.close(); setTimeout(again, 1000); }
  };
}

for (const form of document.querySelectorAll("form[data-drop]")) {
  const input = form.querySelector("input[type=file]");
  const named = () => {
    const names = [...input.files].map((file) => file.name).join(", ");
    const told = form.querySelector("output") ?? input.after(document.createElement("output")) ?? form.querySelector("output");
    told.textContent = names ? ` ${names}` : "";
  };
  const over = (event) => { event.preventDefault(); form.classList.add("over"); };
  form.addEventListener("dragenter", over);
  form.addEventListener("dragover", over);
  form.addEventListener("dragleave", () => form.classList.remove("over"));
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    form.classList.remove("over");
    if (event.dataTransfer?.files.length) { input.files = event.dataTransfer.files; named(); }
  });
  input.addEventListener("change", named);
}

// A form is sent once.
for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    // A page that a browser shows again by its back button may be sent again.
    addEventListener("pageshow", () => delete form.dataset.sent, { once: true });
    setTimeout(() => delete form.dataset.sent, 3000);
  });
}
