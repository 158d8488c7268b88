// Adds a button to every example that asks for it and shows the status and fields of the answer. Without it the links are there.
for (const link of document.querySelectorAll("a[data-try]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = `Show the answer to ${link.dataset.try}`;
  const output = document.createElement("pre");
  output.hidden = true;
  output.setAttribute("role", "status");
  link.closest("p").append(" ", button);
  link.closest("p").after(output);
  button.addEventListener("click", async () => {
    const start = performance.now();
    try {
      const answer = await fetch(link.href, { method: link.dataset.try, cache: "no-store", body: link.dataset.body ? "x".repeat(Number(link.dataset.body)) : undefined });
      await answer.arrayBuffer();
      const fields = [...answer.headers].map(([name, value]) => `${name}: ${value}`).join("\n");
      output.textContent = `${answer.status} ${answer.statusText}\n${fields}\n\n${(performance.now() - start).toFixed(1)} ms`;
    } catch (error) {
      output.textContent = `No answer: ${error.message}`;
    }
    output.hidden = false;
  });
}
