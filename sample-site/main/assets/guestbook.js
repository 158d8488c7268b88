// Shows the newest entries below the form. Without it there is a link to a page that does.
const list = document.querySelector("#entries");
const status = document.querySelector("#status");
const when = new Intl.DateTimeFormat(undefined, { dateStyle: "long", timeStyle: "short" });

try {
  const answer = await fetch("/cgi-bin/guestbook.py?format=json", { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`the script answered ${answer.status}`);
  const { entries } = await answer.json();
  for (const entry of entries) {
    const item = document.createElement("li");
    const text = document.createElement("p");
    text.className = "pre";
    text.textContent = entry.message;
    const by = document.createElement("p");
    by.className = "by";
    by.textContent = `${entry.name}, ${when.format(new Date(entry.time * 1000))}`;
    item.append(text, by);
    list.append(item);
  }
  status.textContent = entries.length ? "" : "Nobody has written yet. Be the first.";
} catch (error) {
  status.textContent = `The entries cannot be read: ${error.message}. The guest book needs python3 on the server.`;
}
